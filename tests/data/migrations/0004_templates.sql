-- A template that is about one component and sets another's state.
insert into templates (name, title, kind, phase, state, markdown)
values ('server-down', '{{component}} is down', 'disruption', 'investigating', 'major_outage',
    '{{component}} stopped answering at {{time}}.');
insert into template_components (template, component, state, position)
values ('server-down', 'selma', null, 0);
