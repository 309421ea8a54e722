//! The same words once more: a command taken from the shell's history, or given again in doubt
//! whether it arrived. What was posted a moment ago isn't posted twice, unless that is asked for.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

use crate::client::IncidentAnswer;

/// For so long, the same words in the same place are the same post; as on the staff pages.
const WITHIN: TimeDelta = TimeDelta::minutes(15);
/// How far the server's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(2);

/// What was posted before, and when.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Before {
    pub(super) at: DateTime<Utc>,
    /// As the server answered then.
    pub(super) answer: Value,
}

impl Before {
    /// What a person is told instead of that it was done.
    pub(super) fn told(&self, now: DateTime<Utc>) -> String {
        let ago = match (now - self.at).num_minutes() {
            ..=0 => "less than a minute".to_owned(),
            1 => "1 minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        format!(
            "This was posted already, {ago} ago, so nothing was sent. To post it once more, add \
             --again."
        )
    }
}

/// The newest update of an incident, if `body` says the same once more.
pub(super) fn update(
    incident: &IncidentAnswer,
    body: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Option<Before> {
    let last = incident.updates.last()?;
    let at = just_now(&last["at"], now)?;
    let is_same = !body.contains_key("at")
        && !body.contains_key("restore")
        && is_same_text(&last["markdown"], body.get("markdown"))
        && last["phase"] == *body.get("phase").unwrap_or(&Value::Null)
        && sets_the_same(last, body);
    is_same.then(|| Before {
        at,
        answer: last.clone(),
    })
}

/// An incident of the same headline and text, as far as a list tells.
pub(super) fn incident<'a>(
    known: &'a [IncidentAnswer],
    body: &Map<String, Value>,
    now: DateTime<Utc>,
) -> Option<&'a IncidentAnswer> {
    if ["published_at", "starts", "ends"]
        .iter()
        .any(|field| body.contains_key(*field))
    {
        return None;
    }
    let is_draft = body.get("draft") == Some(&Value::Bool(true));
    let text = |field: &str| body.get(field).and_then(Value::as_str).unwrap_or_default();
    known.iter().find(|incident| {
        incident.title == text("title").trim()
            && incident.draft == is_draft
            && incident.markdown.trim() == text("markdown").trim()
            && is_just_now(incident.published_at, now)
    })
}

/// Whether the incident as the server shows it is all that `body` asks for, states and all.
pub(super) fn is_whole(incident: &Value, body: &Map<String, Value>) -> bool {
    let fields = ["kind", "impact", "phase"].iter();
    let mut given = fields.filter_map(|field| Some((field, body.get(*field)?)));
    given.all(|(field, wanted)| incident[field] == *wanted) && sets_the_same(incident, body)
}

fn is_just_now(at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - at < WITHIN && at - now < AHEAD
}

fn just_now(at: &Value, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at: DateTime<Utc> = at.as_str()?.parse().ok()?;
    is_just_now(at, now).then_some(at)
}

fn is_same_text(said: &Value, wanted: Option<&Value>) -> bool {
    let text = |value: &Value| value.as_str().unwrap_or_default().trim().to_owned();
    wanted.is_some_and(|wanted| text(said) == text(wanted))
}

/// Whether an update or incident set every state that is asked for. A state in other words than the server's
/// counts as another one, so that nothing new is ever held back.
fn sets_the_same(said: &Value, body: &Map<String, Value>) -> bool {
    let wanted = body.get("components").and_then(Value::as_object);
    wanted.is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(slug, state)| said["components"][slug] == *state)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> IncidentAnswer {
        serde_json::from_value(json!({
            "slug": "selma-is-down", "title": "Selma is down", "kind": "disruption",
            "phase": "monitoring", "published_at": "2013-02-26T09:00:00Z", "url": "",
            "markdown": "We look.",
            "updates": [
                {"at": "2013-02-26T09:05:00Z", "markdown": "Still on it.", "phase": null, "components": {}},
                {"at": "2013-02-26T09:10:00Z", "markdown": "Mail is up.", "phase": "monitoring",
                 "components": {"selma": "degraded"}},
            ],
        }))
        .unwrap()
    }

    #[track_caller]
    fn check(body: &Value, now: &str, wanted: bool) {
        let body = body.as_object().unwrap();
        let found = update(&known(), body, now.parse().unwrap());
        assert_eq!(found.is_some(), wanted, "{body:?} at {now}");
    }

    #[test]
    fn only_the_newest_update_is_the_same_and_only_for_a_while() {
        let soon = "2013-02-26T09:12:00Z";
        let same = json!({"markdown": "Mail is up. ", "phase": "monitoring"});
        check(&same, soon, true);
        check(&same, "2013-02-26T09:24:59Z", true);
        check(&same, "2013-02-26T09:25:00Z", false);
        check(
            &json!({"markdown": "Mail is up.", "phase": "monitoring", "components": {"selma": "degraded"}}),
            soon,
            true,
        );
        for other in [
            json!({"markdown": "Mail is up!", "phase": "monitoring"}),
            json!({"markdown": "Mail is up."}),
            json!({"markdown": "Mail is up.", "phase": "monitoring", "components": {"selma": "operational"}}),
            json!({"markdown": "Mail is up.", "phase": "monitoring", "at": "2013-02-26T09:10:00Z"}),
            json!({"markdown": "Still on it."}),
        ] {
            check(&other, soon, false);
        }
    }

    #[test]
    fn an_incident_of_the_same_headline_and_text_is_the_same() {
        let found = |body: &Value, now: &str| {
            let known = [known()];
            incident(&known, body.as_object().unwrap(), now.parse().unwrap()).is_some()
        };
        let same = json!({"title": "Selma is down ", "markdown": "We look."});
        assert!(found(&same, "2013-02-26T09:12:00Z"));
        assert!(!found(&same, "2013-02-26T09:15:00Z"));
        for other in [
            json!({"title": "Selma is down", "markdown": "We look on."}),
            json!({"title": "Selma is up", "markdown": "We look."}),
            json!({"title": "Selma is down", "markdown": "We look.", "draft": true}),
            json!({"title": "Selma is down", "markdown": "We look.", "published_at": "2013-02-26T09:00:00Z"}),
        ] {
            assert!(!found(&other, "2013-02-26T09:12:00Z"), "{other}");
        }
    }

    #[test]
    fn how_long_ago_it_was_is_told_in_minutes() {
        let before = Before {
            at: "2013-02-26T09:10:00Z".parse().unwrap(),
            answer: Value::Null,
        };
        let told = |now: &str| before.told(now.parse().unwrap());
        assert!(told("2013-02-26T09:10:40Z").contains("less than a minute ago"));
        assert!(told("2013-02-26T09:11:00Z").contains("1 minute ago"));
        assert!(told("2013-02-26T09:12:30Z").contains("2 minutes ago"));
    }
}
