//! Markdown as plain text, for summaries and previews.

use pulldown_cmark::{Event, Tag, TagEnd};

use super::dialect::parser;

/// The text without markup: empty lines between paragraphs, a dash before each list item, no raw
/// HTML.
pub fn plain_text(markdown: &str) -> String {
    let mut out = Text::default();
    for event in parser(markdown) {
        match event {
            Event::Text(text) | Event::Code(text) => out.push(&text),
            Event::SoftBreak => out.push(" "),
            Event::HardBreak => out.line(1),
            Event::Rule => out.line(2),
            Event::Start(Tag::Item) => {
                out.line(1);
                out.push("- ");
            }
            Event::Start(Tag::TableRow | Tag::TableHead) => out.line(1),
            Event::End(TagEnd::TableCell) => out.push(" "),
            Event::Start(tag) if is_block(&tag.to_end()) => out.line(2),
            Event::End(end) if is_block(&end) => out.line(2),
            Event::Start(_)
            | Event::End(_)
            | Event::Html(_)
            | Event::InlineHtml(_)
            | Event::FootnoteReference(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::TaskListMarker(_) => {}
        }
    }
    out.text.trim_end().to_owned()
}

/// The first sentences of a text's first paragraph, as many as fit into `max_chars`. If the first
/// one doesn't fit, it is cut between words and ends in "…". Headings count only if there is
/// nothing else.
pub fn first_sentences(markdown: &str, max_chars: usize) -> String {
    let text = first_paragraph(markdown).unwrap_or_else(|| plain_text(markdown));
    let words: Vec<_> = text.split_whitespace().collect();
    shorten(&words.join(" "), max_chars)
}

/// Cuts a line after a sentence, or between words with "…".
fn shorten(line: &str, max_chars: usize) -> String {
    let Some((limit, _)) = line.char_indices().nth(max_chars) else {
        return line.to_owned();
    };
    let room = &line[..limit];
    let sentence = room
        .char_indices()
        .filter(|(offset, c)| {
            let after = &line[offset + c.len_utf8()..];
            matches!(c, '.' | '!' | '?' | '…') && after.starts_with(' ') || *c == '。'
        })
        .map(|(offset, c)| offset + c.len_utf8())
        .next_back();
    if let Some(end) = sentence.filter(|end| *end * 3 >= limit) {
        return room[..end].to_owned();
    }
    let room = line
        .char_indices()
        .nth(max_chars.saturating_sub(1))
        .map_or(room, |(end, _)| &line[..end]);
    let words = room.rfind(' ').map_or(room, |end| &room[..end]);
    format!(
        "{}…",
        words.trim_end_matches([' ', ',', ';', ':', '–', '-'])
    )
}

fn first_paragraph(markdown: &str) -> Option<String> {
    let mut text: Option<String> = None;
    for event in parser(markdown) {
        match (&mut text, event) {
            (None, Event::Start(Tag::Paragraph)) => text = Some(String::new()),
            (Some(text), Event::Text(part) | Event::Code(part)) => text.push_str(&part),
            (Some(text), Event::SoftBreak | Event::HardBreak) => text.push(' '),
            (Some(done), Event::End(TagEnd::Paragraph)) => {
                if !done.trim().is_empty() {
                    break;
                }
                text = None;
            }
            _ => {}
        }
    }
    text.filter(|text| !text.trim().is_empty())
}

/// Text, and the number of line ends that it needs before more is added.
#[derive(Debug, Default)]
struct Text {
    text: String,
    wanted: usize,
}

impl Text {
    fn line(&mut self, count: usize) {
        // The first paragraph of an item follows its dash.
        if !self.text.ends_with("- ") {
            self.wanted = self.wanted.max(count);
        }
    }

    fn push(&mut self, text: &str) {
        if self.wanted > 0 && !self.text.is_empty() {
            let kept = self.text.trim_end().len();
            self.text.truncate(kept);
            self.text.extend(std::iter::repeat_n('\n', self.wanted));
        }
        self.wanted = 0;
        self.text.push_str(text);
    }
}

fn is_block(end: &TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::FootnoteDefinition
            | TagEnd::HtmlBlock
    )
}
