//! The home page.

use maud::{Markup, html};

use crate::snapshot::Snapshot;

/// The whole page.
pub fn page(snapshot: &Snapshot) -> Markup {
    html! { h1 { (snapshot.site.name) } }
}
