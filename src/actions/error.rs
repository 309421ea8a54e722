//! Why a change was refused or failed.

use chrono::{DateTime, Utc};

use crate::domain::actor::Lacking;
use crate::domain::incident::Incident;
use crate::domain::update::Update;
use crate::store::StoreError;

/// Why a change was refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// What was given can't be used; each field with what is wrong and how to mend it.
    #[error("{}", summary(.0))]
    Invalid(Vec<FieldError>),
    /// What should be changed isn't there.
    #[error("{0}")]
    NotFound(String),
    /// It can't be done as things stand.
    #[error("{0}")]
    Conflict(String),
    /// Something was said since the writer last looked; nothing was done.
    #[error("{}", .0.detail())]
    Meanwhile(Box<Meanwhile>),
    /// The same was posted a moment ago; nothing was done.
    #[error("{}", .0.detail())]
    Repeated(Box<Repeated>),
    /// The same is being done right now.
    #[error("the first request with this key is still running; ask again in a second")]
    StillRunning,
    /// The actor may not do such things.
    #[error(transparent)]
    Lacking(#[from] Lacking),
    /// The actor may not do this very thing.
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

/// What was said while somebody was writing.
#[derive(Debug, Clone, PartialEq)]
pub struct Meanwhile {
    /// The incident, as it stands now.
    pub incident: Incident,
    /// The updates that the writer hasn't seen, in the order in which they were made.
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
    /// The update, if that is what was posted.
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
    /// One field is wrong.
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
