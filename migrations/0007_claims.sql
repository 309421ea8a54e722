-- What a component is follows from all that was said of it: open incidents claim states, and the
-- worst claim holds. `state_changes` keeps what was said, `state_history` what came of it, so that
-- pages need not work it out. What earlier versions derived is made anew from what was said.

delete from state_changes where origin in ('restore', 'begin');

drop view effective_changes;

-- What was said of components in public, plans too: not by drafts, withdrawn or hidden posts, nor by
-- withdrawn updates.
create view said_changes as
select c.*
from state_changes c
left join incidents i on i.id = c.incident_id
left join updates u on u.id = c.update_id
where c.withdrawn_at_ms is null
  and (c.incident_id is null
       or (i.withdrawn_at_ms is null and i.hidden_at_ms is null and i.draft_since_ms is null))
  and (c.update_id is null or u.withdrawn_at_ms is null);

-- What each component was. A row is `quiet` if nothing is claimed from the end of its instant on,
-- so that what comes later can be worked out from there.
create table state_history (
    component text not null references components (slug),
    at_ms bigint not null,
    seq bigint not null,
    state text not null,
    note text,
    incident_id text references incidents (id),
    update_id text references updates (id),
    origin text not null,
    public_at_ms bigint not null,
    quiet text not null
);
create index state_history_component on state_history (component, at_ms, seq);
create index state_history_incident on state_history (incident_id);
