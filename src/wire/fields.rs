//! Reads the fields of a body one by one, and collects every mistake.

use serde_json::{Map, Value};

use super::field_error::{FieldError, token};
use crate::domain::nearest::nearest;

/// A request body that is read field by field.
pub trait Body: Sized {
    /// Reads every field of the body; mistakes go to `fields`. `None` if the body can't be used.
    /// Fields that this doesn't ask for count as unknown.
    fn read(fields: &mut Fields<'_>) -> Option<Self>;
}

/// The place being read, and the mistakes found so far.
pub struct Place<'a> {
    pointer: String,
    errors: &'a mut Vec<FieldError>,
}

impl<'a> Place<'a> {
    /// The body as a whole.
    pub(super) fn root(errors: &'a mut Vec<FieldError>) -> Self {
        Self {
            pointer: String::new(),
            errors,
        }
    }

    /// The place of a field or list item inside this one.
    pub(super) fn inside(&mut self, key: &str) -> Place<'_> {
        Place {
            pointer: format!("{}/{}", self.pointer, token(key)),
            errors: self.errors,
        }
    }

    /// Reports a mistake here.
    pub(super) fn refuse<T>(&mut self, detail: impl Into<String>) -> Option<T> {
        self.errors
            .push(FieldError::new(self.pointer.clone(), detail));
        None
    }

    /// Reports that something else was expected here.
    pub(super) fn expected<T>(&mut self, wanted: &str, found: &Value) -> Option<T> {
        self.refuse(format!("expected {wanted}, got {}", sort(found)))
    }
}

/// How the value of a field is read.
type Reader<T> = fn(Value, &mut Place<'_>) -> Option<T>;

/// The fields of an object that haven't been read yet.
pub struct Fields<'a> {
    object: Map<String, Value>,
    asked: Vec<&'static str>,
    place: Place<'a>,
}

impl Fields<'_> {
    /// Reads a field that must be present.
    pub fn required<T>(&mut self, name: &'static str, read: Reader<T>) -> Option<T> {
        match self.take(name) {
            Some(value) => read(value, &mut self.place.inside(name)),
            None => self
                .place
                .inside(name)
                .refuse(format!("{name:?} is missing")),
        }
    }

    /// Reads a field that may be left out or `null`.
    pub fn optional<T>(&mut self, name: &'static str, read: Reader<T>) -> Option<T> {
        match self.take(name) {
            Some(Value::Null) | None => None,
            Some(value) => read(value, &mut self.place.inside(name)),
        }
    }

    /// Reads a field that stays as it is if it is left out; `null` clears it.
    pub fn edited<T>(&mut self, name: &'static str, read: Reader<T>) -> Option<Option<T>> {
        match self.take(name) {
            Some(Value::Null) => Some(None),
            Some(value) => read(value, &mut self.place.inside(name)).map(Some),
            None => None,
        }
    }

    /// Reads a field that stays as it is if it is left out, and that can't be cleared.
    pub fn replaced<T>(&mut self, name: &'static str, read: Reader<T>) -> Option<T> {
        match self.take(name) {
            Some(Value::Null) => {
                let how = format!("{name:?} can't be null; leave it out to keep it as it is");
                self.place.inside(name).refuse(how)
            }
            Some(value) => read(value, &mut self.place.inside(name)),
            None => None,
        }
    }

    /// Reports that a field can't have its value, whatever it was read as.
    pub fn wrong(&mut self, name: &'static str, detail: &str) {
        self.place.inside(name).refuse::<()>(detail);
    }

    /// Refuses a field that people may expect here, and says what to do instead.
    pub fn refused(&mut self, name: &'static str, instead: &str) {
        if self.object.shift_remove(name).is_some() {
            self.place.inside(name).refuse::<()>(instead);
        }
    }

    fn take(&mut self, name: &'static str) -> Option<Value> {
        self.asked.push(name);
        self.object.shift_remove(name)
    }
}

/// Reads the body at `place`.
pub(super) fn body<T: Body>(value: Value, place: &mut Place<'_>) -> Option<T> {
    let object = match value {
        Value::Object(object) => object,
        other => return place.expected("an object", &other),
    };
    let before = place.errors.len();
    let here = Place {
        pointer: place.pointer.clone(),
        errors: place.errors,
    };
    let mut fields = Fields {
        object,
        asked: Vec::new(),
        place: here,
    };
    let read = T::read(&mut fields);
    let Fields {
        object,
        asked,
        place: mut here,
    } = fields;
    for name in object.keys().take(MOST_ERRORS) {
        let how = unknown("field", name, &asked);
        here.inside(&shown(name)).refuse::<()>(how);
    }
    read.filter(|_| here.errors.len() == before)
}

/// How many mistakes are listed. Whoever made more has to fix these first.
pub const MOST_ERRORS: usize = 20;

/// How many known names are listed.
const MOST_KNOWN: usize = 20;

/// The beginning of a word that was received, for messages.
pub fn shown(word: &str) -> String {
    let mut short: String = word.chars().take(40).collect();
    if short.len() < word.len() {
        short.push('…');
    }
    short
}

/// "unknown field "titel"; did you mean "title"?", or a list of the known names.
pub fn unknown(what: &str, word: &str, known: &[&str]) -> String {
    let short: String = word.chars().take(40).collect();
    match nearest(&short, known.iter().copied()) {
        Some(near) => format!("unknown {what} {short:?}; did you mean {near:?}?"),
        None if known.len() > MOST_KNOWN => format!(
            "unknown {what} {short:?}; known: {} and {} more",
            known[..MOST_KNOWN].join(", "),
            known.len() - MOST_KNOWN
        ),
        None => format!("unknown {what} {short:?}; known: {}", known.join(", ")),
    }
}

fn sort(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
