-- What a site wrote with the fifth migration.
insert into changes (revision, kind, id, since_ms) values (2, 'component', 'selma', 1361870100000);
