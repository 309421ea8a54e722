-- What a site wrote with the seventh migration: what came of a state set by hand.
insert into state_changes (id, component, at_ms, seq, state, origin, public_at_ms, created_at_ms)
values ('change-7', 'selma', 1361869300000, 9000, 'degraded', 'request', 1361869300000,
    1361869300000);
insert into state_history (component, at_ms, seq, state, origin, public_at_ms, quiet)
values ('selma', 1361869300000, 9000, 'degraded', 'request', 1361869300000, 'yes');
