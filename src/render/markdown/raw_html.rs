//! Cleans raw HTML inside Markdown before it is sanitised: only allowed tags stay, nested only a
//! few levels deep, and every start tag has its end tag. The sanitiser's input is therefore
//! well-formed, and its work is proportional to the text.

use std::borrow::Cow;

use super::attributes::media_url;
use super::nesting::{Open, room_for, room_for_block, room_for_words};

/// Tags that are allowed in a post. Tags whose content isn't parsed as HTML (such as `title` or
/// `xmp`) must never be added.
pub(super) const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "dd",
    "del",
    "details",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "td",
    "th",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

const VOID: &[&str] = &["br", "hr", "img", "wbr"];

/// How deep raw elements may be nested.
const DEPTH: usize = 16;

/// The surroundings of a piece of raw HTML.
#[derive(Debug, Clone, Copy)]
pub(super) struct RawHtmlContext {
    /// How many raw elements were already open when the enclosing Markdown element began. Those
    /// must stay open.
    pub(super) floor: usize,
    /// Whether it is part of a text.
    pub(super) inline: bool,
    /// Whether it is in a link.
    pub(super) in_link: bool,
}

/// The raw elements that are open at a point of a text.
#[derive(Debug, Default)]
pub(super) struct RawHtml {
    open: Vec<Open>,
}

impl RawHtml {
    /// Rewrites a piece of raw HTML. Text and allowed tags stay; everything else is removed, and so
    /// is a tag whose element isn't allowed here.
    pub(super) fn tame(&mut self, html: &str, context: RawHtmlContext) -> String {
        let mut out = String::with_capacity(html.len());
        let mut rest = html;
        while let Some(start) = rest.find('<') {
            self.words(&rest[..start], context, &mut out);
            rest = &rest[start..];
            if let Some(end) = end_of_comment(rest) {
                rest = &rest[end..];
            } else if let Some(tag) = Tag::at_start_of(rest) {
                rest = &rest[tag.text.len()..];
                if !tag.is_end && matches!(tag.name.as_str(), "script" | "style") {
                    rest = after_end_of(&tag.name, rest);
                } else {
                    let is_open = self.take(&tag, context, &mut out);
                    let is_named = rest.trim_start().starts_with("<summary");
                    if is_open && tag.name == "details" && !is_named {
                        self.name_details(&mut out);
                    }
                }
            } else {
                self.words("&lt;", context, &mut out);
                rest = &rest[1..];
            }
        }
        self.words(rest, context, &mut out);
        out
    }

    fn words(&mut self, text: &str, context: RawHtmlContext, out: &mut String) {
        if !text.trim().is_empty() {
            out.push_str(&self.close_to(room_for_words(&self.open, context.floor)));
            self.begin();
        }
        out.push_str(text);
    }

    /// Records that the innermost element has content.
    fn begin(&mut self) {
        if let Some(open) = self.open.last_mut() {
            open.begun = true;
        }
    }

    /// Adds a summary to `details`, which needs one to be opened by.
    fn name_details(&mut self, out: &mut String) {
        self.begin();
        out.push_str("<summary>Details</summary>");
    }

    /// Makes room for a Markdown block: returns the end tags of elements that can't contain it.
    pub(super) fn make_room(&mut self, floor: usize) -> String {
        let ends = self.close_to(room_for_block(&self.open, floor));
        self.begin();
        ends
    }

    /// Whether a raw link is open.
    pub(super) fn has_link(&self) -> bool {
        self.open.iter().any(|open| open.name == "a")
    }

    /// Whether a raw element for code is open.
    pub(super) fn has_code(&self) -> bool {
        let is_code = |open: &Open| matches!(open.name.as_str(), "code" | "pre" | "kbd" | "samp");
        self.open.iter().any(is_code)
    }

    /// How many raw elements are open.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// The end tags of all open raw elements except the first `depth`.
    pub(super) fn close_to(&mut self, depth: usize) -> String {
        let ends = self.open.drain(depth.min(self.open.len())..).rev();
        ends.map(|open| format!("</{}>", open.name)).collect()
    }

