//! Components on the wire.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::request_macro::request;
use crate::domain::component::{Component, Standing};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

/// What customers depend on, and what it is right now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComponentBody {
    /// Its name in URLs, and its id.
    #[schema(value_type = String, example = "selma")]
    pub slug: Slug,
    /// Its name for people.
    #[schema(example = "Selma")]
    pub name: String,
    /// The heading under which it is listed.
    #[schema(required, example = "Servers")]
    pub group: Option<String>,
    /// One line for customers.
    #[schema(required, example = "Shared hosting and mail")]
    pub description: Option<String>,
    /// What it is right now: a built-in state or one of the site's own.
    #[schema(value_type = String, example = "migrating")]
    pub state: StateKey,
    /// A line for customers that came with the state.
    #[schema(required, example = "Mail is up.")]
    pub note: Option<String>,
    /// When it took that state; `null` if it has never had another.
    #[serde(with = "instant::nullable")]
    #[schema(required, example = "2013-02-26T09:15:00Z")]
    pub state_since: Option<DateTime<Utc>>,
    /// The day it began.
    #[schema(required, example = "2009-05-01")]
    pub since: Option<NaiveDate>,
    /// When it was retired.
    #[serde(with = "instant::nullable")]
    #[schema(required, example = json!(null))]
    pub retired_at: Option<DateTime<Utc>>,
}

impl ComponentBody {
    /// A component and what it is at some instant.
    pub fn of(component: &Component, standing: &Standing) -> Self {
        Self {
            slug: component.slug.clone(),
            name: component.name.clone(),
            group: component.group.clone(),
            description: component.description.clone(),
            state: standing.state.clone(),
            note: standing.note.clone(),
            state_since: standing.since,
            since: component.since,
            retired_at: component.retired_at,
        }
    }
}

/// Every component, in the order shown on the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ComponentList {
    /// The components.
    pub components: Vec<ComponentBody>,
}

request! {
    /// A component to create or replace: what is left out is cleared.
    pub struct PutComponent {
        /// Its name for people.
        #[schema(example = "Selma", min_length = 1)]
        required name: String = line,
        /// The heading under which it is listed.
        optional group: String = line,
        /// One line for customers.
        optional description: String = line,
        /// The day it began, for uptime.
        #[schema(example = "2009-05-01")]
        optional since: NaiveDate = day,
        /// Its place in the list, counted from 0; without one, it keeps its place or comes last.
        #[schema(minimum = 0, maximum = 1_000_000)]
        optional position: i64 = count,
    }
}

request! {
    /// The order of components.
    pub struct OrderComponents {
        /// Their slugs, first to last. Those left out follow in their current order. Those set in
        /// `site.toml` come before all of these and can't be listed.
        #[schema(value_type = Vec<String>, example = json!(["nelson", "selma"]))]
        required order: Vec<Slug> = slugs,
    }
}

request! {
    /// A change of state.
    pub struct SetState {
        /// What the component is now.
        #[schema(value_type = String, example = "migrating")]
        required state: StateKey = state,
        /// A line for customers; without one, an earlier note is cleared.
        #[schema(example = "Mail is up.")]
        defaulted note: Option<String> = note,
        /// The slug of the incident it belongs to.
        #[schema(value_type = Option<String>)]
        optional incident: Slug = slug,
        /// When it took the state, by default now; never in the future.
        optional at: DateTime<Utc> = instant,
        /// The state you saw; if it has changed since, nothing is done (409).
        #[schema(value_type = Option<String>)]
        optional seen: StateKey = state,
        /// Whether subscribers are told who asked for changes without an incident, which is the
        /// default.
        optional notify: bool = flag,
    }
}
