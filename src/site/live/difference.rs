//! What differs between two versions of a page's main element, part by part.

use std::collections::HashMap;

use super::part::{Part, read};

/// The attribute of an element that stands for the one with its id that is there already.
const SAME: &str = "data-same";

/// The parts of `after` that differ from `before`, as HTML, one after the other. In each, whatever
/// parts are the same as before are left empty and marked as [`SAME`]. Everything, if the two can't
/// be compared.
pub(super) fn difference(before: &str, after: &str) -> String {
    let (Some(old), Some(new)) = (read(before), read(after)) else {
        return after.to_owned();
    };
    let mut known = Known::new();
    index(before, &old, "", &mut known);
    let mut html = String::new();
    write_changed((after, &new), "", &known, &mut html);
    html
}

/// The parts of the version before, by their paths: their ids, after those of the parts around them.
/// A part that has moved from one to another is another one.
type Known<'h> = HashMap<String, Before<'h>>;

/// A part of the version before.
struct Before<'h> {
    whole: &'h str,
    /// The same without the parts in it.
    frame: String,
}

/// A part, with the text in which it stands.
type Placed<'h, 'p> = (&'h str, &'p Part<'h>);

fn path_of(part: &Part<'_>, outer: &str) -> String {
    format!("{outer}/{}", part.id)
}

fn index<'h>(html: &'h str, part: &Part<'h>, outer: &str, known: &mut Known<'h>) {
    let path = path_of(part, outer);
    for inner in &part.parts {
        index(html, inner, &path, known);
    }
    let before = Before {
        whole: &html[part.range.clone()],
        frame: frame((html, part), write_same),
    };
    known.insert(path, before);
}

/// Writes the outermost parts that differ themselves, not only in the parts in them.
fn write_changed((html, part): Placed<'_, '_>, outer: &str, known: &Known<'_>, to: &mut String) {
    let path = path_of(part, outer);
    match known.get(&path) {
        Some(before) if before.whole == &html[part.range.clone()] => {}
        Some(before) if before.frame == frame((html, part), write_same) => {
            for inner in &part.parts {
                write_changed((html, inner), &path, known, to);
            }
        }
        Some(_) | None => write_whole((html, part), &path, known, to),
    }
}

/// Writes a part, in which only what is the same as before is left out.
fn write_whole((html, part): Placed<'_, '_>, path: &str, known: &Known<'_>, to: &mut String) {
    let text = frame((html, part), |inner, text| {
        let path = path_of(inner, path);
        let before = known.get(&path);
        match before.is_some_and(|before| before.whole == &html[inner.range.clone()]) {
            true => write_same(inner, text),
            false => write_whole((html, inner), &path, known, text),
        }
    });
    to.push_str(&text);
}

/// A part with something else instead of the parts in it.
fn frame<'h>(
    (html, part): Placed<'h, '_>,
    mut write: impl FnMut(&Part<'h>, &mut String),
) -> String {
    let mut text = String::with_capacity(part.range.len());
    let mut at = part.range.start;
    for inner in &part.parts {
        text.push_str(&html[at..inner.range.start]);
        write(inner, &mut text);
        at = inner.range.end;
    }
    text.push_str(&html[at..part.range.end]);
    text
}

