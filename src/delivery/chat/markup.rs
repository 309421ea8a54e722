//! Writes passages in a markup.

use crate::render::markdown::{Passage, PassageKind, Span};

/// Deeper lists aren't indented further.
const MAX_DEPTH: usize = 4;

/// How a service writes what a passage says. Everything that it doesn't write itself goes through
/// `escape`, so no text can be taken for markup.
pub(super) struct Markup {
    /// A text without line ends, so that it is shown as it is.
    pub(super) escape: fn(&str) -> String,
    /// What stands around bold text.
    pub(super) strong: [&'static str; 2],
    /// What stands around text in italics.
    pub(super) emphasis: [&'static str; 2],
    /// What stands around text that is crossed out.
    pub(super) struck: [&'static str; 2],
    /// A text without line ends as code.
    pub(super) code: fn(&str) -> String,
    /// Lines of code.
    pub(super) code_block: fn(&str) -> String,
    /// A link: its text, written already, and its URL.
    pub(super) link: fn(&str, &str) -> String,
    /// A quotation: what is in it, written already.
    pub(super) quote: fn(&str) -> String,
    /// A line end.
    pub(super) line_end: &'static str,
}

/// Writes passages.
pub(super) fn write(markup: &Markup, passages: &[Passage]) -> String {
    let mut out = String::new();
    let mut before: Option<PassageKind> = None;
    for passage in passages {
        if let Some(before) = before {
            let is_close = matches!(
                (before, passage.kind),
                (PassageKind::Item(_), PassageKind::Item(_)) | (PassageKind::Row, PassageKind::Row)
            );
            let lines = if is_close { 1 } else { 2 };
            out.push_str(&markup.line_end.repeat(lines));
        }
        out.push_str(&written(markup, passage));
        before = Some(passage.kind);
    }
    out
}

fn written(markup: &Markup, passage: &Passage) -> String {
    let text = match passage.kind {
        PassageKind::Paragraph | PassageKind::Row => spans(markup, &passage.spans),
        PassageKind::Heading => {
            let mut strong = passage.spans.clone();
            strong
                .iter_mut()
                .for_each(|span| span.style.is_strong = true);
            spans(markup, &strong)
        }
        PassageKind::Item(number) => {
            let mark = number.map_or_else(|| "•".to_owned(), |number| format!("{number}."));
            format!("{mark} {}", spans(markup, &passage.spans))
        }
        PassageKind::Code => (markup.code_block)(&passage.text()),
        PassageKind::Rule => "———".to_owned(),
    };
    // A list's own first level stands at the margin. No service takes this space for markup.
    let indent = passage.depth.saturating_sub(1).min(MAX_DEPTH);
    let text = format!("{}{text}", "\u{2003}".repeat(indent));
    match passage.is_quoted {
        true => (markup.quote)(&text),
        false => text,
    }
}

fn spans(markup: &Markup, spans: &[Span]) -> String {
    let mut out = String::new();
    for span in spans {
        let lines = span.text.split('\n').map(|line| piece(markup, span, line));
        out.push_str(&lines.collect::<Vec<_>>().join(markup.line_end));
    }
    out
}

/// A part of a line. Spaces stay outside its marks, where they can't break them.
fn piece(markup: &Markup, span: &Span, text: &str) -> String {
    let core = text.trim();
    if core.is_empty() {
        return text.to_owned();
    }
    let start = text.len() - text.trim_start().len();
    let (before, after) = (&text[..start], &text[start + core.len()..]);
    let mut written = match span.style.is_code {
        true => (markup.code)(core),
        false => (markup.escape)(core),
    };
    if let Some(url) = &span.url {
        written = (markup.link)(&written, url);
    }
    let marks = [
        (span.style.is_struck, markup.struck),
        (span.style.is_emphasis, markup.emphasis),
        (span.style.is_strong, markup.strong),
    ];
    for (is_on, [open, close]) in marks {
        if is_on {
            written = format!("{open}{written}{close}");
        }
    }
    format!("{before}{written}{after}")
}
