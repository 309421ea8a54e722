//! Reads a content folder, file by file, so that a broken file doesn't affect its neighbours.

use std::collections::BTreeSet;
use std::path::Path;

use chrono::{DateTime, Utc};

use super::files::{decode, fingerprint, list_posts, read_file};
use super::folder_context::{FolderContext, KnownSite};
use super::incident_file::{self, IncidentFile};
use super::problem::Problem;
use super::site_file::{self, SiteFile};
use super::update_entries::Context;
use super::{pictures, template_file};
use crate::domain::slug::Slug;
use crate::domain::template::Template;

/// The contents of a content folder.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// What `site.toml` says; `None` if it can't be read for certain.
    pub site: Option<SiteFile>,
    /// The incident files that could be read, by file name.
    pub incidents: Vec<IncidentFile>,
    /// The names of incident files that exist but can't be read for certain: their last good
    /// version stays.
    pub unreadable: Vec<String>,
    /// The templates that could be read, by name; `None` if their folder can't be listed.
    pub templates: Option<Vec<Template>>,
    /// The names of templates that exist but can't be read for certain: their last good version
    /// stays.
    pub unreadable_templates: Vec<Slug>,
    /// Everything that is wrong or doubtful, sorted by file, line and column.
    pub problems: Vec<Problem>,
}

/// Reads a folder: `site.toml`, templates and `incidents/*.md`. Never fails and never stops early:
/// whatever is wrong becomes a problem. Posts in `moving` aren't read and stay as they were.
pub fn read_folder_but(
    folder: &Path,
    known: &KnownSite,
    now: DateTime<Utc>,
    moving: &BTreeSet<String>,
) -> Content {
    let mut content = Content::default();
    let Some(site) = read_site(folder, &mut content.problems) else {
        return content;
    };
    let Some(names) = list_posts(folder, "incidents", &mut content.problems) else {
        return content;
    };
    let ground = FolderContext::of(site, known, now);
    let cx = ground.context();
    if let Some(names) = list_posts(folder, "templates", &mut content.problems) {
        let found = template_file::read_all(folder, names, &cx);
        content.templates = Some(found.templates);
        content.unreadable_templates = found.unreadable;
        content.problems.extend(found.problems);
    }
    for name in names {
        if moving.contains(&name) {
            content.unreadable.push(name);
            continue;
        }
        let (incident, problems) = read_incident(folder, &name, &cx);
        content.problems.extend(problems);
        match incident {
            Some(incident) => content.incidents.push(incident),
            None => content.unreadable.push(name),
        }
    }
    content.site = Some(ground.site);
    content
        .problems
        .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    content
}

/// The same, for all posts.
pub fn read_folder(folder: &Path, known: &KnownSite, now: DateTime<Utc>) -> Content {
    read_folder_but(folder, known, now, &BTreeSet::new())
}

fn read_site(folder: &Path, problems: &mut Vec<Problem>) -> Option<SiteFile> {
    let bytes = read_file(folder, site_file::NAME, problems)?;
    let text = decode(site_file::NAME, bytes, problems)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (site, found) = site_file::read(text, &|name| folder.join(name).is_file());
    problems.extend(found);
    site
}

fn read_incident(
    folder: &Path,
    file: &str,
    cx: &Context<'_>,
) -> (Option<IncidentFile>, Vec<Problem>) {
    let mut problems = Vec::new();
    let Some(bytes) = read_file(folder, file, &mut problems) else {
        return (None, problems);
    };
    let fingerprint = fingerprint(&bytes);
    let Some(text) = decode(file, bytes, &mut problems) else {
        return (None, problems);
    };
    let (incident, found) = incident_file::read(file, &text, fingerprint, cx);
    problems.extend(found);
    problems.extend(pictures::missing(folder, file, &text));
    (incident, problems)
}
