//! Every incident, by month.

use maud::{Markup, html};

use crate::snapshot::Snapshot;

/// Every incident ever, newest first.
pub fn page(_snapshot: &Snapshot) -> Markup {
    html! { h1 { "History" } }
}

/// The incidents of one month, `month` being 1 to 12.
pub fn month(_snapshot: &Snapshot, year: i32, month: u32) -> Markup {
    html! { h1 { (year) "/" (month) } }
}

/// The months that have incidents, newest first.
pub fn months(_snapshot: &Snapshot) -> Vec<(i32, u32)> {
    Vec::new()
}
