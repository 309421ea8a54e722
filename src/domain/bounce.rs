//! What mail providers report of an address after they took a message.

use serde::{Deserialize, Serialize};

/// What a provider reports of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BounceKind {
    /// The address refuses messages for good.
    Hard,
    /// It refuses them for a while.
    Soft,
    /// The recipient marked a message as spam.
    Complaint,
}

impl BounceKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Hard, Self::Soft, Self::Complaint];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::Soft => "soft",
            Self::Complaint => "complaint",
        }
    }
}
