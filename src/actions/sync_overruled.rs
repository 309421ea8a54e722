//! The part of the sync that reports states without effect: a state dated before one that was set
//! by hand is history, and the page goes on showing the later one.

use std::collections::BTreeMap;

use super::change::Change;
use super::error::ActionError;
use super::sync_report::file_problem;
use crate::content::IncidentFile;
use crate::content::problem::{Problem, Severity};
use crate::domain::component::{Origin, StateChange};
use crate::domain::slug::Slug;
use crate::store::history::find_latest;
use crate::store::incidents::StoredIncident;

/// A warning for each component whose new state from the file is overruled by a later one, set by
/// hand.
pub(super) async fn overruled(
    change: &mut Change,
    file: &IncidentFile,
    old: Option<&StoredIncident>,
    fresh: &StoredIncident,
) -> Result<Vec<Problem>, ActionError> {
    let mut newest: BTreeMap<&Slug, &StateChange> = BTreeMap::new();
    for said in fresh.incident.all_changes().filter(|said| is_said(said)) {
        let latest = newest.entry(&said.component).or_insert(said);
        if (said.at, said.seq) > (latest.at, latest.seq) {
            *latest = said;
        }
    }
    let mut problems = Vec::new();
    for (component, said) in newest {
        let was_said = |before: &StateChange| {
            is_said(before) && before.component == *component && before.at == said.at
        };
        if old.is_some_and(|old| old.incident.all_changes().any(was_said)) {
            continue;
        }
        let holds = find_latest(&mut change.tx, component, change.now).await?;
        if let Some(later) = holds.filter(|later| later.origin == Origin::Request)
            && later.at > said.at
            && later.state != said.state
        {
            problems.push(warning(file, said, &later));
        }
    }
    Ok(problems)
}

/// Whether a person wrote it, so that it didn't follow from something else.
fn is_said(change: &StateChange) -> bool {
    matches!(change.origin, Origin::Post | Origin::Update)
}

fn warning(file: &IncidentFile, said: &StateChange, later: &StateChange) -> Problem {
    let time = |change: &StateChange| change.at.format("%Y-%m-%d %H:%M UTC");
    file_problem(
        Severity::Warning,
        file,
        format!(
            "{} has been {} since {}, set by hand; what this file says about it, {} at {}, only \
             counts as history",
            said.component,
            later.state.as_str(),
            time(later),
            said.state.as_str(),
            time(said),
        ),
        "to change what it is now, add an entry with a later time",
    )
}
