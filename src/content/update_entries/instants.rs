//! The instants of the entries, in the order in which they happened.

use chrono::{DateTime, Utc};

use super::context::Context;
use super::direction::{self, Dated};
use super::instant_text;
use super::raw::Raw;
use super::report::Report;
use super::resolution::{self, Base, Resolved};
use super::scan::{Scan, Start};
use crate::content::problem::Severity;
use crate::domain::update::Precision;

/// Gives each entry its instant; returns whether they run newest first.
pub(super) fn resolve_all(
    scan: &Scan,
    raws: &[Raw],
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> (Vec<Resolved>, bool) {
    let dated: Vec<Dated<'_>> = scan
        .starts
        .iter()
        .zip(raws)
        .map(|(start, raw)| Dated {
            time: &raw.time,
            phase: start.header.phase,
            day: start
                .day
                .and_then(|day| scan.days.get(day))
                .map(|day| &day.time),
            known: raw.comment.at.map(|at| Resolved {
                at,
                precision: raw.comment.precision.unwrap_or(Precision::Minute),
            }),
        })
        .collect();
    let newest_first = direction::newest_first(&dated, cx);
    let nothing = Resolved {
        at: cx.posted_at,
        precision: Precision::None,
    };
    let mut resolved = vec![nothing; dated.len()];
    let mut previous: Option<Resolved> = None;
    let forward: Box<dyn Iterator<Item = usize>> = if newest_first {
        Box::new((0..dated.len()).rev())
    } else {
        Box::new(0..dated.len())
    };
    for index in forward {
        let entry = &dated[index];
        let base = Base { cx, previous };
        let found = match entry.known {
            Some(known) => Some(known),
            None if entry.time.is_empty() => {
                let at = previous.map_or(cx.posted_at, |previous| previous.at);
                without_time(&scan.starts[index], at, previous.is_some(), cx, report);
                Some(Resolved {
                    at,
                    precision: Precision::None,
                })
            }
            None => {
                let found = resolution::resolve(entry.time, entry.day, base, report);
                if let Some(found) = found {
                    resolution::check_day(found, entry.time, cx, report);
                }
                found
            }
        };
        let found = found.unwrap_or(Resolved {
            at: previous.map_or(cx.posted_at, |previous| previous.at),
            precision: Precision::None,
        });
        resolved[index] = found;
        previous = Some(found);
    }
    (resolved, newest_first)
}

fn without_time(
    start: &Start,
    at: DateTime<Utc>,
    after_entry: bool,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    let whose = if after_entry {
        "the entry before it"
    } else {
        "the post"
    };
    report.add(
        Severity::Warning,
        start.header.start..start.header.end,
        format!(
            "this entry has no time; it was given the time of {whose}, {}",
            instant_text::shown(at, cx)
        ),
        Some(format!(
            "write its day and time: \"UPDATE {}\"",
            instant_text::written(at, cx.zone)
        )),
    );
}
