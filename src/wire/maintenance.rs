//! The steps of a maintenance on the wire.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::fields::{Body, Fields, Place};
use super::instant;
use super::values;

/// What can be done to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Do {
    /// It begins now.
    Start,
    /// It is complete now.
    End,
    /// It gets a new end or, before it has begun, a new start.
    Extend,
    /// It won't take place, or stops.
    Cancel,
}

impl Do {
    /// Each with its word.
    const ALL: [(&'static str, Self); 4] = [
        ("start", Self::Start),
        ("end", Self::End),
        ("extend", Self::Extend),
        ("cancel", Self::Cancel),
    ];

    #[expect(
        clippy::needless_pass_by_value,
        reason = "every reader takes its value"
    )]
    fn read(value: Value, place: &mut Place<'_>) -> Option<Self> {
        let known = value
            .as_str()
            .and_then(|word| Self::ALL.into_iter().find(|(name, _)| *name == word));
        match known {
            Some((_, step)) => Some(step),
            None => place.expected("\"start\", \"end\", \"extend\" or \"cancel\"", &value),
        }
    }
}

/// A step of a maintenance. It is posted as an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaintenanceStep {
    /// `start`: it begins now, and its components take the planned states. `end`: it is complete
    /// now, and they return to what they were. `extend`: it gets a new end or, before it has begun,
    /// a new start. `cancel`: it won't take place, or stops.
    #[serde(rename = "do")]
    pub step: Do,
    /// To extend it: the new start. Alone, it keeps the window's length.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    pub starts: Option<DateTime<Utc>>,
    /// To extend it: the new end.
    #[serde(skip_serializing_if = "Option::is_none", with = "instant::nullable")]
    pub ends: Option<DateTime<Utc>>,
    /// What to tell customers; by default a plain sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub markdown: Option<String>,
    /// The byline, by default the token's display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// Allow another maintenance of the same components at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub overlap: Option<bool>,
    /// The incident's `seen` as you read it; if something was posted since, nothing is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub seen: Option<Option<String>>,
}

impl Body for MaintenanceStep {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let step = fields.required("do", Do::read);
        let starts = fields.optional("starts", values::instant);
        let ends = fields.optional("ends", values::instant);
        let markdown = fields.optional("markdown", values::text);
        let author = fields.optional("author", values::line);
        let overlap = fields.optional("overlap", values::flag);
        let seen = fields.edited("seen", values::line);
        if step.is_some_and(|step| step != Do::Extend) {
            let how = "only \"do\": \"extend\" takes a time; start, end and cancel mean now";
            for (name, given) in [("starts", starts), ("ends", ends)] {
                if given.is_some() {
                    fields.wrong(name, how);
                }
            }
        }
        Some(Self {
            step: step?,
            starts,
            ends,
            markdown,
            author,
            overlap,
            seen,
        })
    }
}
