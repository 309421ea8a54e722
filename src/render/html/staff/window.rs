//! A maintenance's window in forms: entered in the site's zone, shown in other zones, too.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use crate::domain::window::Window;
use crate::render::time::{self, Frame};

/// The field for the start.
pub const STARTS: &str = "starts";
/// The field for the end.
pub const ENDS: &str = "ends";
/// The checkbox that allows maintenances to overlap.
pub const OVERLAP: &str = "overlap";
/// The first occurrence of a local time that occurs twice.
pub const FIRST: &str = "first";
/// The second occurrence.
pub const SECOND: &str = "second";

/// The field that says which occurrence of a local time is meant.
pub fn which(name: &str) -> String {
    format!("{name}_which")
}

/// A field for a time. If the local time occurs twice, it asks which occurrence is meant.
pub fn field(form_state: &FormState, name: &str, label: &str, hint: &str) -> Markup {
    let ask = Ask {
        name,
        label,
        hint,
        ..Ask::default()
    };
    let field = which(name);
    let ask_which = Ask {
        name: &field,
        label: "Which one?",
        ..Ask::default()
    };
    let is_asked =
        form_state.wrong_with(&field).is_some() || form_state.fields.nonblank(&field).is_some();
    let options = [
        (FIRST, "The first, before the clocks go back"),
        (SECOND, "The second, after they go back"),
    ];
    html! {
        (form::line(form_state, &ask, "datetime-local"))
        @if is_asked { (form::pills(form_state, &ask_which, &options)) }
    }
}

/// The checkbox that allows maintenances to overlap; shown only if they do.
pub fn overlap(form_state: &FormState) -> Markup {
    let wrong = form_state.wrong_with(OVERLAP);
    html! {
        @if wrong.is_some() || form_state.fields.has(OVERLAP) {
            div.field {
                @if let Some(wrong) = wrong { p.error #field-overlap-wrong { (wrong) } }
                (form::switch(form_state, OVERLAP, &html! { "Both are meant to happen at the same time" }))
            }
        }
    }
}

/// A window in the site's zone, in UTC and, if scripts run, in the reader's zone.
pub fn times(frame: Frame, window: Window) -> Markup {
    let utc = frame.in_utc();
    let iso = |at: Option<DateTime<Utc>>| at.map(time::machine);
    let length = window.starts.zip(window.ends);
    let length = length.map(|(starts, ends)| ends - starts);
    html! {
        @if let Some(here) = frame.window(window.starts, window.ends) {
            p { strong { (here) } }
            @if frame.zone != Tz::UTC
                && let Some(there) = utc.window(window.starts, window.ends) {
                p.meta { (there) }
            }
            p.meta.own-zone data-zone=(frame.zone.name()) data-from=[iso(window.starts)]
                data-until=[iso(window.ends)] {}
            @if let Some(length) = length.filter(|length| length.num_minutes() > 0) {
                p.meta { "It lasts " (time::duration(length)) "." }
            }
        }
    }
}
