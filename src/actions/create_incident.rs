//! Creates an incident through the API, with its first update.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::add_update::{UpdateIdentity, insert_update, phase_fits, resolve, says_something};
use super::change::Change;
use super::checks::{self, Gathered, KnownNames, MAX_TITLE_CHARS};
use super::error::{ActionError, FieldError};
use super::new_incident::NewIncident;
use super::plan_maintenance::{Plan, check_plan};
use super::repeat::{ProposedIncident, refuse_repeated_incident};
use super::stated_states::{write_post_states, write_update_states};
use crate::content::component_group::Group;
use crate::content::update_entries::{self, AnnouncedLines, Context, Entry, Reading};
use crate::domain::event::Event;
use crate::domain::event::facts::Post;
use crate::domain::event::facts::StatedStates;
use crate::domain::incident::{Incident, Kind, has_own_item};
use crate::domain::permission::Permission;
use crate::domain::site::zones_from_text;
use crate::domain::slug::Slug;
use crate::domain::update::{Precision, Source, Update};
use crate::domain::window::Window;
use crate::store::incidents::{StoredIncident, find_incident, find_incident_by_slug, set_incident};
use crate::store::settings;
use crate::store::updates::{StoredUpdate, set_update};

/// Creates an incident, with its first update and its components' states, and returns its slug.
///
/// # Errors
/// `Invalid` for each unusable field, also for an UPDATE entry that can't be read with certainty;
/// `Repeated` for a repetition that `again` doesn't allow.
pub async fn create_incident(
    change: &mut Change,
    mut wanted: NewIncident,
) -> Result<Slug, ActionError> {
    change.require(Permission::WriteIncidents)?;
    let kind = wanted.kind.unwrap_or(Kind::Disruption);
    let known = checks::known(change).await?;
    wanted.components = known.with_groups(&wanted.components);
    let published_at = wanted.published_at.unwrap_or(change.now);
    let post = PostText {
        markdown: &wanted.markdown,
        published_at,
        starts: wanted.starts.filter(|_| kind == Kind::Maintenance),
        standing: None,
    };
    let reading = read_post(change, &known, &post).await?;
    let mut wrong = Gathered::default();
    wrong.take(check_title(&wanted.title))?;
    wrong.take(checks::markdown("/markdown", &wanted.markdown))?;
    wrong.take(phase_fits("/phase", kind, wanted.phase))?;
    wrong.take(checks::not_future(
        "/published_at",
        wanted.published_at,
        change.now,
    ))?;
    wrong.take(check_new_plan(change, &known, kind, &wanted).await?)?;
    wrong.take(checks::author(wanted.author.as_deref()))?;
    let components = wrong.take(resolve(&known, "/components", &wanted.components)?)?;
    let reading = wrong.take(reading)?;
    let mut first = None;
    if let Some(update) = &wanted.update {
        wrong.take(says_something("/update/markdown", update))?;
        wrong.take(checks::markdown("/update/markdown", &update.markdown))?;
        wrong.take(phase_fits("/update/phase", kind, update.phase))?;
        wrong.take(checks::not_future("/update/at", update.at, change.now))?;
        let author = update.author.as_deref().unwrap_or_default();
        wrong.take(checks::line("/update/author", author, 100))?;
        first = wrong.take(resolve(&known, "/update/components", &update.components)?)?;
    }
    let [components, first] = [components, first].map(Option::unwrap_or_default);
    if let (Some(reading), true) = (&reading, change.refuses(wanted.again)) {
        // This comes first, because a repeated maintenance would be refused as overlapping itself.
        let proposed = ProposedIncident {
            wanted: &wanted,
            reading,
            components: &components,
            first: &first,
        };
        refuse_repeated_incident(change, &proposed).await?;
    }
    wrong.finish()?;
    let reading = reading.unwrap_or_default();
    let slug = free_slug(change, &wanted.title, kind, published_at).await?;
    let stored = StoredIncident {
        seq: change.next_seq(),
        withdrawn_at: None,
        hidden_at: None,
        file: None,
        fingerprint: None,
        stated: String::new(),
        never_public: wanted.draft,
        incident: Incident {
            id: Uuid::now_v7().to_string(),
            slug,
            title: wanted.title.trim().to_owned(),
            kind,
            stated_phase: wanted.phase,
            stated_impact: wanted.impact,
            author: wanted
                .author
                .or_else(|| change.actor.display_name().map(str::to_owned)),
            published_at,
            precision: Precision::Minute,
            starts: wanted.starts,
            ends: wanted.ends,
            summary: None,
            markdown: reading.markdown.clone(),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: None,
            public_at: change.now,
            source: Source::Api,
            draft: wanted.draft,
            own_item: has_own_item(
                &reading.markdown,
                wanted.update.is_some() || !reading.entries.is_empty(),
            ),
        },
    };
    set_incident(&mut change.tx, &stored, change.now).await?;
    write_post_states(change, &stored.incident, stored.seq, &components).await?;
    insert_entries(change, &stored, &reading.entries).await?;
    change.touch_incident(&stored.incident.id);
    change.happened(Event::IncidentCreated {
        id: stored.incident.id.clone(),
        after: Post::of(&stored.incident, components),
    });
    if let Some(update) = &wanted.update {
        let whole = find_incident(&mut change.tx, &stored.incident.id)
            .await?
            .unwrap_or(stored.clone());
        let made = UpdateIdentity::now(change);
        insert_update(change, &whole, update, &first, made).await?;
    }
    change.settle().await?;
    Ok(stored.incident.slug)
}

/// A post whose entries are to be read.
pub(super) struct PostText<'a> {
    pub(super) markdown: &'a str,
    pub(super) published_at: DateTime<Utc>,
    /// When a maintenance starts.
    pub(super) starts: Option<DateTime<Utc>>,
    /// The stored incident, if there is one. Lines that are text in it stay text.
    pub(super) standing: Option<&'a Incident>,
}

