insert into sessions (id, hash, token_id, device, created_at_ms, seen_at_ms, kept_path, kept_form)
values ('session-1', 'no-hash', 'token-1', 'Firefox', 1361870000000, 1361870100000,
    '/staff/new-incident', '[["title","Selma is down"]]');
