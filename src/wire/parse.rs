//! Parses bytes as a request body: every mistake is reported with its place, nothing is guessed.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::field_error::{FieldError, token};
use super::fields::{Body, MOST_ERRORS, Place, body, shown};

/// Why a body can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unusable {
    /// It isn't JSON; the text says where it goes wrong.
    NotJson(String),
    /// It is JSON with mistakes, each with its place.
    Mistaken(Vec<FieldError>),
}

/// Reads a body. Duplicate fields, unknown fields and values of the wrong type are mistakes, and
/// all of them are listed. The JSON reader limits nesting to 128 levels.
pub fn parse<T: Body>(bytes: &[u8]) -> Result<T, Unusable> {
    let value = value(bytes)?;
    let mut errors = Vec::new();
    let read = body(value, &mut Place::root(&mut errors));
    match read {
        Some(read) if errors.is_empty() => Ok(read),
        _ => Err(Unusable::Mistaken(errors)),
    }
}

fn value(bytes: &[u8]) -> Result<Value, Unusable> {
    let twice = RefCell::new(Vec::new());
    let whole = Node {
        inside: None,
        key: "",
        twice: &twice,
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = whole
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match value {
        Err(error) => Err(Unusable::NotJson(format!("not JSON: {error}"))),
        Ok(_) if !twice.borrow().is_empty() => Err(Unusable::Mistaken(twice.into_inner())),
        Ok(value) => Ok(value),
    }
}

/// A JSON value at a place. Duplicate keys in it are reported, not merged. The place is formatted
/// only for a mistake, because a body may hold very many values.
struct Node<'a> {
    inside: Option<&'a Node<'a>>,
    key: &'a str,
    twice: &'a RefCell<Vec<FieldError>>,
}

impl<'a> Node<'a> {
    fn at(&'a self, key: &'a str) -> Self {
        Self {
            inside: Some(self),
            key,
            twice: self.twice,
        }
    }

    fn pointer(&self) -> String {
        match self.inside {
            Some(outer) => format!("{}/{}", outer.pointer(), token(&shown(self.key))),
            None => String::new(),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is too large"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        // No request that is read here needs to know which item of a list it is.
        while let Some(item) = items.next_element_seed(self.at("-"))? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut pairs: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = pairs.next_key::<String>()? {
            let value = pairs.next_value_seed(self.at(&key))?;
            let mut twice = self.twice.borrow_mut();
            if object.contains_key(&key) && twice.len() < MOST_ERRORS {
                let how = "appears twice; leave one out";
                twice.push(FieldError::new(self.at(&key).pointer(), how));
            }
            drop(twice);
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}
