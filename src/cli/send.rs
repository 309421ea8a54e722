//! The steps of every change: choose the incident, read the text, save it, send it, report it.

use super::console::Console;
use super::failure::Failure;
use super::output;
use super::text::TextSource;
use super::unsent::Unsent;
use crate::client::Client;

/// Sends a change, with a text if it has one. `hints` appear below the text in an editor.
pub(super) fn change(
    mut unsent: Unsent,
    source: Option<&TextSource>,
    hints: &str,
    client: &Client,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(source) = source {
        if *source == TextSource::Editor {
            // Before the person types anything, because there may be no incident to write about.
            unsent.settle(client, console)?;
        }
        let hints = match &unsent.incident {
            Some(slug) => format!("\n{hints}: {slug}\n\nTo send nothing, save an empty text."),
            None => format!("\n{hints}\n\nTo send nothing, save an empty text."),
        };
        let text = source.read(&hints, console)?;
        unsent.set_text(text);
        unsent.only_copy = source.is_only_copy();
    }
    let kept = unsent.keep(None, console);
    let answer = unsent.send(client, kept.request_file(), console)?;
    output::done(&unsent, &answer, client, console);
    Ok(())
}
