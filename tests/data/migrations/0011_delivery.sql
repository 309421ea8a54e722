-- What a site wrote with the eleventh migration: a subscriber who follows a component, an update that
-- waits to go out, and another that was told.
insert into subscribers (id, channel, address, address_key, everything, incidents, maintenance, changes,
    created_at_ms, confirmed_at_ms, refusals, consent)
values ('01939d5e-7b1c-7000-8000-0123456789ab', 'email', 'Dana@example.com', 'dana@example.com', 'no',
    'yes', 'yes', 'no', 1361869560000, 1361869600000, 0, 'confirmed');
insert into follows (subscriber_id, kind, target)
values ('01939d5e-7b1c-7000-8000-0123456789ab', 'component', 'selma');
insert into outbox (seq, thread, kind, subject, created_at_ms, revision, status)
values (7000, 'clark-1', 'update', 'clark-1-2', 1361869560000, 3, 'waiting');
insert into deliveries (subscriber_id, thread, told_seq, due_seq, attempts)
values ('01939d5e-7b1c-7000-8000-0123456789ab', 'clark-1', 6000, 6000, 0);
