-- What a site wrote with the first migration: at least one row in each table.
insert into meta (key, value) values ('authority', 'status.example.com');
update revision set revision = 2, writes = 2;
insert into changes (revision, kind, id) values (1, 'site', 'site'), (2, 'incident', 'selma-1');
insert into site_settings (key, value) values ('name', 'Example status'), ('time_zone', 'America/Denver');
insert into states (key, label, reads, tone, down_permille, statuspage, position)
values ('rescue_mode', 'Rescue mode', 'is in rescue mode', 'bad', 1000, 'major_outage', 0);
insert into components (slug, name, position, since, created_at_ms, source)
values ('selma', 'Selma', 0, '2009-05-01', 1361869200000, 'file');
insert into incidents (id, slug, title, kind, published_at_ms, published_precision, markdown,
    public_at_ms, seq, source, created_at_ms, file, fingerprint, stated)
values ('selma-1', 'selma-moves', 'Selma moves', 'disruption', 1361869200000, 'minute',
    'We are moving Selma.', 1361869200000, 1000, 'file', 1361869200000,
    'incidents/2013-02-26-selma-moves.md', 'abc', 'components');
insert into incidents (id, former_slug, title, kind, published_at_ms, published_precision, markdown,
    public_at_ms, seq, source, created_at_ms, withdrawn_at_ms)
values ('taken-back', 'taken-back', 'Taken back', 'notice', 1361869200000, 'day',
    'A mistake.', 1361869200000, 2000, 'api', 1361869200000, 1361869260000);
insert into slug_redirects (slug, incident_id) values ('selma-is-down', 'selma-1');
insert into updates (id, incident_id, at_ms, seq, precision, as_written, phase, author, markdown,
    restore, public_at_ms, source, created_at_ms)
values ('selma-1-1', 'selma-1', 1361870100000, 3000, 'minute', '2/26/13 – 2:15 MST', 'monitoring',
    'Tyler', 'Mail is up.', 'yes', 1361870100000, 'api', 1361870100000);
insert into mentions (incident_id, update_id, component, position) values ('selma-1', '', 'selma', 0);
insert into state_changes (id, component, at_ms, seq, state, note, incident_id, update_id, origin,
    public_at_ms, created_at_ms)
values ('change-1', 'selma', 1361870100000, 3001, 'rescue_mode', 'Mail is up.', 'selma-1',
    'selma-1-1', 'update', 1361870100000, 1361870100000);
insert into versions (id, kind, entity_id, at_ms, actor_kind, actor_name, body)
values ('version-1', 'update', 'selma-1-1', 1361870160000, 'token', 'test', '{"markdown":"Mial is up."}');
insert into audit (id, at_ms, actor_kind, actor_id, actor_name, action, kind, entity_id, label,
    before_json, after_json)
values ('version-1', 1361870160000, 'token', 'token-1', 'test', 'correct_update', 'update',
    'selma-1-1', 'Selma moves', '{"markdown":"Mial is up."}', '{"markdown":"Mail is up."}');
insert into tokens (id, name, hash, scopes, created_at_ms)
values ('token-1', 'test', 'no-hash', 'admin', 1361869200000);
insert into idempotency (token_id, key, request_hash, status, body, created_at_ms)
values ('token-1', 'key', 'no-hash', 201, '{}', 1361870100000);
