//! The context in which every file of a content folder is read.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::component_group::Group;
use super::site_file::SiteFile;
use super::update_entries::{AnnouncedLines, Context};
use crate::domain::slug::Slug;
use crate::domain::state::{State, States};
use crate::domain::update::Precision;

/// What is known about the site besides its files.
#[derive(Debug, Clone, Default)]
pub struct KnownSite {
    /// Slugs and names of the components created through the API.
    pub components: Vec<(Slug, String)>,
    /// Slugs of those components that are in a group, each with the group's heading.
    pub groups: Vec<(Slug, String)>,
    /// The site's own states, current and past, so that files about the past stay readable.
    pub states: Vec<State>,
    /// The lines that announced something when they were first seen; `None` if nothing was ever
    /// stored.
    pub announced: Option<AnnouncedLines>,
}

/// The context in which every file of a folder is read.
pub(super) struct FolderContext {
    pub(super) site: SiteFile,
    components: Vec<(Slug, String)>,
    groups: Vec<Group>,
    states: States,
    announced: Option<AnnouncedLines>,
    now: DateTime<Utc>,
}

impl FolderContext {
    /// What `site.toml` says takes precedence over what else is known.
    pub(super) fn of(site: SiteFile, known: &KnownSite, now: DateTime<Utc>) -> Self {
        let mut components: Vec<(Slug, String)> = site
            .components
            .iter()
            .map(|entry| (entry.slug.clone(), entry.name.clone()))
            .collect();
        let mut groups: Vec<(Slug, String)> = site
            .components
            .iter()
            .filter_map(|entry| Some((entry.slug.clone(), entry.group.clone()?)))
            .collect();
        let stated: HashSet<Slug> = components.iter().map(|(slug, _)| slug.clone()).collect();
        let is_new = |(slug, _): &&(Slug, String)| !stated.contains(slug);
        components.extend(known.components.iter().filter(is_new).cloned());
        groups.extend(known.groups.iter().filter(is_new).cloned());
        let mut states = site.states.clone();
        for state in &known.states {
            if !states.iter().any(|other| other.key == state.key) {
                states.push(State {
                    dropped: false,
                    ..state.clone()
                });
            }
        }
        Self {
            components,
            groups: Group::list(&groups),
            states: States::with_own(states),
            announced: known.announced.clone(),
            site,
            now,
        }
    }

    /// The context for a file whose name and place aren't known yet.
    pub(super) fn context(&self) -> Context<'_> {
        let site = &self.site;
        Context {
            file: "",
            first_line: 1,
            zone: site.zone,
            date_order: site.times().date_order(),
            zones: &site.zones,
            posted_at: self.now,
            posted_precision: Precision::Minute,
            now: self.now,
            components: &self.components,
            groups: &self.groups,
            states: &self.states,
            starts: None,
            kept: self.announced.as_ref(),
        }
    }
}
