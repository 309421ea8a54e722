-- Which feed item an incident's post has: none if the word is 'update', for then its first update is
-- its item; else one of its own. Decided as it becomes public, and kept; what was public before this
-- was decided keeps the item that it had.
alter table incidents add column item text;
