//! Whether the same was posted a moment ago: by a command from the shell's history, a form that the
//! browser rebuilt, or a program that tried again. Posts are compared by meaning, not by spelling.

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::change::Change;
use super::error::{ActionError, Repeated};
use super::new_incident::NewIncident;
use super::new_update::NewUpdate;
use crate::content::update_entries::Reading;
use crate::domain::component::{Origin, StateChange};
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Source, Update};
use crate::store::Tx;
use crate::store::audit::list_versions;
use crate::store::history::find_standing;
use crate::store::incidents::list_incidents_titled;

/// How long the same words in the same place count as the same post.
const WITHIN: Duration = Duration::minutes(15);

/// How far apart times may be that were both typed as, say, "20 minutes ago".
const SAME_TIME: Duration = Duration::minutes(1);

/// Refuses an update that repeats one of the last 15 minutes, in its present or an earlier version.
/// Updates before the last change of phase or state don't count: "down again" may be news.
/// `components` are those of `wanted`, resolved.
pub(super) async fn refuse_repeated_update(
    change: &mut Change,
    incident: &Incident,
    wanted: &NewUpdate,
    components: &StatedStates,
) -> Result<(), ActionError> {
    let byline = byline(change, wanted.author.as_ref());
    let mut updates: Vec<&Update> = incident.updates.iter().collect();
    updates.sort_by_key(|update| std::cmp::Reverse(update.seq));
    for update in updates {
        let may_be = match update.source {
            // The window has opened or closed since.
            Source::Clock => break,
            // Nobody posted it, but it may have changed the situation.
            Source::File => false,
            Source::Api if change.now - update.public_at >= WITHIN => break,
            Source::Api => {
                is_same_time(change.now, wanted.at, update.at, update.public_at)
                    && update.author == byline
                    && update.restore == wanted.restore.unwrap_or(true)
                    && update.window == wanted.window
                    && says_the_same(change, Statements::by(update), components).await?
            }
        };
        if may_be && is_or_was(&mut change.tx, update, wanted).await? {
            return Err(ActionError::Repeated(Box::new(Repeated {
                incident: incident.clone(),
                update: Some(update.clone()),
                posted_at: update.public_at,
            })));
        }
        if update.phase.is_some() || !update.changes.is_empty() {
            break;
        }
    }
    Ok(())
}

/// Whether an update says this, or did before it was corrected.
async fn is_or_was(tx: &mut Tx, update: &Update, wanted: &NewUpdate) -> Result<bool, ActionError> {
    let text = wanted.markdown.trim();
    let is_text = update.fact.is_none();
    if is_text && update.markdown == text && update.phase == wanted.phase {
        return Ok(true);
    }
    if update.edited_at.is_none() {
        return Ok(false);
    }
    let phase = wanted.phase.map(Phase::as_str);
    let earlier = list_versions(tx, "update", &update.id).await?.into_iter();
    let mut earlier = earlier.filter_map(|version| {
        let before: Value = serde_json::from_str(&version.before?).ok()?;
        Some(before)
    });
    Ok(earlier.any(|before| {
        let is_text = before["fact"].is_null();
        is_text && before["markdown"].as_str() == Some(text) && before["phase"].as_str() == phase
    }))
}

/// An incident to create, resolved.
pub(super) struct ProposedIncident<'a> {
    pub(super) wanted: &'a NewIncident,
    /// Its post and the entries in it.
    pub(super) reading: &'a Reading,
    pub(super) components: &'a StatedStates,
    /// The components of its first update.
    pub(super) first: &'a StatedStates,
}

/// Refuses an incident that was already created within the last 15 minutes.
pub(super) async fn refuse_repeated_incident(
    change: &mut Change,
    proposed: &ProposedIncident<'_>,
) -> Result<(), ActionError> {
    let wanted = proposed.wanted;
    let dated = wanted.published_at.unwrap_or(change.now);
    let around = (dated - WITHIN, dated + WITHIN);
    let title = wanted.title.trim();
    for stored in list_incidents_titled(&mut change.tx, title, around).await? {
        let posted_at = stored.incident.public_at;
        if change.now - posted_at < WITHIN
            && is_same_incident(change, &stored.incident, proposed).await?
        {
            let incident = stored.incident;
            return Err(ActionError::Repeated(Box::new(Repeated {
                incident,
                update: None,
                posted_at,
            })));
        }
    }
    Ok(())
}

