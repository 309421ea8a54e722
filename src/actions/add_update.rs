//! Adds an update to an incident, with the changes of state that come with it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::Change;
use super::checks::{self, Gathered, KnownNames};
use super::error::{ActionError, Meanwhile};
use super::new_update::NewUpdate;
use super::repeat::refuse_repeated_update;
use super::stated_states::write_new_states;
use crate::domain::actor::Identity;
use crate::domain::event::Event;
use crate::domain::event::facts::StatedStates;
use crate::domain::event::facts::{NewText, WhichUpdate};
use crate::domain::incident::{Incident, Kind, is_open};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::store::incidents::{StoredIncident, find_incident_by_slug};
use crate::store::updates::{self, StoredUpdate, find_update};

/// The id of an update, and since when it is public.
pub(super) struct UpdateIdentity {
    pub(super) id: String,
    pub(super) public_at: DateTime<Utc>,
}

impl UpdateIdentity {
    /// A new id, public from now on.
    pub(super) fn now(change: &Change) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            public_at: change.now,
        }
    }
}

/// Adds an update and returns its id.
///
/// # Errors
/// `NotFound` for an unknown incident; `Invalid` for an empty update, a phase that doesn't fit the
/// incident's kind, unknown components or states, or a time in the future; `Meanwhile` if something
/// was posted that the writer hasn't seen; `Repeated` for a repetition that `again` doesn't allow.
pub async fn add_update(
    change: &mut Change,
    incident: &Slug,
    wanted: NewUpdate,
) -> Result<String, ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, incident).await?;
    let made = add_update_to(change, &stored, wanted).await?;
    Ok(made.id)
}

/// The same for a caller that has read the incident within this change. Returns the update as it
/// was said, without the states that it set or that followed from it.
///
/// # Errors
/// Those of [`add_update`].
pub async fn add_update_to(
    change: &mut Change,
    stored: &StoredIncident,
    wanted: NewUpdate,
) -> Result<Update, ActionError> {
    change.require(Permission::WriteIncidents)?;
    let known = checks::known_for(change, &wanted.components).await?;
    let mut wrong = Gathered::default();
    wrong.take(says_something("/markdown", &wanted))?;
    wrong.take(checks::markdown("/markdown", &wanted.markdown))?;
    wrong.take(phase_fits("/phase", stored.incident.kind, wanted.phase))?;
    wrong.take(checks::not_future("/at", wanted.at, change.now))?;
    wrong.take(checks::author(wanted.author.as_deref()))?;
    let components = wrong.take(resolve(&known, "/components", &wanted.components)?)?;
    wrong.finish()?;
    let components = components.unwrap_or_default();
    if change.refuses(wanted.again) {
        refuse_repeated_update(change, &stored.incident, &wanted, &components).await?;
    }
    refuse_unseen(change, stored, wanted.seen.as_ref()).await?;
    let made = UpdateIdentity::now(change);
    insert_update(change, stored, &wanted, &components, made).await
}

/// Refuses an update whose writer hasn't seen what was posted in the meantime.
async fn refuse_unseen(
    change: &mut Change,
    stored: &StoredIncident,
    seen: Option<&Option<String>>,
) -> Result<(), ActionError> {
    let last = match seen {
        None => return Ok(()),
        Some(None) => None,
        Some(Some(id)) => {
            let found = find_update(&mut change.tx, id).await?;
            let found = found.filter(|found| found.incident_id == stored.incident.id);
            let how = "this incident never had that update; send the id of the last one you saw, \
                       or null if there was none";
            Some(found.ok_or_else(|| ActionError::invalid("/seen", how))?)
        }
    };
    let is_newer = |update: &&Update| {
        last.as_ref()
            .is_none_or(|last| update.seq > last.update.seq)
    };
    let updates = stored.incident.updates.iter();
    let mut newer: Vec<Update> = updates.filter(is_newer).cloned().collect();
    if newer.is_empty() {
        return Ok(());
    }
    newer.sort_by_key(|update| update.seq);
    Err(ActionError::Meanwhile(Box::new(Meanwhile {
        incident: stored.incident.clone(),
        newer,
    })))
}

