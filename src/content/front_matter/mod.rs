//! The front matter of incident files: what each key may hold.

mod components;
mod foreign;
mod salvage;
mod template;

pub(in crate::content) use self::template::read_template;

use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};

use self::salvage::{Lost, salvaged};
use crate::content::file_name;
use crate::content::problem::Severity;
use crate::content::update_entries::report::Report;
use crate::content::update_entries::resolution::{Resolved, shown};
use crate::content::update_entries::{Context, StateLine};
use crate::content::written_time;
use crate::content::yaml::{self, Key, Node, Placed, YamlError};
use crate::domain::incident::{CLOCK_TOLERANCE, Impact, Kind};
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// Front matter, read. What can't be read is missing, and said in the report.
#[derive(Debug, Clone, Default)]
pub(in crate::content) struct FrontMatter {
    pub(in crate::content) slug: Option<Slug>,
    pub(in crate::content) id: Option<String>,
    pub(in crate::content) title: Option<String>,
    pub(in crate::content) author: Option<String>,
    pub(in crate::content) date: Option<Resolved>,
    pub(in crate::content) kind: Option<Kind>,
    pub(in crate::content) components: Option<Vec<StateLine>>,
    pub(in crate::content) phase: Option<(Phase, Range<usize>)>,
    pub(in crate::content) impact: Option<Impact>,
    pub(in crate::content) starts: Option<(DateTime<Utc>, Range<usize>)>,
    pub(in crate::content) ends: Option<(DateTime<Utc>, Range<usize>)>,
    pub(in crate::content) summary: Option<String>,
    pub(in crate::content) draft: bool,
    pub(in crate::content) edited_at: Option<DateTime<Utc>>,
    pub(in crate::content) public_at: Option<DateTime<Utc>>,
    /// Some of it is no YAML, and may have said more.
    pub(in crate::content) is_broken: bool,
}

const KEYS: [&str; 15] = [
    "title",
    "author",
    "date",
    "kind",
    "components",
    "phase",
    "impact",
    "id",
    "slug",
    "starts",
    "ends",
    "summary",
    "draft",
    "edited_at",
    "public_at",
];

/// Reads front matter: `yaml` is what stands between the `---` lines.
pub(in crate::content) fn read(
    yaml: &str,
    cx: &Context<'_>,
    report: &mut Report<'_>,
) -> FrontMatter {
    let mut front = FrontMatter::default();
    let (entries, lost) = match yaml::parse(yaml) {
        Ok(entries) => (entries, Lost::default()),
        Err(error) => {
            let (entries, lost) = salvaged(yaml, &error);
            unreadable(error, report);
            (entries, lost)
        }
    };
    let mut reader = Reader { yaml, cx, report };
    for (key, value) in &entries {
        reader.entry(key, value, &mut front);
    }
    let states_key =
        |name: &str| entries.iter().any(|(key, _)| key.name == name) || lost.may_hold(name);
    if !states_key("date") || front.date.is_none() && lost.may_hold("date") {
        front.date = reader.date_of_name(!lost.is_any);
    }
    for required in ["title", "date"] {
        if !states_key(required) && (required != "date" || front.date.is_none()) {
            reader.report.add(
                Severity::Error,
                0..0,
                format!("the front matter has no \"{required}\""),
                Some(match required {
                    "title" => "add a line: title: \"Mail on Selma is down\"".to_owned(),
                    _ => format!("add a line: date: {}", reader.now()),
                }),
            );
        }
    }
    front.is_broken = lost.is_any;
    if !front.is_broken {
        reader.check_window(&front);
    }
    front
}

/// Says that front matter is no YAML.
fn unreadable(error: YamlError, report: &mut Report<'_>) {
    report.add(
        Severity::Error,
        error.place,
        format!("the front matter can't be read: {}", error.message),
        Some(error.help),
    );
}

struct Reader<'a, 'b, 'c> {
    yaml: &'a str,
    cx: &'a Context<'b>,
    report: &'a mut Report<'c>,
}

