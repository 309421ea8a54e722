//! Reads an incident file: its name, its front matter, its body, and what they say together.

use std::ops::Range;

use chrono::{DateTime, NaiveDate, Utc};

use super::file_name::{stem, undated};
use super::file_parts::{missing_front_matter, split};
use super::front_matter::{self, FrontMatter};
use super::problem::{Problem, Severity};
use super::update_entries::instant_text::written;
use super::update_entries::report::Report;
use super::update_entries::{
    Context, Entry, Reading, StateLine, read as read_entries, say_how_to_keep,
};
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::{Phase, Precision};

/// Where a file's slug comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlugSource {
    /// The front matter states it.
    Stated,
    /// It is made from the file's name.
    Name,
    /// It is made from kind and date, because the name has no letter or digit.
    KindAndDate,
}

/// An incident file after reading. `None` means that the file doesn't say.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidentFile {
    /// Its name, relative to the content folder: `incidents/2013-02-26-selma.md`.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub fingerprint: String,
    /// The incident's name in URLs that the file asks for; another incident may hold it already.
    pub slug: Slug,
    /// Where the slug comes from.
    pub slug_source: SlugSource,
    /// The incident's id.
    pub id: Option<String>,
    /// The headline.
    pub title: String,
    /// The byline.
    pub author: Option<String>,
    /// The post's date.
    pub published_at: DateTime<Utc>,
    /// Whether `published_at` has a time of day.
    pub precision: Precision,
    /// What kind of post it is.
    pub kind: Option<Kind>,
    /// The components it names, and the states it sets at its date (a maintenance: at `starts`).
    pub components: Vec<StateLine>,
    /// Whether the front matter has a `components` key at all.
    pub states_components: bool,
    /// The phase that holds until an update sets one.
    pub phase: Option<Phase>,
    /// The impact set by staff.
    pub impact: Option<Impact>,
    /// The start of a maintenance's window.
    pub starts: Option<DateTime<Utc>>,
    /// The end of a maintenance's window.
    pub ends: Option<DateTime<Utc>>,
    /// One or two sentences for lists and feeds.
    pub summary: Option<String>,
    /// It is a draft: read and checked, but not published.
    pub draft: bool,
    /// The post, without its entries.
    pub markdown: String,
    /// Its entries, in file order.
    pub entries: Vec<Entry>,
    /// The entries run newest first.
    pub newest_first: bool,
    /// The lines that stay text because they announce something; the caller stores them.
    pub announced: Vec<String>,
    /// When it was last corrected, if the front matter says (`edited_at`, written by `export`).
    pub edited_at: Option<DateTime<Utc>>,
    /// When it became public, if the front matter says (`public_at`, written by `export`).
    pub public_at: Option<DateTime<Utc>>,
}

/// After this many days without an entry, an open disruption may have been forgotten.
const QUIET_DAYS: i64 = 7;

/// After this many days without an entry, it has been.
const FORGOTTEN_DAYS: i64 = 30;

