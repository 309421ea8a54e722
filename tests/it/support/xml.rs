//! XML as a tree, and HTML as its tags: just enough to check rules.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element with its attributes and content.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    /// The name with its prefix, as written.
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) text: String,
    pub(crate) children: Vec<Element>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a, 'b>(
        &'a self,
        name: &'b str,
    ) -> impl Iterator<Item = &'a Element> + use<'a, 'b> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the only child of that name.
    #[track_caller]
    pub(crate) fn one(&self, name: &str) -> &str {
        let mut found = self.all(name);
        let one = found
            .next()
            .unwrap_or_else(|| panic!("no {name} in {}", self.name));
        assert!(found.next().is_none(), "two {name} in {}", self.name);
        &one.text
    }
}

/// Parses a document into a tree; panics if it isn't well-formed.
#[track_caller]
pub(crate) fn parse(text: &str) -> Element {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_comments = true;
    config.expand_empty_elements = true;
    let mut open = vec![Element::default()];
    loop {
        let event = reader.read_event().unwrap_or_else(|error| {
            panic!(
                "not well-formed at byte {}: {error}",
                reader.error_position()
            )
        });
        match event {
            Event::Start(start) => open.push(element(&start)),
            Event::End(_) => {
                let done = open.pop().expect("it is open");
                open.last_mut().expect("a parent").children.push(done);
            }
            Event::Text(text) => add(&mut open, &text.decode().expect("UTF-8")),
            Event::CData(text) => add(&mut open, &text.decode().expect("UTF-8")),
            Event::GeneralRef(name) => {
                let named = name.decode().expect("UTF-8");
                let character = match name.resolve_char_ref().expect("a character") {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&named)
                        .unwrap_or_else(|| panic!("&{named}; is no entity of XML"))
                        .to_owned(),
                };
                add(&mut open, &character);
            }
            Event::Eof => break,
            Event::Decl(_) | Event::Comment(_) => {}
            other => panic!("{other:?} has no place in a feed"),
        }
    }
    let document = open.pop().expect("the document");
    assert!(open.is_empty(), "something never ends");
    let [root] = document.children.try_into().expect("one root");
    root
}

fn add(open: &mut [Element], text: &str) {
    open.last_mut().expect("the document").text.push_str(text);
}

fn element(start: &BytesStart<'_>) -> Element {
    let name = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let attributes = start.attributes().map(|attribute| {
        let attribute = attribute.expect("an attribute, once");
        let value = String::from_utf8(attribute.value.to_vec()).expect("UTF-8");
        let value = quick_xml::escape::unescape(&value).expect("escaped");
        (name(attribute.key.as_ref()), value.into_owned())
    });
    Element {
        name: name(start.name().as_ref()),
        attributes: attributes.collect(),
        ..Element::default()
    }
}

/// The tags of sanitised HTML; panics if they don't match.
#[track_caller]
pub(crate) fn tags(html: &str) -> Vec<Element> {
    const VOID: [&str; 4] = ["br", "hr", "img", "wbr"];
    let mut found = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("the end of a tag");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "ends match: {html}");
            continue;
        }
        let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element {
            name: name.to_owned(),
            ..Element::default()
        };
        while let Some((key, after)) = rest.split_once("=\"") {
            let (value, after) = after.split_once('"').expect("the end of a value");
            let pair = (key.trim().to_owned(), value.to_owned());
            element.attributes.push(pair);
            rest = after;
        }
        found.push(element);
        if !VOID.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?} never end: {html}");
    found
}
