//! Slugs: the part of a URL that names a component or an incident.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::NaiveDate;
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
    /// It is empty.
    #[error("a slug can't be empty")]
    Empty,
    /// It has more than [`MAX_LEN`] bytes.
    #[error("a slug has at most {MAX_LEN} characters")]
    TooLong,
    /// A character or a hyphen is where it isn't allowed.
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

    /// A text that was a slug when it was stored.
    pub fn trusted(text: String) -> Self {
        debug_assert!(Self::parse(&text).is_ok(), "{text:?} never was a slug");
        Self(text.into())
    }

    /// The slug nearest to a title: `"Selma, Nelson & SSL"` gives `selma-nelson-ssl`, `"Störung"`
    /// gives `storung`. Letters of any script are spelled in ASCII. `None` if the title holds no
    /// letter or digit.
    pub fn from_title(title: &str) -> Option<Self> {
        let mut text = String::new();
        for c in title.chars() {
            let spelled = any_ascii::any_ascii_char(c);
            let is_letter = c.is_alphanumeric();
            if is_letter && spelled.bytes().any(|b| b.is_ascii_alphanumeric()) {
                let plain = spelled.chars().filter(char::is_ascii_alphanumeric);
                text.extend(plain.map(|c| c.to_ascii_lowercase()));
            } else if matches!(c, '\'' | '’') || is_letter || spelled.is_empty() {
                // Drop apostrophes, signs that only soften a letter, and combining marks.
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

    /// A slug for something without words to make one from: `disruption-2026-11-28`.
    pub fn of_day(kind: &str, day: NaiveDate) -> Self {
        Self::trusted(format!("{kind}-{}", day.format("%Y-%m-%d")))
    }

    /// This slug with a day appended, and a number from 2 on: `network-2026-11-28-2`. A long slug
    /// is cut to make room.
    pub fn dated(&self, day: NaiveDate, number: usize) -> Self {
        let dated = format!("{}-{}", self.before_a_day(), day.format("%Y-%m-%d"));
        Self::trusted(match number {
            0 | 1 => dated,
            number => format!("{dated}-{number}"),
        })
    }

    /// Whether this is `base` with a day appended, as [`Self::dated`] makes it.
    pub fn is_dated_from(&self, base: &Self) -> bool {
        let rest = self.0.strip_prefix(base.before_a_day());
        let Some(rest) = rest.and_then(|rest| rest.strip_prefix('-')) else {
            return false;
        };
        let (day, number) = rest.split_at_checked(10).unwrap_or((rest, ""));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        day.parse::<NaiveDate>().is_ok()
            && (number.is_empty() || number.strip_prefix('-').is_some_and(is_number))
    }

    /// The part of it that leaves room for a day and a number.
    fn before_a_day(&self) -> &str {
        let end = self.0.len().min(MAX_LEN - 20);
        self.0[..end].trim_end_matches('-')
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
        for (title, wanted) in [
            ("Störung", "storung"),
            ("Sto\u{308}rung", "storung"),
            ("Résolu", "resolu"),
            ("Сбой почты", "sboy-pochty"),
            ("Networking_problems v1.2", "networking-problems-v1-2"),
            ("🚨 Mail", "mail"),
            ("Großer Ausfall", "grosser-ausfall"),
        ] {
            assert_eq!(slug(title).as_deref(), Some(wanted), "{title}");
        }
        assert!(slug("网络故障").is_some());
        let long = "ß网".repeat(500);
        assert!(slug(&long).is_some_and(|slug| slug.len() < 100));
        assert_eq!(slug("🚨🚨"), None);
    }

    #[test]
    fn a_day_behind_a_slug_is_known_again() {
        let slug = |text: &str| Slug::parse(text).expect("a slug");
        let day = "2026-11-28".parse().expect("a day");
        let network = slug("network");
        assert_eq!(network.dated(day, 1).as_str(), "network-2026-11-28");
        assert_eq!(network.dated(day, 2).as_str(), "network-2026-11-28-2");
        for base in [
            network,
            slug(&"a".repeat(120)),
            slug(&"b-".repeat(60)[..119]),
        ] {
            for number in [1, 2, 10_000_000] {
                let dated = base.dated(day, number);
                assert!(Slug::parse(dated.as_str()).is_ok() && dated.is_dated_from(&base));
            }
            for other in [
                "network-2",
                "network",
                "network-2026-11-28-x",
                "network-2026-13-01",
            ] {
                assert!(!slug(other).is_dated_from(&base), "{other}");
            }
        }
    }
}
