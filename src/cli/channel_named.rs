//! The channel that a command is about.

use clap::Args;

use super::connection::Connection;
use super::failure::Failure;
use super::output::clean;
use crate::client::{Client, channels_path};
use crate::wire::channel::{ChannelBody, ChannelList};

// Without a doc comment: help takes the one of the command.
#[derive(Debug, Args)]
pub(super) struct OneArgs {
    /// Its name or id
    pub(super) channel: String,
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// Every channel.
pub(super) fn channels(client: &Client) -> Result<Vec<ChannelBody>, Failure> {
    Ok(client.find::<ChannelList>(&channels_path())?.value.channels)
}

/// The channel with this name or id.
pub(super) fn find(wanted: &str, client: &Client) -> Result<ChannelBody, Failure> {
    let channels = channels(client)?;
    let is_meant = |one: &ChannelBody| one.id == wanted || one.name == wanted;
    let mut found = channels.into_iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::Refused(format!(
            "there is no channel {wanted:?}; `lightship channels list` shows them"
        ))),
        (Some(_), Some(_)) => Err(Failure::Refused(format!(
            "several channels are called {wanted:?}; give the id instead, which \
             `lightship channels list --json` shows"
        ))),
    }
}

/// Like [`find`], but refuses a channel that nothing is sent to.
pub(super) fn find_active(wanted: &str, client: &Client) -> Result<ChannelBody, Failure> {
    let found = find(wanted, client)?;
    let why = match (&found.disabled, found.paused_at) {
        (Some(disabled), _) => format!("disabled ({})", clean(&disabled.why)),
        (None, Some(_)) => "paused".to_owned(),
        (None, None) => return Ok(found),
    };
    let name = clean(&found.name);
    Err(Failure::Refused(format!(
        "{name} is {why}, so nothing is sent to it; first run `lightship channels resume {name:?}`"
    )))
}
