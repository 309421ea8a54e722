//! Why a call came to nothing, and whether the change may have been made nevertheless.

use std::io::ErrorKind;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use ureq::{Error, Timeout};

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// What was given isn't the address of a server.
    #[error("{text:?} can't be the address of the status page: {why}")]
    BadAddress {
        /// What was given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The token would travel unencrypted.
    #[error(
        "the token would be sent to {0} unencrypted; use an address that begins with https:// \
         (http:// only works on this machine itself)"
    )]
    Insecure(String),
    /// The server said no.
    #[error("{0}")]
    Refused(Refusal),
    /// There was no answer.
    #[error("the server can't be reached: {why}")]
    Unreachable {
        /// What went wrong.
        why: String,
        /// The request may have got there before it went wrong.
        perhaps_arrived: bool,
    },
    /// The answer wasn't one that a Lightship server gives.
    #[error("the server's answer wasn't understood (HTTP {status}): {why}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
}

/// A problem as the server tells it (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct Refusal {
    /// The kind of problem, in a few words.
    #[serde(default)]
    pub title: String,
    /// The HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What went wrong this time, and how to fix it.
    #[serde(default)]
    pub detail: Option<String>,
    /// What to tell whoever keeps the server.
    #[serde(default)]
    pub request_id: Option<String>,
    /// Each mistake in what was sent.
    #[serde(default)]
    pub errors: Vec<FieldMistake>,
    /// What was posted before, if this is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<Box<FirstPost>>,
    /// The server asks to come back later.
    #[serde(skip)]
    pub must_wait: bool,
}

/// What was posted before.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct FirstPost {
    /// Its page.
    pub url: String,
    /// The path under which the API has it.
    pub api: String,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
}

/// A mistake in one field.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
pub struct FieldMistake {
    /// Where it is: a JSON pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong and how to fix it.
    pub detail: String,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A server sums the mistakes up in the detail: what follows says the same with places.
        let details: Vec<_> = self.errors.iter().map(|it| it.detail.as_str()).collect();
        let is_sum = self
            .detail
            .as_ref()
            .is_some_and(|it| *it == details.join("; "));
        match (&self.detail, self.errors.as_slice()) {
            (_, [only]) if is_sum => return write!(f, "{only}"),
            (_, [_, ..]) if is_sum => write!(f, "{} mistakes to correct:", details.len())?,
            (Some(detail), _) => f.write_str(detail)?,
            (None, _) => f.write_str(&self.title)?,
        }
        for mistake in &self.errors {
            write!(f, "\n  {mistake}")?;
        }
        match &self.request_id {
            Some(id) if self.status >= 500 => write!(f, "\n  (request {id} in the server's log)"),
            Some(_) | None => Ok(()),
        }
    }
}

impl std::fmt::Display for FieldMistake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let place = self.pointer.trim_start_matches('/').replace('/', " ");
        match place.as_str() {
            "" => f.write_str(&self.detail),
            place => write!(f, "{place}: {}", self.detail),
        }
    }
}

