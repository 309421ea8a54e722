//! Sanitised HTML as plain text that keeps everything but the looks: links with their URLs, lists,
//! quotations, tables, lines of code.

use super::attributes::value_in;

/// Deeper quotations and lists aren't indented further.
const MAX_DEPTH: usize = 8;

/// The text of sanitised HTML.
pub(super) fn text_of_html(html: &str) -> String {
    let mut writer = Writer::default();
    let mut rest = html;
    while !rest.is_empty() {
        if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |end| end + 1);
            let (tag, after) = rest.split_at(end);
            rest = after;
            writer.tag(tag, after);
        } else {
            let end = rest.find('<').unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            rest = after;
            writer.text(&decoded(text));
        }
    }
    writer.out.trim_end().to_owned()
}

/// What the sanitiser escapes.
pub(super) fn decoded(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[derive(Default)]
struct Writer {
    out: String,
    /// Line ends that are needed before more is written.
    wanted: usize,
    /// Whether nothing has been written after a list item's mark.
    is_fresh: bool,
    /// What stands before each line, for each open quotation and list item.
    indents: Vec<&'static str>,
    /// What the line that was written last has before it.
    last_indent: String,
    /// The next number of each open list; `None` if it has none.
    lists: Vec<Option<i64>>,
    /// How many elements are open in which spaces and line ends count.
    pre: usize,
    /// The URL of the open link, and where its text begins.
    link: Option<(String, usize)>,
    /// Whether the open link is a footnote's number.
    in_note: bool,
    /// Whether a cell comes after another.
    is_next_cell: bool,
}

impl Writer {
    fn tag(&mut self, tag: &str, after: &str) {
        let name = tag.trim_start_matches(['<', '/']).trim_end_matches('>');
        let name = name.split([' ', '/']).next().unwrap_or_default();
        match (name, tag.starts_with("</")) {
            ("a", false) => {
                let url = decoded(value_in(tag, "href"));
                self.link = Some((url, self.out.len()));
            }
            ("a", true) => self.end_link(),
            ("sup", false) if after.starts_with("<a ") => {
                self.in_note = true;
                self.push("[");
            }
            ("sup", true) if std::mem::take(&mut self.in_note) => self.push("]"),
            ("br", _) => self.wanted = self.wanted.max(1),
            ("hr", _) => {
                self.block(2);
                self.push("--------");
                self.block(2);
            }
            ("del" | "s", _) => self.push("~~"),
            ("q", is_end) => self.push(if is_end { "”" } else { "“" }),
            ("ul" | "ol", is_end) => self.list(tag, is_end),
            ("li", is_end) => self.item(is_end),
            ("blockquote", is_end) => {
                self.block(2);
                match is_end {
                    true => drop(self.indents.pop()),
                    false => self.indents.push("> "),
                }
            }
            ("pre", is_end) => {
                self.block(2);
                self.pre = match is_end {
                    true => self.pre.saturating_sub(1),
                    false => self.pre + 1,
                };
            }
            ("tr", _) => {
                self.block(1);
                self.is_next_cell = false;
            }
            ("td" | "th", false) if std::mem::replace(&mut self.is_next_cell, true) => {
                self.push(" | ");
            }
            ("dt" | "dd" | "summary" | "caption" | "figcaption", _) => self.block(1),
            (
                "p" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "section" | "div" | "details"
                | "figure" | "dl",
                _,
            ) => self.block(2),
            _ => {}
        }
    }

    fn list(&mut self, tag: &str, is_end: bool) {
        let is_outer = self.lists.len() == usize::from(is_end);
        self.block(if is_outer { 2 } else { 1 });
        if is_end {
            self.lists.pop();
        } else {
            let first = value_in(tag, "start").parse().unwrap_or(1);
            self.lists.push(tag.starts_with("<ol").then_some(first));
        }
    }

    fn item(&mut self, is_end: bool) {
        if is_end {
            self.indents.pop();
            self.is_fresh = false;
            self.block(1);
            return;
        }
        self.is_fresh = false;
        self.block(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}. ", number.saturating_sub(1))
            }
            Some(None) | None => "- ".to_owned(),
        };
        self.push(&mark);
        self.is_fresh = true;
        self.indents.push("  ");
    }

    fn end_link(&mut self) {
        let Some((url, start)) = self.link.take() else {
            return;
        };
        let text = self.out.get(start..).unwrap_or_default().trim();
        let is_shown = url.is_empty() || self.in_note || is_same(text, &url);
        if !is_shown {
            self.push(&format!(" <{url}>"));
        }
    }

    /// Asks for line ends before whatever comes next.
    fn block(&mut self, lines: usize) {
        if !self.is_fresh {
            self.wanted = self.wanted.max(lines);
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            for (index, line) in text.split('\n').enumerate() {
                self.wanted += usize::from(index > 0);
                if !line.is_empty() {
                    self.push(line);
                }
            }
            return;
        }
        let mut words = text.split_ascii_whitespace();
        let begins = text.starts_with(|c: char| c.is_ascii_whitespace());
        let ends = text.ends_with(|c: char| c.is_ascii_whitespace());
        let is_at_start = self.wanted > 0 || self.is_fresh || self.out.is_empty();
        let Some(first) = words.next() else {
            // Spaces between two words matter, those between two blocks don't.
            if !is_at_start && !self.out.ends_with(' ') {
                self.out.push(' ');
            }
            return;
        };
        if begins && !is_at_start && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
        self.push(first);
        for word in words {
            self.out.push(' ');
            self.out.push_str(word);
        }
        if ends {
            self.out.push(' ');
        }
    }

    /// Writes a text without line ends, after the line ends that are wanted.
    fn push(&mut self, text: &str) {
        let indent: String = self.indents.iter().take(MAX_DEPTH).copied().collect();
        if self.out.is_empty() {
            self.out.push_str(&indent);
            self.last_indent = indent;
        } else if self.wanted > 0 {
            let kept = self.out.trim_end_matches(' ').len();
            self.out.truncate(kept);
            // Between a quotation and what is around it, the empty line belongs to neither.
            let shorter = match indent.len() < self.last_indent.len() {
                true => indent.clone(),
                false => self.last_indent.clone(),
            };
            for _ in 1..self.wanted {
                self.out.push('\n');
                self.out.push_str(shorter.trim_end());
            }
            self.out.push('\n');
            self.out.push_str(&indent);
            self.last_indent = indent;
        }
        self.wanted = 0;
        self.is_fresh = false;
        self.out.push_str(text);
    }
}

