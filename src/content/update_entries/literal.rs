//! Literal texts: what is between `<!-- text -->` and `<!-- end of text -->`, each alone on its
//! line, is taken as it is. Nothing in it is an entry, a list of states or the end of anything. A
//! word can tell pairs apart: `<!-- text a -->`, `<!-- end of text a -->`.

use std::collections::HashMap;
use std::ops::Range;

/// A part of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
    /// Markdown to be read.
    Markdown(Range<usize>),
    /// A literal text: all of it, and the text without its comments.
    Literal {
        range: Range<usize>,
        text: Range<usize>,
    },
}

/// The word of a comment line that begins (`true`) or ends (`false`) a literal text.
pub(in crate::content) fn fence(line: &str) -> Option<(bool, &str)> {
    let inner = line
        .trim_end()
        .strip_prefix("<!--")?
        .strip_suffix("-->")?
        .trim();
    let (begins, word) = match inner.strip_prefix("end of text") {
        Some(rest) => (false, rest),
        None => (true, inner.strip_prefix("text")?),
    };
    let spaced = word.is_empty() || word.starts_with(' ');
    let word = word.trim();
    (spaced && word.len() <= 20 && word.bytes().all(|b| b.is_ascii_alphanumeric()))
        .then_some((begins, word))
}

/// Splits a body. A beginning without an end is ordinary Markdown.
pub(super) fn segments(body: &str) -> Vec<Segment> {
    let mut fences = Vec::new();
    let mut ends: HashMap<&str, Vec<usize>> = HashMap::new();
    let mut start = 0;
    for line in body.split_inclusive('\n') {
        if line.starts_with("<!--")
            && let Some((begins, word)) = fence(line)
        {
            if !begins {
                ends.entry(word).or_default().push(fences.len());
            }
            fences.push((begins, word, start..start + line.len()));
        }
        start += line.len();
    }
    let mut segments = Vec::new();
    let mut done = 0;
    let mut next = 0;
    while let Some((begins, word, range)) = fences.get(next) {
        next += 1;
        let closing = ends
            .get(word)
            .and_then(|ends| ends.get(ends.partition_point(|end| *end < next)));
        let (true, Some(closing)) = (begins, closing) else {
            continue;
        };
        let (_, _, end) = &fences[*closing];
        segments.push(Segment::Markdown(done..range.start));
        let text_end = end.start.saturating_sub(1).max(range.end);
        segments.push(Segment::Literal {
            range: range.start..end.end,
            text: range.end..text_end,
        });
        done = end.end;
        next = closing + 1;
    }
    segments.push(Segment::Markdown(done..body.len()));
    segments
}
