//! What staff do with channels: add, change, try and remove them, make a new secret, and send a
//! message again.

use uuid::Uuid;

use super::change::Change;
use super::checks::{self, Gathered};
use super::error::ActionError;
use super::subscriptions::check_following;
use crate::domain::added_channel::{AddedChannel, ChannelAddress, OutgoingRules};
use crate::domain::event::Event;
use crate::domain::event::facts::{ChannelSettings, SecretChange, WhatIsTold};
use crate::domain::permission::Permission;
use crate::domain::signing::{MAX_FORMER_SECRETS, Signing};
use crate::domain::subscriber::{Channel, Following};
use crate::random;
use crate::store::channel_queue::{queue_test, resend_message};
use crate::store::channels::{delete_channel, find_channel, list_channels, set_channel};

/// The longest name of a channel, in characters.
const MAX_NAME_CHARS: usize = 100;
/// The longest room or token, in characters.
const MAX_PART_CHARS: usize = 500;
/// The most channels. Each publish goes to all of them.
const MAX_CHANNELS: usize = 2000;

/// A channel to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// How it is told.
    pub kind: Channel,
    /// Its name for staff.
    pub name: String,
    /// Where it leads.
    pub address: ChannelAddress,
    /// What it gets.
    pub following: Following,
    /// What requests may reach.
    pub rules: OutgoingRules,
}

/// Adds a channel. If its messages are signed, the secret is shown to whoever adds it, and never
/// again.
///
/// # Errors
/// `Invalid` for a name, an address or a following that can't be used; `Conflict` if there are too
/// many channels.
pub async fn add_channel(
    change: &mut Change,
    wanted: NewChannel,
) -> Result<AddedChannel, ActionError> {
    change.require(Permission::ManageChannels)?;
    let others = list_channels(&mut change.tx).await?;
    let mut wrong = Gathered::default();
    let name = wrong.take(checked_name(&wanted.name, &others))?;
    wrong.take(check_address(&wanted.address, wanted.kind, wanted.rules))?;
    wrong.take(check_following(change, &wanted.following).await)?;
    wrong.finish()?;
    if others.len() >= MAX_CHANNELS {
        let how = format!("there are {MAX_CHANNELS} channels already; remove one first");
        return Err(ActionError::Conflict(how));
    }
    let channel = AddedChannel {
        id: Uuid::now_v7().to_string(),
        kind: wanted.kind,
        name: name.unwrap_or_default(),
        address: wanted.address,
        signing: signing_of(wanted.kind)?,
        following: wanted.following,
        created_at: change.now,
        paused_at: None,
        disabled: None,
        failing_since: None,
        failure: None,
    };
    set_channel(&mut change.tx, &channel).await?;
    change.happened(Event::ChannelAdded {
        id: channel.id.clone(),
        after: Box::new(settings_of(&channel)),
    });
    Ok(channel)
}

/// What to change about a channel; `None` leaves it as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EditChannel {
    /// Its name.
    pub name: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// The room at the service; blank for none any more.
    pub room: Option<String>,
    /// The credential for the service; blank for none any more.
    pub token: Option<String>,
    /// What it gets.
    pub following: Option<Following>,
    /// Whether staff want a pause. `false` also enables a channel that was disabled by itself.
    pub is_paused: Option<bool>,
    /// What requests may reach.
    pub rules: OutgoingRules,
}

/// Changes a channel.
///
/// # Errors
/// `NotFound`; `Invalid` for a name, an address or a following that can't be used.
pub async fn edit_channel(
    change: &mut Change,
    id: &str,
    wanted: EditChannel,
) -> Result<AddedChannel, ActionError> {
    change.require(Permission::ManageChannels)?;
    let before = find(change, id).await?;
    let mut channel = before.clone();
    if let Some(name) = &wanted.name {
        let mut others = list_channels(&mut change.tx).await?;
        others.retain(|other| other.id != channel.id);
        channel.name = checked_name(name, &others)?;
    }
    let former = channel.address.clone();
    let keeps_credential = wanted.token.is_none() && former.token.is_some();
    channel.address = ChannelAddress {
        url: wanted.url.unwrap_or(former.url),
        room: wanted.room.map_or(former.room, nonblank),
        token: wanted.token.map_or(former.token, nonblank),
    };
    if keeps_credential && channel.address.origin() != before.address.origin() {
        let how = "the address is at another host, so give the credential for it, too; the one that \
                   is stored goes only to the host that it was given for";
        return Err(ActionError::invalid("/token", how));
    }
    if channel.address != before.address {
        check_address(&channel.address, channel.kind, wanted.rules)?;
    }
    if let Some(following) = wanted.following {
        if following != channel.following {
            check_following(change, &following).await?;
        }
        channel.following = following;
    }
    match wanted.is_paused {
        Some(true) => _ = channel.paused_at.get_or_insert(change.now),
        Some(false) => {
            channel.paused_at = None;
            channel.disabled = None;
        }
        None => {}
    }
    if before.disabled != channel.disabled || before.address != channel.address {
        // It gets as long as a new one.
        channel.failing_since = None;
        channel.failure = None;
    }
    if before != channel {
        set_channel(&mut change.tx, &channel).await?;
        change.happened(Event::ChannelEdited {
            id: channel.id.clone(),
            before: Box::new(settings_of(&before)),
            after: Box::new(settings_of(&channel)),
            secrets: SecretChange::between(&before.address, &channel.address),
        });
    }
    Ok(channel)
}