/// Reads a file whose text and name are known. `site` holds what all files share. Returns no
/// incident if there is an error in it.
pub(super) fn read(
    file: &str,
    text: &str,
    fingerprint: String,
    site: &Context<'_>,
) -> (Option<IncidentFile>, Vec<Problem>) {
    let mut problems = Vec::new();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let Some(parts) = split(&text) else {
        problems.extend(missing_front_matter(file, &text));
        return (None, problems);
    };
    let cx = Context {
        file,
        first_line: parts.yaml_line,
        ..site.clone()
    };
    let mut report = Report::new(file, parts.yaml, parts.yaml_line);
    let front = front_matter::read(parts.yaml, &cx, &mut report);
    let Some(date) = front.date else {
        problems.extend(report.finish());
        return (None, problems);
    };
    let kind = front.kind.unwrap_or(Kind::Disruption);
    let starts = front.starts.as_ref().map(|(at, _)| *at);
    let body_cx = Context {
        starts: starts.filter(|_| kind == Kind::Maintenance),
        first_line: parts.body_line,
        posted_at: date.at,
        posted_precision: date.precision,
        ..cx
    };
    let mut reading = read_entries(parts.body, &body_cx);
    check_phase(&front, kind, &reading, &body_cx, &mut report);
    check_over(&front, kind, &reading, &body_cx, &mut report);
    left_open(&front, kind, &reading, &body_cx, &mut report);
    problems.extend(report.finish());
    problems.extend(fit_phases(file, &text, kind, &mut reading.entries));
    problems.extend(reading.problems);
    problems.sort_by_key(|problem| (problem.line, problem.column));
    let day = date.at.with_timezone(&site.zone).date_naive();
    let (slug, slug_source) = match front.slug {
        Some(slug) => (slug, SlugSource::Stated),
        None => named(file, kind, day, &mut problems),
    };
    let broken = problems.iter().any(|p| p.severity == Severity::Error);
    let (Some(title), false) = (front.title, broken) else {
        return (None, problems);
    };
    let incident = IncidentFile {
        file: file.to_owned(),
        fingerprint,
        slug,
        slug_source,
        id: front.id,
        title,
        author: front.author,
        published_at: date.at,
        precision: date.precision,
        kind: front.kind,
        states_components: front.components.is_some(),
        components: front.components.unwrap_or_default(),
        phase: front.phase.map(|(phase, _)| phase),
        impact: front.impact,
        starts,
        ends: front.ends.map(|(at, _)| at),
        summary: front.summary,
        draft: front.draft,
        markdown: reading.markdown,
        entries: reading.entries,
        newest_first: reading.newest_first,
        announced: reading.announced,
        edited_at: front.edited_at,
        public_at: front.public_at,
    };
    (Some(incident), problems)
}

/// The slug made from a file's name, with a hint if it differs from the name.
fn named(
    file: &str,
    kind: Kind,
    day: NaiveDate,
    problems: &mut Vec<Problem>,
) -> (Slug, SlugSource) {
    let name = undated(stem(file));
    if let Ok(slug) = Slug::parse(name) {
        return (slug, SlugSource::Name);
    }
    let (slug, source) = match Slug::from_title(name) {
        Some(slug) => (slug, SlugSource::Name),
        None => (Slug::of_day(kind.as_str(), day), SlugSource::KindAndDate),
    };
    let message = format!("the file's name gives the slug \"{slug}\"");
    let help = "to use another one, add a line \"slug: …\"".to_owned();
    problems.push(Problem::of_file(Severity::Hint, file, message, Some(&help)));
    (slug, source)
}

/// The phase and instant of the latest entry that sets one; of equal instants, the one made last.
fn latest(reading: &Reading) -> Option<(Phase, DateTime<Utc>)> {
    let phases = reading
        .entries
        .iter()
        .filter_map(|entry| entry.phase.map(|phase| (phase, entry.at)));
    if reading.newest_first {
        return phases.rev().max_by_key(|(_, at)| *at);
    }
    phases.max_by_key(|(_, at)| *at)
}

fn check_phase(
    front: &FrontMatter,
    kind: Kind,
    reading: &Reading,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    let Some((phase, place)) = &front.phase else {
        return;
    };
    if !kind.phases().contains(phase) {
        let words: Vec<_> = kind.phases().iter().map(|phase| phase.as_str()).collect();
        report.add(
            Severity::Warning,
            place.clone(),
            format!(
                "a {} can't be {}",
                kind.as_str(),
                phase.label().to_lowercase()
            ),
            Some(format!("its phases are: {}", words.join(", "))),
        );
    }
    if let Some((said, _)) = latest(reading)
        && phase.progress() > said.progress()
    {
        report.add(
            Severity::Warning,
            place.clone(),
            format!(
                "the front matter says {}, but the latest update says {}; the update counts",
                phase.as_str(),
                said.as_str()
            ),
            Some(format!(
                "to change the phase, add an entry: \"{}: {}\"",
                heading_now(cx),
                phase.as_str()
            )),
        );
    }
}