/// Writes an update that has been checked, and returns it as it was said.
pub(super) async fn insert_update(
    change: &mut Change,
    stored: &StoredIncident,
    wanted: &NewUpdate,
    components: &StatedStates,
    made: UpdateIdentity,
) -> Result<Update, ActionError> {
    let incident = &stored.incident;
    let byline = change.actor.display_name().map(str::to_owned);
    let update = Update {
        id: made.id,
        at: wanted.at.unwrap_or(change.now),
        seq: change.next_seq(),
        precision: Precision::Minute,
        as_written: None,
        phase: wanted.phase,
        author: wanted
            .author
            .clone()
            .or(byline)
            .filter(|name| !name.trim().is_empty()),
        markdown: wanted.markdown.trim().to_owned(),
        fact: wanted.fact.clone(),
        changes: Vec::new(),
        mentions: Vec::new(),
        restore: wanted.restore.unwrap_or(true),
        window: wanted.window,
        edited_at: None,
        public_at: made.public_at,
        source: match change.actor.identity {
            Identity::Clock => Source::Clock,
            Identity::Staff { .. }
            | Identity::Host
            | Identity::File { .. }
            | Identity::Subscriber => Source::Api,
        },
    };
    let row = StoredUpdate {
        incident_id: incident.id.clone(),
        update: update.clone(),
        withdrawn_at: None,
    };
    updates::set_update(&mut change.tx, &row, change.now).await?;
    write_new_states(change, incident, &update, components).await?;
    change.touch_incident(&incident.id);
    if may_end_or_begin_it(incident, &update) {
        // The update may begin or end what the post and other updates claim. It may also show that
        // a maintenance has been running since the start of its window.
        let window = incident.window().moved_by(update.window);
        let since = match incident.stated_phase {
            // The phase that the front matter states ended the incident at its last entry. It no
            // longer counts.
            Some(phase) if phase.is_final() => incident.earliest().min(update.at),
            _ => update.at.min(window.starts.unwrap_or(update.at)),
        };
        for component in incident.components() {
            change.touch_history_since(component, since);
        }
    }
    change.happened(Event::UpdateAdded {
        which: WhichUpdate::of(incident, &update.id),
        after: NewText {
            at: update.at,
            phase: update.phase,
            markdown: update.markdown.clone(),
            fact: update.fact.clone(),
            components: components.clone(),
            window: update.window,
            draft: incident.draft,
        },
    });
    change.settle().await?;
    Ok(update)
}

/// Whether an update may change when the incident was open. The newest update can't while the
/// incident goes on. One without a phase can only if the incident begins with it.
fn may_end_or_begin_it(incident: &Incident, update: &Update) -> bool {
    if incident.kind == Kind::Maintenance {
        // The states of its update depend on the window, too.
        return true;
    }
    let Some(phase) = update.phase else {
        return update.at < incident.started();
    };
    let goes_on = |phase: Phase| is_open(incident.kind, phase);
    let is_newest = incident.last_said() <= update.at;
    !(is_newest && goes_on(phase) && goes_on(incident.phase(update.at)))
}

/// An incident that staff may change.
pub(super) async fn present_incident(
    change: &mut Change,
    slug: &Slug,
) -> Result<StoredIncident, ActionError> {
    find_incident_by_slug(&mut change.tx, slug)
        .await?
        .filter(StoredIncident::is_present)
        .ok_or_else(|| ActionError::NotFound(format!("there is no incident {:?}", slug.as_str())))
}

/// A request that names more components than exist, and more than this, gets a single error.
const MANY: usize = 50;

/// Resolves the components and states that a request names. The outer error is the database's; the
/// inner one is about fields.
pub(super) fn resolve(
    known: &KnownNames,
    pointer: &str,
    components: &StatedStates,
) -> Result<Result<StatedStates, ActionError>, ActionError> {
    if components.len() > known.components.len() && !components.is_empty() {
        let how = format!(
            "{} components are named, but there are only {}",
            components.len(),
            known.components.len()
        );
        if components.len() > MANY {
            return Ok(Err(ActionError::invalid(pointer, how)));
        }
    }
    let mut wrong = Gathered::default();
    let components = known.with_groups(components);
    let mut found = Vec::with_capacity(components.len());
    for (slug, setting) in &components {
        let place = format!("{pointer}/{slug}");
        wrong.take(known.component(&place, slug))?;
        let Some((word, note)) = setting else {
            found.push((slug.clone(), None));
            continue;
        };
        wrong.take(checks::note(&place, note.as_deref()))?;
        let note = checks::kept_note(note.as_deref());
        if let Some(state) = wrong.take(known.state(&place, word))? {
            found.push((slug.clone(), Some((state, note))));
        }
    }
    Ok(wrong.finish().map(|()| found))
}

/// Checks that a phase fits an incident's kind.
pub(super) fn phase_fits(
    pointer: &str,
    kind: Kind,
    phase: Option<Phase>,
) -> Result<(), ActionError> {
    let Some(phase) = phase else { return Ok(()) };
    if kind.phases().contains(&phase) {
        return Ok(());
    }
    let words: Vec<_> = kind.phases().iter().map(|phase| phase.as_str()).collect();
    Err(ActionError::invalid(
        pointer,
        format!(
            "a {} can't be {:?}; its phases are {}",
            kind.as_str(),
            phase.as_str(),
            words.join(", ")
        ),
    ))
}

/// Checks that an update says something; `pointer` is the place of its text.
pub(super) fn says_something(pointer: &str, wanted: &NewUpdate) -> Result<(), ActionError> {
    let has_text = !wanted.markdown.trim().is_empty() || wanted.fact.is_some();
    if !has_text && wanted.phase.is_none() && wanted.components.is_empty() {
        return Err(ActionError::invalid(
            pointer,
            "an update needs text, a phase or a state: say what customers need to know",
        ));
    }
    Ok(())
}
