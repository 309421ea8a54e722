//! Pages for what went wrong.

use maud::{Markup, html};

use crate::snapshot::Snapshot;

/// No page has this address. Still says what is down, and names ways on.
pub fn not_found(_snapshot: &Snapshot, path: &str) -> Markup {
    html! { h1 { "Not found" } p { (path) } }
}

/// Anything else, said without a snapshot.
pub fn plain(status: u16, title: &str, text: &str) -> Markup {
    html! { h1 { (title) } p { (text) " (" (status) ")" } }
}
