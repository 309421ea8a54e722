//! A message to a chat, and how much of it is told where it doesn't fit.

use super::cut::cut;
use crate::domain::state::Tone;
use crate::render::mail::colours::of_tone;
use crate::render::markdown::{Passage, PassageKind, Span, without_controls};
use crate::render::messages::mail as messages;

/// The longest text that is told in full, in characters. A chat is read on a phone, between other
/// messages.
const READABLE_CHARS: usize = 3000;
/// How long a line of ours may be, in units of UTF-16.
const LINE_UNITS: usize = 240;
/// How long a title may be, or the text of a link.
const SHORT_UNITS: usize = 120;
/// How many changes are listed.
const MAX_CHANGES: usize = 15;
/// How many of them where there is little room.
const FEW_CHANGES: usize = 4;

/// A message to a chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// All of it on one line, for notifications.
    pub summary: String,
    /// What it is about, on one line.
    pub title: String,
    /// How bad it is.
    pub tone: Tone,
    /// Where things stand, if it says so: "Resolved after 2 h".
    pub phase: Option<String>,
    /// Sentences of ours: what is planned for when, what this corrects.
    pub notes: Vec<String>,
    /// Changes of state.
    pub changes: Vec<Change>,
    /// What stands above the changes, if they are only planned.
    pub changes_intro: Option<String>,
    /// What somebody wrote.
    pub text: Vec<Passage>,
    /// Its beginning: a few sentences.
    pub beginning: String,
    /// The page with all of it.
    pub link: Link,
    /// Whose page it is, and when this was said.
    pub footer: String,
}

/// A change of state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changed, in words.
    pub words: String,
    /// The tone of the new state.
    pub tone: Tone,
    /// The line for customers.
    pub note: Option<String>,
}

/// A link with an absolute URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it is called.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// How much of a message is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// All of it.
    Whole,
    /// Everything but the text, of which there is the beginning.
    Beginning,
    /// A short beginning, and few changes.
    Brief,
    /// Only where things stand.
    Least,
}

impl Detail {
    /// Every one, the most first. The last fits everywhere.
    pub const ALL: [Self; 4] = [Self::Whole, Self::Beginning, Self::Brief, Self::Least];
}

impl Message {
    /// The title with the sign of its tone, on one line that isn't too long.
    pub fn heading(&self) -> String {
        format!("{} {}", symbol(self.tone), short(&self.title))
    }

    /// What the link is called, on one line that isn't too long.
    pub fn link_text(&self) -> String {
        short(&self.link.text)
    }

    /// The line at the end.
    pub fn end(&self) -> String {
        line(&self.footer)
    }

    /// The colour of its tone, as `#rrggbb`.
    pub fn colour(&self) -> &'static str {
        of_tone(self.tone).light
    }

    /// Everything between the title and the link. `None` if it is too much to read.
    pub fn body(&self, detail: Detail) -> Option<Vec<Passage>> {
        let mut body = Vec::new();
        let paragraph = |span| Passage::new(PassageKind::Paragraph, vec![span]);
        body.extend(
            self.phase
                .as_deref()
                .map(|it| paragraph(Span::strong(line(it)))),
        );
        let (changes, text) = match detail {
            Detail::Least => return Some(body),
            Detail::Brief => (FEW_CHANGES, self.beginning(LINE_UNITS)),
            Detail::Beginning => (MAX_CHANGES, self.beginning(3 * LINE_UNITS)),
            Detail::Whole => {
                let chars = |passage: &Passage| passage.text().chars().count() + 1;
                if self.text.iter().map(chars).sum::<usize>() > READABLE_CHARS {
                    return None;
                }
                (MAX_CHANGES, self.text.clone())
            }
        };
        body.extend(self.notes.iter().map(|it| paragraph(Span::plain(line(it)))));
        let intro = self.changes_intro.as_deref();
        body.extend(intro.map(|it| paragraph(Span::plain(line(it)))));
        let listed = self.changes.iter().take(changes);
        body.extend(listed.map(|change| change_line(change, detail)));
        let more = self.changes.len().saturating_sub(changes);
        if more > 0 {
            body.push(paragraph(Span::plain(messages::more_changes(more))));
        }
        body.extend(text);
        Some(body)
    }

    fn beginning(&self, max_units: usize) -> Vec<Passage> {
        let text = cut(&without_controls(&self.beginning), max_units);
        match text.is_empty() {
            true => Vec::new(),
            false => vec![Passage::new(
                PassageKind::Paragraph,
                vec![Span::plain(text)],
            )],
        }
    }
}

