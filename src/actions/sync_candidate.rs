//! A file that isn't yet matched to its incident.

use crate::content::IncidentFile;
use crate::content::problem::Problem;
use crate::domain::slug::Slug;
use crate::store::incidents::StoredIncident;

/// A file, and what is known about it so far.
pub(super) struct Candidate<'a> {
    pub(super) file: &'a IncidentFile,
    pub(super) old: Option<&'a StoredIncident>,
    /// Its address, if that differs from the one that the file says.
    pub(super) slug: Option<Slug>,
    /// Why the file is refused.
    pub(super) problem: Option<Problem>,
}
