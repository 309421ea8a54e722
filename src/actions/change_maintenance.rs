//! Begins a maintenance now, ends it now, extends or moves it, or cancels it. Each is an update,
//! so it is told to customers and works for those that a file states, too.

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

/// What is to become of a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It begins now: its components take the states planned.
    Start,
    /// It is complete now: its components return to what they were.
    End,
    /// It gets another end; as long as it hasn't begun, also another start. With a new start alone
    /// it stays as long as it was.
    Extend {
        /// The new start.
        starts: Option<DateTime<Utc>>,
        /// The new end.
        ends: Option<DateTime<Utc>>,
    },
    /// It won't take place, or stops.
    Cancel,
}

/// A step of a maintenance, and what is said with it.
#[derive(Debug, Clone)]
pub struct MaintenanceStep {
    /// What is to become of it.
    pub step: Step,
    /// What is said; without a text, what became of it is told as a fact.
    pub markdown: Option<String>,
    /// The byline.
    pub author: Option<String>,
    /// Allow another maintenance of the same components at the same time.
    pub overlap: bool,
    /// What its writer saw last; see [`NewUpdate::seen`].
    pub seen: Option<Option<String>>,
}

/// Makes a step, and returns the id of the update that says so.
///
/// # Errors
/// `NotFound`; `Conflict` if it isn't a maintenance, is a draft, or the step can't be made in its
/// phase; `Invalid` for a window that can't be (`/starts`, `/ends`, `/overlap`); `Meanwhile` if
/// something was posted since.
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

/// Whether a maintenance in this phase can make the step.
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

/// The window that is asked for, as far as it is another one.
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