impl ClientError {
    pub(super) fn unexpected(status: u16, why: impl Into<String>) -> Self {
        Self::Unexpected {
            status,
            why: why.into(),
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "it is given to map_err, which hands over the error"
    )]
    pub(super) fn of_transport(error: Error) -> Self {
        let (why, perhaps_arrived) = match &error {
            Error::HostNotFound => ("there is no such host".to_owned(), false),
            Error::ConnectionFailed => ("no connection was made".to_owned(), false),
            Error::Tls(_) | Error::Rustls(_) => (error.to_string(), false),
            Error::BadUri(_) | Error::Http(_) => (error.to_string(), false),
            Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
                ("it took too long to connect".to_owned(), false)
            }
            Error::Timeout(_) => ("it took too long to answer".to_owned(), true),
            Error::Io(io) => match io.kind() {
                ErrorKind::ConnectionRefused => ("nothing is listening there".to_owned(), false),
                ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
                    (io.to_string(), false)
                }
                _ => (io.to_string(), true),
            },
            other => (other.to_string(), true),
        };
        Self::Unreachable {
            why,
            perhaps_arrived,
        }
    }

    /// Whether the same request would be refused again, whenever and by whomever it is sent.
    pub fn is_final(&self) -> bool {
        match self {
            Self::BadAddress { .. } | Self::Insecure(_) => true,
            Self::Refused(refusal) => match refusal.status {
                401 | 403 | 408 | 429 => false,
                status => (400..500).contains(&status) && !refusal.must_wait,
            },
            Self::Unreachable { .. } | Self::Unexpected { .. } => false,
        }
    }

    /// Whether the change may have been made nevertheless.
    pub fn perhaps_done(&self) -> bool {
        match self {
            Self::BadAddress { .. } | Self::Insecure(_) => false,
            Self::Refused(refusal) => {
                refusal.status >= 500 || refusal.status == 408 || refusal.status == 409
            }
            Self::Unreachable {
                perhaps_arrived, ..
            } => *perhaps_arrived,
            Self::Unexpected { .. } => true,
        }
    }

    /// What to do about the token, where that is what the server minds.
    pub fn token_advice(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => match refusal.status {
                401 => Some("sign in again with `lightship login`, or set LIGHTSHIP_TOKEN"),
                403 => Some("ask whoever runs the server for a token that can do this"),
                _ => None,
            },
            Self::BadAddress { .. }
            | Self::Insecure(_)
            | Self::Unreachable { .. }
            | Self::Unexpected { .. } => None,
        }
    }
}

/// The refusal that an answer tells, or what else it is.
pub(super) fn of_answer(status: u16, text: &str, must_wait: bool) -> ClientError {
    match serde_json::from_str::<Refusal>(text) {
        Ok(mut refusal) if !refusal.title.is_empty() => {
            refusal.status = status;
            refusal.must_wait = must_wait;
            ClientError::Refused(refusal)
        }
        Ok(_) | Err(_) => {
            let start: String = text.trim().chars().take(120).collect();
            let why = match start.lines().next() {
                Some(line) if line.starts_with('<') => {
                    "it is a web page; give the address of the status page itself, such as \
                     https://status.example.com"
                        .to_owned()
                }
                Some(line) => line.to_owned(),
                None => "it was empty".to_owned(),
            };
            ClientError::unexpected(status, why)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_said_once() {
        let told = |text: &str| of_answer(422, text, false).to_string();
        let one = r#"{"title": "No", "detail": "can't be blank",
            "errors": [{"pointer": "/title", "detail": "can't be blank"}]}"#;
        assert_eq!(told(one), "title: can't be blank");
        let two = r#"{"title": "No", "detail": "can't be blank; no such state",
            "errors": [{"pointer": "/title", "detail": "can't be blank"},
                       {"pointer": "/components/selma", "detail": "no such state"}]}"#;
        let lines = "2 mistakes to correct:\n  title: can't be blank\n  \
                     components selma: no such state";
        assert_eq!(told(two), lines);
        assert_eq!(
            told(r#"{"title": "No", "detail": "It is gone."}"#),
            "It is gone."
        );
    }

    #[test]
    fn only_an_answer_for_good_ends_a_request() {
        let check = |status: u16, must_wait: bool, is_final: bool, perhaps_done: bool| {
            let told = of_answer(status, r#"{"title": "No"}"#, must_wait);
            let found = (told.is_final(), told.perhaps_done());
            assert_eq!(found, (is_final, perhaps_done), "{status} {must_wait}");
        };
        for status in [400, 404, 413, 415, 422] {
            check(status, false, true, false);
        }
        for status in [401, 403, 429] {
            check(status, false, false, false);
        }
        for status in [408, 500, 502, 503] {
            check(status, false, false, true);
        }
        check(409, true, false, true);
        assert!(of_answer(409, r#"{"title": "Conflict"}"#, false).is_final());
        let by_a_proxy = of_answer(404, "<html>", false);
        assert!(!by_a_proxy.is_final() && by_a_proxy.perhaps_done());
    }
}
