//! Flattens inline Markdown: the characters that a reader sees, each with its place in the source,
//! and the marks (bold, italics) that span them.

use std::ops::Range;

use pulldown_cmark::{Event, Tag};

/// How many characters of a line are kept: more than any header needs.
const LINE_LIMIT: usize = 400;

/// One character as a reader sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glyph {
    /// The character; wide forms and the many dashes and spaces are folded to plain ones.
    pub(super) ch: char,
    /// Where it begins in the source.
    pub(super) start: usize,
    /// Where it ends in the source.
    pub(super) end: usize,
    /// It stands for something that can't be in a header: code, a link, a picture.
    pub(super) opaque: bool,
}

/// A line of a paragraph or heading.
#[derive(Debug, Clone, Default)]
pub(super) struct Line {
    /// Its characters, at most [`LINE_LIMIT`]; several spaces are one.
    pub(super) glyphs: Vec<Glyph>,
    /// Where it begins in the source.
    pub(super) start: usize,
    /// Where it ends in the source, without the line end.
    pub(super) end: usize,
    /// It has more characters than are kept.
    pub(super) cut: bool,
}

/// Bold or italics, from its first marker to its last.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    pub(super) range: Range<usize>,
    /// The marker that opens it, such as `**` or `<b>`.
    pub(super) opener: Range<usize>,
    /// It is bold, not italics.
    pub(super) strong: bool,
}

/// The flat form of one paragraph or heading.
#[derive(Debug, Clone, Default)]
pub(super) struct Flat {
    pub(super) lines: Vec<Line>,
    /// In the order in which they begin.
    pub(super) marks: Vec<Mark>,
    /// HTML comments.
    pub(super) comments: Vec<Range<usize>>,
}

/// Collects the inline events of one paragraph or heading.
pub(super) struct Flattener<'a> {
    source: &'a str,
    flat: Flat,
    line: Line,
    /// How deep inside something opaque the events are.
    opaque_depth: usize,
    /// The HTML tags that opened a mark, with the index in `flat.marks`.
    open_tags: Vec<(String, usize)>,
    /// Where the last text ended, to notice a backslash before the next one.
    last_end: usize,
}

impl<'a> Flattener<'a> {
    pub(super) fn new(source: &'a str, start: usize) -> Self {
        Self {
            source,
            flat: Flat::default(),
            line: Line {
                start,
                end: start,
                ..Line::default()
            },
            opaque_depth: 0,
            open_tags: Vec::new(),
            last_end: start,
        }
    }