fn change_line(change: &Change, detail: Detail) -> Passage {
    let words = format!("{} {}", symbol(change.tone), line(&change.words));
    let mut spans = vec![Span::strong(words)];
    let has_note = match detail {
        Detail::Whole | Detail::Beginning => true,
        Detail::Brief | Detail::Least => false,
    };
    if let Some(note) = change.note.as_deref().filter(|_| has_note) {
        spans.push(Span::plain(format!("\n{}", line(note))));
    }
    Passage::new(PassageKind::Row, spans)
}

/// A text on one line that isn't too long.
fn line(text: &str) -> String {
    cut(&crate::render::mail::subject::line(text), LINE_UNITS)
}

/// A text on a line of its own, with nothing beside it.
fn short(text: &str) -> String {
    cut(&crate::render::mail::subject::line(text), SHORT_UNITS)
}

/// A sign for a tone. Each has a shape of its own, so nobody depends on the colour; words always
/// stand beside it.
fn symbol(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "✅",
        Tone::Info => "🔧",
        Tone::Warn => "⚠️",
        Tone::Mid => "🔶",
        Tone::Bad => "🔴",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let change = |number: usize| Change {
            words: format!("Server {number}: Degraded"),
            tone: Tone::Warn,
            note: Some("Mail is slow.".to_owned()),
        };
        Message {
            summary: String::new(),
            title: "Selma is down".to_owned(),
            tone: Tone::Bad,
            phase: Some("Identified".to_owned()),
            notes: vec!["A note.".to_owned()],
            changes: (0..17).map(change).collect(),
            changes_intro: None,
            text: vec![Passage::new(
                PassageKind::Paragraph,
                vec![Span::plain("word ".repeat(600))],
            )],
            beginning: "word ".repeat(100),
            link: Link {
                text: String::new(),
                url: String::new(),
            },
            footer: String::new(),
        }
    }

    #[test]
    fn what_is_too_long_to_read_is_told_by_its_beginning() {
        let mut message = message();
        assert_eq!(message.body(Detail::Whole), None);
        let body = message.body(Detail::Beginning).expect("a body");
        let text: Vec<String> = body.iter().map(Passage::text).collect();
        assert_eq!(text[0], "Identified");
        assert_eq!(text[1], "A note.");
        assert_eq!(text[2], "⚠️ Server 0: Degraded\nMail is slow.");
        assert_eq!(text[17], "and 2 more changes");
        assert!(text[18].starts_with("word word"));
        message.text[0].spans[0].text.truncate(500);
        assert!(message.body(Detail::Whole).is_some());
    }

    #[test]
    fn the_less_room_the_less_is_told() {
        let message = message();
        let units = |detail| {
            let body = message.body(detail);
            let text: String = body.unwrap_or_default().iter().map(Passage::text).collect();
            text.len()
        };
        assert!(units(Detail::Beginning) > units(Detail::Brief));
        assert!(units(Detail::Brief) > units(Detail::Least));
        assert_eq!(units(Detail::Least), "Identified".len());
    }

    #[test]
    fn every_tone_has_a_sign_of_its_own() {
        let mut signs = Tone::ALL.map(symbol).to_vec();
        signs.dedup();
        assert_eq!(signs.len(), Tone::ALL.len());
    }
}
