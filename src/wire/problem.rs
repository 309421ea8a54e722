//! Refusals: problem details (RFC 9457), with a place and a fix for each mistake.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::field_error::FieldError;
use super::instant;
use super::update::UpdateBody;

/// The media type of a problem.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// Why a request was refused (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// A URI that names the kind of problem; `about:blank` if the status says it all.
    #[serde(rename = "type", default = "about_blank")]
    pub kind: String,
    /// The kind of problem, in a few words.
    #[schema(example = "Unprocessable content")]
    pub title: String,
    /// The HTTP status, repeated.
    #[serde(default)]
    #[schema(required, example = 422)]
    pub status: u16,
    /// What went wrong this time, and how to fix it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What to tell support; the server's log has it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Each mistake in the body.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What was posted in the meantime, in order, if that is why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub newer: Vec<UpdateBody>,
    /// The earlier post, if the same was posted a moment ago.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first: Option<FirstPost>,
}

/// What was posted before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FirstPost {
    /// Its page.
    #[schema(format = "uri")]
    pub url: String,
    /// Its address in the API.
    #[schema(example = "/api/v1/incidents/selma-is-down")]
    pub api: String,
    /// When it was posted.
    #[serde(with = "instant")]
    pub posted_at: DateTime<Utc>,
}

impl Problem {
    /// A problem whose kind follows from its status.
    pub fn new(status: u16, title: impl Into<String>) -> Self {
        Self {
            kind: about_blank(),
            title: title.into(),
            status,
            detail: None,
            request_id: None,
            errors: Vec::new(),
            newer: Vec::new(),
            first: None,
        }
    }
}

fn about_blank() -> String {
    "about:blank".to_owned()
}