/// Makes a new secret for a channel. For a day, messages are signed with the former one, too.
///
/// # Errors
/// `NotFound`; `Conflict` if its messages aren't signed, or were given too many secrets in a day.
pub async fn rotate_channel_secret(
    change: &mut Change,
    id: &str,
) -> Result<AddedChannel, ActionError> {
    change.require(Permission::ManageChannels)?;
    let mut channel = find(change, id).await?;
    let Some(signing) = channel.signing.take() else {
        let how = "the messages to this channel aren't signed, so there is no secret";
        return Err(ActionError::Conflict(how.to_owned()));
    };
    let Some(replaced) = signing.replaced_by(new_secret()?, change.now) else {
        return Err(ActionError::Conflict(format!(
            "{MAX_FORMER_SECRETS} former secrets sign its messages already; wait until the first of \
             them is a day old, or remove the channel and add it again"
        )));
    };
    channel.signing = Some(replaced);
    set_channel(&mut change.tx, &channel).await?;
    change.happened(Event::ChannelSecretRotated {
        id: channel.id.clone(),
        name: channel.name.clone(),
    });
    Ok(channel)
}

/// Removes a channel, with what waits for it. Returns what it was.
///
/// # Errors
/// `NotFound`.
pub async fn remove_channel(change: &mut Change, id: &str) -> Result<AddedChannel, ActionError> {
    change.require(Permission::ManageChannels)?;
    let channel = find(change, id).await?;
    delete_channel(&mut change.tx, id).await?;
    change.happened(Event::ChannelRemoved {
        id: channel.id.clone(),
        name: channel.name.clone(),
    });
    Ok(channel)
}

/// Sends a message that tries a channel. Returns the message's number.
///
/// # Errors
/// `NotFound`; `Conflict` if nothing is sent to the channel now.
pub async fn test_channel(change: &mut Change, id: &str) -> Result<i64, ActionError> {
    change.require(Permission::ManageChannels)?;
    let channel = find(change, id).await?;
    refuse_silent(&channel)?;
    let (seq, now) = (change.next_seq(), change.now);
    queue_test(&mut change.tx, id, seq, now).await?;
    Ok(seq)
}

/// Sends a message of the last week to a channel again.
///
/// # Errors
/// `NotFound`; `Conflict` if nothing is sent to the channel now.
pub async fn resend_to_channel(
    change: &mut Change,
    id: &str,
    seq: i64,
) -> Result<AddedChannel, ActionError> {
    change.require(Permission::ManageChannels)?;
    let channel = find(change, id).await?;
    refuse_silent(&channel)?;
    let now = change.now;
    if !resend_message(&mut change.tx, id, seq, now).await? {
        let how = "this channel has no such delivery; they are kept for a week";
        return Err(ActionError::NotFound(how.to_owned()));
    }
    Ok(channel)
}

fn refuse_silent(channel: &AddedChannel) -> Result<(), ActionError> {
    match channel.is_active() {
        true => Ok(()),
        false => Err(ActionError::Conflict(
            "nothing is sent to this channel now; resume it first".to_owned(),
        )),
    }
}

fn signing_of(kind: Channel) -> Result<Option<Signing>, ActionError> {
    match kind {
        Channel::Webhook => Ok(Some(Signing {
            secret: new_secret()?,
            former: Vec::new(),
        })),
        Channel::Email | Channel::Chat(_) => Ok(None),
    }
}

fn new_secret() -> Result<String, ActionError> {
    random::signing_secret().map_err(|error| ActionError::Conflict(error.to_string()))
}

/// The name of a channel beside `others`. People and commands tell channels apart by their names.
fn checked_name(name: &str, others: &[AddedChannel]) -> Result<String, ActionError> {
    let name = name.trim();
    if name.is_empty() {
        let how = "give the channel a name you will recognise";
        return Err(ActionError::invalid("/name", how));
    }
    checks::name("/name", name, MAX_NAME_CHARS)?;
    let folded = name.to_lowercase();
    if others
        .iter()
        .any(|other| other.name.to_lowercase() == folded)
    {
        let how = format!("there is a channel called {name:?} already; give this one another name");
        return Err(ActionError::invalid("/name", how));
    }
    Ok(name.to_owned())
}

/// A part of an address, unless it is blank.
fn nonblank(part: String) -> Option<String> {
    Some(part).filter(|part| !part.trim().is_empty())
}

fn check_address(
    address: &ChannelAddress,
    kind: Channel,
    rules: OutgoingRules,
) -> Result<(), ActionError> {
    for (pointer, part) in [("/room", &address.room), ("/token", &address.token)] {
        checks::line(pointer, part.as_deref().unwrap_or_default(), MAX_PART_CHARS)?;
    }
    let checked = address.check(kind, rules);
    checked.map_err(|wrong| ActionError::invalid(format!("/{}", wrong.field), wrong.detail))
}

fn settings_of(channel: &AddedChannel) -> ChannelSettings {
    ChannelSettings {
        kind: channel.kind.as_str(),
        name: channel.name.clone(),
        address: channel.address.masked(),
        told: WhatIsTold {
            following: channel.following.clone(),
            is_paused: !channel.is_active(),
        },
    }
}

async fn find(change: &mut Change, id: &str) -> Result<AddedChannel, ActionError> {
    let found = find_channel(&mut change.tx, id).await?;
    found.ok_or_else(|| ActionError::NotFound(format!("there is no channel {id:?}")))
}
