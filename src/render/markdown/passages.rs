//! Sanitised HTML as passages: what services with a markup of their own are told a text from.
//!
//! Passages are flat: a list is a row of items, each with its mark and depth. No service knows more.

use super::attributes::value_in;
use super::html_text::decoded;

/// A paragraph, or something like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// What it is.
    pub kind: PassageKind,
    /// How many lists it is in.
    pub depth: usize,
    /// Whether it is in a quotation.
    pub is_quoted: bool,
    /// What it says. Line ends in it are breaks.
    pub spans: Vec<Span>,
}

/// What a passage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassageKind {
    /// A paragraph, also one within a list item after its first.
    Paragraph,
    /// A heading.
    Heading,
    /// A list item; `None` if its list has no numbers.
    Item(Option<i64>),
    /// A row of a table.
    Row,
    /// Lines of code, in which every space counts.
    Code,
    /// A line between two parts.
    Rule,
}

/// A part of a passage.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// What it says, as plain text.
    pub text: String,
    /// How it looks.
    pub style: Style,
    /// Where it leads: an absolute URL with `http` or `https`.
    pub url: Option<String>,
}

/// How a span looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// In bold type.
    pub is_strong: bool,
    /// In italics.
    pub is_emphasis: bool,
    /// Crossed out.
    pub is_struck: bool,
    /// As code.
    pub is_code: bool,
}

impl Span {
    /// A text that looks like what is around it.
    pub fn plain(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    /// A text in bold type.
    pub fn strong(text: impl Into<String>) -> Self {
        let mut span = Self::plain(text);
        span.style.is_strong = true;
        span
    }
}

impl Passage {
    /// A passage outside lists and quotations.
    pub fn new(kind: PassageKind, spans: Vec<Span>) -> Self {
        Self {
            kind,
            depth: 0,
            is_quoted: false,
            spans,
        }
    }

    /// Its text, without looks and links.
    pub fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A text without characters that steer a terminal or turn the direction of what follows. Line
/// ends stay.
pub fn without_controls(text: &str) -> String {
    let is_kept = |c: &char| match c {
        '\n' => true,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fdd0}'..='\u{fdef}' => false,
        '\u{fffd}' => false,
        other => !other.is_control() && u32::from(*other) & 0xfffe != 0xfffe,
    };
    text.chars().filter(is_kept).collect()
}

/// The passages of sanitised HTML.
pub(super) fn of_html(html: &str) -> Vec<Passage> {
    let mut writer = Writer::default();
    let mut rest = html;
    while !rest.is_empty() {
        let is_tag = rest.starts_with('<');
        let end = match is_tag {
            true => rest.find('>').map_or(rest.len(), |end| end + 1),
            false => rest.find('<').unwrap_or(rest.len()),
        };
        let (part, after) = rest.split_at(end);
        rest = after;
        match is_tag {
            true => writer.tag(part),
            false => writer.text(&without_controls(&decoded(&part.replace('\t', " ")))),
        }
    }
    writer.end_passage();
    writer.out
}

#[derive(Default)]
struct Writer {
    out: Vec<Passage>,
    spans: Vec<Span>,
    /// What the passage that is being written is.
    kind: Option<PassageKind>,
    style: Style,
    url: Option<String>,
    /// The next number of each open list; `None` if it has none.
    lists: Vec<Option<i64>>,
    quotes: usize,
    in_pre: bool,
    is_next_cell: bool,
}

impl Writer {
    fn tag(&mut self, tag: &str) {
        let is_end = tag.starts_with("</");
        let name = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
        let name = name.split([' ', '/']).next().unwrap_or_default();
        match name {
            "a" if is_end => self.end_link(),
            "a" => self.url = Some(decoded(value_in(tag, "href"))).filter(|url| !url.is_empty()),
            "b" | "strong" => self.style.is_strong = !is_end,
            "i" | "em" | "cite" | "dfn" | "var" => self.style.is_emphasis = !is_end,
            "del" | "s" => self.style.is_struck = !is_end,
            "code" | "kbd" | "samp" | "tt" => self.style.is_code = !is_end && !self.in_pre,
            "q" => self.push(if is_end { "”" } else { "“" }),
            "br" => self.push("\n"),
            "hr" => {
                self.end_passage();
                self.out.push(Passage::new(PassageKind::Rule, Vec::new()));
            }
            "ul" | "ol" => self.list(tag, is_end),
            "li" => self.item(is_end),
            "blockquote" => {
                self.end_passage();
                self.quotes = match is_end {
                    true => self.quotes.saturating_sub(1),
                    false => self.quotes + 1,
                };
            }
            "pre" => {
                self.end_passage();
                self.in_pre = !is_end;
                self.kind = (!is_end).then_some(PassageKind::Code);
            }
            "h2" | "h3" | "h4" | "h5" | "h6" | "summary" | "caption" => {
                self.end_passage();
                self.kind = (!is_end).then_some(PassageKind::Heading);
            }
            "tr" => {
                self.end_passage();
                self.is_next_cell = false;
                self.kind = (!is_end).then_some(PassageKind::Row);
            }
            "th" | "td" if is_end => self.style.is_strong = false,
            "th" | "td" => {
                if std::mem::replace(&mut self.is_next_cell, true) {
                    self.push(" | ");
                }
                self.style.is_strong = name == "th";
            }
            // The first paragraph of an item is on the line of its mark.
            "p" | "div" if self.spans.is_empty() => {}
            "p" | "div" | "section" | "table" | "details" | "figure" | "dl" | "dt" | "dd"
            | "figcaption" => self.end_passage(),
            _ => {}
        }
    }

