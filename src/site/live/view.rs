//! What a page shows at a version: its main element.

use bytes::Bytes;

use super::difference::difference;
use crate::render::html::live::hash_of;
use crate::site::document::Document;
use crate::site::version::Version;

/// The main element of a page, as of the version that made it what it is.
#[derive(Debug)]
pub(super) struct View {
    /// The first version that shows it.
    pub(super) version: Version,
    /// Recognises it; the page says it, too.
    pub(super) hash: String,
    /// The element as HTML.
    main: Bytes,
    /// What differs from the view before, as an event. Most who are told saw that.
    step: Option<(String, Bytes)>,
}

impl View {
    /// What a document shows at `version`. `None` if the document has no main element.
    pub(super) fn of(document: &Document, version: Version) -> Option<Self> {
        let main = main_of(document.plain())?;
        Some(Self {
            version,
            hash: hash_of(&main),
            main,
            step: None,
        })
    }

    /// The same, with an event for those who saw what the page showed until then.
    pub(super) fn after(mut self, before: Option<&Self>) -> Self {
        self.step = before.map(|before| (before.hash.clone(), self.event_after(Some(before))));
        self
    }

    /// The event for those who saw `before`, or for those of whom nothing is known.
    pub(super) fn event(&self, before: Option<&Self>) -> Bytes {
        match (&self.step, before) {
            (Some((hash, event)), Some(before)) if *hash == before.hash => event.clone(),
            _ => self.event_after(before),
        }
    }

    fn event_after(&self, before: Option<&Self>) -> Bytes {
        let after = String::from_utf8_lossy(&self.main);
        let html = match before {
            Some(before) => difference(&String::from_utf8_lossy(&before.main), &after),
            None => after.into_owned(),
        };
        let mut event = format!("id: {}\ndata: {}\n", self.version, self.hash);
        // A line break of any kind would end the field.
        for line in html.replace("\r\n", "\n").split(['\n', '\r']) {
            event.push_str("data: ");
            event.push_str(line);
            event.push('\n');
        }
        event.push('\n');
        event.into()
    }
}

/// The main element of a page, shared with the document.
fn main_of(page: &Bytes) -> Option<Bytes> {
    let find = |what: &[u8]| page.windows(what.len()).position(|window| window == what);
    let start = find(b"<main ")?;
    let end = find(b"</main>")? + b"</main>".len();
    (start < end).then(|| page.slice(start..end))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::site::document::CachePolicy;

    fn view(main: &str, version: &str, before: Option<&View>) -> View {
        let page = format!("<body><p>before</p>{main}<p>after</p></body>");
        let (policy, at) = (CachePolicy::Live, DateTime::UNIX_EPOCH);
        let document = Document::new("text/html", policy, at, page);
        let version = version.parse().expect("a version");
        let view = View::of(&document, version).expect("it has a main element");
        view.after(before)
    }

    fn text(event: &Bytes) -> &str {
        std::str::from_utf8(event).expect("UTF-8")
    }

    #[test]
    fn an_event_says_what_differs_from_what_was_seen() {
        let page = |text: &str| {
            format!("<main id=\"main\"><h1 id=\"h\">{text}</h1><p id=\"p\">x</p></main>")
        };
        let first = view(&page("one"), "7.0", None);
        let second = view(&page("two"), "8.0", Some(&first));
        let third = view(&page("three"), "8.1", Some(&second));
        let changed = |view: &View, word: &str| {
            let hash = &view.hash;
            format!(
                "id: {}\ndata: {hash}\ndata: <h1 id=\"h\">{word}</h1>\n\n",
                view.version
            )
        };
        assert_eq!(text(&second.event(Some(&first))), changed(&second, "two"));
        assert_eq!(text(&third.event(Some(&second))), changed(&third, "three"));
        assert_eq!(text(&third.event(Some(&first))), changed(&third, "three"));
        let whole = format!("id: 8.1\ndata: {}\ndata: {}\n\n", third.hash, page("three"));
        assert_eq!(text(&third.event(None)), whole);
        assert_eq!(first.hash, hash_of(page("one").as_bytes()));
    }

    #[test]
    fn no_line_break_ends_the_field() {
        let first = view(
            "<main id=\"main\"><pre>a\nid: 9.9\r\nb\rc</pre></main>",
            "7.0",
            None,
        );
        let event = first.event(None);
        let lines: Vec<&str> = text(&event).lines().skip(2).collect();
        let expected = [
            "data: <main id=\"main\"><pre>a",
            "data: id: 9.9",
            "data: b",
            "data: c</pre></main>",
            "",
        ];
        assert_eq!(lines, expected);
        assert!(!text(&event).contains('\r'));
    }
}
