//! The messages in English.

use super::name::escaped;
use crate::domain::fact::{Became, Fact};
use crate::domain::headline::{Group, Headline, News, Stance, Standing};
use crate::domain::state::StateKey;
use crate::render::time::Frame;

/// The overall status: one sentence, or one per kind if incidents differ.
pub fn headline(headline: &Headline) -> String {
    match &headline.news {
        News::Nothing => "No problems reported.".to_owned(),
        News::AllWork => "Everything is working.".to_owned(),
        News::Affected(groups) => of_components(groups),
        News::Open(standing) => of_incidents(standing),
    }
}

/// The line below a headline with `rest_is_working` set.
pub fn rest_is_working() -> &'static str {
    "Everything else is working."
}

/// The clause for an unknown state.
pub fn unknown_state(state: &StateKey) -> String {
    format!("is in the state “{state}”")
}

/// What happened to a maintenance, as Markdown.
pub fn fact(fact: &Fact) -> String {
    let names: Vec<String> = fact.components.iter().map(|name| escaped(name)).collect();
    let style = fact.style();
    let frame = Frame {
        zone: style.zone,
        clock: style.clock,
        as_of: fact.said_at,
    };
    let said = match fact.became {
        Became::Begun => return begun(names, fact.more),
        Became::Completed => "is complete".to_owned(),
        Became::Cancelled => "has been cancelled".to_owned(),
        Became::Extended {
            until,
            is_later: true,
        } => format!(
            "is taking longer than planned: until {}",
            frame.instant(until)
        ),
        Became::Extended {
            until,
            is_later: false,
        } => format!(
            "will end earlier than planned: until {}",
            frame.instant(until)
        ),
        Became::Moved { starts, ends } => {
            let from = starts.map(|at| format!(" from {}", frame.instant(at)));
            let until = ends.map(|at| format!(" until {}", frame.instant(at)));
            let (from, until) = (from.unwrap_or_default(), until.unwrap_or_default());
            format!("has a new time:{from}{until}")
        }
    };
    format!("{} {said}.", maintenance_on(names, fact.more))
}

/// Says that a maintenance has begun, on components with these names and `more` others.
pub fn begun(names: Vec<String>, more: usize) -> String {
    format!("{} has started.", maintenance_on(names, more))
}

/// "Maintenance on Selma and Nelson".
fn maintenance_on(mut names: Vec<String>, more: usize) -> String {
    if names.is_empty() {
        return "The maintenance".to_owned();
    }
    if more > 0 {
        names.push(format!("{more} other components"));
    }
    format!("Maintenance on {}", list(&names))
}

/// "Selma is down and 4 other components are degraded."
fn of_components(groups: &[Group]) -> String {
    let mut was_counted = false;
    let mut clauses = Vec::with_capacity(groups.len());
    for group in groups {
        let count = group.names.len() + group.more;
        let mut subject = group.names.clone();
        match (group.more, was_counted) {
            (0, _) => {}
            (1, false) => subject.push("1 other component".to_owned()),
            (more, false) => subject.push(format!("{more} other components")),
            (more, true) => subject.push(more.to_string()),
        }
        was_counted |= group.more > 0;
        let reads = group.reads.as_deref().unwrap_or("is affected");
        clauses.push(format!("{} {}", list(&subject), plural(reads, count)));
    }
    format!("{}.", join(&clauses))
}

/// The plural of a clause: "is down" becomes "are down".
fn plural(reads: &str, count: usize) -> String {
    if count < 2 {
        return reads.to_owned();
    }
    for (one, many) in [("is ", "are "), ("has ", "have "), ("was ", "were ")] {
        if let Some(after) = reads.strip_prefix(one) {
            return format!("{many}{after}");
        }
    }
    reads.to_owned()
}

/// "Selma", "Selma and Nelson", "Selma, Nelson and Clark".
pub(super) fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Joins clauses with "and", and with a comma if one contains an "and".
fn join(clauses: &[String]) -> String {
    match clauses {
        [before @ .., last]
            if !before.is_empty() && clauses.iter().any(|clause| clause.contains(" and ")) =>
        {
            format!("{}, and {last}", before.join(", "))
        }
        other => list(other),
    }
}

/// "We are looking into: mail to two providers bounces."
fn of_incidents(standing: &[Standing]) -> String {
    let sentences = standing.iter().map(|standing| {
        let opening = match standing.stance {
            Stance::Looking => "We are looking into",
            Stance::Watching => "We are watching",
            Stance::Working => "Planned maintenance is in progress",
            Stance::Checking => "Planned maintenance is being checked",
        };
        let titles = standing.titles.iter();
        let titles: Vec<&str> = titles.map(|title| title.trim_end_matches('.')).collect();
        let mut text = titles.join("; ");
        if standing.more > 0 {
            text.push_str(&format!("; and {} more", standing.more));
        }
        format!("{opening}: {}", full_stop(&text))
    });
    sentences.collect::<Vec<_>>().join(" ")
}

/// Adds a full stop, unless the text ends a sentence already.
fn full_stop(text: &str) -> String {
    match text.chars().last() {
        Some('!' | '?' | '…' | '。') => text.to_owned(),
        _ => format!("{text}."),
    }
}
