//! The record on the wire: who did what when.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use crate::domain::staff::Actor;

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditBody {
    /// Its number; later lines have higher ones.
    pub id: i64,
    /// When it was done.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: ActorBody,
    /// What was done, in a word or two.
    #[schema(example = "add_update")]
    pub action: String,
    /// What it was done to: a slug or an id.
    #[schema(required, example = "selma-is-down")]
    pub subject: Option<String>,
    /// What more is known, such as the text that was replaced.
    #[schema(required)]
    pub detail: Option<serde_json::Value>,
}

/// Who made a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActorBody {
    /// `token`, `host` or `file`.
    #[schema(example = "token")]
    pub kind: String,
    /// The name of the token or file.
    #[schema(example = "on call")]
    pub name: String,
}

impl ActorBody {
    /// An actor as the record lists it.
    pub fn of(actor: &Actor) -> Self {
        Self {
            kind: actor.kind().to_owned(),
            name: actor.name().to_owned(),
        }
    }
}

/// Lines of the record, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct AuditList {
    /// The lines.
    pub entries: Vec<AuditBody>,
}
