//! Reads single values of front matter.

use chrono::TimeDelta;

use crate::content::problem::Severity;
use crate::content::update_entries::Context;
use crate::content::update_entries::report::Report;
use crate::content::update_entries::resolution::Resolved;
use crate::content::written_time;
use crate::content::yaml::{Key, Node, Placed, YamlError};
use crate::domain::incident::{Impact, Kind};
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;

/// Reports that front matter isn't YAML.
pub(super) fn unreadable(error: YamlError, report: &mut Report<'_>) {
    report.add(
        Severity::Error,
        error.place,
        format!("the front matter can't be read: {}", error.message),
        Some(error.help),
    );
}

/// Reads values and reports the mistakes in them.
pub(super) struct Reader<'a, 'b, 'c> {
    pub(super) yaml: &'a str,
    pub(super) cx: &'a Context<'b>,
    pub(super) report: &'a mut Report<'c>,
}

impl Reader<'_, '_, '_> {
    pub(super) fn wrong(
        &mut self,
        value: &Placed,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.report
            .add(Severity::Error, value.place.clone(), message, help);
    }

    /// A text; numbers and booleans are taken as typed.
    pub(super) fn text(&mut self, key: &Key, value: &Placed, required: bool) -> Option<String> {
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

    pub(super) fn id(&mut self, key: &Key, value: &Placed) -> Option<String> {
        let id = self.text(key, value, true)?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if id.len() > 100 || !id.bytes().all(plain) {
            let help = "an id may have letters, digits, hyphens and underscores".to_owned();
            self.wrong(value, format!("\"{id}\" isn't a valid id"), Some(help));
            return None;
        }
        Some(id)
    }

    pub(super) fn slug(&mut self, key: &Key, value: &Placed) -> Option<Slug> {
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

    /// The current time as an example, in the site's zone: `2013-02-26 02:15`.
    pub(super) fn now(&self) -> String {
        let now = self.cx.now.with_timezone(&self.cx.zone);
        now.format("%Y-%m-%d %H:%M").to_string()
    }

    /// Tomorrow at ten in the evening, as an example of a planned time.
    pub(super) fn tomorrow(&self) -> String {
        let tomorrow = self.cx.now.with_timezone(&self.cx.zone) + TimeDelta::days(1);
        tomorrow.format("%Y-%m-%d 22:00").to_string()
    }

    pub(super) fn time(&mut self, key: &Key, value: &Placed) -> Option<Resolved> {
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

    pub(super) fn kind(&mut self, key: &Key, value: &Placed) -> Option<Kind> {
        let word = self.word(key, value, &Kind::ALL.map(Kind::as_str))?;
        Kind::parse(&word)
    }

    pub(super) fn impact(&mut self, key: &Key, value: &Placed) -> Option<Impact> {
        let word = self.word(key, value, &Impact::ALL.map(Impact::as_str))?;
        Impact::parse(&word)
    }

    pub(super) fn phase(&mut self, key: &Key, value: &Placed) -> Option<Phase> {
        let word = self.word(key, value, &Phase::ALL.map(Phase::as_str))?;
        Phase::parse(&word)
    }

    /// One of `words`, in any case, with spaces or hyphens for underscores.
    pub(super) fn word(&mut self, key: &Key, value: &Placed, words: &[&str]) -> Option<String> {
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
}
