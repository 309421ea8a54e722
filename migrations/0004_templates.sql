-- Templates for new incidents, as the content folder states them: kept here so that every process
-- that serves the staff has them, wherever the folder is.

create table templates (
    name text primary key,
    title text not null,
    kind text not null,
    phase text,
    impact text,
    state text,
    markdown text not null
);

-- What a template is always about; without a state, a component is only named.
create table template_components (
    template text not null references templates (name),
    component text not null,
    state text,
    position bigint not null,
    primary key (template, component)
);
