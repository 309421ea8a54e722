//! A message, and a message to many readers, made once.

use maud::{Markup, PreEscaped, html};

use super::block::Block;
use super::footer::{self, About};
use super::reader::Reader;
use super::{as_html, as_text, frame, subject};
use crate::render::xml::allowed;
use crate::snapshot::Snapshot;

/// A message as one reader gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// What it is about, on one line.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// The same as an HTML document.
    pub html: String,
}

/// A message that many readers get, without what differs from reader to reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broadcast {
    subject: String,
    about: About,
    text: String,
    /// What stands before and after the reader's part.
    html: [String; 2],
}

/// Where the reader's part goes. It can't come from a text: control characters are removed.
const SLOT: char = '\u{0}';

impl Broadcast {
    /// The message that these blocks are.
    pub(super) fn new(snapshot: &Snapshot, subject: &str, blocks: &[Block], about: About) -> Self {
        let subject = subject::limited(subject);
        let site = &snapshot.site;
        let content = html! {
            (as_html::of_blocks(&site.brand, blocks))
            (PreEscaped(SLOT.to_string()))
        };
        let html = frame::document(site, &subject, &content).into_string();
        // The last one is ours.
        let (before, after) = html.rsplit_once(SLOT).unwrap_or((&html, ""));
        Self {
            text: allowed(&as_text::of_blocks(blocks)).into_owned(),
            html: [before, after].map(|part| allowed(part).into_owned()),
            subject,
            about,
        }
    }

    /// The message as one reader gets it.
    pub fn to_reader(&self, snapshot: &Snapshot, reader: &Reader<'_>) -> Mail {
        self.ending_in(snapshot, &footer::blocks(snapshot, &self.about, reader))
    }

    /// The message with an end of its own.
    pub(super) fn ending_in(&self, snapshot: &Snapshot, end: &[Block]) -> Mail {
        let footer: Markup = as_html::of_blocks(&snapshot.site.brand, end);
        let [before, after] = &self.html;
        let text = match end {
            [] => self.text.clone(),
            end => format!("{}\n{}", self.text, allowed(&as_text::of_blocks(end))),
        };
        Mail {
            subject: self.subject.clone(),
            text,
            html: format!("{before}{}{after}", allowed(&footer.into_string())),
        }
    }
}
