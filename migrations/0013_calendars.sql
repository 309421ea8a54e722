-- How often a maintenance has changed, and when it did last: calendars say both of each event, so that
-- a calendar program knows which of two versions is the newer one.

alter table changes add column at_ms bigint;

-- Found by incident, and read from the index alone.
create index changes_incident on changes (id, at_ms) where kind = 'incident';
create index incidents_withdrawn_maintenance on incidents (id)
    where kind = 'maintenance' and withdrawn_at_ms is not null;
