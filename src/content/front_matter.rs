//! The front matter of incident files: what each key may hold.

use std::ops::Range;

use chrono::{DateTime, Utc};

use super::nearest::nearest;
use super::problem::Severity;
use super::update_entries::report::Report;
use super::update_entries::resolution::Resolved;
use super::update_entries::{Context, StateLine};
use super::written_time;
use super::yaml::{self, Key, Node, Placed};
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// Front matter, read. What can't be read is missing, and said in the report.
#[derive(Debug, Clone, Default)]
pub(super) struct FrontMatter {
    pub(super) slug: Option<Slug>,
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) author: Option<String>,
    pub(super) date: Option<Resolved>,
    pub(super) kind: Option<Kind>,
    pub(super) components: Option<Vec<StateLine>>,
    pub(super) phase: Option<(Phase, Range<usize>)>,
    pub(super) impact: Option<Impact>,
    pub(super) starts: Option<(DateTime<Utc>, Range<usize>)>,
    pub(super) ends: Option<(DateTime<Utc>, Range<usize>)>,
    pub(super) summary: Option<String>,
    pub(super) draft: bool,
    pub(super) edited_at: Option<DateTime<Utc>>,
    pub(super) public_at: Option<DateTime<Utc>>,
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
pub(super) fn read(yaml: &str, cx: &Context<'_>, report: &mut Report<'_>) -> FrontMatter {
    let mut front = FrontMatter::default();
    let entries = match yaml::parse(yaml) {
        Ok(entries) => entries,
        Err(error) => {
            report.add(
                Severity::Error,
                error.place,
                format!("the front matter can't be read: {}", error.message),
                Some("quote texts that hold a colon or begin with a sign: title: \"…\"".to_owned()),
            );
            return front;
        }
    };
    let mut reader = Reader { yaml, cx, report };
    for (key, value) in &entries {
        reader.entry(key, value, &mut front);
    }
    let states_key = |name: &str| entries.iter().any(|(key, _)| key.name == name);
    for required in ["title", "date"] {
        if !states_key(required) {
            reader.report.add(
                Severity::Error,
                0..0,
                format!("the front matter has no \"{required}\""),
                Some(match required {
                    "title" => "add a line: title: \"Mail on Selma is down\"".to_owned(),
                    _ => "add a line: date: 2013-02-26 02:15".to_owned(),
                }),
            );
        }
    }
    reader.check_window(&front);
    front
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
            "date" => front.date = self.time(key, value),
            "starts" => front.starts = self.time(key, value).map(|t| (t.at, value.place.clone())),
            "ends" => front.ends = self.time(key, value).map(|t| (t.at, value.place.clone())),
            "edited_at" => front.edited_at = self.time(key, value).map(|t| t.at),
            "public_at" => front.public_at = self.time(key, value).map(|t| t.at),
            "kind" => {
                let words = Kind::ALL.map(Kind::as_str);
                front.kind = self.word(key, value, &words).and_then(|w| Kind::parse(&w));
            }
            "impact" => {
                let words = Impact::ALL.map(Impact::as_str);
                front.impact = self
                    .word(key, value, &words)
                    .and_then(|w| Impact::parse(&w));
            }
            "phase" => {
                let words = Phase::ALL.map(Phase::as_str);
                front.phase = self
                    .word(key, value, &words)
                    .and_then(|w| Phase::parse(&w))
                    .map(|phase| (phase, value.place.clone()));
            }
            "draft" => match value.node {
                Node::Bool(draft) => front.draft = draft,
                Node::Null => {}
                Node::Number | Node::Text(_) | Node::List(_) | Node::Map(_) => {
                    self.wrong(value, "\"draft\" is either true or false", None);
                }
            },
            "components" => front.components = Some(self.components(value)),
            _ => self.unknown_key(key),
        }
    }

    fn unknown_key(&mut self, key: &Key) {
        let near = nearest(&key.name, KEYS.into_iter());
        self.report.add(
            Severity::Warning,
            key.place.clone(),
            format!("there is no key \"{}\"; it is ignored", key.name),
            Some(match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the keys are: {}", KEYS.join(", ")),
            }),
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
                self.wrong(value, format!("\"{}\" is a text", key.name), Some(help));
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
                None,
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
            let help = "an id has letters, digits, hyphens and underscores".to_owned();
            self.wrong(value, format!("\"{id}\" can't be an id"), Some(help));
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

    fn time(&mut self, key: &Key, value: &Placed) -> Option<Resolved> {
        let text = self.text(key, value, true)?;
        let mut inner = Report::new("", &text, 1);
        let read = written_time::read(&text, self.cx, &mut inner);
        let help = "write it as \"2013-02-26\" or \"2013-02-26 02:15\", with a zone if it isn't \
                    the site's";
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
                self.wrong(value, message, Some(help.to_owned()));
                None
            }
        }
    }

    /// One of `words`, in any case, with spaces or hyphens for underscores.
    fn word(&mut self, key: &Key, value: &Placed, words: &[&str]) -> Option<String> {
        let text = self.text(key, value, true)?;
        let folded = text.to_lowercase().replace([' ', '-'], "_");
        if words.contains(&folded.as_str()) {
            return Some(folded);
        }
        let near = nearest(&folded, words.iter().copied());
        self.wrong(
            value,
            format!("\"{text}\" can't be a {}", key.name),
            Some(match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("it is one of: {}", words.join(", ")),
            }),
        );
        None
    }

    fn components(&mut self, value: &Placed) -> Vec<StateLine> {
        let mut lines = Vec::new();
        match &value.node {
            Node::Null => {}
            Node::Text(_) | Node::Number | Node::Bool(_) => {
                if let Some(component) = self.component(value) {
                    lines.push(named(component));
                }
            }
            Node::List(items) => {
                for item in items {
                    match &item.node {
                        Node::Map(entries) => self.component_map(entries, &mut lines),
                        Node::Null
                        | Node::Bool(_)
                        | Node::Number
                        | Node::Text(_)
                        | Node::List(_) => {
                            lines.extend(self.component(item).map(named));
                        }
                    }
                }
            }
            Node::Map(entries) => self.component_map(entries, &mut lines),
        }
        let mut once: Vec<StateLine> = Vec::new();
        for line in lines {
            if once.iter().any(|other| other.component == line.component) {
                let message = format!("\"{}\" is named twice; the first is taken", line.component);
                self.report
                    .add(Severity::Warning, value.place.clone(), message, None);
            } else {
                once.push(line);
            }
        }
        once
    }

    fn component_map(&mut self, entries: &[(Key, Placed)], lines: &mut Vec<StateLine>) {
        for (key, value) in entries {
            let name = Placed {
                node: Node::Text(key.name.clone()),
                place: key.place.clone(),
            };
            let Some(component) = self.component(&name) else {
                continue;
            };
            let (state, note) = self.state_and_note(value);
            lines.push(StateLine {
                component,
                state,
                note,
            });
        }
    }

    fn state_and_note(
        &mut self,
        value: &Placed,
    ) -> (Option<crate::domain::state::StateKey>, Option<String>) {
        let Node::Map(entries) = &value.node else {
            return (self.state(value), None);
        };
        let (mut state, mut note) = (None, None);
        for (key, value) in entries {
            match key.name.as_str() {
                "state" => state = self.state(value),
                "note" => note = self.text(key, value, false),
                _ => {
                    let near = nearest(&key.name, ["state", "note"].into_iter());
                    self.report.add(
                        Severity::Warning,
                        key.place.clone(),
                        format!("there is no key \"{}\" here; it is ignored", key.name),
                        Some(near.map_or_else(
                            || "the keys are: state, note".to_owned(),
                            |near| format!("did you mean \"{near}\"?"),
                        )),
                    );
                }
            }
        }
        (state, note)
    }

    fn state(&mut self, value: &Placed) -> Option<crate::domain::state::StateKey> {
        let Node::Text(word) = &value.node else {
            if value.node != Node::Null {
                self.wrong(value, "a state is one word, such as \"degraded\"", None);
            }
            return None;
        };
        let found = self.cx.states.find_by_word(word);
        if found.is_none() {
            let known: Vec<&str> = self
                .cx
                .states
                .iter()
                .filter(|state| !state.dropped)
                .map(|state| state.key.as_str())
                .collect();
            let near = nearest(word, known.iter().copied());
            self.report.add(
                Severity::Warning,
                value.place.clone(),
                format!("\"{word}\" is not a state; the component is only named"),
                Some(match near {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("the states are: {}", known.join(", ")),
                }),
            );
        }
        found.map(|state| state.key.clone())
    }

    fn component(&mut self, value: &Placed) -> Option<Slug> {
        let word = match &value.node {
            Node::Text(word) => word.clone(),
            Node::Number | Node::Bool(_) => self.yaml.get(value.place.clone())?.to_owned(),
            Node::Null => return None,
            Node::List(_) | Node::Map(_) => {
                self.wrong(value, "a component is named by its slug", None);
                return None;
            }
        };
        let wanted = word.trim().to_lowercase();
        let found =
            self.cx.components.iter().find(|(slug, name)| {
                slug.as_str() == wanted || name.trim().to_lowercase() == wanted
            });
        if found.is_none() {
            let slugs = self.cx.components.iter().map(|(slug, _)| slug.as_str());
            let near = nearest(&word, slugs);
            self.report.add(
                Severity::Warning,
                value.place.clone(),
                format!("there is no component \"{word}\"; it is left out"),
                Some(match near {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => "add it to site.toml, under [[components]]".to_owned(),
                }),
            );
        }
        found.map(|(slug, _)| slug.clone())
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
            return;
        }
        for (name, window) in [("starts", &front.starts), ("ends", &front.ends)] {
            if let Some((_, place)) = window {
                self.report.add(
                    Severity::Warning,
                    place.clone(),
                    format!("\"{name}\" says nothing of a post that is no maintenance"),
                    Some("add a line: kind: maintenance".to_owned()),
                );
            }
        }
    }
}

fn named(component: Slug) -> StateLine {
    StateLine {
        component,
        state: None,
        note: None,
    }
}
