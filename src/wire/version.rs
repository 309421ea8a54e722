//! Earlier versions on the wire: what corrections replaced. For staff only.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::audit::ActorBody;
use super::instant;

/// An earlier version that a change replaced.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionBody {
    /// Its id: that of the line in the activity log.
    pub id: String,
    /// When it was replaced.
    #[serde(with = "instant")]
    #[schema(example = "2013-02-26T09:20:00Z")]
    pub replaced_at: DateTime<Utc>,
    /// Who replaced it.
    pub actor: ActorBody,
    /// How it was replaced: the name of the action.
    #[schema(example = "correct_update")]
    pub action: String,
    /// What it was.
    #[schema(value_type = Object, example = json!({"markdown": "Mail is dwon."}))]
    pub before: serde_json::Value,
}

/// Earlier versions, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VersionList {
    /// The versions.
    pub versions: Vec<VersionBody>,
}
