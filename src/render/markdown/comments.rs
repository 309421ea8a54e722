//! Comments in Markdown: staff's notes to each other, which no public output contains.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};

use super::dialect::parser;

/// The text without its comments. What only looks like a comment, such as in code, stays.
pub fn without_comments(markdown: &str) -> String {
    if !markdown.contains("<!--") {
        return markdown.to_owned();
    }
    let mut out = String::with_capacity(markdown.len());
    let mut kept = 0;
    for comment in comments(markdown) {
        if comment.start < kept {
            continue;
        }
        let before = &markdown[kept..comment.start];
        let after = &markdown[comment.end..];
        let ends_line = after
            .trim_start_matches([' ', '\t'])
            .starts_with(['\n', '\r'])
            || after.trim().is_empty();
        // Trailing spaces would make a line break.
        out.push_str(match ends_line {
            true => before.trim_end_matches([' ', '\t']),
            false => before,
        });
        kept = comment.end;
        if ends_line {
            kept += after.len() - after.trim_start_matches([' ', '\t']).len();
            let begins_line = out.is_empty() || out.ends_with('\n');
            if begins_line && let Some(rest) = markdown.get(kept..) {
                kept += rest.len() - rest.trim_start_matches(['\r', '\n']).len();
            }
        }
    }
    out.push_str(&markdown[kept..]);
    out.trim_end().to_owned()
}

/// The ranges of the comments, in order.
fn comments(markdown: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut block: Option<Range<usize>> = None;
    for (event, range) in parser(markdown).into_offset_iter() {
        match event {
            Event::Start(Tag::HtmlBlock) => block = Some(range),
            Event::End(TagEnd::HtmlBlock) => {
                let block = block.take().unwrap_or(range);
                found.extend(comments_in(markdown, block));
            }
            Event::InlineHtml(html) if html.starts_with("<!--") => found.push(range),
            _ => {}
        }
    }
    found
}

/// The comments in a block of HTML. An unclosed one extends to the end of the block.
fn comments_in(markdown: &str, block: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = block.start;
    while let Some(start) = markdown[at..block.end].find("<!--") {
        let start = at + start;
        let inner = &markdown[start + 4..block.end];
        let end = inner
            .find("-->")
            .map_or(block.end, |length| start + 4 + length + 3);
        found.push(start..end);
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comments_are_taken_out_and_the_rest_stays() {
        for (markdown, wanted) in [
            ("Text. <!-- internal: ticket 99 -->", "Text."),
            ("A <!-- b --> c", "A  c"),
            ("A.\n\n<!-- b -->\n\nC.", "A.\n\nC."),
            ("A.\n\n<!-- b\n\nc -->\n\nD.", "A.\n\nD."),
            ("A  <!-- b -->\nC", "A\nC"),
            ("<!-- a -->B", "B"),
            ("<!-- a --><!-- b -->\nC", "C"),
            ("A.\n\n<!-- b", "A."),
            ("<div><!-- a -->b</div>", "<div>b</div>"),
            ("`<!-- a -->`", "`<!-- a -->`"),
            ("```\n<!-- a -->\n```", "```\n<!-- a -->\n```"),
            ("- a <!-- b -->\n- c", "- a\n- c"),
            ("> <!-- a\n> b -->\n\nc", ">\n\nc"),
            ("<!-- a -->", ""),
        ] {
            assert_eq!(without_comments(markdown), wanted, "{markdown}");
        }
    }
}