/// Reports a maintenance that is over according to its front matter, and yet to come or to end
/// according to its window.
fn check_over(
    front: &FrontMatter,
    kind: Kind,
    reading: &Reading,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    let Some((phase, _)) = &front.phase else {
        return;
    };
    let takes_place = phase.is_final() && *phase != Phase::Cancelled;
    if kind != Kind::Maintenance || !takes_place || latest(reading).is_some() {
        return;
    }
    let is_ahead = |(at, _): &&(DateTime<Utc>, Range<usize>)| *at > cx.now;
    if let Some((_, place)) = front.starts.as_ref().filter(is_ahead) {
        report.add(
            Severity::Error,
            place.clone(),
            format!("the phase is {}, but this is in the future", phase.as_str()),
            Some(
                "say when the work began, or give another phase: cancelled if it won't take place"
                    .to_owned(),
            ),
        );
    } else if let Some((_, place)) = front.ends.as_ref().filter(is_ahead) {
        report.add(
            Severity::Warning,
            place.clone(),
            format!(
                "the phase is {}, but this is in the future: until then, its components stay in \
                 their states",
                phase.as_str()
            ),
            Some(format!(
                "say when it was over, here or in an entry: \"{}: {}\"",
                heading_now(cx),
                phase.as_str()
            )),
        );
    }
}

/// The heading of an entry made now, as an example.
fn heading_now(cx: &Context<'_>) -> String {
    format!("## UPDATE {}", written(cx.now, cx.zone))
}

/// Reports a disruption that is still open although nobody has posted about it for long.
fn left_open(
    front: &FrontMatter,
    kind: Kind,
    reading: &Reading,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) {
    let (now, posted_at) = (cx.now, cx.posted_at);
    let said = latest(reading).map(|(phase, _)| phase);
    let phase = said.or(front.phase.as_ref().map(|(phase, _)| *phase));
    let last = reading.entries.iter().map(|entry| entry.at).max();
    let last = last.unwrap_or(posted_at).max(posted_at);
    let is_over = phase.is_some_and(Phase::is_final);
    if kind != Kind::Disruption
        || front.draft
        || front.is_broken
        || is_over
        || (now - last).num_days() < QUIET_DAYS
    {
        return;
    }
    let severity = match (now - last).num_days() {
        ..=FORGOTTEN_DAYS => Severity::Hint,
        _ => Severity::Warning,
    };
    report.add(
        severity,
        0..0,
        format!(
            "nothing has been posted here for {} days, and nothing says it is over; customers see \
             it as open",
            (now - last).num_days()
        ),
        Some(format!(
            "if it is over, add an entry: \"{}: resolved\"; if nothing was ever down, say \"kind: \
             notice\"",
            heading_now(cx)
        )),
    );
}

/// Drops phases that don't fit the kind, or replaces them with the one that means the same.
fn fit_phases(file: &str, text: &str, kind: Kind, entries: &mut [Entry]) -> Vec<Problem> {
    let mut report = Report::new(file, text, 1);
    for entry in entries {
        let Some(phase) = entry.phase else { continue };
        if kind.phases().contains(&phase) {
            continue;
        }
        let words: Vec<_> = kind.phases().iter().map(|phase| phase.as_str()).collect();
        entry.phase = match (kind, phase) {
            (Kind::Disruption, Phase::Completed) => Some(Phase::Resolved),
            (Kind::Maintenance, Phase::Resolved) => Some(Phase::Completed),
            _ => None,
        };
        report.add_line(
            Severity::Warning,
            entry.line,
            format!(
                "a {} can't be {}; {}",
                kind.as_str(),
                phase.label().to_lowercase(),
                match entry.phase {
                    Some(taken) => format!("it is read as {}", taken.label().to_lowercase()),
                    None => "its phase stays what it was".to_owned(),
                }
            ),
            Some(format!(
                "its phases are: {}; or say \"kind: {}\" in the front matter",
                words.join(", "),
                if phase.is_of_maintenance() {
                    "maintenance"
                } else {
                    "disruption"
                }
            )),
        );
    }
    let mut problems = report.finish();
    problems.iter_mut().for_each(say_how_to_keep);
    problems
}
