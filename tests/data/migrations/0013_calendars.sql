-- What a site wrote with the thirteenth migration: a maintenance changed, and it is noted when.
insert into changes (revision, kind, id, at_ms) values (40, 'incident', 'clark-1', 1361869560000);
insert into changes (revision, kind, id) values (39, 'incident', 'clark-1');
