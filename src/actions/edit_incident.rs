//! Corrects an incident's post through the API, or withdraws the incident. The old version is kept.

use chrono::{DateTime, Utc};

use super::add_update::{present_incident, resolve};
use super::change::Change;
use super::checks::{self, Gathered};
use super::create_incident::{PostText, check_title, insert_entries, read_post};
use super::error::ActionError;
use super::plan_maintenance::{Plan, check_plan};
use super::stated_states::{Owner, withdraw_states, write_post_states};
use crate::content::update_entries::Entry;
use crate::domain::component::Origin;
use crate::domain::event::Event;
use crate::domain::event::facts::Post;
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Impact, Incident, Kind, has_own_item};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::Update;
use crate::domain::window::Window;
use crate::store::drafts::{find_post_undated, set_updates_dated};
use crate::store::incidents::{StoredIncident, set_incident, set_public_since};

/// A correction of a post; fields that are `None` stay as they are.
#[derive(Debug, Clone, Default)]
pub struct EditIncident {
    /// The new headline.
    pub title: Option<String>,
    /// The new text. Its UPDATE entries that don't exist yet are added.
    pub markdown: Option<String>,
    /// The new kind.
    pub kind: Option<Kind>,
    /// The new impact; with `Some(None)`, the worst state decides it.
    pub impact: Option<Option<Impact>>,
    /// The new components and states of the post itself.
    pub components: Option<StatedStates>,
    /// The new start of the window.
    pub starts: Option<Option<DateTime<Utc>>>,
    /// The new end of the window.
    pub ends: Option<Option<DateTime<Utc>>>,
    /// The new byline.
    pub author: Option<Option<String>>,
    /// The new date of the post.
    pub published_at: Option<DateTime<Utc>>,
    /// Whether it is a draft; `Some(false)` publishes it.
    pub draft: Option<bool>,
    /// Allows another maintenance of the same components at the same time.
    pub overlap: bool,
}

/// Corrects an incident's post.
///
/// # Errors
/// `NotFound`; `Conflict` for a field that a file states; `Invalid` as for a new incident.
pub async fn edit_incident(
    change: &mut Change,
    slug: &Slug,
    mut wanted: EditIncident,
) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, slug).await?;
    refuse_stated(&stored, &wanted)?;
    refuse_moved(&stored.incident, &wanted)?;
    let known = checks::known(change).await?;
    wanted.components = wanted.components.map(|said| known.with_groups(&said));
    let before = &stored.incident;
    let kind = wanted.kind.unwrap_or(before.kind);
    let stated = match kind {
        Kind::Maintenance => before.stated_window(),
        Kind::Disruption | Kind::Notice => Window::default(),
    };
    let starts = wanted.starts.unwrap_or(stated.starts);
    let ends = wanted.ends.unwrap_or(stated.ends);
    let draft = wanted.draft.unwrap_or(before.draft);
    let is_first = stored.never_public && !draft;
    let published_at = match wanted.published_at {
        Some(at) => at,
        // A draft without a date of its own is dated when customers first see it.
        None if is_first && find_post_undated(&mut change.tx, &before.id).await? => change.now,
        None => before.published_at,
    };
    let mut wrong = Gathered::default();
    if let Some(title) = &wanted.title {
        wrong.take(check_title(title))?;
    }
    let author = wanted.author.as_ref().and_then(Option::as_deref);
    wrong.take(checks::author(author))?;
    wrong.take(checks::not_future(
        "/published_at",
        wanted.published_at,
        change.now,
    ))?;
    let is_published = wanted.draft == Some(false) && before.draft;
    let plans_anew = wanted.starts.is_some()
        || wanted.ends.is_some()
        || wanted.kind.is_some()
        || (wanted.components.is_some() && kind == Kind::Maintenance);
    if plans_anew || is_published {
        let phase = before.phase(change.now);
        let named: Vec<&Slug> = match &wanted.components {
            Some(components) => components.iter().map(|(slug, _)| slug).collect(),
            None => before.components(),
        };
        let plan = Plan {
            id: Some(&before.id),
            kind,
            phase: Some(phase)
                .filter(|phase| kind.phases().contains(phase))
                .unwrap_or(kind.first_phase()),
            window: Window { starts, ends },
            components: named,
            overlap: wanted.overlap,
            is_draft: wanted.draft.unwrap_or(before.draft),
            moves: is_published || (Window { starts, ends }) != before.stated_window(),
        };
        wrong.take(check_plan(change, &known, &plan).await?)?;
    }
    let mut reading = None;
    if let Some(markdown) = &wanted.markdown {
        wrong.take(checks::markdown("/markdown", markdown))?;
        let post = PostText {
            markdown,
            published_at,
            starts: starts.filter(|_| kind == Kind::Maintenance),
            standing: Some(before),
        };
        let read = read_post(change, &known, &post).await?;
        reading = wrong.take(read)?;
    }
    let components = match &wanted.components {
        Some(components) => wrong.take(resolve(&known, "/components", components)?)?,
        None => None,
    };
    wrong.finish()?;
    let title = wanted
        .title
        .map_or_else(|| before.title.clone(), |title| title.trim().to_owned());
    let markdown = reading.as_ref().map_or_else(
        || before.markdown.clone(),
        |reading| reading.markdown.clone(),
    );
    let is_new = |entry: &Entry| {
        !before
            .updates
            .iter()
            .any(|update| update.at == entry.at && update.markdown == entry.markdown)
    };
    let has_updates =
        !before.updates.is_empty() || reading.as_ref().is_some_and(|it| !it.entries.is_empty());
    let reworded = title != before.title || markdown != before.markdown;
    let kept = kept_window(&stored, kind, Window { starts, ends });
    let after = StoredIncident {
        incident: Incident {
            title,
            kind,
            starts: kept.starts,
            ends: kept.ends,
            published_at,
            stated_impact: wanted.impact.unwrap_or(before.stated_impact),
            author: wanted.author.unwrap_or_else(|| before.author.clone()),
            edited_at: if reworded && !before.draft {
                Some(change.now)
            } else {
                before.edited_at
            },
            public_at: if is_first {
                change.now
            } else {
                before.public_at
            },
            draft,
            // For a draft, this is decided when it becomes public.
            own_item: if stored.never_public {
                has_own_item(&markdown, has_updates)
            } else {
                before.own_item
            },
            markdown,
            ..before.clone()
        },
        ..stored.clone()
    };
    set_incident(&mut change.tx, &after, change.now).await?;
    if is_first {
        set_updates_dated(&mut change.tx, &before.id, change.now).await?;
        set_public_since(&mut change.tx, &before.id, change.now).await?;
    }
    let said_before = post_settings(before);
    let said_after = components.clone().unwrap_or_else(|| said_before.clone());
    let moved =
        starts != stated.starts || published_at != before.published_at || kind != before.kind;
    if let Some(components) = components.or_else(|| moved.then(|| said_before.clone())) {
        withdraw_states(change, &Owner::post(before)).await?;
        write_post_states(change, &after.incident, after.seq, &components).await?;
    }
    if let Some(reading) = reading {
        let fresh: Vec<_> = reading.entries.into_iter().filter(is_new).collect();
        insert_entries(change, &after, &fresh).await?;
    }
    touch_all(change, before);
    change.happened(Event::IncidentEdited {
        id: before.id.clone(),
        before: Post::of(before, said_before),
        after: Post::of(&after.incident, said_after),
    });
    change.settle().await
}

