//! The headline: the sentence that answers "is it me?" before anything else is read.

use std::borrow::Cow;

use super::incident::Kind;
use super::slug::Slug;
use super::state::Tone;
use super::update::Phase;

/// How many components, and how many incidents, are named before they are only counted.
const NAMED: usize = 3;

/// A component, and what it is right now.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Its identity.
    pub slug: &'a Slug,
    /// Its name for people.
    pub name: &'a str,
    /// What its state makes of a sentence: "is partly down".
    pub reads: Cow<'a, str>,
    /// The tone of its state; what isn't `Ok` is in the headline.
    pub tone: Tone,
    /// How severe its state is: the place in the list of states.
    pub severity: usize,
}

/// An incident that is open.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// Its title.
    pub title: &'a str,
    /// What sort of post it is.
    pub kind: Kind,
    /// Where it stands.
    pub phase: Phase,
    /// The components that it names.
    pub components: &'a [&'a Slug],
}

/// How things are, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// One sentence or, for incidents that stand differently, one for each sort.
    pub sentence: String,
    /// "Everything else is working." is true.
    pub rest_is_working: bool,
    /// The worst tone among the components.
    pub tone: Tone,
}

/// Says how things are. `parts` are in the order of the page; retired ones are left out by the
/// caller. Never says that everything is working while an incident is open.
pub fn headline(parts: &[Part<'_>], open: &[Open<'_>]) -> Headline {
    let mut affected: Vec<&Part<'_>> = parts.iter().filter(|part| part.tone != Tone::Ok).collect();
    affected.sort_by_key(|part| std::cmp::Reverse(part.severity));
    let tone = parts.iter().map(|part| part.tone).max();
    let sentence = if !affected.is_empty() {
        of_components(&affected)
    } else if !open.is_empty() {
        of_incidents(open)
    } else if parts.is_empty() {
        "No problems reported.".to_owned()
    } else {
        "Everything is working.".to_owned()
    };
    Headline {
        sentence,
        rest_is_working: rest_is_working(parts, &affected, open),
        tone: tone.unwrap_or(Tone::Ok),
    }
}

/// Whether what the sentence doesn't speak of works: true only if something is left, and if no
/// open incident is about that.
fn rest_is_working(parts: &[Part<'_>], affected: &[&Part<'_>], open: &[Open<'_>]) -> bool {
    let is_affected = |slug: &Slug| affected.iter().any(|part| part.slug == slug);
    if affected.is_empty() {
        let is_named = |slug: &Slug| {
            open.iter()
                .any(|incident| incident.components.contains(&slug))
        };
        return !open.is_empty() && parts.iter().any(|part| !is_named(part.slug));
    }
    let all_are_covered = open
        .iter()
        .all(|incident| incident.components.iter().any(|slug| is_affected(slug)));
    affected.len() < parts.len() && all_are_covered
}

/// How many of `count` components are named in a sentence; the others are counted. A name is
/// shorter than "1 other component", and says more.
pub fn named_of(count: usize) -> usize {
    if count == NAMED + 1 { count } else { NAMED }
}

/// "Selma is down and 4 other components are degraded."; `affected` is worst first.
fn of_components(affected: &[&Part<'_>]) -> String {
    let mut clauses = Vec::new();
    let mut names_left = named_of(affected.len());
    let mut was_counted = false;
    let mut rest = affected;
    while let Some(first) = rest.first() {
        let len = rest
            .iter()
            .take_while(|part| part.reads == first.reads && part.severity == first.severity)
            .count();
        let (group, after) = rest.split_at(len);
        if clauses.len() + 1 == NAMED && !after.is_empty() && rest.len() > names_left {
            clauses.push(counted("is affected", rest.len(), was_counted));
            break;
        }
        if len <= names_left {
            let names: Vec<_> = group.iter().map(|part| part.name.to_owned()).collect();
            clauses.push(format!("{} {}", list(&names), plural(&first.reads, len)));
            names_left -= len;
        } else if clauses.is_empty() {
            let mut names: Vec<_> = group[..names_left]
                .iter()
                .map(|part| part.name.to_owned())
                .collect();
            names.push(match len - names_left {
                1 => "1 other component".to_owned(),
                more => format!("{more} other components"),
            });
            clauses.push(format!("{} {}", list(&names), plural(&first.reads, len)));
            names_left = 0;
            was_counted = true;
        } else {
            clauses.push(counted(&first.reads, len, was_counted));
            names_left = 0;
            was_counted = true;
        }
        rest = after;
    }
    format!("{}.", join(&clauses))
}

/// "4 other components are degraded", or "2 are migrating" once components were counted.
fn counted(reads: &str, count: usize, was_counted: bool) -> String {
    let noun = match (was_counted, count) {
        (true, _) => "",
        (false, 1) => " other component",
        (false, _) => " other components",
    };
    format!("{count}{noun} {}", plural(reads, count))
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
fn of_incidents(open: &[Open<'_>]) -> String {
    let mut sentences = Vec::new();
    for stance in Stance::ALL {
        let titles: Vec<_> = open
            .iter()
            .filter(|incident| Stance::of(incident) == stance)
            .map(|incident| incident.title.trim())
            .collect();
        if let Some(text) = named(&titles) {
            sentences.push(format!("{}: {}", stance.opening(), full_stop(&text)));
        }
    }
    sentences.join(" ")
}

/// What is being done about an incident that no component's state shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stance {
    Looking,
    Watching,
    Working,
    Checking,
}

impl Stance {
    const ALL: [Self; 4] = [Self::Looking, Self::Watching, Self::Working, Self::Checking];

    fn of(incident: &Open<'_>) -> Self {
        match (incident.kind, incident.phase) {
            (Kind::Maintenance, Phase::Verifying) => Self::Checking,
            (Kind::Maintenance, _) => Self::Working,
            (Kind::Disruption | Kind::Notice, Phase::Monitoring) => Self::Watching,
            (Kind::Disruption | Kind::Notice, _) => Self::Looking,
        }
    }

    fn opening(self) -> &'static str {
        match self {
            Self::Looking => "We are looking into",
            Self::Watching => "We are watching",
            Self::Working => "Planned maintenance is in progress",
            Self::Checking => "Planned maintenance is being checked",
        }
    }
}

/// Titles, the first few of them; `None` of none.
fn named(titles: &[&str]) -> Option<String> {
    if titles.is_empty() {
        return None;
    }
    let shown = titles.len().min(NAMED);
    let mut text = titles[..shown]
        .iter()
        .map(|title| title.trim_end_matches('.'))
        .collect::<Vec<_>>()
        .join("; ");
    if titles.len() > shown {
        text.push_str(&format!("; and {} more", titles.len() - shown));
    }
    Some(text)
}

/// Ends a sentence that may bring its own end.
fn full_stop(text: &str) -> String {
    match text.chars().last() {
        Some('!' | '?' | '…' | '。') => text.to_owned(),
        _ => format!("{text}."),
    }
}

#[cfg(test)]
mod tests;
