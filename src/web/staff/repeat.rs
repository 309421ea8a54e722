//! The same words once more. A browser that goes back to a form may ask for it anew and put into it
//! what was typed, so that it comes again under another key; what it says tells that it was posted.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::session::Visit;
use super::trouble::StaffError;
use crate::actions::add_update::{NewUpdate, Settings};
use crate::actions::write_incident::NewIncident;
use crate::domain::component::StateChange;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source, Update};
use crate::store::Tx;
use crate::store::incidents::find_incident_by_slug;
use crate::web::api::versions::versions_of;

/// For so long, the same words in the same place are the same post.
const REPEATED_WITHIN: Duration = Duration::minutes(15);

/// The update that `wanted` says once more, if it is the last that was made: as it is now, or as it
/// was before it was corrected.
pub(super) async fn repeated_update<'a>(
    tx: &mut Tx,
    incident: &'a Incident,
    wanted: &NewUpdate,
    now: DateTime<Utc>,
) -> Result<Option<&'a Update>, StaffError> {
    let Some(last) = incident.last_made() else {
        return Ok(None);
    };
    let may_be = last.source == Source::Api
        && wanted.at.is_none()
        && now - last.public_at < REPEATED_WITHIN
        && says_the_same(&last.changes, &last.mentions, &wanted.components);
    if !may_be {
        return Ok(None);
    }
    let text = wanted.markdown.trim();
    if last.markdown == text && last.phase == wanted.phase {
        return Ok(Some(last));
    }
    let phase = wanted.phase.map(Phase::as_str);
    let earlier = versions_of(tx, "update", &last.id).await?.versions;
    let was_same = earlier.iter().any(|version| {
        let before = |field: &str| version.before.get(field).and_then(Value::as_str);
        before("markdown") == Some(text) && before("phase") == phase
    });
    Ok(was_same.then_some(last))
}

/// The incident that `wanted` opens once more.
pub(super) async fn repeated_incident(
    tx: &mut Tx,
    wanted: &NewIncident,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Result<Option<Incident>, StaffError> {
    let Some(slug) = Slug::from_title(&wanted.title) else {
        return Ok(None);
    };
    let Some(stored) = find_incident_by_slug(tx, &slug).await? else {
        return Ok(None);
    };
    let incident = &stored.incident;
    let first = match (&wanted.update, incident.updates.first()) {
        (Some(wanted), Some(first)) => {
            first.markdown == wanted.markdown.trim()
                && first.phase == wanted.phase
                && says_the_same(&first.changes, &first.mentions, &wanted.components)
        }
        (wanted, said) => wanted.is_none() && said.is_none(),
    };
    let is_same = stored.is_present()
        && first
        && incident.source == Source::Api
        && incident.draft == wanted.draft
        && wanted.published_at.is_none()
        && incident.title == wanted.title.trim()
        && wanted.kind.is_none_or(|kind| kind == incident.kind)
        && incident.stated_impact == wanted.impact
        && says_the_same(&incident.changes, &incident.mentions, &wanted.components)
        && incident.author.as_deref() == visit.staff.actor().display_name()
        && now - incident.public_at < REPEATED_WITHIN;
    Ok(is_same.then_some(stored.incident))
}

/// Whether all that is asked for of components was said: each state with its note, each name.
fn says_the_same(changes: &[StateChange], mentions: &[Slug], wanted: &Settings) -> bool {
    wanted.iter().all(|(slug, setting)| {
        let mut of_it = changes.iter().filter(|change| change.component == *slug);
        match setting {
            Some((state, note)) => of_it.any(|it| it.state == *state && it.note == *note),
            None => mentions.contains(slug) || of_it.next().is_some(),
        }
    })
}
