-- Sessions: who is signed in to the staff pages. Only the hash of a cookie is stored; a session is
-- as good as the token that it was opened with. What was typed into a form while nobody was signed
-- in waits in kept_form (JSON: names and values) for the form at kept_path.

create table sessions (
    id text primary key,
    hash text not null unique,
    token_id text not null references tokens (id),
    device text,
    created_at_ms bigint not null,
    seen_at_ms bigint not null,
    kept_path text,
    kept_form text
);
create index sessions_token on sessions (token_id);
