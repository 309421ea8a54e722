-- What a site wrote with the eighth migration.
update incidents set item = 'update' where slug = 'new-disks-for-clark';
