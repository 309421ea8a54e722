//! Refusals in a row: when nothing is sent to an address any more.

use chrono::{DateTime, Utc};

use super::subscriber::{Subscriber, Suppression};

/// After so many permanent refusals in a row, nothing is sent to an address any more.
const MAX_REFUSALS: i64 = 3;

impl Subscriber {
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

    #[test]
    fn only_the_third_refusal_in_a_row_suppresses() {
        let mut dana = Subscriber::example();
        let now = DateTime::UNIX_EPOCH;
        assert!(!dana.count_refusal("unknown user", now));
        assert!(!dana.count_refusal("unknown user", now));
        assert_eq!(dana.suppressed, None);
        assert!(dana.count_refusal("no such user", now));
        let why = dana.suppressed.as_ref().map(|it| it.why.as_str());
        assert_eq!(why, Some("no such user"));
        assert!(!dana.count_refusal("still none", now), "it was before");
    }
}
