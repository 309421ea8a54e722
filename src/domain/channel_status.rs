//! How a channel that staff added fares.

/// How a channel fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelStatus {
    /// It took the last message, or got none yet.
    Working,
    /// It didn't take the last message, which is tried again.
    Failing,
    /// Staff want a pause.
    Paused,
    /// It was disabled by itself, because it took nothing for too long or wants no more.
    Disabled,
}

impl ChannelStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Working, Self::Failing, Self::Paused, Self::Disabled];

    /// The word in metrics and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Failing => "failing",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}
