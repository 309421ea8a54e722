//! An incident as it is stored.

use chrono::{DateTime, Utc};

use crate::domain::actor::Actor;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;

/// An incident, with what only the activity log and the file sync need.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredIncident {
    /// The whole incident, without withdrawn updates.
    pub incident: Incident,
    /// Its sequence number, in order of creation.
    pub seq: i64,
    /// When it was withdrawn. Its slug is then a former slug.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Since when its file is missing.
    pub hidden_at: Option<DateTime<Utc>>,
    /// The file that states it, relative to the content folder.
    pub file: Option<String>,
    /// The hash of that file's bytes.
    pub fingerprint: Option<String>,
    /// The optional fields that the file states, separated by spaces.
    pub stated: String,
    /// It is a draft, and always was.
    pub never_public: bool,
}

impl StoredIncident {
    /// Whether customers may see it.
    pub fn is_public(&self) -> bool {
        self.withdrawn_at.is_none() && self.hidden_at.is_none() && !self.incident.draft
    }

    /// Whether `reader` sees it. Only some actors may read drafts.
    pub fn is_shown_to(&self, reader: &Actor) -> bool {
        self.is_present() && (!self.incident.draft || reader.may(Permission::ReadDrafts))
    }

    /// Whether `reader` may know about it, even if it is gone by now.
    pub fn may_be_known_to(&self, reader: &Actor) -> bool {
        self.is_public() || reader.may(Permission::ReadDrafts)
    }

    /// Whether staff see it: it isn't withdrawn, and its file isn't missing.
    pub fn is_present(&self) -> bool {
        self.withdrawn_at.is_none() && self.hidden_at.is_none()
    }
}
