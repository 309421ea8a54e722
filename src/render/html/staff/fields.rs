//! What stands in a form: names and values, as they were typed, and what is wrong with them.

/// Names and values in their order; a name may stand several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The name of the field that makes a form be posted once.
    pub const KEY: &'static str = "key";
    /// The name of the field that says which button was pressed.
    pub const BUTTON: &'static str = "do";

    /// As a form was sent.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name; the empty text if there is none.
    pub fn first(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The same, or nothing where nothing but blanks stands.
    pub fn filled(&self, name: &str) -> Option<&str> {
        Some(self.first(name).trim()).filter(|value| !value.is_empty())
    }

    /// Whether the name stands in the form: of a checkbox, that it is checked.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The fields whose name begins with `prefix`: the rest of the name, and the value.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// All of them.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Puts a value in place of what stood under a name.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
    }

    /// Takes a name out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// The same with a value.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }
}

/// What is wrong with a field, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The field's name; empty for the form as a whole.
    pub field: String,
    /// What is wrong.
    pub detail: String,
}

impl From<Wrong> for Vec<Wrong> {
    fn from(wrong: Wrong) -> Self {
        vec![wrong]
    }
}

/// A form as it stands: what was typed, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filled {
    /// What was typed, or stands there at first.
    pub fields: Fields,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
    /// Where the same form led when it was sent before, with something else in it.
    pub sent_before: Option<String>,
    /// A preview was asked for that is no longer kept; this is the form to begin again.
    pub is_lost: bool,
}

impl Filled {
    /// What is wrong with a field.
    pub fn wrong_with(&self, field: &str) -> Option<&str> {
        self.wrong
            .iter()
            .find(|wrong| wrong.field == field)
            .map(|wrong| wrong.detail.as_str())
    }
}
