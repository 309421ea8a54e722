//! `POST /preview`: the HTML that Markdown will become.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::request_macro::request;

request! {
    /// A text to preview before it is published.
    pub struct Preview {
        /// The text, as Markdown.
        #[schema(example = "Mail is **up**.")]
        required markdown: String = text,
    }
}

/// The HTML that a text becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreviewBody {
    /// Sanitised HTML.
    #[schema(example = "<p>Mail is <strong>up</strong>.</p>")]
    pub html: String,
}