async fn is_same_incident(
    change: &mut Change,
    known: &Incident,
    proposed: &ProposedIncident<'_>,
) -> Result<bool, ActionError> {
    let wanted = proposed.wanted;
    let reading = proposed.reading;
    let has_entries = reading.entries.iter().all(|entry| {
        let mut known = known.updates.iter();
        known.any(|update| update.at == entry.at && update.markdown == entry.markdown)
    });
    let is_same_post = has_entries
        && known.source == Source::Api
        && known.draft == wanted.draft
        && known.kind == wanted.kind.unwrap_or(Kind::Disruption)
        && known.stated_phase == wanted.phase
        && known.stated_impact == wanted.impact
        && known.stated_window().starts == wanted.starts
        && known.stated_window().ends == wanted.ends
        && known.markdown == reading.markdown
        && known.author == byline(change, wanted.author.as_ref())
        && is_same_time(
            change.now,
            wanted.published_at,
            known.published_at,
            known.public_at,
        );
    let post = Statements {
        changes: &known.changes,
        mentions: &known.mentions,
    };
    if !is_same_post || !says_the_same(change, post, proposed.components).await? {
        return Ok(false);
    }
    let Some(first) = &wanted.update else {
        return Ok(true);
    };
    for update in &known.updates {
        let is_same_update = update.public_at == known.public_at
            && update.markdown == first.markdown.trim()
            && update.phase == first.phase
            && update.window == first.window
            && is_same_time(change.now, first.at, update.at, update.public_at);
        if is_same_update && says_the_same(change, Statements::by(update), proposed.first).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn byline(change: &Change, stated: Option<&String>) -> Option<String> {
    let own = || change.actor.display_name().map(str::to_owned);
    let byline = stated.cloned().or_else(own);
    byline.filter(|name| !name.trim().is_empty())
}

/// Whether `wanted` is the time given before: none, the same, or the same distance before now.
fn is_same_time(
    now: DateTime<Utc>,
    wanted: Option<DateTime<Utc>>,
    said: DateTime<Utc>,
    made: DateTime<Utc>,
) -> bool {
    match wanted {
        None => said == made,
        Some(at) => at == said || ((at - said) - (now - made)).abs() < SAME_TIME,
    }
}

/// What was said about components.
#[derive(Clone, Copy)]
struct Statements<'a> {
    changes: &'a [StateChange],
    mentions: &'a [Slug],
}

impl<'a> Statements<'a> {
    fn by(update: &'a Update) -> Self {
        Self {
            changes: &update.changes,
            mentions: &update.mentions,
        }
    }

    /// The states that somebody set, without those that followed from an end.
    fn set(self) -> impl Iterator<Item = &'a StateChange> {
        let changes = self.changes.iter();
        changes.filter(|change| change.origin != Origin::Restore)
    }

    /// Whether everything in `wanted` was said: each state with its note, each name.
    fn holds(self, wanted: &StatedStates) -> bool {
        wanted.iter().all(|(slug, setting)| {
            let mut of_it = self.set().filter(|change| change.component == *slug);
            match setting {
                Some((state, note)) => of_it.any(|it| it.state == *state && it.note == *note),
                None => self.mentions.contains(slug) || of_it.next().is_some(),
            }
        })
    }

    /// Whether it is about no other components.
    fn is_about(self, wanted: &StatedStates) -> bool {
        let set = self.set().map(|change| &change.component);
        let mut named = set.chain(self.mentions);
        named.all(|slug| wanted.iter().any(|(other, _)| other == slug))
    }
}

/// Whether everything that `wanted` says about components was said. A post about fewer components
/// is a repetition only if they are in these states now, so that it has no news.
async fn says_the_same(
    change: &mut Change,
    said: Statements<'_>,
    wanted: &StatedStates,
) -> Result<bool, ActionError> {
    if !said.holds(wanted) {
        return Ok(false);
    }
    if said.is_about(wanted) {
        return Ok(true);
    }
    for (slug, setting) in wanted {
        let Some((state, note)) = setting else {
            continue;
        };
        let now = find_standing(&mut change.tx, slug, change.now).await?;
        if now.state != *state || now.note != *note {
            return Ok(false);
        }
    }
    Ok(true)
}
