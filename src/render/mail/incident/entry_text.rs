//! What a message about an incident says of an entry: its phase, its changes and its text, as blocks.

use super::entries::Entry;
use crate::domain::component::Origin;
use crate::domain::incident::Incident;
use crate::domain::update::{Phase, Precision};
use crate::render::html::parts::phase_tone;
use crate::render::mail::block::{Block, Span};
use crate::render::mail::changes;
use crate::render::markdown::{POST_ANCHOR, first_sentences, to_html_for_mail};
use crate::render::messages::{mail as messages, text_of};
use crate::render::{self, time};
use crate::snapshot::Snapshot;
use crate::urls;

/// How much Markdown a message shows in full, in bytes. What comes after is shown by its beginning:
/// some mail programs cut messages of over 100 KB, and with them the way to leave.
const MAX_BYTES: usize = 24_000;

/// Maximum length of a text's beginning, in characters.
const BEGINNING_CHARS: usize = 600;

/// Writes entries, one after the other.
pub(super) struct Writer<'a> {
    snapshot: &'a Snapshot,
    incident: &'a Incident,
    /// Whether each entry has a heading, because there are several.
    has_headings: bool,
    /// How much Markdown can still be shown in full.
    bytes_left: usize,
}

impl<'a> Writer<'a> {
    /// Begins a message with this many entries.
    pub(super) fn new(snapshot: &'a Snapshot, incident: &'a Incident, entries: usize) -> Self {
        Self {
            snapshot,
            incident,
            has_headings: entries > 1,
            bytes_left: MAX_BYTES,
        }
    }

    /// An entry: its heading or phase, what it is, its changes and its text.
    pub(super) fn blocks(&mut self, entry: Entry<'_>) -> Vec<Block> {
        let mut blocks = Vec::new();
        match (self.has_headings, entry.phase(self.incident)) {
            (true, phase) => blocks.push(self.heading(entry, phase)),
            (false, Some(phase)) => {
                let words = phase_words(self.snapshot, self.incident, phase);
                blocks.push(Block::Phase(words, phase_tone(phase)));
            }
            (false, None) => {}
        }
        let what = what_it_is(self.snapshot, self.incident, entry);
        blocks.extend(what.map(|words| Block::Paragraph(vec![Span::plain(words)])));
        let made = entry.changes(self.incident);
        if made.iter().any(|change| change.origin == Origin::Plan) {
            let intro = Span::plain(messages::when_it_starts());
            blocks.push(Block::Small(vec![intro]));
        }
        if !made.is_empty() {
            let at = entry.update().map(|update| update.at);
            let at = at.unwrap_or(self.incident.published_at);
            blocks.push(Block::Changes(changes::lines(self.snapshot, at, &made)));
        }
        blocks.extend(self.text(entry));
        blocks
    }

    /// "Monitoring · February 26 at 2:15 am MST".
    fn heading(&self, entry: Entry<'_>, phase: Option<Phase>) -> Block {
        let what = match entry {
            Entry::Post => messages::kind(self.incident.kind).to_owned(),
            Entry::Update(_) => match phase {
                Some(phase) => phase_words(self.snapshot, self.incident, phase),
                None => messages::update().to_owned(),
            },
            Entry::Correction { .. } => messages::correction().to_owned(),
            Entry::Reminder { .. } => messages::reminder().to_owned(),
        };
        Block::Heading(match when(self.snapshot, self.incident, entry) {
            Some(when) => format!("{what} · {when}"),
            None => what,
        })
    }

    /// The text of an entry, or its beginning if it is too long. A reminder has the beginning of
    /// the post, which says what the maintenance is about.
    fn text(&mut self, entry: Entry<'_>) -> Option<Block> {
        let (markdown, anchor) = match entry.update() {
            Some(update) => (
                text_of(update),
                format!("{}-", urls::update_anchor(&update.id)),
            ),
            None => (
                self.incident.markdown.as_str().into(),
                POST_ANCHOR.to_owned(),
            ),
        };
        if markdown.trim().is_empty() {
            return None;
        }
        let is_whole = match entry {
            Entry::Post | Entry::Update(_) | Entry::Correction { .. } => true,
            Entry::Reminder { .. } => false,
        };
        match self.bytes_left.checked_sub(markdown.len()) {
            Some(left) if is_whole => {
                self.bytes_left = left;
                let page = page_of(self.snapshot, self.incident);
                let top = if self.has_headings { 3 } else { 2 };
                let html = to_html_for_mail(&markdown, &page, &anchor, top);
                Some(Block::Text(html))
            }
            _ => {
                let beginning = first_sentences(&markdown, BEGINNING_CHARS);
                Some(Block::Paragraph(vec![Span::plain(beginning)]))
            }
        }
    }
}

/// The URL of an incident's page.
pub(in crate::render) fn page_of(snapshot: &Snapshot, incident: &Incident) -> String {
    urls::absolute(&snapshot.site.base_url, &urls::incident(&incident.slug))
}

/// The time of an entry in words, if it has one.
pub(in crate::render) fn when(
    snapshot: &Snapshot,
    incident: &Incident,
    entry: Entry<'_>,
) -> Option<String> {
    let (at, precision): (_, Precision) = entry.at(incident)?;
    Some(render::frame_of(snapshot).moment(at, precision))
}

/// The name of a phase; of the normal end of something that took time, with how long it took.
pub(in crate::render) fn phase_words(
    snapshot: &Snapshot,
    incident: &Incident,
    phase: Phase,
) -> String {
    let label = phase.label();
    let lasted = incident.lasted(snapshot.until);
    let lasted = lasted.filter(|_| phase == incident.kind.resolving_phase());
    match lasted.and_then(|lasted| lasted.length()) {
        Some(length) => messages::lasted(label, &time::duration(length)),
        None => label.to_owned(),
    }
}

/// A sentence on what an entry is that isn't news of its own.
pub(in crate::render) fn what_it_is(
    snapshot: &Snapshot,
    incident: &Incident,
    entry: Entry<'_>,
) -> Option<String> {
    let frame = render::frame_of(snapshot);
    match entry {
        Entry::Correction { of, .. } => {
            let (at, precision) = of
                .map_or((incident.published_at, incident.precision), |update| {
                    (update.at, update.precision)
                });
            Some(messages::corrects(&frame.moment(at, precision)))
        }
        Entry::Reminder { starts } => Some(messages::remind(&frame.instant(starts))),
        Entry::Post | Entry::Update(_) => None,
    }
}
