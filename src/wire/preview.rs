//! `POST /preview`: Markdown to the HTML that it will become.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::{Body, Fields};
use super::values;

/// A text to preview before it is published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// The text, as Markdown.
    #[schema(example = "Mail is **up**.")]
    pub markdown: String,
}

impl Body for Preview {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        let markdown = fields.required("markdown", values::text);
        Some(Self {
            markdown: markdown?,
        })
    }
}

/// The HTML that a text becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewBody {
    /// Sanitised HTML.
    #[schema(example = "<p>Mail is <strong>up</strong>.</p>")]
    pub html: String,
}
