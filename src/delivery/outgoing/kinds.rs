//! The kinds of channels: each composes its own requests, and reads its own answers.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::delivery::webhook;
use crate::domain::added_channel::{AddedChannel, message_id};
use crate::domain::subscriber::Channel;
use crate::render::json::webhook::event;
use crate::snapshot::Snapshot;
use crate::store::channel_queue::{ClaimedMessage, References};

/// What a request is composed from.
#[derive(Debug, Clone)]
pub(super) struct Telling {
    /// Everything public now.
    pub(super) snapshot: Arc<Snapshot>,
    /// Who is told.
    pub(super) channel: Arc<AddedChannel>,
    /// What.
    pub(super) message: Arc<ClaimedMessage>,
    /// What the service called the messages that it belongs to.
    #[expect(dead_code, reason = "webhooks know no threads; chats do")]
    pub(super) references: References,
    /// When it is.
    pub(super) now: DateTime<Utc>,
}

/// The request that tells a channel something; `None` if nothing of it is public any more.
///
/// # Errors
/// Why it can't be written.
pub(super) fn request(telling: &Telling) -> Result<Option<HttpRequest>, String> {
    let Telling {
        snapshot,
        channel,
        message,
        now,
        ..
    } = telling;
    match channel.kind {
        Channel::Email => Err("mail isn't sent over HTTP".to_owned()),
        Channel::Webhook => {
            let news = message.news.as_ref();
            let Some(event) = event(snapshot, &message.thread, news, message.created_at) else {
                return Ok(None);
            };
            let id = message_id(&message.channel_id, message.seq);
            webhook::request(channel, &id, &event, *now).map(Some)
        }
    }
}

/// What a channel of a kind makes of an answer.
pub(super) fn read(kind: Channel, answer: &HttpAnswer) -> ChannelResult {
    match kind {
        Channel::Email => ChannelResult::Refused {
            why: "mail isn't sent over HTTP".to_owned(),
        },
        Channel::Webhook => webhook::read(answer),
    }
}
