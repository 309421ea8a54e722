//! Slugs: the part of a URL that names a component or an incident.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Longest slug that is accepted, in bytes.
pub const MAX_LEN: usize = 120;

/// A slug as a regular expression (ECMA 262), for the contract of the API.
pub const PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// Lower-case ASCII letters and digits in groups joined by single hyphens,
/// such as `selma` or `shared-ssl`. Copies share the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(Arc<str>);

/// Why a text isn't a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// There is no character in it.
    #[error("a slug can't be empty")]
    Empty,
    /// It has more than [`MAX_LEN`] bytes.
    #[error("a slug has at most {MAX_LEN} characters")]
    TooLong,
    /// A character or a hyphen stands where it may not.
    #[error(
        "{0:?} is not a slug: use lower-case letters, digits and single hyphens, as in \"shared-ssl\""
    )]
    Malformed(String),
}

impl Slug {
    /// Checks that `text` is a slug.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > MAX_LEN {
            return Err(SlugError::TooLong);
        }
        let well_formed = text.split('-').all(|part| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        });
        if !well_formed {
            return Err(SlugError::Malformed(text.to_owned()));
        }
        Ok(Self(text.into()))
    }

    /// A text that was a slug when it was put aside.
    pub fn trusted(text: String) -> Self {
        debug_assert!(Self::parse(&text).is_ok(), "{text:?} never was a slug");
        Self(text.into())
    }

    /// The slug nearest to a title: `"Selma, Nelson & SSL"` gives `selma-nelson-ssl`.
    /// `None` if the title holds no ASCII letter or digit.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut text = String::new();
        for c in title.chars() {
            if c.is_ascii_alphanumeric() {
                text.push(c.to_ascii_lowercase());
            } else if matches!(c, '\'' | '’') {
                continue;
            } else if !text.is_empty() && !text.ends_with('-') {
                text.push('-');
            }
            if text.len() >= 80 {
                break;
            }
        }
        let text = text.trim_matches('-');
        Self::parse(text).ok()
    }

    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Slug {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0.as_ref().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_words_joined_by_hyphens_are_slugs() {
        for good in ["selma", "shared-ssl", "2013-02-26", "a"] {
            assert!(Slug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "Selma", "a--b", "-a", "a-", "a b", "ä", "a/b", ".."] {
            assert!(Slug::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Slug::parse(&"a".repeat(121)), Err(SlugError::TooLong));
    }

    #[test]
    fn a_title_gives_the_slug_a_person_would_choose() {
        let slug = |title| Slug::from_title(title).map(String::from);
        assert_eq!(
            slug("Selma, Nelson, blacklists & shared SSLs."),
            Some("selma-nelson-blacklists-shared-ssls".into())
        );
        assert_eq!(slug("Don’t panic"), Some("dont-panic".into()));
        assert_eq!(slug("…"), None);
    }
}
