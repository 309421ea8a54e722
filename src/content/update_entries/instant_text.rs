//! Formats instants for problems, in the site's zone.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::context::Context;
use crate::domain::zone;

/// An instant for people, in the site's zone.
pub(in crate::content) fn shown(at: DateTime<Utc>, cx: &Context<'_>) -> String {
    written(at, cx.zone)
}

/// An instant in a form that leaves no doubt: `2013-02-26 02:15 MST`.
pub(in crate::content) fn written(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone);
    format!(
        "{} {}",
        local.format("%Y-%m-%d %H:%M"),
        zone::abbreviation(zone, at)
    )
}

/// A header that leaves no doubt about an instant.
pub(super) fn header(at: DateTime<Utc>, cx: &Context<'_>) -> String {
    format!("\"UPDATE {}\"", written(at, cx.zone))
}

/// How to write an instant without doubt.
pub(super) fn write_as(at: DateTime<Utc>, cx: &Context<'_>) -> String {
    format!("if that is right, write {}", header(at, cx))
}
