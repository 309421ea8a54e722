//! The shapes of the wire: every field that there is, and no other, each with its type.

use chrono::{DateTime, NaiveDate};
use serde_json::Value;

use super::Resource;

const STATUSES: &[&str] = &[
    "operational",
    "degraded_performance",
    "partial_outage",
    "major_outage",
    "under_maintenance",
];
const INDICATORS: &[&str] = &["none", "minor", "major", "critical", "maintenance"];
const DESCRIPTIONS: &[&str] = &[
    "All Systems Operational",
    "Partially Degraded Service",
    "Minor Service Outage",
    "Partial System Outage",
    "Major Service Outage",
    "Service Under Maintenance",
];
const PHASES: &[&str] = &[
    "investigating",
    "identified",
    "monitoring",
    "resolved",
    "postmortem",
];
const STEPS: &[&str] = &["scheduled", "in_progress", "verifying", "completed"];

/// The type of a field.
#[derive(Clone, Copy)]
enum Type {
    Text,
    Id,
    Url,
    Time,
    TimeOrNull,
    DateOrNull,
    TextOrNull,
    IdOrNull,
    Null,
    Bool,
    Position,
    OneOf(&'static [&'static str]),
    Ids,
    ListOf(Fields),
}

type Fields = &'static [(&'static str, Type)];

use Type::*;

const PAGE: Fields = &[
    ("id", Id),
    ("name", Text),
    ("url", Url),
    ("time_zone", Text),
    ("updated_at", Time),
];
const STATUS: Fields = &[
    ("indicator", OneOf(INDICATORS)),
    ("description", OneOf(DESCRIPTIONS)),
];
const COMPONENT: Fields = &[
    ("id", Id),
    ("name", Text),
    ("status", OneOf(STATUSES)),
    ("created_at", Time),
    ("updated_at", Time),
    ("position", Position),
    ("description", TextOrNull),
    ("showcase", Bool),
    ("start_date", DateOrNull),
    ("group_id", IdOrNull),
    ("page_id", Id),
    ("group", Bool),
    ("only_show_if_degraded", Bool),
];
const AFFECTED: Fields = &[
    ("code", Id),
    ("name", Text),
    ("old_status", OneOf(STATUSES)),
    ("new_status", OneOf(STATUSES)),
];
const UPDATE: Fields = &[
    ("id", Id),
    ("status", OneOf(PHASES)),
    ("body", Text),
    ("incident_id", Id),
    ("created_at", Time),
    ("updated_at", Time),
    ("display_at", Time),
    ("affected_components", ListOf(AFFECTED)),
    ("deliver_notifications", Bool),
    ("custom_tweet", Null),
    ("tweet_id", Null),
];
const INCIDENT: Fields = &[
    ("id", Id),
    ("name", Text),
    ("status", OneOf(PHASES)),
    ("created_at", Time),
    ("updated_at", Time),
    ("monitoring_at", TimeOrNull),
    ("resolved_at", TimeOrNull),
    ("impact", OneOf(&["none", "minor", "major", "critical"])),
    ("shortlink", Url),
    ("started_at", Time),
    ("page_id", Id),
    ("incident_updates", ListOf(UPDATE)),
    ("components", ListOf(COMPONENT)),
    ("reminder_intervals", Null),
];
/// What a maintenance has beyond or otherwise than an incident.
const MAINTENANCE: Fields = &[
    ("status", OneOf(STEPS)),
    ("impact", OneOf(&["maintenance"])),
    ("scheduled_for", Time),
    ("scheduled_until", Time),
];

