//! A file on its way to the incident that it states.

use crate::content::IncidentFile;
use crate::content::problem::Problem;
use crate::domain::slug::Slug;
use crate::store::incidents::StoredIncident;

/// A file, and what is known of it so far.
pub(super) struct Candidate<'a> {
    pub(super) file: &'a IncidentFile,
    pub(super) old: Option<&'a StoredIncident>,
    /// The address that it gets, if that isn't the one that the file says.
    pub(super) slug: Option<Slug>,
    /// Why it can't be taken over.
    pub(super) problem: Option<Problem>,
}
