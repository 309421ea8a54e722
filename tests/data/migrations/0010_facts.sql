-- What a site wrote with the tenth migration: a maintenance takes longer, and nobody wrote a text.
insert into updates (id, incident_id, at_ms, seq, precision, markdown, restore, public_at_ms, source,
    created_at_ms, ends_ms, fact)
values ('clark-1-2', 'clark-1', 1361869560000, 6000, 'minute', '', 'yes', 1361869560000, 'api',
    1361869560000, 1361880000000,
    '{"became":{"extended":{"until":"2013-02-26T12:00:00Z","is_later":true}},"components":["Selma"],"more":0,"said_at":"2013-02-26T09:06:00Z","zone":"America/Denver","clock":"12h"}');
