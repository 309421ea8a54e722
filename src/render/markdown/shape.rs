//! Turns a text's events into events fit for a page: heading levels, ids and anchors, links,
//! pictures, tables, footnotes, and a limit on nesting.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::{Alignment, Event, LinkType, Tag, TagEnd};

use super::attributes::{attribute, escaped, is_external, local_url, slug};
use super::notes::Notes;
use super::parts::{Heading, Picture, Table, is_inline};
use super::raw_html::{RawHtml, RawHtmlContext};

/// How deep elements may be nested; deeper ones are dropped, but their text stays.
const DEPTH: usize = 48;

/// Events that can be written as HTML, and the ids that they contain.
#[derive(Debug)]
pub(super) struct Shaped<'a> {
    pub(super) events: Vec<Event<'a>>,
    pub(super) ids: HashSet<String>,
}

/// Processes the events of one text.
#[derive(Debug)]
pub(super) struct Shaper<'a> {
    prefix: &'a str,
    top: u8,
    /// Whether headings get a link to themselves.
    anchors: bool,
    out: Vec<Event<'a>>,
    ids: HashSet<String>,
    next_number: HashMap<String, usize>,
    /// For each open element: whether it was written, and how many raw elements were open before
    /// it.
    open: Vec<(bool, usize)>,
    depth: usize,
    outline: Vec<u8>,
    heading: Option<Heading>,
    raw: RawHtml,
    html_block: Option<String>,
    table: Vec<Table>,
    picture: Option<Picture<'a>>,
    /// The open links, and whether each was written.
    links: Vec<bool>,
    notes: Notes<'a>,
}

impl<'a> Shaper<'a> {
    pub(super) fn new(prefix: &'a str, top: u8, anchors: bool) -> Self {
        Self {
            prefix,
            top: top.clamp(3, 6),
            anchors,
            out: Vec::new(),
            ids: HashSet::new(),
            next_number: HashMap::new(),
            open: Vec::new(),
            depth: 0,
            outline: Vec::new(),
            heading: None,
            raw: RawHtml::default(),
            html_block: None,
            table: Vec::new(),
            picture: None,
            links: Vec::new(),
            notes: Notes::default(),
        }
    }

