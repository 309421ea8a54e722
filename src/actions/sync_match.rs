//! The part of the sync that finds which incident each file states, before anything is written:
//! so files may trade names and addresses with each other.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{ActionError, Change};
use crate::content::problem::{Problem, Severity};
use crate::content::{Content, IncidentFile};
use crate::domain::slug::Slug;
use crate::store::incidents::{self, StoredIncident};

/// What the files of a folder were found to be.
#[derive(Debug, Default)]
pub(super) struct Matches<'a> {
    /// The files that can be taken over, each with its incident if it isn't new.
    pub(super) files: Vec<(&'a IncidentFile, Option<&'a StoredIncident>)>,
    /// Incidents that are shown and that no file states any more.
    pub(super) missing: Vec<&'a StoredIncident>,
    /// Hidden incidents whose address something else takes now.
    pub(super) displaced: Vec<&'a StoredIncident>,
    /// Why the other files can't be taken over.
    pub(super) problems: Vec<Problem>,
}

/// A file, and what is known of it so far.
struct Candidate<'a> {
    file: &'a IncidentFile,
    old: Option<&'a StoredIncident>,
    problem: Option<Problem>,
}

/// Finds the incident of each file: by its id; by the file's name; by the slug of an incident
/// whose file is gone; by the text of one whose file is gone just now.
pub(super) async fn match_files<'a>(
    change: &mut Change,
    content: &'a Content,
    known: &'a [StoredIncident],
) -> Result<Matches<'a>, ActionError> {
    let mut candidates: Vec<Candidate<'a>> = content
        .incidents
        .iter()
        .map(|file| Candidate {
            file,
            old: None,
            problem: None,
        })
        .collect();
    match_ids(change, &mut candidates, content, known).await?;
    let read = content.incidents.iter().map(|file| &file.file);
    let there: HashSet<&String> = read.chain(&content.unreadable).collect();
    let is_there = |stored: &StoredIncident| {
        stored
            .file
            .as_ref()
            .is_some_and(|name| there.contains(name))
    };
    // An incident that is shown comes before a hidden one that once had the same file.
    let shown = |stored: &&StoredIncident| stored.is_present();
    let hidden = |stored: &&StoredIncident| !stored.is_present();
    let same_slug = |stored: &StoredIncident, file: &IncidentFile| {
        !is_there(stored) && stored.incident.slug == file.slug
    };
    take_named(&mut candidates, known.iter().filter(shown));
    take_named(&mut candidates, known.iter().filter(hidden));
    take(&mut candidates, known.iter().filter(shown), same_slug);
    take(
        &mut candidates,
        known.iter().filter(shown),
        |stored, file| !is_there(stored) && has_text_of(stored, file),
    );
    take(
        &mut candidates,
        known.iter().filter(hidden),
        |stored, file| same_slug(stored, file) && is_kin(stored, file),
    );
    settle_slugs(change, &mut candidates, content, known).await?;
    Ok(collect(candidates, content, known))
}

async fn match_ids<'a>(
    change: &mut Change,
    candidates: &mut [Candidate<'a>],
    content: &Content,
    known: &'a [StoredIncident],
) -> Result<(), ActionError> {
    let by_id: HashMap<&str, &StoredIncident> = known
        .iter()
        .map(|stored| (stored.incident.id.as_str(), stored))
        .collect();
    for candidate in candidates {
        let Some(id) = &candidate.file.id else {
            continue;
        };
        if let Some(stored) = by_id.get(id.as_str()).copied() {
            let owner = stored.file.as_deref().unwrap_or_default();
            let keeps = |other: &IncidentFile| {
                other.file == owner && other.id.as_ref().is_none_or(|other| other == id)
            };
            let is_kept = owner != candidate.file.file
                && stored.is_present()
                && (content.incidents.iter().any(keeps)
                    || content.unreadable.iter().any(|name| name == owner));
            if is_kept {
                candidate.problem = Some(clash(
                    candidate.file,
                    &format!("the id {id:?} is that of {owner}"),
                ));
            } else {
                candidate.old = Some(stored);
            }
        } else if let Some(other) = incidents::find_incident(&mut change.tx, id).await? {
            candidate.problem = Some(clash(
                candidate.file,
                &format!(
                    "the id {id:?} is that of the incident {:?}, which was made by API",
                    other.incident.title
                ),
            ));
        }
    }
    Ok(())
}

