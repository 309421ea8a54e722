-- The foundation: components, states, incidents, updates, changes of state, the record of who did
-- what, tokens, and the revision by which every reader learns of change.
-- Only bigint and text are used, so that one set of SQL serves SQLite and PostgreSQL: instants are
-- milliseconds since 1970 UTC, yes and no is a nullable instant or a word.

create table meta (
    key text primary key,
    value text not null
);

create table revision (
    id bigint primary key,
    revision bigint not null,
    writes bigint not null
);
insert into revision (id, revision, writes) values (1, 0, 0);

-- What each revision changed; kind is site, component or incident.
create table changes (
    revision bigint not null,
    kind text not null,
    id text not null,
    primary key (revision, kind, id)
);

create table site_settings (
    key text primary key,
    value text not null
);

create table states (
    key text primary key,
    label text not null,
    reads text not null,
    tone text not null,
    down_permille bigint not null,
    statuspage text not null,
    position bigint not null,
    dropped_at_ms bigint
);

create table components (
    slug text primary key,
    name text not null,
    group_name text,
    description text,
    position bigint not null,
    since text,
    created_at_ms bigint not null,
    retired_at_ms bigint,
    source text not null
);

create table incidents (
    id text primary key,
    -- null once the incident is withdrawn, so that its address is free again
    slug text unique,
    former_slug text,
    title text not null,
    kind text not null,
    stated_phase text,
    stated_impact text,
    author text,
    published_at_ms bigint not null,
    published_precision text not null,
    starts_ms bigint,
    ends_ms bigint,
    summary text,
    markdown text not null,
    edited_at_ms bigint,
    public_at_ms bigint not null,
    seq bigint not null,
    source text not null,
    created_at_ms bigint not null,
    draft_since_ms bigint,
    withdrawn_at_ms bigint,
    -- of an incident from a file: its name, the hash of its bytes, the fields it states, and
    -- since when it is missing
    file text,
    fingerprint text,
    stated text,
    hidden_at_ms bigint
);
create index incidents_file on incidents (file);

create table slug_redirects (
    slug text primary key,
    incident_id text not null references incidents (id)
);

create table updates (
    id text primary key,
    incident_id text not null references incidents (id),
    at_ms bigint not null,
    seq bigint not null,
    precision text not null,
    as_written text,
    phase text,
    author text,
    markdown text not null,
    restore text not null,
    edited_at_ms bigint,
    public_at_ms bigint not null,
    source text not null,
    created_at_ms bigint not null,
    withdrawn_at_ms bigint
);
create index updates_incident on updates (incident_id);

-- Components that a post (update_id is then the empty text) or an update names.
create table mentions (
    incident_id text not null references incidents (id),
    update_id text not null,
    component text not null references components (slug),
    position bigint not null,
    primary key (incident_id, update_id, component)
);
create index mentions_component on mentions (component);

create table state_changes (
    id text primary key,
    component text not null references components (slug),
    at_ms bigint not null,
    seq bigint not null,
    state text not null,
    note text,
    incident_id text references incidents (id),
    update_id text references updates (id),
    origin text not null,
    public_at_ms bigint not null,
    created_at_ms bigint not null,
    withdrawn_at_ms bigint
);
create index state_changes_component on state_changes (component, at_ms, seq);
create index state_changes_incident on state_changes (incident_id);

-- The changes of state that hold: those of drafts, of withdrawn or hidden posts and of withdrawn
-- updates don't.
create view effective_changes as
select c.*
from state_changes c
left join incidents i on i.id = c.incident_id
left join updates u on u.id = c.update_id
where c.withdrawn_at_ms is null
  and (c.incident_id is null
       or (i.withdrawn_at_ms is null and i.hidden_at_ms is null and i.draft_since_ms is null))
  and (c.update_id is null or u.withdrawn_at_ms is null);

-- What an edit or a correction replaced; body is JSON.
create table versions (
    id text primary key,
    kind text not null,
    entity_id text not null,
    at_ms bigint not null,
    actor_kind text not null,
    actor_name text not null,
    body text not null
);
create index versions_entity on versions (entity_id);

-- Who did what and when; before and after are JSON or null.
create table audit (
    id text primary key,
    at_ms bigint not null,
    actor_kind text not null,
    actor_id text,
    actor_name text not null,
    action text not null,
    kind text not null,
    entity_id text not null,
    label text not null,
    before_json text,
    after_json text
);
create index audit_at on audit (at_ms, id);

create table tokens (
    id text primary key,
    name text not null,
    display_name text,
    hash text not null unique,
    scopes text not null,
    created_at_ms bigint not null,
    expires_at_ms bigint,
    last_used_at_ms bigint,
    revoked_at_ms bigint
);

-- Answers already given to a POST with an Idempotency-Key.
create table idempotency (
    token_id text not null,
    key text not null,
    request_hash text not null,
    status bigint not null,
    location text,
    body text not null,
    created_at_ms bigint not null,
    primary key (token_id, key)
);
