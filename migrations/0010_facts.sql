-- What an update tells without a text, as JSON: what became of a maintenance, and the names and times
-- that saying so takes, as they were then. Updates that were made before this have a text instead.
alter table updates add column fact text;
