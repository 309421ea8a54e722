-- What is claimed of each component after all that was said of it up to `until_ms`: the ids of the
-- incidents that claim a state, with spaces between. It follows from the same as `state_history`, so
-- that a state set last of all need not be worked out from the beginning. Without a row, it must be.
create table last_claims (
    component text primary key references components (slug),
    until_ms bigint not null,
    incident_ids text not null
);

-- The rows from which a history goes on, and those that an incident's beginning and end brought.
create index state_history_quiet on state_history (component, at_ms, seq) where quiet = 'yes';
drop index state_history_incident;
create index state_history_turns on state_history (incident_id) where origin in ('restore', 'begin');
