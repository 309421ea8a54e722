//! One incident file: its name, its front matter, its body, and what they say together.

use chrono::{DateTime, NaiveDate, Utc};

use super::file_name::{stem, undated};
use super::front_matter::{self, FrontMatter};
use super::problem::{Problem, Severity};
use super::update_entries::report::Report;
use super::update_entries::resolution::written;
use super::update_entries::{Context, Entry, Reading, read as read_entries, say_how_to_keep};
use super::{IncidentFile, SlugSource};
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// So long after its last entry, in days, an open disruption may have been forgotten.
const QUIET_DAYS: i64 = 7;

/// So long after it, it was.
const FORGOTTEN_DAYS: i64 = 30;

/// Reads a file whose text and name are known. `site` holds what is the same for all files.
/// `None` if there is an error in it.
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

/// What is wrong with a file that [`split`] can't divide.
pub(super) fn missing_front_matter(file: &str, text: &str) -> Vec<Problem> {
    let mut report = Report::new(file, text, 1);
    let whole = "begin the file with a line \"---\", then title and date, then another \"---\"";
    let first = text.lines().next().unwrap_or_default();
    let (message, help) = if text.trim().is_empty() {
        ("the file is empty", whole)
    } else if first.trim_end() == "---" {
        let close = "close it with another line \"---\", before the text";
        ("the front matter never ends", close)
    } else if first.trim_end() == "+++" {
        let convert = "write it as YAML between two lines \"---\"; \"hugo convert toYAML\" does that \
                       for a whole site";
        ("the front matter is TOML", convert)
    } else if first.trim().is_empty() && text.trim_start().starts_with("---") {
        let remove = "remove the empty lines before \"---\"";
        ("the front matter doesn't begin on the first line", remove)
    } else if first.trim_start().starts_with("---") {
        let exactly = "write exactly \"---\", without spaces before it, above and below";
        (
            "the front matter doesn't begin with a line \"---\"",
            exactly,
        )
    } else {
        ("the file has no front matter", whole)
    };
    report.add(Severity::Error, 0..0, message, Some(help.to_owned()));
    report.finish()
}

/// A file's text, split.
pub(super) struct Parts<'a> {
    pub(super) yaml: &'a str,
    pub(super) yaml_line: usize,
    pub(super) body: &'a str,
    pub(super) body_line: usize,
}

/// Front matter stands between two lines of `---`, the first of which begins the file.
pub(super) fn split(text: &str) -> Option<Parts<'_>> {
    let mut lines = text.split_inclusive('\n');
    let first = lines.next()?;
    if first.trim_end() != "---" {
        return None;
    }
    let mut at = first.len();
    for (index, line) in lines.enumerate() {
        if matches!(line.trim_end(), "---" | "...") {
            return Some(Parts {
                yaml: &text[first.len()..at],
                yaml_line: 2,
                body: &text[at + line.len()..],
                body_line: index + 3,
            });
        }
        at += line.len();
    }
    None
}

/// The slug that a file's name gives, with a hint if it isn't the name as it stands.
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
        None => (Slug::of_day(kind.as_str(), day), SlugSource::Nothing),
    };
    let message = format!("the file's name gives the slug \"{slug}\"");
    let help = "to use another one, add a line \"slug: …\"".to_owned();
    problems.push(Problem::of_file(Severity::Hint, file, message, Some(&help)));
    (slug, source)
}

/// The phase of the latest entry that has one; of equal instants, of the one that comes last.
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

/// The heading of an entry of this moment, as an example.
fn heading_now(cx: &Context<'_>) -> String {
    format!("## UPDATE {}", written(cx.now, cx.zone))
}

/// Says of a disruption that nobody wrote of for long that it still stands as open.
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

/// Leaves phases out that don't fit the kind, or takes the one that fits and means the same.
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
