//! What a message consists of. Its plain text and its HTML are written from the same blocks, so they
//! can't differ in what they say.

use crate::domain::state::Tone;
use crate::render::markdown::SafeHtml;

/// A part of a message.
#[derive(Debug, Clone)]
pub(super) enum Block {
    /// A small line: the site and the time.
    Meta(String),
    /// What the message is about.
    Title(String),
    /// What begins a part of a message with several.
    Heading(String),
    /// Where something stands, in the colour of a tone.
    Phase(String, Tone),
    /// A line that stands out.
    Strong(String),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A paragraph in small print.
    Small(Vec<Span>),
    /// Changes of state.
    Changes(Vec<ChangeLine>),
    /// A text that somebody wrote.
    Text(SafeHtml),
    /// A link that stands out.
    Button(Link),
    /// A list of posts.
    Posts(Vec<PostLine>),
    /// A line between the message and what comes with every message.
    Rule,
}

/// A part of a paragraph.
#[derive(Debug, Clone)]
pub(super) enum Span {
    Plain(String),
    Strong(String),
    Link(Link),
}

impl Span {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    pub(super) fn strong(text: impl Into<String>) -> Self {
        Self::Strong(text.into())
    }

    pub(super) fn link(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self::Link(Link::new(text, url))
    }
}

/// A link with an absolute URL.
#[derive(Debug, Clone)]
pub(super) struct Link {
    pub(super) text: String,
    pub(super) url: String,
}

impl Link {
    pub(super) fn new(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            url: url.into(),
        }
    }
}

/// A change of state.
#[derive(Debug, Clone)]
pub(in crate::render) struct ChangeLine {
    /// What changed, in words.
    pub(in crate::render) words: String,
    /// The tone of the new state.
    pub(in crate::render) tone: Tone,
    /// The line for customers.
    pub(in crate::render) note: Option<String>,
}

/// A post in a list.
#[derive(Debug, Clone)]
pub(super) struct PostLine {
    /// Its title, which leads to its page.
    pub(super) link: Link,
    /// Where it stands, and since when.
    pub(super) meta: String,
    /// What was said last.
    pub(super) text: String,
}
