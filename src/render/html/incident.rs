//! The page of an incident.

use maud::{Markup, html};

use crate::domain::incident::Incident;
use crate::snapshot::Snapshot;

/// The whole page.
pub fn page(_snapshot: &Snapshot, incident: &Incident) -> Markup {
    html! { h1 { (incident.title) } }
}
