//! How messages to channels fared, as the database keeps it.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::disabling::{disable, is_given_up};
use super::exchange::ChannelResult;
use super::kinds::read;
use super::lanes::{SendResult, Sent};
use super::retry::next_attempt;
use crate::domain::added_channel::AddedChannel;
use crate::domain::attempt::Attempt;
use crate::metrics::MessageResult;
use crate::random;
use crate::render::json::webhook::event_of;
use crate::store::channel_attempts::insert_attempt;
use crate::store::channel_queue::{ClaimedMessage, MessageOutcome, finish_message, hurry_messages};
use crate::store::channel_references::forget_references;
use crate::store::channels::{set_failing, set_working};
use crate::store::{StoreError, Tx};

/// What staff are told of a message that isn't sent because nothing of it is public.
const NOTHING: &str = "there was nothing to send: it isn't public any more";

/// What a message belongs to.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) message: Arc<ClaimedMessage>,
    pub(super) channel: Arc<AddedChannel>,
}

/// Notes how a message fared that `claim` had claimed. Returns what to count, if it was tried.
///
/// # Errors
/// The database's.
pub(super) async fn note_result(
    tx: &mut Tx,
    claim: &str,
    sent: &Sent<Note>,
    now: DateTime<Utc>,
) -> Result<Option<MessageResult>, StoreError> {
    let Note { message, channel } = &sent.note;
    let result = match &sent.result {
        SendResult::Nothing => {
            if finish_message(tx, claim, message, &MessageOutcome::Nothing, now).await? {
                // Whoever sent it again wants to know.
                insert_attempt(tx, &attempt_of(sent, Some(NOTHING), now)).await?;
            }
            return Ok(None);
        }
        SendResult::Answer(answer) => read(channel, answer),
        SendResult::Failed(why) => ChannelResult::Later {
            why: why.clone(),
            after: None,
        },
        SendResult::Unwritable(why) => ChannelResult::Refused { why: why.clone() },
    };
    let (outcome, failure, counted) = told(&result, message, now);
    if !finish_message(tx, claim, message, &outcome, now).await? {
        // Another process has taken it over, or the channel is gone.
        return Ok(None);
    }
    insert_attempt(tx, &attempt_of(sent, failure.as_deref(), now)).await?;
    match &result {
        ChannelResult::Delivered { .. } => {
            if channel.failing_since.is_some() {
                set_working(tx, &channel.id).await?;
                hurry_messages(tx, &channel.id, now).await?;
            }
        }
        ChannelResult::Refused { why } => {
            tracing::warn!(channel = channel.name, why, "a channel refused a message");
        }
        ChannelResult::Lost => forget_references(tx, message).await?,
        ChannelResult::Gone { why } => disable(tx, channel, why, now).await?,
        // A test says nothing of what arrives otherwise.
        ChannelResult::Later { .. } if message.news.is_none() => {}
        ChannelResult::Later { why, .. } => {
            let since = set_failing(tx, &channel.id, why, now).await?;
            if is_given_up(since, now) {
                let why = format!("nothing has arrived for five days; the last time, {why}");
                disable(tx, channel, &why, now).await?;
            }
        }
    }
    Ok(Some(counted))
}

/// What becomes of the message, why it wasn't taken, and as what it is counted.
fn told(
    result: &ChannelResult,
    message: &ClaimedMessage,
    now: DateTime<Utc>,
) -> (MessageOutcome, Option<String>, MessageResult) {
    match result {
        ChannelResult::Delivered { reference } => {
            let reference = reference.clone();
            let done = MessageOutcome::Done { reference };
            (done, None, MessageResult::Delivered)
        }
        ChannelResult::Refused { why } | ChannelResult::Gone { why } => (
            MessageOutcome::GaveUp,
            Some(why.clone()),
            MessageResult::Refused,
        ),
        // Once or twice, until nothing is left that it could be attached to.
        ChannelResult::Lost if message.attempts < 10 => (
            MessageOutcome::Later { next_at: now },
            Some("what it belongs to was deleted at the service".to_owned()),
            MessageResult::Retried,
        ),
        ChannelResult::Lost => (
            MessageOutcome::GaveUp,
            Some("what it belongs to was deleted at the service".to_owned()),
            MessageResult::GaveUp,
        ),
        // Whoever tries a channel looks at what becomes of it now.
        ChannelResult::Later { why, .. } if message.news.is_none() => (
            MessageOutcome::GaveUp,
            Some(why.clone()),
            MessageResult::Refused,
        ),
        ChannelResult::Later { why, after } => {
            let fraction = random::fraction().unwrap_or(0.5);
            let since = message.failing_since;
            let next = next_attempt(message.attempts, since, now, *after, fraction);
            match next {
                Some(next_at) => (
                    MessageOutcome::Later { next_at },
                    Some(why.clone()),
                    MessageResult::Retried,
                ),
                None => (
                    MessageOutcome::GaveUp,
                    Some(why.clone()),
                    MessageResult::GaveUp,
                ),
            }
        }
    }
}

fn attempt_of(sent: &Sent<Note>, failure: Option<&str>, now: DateTime<Utc>) -> Attempt {
    let message = &sent.note.message;
    Attempt {
        id: Uuid::now_v7().to_string(),
        channel_id: message.channel_id.clone(),
        seq: message.seq,
        event: event_of(message.news.as_ref()).to_owned(),
        attempt: message.attempts + 1,
        status: match &sent.result {
            SendResult::Answer(answer) => Some(i64::from(answer.status)),
            SendResult::Failed(_) | SendResult::Nothing | SendResult::Unwritable(_) => None,
        },
        failure: failure.map(str::to_owned),
        at: now,
        duration_ms: i64::try_from(sent.took.as_millis()).unwrap_or(i64::MAX),
    }
}
