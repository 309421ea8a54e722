//! Where a subscriber stands: told, waiting, paused or suppressed.

use super::subscriber::Subscriber;

/// Where a subscriber stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriberStatus {
    /// They are told.
    Confirmed,
    /// They haven't confirmed yet.
    Waiting,
    /// They wanted a pause.
    Paused,
    /// Nothing is sent to the address any more.
    Suppressed,
}

impl SubscriberStatus {
    /// Every status.
    pub const ALL: [Self; 4] = [
        Self::Confirmed,
        Self::Waiting,
        Self::Paused,
        Self::Suppressed,
    ];

    /// The word in tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Waiting => "waiting",
            Self::Paused => "paused",
            Self::Suppressed => "suppressed",
        }
    }

    /// The status that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// How many subscribers there are, by their status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubscriberCounts {
    /// Those who are told.
    pub confirmed: i64,
    /// Those who haven't confirmed yet.
    pub waiting: i64,
    /// Those who want a pause.
    pub paused: i64,
    /// Those to whom nothing is sent any more.
    pub suppressed: i64,
}

impl Subscriber {
    /// Where they stand. What keeps messages away most lastingly counts.
    pub fn status(&self) -> SubscriberStatus {
        if self.suppressed.is_some() {
            SubscriberStatus::Suppressed
        } else if self.confirmed_at.is_none() {
            SubscriberStatus::Waiting
        } else if self.paused_at.is_some() {
            SubscriberStatus::Paused
        } else {
            SubscriberStatus::Confirmed
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::subscriber::Suppression;

    #[test]
    fn what_keeps_messages_away_most_lastingly_is_the_status() {
        let mut dana = Subscriber::example();
        assert_eq!(dana.status(), SubscriberStatus::Confirmed);
        dana.paused_at = Some(DateTime::UNIX_EPOCH);
        assert_eq!(dana.status(), SubscriberStatus::Paused);
        dana.confirmed_at = None;
        assert_eq!(dana.status(), SubscriberStatus::Waiting);
        dana.suppressed = Some(Suppression {
            at: DateTime::UNIX_EPOCH,
            why: "complaint".to_owned(),
        });
        assert_eq!(dana.status(), SubscriberStatus::Suppressed);
        for status in SubscriberStatus::ALL {
            assert_eq!(SubscriberStatus::parse(status.as_str()), Some(status));
        }
        assert_eq!(SubscriberStatus::parse("asleep"), None);
    }
}