/// Fails unless a document has exactly its fields.
#[track_caller]
pub(super) fn check(resource: Resource, answer: &Value) {
    let (components, incidents, maintenances, status) = match resource {
        Resource::Summary => (true, true, true, true),
        Resource::Status => (false, false, false, true),
        Resource::Components => (true, false, false, false),
        Resource::Incidents | Resource::UnresolvedIncidents => (false, true, false, false),
        Resource::Maintenances | Resource::UpcomingMaintenances | Resource::ActiveMaintenances => {
            (false, false, true, false)
        }
    };
    let named = [
        ("page", true),
        ("components", components),
        ("incidents", incidents),
        ("scheduled_maintenances", maintenances),
        ("status", status),
    ];
    let wanted: Vec<&str> = named.iter().filter(|it| it.1).map(|it| it.0).collect();
    keys(answer, &wanted, "the document");
    object(&answer["page"], PAGE, "page");
    if status {
        object(&answer["status"], STATUS, "status");
    }
    for component in list(&answer["components"]) {
        group_or_component(component);
    }
    for incident in list(&answer["incidents"]) {
        object(incident, INCIDENT, "incident");
        newest_first(incident);
    }
    for maintenance in list(&answer["scheduled_maintenances"]) {
        let wanted: Vec<&str> = INCIDENT.iter().map(|field| field.0).collect();
        keys(
            maintenance,
            &[wanted.as_slice(), &["scheduled_for", "scheduled_until"]].concat(),
            "maintenance",
        );
        newest_first(maintenance);
        fields(maintenance, MAINTENANCE, "maintenance");
        for (name, kind) in INCIDENT {
            match *name {
                "status" | "impact" => {}
                "incident_updates" => {
                    for update in list(&maintenance[*name]) {
                        let mut as_incident = update.clone();
                        field(&update["status"], OneOf(STEPS), "status");
                        as_incident["status"] = "resolved".into();
                        object(&as_incident, UPDATE, "update");
                    }
                }
                _ => field(&maintenance[*name], *kind, name),
            }
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[track_caller]
fn group_or_component(component: &Value) {
    if component["group"] == true {
        let mut plain = component.clone();
        let ids = plain.as_object_mut().and_then(|it| it.remove("components"));
        field(&ids.expect("a group lists its own"), Ids, "components");
        object(&plain, COMPONENT, "group");
        assert_eq!(component["group_id"], Value::Null);
    } else {
        object(component, COMPONENT, "component");
    }
}

#[track_caller]
fn newest_first(incident: &Value) {
    let updates = list(&incident["incident_updates"]);
    assert!(!updates.is_empty(), "{incident}");
    assert_eq!(updates[0]["status"], incident["status"], "{incident}");
    let times = updates.iter().map(|update| time(&update["display_at"]));
    let times: Vec<_> = times.collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{incident}");
    for update in updates {
        assert_eq!(update["incident_id"], incident["id"]);
    }
}

#[track_caller]
fn keys(value: &Value, wanted: &[&str], what: &str) {
    let found = value.as_object().expect("an object").keys();
    let mut found: Vec<&str> = found.map(String::as_str).collect();
    let mut wanted = wanted.to_vec();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "the fields of {what}");
}

#[track_caller]
fn object(value: &Value, wanted: Fields, what: &str) {
    let names: Vec<&str> = wanted.iter().map(|field| field.0).collect();
    keys(value, &names, what);
    fields(value, wanted, what);
}

#[track_caller]
fn fields(value: &Value, wanted: Fields, what: &str) {
    for (name, kind) in wanted {
        field(&value[*name], *kind, &format!("{what}.{name}"));
    }
}

#[track_caller]
fn field(value: &Value, kind: Type, what: &str) {
    let text = value.as_str();
    let is_right = match kind {
        Text => text.is_some(),
        Id => text.is_some_and(is_id),
        Url => text.is_some_and(|text| text.starts_with("https://status.example.com")),
        Time => text.is_some_and(is_time),
        TimeOrNull => value.is_null() || text.is_some_and(is_time),
        DateOrNull => value.is_null() || text.is_some_and(|it| it.parse::<NaiveDate>().is_ok()),
        TextOrNull => value.is_null() || text.is_some(),
        IdOrNull => value.is_null() || text.is_some_and(is_id),
        Null => value.is_null(),
        Bool => value.is_boolean(),
        Position => value.as_u64().is_some_and(|position| position > 0),
        OneOf(words) => text.is_some_and(|text| words.contains(&text)),
        Ids => {
            let ids = list(value);
            !ids.is_empty() && ids.iter().all(|id| id.as_str().is_some_and(is_id))
        }
        ListOf(wanted) => {
            for item in list(value) {
                object(item, wanted, what);
            }
            value.is_array()
        }
    };
    assert!(is_right, "{what} is {value}");
}

fn is_id(text: &str) -> bool {
    let is_right = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() == 12 && text.chars().all(is_right)
}

/// `2013-02-26T02:15:00.000-07:00`, or `Z` at the end.
fn is_time(text: &str) -> bool {
    let has_millis = text.as_bytes().get(19) == Some(&b'.');
    let end = text.get(23..).unwrap_or_default();
    let has_zone = end == "Z" || end.len() == 6 && end.starts_with(['+', '-']);
    has_millis && has_zone && end != "+00:00" && DateTime::parse_from_rfc3339(text).is_ok()
}

fn time(value: &Value) -> DateTime<chrono::FixedOffset> {
    let text = value.as_str().expect("a text");
    DateTime::parse_from_rfc3339(text).expect("an instant")
}
