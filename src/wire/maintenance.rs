//! The steps of a maintenance on the wire.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::request_macro::request;

/// What can be done to a maintenance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Every step.
    pub const ALL: [Self; 4] = [Self::Start, Self::End, Self::Extend, Self::Cancel];

    /// The word used in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Extend => "extend",
            Self::Cancel => "cancel",
        }
    }
}

request! {
    /// A step of a maintenance. It is posted as an update.
    pub struct MaintenanceStep {
        /// `start`: it begins now, and its components take the planned states. `end`: it is complete
        /// now, and they return to what they were. `extend`: it gets a new end or, before it has begun,
        /// a new start. `cancel`: it won't take place, or stops.
        required("do") step: Do = step,
        /// To extend it: the new start. Alone, it keeps the window's length.
        optional starts: DateTime<Utc> = instant,
        /// To extend it: the new end.
        optional ends: DateTime<Utc> = instant,
        /// What to tell customers; by default a plain sentence.
        optional markdown: String = text,
        /// The byline, by default the token's display name.
        optional author: String = line,
        /// Allow another maintenance of the same components at the same time.
        optional overlap: bool = flag,
        /// The incident's `seen` as you read it; if something was posted since, nothing is done.
        edited seen: String = line,
        /// Whether subscribers are told, which is the default.
        optional notify: bool = flag,
    }
    check only_an_extension_takes_a_time;
}

impl MaintenanceStep {
    fn only_an_extension_takes_a_time(&self, fields: &mut Fields<'_>) {
        let how = "only \"do\": \"extend\" takes a time; start, end and cancel mean now";
        for (name, given) in [("starts", self.starts), ("ends", self.ends)] {
            if given.is_some() && self.step != Do::Extend {
                fields.wrong(name, how);
            }
        }
    }
}