    pub(super) fn shape(mut self, events: impl Iterator<Item = Event<'a>>) -> Shaped<'a> {
        for event in events {
            self.take(event);
        }
        let ends = self.raw.close_to(0);
        self.html(ends);
        let notes = self.notes.write(self.prefix, &mut self.ids);
        self.out.extend(notes);
        Shaped {
            events: self.out,
            ids: self.ids,
        }
    }

    fn take(&mut self, event: Event<'a>) {
        if let (Some(block), Event::Html(text) | Event::Text(text)) = (&mut self.html_block, &event)
        {
            block.push_str(text);
            return;
        }
        if let (Some(heading), Event::Text(text) | Event::Code(text)) = (&mut self.heading, &event)
        {
            heading.text.push_str(text);
        }
        match event {
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => self.take_picture(event),
            Event::Text(text) | Event::Code(text) if self.picture.is_some() => {
                self.add_to_alt(&text);
            }
            Event::SoftBreak | Event::HardBreak if self.picture.is_some() => self.add_to_alt(" "),
            // Alternative text is plain text.
            _ if self.picture.is_some() => {}
            Event::Start(tag) => self.start(tag),
            Event::End(end) => self.end(end),
            Event::Html(html) => self.raw_html(&html, false),
            Event::InlineHtml(html) => self.raw_html(&html, true),
            Event::Rule => {
                self.make_room();
                self.out.push(Event::Rule);
            }
            Event::FootnoteReference(label) => {
                let reference = self.notes.reference(&label, self.prefix, &mut self.ids);
                self.html(reference);
            }
            other => self.out.push(other),
        }
    }

    fn start(&mut self, tag: Tag<'a>) {
        let is_too_deep = self.depth >= DEPTH && !matches!(tag, Tag::HtmlBlock);
        self.open.push((!is_too_deep, self.raw.depth()));
        if is_too_deep {
            if !is_inline(&tag) {
                self.html("\n".to_owned());
            }
            return;
        }
        self.depth += 1;
        if !is_inline(&tag) && !matches!(tag, Tag::HtmlBlock) {
            // Elements that can't contain the block end before it. Those left open are its floor.
            let ends = self.raw.make_room(self.floor_outside());
            self.html(ends);
            if let Some(last) = self.open.last_mut() {
                last.1 = self.raw.depth();
            }
        }
        match tag {
            Tag::Heading { level, .. } => {
                let level = self.level(level as u8);
                self.heading = Some(Heading {
                    index: self.out.len(),
                    level,
                    text: String::new(),
                });
                self.out.push(Event::SoftBreak);
            }
            Tag::HtmlBlock => self.html_block = Some(String::new()),
            Tag::Link {
                dest_url,
                title,
                link_type,
                ..
            } => {
                let url = local_url(&dest_url, self.prefix);
                let is_in_code = link_type == LinkType::Autolink && self.raw.has_code();
                let written = !self.raw.has_link() && !is_in_code && !self.links.contains(&true);
                self.links.push(written);
                if !written {
                    return;
                }
                let rel = if is_external(&url) {
                    " rel=\"nofollow noopener\""
                } else {
                    ""
                };
                self.html(format!(
                    "<a href=\"{}\"{}{rel}>",
                    escaped(&url),
                    attribute("title", &title)
                ));
            }
            Tag::Table(alignments) => {
                self.table.push(Table {
                    alignments,
                    column: 0,
                    in_head: false,
                });
                self.html(
                    "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"Table\"><table>"
                        .to_owned(),
                );
            }
            Tag::TableHead => {
                self.begin_row(true);
                self.html("<thead><tr>".to_owned());
            }
            Tag::TableRow => {
                self.begin_row(false);
                self.html("<tr>".to_owned());
            }
            Tag::TableCell => self.start_cell(),
            Tag::FootnoteDefinition(label) => {
                self.notes.begin(label, std::mem::take(&mut self.out));
            }
            other => self.out.push(Event::Start(other)),
        }
    }

    fn end(&mut self, end: TagEnd) {
        let Some((true, raw_depth)) = self.open.pop() else {
            return;
        };
        self.depth -= 1;
        // Raw HTML ends with the element that it began in, but a block's may stay open.
        if end != TagEnd::HtmlBlock {
            let ends = self.raw.close_to(raw_depth);
            self.html(ends);
        }
        match end {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::HtmlBlock => {
                let block = self.html_block.take().unwrap_or_default();
                self.raw_html(&block, false);
            }
            TagEnd::Link => {
                if self.links.pop() == Some(true) {
                    self.html("</a>".to_owned());
                }
            }
            TagEnd::Table => {
                self.table.pop();
                self.html("</tbody></table></div>\n".to_owned());
            }
            TagEnd::TableHead => self.html("</tr></thead><tbody>\n".to_owned()),
            TagEnd::TableRow => self.html("</tr>\n".to_owned()),
            TagEnd::TableCell => {
                let in_head = self.table.last().is_some_and(|table| table.in_head);
                self.html(if in_head { "</th>" } else { "</td>" }.to_owned());
            }
            TagEnd::FootnoteDefinition => {
                self.out = self.notes.end(std::mem::take(&mut self.out));
            }
            other => self.out.push(Event::End(other)),
        }
    }

    /// How many raw elements were open when the innermost element from Markdown began.
    fn floor(&self) -> usize {
        self.open.last().map_or(0, |(_, raw_depth)| *raw_depth)
    }

    /// The same for the element around the innermost one.
    fn floor_outside(&self) -> usize {
        let outside = self.open.len().checked_sub(2);
        outside
            .and_then(|index| self.open.get(index))
            .map_or(0, |(_, raw_depth)| *raw_depth)
    }

    fn make_room(&mut self) {
        let ends = self.raw.make_room(self.floor());
        self.html(ends);
    }

    fn raw_html(&mut self, html: &str, inline: bool) {
        let context = RawHtmlContext {
            floor: self.floor(),
            inline,
            in_link: self.links.contains(&true),
        };
        let tamed = self.raw.tame(html, context);
        self.html(tamed);
    }

    /// The level of a heading on the page: one deeper than its parent heading.
    fn level(&mut self, written: u8) -> u8 {
        while self.outline.last().is_some_and(|last| *last >= written) {
            self.outline.pop();
        }
        self.outline.push(written);
        let depth = u8::try_from(self.outline.len() - 1).unwrap_or(u8::MAX);
        self.top.saturating_add(depth).min(6)
    }

    fn end_heading(&mut self) {
        let Some(heading) = self.heading.take() else {
            return;
        };
        let id = self.unique_id(&heading.text);
        let (level, label) = (
            heading.level,
            attribute("aria-label", &format!("Link to “{}”", heading.text.trim())),
        );
        // Its id isn't known before its end.
        self.out[heading.index] = Event::Html(format!("<h{level} id=\"{id}\">").into());
        let anchor = format!(" <a class=\"anchor\" href=\"#{id}\"{label}>#</a>");
        let anchor = if self.anchors { anchor.as_str() } else { "" };
        self.html(format!("{anchor}</h{level}>\n"));
    }

    /// `prefix` and the words of a heading, with a number if that id is taken.
    fn unique_id(&mut self, text: &str) -> String {
        let words = slug(text);
        let base = format!(
            "{}{}",
            self.prefix,
            if words.is_empty() { "section" } else { &words }
        );
        let number = self.next_number.entry(base.clone()).or_insert(1);
        loop {
            let id = match *number {
                1 => base.clone(),
                number => format!("{base}-{number}"),
            };
            *number += 1;
            if self.ids.insert(id.clone()) {
                return id;
            }
        }
    }

    fn take_picture(&mut self, event: Event<'a>) {
        match (event, &mut self.picture) {
            (Event::Start(_), Some(picture)) => picture.depth += 1,
            (
                Event::Start(Tag::Image {
                    dest_url, title, ..
                }),
                None,
            ) => {
                self.picture = Some(Picture {
                    url: dest_url,
                    title,
                    alt: String::new(),
                    depth: 0,
                });
            }
            (_, Some(picture)) if picture.depth > 0 => picture.depth -= 1,
            (_, _) => {
                if let Some(picture) = self.picture.take() {
                    let url = local_url(&picture.url, self.prefix);
                    // A picture without words also needs an `alt`: an empty one.
                    let alt = match attribute("alt", &picture.alt) {
                        some if some.is_empty() => " alt=\"\"".to_owned(),
                        some => some,
                    };
                    self.html(format!(
                        "<img src=\"{}\"{}{} loading=\"lazy\">",
                        escaped(&url),
                        alt,
                        attribute("title", &picture.title)
                    ));
                }
            }
        }
    }

    fn add_to_alt(&mut self, text: &str) {
        if let Some(picture) = &mut self.picture {
            picture.alt.push_str(text);
        }
    }

    fn begin_row(&mut self, in_head: bool) {
        if let Some(table) = self.table.last_mut() {
            table.column = 0;
            table.in_head = in_head;
        }
    }

    fn start_cell(&mut self) {
        let Some(table) = self.table.last_mut() else {
            return;
        };
        let class = match table.alignments.get(table.column) {
            Some(Alignment::Center) => " class=\"center\"",
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Left | Alignment::None) | None => "",
        };
        table.column += 1;
        let start = if table.in_head {
            "<th scope=\"col\""
        } else {
            "<td"
        };
        self.html(format!("{start}{class}>"));
    }

    fn html(&mut self, html: String) {
        if !html.is_empty() {
            self.out.push(Event::Html(html.into()));
        }
    }
}
