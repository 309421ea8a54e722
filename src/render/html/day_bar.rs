//! Bars of days: one stroke for each day, whose colour and height show its worst state, and a
//! text that says the same.

use std::fmt::Write as _;

use maud::{Markup, html};

use super::uptime::percent;
use crate::domain::state::{StateKey, States, Tone};
use crate::domain::uptime::Day;
use crate::render::time;

/// How many days the text names; the others are only counted.
const NAMED: usize = 5;

/// A bar of days. `slots` is its width in days, so that bars below each other line up; the first
/// day is at position `first`, counted from 0.
pub(super) fn bar(
    days: &[Day],
    states: &States,
    label: &str,
    first: usize,
    slots: usize,
) -> Markup {
    let runs = runs(days, states);
    html! {
        svg.days viewBox=(format!("0 0 {slots} 2")) preserveAspectRatio="none" role="img" {
            // The accessible name, read as one piece, and the tooltip.
            title { (label) }
            @for look in Look::ALL {
                @if let Some(path) = path(&runs, look, first) { path.(look.class()) d=(path) {} }
            }
        }
    }
}

/// How a day looks; `None` if nothing is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look(Option<Tone>);

impl Look {
    const ALL: [Self; 6] = [
        Self(None),
        Self(Some(Tone::Ok)),
        Self(Some(Tone::Info)),
        Self(Some(Tone::Warn)),
        Self(Some(Tone::Mid)),
        Self(Some(Tone::Bad)),
    ];

    fn of(day: &Day, states: &States) -> Self {
        Self(day.worst.as_ref().map(|state| states.tone(state)))
    }

    fn class(self) -> &'static str {
        self.0.map_or("none", Tone::as_str)
    }

    /// The vertical middle of a day's stroke. Strokes stand on the baseline, and the stylesheet
    /// makes the line twice as wide (that is, high) as the distance.
    fn middle(self) -> &'static str {
        match self.0 {
            None => "1.8",
            Some(Tone::Ok) => "1.2",
            Some(Tone::Info) => "1.1",
            Some(Tone::Warn | Tone::Mid) => "1.05",
            Some(Tone::Bad) => "1",
        }
    }
}

/// Runs of days that look the same: the look, the position of the first day, the length.
fn runs(days: &[Day], states: &States) -> Vec<(Look, usize, usize)> {
    let mut runs: Vec<(Look, usize, usize)> = Vec::new();
    for (index, day) in days.iter().enumerate() {
        let look = Look::of(day, states);
        match runs.last_mut() {
            Some((last, _, len)) if *last == look => *len += 1,
            _ => runs.push((look, index, 1)),
        }
    }
    runs
}

/// A path with one line for each run of a look. The stylesheet draws it with one dash a day.
fn path(runs: &[(Look, usize, usize)], look: Look, first: usize) -> Option<String> {
    let mut lines = String::new();
    for (look, index, len) in runs.iter().filter(|run| run.0 == look) {
        // Writing to memory doesn't fail.
        let _ = write!(lines, "M{} {}h{len}", first + index, look.middle());
    }
    (!lines.is_empty()).then_some(lines)
}

/// The bar as text: the uptime, the worst days, and from when on data is available.
pub(super) fn words(days: &[Day], states: &States, uptime: Option<f64>) -> String {
    let mut text = match uptime {
        Some(share) => format!("{} uptime.", percent(share)),
        None => return "No data yet.".to_owned(),
    };
    let known = days.iter().position(|day| day.worst.is_some());
    if let Some(known) = known.filter(|index| *index > 0) {
        text.push_str(&format!(" No data before {}.", date(&days[known])));
    }
    let mut troubled: Vec<&Day> = days.iter().filter(|day| !day.troubles.is_empty()).collect();
    if troubled.is_empty() {
        text.push_str(" No problems.");
        return text;
    }
    troubled.sort_by_cached_key(|day| {
        let worst = day.troubles.first();
        std::cmp::Reverse(worst.map(|(state, length)| (states.severity(state), *length)))
    });
    let rest = troubled.split_off(NAMED.min(troubled.len()));
    troubled.sort_by_key(|day| day.date);
    for day in troubled {
        text.push_str(&format!(" {}: {}.", date(day), troubles(day, states)));
    }
    // The others are grouped by their worst state, so that a long migration isn't called trouble.
    let worst = |day: &&Day| day.troubles.first().map(|(state, _)| state.clone());
    for same in rest.chunk_by(|a, b| worst(a) == worst(b)) {
        let Some((state, _)) = same.first().and_then(|day| day.troubles.first()) else {
            continue;
        };
        let days = if same.len() == 1 { "day" } else { "days" };
        let (label, count) = (states.label(state), same.len());
        text.push_str(&format!(" {label} on {count} other {days}."));
    }
    text
}

fn troubles(day: &Day, states: &States) -> String {
    let describe = |(state, length): &(StateKey, chrono::Duration)| {
        let length = if *length >= day.known && length.num_hours() > 1 {
            "all day".to_owned()
        } else {
            time::duration(*length)
        };
        format!("{} {length}", states.label(state))
    };
    let parts: Vec<_> = day.troubles.iter().map(describe).collect();
    parts.join(", ")
}

fn date(day: &Day) -> String {
    day.date.format("%B %-d").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::component::{Origin, StateChange};
    use crate::domain::slug::Slug;
    use crate::domain::uptime::{Calendar, span};

    #[test]
    fn days_beyond_the_named_are_counted_by_their_state() {
        let at = |text: &str| {
            text.parse::<chrono::DateTime<chrono::Utc>>()
                .expect("an instant")
        };
        let change = |when: &str, state: &str, seq: i64| StateChange {
            component: Slug::parse("selma").expect("a slug"),
            at: at(when),
            seq,
            state: StateKey::new(state),
            note: None,
            incident: None,
            update: None,
            origin: Origin::Request,
            public_at: at(when),
        };
        let changes = [
            change("2013-01-02T00:00:00Z", "migrating", 1),
            change("2013-01-20T06:00:00Z", "degraded", 2),
            change("2013-01-20T07:00:00Z", "migrating", 3),
        ];
        let states = States::default();
        let began = at("2013-01-01T00:00:00Z");
        let now = at("2013-01-30T12:00:00Z");
        let calendar = Calendar::last(30, chrono_tz::UTC, now);
        let span = span(&changes, began, &states, &calendar);
        let text = words(&span.days, &states, span.uptime());
        assert!(
            text.contains("January 20: Degraded 1 h, Migrating 23 h."),
            "{text}"
        );
        assert!(text.ends_with(" Migrating on 24 other days."), "{text}");
    }
}