/// The round in which files take the incidents of their own name. Nearly all do, so they are looked
/// up.
fn take_named<'a>(
    candidates: &mut [Candidate<'a>],
    known: impl Iterator<Item = &'a StoredIncident>,
) {
    let mut taken = taken(candidates);
    let places = candidates.iter().enumerate();
    let places: HashMap<&str, usize> = places
        .map(|(place, candidate)| (candidate.file.file.as_str(), place))
        .collect();
    for stored in known {
        let place = stored.file.as_deref().and_then(|name| places.get(name));
        let Some(candidate) = place.map(|place| &mut candidates[*place]) else {
            continue;
        };
        let is_free = candidate.old.is_none() && candidate.problem.is_none();
        if is_free && taken.insert(&stored.incident.id) {
            candidate.old = Some(stored);
        }
    }
}

/// The incidents that have a file already.
fn taken<'a>(candidates: &[Candidate<'a>]) -> HashSet<&'a str> {
    let taken = candidates.iter().filter_map(|candidate| candidate.old);
    taken.map(|old| old.incident.id.as_str()).collect()
}

/// One round: files without an incident take the first free one that fits.
fn take<'a>(
    candidates: &mut [Candidate<'a>],
    known: impl Iterator<Item = &'a StoredIncident>,
    fits: impl Fn(&StoredIncident, &IncidentFile) -> bool,
) {
    let mut taken = taken(candidates);
    let is_open =
        |candidate: &Candidate<'_>| candidate.old.is_none() && candidate.problem.is_none();
    if !candidates.iter().any(is_open) {
        return;
    }
    for stored in known {
        if taken.contains(stored.incident.id.as_str()) {
            continue;
        }
        let found = candidates
            .iter_mut()
            .find(|candidate| is_open(candidate) && fits(stored, candidate.file));
        if let Some(candidate) = found {
            candidate.old = Some(stored);
            taken.insert(&stored.incident.id);
        }
    }
}

/// Whether a file holds what a missing one did.
fn has_text_of(stored: &StoredIncident, file: &IncidentFile) -> bool {
    stored.fingerprint.as_ref() == Some(&file.fingerprint)
        || (stored.incident.title == file.title
            && stored.incident.markdown == file.markdown
            && !file.markdown.is_empty())
}

/// Whether a file of another name may be a long gone one come back: another post that only has
/// the same address is another incident.
fn is_kin(stored: &StoredIncident, file: &IncidentFile) -> bool {
    has_text_of(stored, file)
        || stored.incident.title == file.title
        || stored.incident.published_at == file.published_at
}

