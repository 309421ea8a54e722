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
            let json = serde_json::to_string_pretty(&self.as_json()).unwrap_or_default();
            console.print(&json);
        }
        self.print(console);
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

    fn print(&self, console: &mut Console) {
        let error = styled(ERROR, "error:");
        match self {
            Self::Usage(why) | Self::Refused(why) => console.eprint(&format!("{error} {why}")),
            Self::Server(failed) => {
                console.eprint(&format!("{error} {failed}"));
                if let Some(advice) = failed.token_advice() {
                    console.eprint(&format!("  {advice}"));
                }
            }
            Self::AfterTyping(inner, kept) => {
                inner.print(console);
                kept.print(console);
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
                let mut json = inner.as_json();
                match kept {
                    SavedAs::Request(file) => json["unsent"] = json!(file),
                    SavedAs::Text(file) => json["text_file"] = json!(file),
                    SavedAs::Nowhere { text, .. } => json["text"] = json!(text),
                }
                json
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

    fn print(&self, console: &mut Console) {
        match self {
            Self::Request(file) => {
                let file = quoted(&file.display().to_string());
                console.eprint("What you typed is saved. Send it again with");
                console.eprint(&format!("  lightship resend {file}"));
                console.eprint("This won't post it twice. To drop it, delete the file.");
            }
            Self::Text(file) => {
                let file = quoted(&file.display().to_string());
                console.eprint(&format!("Your text is saved; use it with --file {file}"));
            }
            Self::Nowhere { text, why } => {
                console.eprint(&format!(
                    "What you typed couldn't be saved ({why}). Here it is. Before you send it \
                     again, check with `lightship status` whether it arrived:"
                ));
                console.eprint(text);
            }
        }
    }
}

/// An error and its causes on one line. Many errors include their cause's text; it isn't
/// repeated.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if message.contains(&cause) {
            continue;
        }
        if !message.is_empty() {
            message.push_str(": ");
        }
        message.push_str(&cause);
    }
    message
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
