//! The messages in English.

use crate::domain::headline::{Group, Headline, News, Stance, Standing};
use crate::domain::state::StateKey;

/// How things are: one sentence or, for incidents that stand differently, one for each sort.
pub fn headline(headline: &Headline) -> String {
    match &headline.news {
        News::Nothing => "No problems reported.".to_owned(),
        News::AllWork => "Everything is working.".to_owned(),
        News::Affected(groups) => of_components(groups),
        News::Open(standing) => of_incidents(standing),
    }
}

/// What stands below a headline of which `rest_is_working` is true.
pub fn rest_is_working() -> &'static str {
    "Everything else is working."
}

/// What a state that isn't known makes of a sentence.
pub fn unknown_state(state: &StateKey) -> String {
    format!("is in the state “{state}”")
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

/// "is down" of several is "are down".
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
fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// Clauses with "and" between them, and with a comma where one has an "and" of its own.
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

/// Ends a sentence that may bring its own end.
fn full_stop(text: &str) -> String {
    match text.chars().last() {
        Some('!' | '?' | '…' | '。') => text.to_owned(),
        _ => format!("{text}."),
    }
}