    /// Writes a tag if it is allowed here. Returns whether it opened an element.
    fn take(&mut self, tag: &Tag<'_>, context: RawHtmlContext, out: &mut String) -> bool {
        // Headings in the page's outline come only from Markdown.
        let is_heading = matches!(tag.name.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6");
        let name = if is_heading { "p" } else { &tag.name };
        if !TAGS.contains(&name) {
            return false;
        }
        if tag.is_end {
            let here = self.open.get(context.floor..).unwrap_or_default();
            if let Some(begun) = here.iter().rposition(|open| open.name == name) {
                out.push_str(&self.close_to(context.floor + begun));
            }
            return false;
        }
        let is_link = name == "a";
        if is_link && context.in_link || self.open.len() >= DEPTH && !VOID.contains(&name) {
            return false;
        }
        let Some(kept) = room_for(name, &self.open, context.floor, context.inline) else {
            return false;
        };
        out.push_str(&self.close_to(kept));
        self.begin();
        let rel = if is_link {
            " rel=\"nofollow noopener\""
        } else {
            ""
        };
        out.push_str(&format!("<{name}{rel}{}>", tag.attributes()));
        if VOID.contains(&name) {
            return false;
        }
        if name == "figcaption"
            && let Some(figure) = self.open.last_mut()
        {
            figure.captioned = true;
        }
        self.open.push(Open::new(name));
        true
    }
}

/// The text behind the end of a script or style that began before `text`. An unclosed one extends
/// to the end of this piece of HTML.
fn after_end_of<'a>(name: &str, text: &'a str) -> &'a str {
    text.match_indices("</")
        .filter_map(|(offset, _)| Tag::at_start_of(&text[offset..]).map(|tag| (offset, tag)))
        .find(|(_, tag)| tag.name == name)
        .map_or("", |(offset, tag)| &text[offset + tag.text.len()..])
}

/// The length of a comment, processing instruction or declaration at the start of a text. An
/// unclosed one extends to the end.
fn end_of_comment(text: &str) -> Option<usize> {
    let (start, end) = [
        ("<!--", "-->"),
        ("<![CDATA[", "]]>"),
        ("<?", ">"),
        ("<!", ">"),
    ]
    .into_iter()
    .find(|(start, _)| text.starts_with(start))?;
    let inner = &text[start.len()..];
    Some(
        inner
            .find(end)
            .map_or(text.len(), |offset| start.len() + offset + end.len()),
    )
}

/// A longer tag is treated as text, so that the search for its end stays cheap.
const MAX_TAG_BYTES: usize = 4096;

struct Tag<'a> {
    text: &'a str,
    name: String,
    is_end: bool,
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    fn at_start_of(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix('<')?;
        let is_end = inner.starts_with('/');
        let inner = inner.strip_prefix('/').unwrap_or(inner);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let name_len = inner.find(|c: char| !c.is_ascii_alphanumeric())?;
        let (name, after) = inner.split_at(name_len);
        let mut quote = None;
        for (offset, byte) in after.bytes().enumerate().take(MAX_TAG_BYTES) {
            match (quote, byte) {
                (None, b'"' | b'\'') => quote = Some(byte),
                (None, b'<') => return None,
                (None, b'>') => {
                    return Some(Self {
                        text: &text[..text.len() - after.len() + offset + 1],
                        name: name.to_ascii_lowercase(),
                        is_end,
                        attributes: &after[..offset],
                    });
                }
                (Some(open), close) if open == close => quote = None,
                _ => {}
            }
        }
        None
    }

    /// Its attributes, each rewritten as ` name="value"`, so that the next parser finds the same
    /// boundaries.
    fn attributes(&self) -> String {
        let mut out = String::new();
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphabetic());
            let len = rest
                .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | ':' | '_')))
                .unwrap_or(rest.len());
            if len == 0 {
                return out;
            }
            let (name, after) = rest.split_at(len);
            let (value, after) = match after.trim_start().strip_prefix('=') {
                Some(after) => value_at_start_of(after.trim_start()),
                None => ("", after),
            };
            let is_url = matches!(name.to_ascii_lowercase().as_str(), "src" | "href");
            let value = match is_url.then(|| media_url(value)).flatten() {
                Some(url) => Cow::Owned(url),
                None => Cow::Borrowed(value),
            };
            let value = value
                .replace('"', "&quot;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            out.push_str(&format!(" {name}=\"{value}\""));
            rest = after;
        }
    }
}

/// The value of an attribute without its quotes, and the text behind it.
fn value_at_start_of(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    let len = text
        .find(|c: char| c.is_ascii_whitespace())
        .unwrap_or(text.len());
    text.split_at(len)
}
