//! Each event as the entry of the activity log that it becomes.

/// An entry of the activity log: what was done to what, under which name, and its two sides.
pub(super) type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<String>,
    Option<String>,
);

/// How the activity log has kept each of them since its beginnings, in the order of `all`.
pub(super) fn rows() -> Vec<Row> {
    let said = r#"{"selma":"degraded","nelson":{"state":"degraded","note":"Slow."},"ruby":null}"#;
    let post = |draft: bool| {
        Some(format!(
            r#"{{"slug":"selma-is-down","title":"Selma is down","kind":"disruption","markdown":"Mail\nis \"slow\".","impact":"major","author":null,"starts":null,"ends":null,"published_at":"2013-02-26T09:15:00Z","draft":{draft},"components":{said}}}"#
        ))
    };
    let text = |components: &str| {
        Some(format!(
            r#"{{"at":"2013-02-26T09:15:00.500Z","phase":"in_progress","markdown":"Mail.","author":"Anna"{components}}}"#
        ))
    };
    let (with_said, with_none) = (
        format!(r#","components":{said}"#),
        r#","components":{}"#.to_owned(),
    );
    let from_file =
        r#"{"title":"Selma is down","markdown":"Mail.","slug":"selma-is-down","file":"selma.md"}"#;
    let added = format!(
        r#"{{"at":"2013-02-26T09:15:00Z","phase":null,"markdown":"Later.","components":{said},"starts":null,"ends":"2013-02-26T10:00:00Z","draft":true}}"#
    );
    let state = r#"{"state":"degraded","note":null,"incident":"selma-is-down"}"#;
    let component = r#"{"slug":"selma","name":"Selma","group":null,"description":"Mail.","position":2,"since":null,"created_at":"2013-02-26T09:15:00Z","retired_at":null,"from_file":true}"#;
    let template = r#"{"title":"{{component}} is down","kind":"disruption","phase":"investigating","impact":null,"state":null,"components":[["selma","degraded"],["nelson",null]],"markdown":"Since {{time}}."}"#;
    let token = r#"{"name":"on call","scopes":["states:write","admin"],"expires_at":null}"#;
    let kept = |side: &str| Some(side.to_owned());
    let selma = "Selma is down";
    let dana = "d***@example.com";
    let everything = r#"{"everything":true,"follows":[],"incidents":true,"maintenance":true,"changes":false,"paused":false}"#;
    let servers = r#"{"everything":false,"follows":["component selma","group Servers"],"incidents":true,"maintenance":true,"changes":false,"paused":true}"#;
    let pager = |told: &str| {
        let told = told.trim_start_matches('{');
        kept(&format!(
            r#"{{"kind":"webhook","name":"Pager","address":"https://hooks.example.com/…",{told}"#
        ))
    };
    #[rustfmt::skip]
    let rows = vec![
        ("create_incident", "incident", "i1", selma, None, post(true)),
        ("edit_incident", "incident", "i1", selma, post(true), post(false)),
        ("withdraw_incident", "incident", "i1", selma, post(true), None),
        ("sync_incident", "incident", "i1", selma, None, kept(from_file)),
        ("hide_incident", "incident", "i1", selma, None, None),
        ("add_update", "update", "u1", selma, None, Some(added)),
        ("correct_update", "update", "u1", selma, text(&with_said), text(&with_none)),
        ("withdraw_update", "update", "u1", selma, text(""), None),
        ("reinstate_update", "update", "u1", selma, None, text(&with_said)),
        ("sync_update", "update", "u1", selma, text(""), text("")),
        ("set_component_state", "component", "selma", "Selma", None, kept(state)),
        ("put_component", "component", "selma", "Selma", None, kept(component)),
        ("describe_component", "component", "selma", "Selma", kept(component), kept(component)),
        ("retire_component", "component", "selma", "Selma", kept(component), kept(component)),
        ("reinstate_component", "component", "selma", "Selma", kept(component), kept(component)),
        ("move_component", "component", "selma", "Selma", kept(component), kept(component)),
        ("set_template", "template", "down", "{{component}} is down", None, kept(template)),
        ("remove_template", "template", "down", "{{component}} is down", kept(template), None),
        ("dont_send", "delivery", "i1", selma, None, None),
        ("issue_token", "token", "t1", "on call", None, kept(token)),
        ("revoke_token", "token", "t1", "on call", None, None),
        ("sign_in", "session", "s1", "on call", None, kept(r#"{"device":"Firefox"}"#)),
        ("end_session", "session", "s1", "on call", None, None),
        ("add_subscriber", "subscriber", "p1", dana, None, kept(r#"{"consent":"by telephone"}"#)),
        ("import_subscribers", "subscriber", "m1", "3 subscribers", None, kept(r#"{"consent":"by contract"}"#)),
        ("edit_subscriber", "subscriber", "p1", dana, kept(everything), kept(servers)),
        ("remove_subscriber", "subscriber", "p1", dana, None, None),
        ("suppress_subscriber", "subscriber", "p1", dana, None, kept(r#"{"why":"complaint"}"#)),
        ("allow_subscriber", "subscriber", "p1", dana, None, None),
        ("add_channel", "channel", "h1", "Pager", None, pager(everything)),
        ("edit_channel", "channel", "h1", "Pager", pager(everything), pager(servers)),
        ("rotate_channel_secret", "channel", "h1", "Pager", None, None),
        ("remove_channel", "channel", "h1", "Pager", None, None),
    ];
    rows
}
