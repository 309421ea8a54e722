-- This version adds no rows of its own besides the release that it names.
update meta set value = value where key = 'oldest_release.15';