impl Reader<'_, '_, '_> {
    fn entry(&mut self, key: &Key, value: &Placed, front: &mut FrontMatter) {
        match key.name.as_str() {
            "title" => front.title = self.text(key, value, true),
            "author" => front.author = self.text(key, value, false),
            "summary" => front.summary = self.text(key, value, false),
            "id" => front.id = self.id(key, value),
            "slug" => front.slug = self.slug(key, value),
            "date" => front.date = self.post_date(key, value),
            "starts" => front.starts = self.time(key, value).map(|t| (t.at, value.place.clone())),
            "ends" => front.ends = self.time(key, value).map(|t| (t.at, value.place.clone())),
            "edited_at" => front.edited_at = self.time(key, value).map(|t| t.at),
            "public_at" => front.public_at = self.time(key, value).map(|t| t.at),
            "kind" => front.kind = self.kind(key, value),
            "impact" => front.impact = self.impact(key, value),
            "phase" => {
                front.phase = self
                    .phase(key, value)
                    .map(|phase| (phase, value.place.clone()));
            }
            "draft" => match value.node {
                Node::Bool(draft) => front.draft = draft,
                Node::Null => {}
                Node::Number | Node::Text(_) | Node::List(_) | Node::Map(_) => {
                    let help = "write \"draft: true\", or leave the line out".to_owned();
                    self.wrong(value, "\"draft\" must be true or false", Some(help));
                }
            },
            "components" => front.components = Some(self.components(value)),
            _ => self.unknown_key(key, value),
        }
    }

    fn unknown_key(&mut self, key: &Key, value: &Placed) {
        let written = self.yaml.get(value.place.clone()).unwrap_or_default();
        let help = foreign::help(&key.name, written.trim()).unwrap_or_else(|| {
            match nearest(&key.name, KEYS) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the keys are: {}", KEYS.join(", ")),
            }
        });
        self.report.add(
            Severity::Warning,
            key.place.clone(),
            format!("there is no key \"{}\"; it is ignored", key.name),
            Some(help),
        );
    }

    fn wrong(&mut self, value: &Placed, message: impl Into<String>, help: Option<String>) {
        self.report
            .add(Severity::Error, value.place.clone(), message, help);
    }

    /// A text; numbers and the like are taken as they were typed.
    fn text(&mut self, key: &Key, value: &Placed, required: bool) -> Option<String> {
        let text = match &value.node {
            Node::Text(text) => text.trim(),
            Node::Bool(_) | Node::Number => self.yaml.get(value.place.clone())?.trim(),
            Node::Null => "",
            Node::List(_) | Node::Map(_) => {
                let help = format!("quote it: {}: \"…\"", key.name);
                self.wrong(value, format!("\"{}\" must be text", key.name), Some(help));
                return None;
            }
        };
        if text.is_empty() && required {
            let place = if value.place.is_empty() {
                &key.place
            } else {
                &value.place
            };
            self.report.add(
                Severity::Error,
                place.clone(),
                format!("\"{}\" is empty", key.name),
                Some(format!(
                    "write a value, in quotes if it begins with a special character: {}: \"…\"",
                    key.name
                )),
            );
        }
        let one_line = text
            .split('\n')
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ");
        Some(one_line.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn id(&mut self, key: &Key, value: &Placed) -> Option<String> {
        let id = self.text(key, value, true)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if id.len() > 100 || !id.bytes().all(plain) {
            let help = "an id may have letters, digits, hyphens and underscores".to_owned();
            self.wrong(value, format!("\"{id}\" isn't a valid id"), Some(help));
            return None;
        }
        Some(id)
    }

    fn slug(&mut self, key: &Key, value: &Placed) -> Option<Slug> {
        let text = self.text(key, value, true)?;
        match Slug::parse(&text) {
            Ok(slug) => Some(slug),
            Err(error) => {
                let help = Slug::from_title(&text).map(|near| format!("write slug: {near}"));
                self.wrong(value, error.to_string(), help);
                None
            }
        }
    }

    /// The post's date. One that is still to come keeps the post back, which may be meant.
    fn post_date(&mut self, key: &Key, value: &Placed) -> Option<Resolved> {
        let date = self.time(key, value)?;
        self.tell_future(date, value.place.clone());
        Some(date)
    }

    /// The day in the file's name, for a post that has no other date.
    fn date_of_name(&mut self, tells: bool) -> Option<Resolved> {
        let day = file_name::day(self.cx.file)?.to_string();
        let mut silent = Report::new("", &day, 1);
        let date = written_time::read(&day, self.cx, &mut silent).ok()??;
        if tells {
            self.report.add(
                Severity::Hint,
                0..0,
                format!("the front matter has no \"date\"; {day} is taken from the file's name"),
                Some(format!("add a line: date: {day}")),
            );
        }
        self.tell_future(date, 0..0);
        Some(date)
    }

    fn tell_future(&mut self, date: Resolved, place: Range<usize>) {
        if date.at > self.cx.now + CLOCK_TOLERANCE {
            self.report.add(
                Severity::Warning,
                place,
                format!(
                    "{} is in the future; the post isn't shown until then",
                    shown(date.at, self.cx)
                ),
                Some("to show it now, write a day or time that has passed".to_owned()),
            );
        }
    }

    /// Now as an example, in the site's zone: `2013-02-26 02:15`.
    fn now(&self) -> String {
        let now = self.cx.now.with_timezone(&self.cx.zone);
        now.format("%Y-%m-%d %H:%M").to_string()
    }

    /// Tomorrow at ten in the evening, as an example of a planned time.
    fn tomorrow(&self) -> String {
        let tomorrow = self.cx.now.with_timezone(&self.cx.zone) + TimeDelta::days(1);
        tomorrow.format("%Y-%m-%d 22:00").to_string()
    }

    fn time(&mut self, key: &Key, value: &Placed) -> Option<Resolved> {
        let text = self.text(key, value, true)?;
        let mut inner = Report::new("", &text, 1);
        let read = written_time::read(&text, self.cx, &mut inner);
        let now = self.now();
        let day = now.split(' ').next().unwrap_or_default();
        let help =
            format!("write it as \"{day}\" or \"{now}\", with a zone if it isn't the site's");
        for problem in inner.finish() {
            self.report.add(
                problem.severity,
                value.place.clone(),
                problem.message,
                problem.help,
            );
        }
        match read {
            Ok(resolved) => resolved,
            Err(message) => {
                self.wrong(value, message, Some(help));
                None
            }
        }
    }

    fn kind(&mut self, key: &Key, value: &Placed) -> Option<Kind> {
        let word = self.word(key, value, &Kind::ALL.map(Kind::as_str))?;
        Kind::parse(&word)
    }

    fn impact(&mut self, key: &Key, value: &Placed) -> Option<Impact> {
        let word = self.word(key, value, &Impact::ALL.map(Impact::as_str))?;
        Impact::parse(&word)
    }

    fn phase(&mut self, key: &Key, value: &Placed) -> Option<Phase> {
        let word = self.word(key, value, &Phase::ALL.map(Phase::as_str))?;
        Phase::parse(&word)
    }

    /// One of `words`, in any case, with spaces or hyphens for underscores.
    fn word(&mut self, key: &Key, value: &Placed, words: &[&str]) -> Option<String> {
        let text = self.text(key, value, true)?;
        let folded = text.to_lowercase().replace([' ', '-'], "_");
        if words.contains(&folded.as_str()) {
            return Some(folded);
        }
        let near = match folded.as_str() {
            "fixed" | "done" => words.iter().copied().find(|word| *word == "resolved"),
            _ => nearest(&folded, words.iter().copied()),
        };
        let article = if key.name == "impact" { "an" } else { "a" };
        self.wrong(
            value,
            format!("\"{text}\" is not {article} {}", key.name),
            Some(match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("use one of: {}", words.join(", ")),
            }),
        );
        None
    }

    fn check_window(&mut self, front: &FrontMatter) {
        if let (Some((starts, _)), Some((ends, place))) = (&front.starts, &front.ends)
            && ends < starts
        {
            self.report.add(
                Severity::Error,
                place.clone(),
                "the window ends before it starts",
                Some("correct \"starts\" or \"ends\"".to_owned()),
            );
        }
        if front.kind == Some(Kind::Maintenance) {
            let missing = match (&front.starts, &front.ends) {
                (Some(_), Some(_)) => return,
                (None, _) => "starts",
                (_, None) => "ends",
            };
            self.report.add(
                Severity::Warning,
                0..0,
                format!("the maintenance has no \"{missing}\"; it can't begin and end by itself"),
                Some(format!("add a line: {missing}: {}", self.tomorrow())),
            );
            return;
        }
        for (name, window) in [("starts", &front.starts), ("ends", &front.ends)] {
            if let Some((_, place)) = window {
                self.report.add(
                    Severity::Warning,
                    place.clone(),
                    format!("\"{name}\" only applies to a maintenance"),
                    Some("add a line: kind: maintenance".to_owned()),
                );
            }
        }
    }
}
