//! Small parts that pages share: badges, icons, times, sanitised text.

use chrono::{DateTime, Duration, Utc};
use maud::{Markup, PreEscaped, html};

use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States, Tone};
use crate::domain::update::{Phase, Precision};
use crate::domain::window::Window;
use crate::render::markdown::SafeHtml;
use crate::render::time::{self, Frame};
use crate::snapshot::Snapshot;

/// Sanitised HTML, unescaped.
pub fn raw(text: &SafeHtml) -> Markup {
    PreEscaped(text.as_str().to_owned())
}

/// A state's icon and label.
pub fn state_badge(states: &States, state: &StateKey) -> Markup {
    badge(states.tone(state), states.label(state))
}

/// A phase's icon and label.
pub fn phase_badge(phase: Phase) -> Markup {
    badge(phase_tone(phase), phase.label())
}

/// A word with the icon of a tone.
pub fn badge(tone: Tone, label: &str) -> Markup {
    html! { span.badge.(tone.as_str()) { (icon(tone)) (label) } }
}

/// The tone of an incident in a phase.
pub fn phase_tone(phase: Phase) -> Tone {
    match phase {
        Phase::Investigating => Tone::Bad,
        Phase::Identified => Tone::Warn,
        Phase::Monitoring
        | Phase::Scheduled
        | Phase::InProgress
        | Phase::Verifying
        | Phase::Cancelled => Tone::Info,
        Phase::Resolved | Phase::Completed | Phase::Postmortem => Tone::Ok,
    }
}

/// A tone's icon. Each has a shape of its own, so nobody depends on the colour. It is hidden from
/// screen readers; a word always stands beside it.
pub fn icon(tone: Tone) -> Markup {
    html! {
        svg.icon viewBox="0 0 16 16" aria-hidden="true" { path fill-rule="evenodd" d=(icon_path(tone)) {} }
    }
}

/// The outline of a tone's icon, 16 units wide and high. The sign is cut out of the shape, so that
/// it takes on the colour of the background.
pub fn icon_path(tone: Tone) -> &'static str {
    match tone {
        // A disc with a tick.
        Tone::Ok => "M8 0a8 8 0 1 0 0 16A8 8 0 0 0 8 0M7 12 3 8l1.5-1.5L7 9l4.5-4.5L13 6z",
        // A square with an arrow.
        Tone::Info => "M3 0h10l3 3v10l-3 3H3l-3-3V3zM8 3 6.6 4.4 9.2 7H3v2h6.2L6.6 11.6 8 13l5-5z",
        // A triangle with an exclamation mark.
        Tone::Warn => "M8 0 0 15h16zM7 5h2v5H7zm0 6h2v2H7z",
        // A diamond with a bar.
        Tone::Mid => "M8 0 0 8l8 8 8-8zM4 7h8v2H4z",
        // An octagon with a cross.
        Tone::Bad => {
            "M5 0h6l5 5v6l-5 5H5l-5-5V5zM5.5 4 4 5.5 6.5 8 4 10.5 5.5 12 8 9.5l2.5 2.5 1.5-1.5L9.5 8 12 5.5 10.5 4 8 6.5z"
        }
    }
}

/// An instant for people and machines. Its title shows the text that was typed.
pub fn moment(
    frame: Frame,
    at: DateTime<Utc>,
    precision: Precision,
    as_written: Option<&str>,
) -> Markup {
    let machine = match precision {
        Precision::Minute => time::machine(at),
        Precision::Day | Precision::None => frame.date(at).to_string(),
    };
    html! {
        time datetime=(machine) title=[as_written] { (frame.moment(at, precision)) }
    }
}

/// An instant that is known to the minute.
pub fn instant(frame: Frame, at: DateTime<Utc>) -> Markup {
    moment(frame, at, Precision::Minute, None)
}

/// Anything that became public more than this long after its own time is marked.
const LATE: Duration = Duration::minutes(15);

/// " · added later, March 2 at 10:00 pm MST"; empty if it was added in time.
pub fn added_later(frame: Frame, at: DateTime<Utc>, public_at: DateTime<Utc>) -> Markup {
    html! {
        @if public_at - at > LATE { "\u{a0}· added later, " (instant(frame, public_at)) }
    }
}

/// A day with its year.
pub fn day_with_year(frame: Frame, at: DateTime<Utc>) -> Markup {
    html! { time datetime=(frame.date(at)) { (frame.day_with_year(at)) } }
}

/// When a maintenance takes place, if it has a window.
pub fn window(frame: Frame, incident: &Incident) -> Option<Markup> {
    let Window { starts, ends } = incident.window();
    let text = frame.window(starts, ends)?;
    let machine = starts.or(ends).map(time::machine);
    Some(html! { time datetime=[machine] { (text) } })
}

/// A month of a year; `month` is 1 to 12.
pub fn month(year: i32, month: u32) -> Markup {
    html! { time datetime=(format!("{year:04}-{month:02}")) { (time::month(year, month)) } }
}

/// A title longer than this, in characters, is set in smaller type.
const LONG_TITLE: usize = 70;

/// The heading of a page, whose text is written by people or describes the current status.
pub fn title(text: &str) -> Markup {
    heading(None, text)
}

/// The same with an id, so that it can be replaced while the page is open.
pub fn named_title(id: &str, text: &str) -> Markup {
    heading(Some(id), text)
}

fn heading(id: Option<&str>, text: &str) -> Markup {
    let is_long = text.chars().nth(LONG_TITLE).is_some();
    html! { h1.long[is_long] id=[id] dir="auto" { (text) } }
}

/// The components that an incident names, in the order of the home page.
pub fn components_of<'a>(snapshot: &Snapshot, incident: &'a Incident) -> Vec<&'a Slug> {
    let mut named = incident.components();
    named.sort_by_key(|slug| {
        let record = snapshot.find_component(slug);
        record.map_or(i64::MAX, |record| record.component.position)
    });
    named
}

/// "1 update", "3 updates"; never broken across lines.
pub fn count(number: usize, one: &str) -> String {
    match number {
        1 => format!("1\u{a0}{one}"),
        _ => format!("{number}\u{a0}{one}s"),
    }
}
