//! Where a subscriber stands: told, waiting, paused or suppressed; and when refusals end it.

use chrono::{DateTime, Utc};

use super::subscriber::{Subscriber, Suppression};

/// After so many permanent refusals in a row, nothing is sent to an address any more.
pub const MAX_REFUSALS: i64 = 3;

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

    /// Counts a permanent refusal. Returns whether it was one too many, so that the address is
    /// suppressed now.
    pub fn count_refusal(&mut self, why: &str, now: DateTime<Utc>) -> bool {
        self.refusals += 1;
        let is_last = self.suppressed.is_none() && self.refusals >= MAX_REFUSALS;
        if is_last {
            let why = why.to_owned();
            self.suppressed = Some(Suppression { at: now, why });
        }
        is_last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::email_address::EmailAddress;
    use crate::domain::subscriber::{Channel, Consent, Following};

    fn subscriber() -> Subscriber {
        Subscriber {
            id: "1".to_owned(),
            channel: Channel::Email,
            address: EmailAddress::parse("dana@example.com").expect("an address"),
            following: Following::default(),
            created_at: DateTime::UNIX_EPOCH,
            confirmed_at: Some(DateTime::UNIX_EPOCH),
            paused_at: None,
            suppressed: None,
            refusals: 0,
            consent: Consent::Confirmed,
        }
    }

    #[test]
    fn only_the_third_refusal_in_a_row_suppresses() {
        let mut dana = subscriber();
        let now = DateTime::UNIX_EPOCH;
        assert!(!dana.count_refusal("unknown user", now));
        assert!(!dana.count_refusal("unknown user", now));
        assert_eq!(dana.status(), SubscriberStatus::Confirmed);
        assert!(dana.count_refusal("no such user", now));
        let why = dana.suppressed.as_ref().map(|it| it.why.as_str());
        assert_eq!(why, Some("no such user"));
        assert!(!dana.count_refusal("still none", now), "it was before");
    }

    #[test]
    fn what_keeps_messages_away_most_lastingly_is_the_status() {
        let mut dana = subscriber();
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
