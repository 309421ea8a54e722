//! Marks of other systems that are left in a body. kramdown's attribute lines are left out. Readers
//! would see Hugo's shortcodes and Liquid's tags, so these are reported.

use std::ops::Range;

use super::blocks::Block;
use super::report::Report;
use super::scan::Scan;
use crate::content::problem::Severity;

/// The longest mark, in bytes.
const LONGEST: usize = 2000;

/// How each mark begins and ends, and what it is; the longer ones come first.
const MARKS: [(&str, &str, &str); 5] = [
    ("{{<", ">}}", "a Hugo shortcode"),
    ("{{%", "%}}", "a Hugo shortcode"),
    ("{{", "}}", "a Liquid tag"),
    ("{%", "%}", "a Liquid tag"),
    ("{:", "}", "a kramdown attribute"),
];

/// The lines of `range` outside code that are only attributes, such as `{: .notice}`, with their
/// line ends.
pub(super) fn attribute_lines(
    source: &str,
    range: Range<usize>,
    code: &[Range<usize>],
) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = range.start;
    for line in source.get(range).unwrap_or_default().split_inclusive('\n') {
        if is_attributes(line) && !is_in(code, start) {
            found.push(start..start + line.len());
        }
        start += line.len();
    }
    found
}

/// Assigns the attribute lines to their blocks, and removes them from the flat lines.
pub(super) fn set_aside(blocks: &mut [Block], lines: &[Range<usize>]) {
    for block in blocks {
        let first = lines.partition_point(|line| line.end <= block.range.start);
        let inside = lines[first..]
            .iter()
            .take_while(|line| line.start < block.range.end);
        block.attributes = inside.cloned().collect();
        if !block.attributes.is_empty() {
            let attributes = &block.attributes;
            let flat = &mut block.flat.lines;
            flat.retain(|line| line.start == line.end || !is_in(attributes, line.start));
        }
    }
}

/// `{: .notice}`, also in a quote; not `{::comment}` or `{:/}`, which enclose text.
fn is_attributes(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    let Some(inner) = line
        .strip_prefix("{:")
        .and_then(|rest| rest.strip_suffix('}'))
    else {
        return false;
    };
    !inner.starts_with([':', '/']) && !inner.contains(['{', '}']) && line.len() <= LONGEST
}

/// Reports marks that readers would see as they are.
pub(super) fn hint(
    source: &str,
    scan: &Scan,
    blocks: &[Block],
    hidden: &[Range<usize>],
    report: &mut Report<'_>,
) {
    let mut closers = MARKS.map(|(_, closer, _)| Ahead::new(closer));
    let mut gap = Ahead::new("\n\n");
    let mut at = 0;
    while let Some(found) = source.get(at..).and_then(|rest| rest.find('{')) {
        let start = at + found;
        at = start + 1;
        let rest = source.get(start..).unwrap_or_default();
        let mark = MARKS
            .into_iter()
            .zip(&mut closers)
            .find(|((opener, _, _), _)| rest.starts_with(opener));
        let Some(((opener, closer, what), ahead)) = mark else {
            continue;
        };
        let inner = start + opener.len();
        let Some(end) = ahead.from(source, inner).map(|end| end + closer.len()) else {
            continue;
        };
        // A mark may span lines, but not paragraphs.
        let is_over = gap.from(source, inner).is_some_and(|gap| gap < end);
        if is_over || end - start > LONGEST {
            continue;
        }
        if is_in(hidden, start) || is_set_aside(blocks, start) || is_time(scan, start) {
            continue;
        }
        at = end;
        report.add(
            Severity::Hint,
            start..end,
            format!("this looks like {what}; readers see it as it is"),
            Some(
                "write it as Markdown, or remove it; if readers should see it, mark it as code"
                    .to_owned(),
            ),
        );
    }
}

/// Finds the next occurrence of a text. Places are asked for in order, so that together they cost
/// no more than one pass through the source.
struct Ahead {
    text: &'static str,
    /// Where it was found last, or the end of the source.
    found: Option<usize>,
}

impl Ahead {
    fn new(text: &'static str) -> Self {
        Self { text, found: None }
    }

    fn from(&mut self, source: &str, at: usize) -> Option<usize> {
        let known = self.found.filter(|found| *found >= at);
        let found = known.unwrap_or_else(|| {
            let rest = source.get(at..).unwrap_or_default();
            rest.find(self.text).map_or(source.len(), |next| at + next)
        });
        self.found = Some(found);
        (found < source.len()).then_some(found)
    }
}

/// Whether one of these ranges, which are sorted and disjoint, contains a place.
fn is_in(ranges: &[Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.start <= at)
}

fn is_set_aside(blocks: &[Block], at: usize) -> bool {
    let next = blocks.partition_point(|block| block.range.end <= at);
    blocks
        .get(next)
        .is_some_and(|block| is_in(&block.attributes, at))
}

/// Whether the mark gives an entry its time.
fn is_time(scan: &Scan, at: usize) -> bool {
    let after = scan.starts.partition_point(|start| start.offset <= at);
    let start = after
        .checked_sub(1)
        .and_then(|index| scan.starts.get(index));
    let trailing = start.and_then(|start| start.trailing.as_ref());
    trailing.is_some_and(|it| it.start <= at && at < it.end)
}