    /// Takes an event inside the paragraph or heading.
    pub(super) fn take(&mut self, event: &Event<'_>, range: Range<usize>) {
        if self.opaque_depth > 0 {
            match event {
                Event::Start(_) => self.opaque_depth += 1,
                Event::End(_) => {
                    self.opaque_depth -= 1;
                    self.line.end = self.line.end.max(range.end);
                }
                Event::SoftBreak | Event::HardBreak => self.break_line(&range),
                Event::Text(_)
                | Event::Code(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::Rule
                | Event::TaskListMarker(_) => self.line.end = range.end,
            }
            return;
        }
        match event {
            Event::Text(text) => self.text(text, range),
            Event::Start(Tag::Strong) => self.mark(range, 2, true),
            Event::Start(Tag::Emphasis) => self.mark(range, 1, false),
            Event::Start(_) => {
                self.opaque(range);
                self.opaque_depth = 1;
            }
            Event::End(_) => self.line.end = self.line.end.max(range.end),
            Event::SoftBreak | Event::HardBreak => self.break_line(&range),
            Event::InlineHtml(html) | Event::Html(html) => self.html(html, range),
            Event::Code(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::Rule
            | Event::TaskListMarker(_) => self.opaque(range),
        }
    }

    pub(super) fn finish(mut self, end: usize) -> Flat {
        for (_, index) in std::mem::take(&mut self.open_tags) {
            self.flat.marks[index].range.end = end;
        }
        self.flat.lines.push(self.line);
        self.flat
    }

    fn text(&mut self, text: &str, range: Range<usize>) {
        let mut start = range.start;
        if start > 0 && start - 1 == self.last_end && self.source.as_bytes()[start - 1] == b'\\' {
            start -= 1;
        }
        let verbatim = text.len() == range.len();
        for (offset, ch) in text.char_indices() {
            let (from, to) = if verbatim {
                let at = range.start + offset;
                (if offset == 0 { start } else { at }, at + ch.len_utf8())
            } else {
                (start, range.end)
            };
            self.push(ch, from, to, false);
        }
        self.last_end = range.end;
        self.line.end = self.line.end.max(range.end);
    }

    fn push(&mut self, ch: char, start: usize, end: usize, opaque: bool) {
        if is_invisible(ch) {
            return;
        }
        let ch = fold(ch);
        if ch == ' '
            && let Some(last) = self.line.glyphs.last_mut()
            && last.ch == ' '
        {
            // Several spaces count as one.
            last.end = end;
            return;
        }
        if self.line.glyphs.len() >= LINE_LIMIT {
            self.line.cut = true;
            return;
        }
        self.line.glyphs.push(Glyph {
            ch,
            start,
            end,
            opaque,
        });
    }

    fn opaque(&mut self, range: Range<usize>) {
        self.push('\u{fffc}', range.start, range.end, true);
        self.last_end = range.end;
        self.line.end = self.line.end.max(range.end);
    }

    fn mark(&mut self, range: Range<usize>, opener_len: usize, strong: bool) {
        let opener = range.start..range.start + opener_len;
        self.last_end = opener.end;
        self.flat.marks.push(Mark {
            range,
            opener,
            strong,
        });
    }

    fn break_line(&mut self, range: &Range<usize>) {
        let next = Line {
            start: range.end,
            end: range.end,
            ..Line::default()
        };
        self.flat
            .lines
            .push(std::mem::replace(&mut self.line, next));
        self.last_end = range.end;
    }

    /// Formatting tags are marks or ignored, comments are collected, `<br>` breaks the line, and
    /// everything else is opaque.
    fn html(&mut self, html: &str, range: Range<usize>) {
        self.last_end = range.end;
        if html.starts_with("<!--") {
            self.flat.comments.push(range);
            return;
        }
        let end = range.end;
        let closing = html.starts_with("</");
        let name: String = html
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .take(12)
            .collect::<String>()
            .to_ascii_lowercase();
        match name.as_str() {
            "br" => return self.break_line(&range),
            "b" | "strong" | "i" | "em" | "u" | "mark" if closing => {
                if let Some((open, index)) = self.open_tags.pop() {
                    if open == name {
                        self.flat.marks[index].range.end = range.end;
                    } else {
                        self.open_tags.push((open, index));
                    }
                }
            }
            "b" | "strong" | "i" | "em" | "u" | "mark" => {
                self.open_tags.push((name.clone(), self.flat.marks.len()));
                self.flat.marks.push(Mark {
                    range: range.clone(),
                    opener: range,
                    strong: name == "b" || name == "strong",
                });
            }
            "span" | "font" | "small" | "big" | "time" | "ins" | "center" => {}
            _ => self.opaque(range),
        }
        self.line.end = self.line.end.max(end);
    }
}

/// Whether a character is invisible: joiners, direction marks, soft hyphens, variation selectors.
fn is_invisible(ch: char) -> bool {
    matches!(
        ch,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    ) || (ch.is_control() && !ch.is_whitespace())
}

/// Folds wide forms, dashes and spaces to the plain characters that the grammar knows.
fn fold(ch: char) -> char {
    match ch {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(ch) - 0xfee0).map_or(ch, fold),
        '‐' | '‑' | '−' | '﹣' => '-',
        '–' | '—' | '‒' | '―' | '⸺' => '–',
        '【' | '〔' | '「' => '[',
        '】' | '〕' | '」' => ']',
        '∶' | '꞉' | '︰' => ':',
        '’' | '‘' | 'ʼ' => '\'',
        '、' | '،' => ',',
        _ if ch.is_whitespace() => ' ',
        _ => ch,
    }
}