/// Refuses files whose slug something else holds. One that is refused keeps what it had, which
/// another may have counted on: so it goes on until nothing changes.
async fn settle_slugs(
    change: &mut Change,
    candidates: &mut [Candidate<'_>],
    content: &Content,
    known: &[StoredIncident],
) -> Result<(), ActionError> {
    for candidate in candidates.iter_mut() {
        if candidate.problem.is_none() && !keeps_slug(candidate) {
            candidate.problem = api_owner(change, candidate.file).await?;
        }
    }
    loop {
        let refused = candidates.iter().position(|candidate| {
            candidate.problem.is_none()
                && !keeps_slug(candidate)
                && file_owner(candidate, candidates, content, known).is_some()
        });
        let Some(index) = refused else { return Ok(()) };
        let owner = file_owner(&candidates[index], candidates, content, known).unwrap_or_default();
        let slug = candidates[index].file.slug.as_str();
        let problem = clash(
            candidates[index].file,
            &format!("the slug {slug:?} belongs to {owner} already"),
        );
        candidates[index].problem = Some(problem);
    }
}

/// It has its slug already.
fn keeps_slug(candidate: &Candidate<'_>) -> bool {
    candidate
        .old
        .is_some_and(|old| old.is_present() && old.incident.slug == candidate.file.slug)
}

async fn api_owner(
    change: &mut Change,
    file: &IncidentFile,
) -> Result<Option<Problem>, ActionError> {
    let owner = incidents::find_incident_by_slug(&mut change.tx, &file.slug).await?;
    Ok(owner.filter(|owner| owner.file.is_none()).map(|owner| {
        clash(
            file,
            &format!(
                "the slug {:?} belongs to the incident {:?} already, which was made by API",
                file.slug.as_str(),
                owner.incident.title
            ),
        )
    }))
}

/// The file whose incident holds a candidate's slug and will go on to hold it.
fn file_owner(
    candidate: &Candidate<'_>,
    candidates: &[Candidate<'_>],
    content: &Content,
    known: &[StoredIncident],
) -> Option<String> {
    let holds = |stored: &&StoredIncident| {
        stored.is_present()
            && stored.incident.slug == candidate.file.slug
            && candidate
                .old
                .is_none_or(|old| old.incident.id != stored.incident.id)
    };
    let owner = known.iter().find(holds)?;
    let moves_on = candidates.iter().any(|other| {
        other.problem.is_none()
            && other
                .old
                .is_some_and(|old| old.incident.id == owner.incident.id)
            && other.file.slug != candidate.file.slug
    });
    let name = owner.file.clone().unwrap_or_default();
    let gone = if content.unreadable.contains(&name) {
        " (which can't be read now)"
    } else {
        ""
    };
    (!moves_on).then(|| format!("{name}{gone}"))
}

fn collect<'a>(
    candidates: Vec<Candidate<'a>>,
    content: &Content,
    known: &'a [StoredIncident],
) -> Matches<'a> {
    let mut matches = Matches::default();
    let mut refused: BTreeSet<&str> = BTreeSet::new();
    for candidate in candidates {
        match candidate.problem {
            Some(problem) => {
                refused.insert(&candidate.file.file);
                matches.problems.push(problem);
            }
            None => matches.files.push((candidate.file, candidate.old)),
        }
    }
    let by_files: HashSet<&str> = matches
        .files
        .iter()
        .filter_map(|(_, old)| old.map(|old| old.incident.id.as_str()))
        .collect();
    let is_stated = |stored: &StoredIncident| {
        let by_file = by_files.contains(stored.incident.id.as_str());
        let name = stored.file.as_deref().unwrap_or_default();
        by_file || refused.contains(name) || content.unreadable.iter().any(|other| other == name)
    };
    matches.missing = known
        .iter()
        .filter(|stored| stored.is_present() && !is_stated(stored))
        .collect();
    let slugs: BTreeSet<&Slug> = matches.files.iter().map(|(file, _)| &file.slug).collect();
    matches.displaced = known
        .iter()
        .filter(|stored| !stored.is_present() && slugs.contains(&stored.incident.slug))
        .collect();
    matches
}

/// An error that is about a file as a whole.
fn clash(file: &IncidentFile, message: &str) -> Problem {
    file_problem(
        Severity::Error,
        file,
        message.to_owned(),
        "give this file another name or another \"slug:\", and no \"id:\" of another",
    )
}

/// A problem that is about a file as a whole.
pub(super) fn file_problem(
    severity: Severity,
    file: &IncidentFile,
    message: String,
    help: &str,
) -> Problem {
    Problem {
        severity,
        file: file.file.clone(),
        line: 0,
        column: 0,
        width: 0,
        source: String::new(),
        message,
        help: Some(help.to_owned()),
    }
}
