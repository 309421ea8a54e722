//! Complete server responses. A test states only the fields that matter to it.

use serde_json::{Value, json};

/// A component with these fields.
pub(super) fn component(fields: &Value) -> Value {
    let usual = json!({
        "slug": "selma", "name": "Selma", "group": null, "description": null,
        "state": "operational", "note": null, "state_since": null, "since": null,
        "retired_at": null,
    });
    with(usual, fields)
}

/// An incident with these fields.
pub(super) fn incident(fields: &Value) -> Value {
    let usual = json!({
        "slug": "selma-down", "id": "i", "title": "Selma is down", "kind": "disruption",
        "phase": "monitoring", "impact": "none", "author": null,
        "published_at": "2013-02-26T08:30:00Z", "starts": null, "ends": null, "markdown": "",
        "components": {}, "updates": [], "seen": null, "edited_at": null, "source": "api",
        "url": "https://status.example.com/incidents/selma-down",
    });
    with(usual, fields)
}

/// An update with these fields.
pub(super) fn update(fields: &Value) -> Value {
    let usual = json!({
        "id": "0190", "at": "2013-02-26T09:15:00Z", "precision": "minute", "as_written": null,
        "phase": null, "author": null, "markdown": "", "components": {}, "restored": [],
        "edited_at": null, "url": "https://status.example.com/incidents/selma-down#update-0190",
    });
    with(usual, fields)
}

fn with(mut usual: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().expect("an object") {
        usual[name] = value.clone();
    }
    usual
}
