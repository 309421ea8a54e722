//! The page of a component.

use maud::{Markup, html};

use crate::snapshot::{ComponentRecord, Snapshot};

/// The whole page.
pub fn page(_snapshot: &Snapshot, record: &ComponentRecord) -> Markup {
    html! { h1 { (record.component.name) } }
}
