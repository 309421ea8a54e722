-- What a site wrote with the second migration: a maintenance, moved and begun.
insert into incidents (id, slug, title, kind, published_at_ms, published_precision, starts_ms,
    ends_ms, markdown, public_at_ms, seq, source, created_at_ms)
values ('clark-1', 'new-disks-for-clark', 'New disks for Clark', 'maintenance', 1361869200000,
    'minute', 1361869500000, 1361876400000, 'Clark gets new disks.', 1361869200000, 4000, 'api',
    1361869200000);
insert into updates (id, incident_id, at_ms, seq, precision, phase, markdown, restore,
    public_at_ms, source, created_at_ms, starts_ms, ends_ms)
values ('clark-1-1', 'clark-1', 1361869500000, 5000, 'minute', 'in_progress', 'It has begun.',
    'yes', 1361869500000, 'clock', 1361869500000, 1361869500000, 1361880000000);
insert into state_changes (id, component, at_ms, seq, state, incident_id, origin, public_at_ms,
    created_at_ms)
values ('change-2', 'selma', 1361869200000, 4001, 'maintenance', 'clark-1', 'plan', 1361869200000,
    1361869200000);
