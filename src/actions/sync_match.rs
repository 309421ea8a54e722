//! The part of the sync that finds the incident of each file before anything is written, so that
//! files may exchange names and addresses.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::Duration;

use super::change::Change;
use super::error::ActionError;
use super::sync_addresses::settle_addresses;
use super::sync_candidate::Candidate;
use crate::content::addresses::{age, clash, copied_id};
use crate::content::problem::Problem;
use crate::content::{Content, IncidentFile};
use crate::domain::slug::Slug;
use crate::store::incidents::{self, StoredIncident};

/// The result of matching a folder's files.
#[derive(Debug, Default)]
pub(super) struct Matches<'a> {
    /// The accepted files, each with its incident if it isn't new. Their slugs are their final
    /// ones.
    pub(super) files: Vec<(Cow<'a, IncidentFile>, Option<&'a StoredIncident>)>,
    /// Incidents that are shown, but that no file states any more.
    pub(super) missing: Vec<&'a StoredIncident>,
    /// Hidden incidents whose address something else takes.
    pub(super) displaced: Vec<&'a StoredIncident>,
    /// Why the other files are refused.
    pub(super) problems: Vec<Problem>,
    /// Notices about files whose address differs from their name.
    pub(super) moved: Vec<Problem>,
}

/// Finds the incident of each file: by its id; by the file's name; by the slug of an incident whose
/// file is gone; by the text of an incident whose file has just gone.
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
            slug: None,
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
    // A file about another outage may have the same words in its name.
    let same_slug = |stored: &StoredIncident, file: &IncidentFile| {
        let slug = &stored.incident.slug;
        let is_same = *slug == file.slug || slug.is_dated_from(&file.slug);
        is_same && !is_there(stored) && is_kin(stored, file)
    };
    take_named(&mut candidates, known.iter().filter(shown));
    take_named(&mut candidates, known.iter().filter(hidden));
    take(&mut candidates, known.iter().filter(shown), same_slug);
    take(
        &mut candidates,
        known.iter().filter(shown),
        |stored, file| !is_there(stored) && has_text_of(stored, file),
    );
    take(&mut candidates, known.iter().filter(hidden), same_slug);
    let moved = settle_addresses(change, &mut candidates, content, known).await?;
    Ok(Matches {
        moved,
        ..collect(candidates, content, known)
    })
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
    let owners = owners(candidates, &by_id);
    for candidate in candidates {
        let Some(id) = &candidate.file.id else {
            continue;
        };
        let owner = owners.get(id.as_str()).copied().unwrap_or_default();
        if owner != candidate.file.file {
            candidate.problem = Some(copied_id(candidate.file, id, owner));
        } else if let Some(stored) = by_id.get(id.as_str()).copied() {
            let owner = stored.file.as_deref().unwrap_or_default();
            let keeps = |other: &IncidentFile| {
                other.file == owner && other.id.as_ref().is_none_or(|other| other == id)
            };
            let is_kept = owner != candidate.file.file
                && stored.is_present()
                && (content.incidents.iter().any(keeps)
                    || content.unreadable.iter().any(|name| name == owner));
            if is_kept {
                candidate.problem = Some(copied_id(candidate.file, id, owner));
            } else {
                candidate.old = Some(stored);
            }
        } else if let Some(other) = incidents::find_incident(&mut change.tx, id).await? {
            candidate.problem = Some(clash(
                candidate.file,
                &format!(
                    "the id {id:?} belongs to the incident {:?}, which was posted through the API",
                    other.incident.title
                ),
            ));
        }
    }
    Ok(())
}

/// Which file owns an id that several state: the incident's own file, or else the oldest.
fn owners<'a>(
    candidates: &[Candidate<'a>],
    by_id: &HashMap<&str, &StoredIncident>,
) -> HashMap<&'a str, &'a str> {
    let mut stating: Vec<(&str, &IncidentFile)> = candidates
        .iter()
        .filter_map(|candidate| Some((candidate.file.id.as_deref()?, candidate.file)))
        .collect();
    stating.sort_by_key(|(id, file)| {
        let own = by_id.get(id).and_then(|stored| stored.file.as_ref());
        (own != Some(&file.file), age(file))
    });
    let mut owners = HashMap::new();
    for (id, file) in stating {
        owners.entry(id).or_insert(file.file.as_str());
    }
    owners
}

/// The round that matches files to incidents by file name. Nearly all match, so it uses a map.
fn take_named<'a>(
    candidates: &mut [Candidate<'a>],
    known: impl Iterator<Item = &'a StoredIncident>,
) {
    let mut taken = taken(candidates);
    let indexes = candidates.iter().enumerate();
    let indexes: HashMap<&str, usize> = indexes
        .map(|(index, candidate)| (candidate.file.file.as_str(), index))
        .collect();
    for stored in known {
        let index = stored.file.as_deref().and_then(|name| indexes.get(name));
        let Some(candidate) = index.map(|index| &mut candidates[*index]) else {
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

/// One round: each file without an incident takes the first free one that fits.
fn take<'a>(
    candidates: &mut [Candidate<'a>],
    known: impl Iterator<Item = &'a StoredIncident>,
    fits: impl Fn(&StoredIncident, &IncidentFile) -> bool,
) {
    let mut taken = taken(candidates);
    let is_open = |index: &usize| {
        let candidate = &candidates[*index];
        candidate.old.is_none() && candidate.problem.is_none()
    };
    let mut open: Vec<usize> = (0..candidates.len()).filter(is_open).collect();
    for stored in known {
        if open.is_empty() {
            return;
        }
        if taken.contains(stored.incident.id.as_str()) {
            continue;
        }
        let found = open
            .iter()
            .position(|index| fits(stored, candidates[*index].file));
        if let Some(found) = found {
            candidates[open.remove(found)].old = Some(stored);
            taken.insert(&stored.incident.id);
        }
    }
}

/// Whether a file has the content of a missing one.
fn has_text_of(stored: &StoredIncident, file: &IncidentFile) -> bool {
    stored.fingerprint.as_ref() == Some(&file.fingerprint)
        || (stored.incident.title == file.title
            && stored.incident.markdown == file.markdown
            && !file.markdown.is_empty())
}

/// Whether a file with another name may be a file that is gone. A different post that only has the
/// same address is a different incident.
fn is_kin(stored: &StoredIncident, file: &IncidentFile) -> bool {
    let apart = (stored.incident.published_at - file.published_at).abs();
    let same_title = stored.incident.title == file.title;
    has_text_of(stored, file) || apart.is_zero() || same_title && apart <= Duration::days(7)
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
            None => {
                let file = match candidate.slug {
                    Some(slug) => Cow::Owned(IncidentFile {
                        slug,
                        ..candidate.file.clone()
                    }),
                    None => Cow::Borrowed(candidate.file),
                };
                matches.files.push((file, candidate.old));
            }
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
