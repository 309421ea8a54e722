//! Begins a maintenance now, ends it now, extends or moves it, or cancels it. Each step is an
//! update, so customers are told, and it works for maintenances from files, too.

use chrono::{DateTime, Utc};

use super::add_update::{add_update_to, present_incident};
use super::change::Change;
use super::checks::{self, Gathered};
use super::error::ActionError;
use super::maintenance_fact::fact_of;
use super::new_update::NewUpdate;
use super::plan_maintenance::{Plan, check_plan};
use crate::domain::fact::Became;
use crate::domain::incident::{Incident, Kind, is_open};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// What happens to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins now: its components take the planned states.
    Start,
    /// It is completed now: its components return to their previous states.
    End,
    /// It gets another end or, before it begins, another start. With only a new start, it keeps its
    /// length.
    Extend {
        /// The new start.
        starts: Option<DateTime<Utc>>,
        /// The new end.
        ends: Option<DateTime<Utc>>,
    },
    /// It won't take place, or it stops.
    Cancel,
}

/// A step of a maintenance, and what is said with it.
#[derive(Debug, Clone)]
pub struct MaintenanceStep {
    /// The step.
    pub step: Step,
    /// The text. Without one, the update tells the step as a fact.
    pub markdown: Option<String>,
    /// The byline.
    pub author: Option<String>,
    /// Allows another maintenance of the same components at the same time.
    pub overlap: bool,
    /// The last update that the writer saw; see [`NewUpdate::seen`].
    pub seen: Option<Option<String>>,
}

/// Takes a step, and returns the id of the update that reports it.
///
/// # Errors
/// `NotFound`; `Conflict` if the incident isn't a maintenance, is a draft, or is in a phase that
/// doesn't allow the step; `Invalid` for an impossible window (`/starts`, `/ends`, `/overlap`);
/// `Meanwhile` if something was posted since.
pub async fn change_maintenance(
    change: &mut Change,
    incident: &Slug,
    wanted: MaintenanceStep,
) -> Result<String, ActionError> {
    change.require(Permission::WriteIncidents)?;
    let stored = present_incident(change, incident).await?;
    let incident = &stored.incident;
    let phase = incident.phase(change.now);
    refuse(incident, phase, wanted.step)?;
    let now = change.now;
    let (new_phase, window, became) = match wanted.step {
        Step::Start => {
            let window = Window {
                starts: Some(now),
                ends: None,
            };
            (Some(Phase::InProgress), window, Became::Begun)
        }
        Step::End => {
            let window = Window {
                starts: None,
                ends: Some(now),
            };
            (Some(Phase::Completed), window, Became::Completed)
        }
        Step::Cancel => (Some(Phase::Cancelled), Window::default(), Became::Cancelled),
        Step::Extend { starts, ends } => {
            let moved = moved(incident, phase, starts, ends)?;
            check(change, incident, phase, moved, wanted.overlap).await?;
            let old = incident.window();
            let became = match (starts, moved.ends) {
                (None, Some(until)) if phase != Phase::Scheduled => Became::Extended {
                    until,
                    is_later: old.ends.is_none_or(|old| until > old),
                },
                _ => {
                    let Window { starts, ends } = old.moved_by(moved);
                    Became::Moved { starts, ends }
                }
            };
            (None, moved, became)
        }
    };
    let markdown = wanted.markdown.filter(|text| !text.trim().is_empty());
    let fact = match &markdown {
        Some(_) => None,
        None => Some(fact_of(change, incident, became).await?),
    };
    let update = NewUpdate {
        markdown: markdown.unwrap_or_default(),
        fact,
        phase: new_phase,
        author: wanted.author,
        window,
        seen: wanted.seen,
        ..NewUpdate::default()
    };
    let made = add_update_to(change, &stored, update).await?;
    Ok(made.id)
}

/// Refuses a step that a maintenance in this phase can't take.
fn refuse(incident: &Incident, phase: Phase, step: Step) -> Result<(), ActionError> {
    let no = |why: &str| Err(ActionError::Conflict(why.to_owned()));
    if incident.kind != Kind::Maintenance {
        let kind = incident.kind.as_str();
        return no(&format!("this is a {kind}, not a maintenance"));
    }
    if incident.draft {
        return no("this maintenance is a draft; publish it first, or edit the draft");
    }
    match phase {
        Phase::Completed => return no("this maintenance is already complete"),
        Phase::Cancelled => return no("this maintenance is already cancelled"),
        Phase::Postmortem => return no("this maintenance is already over"),
        Phase::Scheduled
        | Phase::InProgress
        | Phase::Verifying
        | Phase::Investigating
        | Phase::Identified
        | Phase::Monitoring
        | Phase::Resolved => {}
    }
    let has_begun = is_open(incident.kind, phase);
    match step {
        Step::Start if has_begun => no("this maintenance has already begun"),
        Step::End if !has_begun => no("this maintenance hasn't begun; cancel it instead"),
        Step::Start | Step::End | Step::Extend { .. } | Step::Cancel => Ok(()),
    }
}

/// The requested window, as far as it differs from the present one.
fn moved(
    incident: &Incident,
    phase: Phase,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
) -> Result<Window, ActionError> {
    if starts.is_none() && ends.is_none() {
        let how = "give its new end or, if it hasn't begun, its new start";
        return Err(ActionError::invalid("/ends", how));
    }
    if starts.is_some() && phase != Phase::Scheduled {
        let how = "it has already begun, so only its end can be moved";
        return Err(ActionError::invalid("/starts", how));
    }
    let old = incident.window();
    let length = old.starts.zip(old.ends).map(|(start, end)| end - start);
    let kept_length = || starts.zip(length).map(|(start, length)| start + length);
    Ok(Window {
        starts,
        ends: ends.or_else(kept_length),
    })
}

async fn check(
    change: &mut Change,
    incident: &Incident,
    phase: Phase,
    moved: Window,
    overlap: bool,
) -> Result<(), ActionError> {
    let known = checks::known(change).await?;
    let plan = Plan {
        id: Some(&incident.id),
        kind: incident.kind,
        phase,
        window: incident.window().moved_by(moved),
        components: incident.components(),
        overlap,
        is_draft: false,
        moves: true,
    };
    let mut wrong = Gathered::default();
    wrong.take(check_plan(change, &known, &plan).await?)?;
    wrong.finish()
}
