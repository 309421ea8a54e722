//! Incidents and updates as data: for `/incidents/{slug}.json` and the API's responses.

use chrono::{DateTime, Utc};

use crate::domain::component::{Origin, StateChange};
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::domain::update::Update;
use crate::render::messages;
use crate::urls;
use crate::wire::incident::IncidentBody;
use crate::wire::update::{LastStates, UpdateBody};

/// An incident as of `now`.
pub fn incident(
    incident: &Incident,
    now: DateTime<Utc>,
    states: &States,
    site: &SiteSettings,
) -> IncidentBody {
    let mentioned_later = incident.updates.iter().flat_map(|update| &update.mentions);
    let mentions = incident.mentions.iter().chain(mentioned_later);
    let said = last_states(incident.all_changes(), mentions);
    let mut components = LastStates::default();
    for slug in incident.components() {
        if let Some(state) = said.find(slug) {
            components.set(slug, state.clone());
        }
    }
    let updates = incident.updates.iter();
    let window = incident.window();
    IncidentBody {
        slug: incident.slug.clone(),
        id: incident.id.clone(),
        title: incident.title.clone(),
        kind: incident.kind,
        phase: incident.phase(now),
        impact: incident.impact(states),
        author: incident.author.clone(),
        published_at: incident.published_at,
        starts: window.starts,
        ends: window.ends,
        markdown: incident.markdown.clone(),
        components,
        updates: updates.map(|it| update(incident, it, site)).collect(),
        seen: incident.last_made().map(|update| update.id.clone()),
        edited_at: incident.edited_at,
        source: incident.source,
        url: urls::absolute(&site.base_url, &urls::incident(&incident.slug)),
        draft: incident.draft,
    }
}

/// An update of `incident`.
pub fn update(incident: &Incident, update: &Update, site: &SiteSettings) -> UpdateBody {
    let restored = update
        .changes
        .iter()
        .filter(|change| change.origin == Origin::Restore);
    UpdateBody {
        id: update.id.clone(),
        at: update.at,
        precision: update.precision,
        as_written: update.as_written.clone(),
        phase: update.phase,
        author: update.author.clone(),
        markdown: messages::text_of(update).into_owned(),
        components: last_states(update.changes.iter(), update.mentions.iter()),
        restored: restored.map(|change| change.component.clone()).collect(),
        edited_at: update.edited_at,
        url: urls::absolute(&site.base_url, &urls::update(&incident.slug, &update.id)),
        starts: update.window.starts,
        ends: update.window.ends,
        hint: None,
    }
}

/// The last state that `changes` set for each component, in the order in which components are first
/// named. It excludes states that reverted at an end: nobody stated those.
fn last_states<'a>(
    changes: impl Iterator<Item = &'a StateChange>,
    mentions: impl Iterator<Item = &'a Slug>,
) -> LastStates {
    let stated = changes.filter(|change| change.origin != Origin::Restore);
    let mut latest: Vec<&StateChange> = Vec::new();
    for change in stated {
        match latest
            .iter_mut()
            .find(|known| known.component == change.component)
        {
            Some(known) if (change.at, change.seq) < (known.at, known.seq) => {}
            Some(known) => *known = change,
            None => latest.push(change),
        }
    }
    let mut states = LastStates::default();
    for change in latest {
        states.set(&change.component, Some(change.state.clone()));
    }
    for slug in mentions {
        if states.find(slug).is_none() {
            states.set(slug, None);
        }
    }
    states
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::incident::Kind;
    use crate::domain::state::StateKey;
    use crate::domain::update::{Phase, Precision, Source};
    use crate::domain::window::Window;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("is valid")
    }

    fn change(slug: &str, when: &str, seq: i64, state: &str, origin: Origin) -> StateChange {
        StateChange {
            component: Slug::parse(slug).expect("is valid"),
            at: at(when),
            seq,
            state: StateKey::new(state),
            note: None,
            incident: Some("i1".into()),
            update: None,
            origin,
            public_at: at(when),
        }
    }

    #[test]
    fn an_incident_goes_out_whole_and_is_read_back() {
        let noon = "2013-02-26T12:00:00Z";
        let later = "2013-02-26T13:00:00.750Z";
        let update = Update {
            id: "u1".into(),
            at: at(later),
            seq: 2,
            precision: Precision::Minute,
            as_written: None,
            phase: Some(Phase::Resolved),
            author: None,
            markdown: "Done.".into(),
            fact: None,
            changes: vec![
                change("selma", later, 3, "degraded", Origin::Update),
                change("selma", later, 4, "operational", Origin::Restore),
            ],
            mentions: vec![
                Slug::parse("mail").expect("is valid"),
                Slug::parse("selma").expect("is valid"),
            ],
            restore: true,
            window: Window::default(),
            edited_at: None,
            public_at: at(later),
            source: Source::Api,
        };
        let incident = Incident {
            id: "i1".into(),
            slug: Slug::parse("selma-is-down").expect("is valid"),
            title: "Selma is down".into(),
            kind: Kind::Disruption,
            stated_phase: None,
            stated_impact: None,
            author: None,
            published_at: at(noon),
            precision: Precision::Minute,
            starts: None,
            ends: None,
            summary: None,
            markdown: "Sorry.".into(),
            mentions: vec![Slug::parse("nelson").expect("is valid")],
            changes: vec![change("selma", noon, 1, "major_outage", Origin::Post)],
            updates: vec![update],
            edited_at: None,
            public_at: at(noon),
            source: Source::Api,
            draft: false,
            own_item: true,
        };
        let site = SiteSettings::example(chrono_tz::UTC);
        let body = super::incident(&incident, at(later), &States::default(), &site);
        let written = serde_json::to_string(&body).expect("is valid");
        let expected = r#"{"slug":"selma-is-down","id":"i1","title":"Selma is down","kind":"disruption","phase":"resolved","impact":"critical","author":null,"published_at":"2013-02-26T12:00:00Z","starts":null,"ends":null,"markdown":"Sorry.","components":{"selma":"degraded","nelson":null,"mail":null},"updates":[{"id":"u1","at":"2013-02-26T13:00:00Z","precision":"minute","as_written":null,"phase":"resolved","author":null,"markdown":"Done.","components":{"selma":"degraded","mail":null},"restored":["selma"],"edited_at":null,"url":"https://status.example.com/incidents/selma-is-down#update-u1"}],"seen":"u1","edited_at":null,"source":"api","url":"https://status.example.com/incidents/selma-is-down"}"#;
        assert_eq!(written, expected);
        let read: IncidentBody = serde_json::from_str(&written).expect("is valid");
        assert_eq!(serde_json::to_string(&read).expect("is valid"), expected);
        assert_eq!(
            super::update(&incident, &incident.updates[0], &site)
                .restored
                .len(),
            1
        );
    }
}
