-- What a site wrote with the ninth migration: what is claimed of a component last.
update last_claims set until_ms = 1361869300001, incident_ids = '' where component = 'selma';
