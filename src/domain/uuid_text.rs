//! Texts that are mostly UUIDs, such as ids: serialized for a program, a UUID takes 16 bytes.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

/// A text in its serialized form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum UuidText<'a> {
    /// A text as it is.
    Plain(Cow<'a, str>),
    /// The bytes of a UUID that is written in lower case, with hyphens.
    Uuid([u8; 16]),
}

impl<'a> UuidText<'a> {
    /// The shortest form of a text.
    pub fn of(text: &'a str) -> Self {
        match as_uuid(text) {
            Some(uuid) => Self::Uuid(uuid.into_bytes()),
            None => Self::Plain(text.into()),
        }
    }

    /// The text.
    pub fn into_text(self) -> String {
        match self {
            Self::Plain(text) => text.into_owned(),
            Self::Uuid(bytes) => Uuid::from_bytes(bytes).to_string(),
        }
    }
}

/// The UUID that a text is, if formatting it gives the same text again.
fn as_uuid(text: &str) -> Option<Uuid> {
    if text.len() != 36 {
        return None;
    }
    let uuid = Uuid::try_parse(text).ok()?;
    let mut written = Uuid::encode_buffer();
    (uuid.hyphenated().encode_lower(&mut written) == text).then_some(uuid)
}

/// For `#[serde(with)]` on a text field.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    UuidText::of(text).serialize(serializer)
}

/// For `#[serde(with)]` on a text field.
///
/// # Errors
/// Those of the deserializer.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    UuidText::deserialize(deserializer).map(UuidText::into_text)
}

/// For `#[serde(with)]` on a text field that may be missing.
pub mod option {
    use super::{Deserialize, Deserializer, Serialize, Serializer, UuidText};

    /// See [`super::serialize`].
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        text: &Option<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        text.as_deref().map(UuidText::of).serialize(serializer)
    }

    /// See [`super::deserialize`].
    ///
    /// # Errors
    /// Those of the deserializer.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<String>, D::Error> {
        let text = Option::<UuidText<'_>>::deserialize(deserializer)?;
        Ok(text.map(UuidText::into_text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_comes_back_as_it_was_whether_it_is_a_uuid_or_not() {
        let check = |text: &str, is_uuid: bool| {
            let kept = UuidText::of(text);
            assert_eq!(matches!(kept, UuidText::Uuid(_)), is_uuid, "{text}");
            assert_eq!(kept.into_text(), text);
        };
        check("", false);
        check("Selma is down – “again”", false);
        check("0191f1c2-8a3b-7c4d-8e5f-001122334455", true);
        check("0191F1C2-8A3B-7C4D-8E5F-001122334455", false);
        check("0191f1c28a3b7c4d8e5f001122334455", false);
        check("{191f1c2-8a3b-7c4d-8e5f-00112233445}", false);
    }
}
