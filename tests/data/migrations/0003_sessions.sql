insert into sessions (id, hash, token_id, device, created_at_ms, seen_at_ms)
values ('session-1', 'no-hash', 'token-1', 'Firefox', 1361870000000, 1361870100000);
