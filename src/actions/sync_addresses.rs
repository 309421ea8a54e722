//! The part of the sync that gives each file its address.

use std::collections::{HashMap, HashSet};

use super::change::Change;
use super::error::ActionError;
use super::sync_candidate::Candidate;
use crate::content::Content;
use crate::content::addresses::{AddressRequest, Given, Holder, give_out};
use crate::content::problem::Problem;
use crate::domain::slug::Slug;
use crate::store::incidents::{StoredIncident, find_incident_by_slug};

/// Gives each file its address, or notes why it can't have the one that it states. Returns a
/// problem for each file whose address differs from its name.
pub(super) async fn settle_addresses(
    change: &mut Change,
    candidates: &mut [Candidate<'_>],
    content: &Content,
    known: &[StoredIncident],
) -> Result<Vec<Problem>, ActionError> {
    let Some(zone) = content.site.as_ref().map(|site| site.zone) else {
        return Ok(Vec::new());
    };
    let open: Vec<usize> = (0..candidates.len())
        .filter(|index| candidates[*index].problem.is_none())
        .collect();
    let mut holders = holders(candidates, content, known);
    let mut asked: HashSet<Slug> = HashSet::new();
    loop {
        let requests: Vec<AddressRequest<'_>> = open
            .iter()
            .map(|index| address_request(&candidates[*index]))
            .collect();
        let given = give_out(&requests, &holders, zone);
        // Incidents of the API are looked up only where they could be in the way.
        let mut is_settled = true;
        for (address_request, given) in requests.iter().zip(&given) {
            let Given::Address(slug, _) = given else {
                continue;
            };
            if address_request.has == Some(slug) || !asked.insert(slug.clone()) {
                continue;
            }
            let owner = find_incident_by_slug(&mut change.tx, slug).await?;
            if let Some(owner) = owner.filter(|owner| owner.file.is_none()) {
                holders.insert(slug.clone(), Holder::Api(owner.incident.title));
                is_settled = false;
            }
        }
        if is_settled {
            return Ok(write(candidates, &open, given));
        }
    }
}

/// Writes the given addresses into the candidates.
fn write(candidates: &mut [Candidate<'_>], open: &[usize], given: Vec<Given>) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, given) in open.iter().zip(given) {
        let candidate = &mut candidates[*index];
        match given {
            Given::Address(slug, problem) => {
                problems.extend(problem);
                candidate.slug = Some(slug).filter(|slug| *slug != candidate.file.slug);
            }
            Given::Refused(problem) => candidate.problem = Some(problem),
        }
    }
    problems
}

fn address_request<'a>(candidate: &Candidate<'a>) -> AddressRequest<'a> {
    let slug = candidate.old.map(|old| &old.incident.slug);
    let is_present = candidate.old.is_some_and(StoredIncident::is_present);
    AddressRequest {
        file: candidate.file,
        has: slug.filter(|_| is_present),
        had: slug.filter(|_| !is_present),
    }
}

/// The addresses of incidents that no candidate states.
fn holders(
    candidates: &[Candidate<'_>],
    content: &Content,
    known: &[StoredIncident],
) -> HashMap<Slug, Holder> {
    let stated: HashSet<&str> = candidates
        .iter()
        .filter(|candidate| candidate.problem.is_none())
        .filter_map(|candidate| candidate.old)
        .map(|old| old.incident.id.as_str())
        .collect();
    let unreadable: HashSet<&String> = content.unreadable.iter().collect();
    let refused: HashSet<&String> = candidates
        .iter()
        .filter(|candidate| candidate.problem.is_some())
        .map(|candidate| &candidate.file.file)
        .collect();
    let mut holders = HashMap::new();
    let mut gone = Vec::new();
    for stored in known {
        let Some(file) = stored.file.as_ref() else {
            continue;
        };
        if stated.contains(stored.incident.id.as_str()) {
            continue;
        }
        let slug = stored.incident.slug.clone();
        if !stored.is_present() {
            gone.push((slug, Holder::Gone(file.clone())));
            continue;
        }
        let why = match (unreadable.contains(file), refused.contains(file)) {
            (true, _) => " (which can't be read now)",
            (false, true) => "",
            (false, false) => " (which is missing)",
        };
        holders.insert(slug, Holder::File(format!("{file}{why}")));
    }
    for (slug, holder) in gone {
        holders.entry(slug).or_insert(holder);
    }
    holders
}
