//! The parts of a page: elements with an id, in which there may be others.

use std::ops::Range;

/// An element with an id.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'h> {
    pub(super) id: &'h str,
    /// The name of its tag.
    pub(super) tag: &'h str,
    /// Where it stands, tags included.
    pub(super) range: Range<usize>,
    /// The parts in it, in their order.
    pub(super) parts: Vec<Part<'h>>,
}

/// An element whose end hasn't come yet.
struct Open<'h> {
    tag: &'h str,
    id: Option<&'h str>,
    start: usize,
    parts: Vec<Part<'h>>,
}

/// Elements without an end tag.
const VOID: [&str; 9] = [
    "br", "hr", "img", "input", "wbr", "source", "col", "link", "meta",
];

/// Reads an element as our pages write it: each element but the void ones has an end tag, and each
/// attribute has quotes or no value. `None` if it is written otherwise, has no id, or if an id
/// stands twice.
pub(super) fn read(html: &str) -> Option<Part<'_>> {
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut ids = std::collections::HashSet::new();
    let mut at = 0;
    loop {
        let start = at + html.get(at..)?.find('<')?;
        let rest = &html[start..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            at = start + 4 + comment.find("-->")? + 3;
            continue;
        }
        let len = tag_len(rest)?;
        at = start + len;
        if let Some(name) = rest[..len - 1].strip_prefix("</") {
            let ended = open.pop().filter(|open| open.tag == name.trim_end())?;
            let parts = match ended.id {
                Some(id) => vec![Part {
                    id,
                    tag: ended.tag,
                    range: ended.start..at,
                    parts: ended.parts,
                }],
                None => ended.parts,
            };
            match open.last_mut() {
                Some(outer) => outer.parts.extend(parts),
                None => return parts.into_iter().next().filter(|_| at == html.len()),
            }
            continue;
        }
        let inner = &rest[1..len - 1];
        let end = inner.find([' ', '\n', '/']).unwrap_or(inner.len());
        let (tag, attributes) = inner.split_at(end);
        if VOID.contains(&tag) || attributes.ends_with('/') {
            continue;
        }
        let id = attributes
            .split_once(" id=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(id, _)| id);
        if id.is_some_and(|id| !ids.insert(id)) {
            return None;
        }
        open.push(Open {
            tag,
            id,
            start,
            parts: Vec::new(),
        });
    }
}

/// The length of the tag at the beginning of `html`, brackets included.
fn tag_len(html: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in html.bytes().enumerate() {
        match (byte, quote) {
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            (b'>', None) => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The ids of a part and of those in it.
    fn tree(part: &Part<'_>) -> String {
        let inner: Vec<String> = part.parts.iter().map(tree).collect();
        match inner.is_empty() {
            true => part.id.to_owned(),
            false => format!("{}({})", part.id, inner.join(" ")),
        }
    }

    #[test]
    fn parts_stand_in_parts_whatever_is_between_them() {
        let html = "<main id=\"main\"><div><p class=\"a\" id=\"one\">x<br>y</p></div><ul id=\"two\">\
                    <li id=\"three\"><img src=\"a>b\" alt='\"'></li><li>no</li></ul><!-- <b> --></main>";
        let main = read(html).expect("well-formed");
        assert_eq!(tree(&main), "main(one two(three))");
        assert_eq!(
            &html[main.parts[0].range.clone()],
            "<p class=\"a\" id=\"one\">x<br>y</p>"
        );
        assert_eq!(main.parts[1].parts[0].tag, "li");
    }

    #[test]
    fn what_is_written_otherwise_is_no_part() {
        for wrong in [
            "",
            "text",
            "<main>no id</main>",
            "<main id=\"main\">",
            "<main id=\"main\"><p></main>",
            "<main id=\"main\"></p></main>",
            "<main id=\"main\"><p id=\"a\"></p><p id=\"a\"></p></main>",
            "<main id=\"main\"></main><p>more</p>",
            "<main id=\"main",
            "<main id=\"main\"><!-- </main>",
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
