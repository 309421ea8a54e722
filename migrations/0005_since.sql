-- From which instant on a component's history is another; without one, all of it may be.
alter table changes add column since_ms bigint;
