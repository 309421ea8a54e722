//! The front matter of incident files and templates: what each key may hold.

mod components;
mod foreign;
mod reader;
mod salvage;
mod template;

pub(in crate::content) use self::template::read_template;

use std::ops::Range;

use chrono::{DateTime, Utc};

use self::reader::{Reader, unreadable};
use self::salvage::{Lost, salvaged};
use crate::content::file_name;
use crate::content::problem::Severity;
use crate::content::update_entries::instant_text::shown;
use crate::content::update_entries::report::Report;
use crate::content::update_entries::resolution::Resolved;
use crate::content::update_entries::{Context, StateLine};
use crate::content::written_time;
use crate::content::yaml::{self, Key, Node, Placed};
use crate::domain::incident::{CLOCK_TOLERANCE, Impact, Kind};
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// Front matter after reading. What can't be read is missing here and reported.
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
    /// Some of it isn't YAML and may have said more.
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

/// Reads front matter: `yaml` is the text between the `---` lines.
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

    /// The post's date. A future date holds the post back, which may be intended.
    fn post_date(&mut self, key: &Key, value: &Placed) -> Option<Resolved> {
        let date = self.time(key, value)?;
        self.tell_future(date, value.place.clone());
        Some(date)
    }

    /// The day in the file's name, for a post without any other date.
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
