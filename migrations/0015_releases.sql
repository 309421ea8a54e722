-- Each migration names the oldest release that may run on it. Older ones refuse the database, and so
-- they do if it has a migration that they don't know and that names none.

insert into meta (key, value) values ('oldest_release.15', '0.1.0');
