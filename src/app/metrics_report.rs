//! What `/metrics` answers: the counters, and what is looked up for them.

use chrono::{DateTime, Utc};

use crate::metrics::{Observed, report};
use crate::web::state::AppState;

/// The present report. It asks neither the database nor the mail server.
pub(super) fn current_report(state: &AppState, started_at: DateTime<Utc>) -> String {
    let site = state.site.current();
    let snapshot = site.snapshot();
    let components = snapshot.active_components().map(|record| {
        let standing = snapshot.standing(record);
        (&record.component.slug, standing.state.clone())
    });
    let observed = Observed {
        started_at,
        revision: snapshot.revision,
        snapshot_at: snapshot.as_of,
        snapshot_age: state.readiness.pages_age(),
        is_ready: state.readiness.report().is_ready,
        states: &snapshot.states,
        components: components.collect(),
    };
    report(&state.metrics, &observed)
}
