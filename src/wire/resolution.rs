//! What resolving an incident would change, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::words;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;

/// What would change if an incident were resolved now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ResolutionBody {
    /// The phase that ends it: `resolved`, or `completed` for a maintenance.
    #[schema(schema_with = words::phase)]
    pub phase: Phase,
    /// The components it names, in its order.
    pub components: Vec<ReturningBody>,
}

/// What a component would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReturningBody {
    /// The component.
    #[schema(value_type = String, example = "selma")]
    pub component: Slug,
    /// What it is now.
    #[schema(value_type = String, example = "major_outage")]
    pub from: StateKey,
    /// What it would be; the same if it wouldn't change.
    #[schema(value_type = String, example = "operational")]
    pub to: StateKey,
}
