-- What those who run it need: a table for trying whether the database takes writes, and a record
-- that is found by incident, component and actor without reading all of it.

-- The latest instant at which something was made here: it is public, whatever the clock says later.
alter table revision add column made_until_ms bigint not null default 0;

-- A line for each process that tries whether it can write, apart from everything that a post needs.
create table probes (
    id text primary key,
    at_ms bigint not null
);

-- What each line of the record is about (kind is incident or component; subject is an incident's id
-- or a component's slug), and who did it (kind is actor; a name in lower case, the id of a token, or
-- a sort of actor), in the order of the lines.
create table audit_subjects (
    kind text not null,
    subject text not null,
    at_ms bigint not null,
    audit_id text not null references audit (id),
    primary key (kind, subject, at_ms, audit_id)
);
create index audit_subjects_line on audit_subjects (audit_id);
create index audit_actors on audit (actor_name) where actor_kind <> 'file';
create index incidents_former_slug on incidents (former_slug);
create index state_changes_update on state_changes (update_id);
create index mentions_update on mentions (update_id);
create index idempotency_created on idempotency (created_at_ms);

-- What requests look for, so that its cost doesn't grow with what there is besides.
create index incidents_published on incidents (published_at_ms, id);
create index incidents_drafts on incidents (id) where draft_since_ms is not null;
create index incidents_maintenance on incidents (id)
    where kind = 'maintenance' and withdrawn_at_ms is null;
create index sessions_seen on sessions (seen_at_ms);
create index slug_redirects_incident on slug_redirects (incident_id);
create index updates_withdrawn on updates (id) where withdrawn_at_ms is not null;
create index state_changes_plans on state_changes (component, at_ms, seq) where origin = 'plan';

insert into audit_subjects (kind, subject, at_ms, audit_id)
select 'actor', lower(actor_name), at_ms, id from audit
union select 'actor', actor_id, at_ms, id from audit where actor_id is not null
union select 'actor', actor_kind, at_ms, id from audit;

insert into audit_subjects (kind, subject, at_ms, audit_id)
select 'incident', a.entity_id, a.at_ms, a.id from audit a where a.kind = 'incident'
union
select 'incident', u.incident_id, a.at_ms, a.id
from audit a join updates u on u.id = a.entity_id where a.kind = 'update';

insert into audit_subjects (kind, subject, at_ms, audit_id)
select distinct 'incident', c.incident_id, a.at_ms, a.id
from state_changes c
join audit a on a.at_ms = c.created_at_ms and a.kind = 'component' and a.entity_id = c.component
where c.origin = 'request' and c.incident_id is not null;

insert into audit_subjects (kind, subject, at_ms, audit_id)
select 'component', a.entity_id, a.at_ms, a.id from audit a where a.kind = 'component'
union
select 'component', c.component, a.at_ms, a.id
from audit a join state_changes c on c.update_id = a.entity_id where a.kind = 'update'
union
select 'component', m.component, a.at_ms, a.id
from audit a join mentions m on m.update_id = a.entity_id where a.kind = 'update'
union
select 'component', c.component, a.at_ms, a.id
from audit a join state_changes c on c.incident_id = a.entity_id where a.kind = 'incident'
union
select 'component', m.component, a.at_ms, a.id
from audit a join mentions m on m.incident_id = a.entity_id where a.kind = 'incident';
