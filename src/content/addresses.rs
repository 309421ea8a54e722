//! Decides which address each incident file gets when several want the same one. Reads no database:
//! the caller passes in the addresses that are already held.

use std::collections::{HashMap, HashSet};

use chrono_tz::Tz;

use super::folder::Content;
use super::incident_file::{IncidentFile, SlugSource};
use super::problem::{Problem, Severity};
use crate::domain::slug::Slug;

/// A file that needs an address.
#[derive(Debug, Clone, Copy)]
pub struct AddressRequest<'a> {
    /// The file.
    pub file: &'a IncidentFile,
    /// The address that its incident has now.
    pub has: Option<&'a Slug>,
    /// The address that its incident had when its file was removed, if that is still free.
    pub had: Option<&'a Slug>,
}

/// Who holds an address that no request covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// The incident of a file that isn't read now; the text includes the reason.
    File(String),
    /// The incident of this file, which is gone. It yields to a file that asks by name.
    Gone(String),
    /// An incident made through the API, with this title.
    Api(String),
}

/// What a file is given.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// An address, and a problem to report, if there is one.
    Address(Slug, Option<Problem>),
    /// No address: the file asks for one that is already held.
    Refused(Problem),
}

/// Gives each request its address, in the order of the requests. A file keeps the address it has.
/// One that asks by name gets that address if it is free. The others get the address of their file
/// name, oldest first, or one with their date appended.
pub fn give_out(
    requests: &[AddressRequest<'_>],
    holders: &HashMap<Slug, Holder>,
    zone: Tz,
) -> Vec<Given> {
    let mut table = Table {
        requests,
        holders,
        zone,
        taken: HashMap::new(),
        numbers: HashMap::new(),
        given: vec![None; requests.len()],
    };
    table.keep();
    let mut rest: Vec<usize> = (0..requests.len())
        .filter(|index| table.given[*index].is_none())
        .collect();
    rest.sort_by_key(|index| age(requests[*index].file));
    let (named, others): (Vec<usize>, Vec<usize>) = rest
        .into_iter()
        .partition(|index| requests[*index].file.slug_source == SlugSource::Stated);
    let refused = table.give_by_name(&named);
    for index in others {
        table.give_by_file_name(index);
    }
    let owners = table.taken.clone();
    (0..requests.len())
        .map(|index| match (&table.given[index], refused.get(&index)) {
            (Some(slug), None) => {
                let warning = warning(requests[index].file, slug, &owners, requests, holders);
                Given::Address(slug.clone(), warning)
            }
            (_, owner) => {
                let owner = owner.map_or("another file", String::as_str);
                Given::Refused(refusal(requests[index].file, owner))
            }
        })
        .collect()
}

/// Reports what a new database would make of a folder's addresses and ids.
pub fn check_addresses(content: &mut Content) {
    let Some(zone) = content.site.as_ref().map(|site| site.zone) else {
        return;
    };
    let requests: Vec<AddressRequest<'_>> = content
        .incidents
        .iter()
        .map(|file| AddressRequest {
            file,
            has: None,
            had: None,
        })
        .collect();
    let mut problems = Vec::new();
    for given in give_out(&requests, &HashMap::new(), zone) {
        match given {
            Given::Address(_, warning) => problems.extend(warning),
            Given::Refused(problem) => problems.push(problem),
        }
    }
    problems.extend(copied_ids(&content.incidents));
    content.problems.extend(problems);
    content
        .problems
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
}

/// Slugs that several file names lead to; in a new database another of the files may get one.
pub fn contested<'a>(files: impl Iterator<Item = &'a IncidentFile>) -> HashSet<&'a Slug> {
    let mut seen = HashSet::new();
    files
        .filter(|file| file.slug_source != SlugSource::Stated)
        .map(|file| &file.slug)
        .filter(|slug| !seen.insert(*slug))
        .collect()
}

/// Reports ids that a file copied from another; the older file keeps them.
fn copied_ids(files: &[IncidentFile]) -> Vec<Problem> {
    let mut by_age: Vec<&IncidentFile> = files.iter().collect();
    by_age.sort_by_key(|file| age(file));
    let mut owners: HashMap<&str, &str> = HashMap::new();
    let mut entry_owners: HashMap<&str, &str> = HashMap::new();
    let mut problems = Vec::new();
    for file in by_age {
        if let Some(id) = &file.id
            && let Some(owner) = owners.insert(id, &file.file)
        {
            problems.push(copied_id(file, id, owner));
            owners.insert(id, owner);
            continue;
        }
        for entry in &file.entries {
            let Some(id) = &entry.id else { continue };
            let owner = *entry_owners.entry(id).or_insert(&file.file);
            if owner != file.file {
                let message =
                    format!("the id {id:?} belongs to an update in {owner}; this one gets its own");
                let help = "take the id out of its comment";
                let problem = Problem::of_file(Severity::Warning, &file.file, message, Some(help));
                problems.push(Problem {
                    line: entry.line,
                    column: 1,
                    ..problem
                });
            }
        }
    }
    problems
}

/// The error for a file that states the id of another file's incident.
pub fn copied_id(file: &IncidentFile, id: &str, owner: &str) -> Problem {
    clash(file, &format!("the id {id:?} belongs to {owner}"))
}

/// An error about a file as a whole.
pub fn clash(file: &IncidentFile, message: &str) -> Problem {
    let help = "give this file its own name or \"slug:\", and remove an \"id:\" that belongs to \
                another";
    Problem::of_file(Severity::Error, &file.file, message, Some(help))
}

