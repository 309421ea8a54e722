//! What signs messages: a secret, and for a day those before it.

use std::fmt;

use chrono::{DateTime, Duration, Utc};

/// How long a former secret signs, too, after a new one was made.
const FORMER_SECRET_FOR: Duration = Duration::days(1);
/// How many former secrets may sign at once. Each makes every request longer.
pub const MAX_FORMER_SECRETS: usize = 4;

/// What signs a channel's messages.
#[derive(Clone, PartialEq, Eq)]
pub struct Signing {
    /// The secret, `whsec_` and base64.
    pub secret: String,
    /// Those before it, the newest first, each with the instant until which it signs, too.
    pub former: Vec<(String, DateTime<Utc>)>,
}

impl Signing {
    /// A secret that takes the place of this one, which signs, too, for as long as was promised. So
    /// do those before it. `None` if there would be too many.
    #[must_use]
    pub fn replaced_by(self, secret: String, now: DateTime<Utc>) -> Option<Self> {
        let mut former = vec![(self.secret, now + FORMER_SECRET_FOR)];
        former.extend(self.former.into_iter().filter(|(_, until)| now < *until));
        (former.len() <= MAX_FORMER_SECRETS).then_some(Self { secret, former })
    }

    /// The secrets that sign at an instant, the newest first.
    pub fn secrets_at(&self, now: DateTime<Utc>) -> Vec<&str> {
        let former = self.former.iter().filter(|(_, until)| now < *until);
        let former = former.map(|(secret, _)| secret.as_str());
        [self.secret.as_str()].into_iter().chain(former).collect()
    }
}

impl fmt::Debug for Signing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signing(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first() -> Signing {
        Signing {
            secret: "whsec_first".to_owned(),
            former: Vec::new(),
        }
    }

    #[test]
    fn nothing_shows_a_secret() {
        assert!(!format!("{:?}", first()).contains("first"));
    }

    #[test]
    fn former_secrets_sign_for_a_day_each() {
        let hour = |hours: i64| DateTime::UNIX_EPOCH + Duration::hours(hours);
        let mut signing = first();
        for (secret, at) in [("second", 0), ("third", 20)] {
            let replaced = signing.replaced_by(secret.to_owned(), hour(at));
            signing = replaced.expect("not too many");
        }
        let first = "whsec_first";
        assert_eq!(signing.secrets_at(hour(23)), ["third", "second", first]);
        assert_eq!(signing.secrets_at(hour(24)), ["third", "second"]);
        assert_eq!(signing.secrets_at(hour(44)), ["third"]);
        for secret in ["fourth", "fifth"] {
            let replaced = signing.replaced_by(secret.to_owned(), hour(21));
            signing = replaced.expect("not too many");
        }
        let too_many = signing.clone().replaced_by("sixth".to_owned(), hour(21));
        assert_eq!(too_many, None);
        // What doesn't sign any more makes room.
        let replaced = signing.replaced_by("sixth".to_owned(), hour(24));
        assert_eq!(replaced.map(|it| it.former.len()), Some(4));
    }
}
