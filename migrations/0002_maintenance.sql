-- Maintenance by the clock: an update may move its incident's window, and the states that the post
-- of a maintenance states are a plan. They hold from when the maintenance begins, not by
-- themselves, so that one that is moved, begun early or cancelled never sets them.

alter table updates add column starts_ms bigint;
alter table updates add column ends_ms bigint;

update state_changes
set origin = 'plan',
    at_ms = (select published_at_ms from incidents where id = state_changes.incident_id)
where origin = 'post'
  and incident_id in (select id from incidents where kind = 'maintenance');

drop view effective_changes;

-- The changes of state that hold: those of drafts, of withdrawn or hidden posts and of withdrawn
-- updates don't, nor do plans.
create view effective_changes as
select c.*
from state_changes c
left join incidents i on i.id = c.incident_id
left join updates u on u.id = c.update_id
where c.withdrawn_at_ms is null
  and c.origin <> 'plan'
  and (c.incident_id is null
       or (i.withdrawn_at_ms is null and i.hidden_at_ms is null and i.draft_since_ms is null))
  and (c.update_id is null or u.withdrawn_at_ms is null);
