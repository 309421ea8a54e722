//! What a webhook is told, in the API's own shapes: `{"type": …, "timestamp": …, "data": …}`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::incident::{incident as incident_body, update as update_body};
use crate::domain::dispatch::{News, Thread};
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::snapshot::Snapshot;
use crate::wire::component::ComponentBody;

/// The type of the event that tells news; `None` is a test.
pub fn event_of(news: Option<&News>) -> &'static str {
    match news {
        None => "test",
        Some(News::Post) => "incident.posted",
        Some(News::Update { .. }) => "update.posted",
        Some(News::Amendment { id, .. } | News::Correction { id, .. }) => match id.is_empty() {
            true => "incident.corrected",
            false => "update.corrected",
        },
        Some(News::Withdrawal { id, .. }) => match id.is_empty() {
            true => "incident.withdrawn",
            false => "update.withdrawn",
        },
        Some(News::Reminder { .. }) => "maintenance.reminder",
        Some(News::State { .. } | News::Shift { .. }) => "component.state_changed",
    }
}

/// The event that tells news of a thread, which happened at `at`. An incident is told as it stands
/// now. `None` if it isn't so any more.
pub fn event(
    snapshot: &Snapshot,
    thread: &Thread,
    news: Option<&News>,
    at: DateTime<Utc>,
) -> Option<Value> {
    let data = match news {
        None => json!({"site": snapshot.site.name, "url": snapshot.site.base_url}),
        Some(news) => match thread {
            Thread::Incident(id) => of_incident(snapshot, id, news)?,
            Thread::Component(slug) => of_component(snapshot, slug, at)?,
        },
    };
    let timestamp = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    Some(json!({"type": event_of(news), "timestamp": timestamp, "data": data}))
}

fn of_incident(snapshot: &Snapshot, id: &str, news: &News) -> Option<Value> {
    let found = snapshot.posts.find_by_id(id).map(|post| post.read());
    let found = found.filter(|incident| !incident.draft);
    let whole = |incident: &Incident| {
        let body = incident_body(incident, snapshot.until, &snapshot.states, &snapshot.site);
        json!(body)
    };
    let with_update = |id: &str| {
        let incident = found.as_ref()?;
        let update = incident.updates.iter().find(|update| update.id == id)?;
        let body = update_body(incident, update, &snapshot.site);
        Some(json!({"incident": whole(incident), "update": body}))
    };
    match news {
        News::Update { id } => with_update(id),
        News::Amendment { id, .. } | News::Correction { id, .. } if !id.is_empty() => {
            with_update(id)
        }
        News::Post | News::Amendment { .. } | News::Correction { .. } => {
            Some(json!({"incident": whole(found.as_ref()?)}))
        }
        News::Withdrawal { id: update, .. } if update.is_empty() => match found {
            // It is public again.
            Some(_) => None,
            None => Some(json!({"incident": {"id": id}})),
        },
        News::Withdrawal { id: update, .. } => match found {
            Some(incident) if incident.updates.iter().any(|it| it.id == *update) => None,
            Some(incident) => Some(json!({
                "incident": whole(&incident), "update": {"id": update},
            })),
            None => Some(json!({"incident": {"id": id}, "update": {"id": update}})),
        },
        News::Reminder { starts_ms, .. } => {
            let incident = found?;
            let starts = incident.window().starts?;
            let holds = incident.is_planned(snapshot.until)
                && starts.timestamp_millis() == *starts_ms
                && starts > snapshot.until;
            holds.then(|| json!({"incident": whole(&incident)}))
        }
        News::State { .. } | News::Shift { .. } => None,
    }
}

/// A component as it was after a change, however late that is told.
fn of_component(snapshot: &Snapshot, slug: &Slug, at: DateTime<Utc>) -> Option<Value> {
    let record = snapshot.find_component(slug)?;
    if record.component.retired_at.is_some() {
        return None;
    }
    let body = ComponentBody::of(&record.component, &record.history.standing(at));
    Some(json!({"component": body}))
}
