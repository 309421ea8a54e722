//! The secrets in links to a subscription.
//!
//! The link to manage a subscription stands in every message and never expires, so it isn't stored
//! at all: it is the subscriber's id, and a code that only this site's key can make of it. The link
//! to confirm one is random, and stored as a hash.

use chrono::Duration;
use uuid::Uuid;

use super::hash::{hex, hmac_sha256};

/// How long the link to confirm a subscription works.
pub const CONFIRM_WITHIN: Duration = Duration::days(7);

/// How many characters of the code are in the link: 128 bits.
const CODE_CHARS: usize = 32;

/// The site's key for links.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkKey(String);

impl std::fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkKey")
    }
}

impl LinkKey {
    /// The key with this secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret in the link of a subscriber, by its id (a UUID).
    pub fn token_of(&self, subscriber_id: &str) -> String {
        let id = subscriber_id.replace('-', "");
        format!("{id}{}", self.code_of(&id))
    }

    /// The id of the subscriber whose link has this secret.
    pub fn read(&self, token: &str) -> Option<String> {
        let (id, code) = token.split_at_checked(CODE_CHARS)?;
        if !is_same(code, &self.code_of(id)) {
            return None;
        }
        Some(Uuid::try_parse(id).ok()?.to_string())
    }

    fn code_of(&self, id: &str) -> String {
        let mut code = hex(&hmac_sha256(self.0.as_bytes(), id.as_bytes()));
        code.truncate(CODE_CHARS);
        code
    }
}

/// Compares without telling by its time where two texts differ.
fn is_same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01939d5e-7b1c-7000-8000-0123456789ab";

    #[test]
    fn a_link_leads_to_its_subscriber_and_no_other_text_leads_anywhere() {
        let key = LinkKey::new("a secret");
        let token = key.token_of(ID);
        assert_eq!(token.len(), 64);
        assert_eq!(key.read(&token).as_deref(), Some(ID));
        assert_eq!(LinkKey::new("another").read(&token), None);
        for at in 0..token.len() {
            let other = if &token[at..=at] == "0" { "1" } else { "0" };
            let wrong = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            assert_eq!(key.read(&wrong), None, "{wrong}");
        }
        for wrong in ["", "ä", &token[1..], &format!("{token}0"), &"ä".repeat(32)] {
            assert_eq!(key.read(wrong), None, "{wrong}");
        }
        assert_eq!(format!("{key:?}"), "LinkKey");
    }
}
