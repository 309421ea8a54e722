//! A mistake in a request, with its place.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One mistake in a body or a query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// Where it is: a JSON pointer (RFC 6901); empty for the whole body. For a query parameter: its
    /// name after a slash.
    #[schema(example = "/components/selma")]
    pub pointer: String,
    /// What is wrong and how to fix it.
    #[schema(example = "unknown state \"migratng\"; did you mean \"migrating\"?")]
    pub detail: String,
}

impl FieldError {
    /// A mistake in one field of the body, or one parameter of the query.
    pub fn of_field(name: &str, detail: impl Into<String>) -> Self {
        Self::new(format!("/{}", token(name)), detail)
    }

    /// A mistake at a place.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

/// A key as a reference token of a JSON pointer (RFC 6901).
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
