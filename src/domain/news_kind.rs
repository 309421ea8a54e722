//! The kinds of news that subscribers can choose.

use serde::{Deserialize, Serialize};

/// A kind of news that can be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewsKind {
    /// Disruptions and notices.
    Incidents,
    /// Planned maintenance.
    Maintenance,
    /// Changes of state that come without an incident.
    Changes,
}

impl NewsKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Incidents, Self::Maintenance, Self::Changes];

    /// The word in requests and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incidents => "incidents",
            Self::Maintenance => "maintenance",
            Self::Changes => "changes",
        }
    }
}
