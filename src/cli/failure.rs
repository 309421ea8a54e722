//! Why a command failed, for people and for scripts.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::console::{Console, ERROR, styled};
use crate::client::ClientError;

/// The exit code if a command was refused.
pub(super) const REFUSED: u8 = 1;
/// The exit code if a command was used incorrectly.
pub(super) const WRONG_USAGE: u8 = 2;

/// Where the user's input was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SavedAs {
    /// As a request, in a file that `resend` sends.
    Request(PathBuf),
    /// The text only, in a file.
    Text(PathBuf),
    /// Nowhere: the file couldn't be written.
    Nowhere {
        /// The text.
        text: String,
        /// Why writing failed.
        why: String,
    },
}

/// Why a command failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The command was used incorrectly.
    Usage(String),
    /// The command can't be carried out.
    Refused(String),
    /// The server refused it or didn't respond.
    Server(ClientError),
    /// Any failure after the user typed something.
    AfterTyping(Box<Failure>, SavedAs),
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        Self::Server(error)
    }
}

impl Failure {
    /// A file or stream that couldn't be used.
    pub(super) fn io(what: impl std::fmt::Display, error: &std::io::Error) -> Self {
        Self::Refused(format!("{what}: {error}"))
    }

    /// Reports the failure and what to do next; returns the exit code.
    pub(super) fn report(&self, console: &mut Console) -> u8 {
        if console.json {
            let told = serde_json::to_string_pretty(&self.as_json()).unwrap_or_default();
            console.say(&told);
        }
        self.tell(console);
        self.exit_code()
    }

    fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => WRONG_USAGE,
            Self::Refused(_) => REFUSED,
            Self::Server(error) => match error {
                ClientError::BadAddress { .. } | ClientError::Insecure(_) => WRONG_USAGE,
                ClientError::Refused(_)
                | ClientError::Unreachable { .. }
                | ClientError::Unexpected { .. } => REFUSED,
            },
            Self::AfterTyping(inner, _) => inner.exit_code(),
        }
    }

    fn tell(&self, console: &mut Console) {
        let error = styled(ERROR, "error:");
        match self {
            Self::Usage(why) | Self::Refused(why) => console.tell(&format!("{error} {why}")),
            Self::Server(failed) => {
                console.tell(&format!("{error} {failed}"));
                if let Some(advice) = failed.token_advice() {
                    console.tell(&format!("  {advice}"));
                }
            }
            Self::AfterTyping(inner, kept) => {
                inner.tell(console);
                kept.tell(console);
            }
        }
    }

    fn as_json(&self) -> Value {
        match self {
            Self::Usage(why) => json!({"error": {"kind": "usage", "detail": why}}),
            Self::Refused(why) => json!({"error": {"kind": "refused", "detail": why}}),
            Self::Server(ClientError::Refused(refusal)) => {
                let problem = &refusal.problem;
                json!({"error": {
                    "kind": "refused",
                    "status": problem.status,
                    "title": problem.title,
                    "detail": problem.detail,
                    "request_id": problem.request_id,
                    "errors": problem.errors,
                }})
            }
            Self::Server(failed) => {
                let kind = match failed {
                    ClientError::BadAddress { .. } | ClientError::Insecure(_) => "usage",
                    ClientError::Refused(_) => "refused",
                    ClientError::Unreachable { .. } => "unreachable",
                    ClientError::Unexpected { .. } => "unexpected",
                };
                json!({"error": {"kind": kind, "detail": failed.to_string()}})
            }
            Self::AfterTyping(inner, kept) => {
                let mut told = inner.as_json();
                match kept {
                    SavedAs::Request(file) => told["unsent"] = json!(file),
                    SavedAs::Text(file) => told["text_file"] = json!(file),
                    SavedAs::Nowhere { text, .. } => told["text"] = json!(text),
                }
                told
            }
        }
    }
}

impl SavedAs {
    /// The file that `resend` sends, if there is one.
    pub(super) fn request_file(&self) -> Option<&Path> {
        match self {
            Self::Request(file) => Some(file),
            Self::Text(_) | Self::Nowhere { .. } => None,
        }
    }

    fn tell(&self, console: &mut Console) {
        match self {
            Self::Request(file) => {
                let file = quoted(&file.display().to_string());
                console.tell("What you typed is saved. Send it again with");
                console.tell(&format!("  lightship resend {file}"));
                console.tell("This won't post it twice. To drop it, delete the file.");
            }
            Self::Text(file) => {
                let file = quoted(&file.display().to_string());
                console.tell(&format!("Your text is saved; use it with --file {file}"));
            }
            Self::Nowhere { text, why } => {
                console.tell(&format!(
                    "What you typed couldn't be saved ({why}). Here it is. Before you send it \
                     again, check with `lightship status` whether it arrived:"
                ));
                console.tell(text);
            }
        }
    }
}

/// An error and its causes on one line. Many errors include their cause's text; it isn't
/// repeated.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if told.contains(&cause) {
            continue;
        }
        if !told.is_empty() {
            told.push_str(": ");
        }
        told.push_str(&cause);
    }
    told
}

/// A path quoted for a shell.
pub(super) fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if path.chars().all(plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::chain;

    #[test]
    fn a_cause_is_said_once() {
        let error = anyhow::anyhow!("no such table: updates")
            .context("the database failed: no such table: updates")
            .context("it can't start");
        let told = "it can't start: the database failed: no such table: updates";
        assert_eq!(chain(&error), told);
    }
}
