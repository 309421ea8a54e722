//! YAML as a tree in which everything has its place in the text.

use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Location, Spanned};

use super::yaml_help::{Explained, explain, is_too_large};

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number,
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Placed>),
    /// Keys and values, in order.
    Map(Vec<(Key, Placed)>),
}

/// A value and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placed {
    pub(super) node: Node,
    pub(super) place: Range<usize>,
}

/// A key and its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) place: Range<usize>,
}

/// Why a text isn't YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    pub(super) message: String,
    pub(super) help: String,
    pub(super) place: Range<usize>,
    /// It isn't wrong, but too large or too deeply nested.
    pub(super) is_too_large: bool,
}

/// Reads a text whose top level is a map.
pub(super) fn parse(text: &str) -> Result<Vec<(Key, Placed)>, YamlError> {
    let options = serde_saphyr::options! {
        strict_booleans: true,
        with_snippet: false,
        merge_keys: serde_saphyr::MergeKeyPolicy::AsOrdinary,
    };
    let places = Places::new(text);
    let read: Result<Option<Spanned<Raw>>, _> = serde_saphyr::from_str_with_options(text, options);
    match read {
        Ok(None) => Ok(Vec::new()),
        Ok(Some(root)) => match places.placed(root) {
            Placed {
                node: Node::Map(entries),
                ..
            } => Ok(entries),
            Placed {
                node: Node::Null, ..
            } => Ok(Vec::new()),
            other => Err(YamlError {
                message: "it must be lines of \"key: value\"".to_owned(),
                help: "with a space after the colon, such as: title: \"Mail on Selma is down\""
                    .to_owned(),
                place: other.place,
                is_too_large: false,
            }),
        },
        Err(error) => {
            let place = error
                .location()
                .map_or(0..0, |location| places.range(location));
            let Explained { message, help } = explain(&error, text, &place);
            Err(YamlError {
                message,
                help,
                place,
                is_too_large: is_too_large(&error),
            })
        }
    }
}

/// Converts lines and columns to places in the text.
struct Places<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn new(text: &'a str) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self { text, line_starts }
    }

    fn range(&self, location: Location) -> Range<usize> {
        let line = usize::try_from(location.line()).unwrap_or(1).max(1) - 1;
        let start = self
            .line_starts
            .get(line)
            .copied()
            .unwrap_or(self.text.len());
        let end = self
            .line_starts
            .get(line + 1)
            .map_or(self.text.len(), |next| next - 1);
        let content = self.text.get(start..end).unwrap_or_default();
        let before = usize::try_from(location.column()).unwrap_or(1).max(1) - 1;
        let length = usize::try_from(location.span().len()).unwrap_or(0);
        let from: usize = content.chars().take(before).map(char::len_utf8).sum();
        let wide: usize = content
            .chars()
            .skip(before)
            .take(length)
            .map(char::len_utf8)
            .sum();
        start + from..start + from + wide
    }

    fn placed(&self, raw: Spanned<Raw>) -> Placed {
        let place = self.range(raw.referenced);
        let node = match raw.value {
            Raw::Null => Node::Null,
            Raw::Bool(value) => Node::Bool(value),
            Raw::Number => Node::Number,
            Raw::Text(text) => Node::Text(text),
            Raw::List(items) => {
                Node::List(items.into_iter().map(|item| self.placed(item)).collect())
            }
            Raw::Map(entries) => Node::Map(
                entries
                    .into_iter()
                    .map(|(key, value)| {
                        let key = Key {
                            place: self.range(key.referenced),
                            name: key.value,
                        };
                        (key, self.placed(value))
                    })
                    .collect(),
            ),
        };
        Placed { node, place }
    }
}

/// A value as the YAML library returns it.
#[derive(Debug)]
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_i128<E>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_u128<E>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Number)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Raw, E> {
        // The check of the file's bytes can't see an escaped NUL, and no database accepts it.
        if text.contains('\0') {
            return Err(E::custom("a text contains a NUL"));
        }
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Raw, E> {
        self.visit_str(&String::from_utf8_lossy(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let text = "title: \"A: b\"\ndate: 2013-02-26 01:00\nnumber: 1.10\nselma: {state: down}\n\
                    list:\n  - selma\n  - nelson\ndraft: true\nnothing:\n";
        let entries = parse(text).expect("YAML");
        let found: Vec<_> = entries
            .iter()
            .map(|(key, value)| (&text[key.place.clone()], &text[value.place.clone()]))
            .collect();
        assert_eq!(found[0], ("title", "\"A: b\""));
        assert_eq!(found[1], ("date", "2013-02-26 01:00"));
        assert_eq!(found[2], ("number", "1.10"));
        let Node::List(items) = &entries[4].1.node else {
            panic!("no list")
        };
        assert_eq!(&text[items[1].place.clone()], "nelson");
        assert_eq!(entries[5].1.node, Node::Bool(true));
        assert_eq!(entries[6].1.node, Node::Null);
    }

    #[test]
    fn what_is_no_yaml_is_refused_with_its_place() {
        for (text, line) in [
            ("title: a\n- b\n", 1),
            ("title: \"a\n", 0),
            ("a: 1\na: 2\n", 1),
            ("just words\n", 0),
            ("a: *nowhere\n", 0),
        ] {
            let error = parse(text).expect_err(text);
            let found = text[..error.place.start].matches('\n').count();
            assert_eq!(found, line, "{text}: {error:?}");
            assert!(!error.message.is_empty(), "{text}");
        }
        // The library's limits stop an alias bomb.
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
        }
        for deep in [bomb, "[".repeat(50_000)] {
            let error = parse(&deep).expect_err("it is refused");
            assert!(error.is_too_large, "{error:?}");
        }
        assert!(parse("").expect("nothing").is_empty());
    }
}