    fn list(&mut self, tag: &str, is_end: bool) {
        self.end_passage();
        if is_end {
            self.lists.pop();
        } else {
            let first = value_in(tag, "start").parse().unwrap_or(1);
            self.lists.push(tag.starts_with("<ol").then_some(first));
        }
    }

    fn item(&mut self, is_end: bool) {
        self.end_passage();
        if is_end {
            return;
        }
        let number = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                Some(number.saturating_sub(1))
            }
            Some(None) | None => None,
        };
        self.kind = Some(PassageKind::Item(number));
    }

    /// A link shows its text. If that could be taken for another address, the real one follows; so
    /// does an address that no chat links to.
    fn end_link(&mut self) {
        let Some(url) = self.url.take() else {
            return;
        };
        let bare = |text: &str| text.trim_end_matches('/').to_owned();
        let text: String = self
            .spans
            .iter()
            .rev()
            .map_while(|span| (span.url.as_deref() == Some(&url)).then_some(span.text.as_str()))
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        let is_web = url.starts_with("https://") || url.starts_with("http://");
        let claims = text.contains("://") || text.trim_start().starts_with("www.");
        let is_same = bare(text.trim()) == bare(&url)
            || url
                .split_once("://")
                .is_some_and(|(_, rest)| bare(rest) == bare(text.trim()));
        if is_web && (is_same || !claims) {
            return;
        }
        for span in &mut self.spans {
            if span.url.as_deref() == Some(&url) {
                span.url = None;
            }
        }
        let shown = url
            .split_once(':')
            .map_or(url.as_str(), |(_, address)| address);
        if is_web {
            self.push(" ");
            self.url = Some(url.clone());
            self.push(&url);
            self.url = None;
        } else if !text.contains(shown) {
            self.push(&format!(" ({shown})"));
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_pre {
            self.push(text);
            return;
        }
        let mut shown = String::with_capacity(text.len());
        let mut was_space = match self.spans.last() {
            Some(span) => span.text.ends_with([' ', '\n']),
            None => true,
        };
        for c in text.chars() {
            let is_space = c.is_ascii_whitespace();
            if !is_space {
                shown.push(c);
            } else if !was_space {
                shown.push(' ');
            }
            was_space = is_space;
        }
        self.push(&shown);
    }

    fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let (style, url) = (self.style, self.url.clone());
        match self.spans.last_mut() {
            Some(last) if last.style == style && last.url == url => last.text.push_str(text),
            _ => self.spans.push(Span {
                text: text.to_owned(),
                style,
                url,
            }),
        }
    }

    fn end_passage(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        if let Some(last) = spans.last_mut() {
            let kept = last.text.trim_end().len();
            last.text.truncate(kept);
        }
        spans.retain(|span| !span.text.is_empty());
        if spans.is_empty() {
            return;
        }
        self.out.push(Passage {
            kind: self.kind.take().unwrap_or(PassageKind::Paragraph),
            depth: self.lists.len(),
            is_quoted: self.quotes > 0,
            spans,
        });
    }
}

#[cfg(test)]
#[path = "passages_tests.rs"]
mod tests;