/// Sort key by age: older posts come first.
pub fn age(file: &IncidentFile) -> (chrono::DateTime<chrono::Utc>, &str) {
    (file.published_at, &file.file)
}

struct Table<'a> {
    requests: &'a [AddressRequest<'a>],
    holders: &'a HashMap<Slug, Holder>,
    zone: Tz,
    /// Addresses already given, each with the index of its request.
    taken: HashMap<Slug, usize>,
    /// The next number to append to a dated address.
    numbers: HashMap<Slug, usize>,
    given: Vec<Option<Slug>>,
}

impl Table<'_> {
    fn give(&mut self, index: usize, slug: Slug) {
        self.taken.insert(slug.clone(), index);
        self.given[index] = Some(slug);
    }

    /// Serves the requests that have an address and ask for no other.
    fn keep(&mut self) {
        for (index, request) in self.requests.iter().enumerate() {
            if let Some(slug) = request.has.filter(|slug| may_keep(request.file, slug)) {
                self.give(index, slug.clone());
            }
        }
    }

    /// Serves the requests that ask by name. A refused request keeps its old address, even if
    /// another has just got it. Returns the refused requests with the holders of what they asked
    /// for.
    fn give_by_name(&mut self, named: &[usize]) -> HashMap<usize, String> {
        let mut refused = HashMap::new();
        let mut lost = Vec::new();
        for index in named {
            let file = self.requests[*index].file;
            let owner = match (self.taken.get(&file.slug), self.holders.get(&file.slug)) {
                (Some(other), _) => Some(self.requests[*other].file.file.clone()),
                (None, Some(holder)) => holder.holds_on(),
                (None, None) => None,
            };
            match owner {
                Some(owner) => lost.push((*index, owner)),
                None => self.give(*index, file.slug.clone()),
            }
        }
        while let Some((index, owner)) = lost.pop() {
            let request = self.requests[index];
            refused.insert(index, owner);
            let Some(kept) = request.has else { continue };
            if let Some(other) = self.taken.insert(kept.clone(), index) {
                self.given[other] = None;
                lost.push((other, request.file.file.clone()));
            }
        }
        // An address that a request gives up is free for others; a refused request keeps its own.
        refused
    }

    fn give_by_file_name(&mut self, index: usize) {
        let AddressRequest { file, had, .. } = self.requests[index];
        let is_free = |slug: &Slug| {
            let is_held = || self.holders.contains_key(slug);
            !self.taken.contains_key(slug) && !is_held()
        };
        let back = had.filter(|slug| may_keep(file, slug) && is_free(slug));
        let free = match back {
            Some(slug) => Some(slug),
            None => Some(&file.slug).filter(|slug| is_free(slug)),
        };
        if let Some(slug) = free.cloned() {
            return self.give(index, slug);
        }
        let day = file.published_at.with_timezone(&self.zone).date_naive();
        let mut number = self
            .numbers
            .get(&file.slug.dated(day, 1))
            .copied()
            .unwrap_or(1);
        while !is_free(&file.slug.dated(day, number)) {
            number += 1;
        }
        self.numbers.insert(file.slug.dated(day, 1), number + 1);
        self.give(index, file.slug.dated(day, number));
    }
}

impl Holder {
    /// Describes the holder, unless it yields to a file that asks for the address by name.
    fn holds_on(&self) -> Option<String> {
        match self {
            Self::Gone(_) => None,
            Self::File(_) | Self::Api(_) => Some(self.shown()),
        }
    }

    fn shown(&self) -> String {
        match self {
            Self::File(file) => file.clone(),
            Self::Gone(file) => format!("{file}, which is gone"),
            Self::Api(title) => format!("the incident {title:?}, which was posted through the API"),
        }
    }
}

/// Whether a file may keep an address without asking for it again.
fn may_keep(file: &IncidentFile, slug: &Slug) -> bool {
    match file.slug_source {
        SlugSource::Stated => file.slug == *slug,
        SlugSource::Name => file.slug == *slug || slug.is_dated_from(&file.slug),
        SlugSource::KindAndDate => true,
    }
}

/// The warning for a file whose address isn't the one that its name gives.
fn warning(
    file: &IncidentFile,
    slug: &Slug,
    taken: &HashMap<Slug, usize>,
    requests: &[AddressRequest<'_>],
    holders: &HashMap<Slug, Holder>,
) -> Option<Problem> {
    if file.slug == *slug || file.slug_source != SlugSource::Name {
        return None;
    }
    let wanted = &file.slug;
    let (owner, both) = match (taken.get(wanted), holders.get(wanted)) {
        (Some(other), _) => (requests[*other].file.file.clone(), true),
        (None, Some(holder)) => (holder.shown(), matches!(holder, Holder::File(_))),
        (None, None) => ("a post that had it first".to_owned(), false),
    };
    let whose = if both { "both files" } else { "this file" };
    let message =
        format!("the post is at /incidents/{slug}, because \"{wanted}\" belongs to {owner}");
    let help = format!(
        "put \"slug:\" and \"id:\" into {whose}, so that a new database gives the same addresses; \
         `lightship sync --write-ids` does that"
    );
    let problem = Problem::of_file(Severity::Warning, &file.file, message, Some(&help));
    Some(problem)
}

fn refusal(file: &IncidentFile, owner: &str) -> Problem {
    let slug = file.slug.as_str();
    clash(
        file,
        &format!("the slug {slug:?} already belongs to {owner}"),
    )
}
