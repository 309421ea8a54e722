-- What a site wrote with the fourteenth migration: a webhook, what it was told, and what waits for it.
insert into channels (id, kind, name, url, secret, following, created_at_ms)
values ('channel-1', 'webhook', 'Pager', 'https://hooks.example.com/x', 'whsec_c2VjcmV0',
    '{"everything":true,"targets":[],"incidents":true,"maintenance":true,"changes":false}',
    1361869560000);
insert into channel_messages (channel_id, seq, thread, kind, subject, created_at_ms, next_at_ms, attempts)
values ('channel-1', 6700, 'selma-1', 'post', '', 1361869560000, 1361869620000, 0);
insert into channel_threads (channel_id, thread) values ('channel-1', 'selma-1');
insert into channel_attempts (id, channel_id, seq, event, attempt, status, at_ms, duration_ms)
values ('attempt-1', 'channel-1', 6600, 'incident.posted', 1, 204, 1361869560000, 12);
