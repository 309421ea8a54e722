//! How to follow the page.

use maud::{Markup, html};

use crate::snapshot::Snapshot;

/// The whole page.
pub fn page(_snapshot: &Snapshot) -> Markup {
    html! { h1 { "Subscribe" } }
}
