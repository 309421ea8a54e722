-- What the version before wrote of two incidents that overlapped: Nelson was slow, crashed within
-- that, and was left as it was when it was up again, since another incident named it.
insert into components (slug, name, position, created_at_ms, source)
values ('nelson', 'Nelson', 0, 1361865600000, 'api');
insert into incidents (id, slug, title, kind, published_at_ms, published_precision, markdown,
    public_at_ms, seq, source, created_at_ms)
values ('slow', 'nelson-slow', 'Nelson is slow', 'disruption', 1361865600000, 'minute', 'We look.',
    1361865600000, 1000000, 'api', 1361865600000),
    ('crashed', 'nelson-crashed', 'Nelson crashed', 'disruption', 1361869200000, 'minute',
    'We look.', 1361869200000, 2000000, 'api', 1361869200000);
insert into updates (id, incident_id, at_ms, seq, precision, phase, markdown, restore,
    public_at_ms, source, created_at_ms)
values ('over', 'crashed', 1361872800000, 3000000, 'minute', 'resolved', 'It is up.', 'yes',
    1361872800000, 'api', 1361872800000);
insert into state_changes (id, component, at_ms, seq, state, incident_id, update_id, origin,
    public_at_ms, created_at_ms)
values ('one', 'nelson', 1361865600000, 1000001, 'degraded', 'slow', null, 'post', 1361865600000,
    1361865600000),
    ('two', 'nelson', 1361869200000, 2000001, 'major_outage', 'crashed', null, 'post',
    1361869200000, 1361869200000),
    ('three', 'nelson', 1361872800000, 3001023, 'operational', 'crashed', 'over', 'restore',
    1361872800000, 1361872800000);
