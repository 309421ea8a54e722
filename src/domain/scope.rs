//! Scopes: what a token may be issued for.

use serde::{Deserialize, Serialize};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Change states.
    #[serde(rename = "states:write")]
    StatesWrite,
    /// Write and read incidents, drafts included.
    #[serde(rename = "incidents:write")]
    IncidentsWrite,
    /// See, add and remove subscribers.
    #[serde(rename = "subscribers:write")]
    SubscribersWrite,
    /// Everything, tokens and the activity log included.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [
        Self::StatesWrite,
        Self::IncidentsWrite,
        Self::SubscribersWrite,
        Self::Admin,
    ];

    /// The word used in the API, the command line and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StatesWrite => "states:write",
            Self::IncidentsWrite => "incidents:write",
            Self::SubscribersWrite => "subscribers:write",
            Self::Admin => "admin",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::StatesWrite => "States",
            Self::IncidentsWrite => "Incidents",
            Self::SubscribersWrite => "Subscribers",
            Self::Admin => "Everything",
        }
    }

    /// Both names, for refusals: `"States" (states:write)`.
    pub fn named(self) -> String {
        format!("{:?} ({})", self.label(), self.as_str())
    }

    /// The scope that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}
