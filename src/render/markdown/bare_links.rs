//! Addresses in the text that aren't marked as links: `https://…`, `www.…`, mail addresses. They
//! are found by GitHub's autolink rules (<https://github.github.com/gfm/#autolinks-extension->).

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

/// A longer address stays text.
const MAX_BYTES: usize = 2000;

/// The events of a text, with bare addresses turned into links, but not in code, images or links.
pub(super) fn linked<'a>(
    source: &'a str,
    events: impl Iterator<Item = (Event<'a>, Range<usize>)>,
) -> impl Iterator<Item = Event<'a>> {
    let mut out = Vec::new();
    let mut run: Vec<Piece<'a>> = Vec::new();
    // The number of open elements that can't contain links.
    let mut closed = 0_usize;
    for (event, range) in events {
        match event {
            Event::Text(shown) if closed == 0 => {
                // Smart punctuation doesn't apply inside an address.
                let written = source.get(range).unwrap_or_default();
                let is_finer = shown.chars().count() == 1 && !shown.is_ascii();
                let plain = match is_finer && written.is_ascii() && !written.starts_with('&') {
                    true => CowStr::Borrowed(written),
                    false => shown.clone(),
                };
                run.push(Piece { shown, plain });
            }
            event => {
                write(&mut out, &mut run);
                match &event {
                    Event::Start(tag) if holds_none(&tag.to_end()) => closed += 1,
                    Event::End(end) if holds_none(end) => closed = closed.saturating_sub(1),
                    _ => {}
                }
                out.push(event);
            }
        }
    }
    write(&mut out, &mut run);
    out.into_iter()
}

fn holds_none(end: &TagEnd) -> bool {
    matches!(
        end,
        TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock | TagEnd::HtmlBlock
    )
}

/// A part of a run of text: as shown, and as written in the source.
struct Piece<'a> {
    shown: CowStr<'a>,
    plain: CowStr<'a>,
}

/// Writes a run of text and the links in it.
fn write<'a>(out: &mut Vec<Event<'a>>, run: &mut Vec<Piece<'a>>) {
    let pieces = std::mem::take(run);
    let whole: String = pieces.iter().map(|piece| piece.plain.as_ref()).collect();
    let links = links(&whole);
    if links.is_empty() {
        out.extend(pieces.into_iter().map(|piece| Event::Text(piece.shown)));
        return;
    }
    let mut links = links.into_iter().peekable();
    let mut at = 0;
    // Everything before this has been written.
    let mut done = 0;
    for piece in pieces {
        let end = at + piece.plain.len();
        while let Some(link) = links.next_if(|link| link.place.start < end) {
            if link.place.start > done {
                out.push(Event::Text(text(&whole[done..link.place.start])));
            }
            done = link.place.end;
            out.extend(link.events(&whole));
        }
        if done <= at {
            out.push(Event::Text(piece.shown));
        } else if done < end {
            out.push(Event::Text(text(&whole[done..end])));
        }
        done = done.max(end);
        at = end;
    }
}

fn text<'a>(text: &str) -> CowStr<'a> {
    CowStr::Boxed(text.into())
}

/// An address in a run of text.
struct Link {
    place: Range<usize>,
    /// The prefix of the link's target.
    scheme: &'static str,
}

impl Link {
    fn events<'a>(self, whole: &str) -> [Event<'a>; 3] {
        let shown = &whole[self.place];
        let tag = Tag::Link {
            link_type: LinkType::Autolink,
            dest_url: text(&format!("{}{shown}", self.scheme)),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        };
        let end = Event::End(tag.to_end());
        [Event::Start(tag), Event::Text(text(shown)), end]
    }
}

