//! The headline: it answers "is it me?" before anything else is read. It is a value; `render` puts
//! it into words.

use std::borrow::Cow;

use super::incident::Kind;
use super::slug::Slug;
use super::state::Tone;
use super::update::Phase;

/// How many components or incidents are named; the others are only counted.
const NAMED: usize = 3;

/// A component, and what it is right now.
#[derive(Debug, Clone)]
pub struct Part<'a> {
    /// Its identity.
    pub slug: &'a Slug,
    /// Its name for people.
    pub name: &'a str,
    /// Its state in a sentence: "is partly down".
    pub reads: Cow<'a, str>,
    /// The tone of its state; whatever isn't `Ok` is in the headline.
    pub tone: Tone,
    /// How severe its state is: its position in the list of states.
    pub severity: usize,
}

/// An incident that is open.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// Its title.
    pub title: &'a str,
    /// What sort of post it is.
    pub kind: Kind,
    /// Its phase.
    pub phase: Phase,
    /// The components that it names.
    pub components: &'a [&'a Slug],
}

/// How things are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headline {
    /// What it says first.
    pub news: News,
    /// Whether "Everything else is working." is true.
    pub rest_is_working: bool,
    /// The worst tone among the components.
    pub tone: Tone,
}

/// What a headline says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// No component is listed, and no incident is open.
    Nothing,
    /// Every component works, and no incident is open.
    AllWork,
    /// Components that don't work, worst first.
    Affected(Vec<Group>),
    /// Open incidents that no component's state shows, by what is being done about them.
    Open(Vec<Standing>),
}

/// Components that share a state: the names of some, and how many more there are. Only the first
/// group has both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Their state in a sentence about one component: "is down". `None` if their states differ.
    pub reads: Option<String>,
    /// Those that are named.
    pub names: Vec<String>,
    /// How many are only counted.
    pub more: usize,
}

/// Open incidents about which the same is being done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What is being done about them.
    pub stance: Stance,
    /// The titles of some of them.
    pub titles: Vec<String>,
    /// How many are only counted.
    pub more: usize,
}

/// Determines how things are. `parts` are in page order, without retired components. The result
/// never says that everything is working while an incident is open.
pub fn headline(parts: &[Part<'_>], open: &[Open<'_>]) -> Headline {
    let mut affected: Vec<&Part<'_>> = parts.iter().filter(|part| part.tone != Tone::Ok).collect();
    affected.sort_by_key(|part| std::cmp::Reverse(part.severity));
    let tone = parts.iter().map(|part| part.tone).max();
    let news = if !affected.is_empty() {
        News::Affected(group(&affected))
    } else if !open.is_empty() {
        News::Open(by_stance(open))
    } else if parts.is_empty() {
        News::Nothing
    } else {
        News::AllWork
    };
    Headline {
        news,
        rest_is_working: rest_is_working(parts, &affected, open),
        tone: tone.unwrap_or(Tone::Ok),
    }
}

/// Whether everything that the news doesn't mention works. This is true only if something is left
/// and no open incident is about it.
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

/// How many of `count` components are named in a sentence; the others are counted. One more name is
/// shorter than "1 other component", and says more.
pub fn named_of(count: usize) -> usize {
    if count == NAMED + 1 { count } else { NAMED }
}

/// Groups components by state, as long as names are left; `affected` is worst first.
fn group(affected: &[&Part<'_>]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut names_left = named_of(affected.len());
    let mut rest = affected;
    while let Some(first) = rest.first() {
        let len = rest
            .iter()
            .take_while(|part| part.reads == first.reads && part.severity == first.severity)
            .count();
        let (alike, after) = rest.split_at(len);
        if groups.len() + 1 == NAMED && !after.is_empty() && rest.len() > names_left {
            groups.push(Group {
                reads: None,
                names: Vec::new(),
                more: rest.len(),
            });
            break;
        }
        let named = match len <= names_left {
            true => len,
            false if groups.is_empty() => names_left,
            false => 0,
        };
        let names = alike[..named].iter().map(|part| part.name.to_owned());
        groups.push(Group {
            reads: Some(first.reads.clone().into_owned()),
            names: names.collect(),
            more: len - named,
        });
        names_left = if named == len { names_left - len } else { 0 };
        rest = after;
    }
    groups
}

/// The open incidents, grouped by stance.
fn by_stance(open: &[Open<'_>]) -> Vec<Standing> {
    let standing = Stance::ALL.into_iter().map(|stance| {
        let titles: Vec<&str> = open
            .iter()
            .filter(|incident| Stance::of(incident) == stance)
            .map(|incident| incident.title.trim())
            .collect();
        let named = titles.iter().take(NAMED).copied().map(str::to_owned);
        Standing {
            stance,
            titles: named.collect(),
            more: titles.len().saturating_sub(NAMED),
        }
    });
    standing.filter(|it| !it.titles.is_empty()).collect()
}

/// What is being done about an incident that no component's state shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// The problem is being investigated.
    Looking,
    /// It seems to be over and is being watched.
    Watching,
    /// Planned work is being done.
    Working,
    /// Planned work is done and is being checked.
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
}

#[cfg(test)]
mod tests;