/// Whether a link's text says where it leads.
fn is_same(text: &str, url: &str) -> bool {
    let bare = |text: &str| {
        let text = text.trim_end_matches('/');
        let schemes = ["https://", "http://", "mailto:", "tel:"];
        let scheme = schemes.iter().find_map(|it| text.strip_prefix(it));
        scheme.unwrap_or(text).to_owned()
    };
    // Without its scheme, an address is a link in mail programs if it begins like this.
    let is_clear = text == url || text.contains('@') || text.starts_with("www.");
    let has_scheme = text.starts_with("http://") || text.starts_with("https://");
    (is_clear || has_scheme) && bare(text) == bare(url)
}

#[cfg(test)]
mod tests {
    use super::text_of_html;
    use crate::render::markdown::to_html_for_mail;

    #[track_caller]
    fn check(markdown: &str, wanted: &str) {
        let page = "https://status.example.com/incidents/a";
        let html = to_html_for_mail(markdown, page, "update-1-", 2);
        let text = text_of_html(html.as_str());
        assert_eq!(text, wanted, "{}", html.as_str());
    }

    #[test]
    fn paragraphs_and_breaks_stay_and_marks_go() {
        check("Mail *is* **up**.\nAnd `files`.", "Mail is up. And files.");
        check("One.\n\nTwo\\\nlines.", "One.\n\nTwo\nlines.");
        check("# Why\n\nBecause.", "Why\n\nBecause.");
        check(
            "a\n\n---\n\nb &amp; <b>c</b> &lt;",
            "a\n\n--------\n\nb & c <",
        );
        check("~~not~~ now", "~~not~~ now");
        check("", "");
    }

    #[test]
    fn a_link_keeps_its_url() {
        check(
            "[how](https://e.example/a?b&c)",
            "how <https://e.example/a?b&c>",
        );
        check(
            "See [home](/) .",
            "See home <https://status.example.com/> .",
        );
        check("https://e.example/a", "https://e.example/a");
        check("www.e.example", "www.e.example");
        check(
            "[e.example](https://e.example)",
            "e.example <https://e.example>",
        );
        check(
            "[https://good.example](https://bad.example)",
            "https://good.example <https://bad.example>",
        );
        check("mail a@e.example now", "mail a@e.example now");
        check(
            "![A disk](media/d.png)",
            "[A disk] <https://status.example.com/media/d.png>",
        );
        check(
            "[a](#b)",
            "a <https://status.example.com/incidents/a#update-1-b>",
        );
    }

    #[test]
    fn lists_are_indented_and_numbered() {
        check("- a\n- b\n  - c\n- d\n\ne", "- a\n- b\n  - c\n- d\n\ne");
        check("3. a\n4. b", "3. a\n4. b");
        check("- a\n\n  b\n\n- c", "- a\n\n  b\n\n- c");
    }

    #[test]
    fn quotations_code_and_tables_keep_their_form() {
        check("a\n\n> b\n>\n> c\n\nd", "a\n\n> b\n>\n> c\n\nd");
        check("```\n a  b\n\nc\n```\nd", " a  b\n\nc\n\nd");
        check("| a | b |\n|---|---|\n| 1 | 2 |", "a | b\n1 | 2");
    }

    #[test]
    fn a_footnote_is_numbered_and_stands_at_the_end() {
        check("a[^n] b\n\n[^n]: Note.", "a[1] b\n\n1. Note.");
        check("m<sup>2</sup>", "m2");
    }

    #[test]
    fn raw_html_leaves_its_words() {
        check("<div>\na <script>x()</script>\n</div>", "a");
        check(
            "<details><summary>More</summary>text</details>",
            "More\ntext",
        );
    }
}
