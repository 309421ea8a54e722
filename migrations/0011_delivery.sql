-- Telling subscribers: who they are, what they follow, what goes out, and how far each was told.

create table subscribers (
    id text primary key,
    channel text not null,
    -- as it was typed, and folded for comparing
    address text not null,
    address_key text not null,
    -- yes or no; no: only what `follows` lists
    everything text not null,
    incidents text not null,
    maintenance text not null,
    changes text not null,
    created_at_ms bigint not null,
    confirmed_at_ms bigint,
    paused_at_ms bigint,
    suppressed_at_ms bigint,
    suppressed_why text,
    -- permanent refusals in a row
    refusals bigint not null,
    -- how the subscriber agreed
    consent text not null,
    unique (channel, address_key)
);
create index subscribers_confirmed on subscribers (confirmed_at_ms);

-- What a subscriber follows: a component, a group or one incident.
create table follows (
    subscriber_id text not null references subscribers (id) on delete cascade,
    kind text not null,
    target text not null,
    primary key (subscriber_id, kind, target)
);
create index follows_target on follows (kind, target);

-- Secrets in links, as hashes.
create table links (
    hash text primary key,
    subscriber_id text not null references subscribers (id) on delete cascade,
    created_at_ms bigint not null
);
create index links_subscriber on links (subscriber_id);

-- Messages about a subscription itself, not about an incident.
create table letters (
    id text primary key,
    kind text not null,
    address text not null,
    -- what a signup asks to follow, as JSON
    following text,
    subscriber_id text references subscribers (id) on delete cascade,
    created_at_ms bigint not null,
    next_at_ms bigint not null,
    attempts bigint not null,
    claimed_by text
);
create index letters_next on letters (next_at_ms);

-- What goes out: one row for each update and kind. A thread is an incident, or a component whose
-- state changed without one.
create table outbox (
    seq bigint primary key,
    thread text not null,
    kind text not null,
    subject text not null,
    created_at_ms bigint not null,
    -- when it is due, if that isn't the site's delay after `created_at_ms`
    due_at_ms bigint,
    -- the first revision that shows it
    revision bigint not null,
    status text not null,
    -- the last subscriber that it was spread to
    spread_to text,
    unique (thread, kind, subject)
);
create index outbox_status on outbox (status);

-- How far a subscriber was told of a thread, and how far to tell.
create table deliveries (
    subscriber_id text not null references subscribers (id) on delete cascade,
    thread text not null,
    told_seq bigint not null,
    due_seq bigint not null,
    -- how far the message in progress tells, and who sends it
    claimed_seq bigint,
    claimed_by text,
    -- null if nothing is due
    next_at_ms bigint,
    attempts bigint not null,
    failing_since_ms bigint,
    gave_up_at_ms bigint,
    failure text,
    primary key (subscriber_id, thread)
);
create index deliveries_next on deliveries (next_at_ms, subscriber_id, thread);
create index deliveries_claimed on deliveries (claimed_by);
create index deliveries_thread on deliveries (thread);

-- The processes that send; each counts up its own row as long as it lives.
create table senders (
    id text primary key,
    beat bigint not null
);
