//! Whether a maintenance may be planned: its window is valid and in the future, and no other
//! maintenance of its components overlaps. Planning itself is `create_incident`.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::checks::{self, Gathered, KnownNames};
use super::error::ActionError;
use crate::domain::incident::{Kind, is_open};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::domain::window::Window;
use crate::store::maintenance::list_running_maintenance;

/// A planned window.
pub(super) struct Plan<'a> {
    /// The id of its incident, if that exists already.
    pub(super) id: Option<&'a str>,
    pub(super) kind: Kind,
    pub(super) phase: Phase,
    pub(super) window: Window,
    pub(super) components: Vec<&'a Slug>,
    /// Allows another maintenance of the same components at the same time.
    pub(super) overlap: bool,
    /// Whether it stays a draft.
    pub(super) is_draft: bool,
    /// Whether the window is new, so that it must be in the future.
    pub(super) moves: bool,
}

/// Checks a window. The outer error is the database's; the inner one is about fields: `/starts`,
/// `/ends`, and `/overlap` if another maintenance is in the way.
pub(super) async fn check_plan(
    change: &mut Change,
    known: &KnownNames,
    plan: &Plan<'_>,
) -> Result<Result<(), ActionError>, ActionError> {
    let mut wrong = Gathered::default();
    wrong.take(check_window(plan, change.now))?;
    let is_over = plan.phase.is_final();
    if plan.kind == Kind::Maintenance && !is_over && !plan.overlap && !plan.is_draft {
        wrong.take(check_others(change, known, plan).await?)?;
    }
    Ok(wrong.finish())
}

fn check_window(plan: &Plan<'_>, now: DateTime<Utc>) -> Result<(), ActionError> {
    let Window { starts, ends } = plan.window;
    if plan.kind != Kind::Maintenance {
        let pointer = match (starts, ends) {
            (Some(_), _) => "/starts",
            (None, Some(_)) => "/ends",
            (None, None) => return Ok(()),
        };
        let kind = plan.kind.as_str();
        let how = format!("only a maintenance has a window, not a {kind}");
        return Err(ActionError::invalid(pointer, how));
    }
    if starts
        .zip(ends)
        .is_some_and(|(starts, ends)| ends <= starts)
    {
        let how = "the window ends before it begins";
        return Err(ActionError::invalid("/ends", how));
    }
    // A draft doesn't need its times yet.
    if plan.is_draft {
        return Ok(());
    }
    let needs = "a maintenance needs a window: say when it starts and ends";
    let Some(starts) = starts else {
        return Err(ActionError::invalid("/starts", needs));
    };
    let Some(ends) = ends else {
        return Err(ActionError::invalid("/ends", needs));
    };
    if !plan.moves {
        return Ok(());
    }
    check_over(plan, starts, ends, now)?;
    let has_begun = is_open(plan.kind, plan.phase);
    if plan.phase == Phase::Scheduled && starts < now {
        let how = "this is in the past; choose a future time, or give a phase: in_progress for \
                   work that has begun, completed for work that is over";
        return Err(ActionError::invalid("/starts", how));
    }
    if has_begun && starts > now {
        let how = "it has begun, so this can't be in the future";
        return Err(ActionError::invalid("/starts", how));
    }
    if has_begun && ends <= now {
        let how = "this is in the past; say when the work will end";
        return Err(ActionError::invalid("/ends", how));
    }
    Ok(())
}

/// Checks the window of work that is over. One that was cancelled may have been planned for later.
fn check_over(
    plan: &Plan<'_>,
    starts: DateTime<Utc>,
    ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<(), ActionError> {
    if !plan.phase.is_final() || plan.phase == Phase::Cancelled {
        return Ok(());
    }
    if starts > now {
        let how = "the work is over, so this can't be in the future; say when it began, or give \
                   another phase: cancelled if it won't take place, scheduled if it will";
        return Err(ActionError::invalid("/starts", how));
    }
    if ends > now {
        let how = "the work is over, so this can't be in the future; say when it ended";
        return Err(ActionError::invalid("/ends", how));
    }
    Ok(())
}

/// Checks that no other maintenance has one of the components at the same time.
async fn check_others(
    change: &mut Change,
    known: &KnownNames,
    plan: &Plan<'_>,
) -> Result<Result<(), ActionError>, ActionError> {
    for other in list_running_maintenance(&mut change.tx).await? {
        let incident = &other.incident;
        if Some(incident.id.as_str()) == plan.id || !incident.window().overlaps(plan.window) {
            continue;
        }
        let named = incident.components();
        let shared = plan.components.iter().find(|slug| named.contains(slug));
        let Some(shared) = shared else { continue };
        let component = known.components.iter().find(|it| it.slug == **shared);
        let name = component.map_or(shared.as_str(), |component| &component.name);
        let style = checks::time_style(change).await?;
        let window = incident.window();
        let time = |at: Option<DateTime<Utc>>| {
            let text = at.map(|at| style.instant(at, change.now));
            text.unwrap_or_default()
        };
        return Ok(Err(ActionError::invalid(
            "/overlap",
            format!(
                "{name} has another maintenance then: {:?} ({}), from {} to {}; choose another \
                 time, or add `--overlap` to allow both",
                incident.title,
                incident.slug,
                time(window.starts),
                window
                    .ends
                    .map_or("its end".to_owned(), |at| time(Some(at))),
            ),
        )));
    }
    Ok(Ok(()))
}
