//! Why a call failed, and whether the change may have been made nevertheless.

use std::io::ErrorKind;

use ureq::{Error, Timeout};

use crate::wire::FieldError;
use crate::wire::problem::{FirstPost, Problem};

/// Why a call failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address isn't a valid server address.
    #[error("{text:?} can't be the address of the status page: {why}")]
    BadAddress {
        /// The address as given.
        text: String,
        /// What is wrong with it.
        why: String,
    },
    /// The token would be sent unencrypted.
    #[error(
        "the token would be sent to {0} unencrypted; use an address that begins with https:// \
         (http:// only works on this machine itself)"
    )]
    Insecure(String),
    /// The server refused the request.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// No response arrived.
    #[error("the server can't be reached: {why}")]
    Unreachable {
        /// What went wrong.
        why: String,
        /// Whether the request may have arrived before the failure.
        perhaps_arrived: bool,
    },
    /// The response doesn't come from a Lightship server.
    #[error("the server's answer wasn't understood (HTTP {status}): {why}")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        why: String,
    },
}

/// Why the server refused a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The problem that the response describes.
    pub problem: Problem,
    /// Whether the server asks the client to retry later.
    pub must_wait: bool,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let problem = &self.problem;
        // The server's detail summarises the errors; the list below repeats them with their places.
        let details: Vec<_> = problem.errors.iter().map(|it| it.detail.as_str()).collect();
        let is_sum = problem
            .detail
            .as_ref()
            .is_some_and(|it| *it == details.join("; "));
        match (&problem.detail, problem.errors.as_slice()) {
            (_, [only]) if is_sum => return f.write_str(&mistake(only)),
            (_, [_, ..]) if is_sum => write!(f, "{} mistakes to correct:", details.len())?,
            (Some(detail), _) => f.write_str(detail)?,
            (None, _) => f.write_str(&problem.title)?,
        }
        for error in &problem.errors {
            write!(f, "\n  {}", mistake(error))?;
        }
        match &problem.request_id {
            Some(id) if problem.status >= 500 => {
                write!(f, "\n  (request {id} in the server's log)")
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// An error in one field, with its place in words.
fn mistake(error: &FieldError) -> String {
    let place = error.pointer.trim_start_matches('/').replace('/', " ");
    match place.as_str() {
        "" => error.detail.clone(),
        place => format!("{place}: {}", error.detail),
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

    /// Whether the server would refuse the same request again, at any time and from anybody.
    pub fn is_final(&self) -> bool {
        match self {
            Self::BadAddress { .. } | Self::Insecure(_) => true,
            Self::Refused(refusal) => match refusal.problem.status {
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
                let status = refusal.problem.status;
                status >= 500 || status == 408 || status == 409
            }
            Self::Unreachable {
                perhaps_arrived, ..
            } => *perhaps_arrived,
            Self::Unexpected { .. } => true,
        }
    }

    /// The earlier post, if the server refused this one as its repetition.
    pub fn first_post(&self) -> Option<&FirstPost> {
        match self {
            Self::Refused(refusal) => refusal.problem.first.as_ref(),
            Self::BadAddress { .. }
            | Self::Insecure(_)
            | Self::Unreachable { .. }
            | Self::Unexpected { .. } => None,
        }
    }

    /// What to do about the token, if the server rejected it.
    pub fn token_advice(&self) -> Option<&'static str> {
        match self {
            Self::Refused(refusal) => match refusal.problem.status {
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

/// The error that a response describes.
pub(super) fn of_answer(status: u16, text: &str, must_wait: bool) -> ClientError {
    match serde_json::from_str::<Problem>(text) {
        Ok(problem) if !problem.title.is_empty() => ClientError::Refused(Box::new(Refusal {
            problem: Problem { status, ..problem },
            must_wait,
        })),
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
