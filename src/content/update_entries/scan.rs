//! Goes through the blocks of a body once and notes where entries begin, where days stand, and
//! which lines at the end of an entry give it its time.

use super::blocks::{Block, Sort};
use super::flat::Line;
use super::found::{Doubtful, Found, Header, LineContext};
use super::header;
use super::time_text::{self, TimeText};

/// The start of an entry.
#[derive(Debug, Clone)]
pub(super) struct Start {
    pub(super) block: usize,
    pub(super) line: usize,
    pub(super) header: Header,
    /// The day above it.
    pub(super) day: Option<usize>,
    /// The time, if it is on a line of its own.
    pub(super) trailing: Option<Trailing>,
    /// Where the part begins that is cut out of the post for it.
    pub(super) offset: usize,
}

impl Start {
    /// The doubt to report if it is text after all.
    pub(super) fn doubt(&self, why: Why) -> Doubt {
        Doubt {
            from: self.header.start,
            to: self.header.end,
            why,
        }
    }
}

/// A line that gives an entry its time.
#[derive(Debug, Clone)]
pub(super) struct Trailing {
    pub(super) time: TimeText,
    pub(super) start: usize,
    pub(super) end: usize,
    /// The entry ends with it; otherwise it is still part of the header.
    pub(super) closes: bool,
}

/// A line or heading that is only a date.
#[derive(Debug, Clone)]
pub(super) struct Day {
    pub(super) time: TimeText,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Scan {
    pub(super) starts: Vec<Start>,
    pub(super) days: Vec<Day>,
    /// What looks like a header but wasn't read as one.
    pub(super) doubtful: Vec<Doubt>,
}

/// Something that looks like a header but wasn't read as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Doubt {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) why: Why,
}

/// Why it wasn't read as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    /// It begins with a time or a phase, but nothing sets that off from a sentence.
    Prose,
    /// The same, but with a label and a number.
    Label,
    /// It is a time alone on the last line of a paragraph that isn't an entry.
    LastLine,
    /// Nothing follows it.
    Empty,
}

/// Scans the blocks.
pub(super) fn scan(blocks: &[Block], source: &str) -> Scan {
    let mut scanner = Scanner {
        source,
        scan: Scan::default(),
        day: None,
        open: None,
    };
    for (index, block) in blocks.iter().enumerate() {
        scanner.block(index, block);
    }
    let mut scan = scanner.scan;
    let (kept, dropped): (Vec<_>, Vec<_>) = scan
        .starts
        .into_iter()
        .partition(|start| !start.header.needs_time || start.trailing.is_some());
    scan.starts = join_times_below(kept, blocks, &scan.days);
    scan.doubtful
        .extend(dropped.iter().map(|start| start.doubt(Why::Prose)));
    scan.doubtful.sort_unstable();
    scan
}

/// A time in a paragraph of its own, with nothing below it, would begin an entry without text. It
/// goes to the entry above instead, if that has no time.
fn join_times_below(starts: Vec<Start>, blocks: &[Block], days: &[Day]) -> Vec<Start> {
    let day_in = |block: &Block| {
        let after = days.partition_point(|day| day.start < block.range.start);
        days.get(after)
            .is_some_and(|day| day.start < block.range.end)
    };
    let stands_alone = |start: &Start, next: Option<&Start>| {
        let block = &blocks[start.block];
        let fills = start.header.unlabelled && start.header.text_start.is_none();
        let below = match blocks.get(start.block + 1) {
            None => true,
            Some(other) => match other.sort {
                Sort::Heading(_) | Sort::Rule => true,
                Sort::Paragraph | Sort::Item(_) => {
                    next.is_some_and(|next| next.block == start.block + 1) || day_in(other)
                }
                Sort::Comment | Sort::Literal | Sort::Other => false,
            },
        };
        fills && below && block.sort == Sort::Paragraph && block.flat.lines.len() == 1
    };
    let mut joined: Vec<Start> = Vec::with_capacity(starts.len());
    let mut rest = starts.into_iter().peekable();
    while let Some(start) = rest.next() {
        if let Some(above) = joined.last_mut()
            && above.block + 1 == start.block
            && above.trailing.is_none()
            && above.header.time.is_empty()
            && above.header.text_start.is_some()
            && stands_alone(&start, rest.peek())
        {
            above.trailing = Some(Trailing {
                time: start.header.time,
                start: start.offset,
                end: blocks[start.block].flat.lines[0].end,
                closes: true,
            });
        } else {
            joined.push(start);
        }
    }
    joined
}

struct Scanner<'a> {
    source: &'a str,
    scan: Scan,
    /// The day above, with the level of its heading; 7 for a line.
    day: Option<(usize, u8)>,
    /// The entry without a time that a later line may still give one.
    open: Option<Open>,
}

/// An entry that waits for its time.
#[derive(Clone, Copy)]
struct Open {
    start: usize,
    /// Its header fills its line, so the entry goes on after its paragraph.
    fills: bool,
    /// It is in a list item.
    item: bool,
    /// It has text, so that a time would be its last line.
    has_text: bool,
    /// Its paragraph has ended: only a line that says "posted" counts.
    over: bool,
}

