//! Asks whether something that can't be undone is meant.

use super::console::Console;
use super::failure::Failure;

/// Asks the person at the terminal; a script isn't asked. If they don't agree, `kept` says what
/// stays.
pub(super) fn ask(question: &str, kept: &str, console: &mut Console) -> Result<(), Failure> {
    if !console.interactive || console.json {
        return Ok(());
    }
    let answer = console
        .ask(&format!("{question} [y/N]"))
        .map_err(|error| Failure::io("couldn't read an answer", &error))?;
    match answer.is_some_and(|it| it.to_lowercase().starts_with('y')) {
        true => Ok(()),
        false => Err(Failure::Refused(kept.to_owned())),
    }
}