fn write_same(part: &Part<'_>, to: &mut String) {
    let Part { id, tag, .. } = part;
    for piece in ["<", tag, " id=\"", id, "\" ", SAME, "></", tag, ">"] {
        to.push_str(piece);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = "<main id=\"main\"><h1 id=\"h\">Selma is down</h1><ul id=\"list\">\
                          <li id=\"a\">one</li><li id=\"b\">two</li></ul><p>end</p></main>";

    fn check(change: (&str, &str), expected: &str) {
        let after = BEFORE.replacen(change.0, change.1, 1);
        assert_ne!(after, BEFORE);
        assert_eq!(difference(BEFORE, &after), expected);
    }

    #[test]
    fn only_what_differs_is_sent() {
        assert_eq!(difference(BEFORE, BEFORE), "");
        check(("down", "up"), "<h1 id=\"h\">Selma is up</h1>");
        check((">one<", ">1<"), "<li id=\"a\">1</li>");
    }

    #[test]
    fn where_parts_come_or_go_those_that_stay_are_left_out() {
        check(
            ("<li id=\"a\">", "<li id=\"c\">new</li><li id=\"a\">"),
            "<ul id=\"list\"><li id=\"c\">new</li><li id=\"a\" data-same></li>\
             <li id=\"b\" data-same></li></ul>",
        );
        check(
            ("<li id=\"a\">one</li>", ""),
            "<ul id=\"list\"><li id=\"b\" data-same></li></ul>",
        );
        check(
            (
                "<li id=\"a\">one</li><li id=\"b\">two</li>",
                "<li id=\"b\">2</li><li id=\"a\">one</li>",
            ),
            "<ul id=\"list\"><li id=\"b\">2</li><li id=\"a\" data-same></li></ul>",
        );
    }

    #[test]
    fn what_stands_between_parts_belongs_to_the_part_around_it() {
        check(
            ("<p>end</p>", "<p>The end</p>"),
            "<main id=\"main\"><h1 id=\"h\" data-same></h1><ul id=\"list\" data-same></ul>\
             <p>The end</p></main>",
        );
    }

    #[test]
    fn several_changes_are_sent_one_after_the_other() {
        let after = BEFORE.replace("down", "up").replace("two", "2");
        let expected = "<h1 id=\"h\">Selma is up</h1><li id=\"b\">2</li>";
        assert_eq!(difference(BEFORE, &after), expected);
    }

    #[test]
    fn what_cant_be_compared_is_sent_whole() {
        let after = BEFORE.replace("</ul>", "");
        assert_eq!(difference(BEFORE, &after), after);
        assert_eq!(difference(&after, BEFORE), BEFORE);
    }

    /// What a browser makes of a difference: each part takes the place of the one with its id, with
    /// whatever is the same put back.
    fn applied(before: &str, difference: &str) -> String {
        let mut page = before.to_owned();
        let mut rest = difference;
        while !rest.is_empty() {
            // A part ends where what is left can be read as one.
            let end = rest
                .match_indices('>')
                .map(|(at, _)| at + 1)
                .find(|end| read(&rest[..*end]).is_some())
                .expect("a part");
            let mut part = rest[..end].to_owned();
            while let Some(at) = part.find(" data-same>") {
                let start = part[..at].rfind('<').expect("its tag");
                let end = at + part[at..].find("</").expect("its end");
                let end = end + part[end..].find('>').expect("its end") + 1;
                let id = part[start..at]
                    .split('"')
                    .nth(1)
                    .expect("its id")
                    .to_owned();
                part.replace_range(start..end, &source(&page, &id));
            }
            let id = read(&part).expect("a part").id.to_owned();
            let old = source(&page, &id);
            page = page.replacen(&old, &part, 1);
            rest = &rest[end..];
        }
        page
    }

    fn source(page: &str, id: &str) -> String {
        fn find<'p>(part: &'p Part<'p>, id: &str) -> Option<&'p Part<'p>> {
            let inner = || part.parts.iter().find_map(|inner| find(inner, id));
            if part.id == id { Some(part) } else { inner() }
        }
        let main = read(page).expect("a page");
        page[find(&main, id).expect("it is there").range.clone()].to_owned()
    }

    /// Numbers that look random, the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn below(&mut self, limit: u64) -> u64 {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (self.0 >> 33) % limit
        }
    }

    /// A page of up to three levels, whose parts and texts are drawn.
    fn drawn(numbers: &mut Numbers) -> String {
        let mut moving = Vec::new();
        let mut html = "<main id=\"main\">".to_owned();
        let mut ids: Vec<u64> = (0..6).filter(|_| numbers.below(3) > 0).collect();
        if numbers.below(2) == 0 {
            ids.reverse();
        }
        for id in ids {
            html.push_str(&format!("<ul id=\"u{id}\">{}", numbers.below(2)));
            for inner in (0..6)
                .filter(|inner| inner % 6 == id || numbers.below(3) == 0)
                .collect::<Vec<_>>()
            {
                // Some are in any of the lists, and move from one to another.
                if moving.contains(&inner) {
                    continue;
                }
                let text = numbers.below(3);
                let id = match inner < 2 {
                    true => format!("m{inner}"),
                    false => format!("u{id}-{inner}"),
                };
                if inner < 2 {
                    moving.push(inner);
                }
                html.push_str(&format!("<li id=\"{id}\">text {text}</li>"));
            }
            html.push_str(&format!("</ul>between {}", numbers.below(2)));
        }
        html + "</main>"
    }

    #[test]
    fn applied_it_makes_the_one_of_the_other_whatever_has_changed() {
        let mut numbers = Numbers(7);
        for _ in 0..500 {
            let (before, after) = (drawn(&mut numbers), drawn(&mut numbers));
            let difference = difference(&before, &after);
            assert_eq!(
                applied(&before, &difference),
                after,
                "{before}\n{difference}"
            );
        }
    }
}
