//! The activity log on the wire: who did what, and when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::request_macro::query;
use crate::domain::event::deed::Deed;

/// One line of the activity log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditBody {
    /// Its id; later lines have higher ids.
    pub id: String,
    /// When it was done.
    #[serde(with = "instant")]
    #[schema(example = "2013-02-26T09:15:00Z")]
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: ActorBody,
    /// What was done, in a word or two.
    #[schema(example = "add_update")]
    pub action: String,
    /// What kind of thing it was done to: `component`, `incident`, `update`, `token`,
    /// `subscriber` or `site`.
    #[schema(example = "update")]
    pub kind: String,
    /// The id of that thing; for a component, its slug.
    pub subject: String,
    /// Its name for people; for an update, the incident's.
    #[schema(example = "Selma is down")]
    pub label: String,
    /// What it was before, if something was replaced.
    #[schema(required)]
    pub before: Option<serde_json::Value>,
    /// What it became.
    #[schema(required)]
    pub after: Option<serde_json::Value>,
}

impl AuditBody {
    /// What was done; `None` if another version did something that this one doesn't know.
    pub fn deed(&self) -> Option<Deed> {
        Deed::read(&self.action, self.before.as_ref(), self.after.as_ref())
    }
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActorBody {
    /// `token`, `staff` (the same, signed in to the staff pages), `host` or `file`.
    #[schema(example = "token")]
    pub kind: String,
    /// The id of the token.
    #[schema(required)]
    pub id: Option<String>,
    /// The name of the token or file.
    #[schema(example = "on call")]
    pub name: String,
}

/// Lines of the activity log, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditList {
    /// The lines.
    pub entries: Vec<AuditBody>,
}

query! {
    /// Which entries of the activity log are wanted, as it was typed.
    pub struct ActivityLogQuery {
        /// Only what this actor did: the name or id of a token, the name of a file, or a kind of actor
        /// (`token`, `host`, `file`, `clock`).
        #[param(example = "on call")]
        actor,
        /// Only what was done to this component, or to an incident or update that concerns it.
        #[param(example = "selma")]
        component,
        /// Only what was done to this incident, its updates and the states it set: its slug, a former
        /// slug, its id, or else a part of its title or slug.
        #[param(example = "selma-is-down")]
        incident,
        /// Only what was done on this day, in the site's zone.
        #[param(example = "2013-02-26")]
        day,
        /// Only what was done from this time on: RFC 3339 with an offset, or a day in the site's zone.
        #[param(example = "2013-02-26T09:15:00Z")]
        from,
        /// Only what was done before this time: RFC 3339 with an offset, or a day in the site's zone,
        /// which is included.
        #[param(example = "2013-02-28")]
        to,
    }
}
