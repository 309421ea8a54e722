//! An incident being written: how the reader will read it, and texts that read back unchanged.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use crate::content::update_entries::{Context, Reading, literal, read};
use crate::content::written_time;
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::{State, StateKey, States, Tone};
use crate::domain::update::Precision;

/// The components and states that the incident names, as the reader will know them.
pub(super) struct KnownNames {
    pub(super) components: Vec<(Slug, String)>,
    states: States,
    nothing: BTreeMap<String, chrono::FixedOffset>,
}

impl KnownNames {
    pub(super) fn of(incident: &Incident, name_of: &dyn Fn(&Slug) -> String) -> Self {
        let components = incident
            .components()
            .into_iter()
            .map(|slug| (slug.clone(), name_of(slug)))
            .collect();
        let built_in = States::default();
        let mut own: Vec<State> = Vec::new();
        for change in incident.all_changes() {
            let new = built_in.find(&change.state).is_none()
                && own.iter().all(|state| state.key != change.state);
            if new {
                own.push(stand_in(&change.state));
            }
        }
        Self {
            components,
            states: States::with_own(own),
            nothing: BTreeMap::new(),
        }
    }
}

/// A placeholder for a state of which only the key matters here.
pub(super) fn stand_in(key: &StateKey) -> State {
    State {
        key: key.clone(),
        label: key.to_string(),
        reads: String::new(),
        tone: Tone::Warn,
        down_permille: 0,
        statuspage: String::new(),
        dropped: false,
    }
}

/// An incident being written.
pub(super) struct Writer<'a> {
    pub(super) incident: &'a Incident,
    pub(super) site: &'a SiteSettings,
    pub(super) known: &'a KnownNames,
}

/// The year 9000.
const FAR_AHEAD: DateTime<Utc> = match DateTime::from_timestamp(221_845_392_000, 0) {
    Some(at) => at,
    None => DateTime::<Utc>::MIN_UTC,
};

impl Writer<'_> {
    /// The context in which the reader will read the file.
    pub(super) fn context(&self) -> Context<'_> {
        Context {
            file: "",
            first_line: 1,
            zone: self.site.zone,
            date_order: self.site.date_order(),
            zones: if self.site.zones.is_empty() {
                &self.known.nothing
            } else {
                &self.site.zones
            },
            posted_at: self.incident.published_at,
            posted_precision: self.incident.precision,
            now: self.far_ahead(),
            components: &self.known.components,
            groups: &[],
            states: &self.known.states,
            starts: None,
            kept: None,
        }
    }

    /// A clock that is later than every update and every time that the text may announce.
    fn far_ahead(&self) -> DateTime<Utc> {
        let latest = self
            .incident
            .updates
            .iter()
            .map(|update| update.at)
            .fold(self.incident.published_at, DateTime::max)
            .max(FAR_AHEAD);
        latest
            .checked_add_signed(Duration::days(1))
            .unwrap_or(latest)
    }

    /// The post as Markdown, or as a literal text if it would read differently.
    pub(super) fn post(&self) -> String {
        let text = clean(&self.incident.markdown);
        let same = |written: &str| {
            let reading = read(&format!("\n{written}\n\n{SENTINEL}"), &self.context());
            reading.markdown == text && ends_in_sentinel(&reading) && reading.entries.len() == 1
        };
        if text.is_empty() || (!has_fence(&text) && same(&text)) {
            return text;
        }
        as_literal(&text)
    }

    /// An instant for people, in a form that reads back as the same instant.
    pub(super) fn time(&self, at: DateTime<Utc>, precision: Precision) -> String {
        written_time::render(at, precision, self.site.zone, &self.context())
    }
}

/// An entry put after a text to check that the text doesn't swallow it.
pub(super) const SENTINEL: &str =
    "## UPDATE 2000-01-01 00:00 UTC\n\n<!-- id: sentinel -->\n\nsentinel\n";

pub(super) fn ends_in_sentinel(reading: &Reading) -> bool {
    reading
        .entries
        .last()
        .is_some_and(|last| last.markdown == "sentinel" && last.id.as_deref() == Some("sentinel"))
}

/// A text as files can hold it: `\n` as line end, no NUL.
pub(super) fn clean(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .replace('\0', "\u{fffd}")
}

/// Whether a line of the text would begin or end a literal text.
pub(super) fn has_fence(text: &str) -> bool {
    text.lines().any(|line| literal::fence(line).is_some())
}

/// A text between the comments that make it a literal text.
pub(super) fn as_literal(text: &str) -> String {
    let taken = |word: &str| {
        text.lines()
            .filter_map(literal::fence)
            .any(|(_, other)| other == word)
    };
    let mut word = String::new();
    let mut number = 1_u32;
    while taken(&word) {
        number += 1;
        word = number.to_string();
    }
    let space = if word.is_empty() { "" } else { " " };
    format!("<!-- text{space}{word} -->\n{text}\n<!-- end of text{space}{word} -->")
}