/// The addresses in a text, in order.
fn links(text: &str) -> Vec<Link> {
    let mut found: Vec<Link> = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    // A mail address can't begin before this.
    let mut floor = 0;
    while let Some(place) = bytes
        .get(at..)
        .and_then(|rest| rest.iter().position(is_sign))
    {
        let sign = at + place;
        at = sign + 1;
        let link = match bytes[sign] {
            b'@' => mail(text, floor, sign),
            _ if may_begin(text, sign) => web(text, sign),
            _ => None,
        };
        if bytes[sign] == b'@' {
            floor = at;
        }
        if let Some(link) = link {
            at = link.place.end;
            floor = at;
            found.push(link);
        }
    }
    found
}

/// Whether the byte begins an address or occurs in the middle of one.
fn is_sign(byte: &u8) -> bool {
    matches!(byte, b'@' | b'h' | b'H' | b'w' | b'W')
}

/// Whether an address may begin here: at the start, or after white space or most punctuation.
fn may_begin(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    before.is_none_or(|c| {
        c.is_whitespace()
            || !c.is_alphanumeric()
                && !matches!(
                    c,
                    '/' | '.' | '@' | '-' | '+' | ':' | '=' | '&' | '#' | '%' | '?'
                )
    })
}

fn web(text: &str, start: usize) -> Option<Link> {
    let begins = |word: &str| {
        let found = text.as_bytes().get(start..start + word.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    let (host_at, scheme) = if begins("https://") {
        (start + 8, "")
    } else if begins("http://") {
        (start + 7, "")
    } else if begins("www.") {
        (start, "http://")
    } else {
        return None;
    };
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let rest = &text[host_at..];
    let host = &rest[..rest.find(|c| !is_host(c)).unwrap_or(rest.len())];
    let host = host.trim_end_matches(['.', '-', '_']);
    let mut parts = host.rsplit('.');
    let last_two = [parts.next(), parts.next()];
    let is_sound = host.starts_with(char::is_alphanumeric)
        && !host.contains("..")
        && last_two.iter().flatten().all(|part| !part.contains('_'))
        && (scheme.is_empty() || host.matches('.').count() >= 1);
    if !is_sound {
        return None;
    }
    let length = rest
        .find(|c: char| c.is_whitespace() || c == '<')
        .unwrap_or(rest.len());
    let end = host_at + trimmed(&rest[..length]).len();
    (end - start <= MAX_BYTES && end >= host_at + host.len()).then_some(Link {
        place: start..end,
        scheme,
    })
}

/// An address without trailing punctuation that belongs to the surrounding sentence.
fn trimmed(address: &str) -> &str {
    let count = |c: char| address.matches(c).count();
    // The number of unmatched closing brackets.
    let mut over = [('(', ')'), ('[', ']'), ('{', '}')]
        .map(|(open, close)| (close, count(close).saturating_sub(count(open))));
    let mut left = address;
    while let Some(last) = left.chars().next_back() {
        let is_more = match over.iter_mut().find(|(close, _)| *close == last) {
            Some((_, 0)) => false,
            Some((_, more)) => {
                *more -= 1;
                true
            }
            None => {
                matches!(
                    last,
                    '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '"' | '>'
                ) || !last.is_alphanumeric() && !last.is_ascii()
            }
        };
        if !is_more {
            break;
        }
        left = &left[..left.len() - last.len_utf8()];
    }
    left
}

fn mail(text: &str, floor: usize, sign: usize) -> Option<Link> {
    let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+');
    let bytes = text.as_bytes();
    let before = bytes[floor..sign]
        .iter()
        .rev()
        .take_while(|b| is_name(b))
        .count();
    let is_host = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let behind = bytes[sign + 1..].iter().take_while(is_host).count();
    let host = text[sign + 1..sign + 1 + behind].trim_end_matches('.');
    let is_sound = before > 0
        && host.contains('.')
        && !host.starts_with('.')
        && !host.contains("..")
        && !host.ends_with(['-', '_']);
    let mut start = sign - before;
    let end = sign + 1 + host.len();
    let mut scheme = "mailto:";
    if text[floor..start].ends_with("mailto:") {
        start -= scheme.len();
        scheme = "";
    }
    (is_sound && end - start <= MAX_BYTES).then_some(Link {
        place: start..end,
        scheme,
    })
}

#[cfg(test)]
mod tests {
    use crate::render::markdown::to_html;

    #[track_caller]
    fn check(markdown: &str, wanted: &[(&str, &str)]) {
        let html = to_html(markdown, "", 3);
        let mut found = Vec::new();
        for part in html.as_str().split("<a href=\"").skip(1) {
            let (target, rest) = part.split_once('"').expect("a target");
            let (_, words) = rest.split_once('>').expect("a tag");
            found.push((target, words.split("</a>").next().unwrap_or_default()));
        }
        assert_eq!(found, wanted, "{markdown}: {}", html.as_str());
    }

    #[test]
    fn bare_addresses_are_links() {
        let plan = [("https://example.com/plan", "https://example.com/plan")];
        for text in [
            "See https://example.com/plan for more.",
            "See https://example.com/plan.",
            "(https://example.com/plan)",
            "“https://example.com/plan”",
            "\"https://example.com/plan\"",
            "https://example.com/plan, and so on",
            "**https://example.com/plan**",
            "https://example.com/plan...",
            "# https://example.com/plan\n",
            "- https://example.com/plan\n",
            "See:\nhttps://example.com/plan\nfor more",
            "Status（https://example.com/plan）。",
        ] {
            if text.starts_with('#') {
                let html = to_html(text, "", 3);
                assert!(html.as_str().contains("href=\"https://example.com/plan\""));
            } else {
                check(text, &plan);
            }
        }
        for (text, target) in [
            ("www.example.com/a", "http://www.example.com/a"),
            ("https://x.example/a_b_c", "https://x.example/a_b_c"),
            ("https://x.example/a--b", "https://x.example/a--b"),
            ("https://x.example/a'b'c", "https://x.example/a'b'c"),
            ("https://x.example/a(b)c", "https://x.example/a(b)c"),
            (
                "https://x.example/?a=1&b=2",
                "https://x.example/?a=1&amp;b=2",
            ),
            ("HTTPS://x.example", "HTTPS://x.example"),
            ("http://localhost:8080/", "http://localhost:8080/"),
            ("https://пример.example/", "https://пример.example/"),
            ("help@example.com", "mailto:help@example.com"),
            ("a.b+c@mail.example.com", "mailto:a.b+c@mail.example.com"),
        ] {
            let shown = target.strip_prefix("mailto:").unwrap_or(target);
            let shown = if text.starts_with("www") { text } else { shown };
            check(text, &[(target, shown)]);
        }
        check(
            "a@b.example, c@d.example.",
            &[
                ("mailto:a@b.example", "a@b.example"),
                ("mailto:c@d.example", "c@d.example"),
            ],
        );
    }

    #[test]
    fn what_is_none_or_is_one_already_stays() {
        for text in [
            "`https://example.com`",
            "```\nhttps://example.com\n```",
            "    https://example.com",
            "<code>https://example.com</code>",
            "https://",
            "http:// example.com",
            "www.",
            "https://-x",
            "a@b",
            "@example.com",
            "a@b.example_",
            "xhttps://example.com",
            "user@localhost",
        ] {
            check(text, &[]);
        }
        check(
            "[https://a.example](https://b.example)",
            &[("https://b.example", "https://a.example")],
        );
        check(
            "<https://a.example>",
            &[("https://a.example", "https://a.example")],
        );
        let raw = to_html("<a href=\"/b\">https://a.example</a>", "", 3);
        assert_eq!(raw.as_str().matches("href=").count(), 1, "{}", raw.as_str());
        check("![https://a.example](x.png)", &[]);
    }

    #[test]
    fn long_rows_of_them_take_no_time_each_for_all_others() {
        for text in [
            "a@",
            "http://",
            "www.",
            "https://a.",
            "a.b_",
            "(http://(",
            "w",
            ")",
        ] {
            to_html(&text.repeat(50_000), "", 3);
            to_html(&format!("https://a.example/{}", text.repeat(50_000)), "", 3);
        }
    }
}
