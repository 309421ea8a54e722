//! Updates on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::ordered::ByComponent;
use super::request_macro::request;
use super::setting::ComponentSettings;
use super::words;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision};

/// The state last set for each component; `None` for one that is only named.
pub type LastStates = ByComponent<Option<StateKey>>;

/// One dated entry of an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UpdateBody {
    /// What permalinks and feeds call it; never changes.
    pub id: String,
    /// The time it refers to.
    #[serde(with = "instant")]
    #[schema(example = "2013-02-26T09:15:00Z")]
    pub at: DateTime<Utc>,
    /// How exactly `at` is known.
    #[schema(schema_with = words::precision)]
    pub precision: Precision,
    /// The time as its author typed it, if a person did.
    #[schema(required, example = "2/26/13 – 2:15 MST")]
    pub as_written: Option<String>,
    /// The phase it puts the incident in; `null` leaves it.
    #[schema(required, schema_with = words::phase_or_null)]
    pub phase: Option<Phase>,
    /// The byline, if it has one of its own.
    #[schema(required)]
    pub author: Option<String>,
    /// The text.
    pub markdown: String,
    /// The state it set each component to, by slug; `null` for one whose state it left unchanged.
    #[schema(schema_with = words::last_states)]
    pub components: LastStates,
    /// The components that returned to what they were because this update resolved the incident.
    #[schema(value_type = Vec<String>)]
    pub restored: Vec<Slug>,
    /// When it was last corrected.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub edited_at: Option<DateTime<Utc>>,
    /// Its permalink.
    #[schema(format = "uri")]
    pub url: String,
    /// For a maintenance: the new start, if the update moves it.
    #[serde(
        default,
        with = "instant::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub starts: Option<DateTime<Utc>>,
    /// For a maintenance: the new end, if the update moves it.
    #[serde(
        default,
        with = "instant::nullable",
        skip_serializing_if = "Option::is_none"
    )]
    pub ends: Option<DateTime<Utc>>,
    /// In the answer to a request: what may be a mistake.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

request! {
    /// A new update.
    #[derive(Default)]
    pub struct NewUpdate {
        /// The text.
        #[schema(example = "Mail is up during the migration.")]
        defaulted markdown: String = text,
        /// The phase it puts the incident in.
        #[schema(schema_with = words::phase_or_null)]
        optional phase: Phase = phase,
        /// Components by slug, each with a state, a state and a note, or `null` to leave its state
        /// unchanged.
        #[schema(schema_with = words::settings)]
        optional components: ComponentSettings = settings,
        /// The time it refers to, by default now; never in the future.
        optional at: DateTime<Utc> = instant,
        /// The byline, by default the token's display name.
        optional author: String = line,
        /// Whether components return to what they were, if this resolves the incident. By default they
        /// do.
        optional restore: bool = flag,
        /// The incident's `seen` as you read it. If something was posted since, nothing is done, and
        /// the refusal (409) has it under `newer`. Without it, the update is always posted.
        edited seen: String = line,
        /// Post it even if the same was posted within the last 15 minutes. By default that is refused
        /// (409, with the earlier post under `first`), but with an `Idempotency-Key` only the key
        /// decides. `false` always refuses it.
        optional again: bool = flag,
        /// Whether subscribers are told. By default they are, but not of what is dated back by more
        /// than an hour. `false` tells nobody, `true` tells them anyway.
        optional notify: bool = flag,
    }
}

request! {
    /// A correction of an update: what is left out stays.
    #[derive(Default)]
    pub struct EditUpdate {
        /// The text.
        replaced markdown: String = text,
        /// The phase it puts the incident in; `null` for none.
        #[schema(schema_with = words::phase_or_null)]
        edited phase: Phase = phase,
        /// All that it says about components, replacing what it said before.
        #[schema(schema_with = words::settings)]
        replaced components: ComponentSettings = settings,
        /// The time it refers to.
        replaced at: DateTime<Utc> = instant,
        /// The byline; `null` for the incident's.
        edited author: String = line,
        /// `true` tells subscribers that this was corrected. By default, nobody is told.
        replaced notify: bool = flag,
    }
}
