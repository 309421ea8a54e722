-- What nobody has claimed is found by when it is due, not among everything that is unclaimed; and
-- what isn't due is in no index.

drop index deliveries_claimed;
create index deliveries_claimed on deliveries (claimed_by) where claimed_by is not null;
drop index deliveries_next;
create index deliveries_next on deliveries (next_at_ms, subscriber_id, thread)
    where next_at_ms is not null;
