//! Why a change was refused or failed.

use chrono::{DateTime, Utc};

use crate::domain::actor::Lacking;
use crate::domain::incident::Incident;
use crate::domain::update::Update;
use crate::store::StoreError;

/// Why a change was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The input can't be used; each field has what is wrong and how to mend it.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// The thing to change doesn't exist.
    #[error("{0}")]
    NotFound(String),
    /// The present state of things doesn't allow it.
    #[error("{0}")]
    Conflict(String),
    /// Something was posted since the writer last looked; nothing was done.
    #[error("{}", .0.detail())]
    Meanwhile(Box<Meanwhile>),
    /// The same was posted a moment ago; nothing was done.
    #[error("{}", .0.detail())]
    Repeated(Box<Repeated>),
    /// The first request with the same key is still running.
    #[error("the first request with this key is still running; ask again in a second")]
    StillRunning,
    /// The actor lacks a permission.
    #[error(transparent)]
    Lacking(#[from] Lacking),
    /// The actor may not do this in this case.
    #[error("{0}")]
    Forbidden(String),
    /// The database failed; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is wrong with one field of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it stands, as a JSON pointer (RFC 6901) such as `/components/selma`.
    pub pointer: String,
    /// What is wrong, and how to mend it.
    pub detail: String,
}

/// What was posted while somebody was writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Meanwhile {
    /// The incident, as it stands now.
    pub incident: Incident,
    /// The updates that the writer hasn't seen, in the order of creation.
    pub newer: Vec<Update>,
}

impl Meanwhile {
    fn detail(&self) -> String {
        let count = match self.newer.len() {
            1 => "an update was".to_owned(),
            many => format!("{many} updates were"),
        };
        format!(
            "{count} posted to {:?} since you read it, so yours wasn't; read what is new and send \
             yours again with the current \"seen\"",
            self.incident.title
        )
    }
}

/// What was posted before.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeated {
    /// The incident, as it stands now.
    pub incident: Incident,
    /// The update, if an update was posted.
    pub update: Option<Update>,
    /// When it was posted.
    pub posted_at: DateTime<Utc>,
}

impl Repeated {
    fn detail(&self) -> &'static str {
        "the same was posted less than 15 minutes ago, so nothing was posted"
    }
}

impl ActionError {
    /// The error for a single field.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError {
            pointer: pointer.into(),
            detail: detail.into(),
        }])
    }
}

fn summary(fields: &[FieldError]) -> String {
    let details: Vec<_> = fields.iter().map(|field| field.detail.as_str()).collect();
    details.join("; ")
}
