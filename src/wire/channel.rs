//! Channels on the wire. Where they lead is shown only masked, and a secret only once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::request_macro::request;
use super::subscriber::{FollowingBody, SetFollowing, SuppressionBody};
use super::words;
use crate::domain::added_channel::{AddedChannel, message_id};
use crate::domain::attempt::AttemptAbout;
use crate::domain::dispatch::Thread;
use crate::domain::slug::Slug;
use crate::domain::subscriber::Channel;

/// A program or chat that is told, besides people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelBody {
    /// Its id.
    pub id: String,
    /// How it is told.
    #[schema(example = "webhook")]
    pub kind: String,
    /// Its name for staff.
    #[schema(example = "Pager")]
    pub name: String,
    /// Where it leads, without what makes it secret.
    #[schema(example = "https://hooks.example.com/…")]
    pub address: String,
    /// What it gets.
    pub following: FollowingBody,
    /// When it was added.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// Since when staff want a pause.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Whether it was disabled by itself: it answered 410, or took nothing for five days. An edit
    /// with `"paused": false` enables it.
    #[schema(required)]
    pub disabled: Option<SuppressionBody>,
    /// Since when it has taken nothing, if it didn't take the last message.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub failing_since: Option<DateTime<Utc>>,
    /// Why it didn't.
    #[schema(required, example = "it answered 500")]
    pub failure: Option<String>,
    /// How many messages wait for it.
    pub waiting: i64,
    /// What signs its messages; only in the answer that makes the secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
}

impl ChannelBody {
    /// A channel, without its secret. `slug_of` gives the slug of an incident by its id.
    pub fn of(
        channel: &AddedChannel,
        waiting: i64,
        slug_of: impl Fn(&str) -> Option<Slug>,
    ) -> Self {
        let disabled = channel.disabled.as_ref();
        Self {
            id: channel.id.clone(),
            kind: channel.kind.as_str().to_owned(),
            name: channel.name.clone(),
            address: channel.address.masked(),
            following: FollowingBody::of(&channel.following, slug_of),
            created_at: channel.created_at,
            paused_at: channel.paused_at,
            disabled: disabled.map(|it| SuppressionBody {
                at: it.at,
                why: it.why.clone(),
            }),
            failing_since: channel.failing_since,
            failure: channel.failure.clone(),
            waiting,
            secret: None,
        }
    }
}

/// Every channel, in the order in which they were added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChannelList {
    /// The channels.
    pub channels: Vec<ChannelBody>,
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueuedBody {
    /// The message; `GET …/deliveries` says what became of it.
    #[schema(example = "msg_01939d5e7b1c70008000_6700")]
    pub id: String,
}

/// An attempt to deliver a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryBody {
    /// The message, as `webhook-id` has it. Every attempt has the same.
    #[schema(example = "msg_01939d5e7b1c70008000_6700")]
    pub id: String,
    /// The type of the event.
    #[schema(example = "update.posted")]
    pub event: String,
    /// The incident that it was about; `null` if it was about none, or about one that isn't public
    /// any more.
    #[serde(default)]
    #[schema(required, value_type = Option<String>, example = "selma-is-down")]
    pub incident: Option<Slug>,
    /// The component that it was about, if it was about none of its incidents.
    #[serde(default)]
    #[schema(required, value_type = Option<String>, example = json!(null))]
    pub component: Option<Slug>,
    /// Which attempt it was, from 1 on.
    pub attempt: i64,
    /// The status of the answer, if there was one.
    #[schema(required, example = 204)]
    pub status: Option<i64>,
    /// Why it wasn't taken; `null` if it was.
    #[schema(required, example = json!(null))]
    pub failure: Option<String>,
    /// When it ended.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
}

impl DeliveryBody {
    /// An attempt. `slug_of` gives the slug of a public incident by its id.
    pub fn of(listed: &AttemptAbout, slug_of: impl Fn(&str) -> Option<Slug>) -> Self {
        let attempt = &listed.attempt;
        let (incident, component) = match &listed.thread {
            Some(Thread::Incident(id)) => (slug_of(id), None),
            Some(Thread::Component(slug)) => (None, Some(slug.clone())),
            None => (None, None),
        };
        Self {
            id: message_id(&attempt.channel_id, attempt.seq),
            event: attempt.event.clone(),
            incident,
            component,
            attempt: attempt.attempt,
            status: attempt.status,
            failure: attempt.failure.clone(),
            at: attempt.at,
            duration_ms: attempt.duration_ms,
        }
    }
}

/// Attempts of the last week, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeliveryList {
    /// The attempts.
    pub deliveries: Vec<DeliveryBody>,
}

request! {
    /// A channel to add.
    pub struct NewChannel {
        /// How it is told.
        #[schema(schema_with = words::channel_kind)]
        required kind: Channel = channel_kind,
        /// Its name for staff.
        #[schema(example = "Pager", min_length = 1, max_length = 100)]
        required name: String = line,
        /// Where it leads. It is never shown again.
        #[schema(example = "https://hooks.example.com/status")]
        required url: String = line,
        /// The room or chat at the service, if its kind has one.
        optional room: String = line,
        /// What the service asks for as a credential, if it does. It is never shown again.
        optional token: String = line,
        /// What it gets; by default everything.
        optional following: SetFollowing = body,
    }
}

request! {
    /// What to change about a channel.
    #[derive(Default)]
    pub struct EditChannel {
        /// Its name for staff.
        #[schema(min_length = 1, max_length = 100)]
        replaced name: String = line,
        /// Where it leads.
        replaced url: String = line,
        /// The room or chat at the service; an empty string removes it.
        replaced room: String = line_or_nothing,
        /// What the service asks for as a credential; an empty string removes what is stored.
        replaced token: String = line_or_nothing,
        /// What it gets.
        replaced following: SetFollowing = body,
        /// Whether it gets nothing for now. `false` also enables a channel that was disabled.
        replaced paused: bool = flag,
    }
}
