//! The way every change takes: find out what is meant, get the text, keep it, send it, say so.

use super::failure::Failure;
use super::output;
use super::text::TextSource;
use super::unsent::Unsent;
use super::world::World;
use crate::client::Client;

/// Sends a change, with a text if it has one. `hints` stand below the text in an editor.
pub(super) fn change(
    mut unsent: Unsent,
    source: Option<&TextSource>,
    hints: &str,
    client: &Client,
    world: &mut World,
) -> Result<(), Failure> {
    if let Some(source) = source {
        if *source == TextSource::Editor {
            // Before anything is typed, as it may turn out that there is nothing to write about.
            unsent.settle(client, world)?;
        }
        let hints = match &unsent.incident {
            Some(slug) => format!("\n{hints}: {slug}\n\nTo send nothing, save an empty text."),
            None => format!("\n{hints}\n\nTo send nothing, save an empty text."),
        };
        let text = source.read(&hints, world)?;
        unsent.set_text(text);
        unsent.only_copy = source.is_only_copy();
    }
    let kept = unsent.keep(None, world);
    let answer = unsent.send(client, kept.request_file(), world)?;
    output::done(&unsent, &answer, client, world);
    Ok(())
}
