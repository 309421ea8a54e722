//! TOML tables whose keys are taken one by one; a key that is left over is unknown.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::Severity;
use super::update_entries::report::Report;
use crate::domain::nearest::nearest;

/// A table being read, with the report that collects its problems.
pub(super) struct Table<'t, 'i, 'r, 'x> {
    entries: Vec<(&'t str, Range<usize>, &'t Spanned<DeValue<'i>>)>,
    place: Range<usize>,
    known: Vec<&'static str>,
    pub(super) report: &'r mut Report<'x>,
}

/// A value and its place.
pub(super) struct Value<'t, 'i> {
    pub(super) value: &'t DeValue<'i>,
    pub(super) place: Range<usize>,
}

impl<'t, 'i, 'r, 'x> Table<'t, 'i, 'r, 'x> {
    pub(super) fn new(
        table: &'t DeTable<'i>,
        place: Range<usize>,
        report: &'r mut Report<'x>,
    ) -> Self {
        let entries = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
            .collect();
        Self {
            entries,
            place,
            known: Vec::new(),
            report,
        }
    }

    /// Takes a key.
    pub(super) fn take(&mut self, key: &'static str) -> Option<Value<'t, 'i>> {
        self.known.push(key);
        let index = self.entries.iter().position(|(name, _, _)| *name == key)?;
        let (_, _, value) = self.entries.swap_remove(index);
        Some(Value {
            value: value.get_ref(),
            place: value.span(),
        })
    }

    /// Takes a key that must hold a text; an empty text counts as missing.
    pub(super) fn text(&mut self, key: &'static str) -> Option<(String, Range<usize>)> {
        let value = self.take(key)?;
        let Some(text) = value.value.as_str() else {
            self.error(
                value.place,
                format!("\"{key}\" must be text, in quotes"),
                None,
            );
            return None;
        };
        // The check of the file's bytes can't see an escaped NUL, and no database accepts it.
        if text.contains('\0') {
            let help = "remove \\u0000".to_owned();
            self.error(value.place, format!("\"{key}\" contains a NUL"), Some(help));
            return None;
        }
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        Some((text.to_owned(), value.place))
    }

    /// Takes a required key that must hold a text.
    pub(super) fn required_text(&mut self, key: &'static str) -> Option<(String, Range<usize>)> {
        let is_there = self.entries.iter().any(|(name, _, _)| *name == key);
        let before = self.report.error_count();
        let found = self.text(key);
        if found.is_none() && self.report.error_count() == before {
            let what = if is_there { "is empty" } else { "is missing" };
            let place = self.place.clone();
            self.error(
                place,
                format!("\"{key}\" {what}"),
                Some(format!("add {key} = \"…\"")),
            );
        }
        found
    }

    /// Reports an error.
    pub(super) fn error(&mut self, place: Range<usize>, message: String, help: Option<String>) {
        self.report.add(Severity::Error, place, message, help);
    }

    /// Warns about the keys that weren't taken.
    pub(super) fn finish(self) {
        for (key, place, _) in &self.entries {
            let near = nearest(key, self.known.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the keys here are: {}", self.known.join(", ")),
            };
            self.report.add(
                Severity::Warning,
                place.clone(),
                format!("there is no key \"{key}\" here; it is ignored"),
                Some(help),
            );
        }
    }
}
