//! Files of a folder that say of themselves what only one of them can be.

use std::collections::BTreeMap;

use super::Content;
use super::problem::{Problem, Severity};

/// Files that claim the same slug or id: an error that names all of them, and none is read.
pub(super) fn refuse_twins(content: &mut Content) {
    let mut claims: BTreeMap<(&str, String), Vec<usize>> = BTreeMap::new();
    for (index, incident) in content.incidents.iter().enumerate() {
        let mut claim = |what, name: String| {
            let files = claims.entry((what, name)).or_default();
            if files.last() != Some(&index) {
                files.push(index);
            }
        };
        claim("slug", incident.slug.to_string());
        if let Some(id) = &incident.id {
            claim("id", id.clone());
        }
        for entry in &incident.entries {
            if let Some(id) = &entry.id {
                claim("update id", id.clone());
            }
        }
    }
    let mut refused = Vec::new();
    let mut problems = Vec::new();
    for ((what, name), files) in claims {
        if files.len() < 2 {
            continue;
        }
        let named = |index: &usize| content.incidents.get(*index).map(|i| i.file.clone());
        let names: Vec<String> = files.iter().filter_map(named).collect();
        for file in &names {
            let others: Vec<_> = names.iter().filter(|name| *name != file).cloned().collect();
            let message = format!(
                "the {what} \"{name}\" is claimed by {}, too",
                others.join(" and ")
            );
            let help = "give each file its own; rename one, or say \"slug:\" in its front matter";
            let help = if what == "slug" {
                help
            } else {
                "take it out of the copy"
            };
            problems.push(Problem::of_file(Severity::Error, file, message, Some(help)));
        }
        refused.extend(names);
    }
    content.problems.extend(problems);
    content
        .incidents
        .retain(|incident| !refused.contains(&incident.file));
    refused.sort();
    refused.dedup();
    content.unreadable.extend(refused);
    content.unreadable.sort();
}