/// The window that an incident keeps when it is of this kind from now on: the one that is stated, or
/// that of the public maintenance which it was, because calendars have to cancel it.
pub(super) fn kept_window(before: &StoredIncident, kind: Kind, stated: Window) -> Window {
    let incident = &before.incident;
    let was_public = incident.kind == Kind::Maintenance && !before.never_public;
    match kind {
        Kind::Maintenance => stated,
        Kind::Disruption | Kind::Notice if was_public => incident.window(),
        Kind::Disruption | Kind::Notice => incident.former_window().unwrap_or_default(),
    }
}

/// Withdraws an incident: it disappears from everything public, and stays in the activity log.
///
/// # Errors
/// `NotFound`; `Conflict` if a file states it.
pub async fn withdraw_incident(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, slug).await?;
    if let Some(file) = &stored.file {
        return Err(ActionError::Conflict(format!(
            "this incident comes from {file}; remove it there"
        )));
    }
    let after = StoredIncident {
        withdrawn_at: Some(change.now),
        ..stored.clone()
    };
    set_incident(&mut change.tx, &after, change.now).await?;
    touch_all(change, &stored.incident);
    change.happened(Event::IncidentWithdrawn {
        id: stored.incident.id.clone(),
        before: Post::of(&stored.incident, post_settings(&stored.incident)),
    });
    change.settle().await
}

/// Refuses to change what a file states, because the file owns it.
fn refuse_stated(stored: &StoredIncident, wanted: &EditIncident) -> Result<(), ActionError> {
    let Some(file) = &stored.file else {
        return Ok(());
    };
    let always = [
        ("title", wanted.title.is_some()),
        ("markdown", wanted.markdown.is_some()),
        ("published_at", wanted.published_at.is_some()),
        ("draft", wanted.draft.is_some()),
    ];
    let if_stated = [
        ("kind", wanted.kind.is_some()),
        ("impact", wanted.impact.is_some()),
        ("components", wanted.components.is_some()),
        ("starts", wanted.starts.is_some()),
        ("ends", wanted.ends.is_some()),
        ("author", wanted.author.is_some()),
    ];
    let stated = |field: &str| stored.stated.split(' ').any(|word| word == field);
    let refused: Vec<_> = always
        .iter()
        .filter(|(_, asked)| *asked)
        .chain(
            if_stated
                .iter()
                .filter(|(field, asked)| *asked && stated(field)),
        )
        .map(|(field, _)| *field)
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    Err(ActionError::Conflict(format!(
        "{} is set in {file}; change it there",
        refused.join(", ")
    )))
}

/// Refuses to change the post's window once an update has moved it.
fn refuse_moved(incident: &Incident, wanted: &EditIncident) -> Result<(), ActionError> {
    let moved = |asked: bool, of: fn(&Update) -> bool| asked && incident.updates.iter().any(of);
    let starts = moved(wanted.starts.is_some(), |update| {
        update.window.starts.is_some()
    });
    let ends = moved(wanted.ends.is_some(), |update| update.window.ends.is_some());
    if !starts && !ends {
        return Ok(());
    }
    Err(ActionError::Conflict(
        "an update has since moved this maintenance's window; extend it instead, or withdraw that \
         update"
            .to_owned(),
    ))
}

fn post_settings(incident: &Incident) -> StatedStates {
    let set = incident
        .changes
        .iter()
        .filter(|change| matches!(change.origin, Origin::Post | Origin::Plan))
        .map(|change| {
            (
                change.component.clone(),
                Some((change.state.clone(), change.note.clone())),
            )
        });
    set.chain(incident.mentions.iter().map(|slug| (slug.clone(), None)))
        .collect()
}

fn touch_all(change: &mut Change, incident: &Incident) {
    change.touch_incident(&incident.id);
    for component in incident.components() {
        change.touch_history(component);
    }
}
