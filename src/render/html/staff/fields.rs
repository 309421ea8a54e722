//! The contents of a form: names and values as they were typed, and what is wrong with them.

/// Names and values in order; a name may occur several times.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The name of the field with the idempotency key of a form.
    pub const KEY: &'static str = "key";
    /// The name of the field that says which button was pressed.
    pub const BUTTON: &'static str = "do";

    /// The fields as the form sent them.
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }

    /// The first value of a name, or the empty string.
    pub fn first(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map_or("", |(_, value)| value)
    }

    /// The first value of a name, if it isn't blank.
    pub fn nonblank(&self, name: &str) -> Option<&str> {
        Some(self.first(name).trim()).filter(|value| !value.is_empty())
    }

    /// Whether the name occurs in the form. For a checkbox: whether it is checked.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The fields whose name begins with `prefix`, each as the rest of the name and the value.
    pub fn under<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }

    /// All names and values.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// Replaces all values of a name with one value.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let name = name.into();
        self.0.retain(|(known, _)| *known != name);
        self.0.push((name, value.into()));
    }

    /// Removes all values of a name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Like [`Fields::set`], for chaining.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.set(name, value);
        self
    }
}

/// What is wrong with a field, and how to correct it.
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

/// A form's current contents and errors.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormState {
    /// What was typed, or the initial values.
    pub fields: Fields,
    /// The errors.
    pub wrong: Vec<Wrong>,
    /// Where the same form led when it was sent before with other contents.
    pub sent_before: Option<String>,
    /// Whether a requested preview is no longer stored; the form then starts over.
    pub is_lost: bool,
}

impl FormState {
    /// The error of a field.
    pub fn wrong_with(&self, field: &str) -> Option<&str> {
        self.wrong
            .iter()
            .find(|wrong| wrong.field == field)
            .map(|wrong| wrong.detail.as_str())
    }
}
