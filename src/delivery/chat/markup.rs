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
    /// Whether code and quotations stand apart by themselves, so that no empty line goes before or
    /// after them.
    pub(super) blocks_stand_apart: bool,
}

/// Writes passages.
pub(super) fn write(markup: &Markup, passages: &[Passage]) -> String {
    let mut out = String::new();
    let mut before: Option<&Passage> = None;
    let runs = passages.chunk_by(|one, next| one.is_quoted == next.is_quoted);
    for run in runs {
        let Some(first) = run.first() else { continue };
        if let Some(before) = before {
            out.push_str(&gap(markup, before, first));
        }
        let mut text = String::new();
        for (at, passage) in run.iter().enumerate() {
            if at > 0 {
                text.push_str(&gap_within(markup, &run[at - 1], passage));
            }
            text.push_str(&written(markup, passage));
        }
        out.push_str(&match first.is_quoted {
            true => (markup.quote)(&text),
            false => text,
        });
        before = run.last();
    }
    out
}

/// What stands between a quotation and what goes before or after it.
fn gap(markup: &Markup, before: &Passage, passage: &Passage) -> String {
    match markup.blocks_stand_apart {
        true => String::new(),
        false => gap_within(markup, before, passage),
    }
}

/// What stands between two passages that are both quoted, or both not.
fn gap_within(markup: &Markup, before: &Passage, passage: &Passage) -> String {
    let is_code = [before, passage]
        .iter()
        .any(|it| it.kind == PassageKind::Code);
    let is_close = matches!(
        (before.kind, passage.kind),
        (PassageKind::Item(_), PassageKind::Item(_)) | (PassageKind::Row, PassageKind::Row)
    );
    let lines = match (is_code && markup.blocks_stand_apart, is_close) {
        (true, _) => 0,
        (false, true) => 1,
        (false, false) => 2,
    };
    markup.line_end.repeat(lines)
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
    format!("{}{text}", "\u{2003}".repeat(indent))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::chat::html::{GOOGLE_CHAT, MATRIX};
    use crate::delivery::chat::plain::PLAIN;
    use crate::render::markdown::passages;

    #[test]
    fn a_quotation_is_one_and_stands_apart_once() {
        let text = "Before.\n\n> One.\n>\n> Two.\n\nAfter.\n\n```\ncode\n```\n\nThe end.";
        let passages = passages(text, "https://status.example.com/");
        assert_eq!(
            write(&MATRIX, &passages),
            "Before.<blockquote>One.<br><br>Two.</blockquote>After.<pre><code>code</code></pre>The end."
        );
        assert_eq!(
            write(&PLAIN, &passages),
            "Before.\n\n> One.\n> \n> Two.\n\nAfter.\n\ncode\n\nThe end."
        );
        assert_eq!(
            write(&GOOGLE_CHAT, &passages),
            "Before.<br><br>&gt; One.<br>&gt; <br>&gt; Two.<br><br>After.<br><br>code<br><br>The end."
        );
    }
}