impl Scanner<'_> {
    fn block(&mut self, index: usize, block: &Block) {
        match &block.sort {
            Sort::Heading(level) => {
                self.open = None;
                if self.day.is_some_and(|(_, above)| above >= *level) {
                    self.day = None;
                }
                self.lines(index, block, Some(*level));
            }
            Sort::Paragraph => self.lines(index, block, None),
            Sort::Item(_) => {
                if self.open.is_some_and(|open| open.over) {
                    self.open = None;
                }
                self.lines(index, block, None);
            }
            Sort::Rule => {
                self.open = None;
                self.day = None;
            }
            Sort::Comment => {}
            Sort::Literal | Sort::Other => self.text_goes_by(),
        }
    }

    fn text_goes_by(&mut self) {
        if let Some(open) = &mut self.open {
            open.has_text = true;
            if open.over || !open.fills {
                self.open = None;
            }
        }
    }

    fn lines(&mut self, index: usize, block: &Block, level: Option<u8>) {
        let mut first = true;
        for (number, line) in block.flat.lines.iter().enumerate() {
            if level.is_some() && number > 0 {
                break;
            }
            if self.takes_time(line, number == 0) {
                first = true;
                continue;
            }
            if self.open.is_some_and(|open| open.over) {
                self.open = None;
            }
            let context = LineContext {
                source: self.source,
                marks: &block.flat.marks,
                heading: level.is_some(),
                first,
                under_day: self.day.is_some(),
            };
            first = false;
            let last = number > 0 && number + 1 == block.flat.lines.len();
            match header::find(line, context) {
                Found::Header(header) if last && header.is_bare_time() => {
                    self.scan.doubtful.push(Doubt {
                        from: header.start,
                        to: header.end,
                        why: Why::LastLine,
                    });
                    self.text_goes_on();
                }
                Found::Header(header) => self.start(index, number, block, header),
                Found::Day(time) => self.day(time, line, block, level),
                Found::Doubtful(found) if deserves_hint(found, number) => {
                    self.doubtful(found);
                    self.text_goes_by();
                }
                Found::Doubtful(_) | Found::Prose => self.text_goes_on(),
            }
        }
        self.track(block);
        match &mut self.open {
            Some(open) if open.item => self.open = None,
            Some(open) if !open.fills => open.over = true,
            Some(_) | None => {}
        }
    }

    fn doubtful(&mut self, found: Doubtful) {
        if found.labelled || self.open.is_none() {
            self.scan.doubtful.push(Doubt {
                from: found.from,
                to: found.to,
                why: if found.labelled {
                    Why::Label
                } else {
                    Why::Prose
                },
            });
        }
    }

    fn text_goes_on(&mut self) {
        if let Some(open) = &mut self.open {
            open.has_text = true;
        }
    }

    fn start(&mut self, block_index: usize, line: usize, block: &Block, header: Header) {
        let fills = header.text_start.is_none();
        let timeless = header.time.is_empty();
        let offset = match block.sort {
            _ if line > 0 => block.flat.lines[line].start,
            _ => block.range.start,
        };
        self.scan.starts.push(Start {
            block: block_index,
            line,
            day: self.day.map(|(day, _)| day),
            trailing: None,
            offset,
            header,
        });
        self.open = timeless.then_some(Open {
            start: self.scan.starts.len() - 1,
            fills: matches!(block.sort, Sort::Heading(_))
                || (fills && line + 1 >= block.flat.lines.len()),
            item: matches!(block.sort, Sort::Item(_)),
            has_text: !fills,
            over: false,
        });
    }

    fn day(&mut self, time: TimeText, line: &Line, block: &Block, level: Option<u8>) {
        self.open = None;
        let whole = block.flat.lines.len() == 1;
        let (start, end) = if whole {
            (block.range.start, block.range.end)
        } else {
            (line.start, line.end)
        };
        self.scan.days.push(Day { time, start, end });
        self.day = Some((self.scan.days.len() - 1, level.unwrap_or(7)));
    }

    /// Takes a line as the time of the entry that waits for one, if it is a time.
    fn takes_time(&mut self, line: &Line, begins_block: bool) -> bool {
        let Some(open) = self.open else {
            return false;
        };
        // A line this long is text.
        let Some(time) = (line.glyphs.len() <= 120)
            .then(|| time_text::whole_line(line, self.source))
            .flatten()
        else {
            return false;
        };
        let signed = time_text::is_signed(line);
        let next_line = !open.has_text && (!begins_block || time.has_date());
        let whole = time.has_date() && time.clock.is_some();
        let fits = if open.over {
            signed && whole
        } else {
            whole || (next_line && time.clock.is_some())
        };
        if !fits {
            return false;
        }
        let Some(start) = self.scan.starts.get_mut(open.start) else {
            return false;
        };
        start.trailing = Some(Trailing {
            time,
            start: line.start,
            end: line.end,
            closes: open.has_text,
        });
        self.open = None;
        true
    }

    /// `{{< track "2018-04-13 17:30:00" >}}` at the end of a paragraph.
    fn track(&mut self, block: &Block) {
        let Some(open) = self.open else { return };
        let Some(last) = block.flat.lines.last() else {
            return;
        };
        let Some((start, inner)) = track_in(self.source, last.start, last.end) else {
            return;
        };
        let Some(mut time) = time_text::whole_text(inner) else {
            return;
        };
        time.place = start..last.end;
        if let Some(entry) = self.scan.starts.get_mut(open.start) {
            entry.trailing = Some(Trailing {
                time,
                start,
                end: last.end,
                closes: true,
            });
            self.open = None;
        }
    }
}

/// The last `{{< track "…" >}}` of a line: where it begins, and what it holds. Nothing else may
/// follow it.
fn track_in(source: &str, start: usize, end: usize) -> Option<(usize, &str)> {
    let line = source.get(start..end)?;
    let at = line.rfind("{{<")?;
    let inner = line[at + 3..].trim_end().strip_suffix(">}}")?.trim();
    let quoted = inner.strip_prefix("track")?.trim();
    Some((start + at, quoted.trim_matches(['"', '\'', '“', '”'])))
}

/// Whether a line that begins like a header is worth a hint: the first line of its block, or any
/// with a label and a number that begins with a capital.
fn deserves_hint(found: Doubtful, number: usize) -> bool {
    number == 0 || (found.labelled && found.initial)
}
