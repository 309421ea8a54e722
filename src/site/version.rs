//! Versions of the site, in the order in which they are served.

use std::fmt;
use std::str::FromStr;

/// A version of the site. Later ones are greater.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The database's revision.
    pub revision: i64,
    /// How many times this process has made the site anew since then, because time had passed: a
    /// day had ended, a window had begun, an entry had come due.
    pub clock: u32,
}

impl Version {
    /// The version of a site that shows `revision` and replaces one of this version.
    #[must_use]
    pub fn next(self, revision: i64) -> Self {
        let clock = match revision == self.revision {
            true => self.clock.saturating_add(1),
            false => 0,
        };
        Self { revision, clock }
    }
}

/// "57.0": the revision, then the clock.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.revision, self.clock)
    }
}

impl FromStr for Version {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (revision, clock) = text.split_once('.').ok_or(())?;
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(revision) || !is_number(clock) {
            return Err(());
        }
        Ok(Self {
            revision: revision.parse().map_err(|_| ())?,
            clock: clock.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_counts_within_a_revision() {
        let at = |text: &str| text.parse::<Version>().expect("a version");
        assert_eq!(at("57.0").next(57), at("57.1"));
        assert_eq!(at("57.1").next(57), at("57.2"));
        assert_eq!(at("57.2").next(60), at("60.0"));
        assert!(at("57.2") < at("60.0") && at("57.9") < at("57.10"));
        assert_eq!(at("57.10").to_string(), "57.10");
    }

    #[test]
    fn whatever_else_is_no_version() {
        for wrong in [
            "",
            "57",
            "57.",
            ".0",
            "a.0",
            "57.0.1",
            "-1.0",
            "+1.0",
            "57. 0",
            "99999999999999999999.0",
        ] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong:?}");
        }
    }
}
