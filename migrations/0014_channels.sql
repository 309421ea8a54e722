-- Channels that staff add, webhooks first: where news goes besides people, what waits for each, and
-- how the attempts of the last week went.

create table channels (
    id text primary key,
    kind text not null,
    name text not null,
    -- secrets: where it leads, and with which credential
    url text not null,
    room text,
    token text,
    -- what signs messages, and what did before it, until when
    secret text,
    former_secret text,
    former_until_ms bigint,
    -- what it gets, as JSON
    following text not null,
    created_at_ms bigint not null,
    paused_at_ms bigint,
    disabled_at_ms bigint,
    disabled_why text,
    -- since when nothing has arrived, and why
    failing_since_ms bigint,
    failure text
);

-- What goes to a channel: each news is a message of its own.
create table channel_messages (
    channel_id text not null references channels (id) on delete cascade,
    seq bigint not null,
    thread text not null,
    kind text not null,
    subject text not null,
    created_at_ms bigint not null,
    claimed_by text,
    -- null if nothing is due
    next_at_ms bigint,
    attempts bigint not null,
    failing_since_ms bigint,
    -- its id at the service
    reference text,
    primary key (channel_id, seq)
);
create index channel_messages_next on channel_messages (next_at_ms) where next_at_ms is not null;
create index channel_messages_claimed on channel_messages (claimed_by) where claimed_by is not null;
create index channel_messages_created on channel_messages (created_at_ms);

-- What a channel was told of, with the id of the thread's first message at the service.
create table channel_threads (
    channel_id text not null references channels (id) on delete cascade,
    thread text not null,
    reference text,
    primary key (channel_id, thread)
);
create index channel_threads_thread on channel_threads (thread);

create table channel_attempts (
    id text primary key,
    channel_id text not null references channels (id) on delete cascade,
    seq bigint not null,
    event text not null,
    attempt bigint not null,
    -- of the answer, if there was one
    status bigint,
    -- null if it was taken
    failure text,
    at_ms bigint not null,
    duration_ms bigint not null
);
create index channel_attempts_channel on channel_attempts (channel_id, at_ms);
create index channel_attempts_at on channel_attempts (at_ms);

-- How far the outbox has been spread to channels: waiting or spread; null if it isn't for them.
alter table outbox add column channels text;
create index outbox_channels on outbox (channels) where channels = 'waiting';
