//! How bad an incident is or was, and how that looks.

use serde::{Deserialize, Serialize};

use crate::domain::state::Tone;

/// How bad an incident is or was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Impact {
    /// Nothing was affected.
    None,
    /// Worked, with trouble.
    Minor,
    /// Partly down.
    Major,
    /// Down.
    Critical,
}

impl Impact {
    /// Every impact, mildest first.
    pub const ALL: [Self; 4] = [Self::None, Self::Minor, Self::Major, Self::Critical];

    /// The word used in files, the API and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    /// The impact that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|impact| impact.as_str() == word)
    }

    /// The tone: the inverse of [`Impact::of_tone`].
    pub fn tone(self) -> Tone {
        match self {
            Self::None => Tone::Ok,
            Self::Minor => Tone::Warn,
            Self::Major => Tone::Mid,
            Self::Critical => Tone::Bad,
        }
    }

    /// The impact for a tone, usually that of the worst state.
    pub fn of_tone(tone: Tone) -> Self {
        match tone {
            Tone::Ok | Tone::Info => Self::None,
            Tone::Warn => Self::Minor,
            Tone::Mid => Self::Major,
            Tone::Bad => Self::Critical,
        }
    }
}