/// Reads a post's UPDATE entries, oldest first. The outer error is the database's; the inner one is
/// about the text.
pub(super) async fn read_post(
    change: &mut Change,
    known: &KnownNames,
    post: &PostText<'_>,
) -> Result<Result<Reading, ActionError>, ActionError> {
    let settings = settings::list_site_settings(&mut change.tx).await?;
    let times = settings::stated_times(&settings);
    let components: Vec<_> = known
        .components
        .iter()
        .map(|component| (component.slug.clone(), component.name.clone()))
        .collect();
    let texts = post.standing.map(|incident| {
        let updates = incident.updates.iter().map(|update| &update.markdown);
        updates.chain([&incident.markdown])
    });
    let lines = texts.into_iter().flatten();
    let lines = lines.flat_map(|text| update_entries::kept_lines(text));
    let kept = AnnouncedLines::from([(String::new(), lines.collect())]);
    let groups: Vec<_> = known
        .components
        .iter()
        .filter(|component| component.retired_at.is_none())
        .filter_map(|component| Some((component.slug.clone(), component.group.clone()?)))
        .collect();
    let context = Context {
        file: "",
        first_line: 1,
        zone: times.zone,
        date_order: times.date_order(),
        zones: &zones_from_text(settings.get("zones").map_or("", String::as_str)),
        posted_at: post.published_at,
        posted_precision: Precision::Minute,
        now: change.now,
        components: &components,
        groups: &Group::list(&groups),
        states: &known.states,
        starts: post.starts,
        kept: Some(&kept),
    };
    let mut reading = update_entries::read(post.markdown, &context);
    if std::mem::take(&mut reading.newest_first) {
        reading.entries.reverse();
    }
    let errors: Vec<_> = reading
        .problems
        .iter()
        .filter(|problem| problem.severity == crate::content::problem::Severity::Error)
        .map(|problem| FieldError {
            pointer: "/markdown".to_owned(),
            detail: format!(
                "line {}: {}{}",
                problem.line,
                problem.message,
                problem
                    .help
                    .as_ref()
                    .map(|help| format!("; {help}"))
                    .unwrap_or_default()
            ),
        })
        .collect();
    Ok(if errors.is_empty() {
        Ok(reading)
    } else {
        Err(ActionError::Invalid(errors))
    })
}

/// Adds the UPDATE entries of a post as separate updates.
pub(super) async fn insert_entries(
    change: &mut Change,
    stored: &StoredIncident,
    entries: &[Entry],
) -> Result<(), ActionError> {
    let mut order: Vec<&Entry> = entries.iter().collect();
    order.sort_by_key(|entry| entry.at);
    for entry in order {
        let update = Update {
            id: Uuid::now_v7().to_string(),
            at: entry.at,
            seq: change.next_seq(),
            precision: entry.precision,
            as_written: entry.as_written.clone(),
            phase: entry.phase,
            author: entry.author.clone(),
            markdown: entry.markdown.clone(),
            fact: None,
            changes: Vec::new(),
            mentions: Vec::new(),
            restore: entry.restore,
            window: entry.window,
            edited_at: None,
            public_at: change.now,
            source: Source::Api,
        };
        let row = StoredUpdate {
            incident_id: stored.incident.id.clone(),
            update: update.clone(),
            withdrawn_at: None,
        };
        set_update(&mut change.tx, &row, change.now).await?;
        let components: StatedStates = entry
            .changes
            .iter()
            .map(|line| {
                (
                    line.component.clone(),
                    line.state.clone().map(|state| (state, line.note.clone())),
                )
            })
            .collect();
        write_update_states(change, &stored.incident.id, &update, &components).await?;
    }
    Ok(())
}

/// A slug made from a title, with a number appended if it is taken.
async fn free_slug(
    change: &mut Change,
    title: &str,
    kind: Kind,
    at: DateTime<Utc>,
) -> Result<Slug, ActionError> {
    let wanted = match Slug::from_title(title) {
        Some(slug) => slug,
        None => {
            let zone = checks::time_style(change).await?.zone;
            Slug::of_day(kind.as_str(), at.with_timezone(&zone).date_naive())
        }
    };
    let mut candidate = wanted.to_string();
    let mut number = 1;
    loop {
        let slug = Slug::parse(&candidate)
            .map_err(|error| ActionError::invalid("/title", error.to_string()))?;
        if find_incident_by_slug(&mut change.tx, &slug)
            .await?
            .is_none()
        {
            return Ok(slug);
        }
        number += 1;
        candidate = format!("{wanted}-{number}");
    }
}

pub(super) fn check_title(title: &str) -> Result<(), ActionError> {
    if title.trim().is_empty() {
        return Err(ActionError::invalid(
            "/title",
            "give it a title: what would a customer call it?",
        ));
    }
    checks::line("/title", title, MAX_TITLE_CHARS)
}

/// Checks the window of a new incident.
async fn check_new_plan(
    change: &mut Change,
    known: &KnownNames,
    kind: Kind,
    wanted: &NewIncident,
) -> Result<Result<(), ActionError>, ActionError> {
    let in_update = wanted.update.as_ref().and_then(|update| update.phase);
    let plan = Plan {
        id: None,
        kind,
        phase: in_update.or(wanted.phase).unwrap_or(kind.first_phase()),
        window: Window {
            starts: wanted.starts,
            ends: wanted.ends,
        },
        components: wanted.components.iter().map(|(slug, _)| slug).collect(),
        overlap: wanted.overlap,
        is_draft: wanted.draft,
        moves: true,
    };
    check_plan(change, known, &plan).await
}
