//! Groups of components, as files can name them.

use crate::domain::component_name::folded;
use crate::domain::slug::Slug;

/// The components under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub(super) heading: String,
    /// The heading, folded for comparison, and the slug made from it.
    words: (String, Option<Slug>),
    pub(super) components: Vec<Slug>,
}

impl Group {
    /// Groups components, each given with its heading.
    pub fn list(components: &[(Slug, String)]) -> Vec<Self> {
        let mut groups: Vec<Self> = Vec::new();
        for (slug, heading) in components {
            match groups.iter_mut().find(|group| group.heading == *heading) {
                Some(group) => group.components.push(slug.clone()),
                None => groups.push(Self {
                    heading: heading.clone(),
                    words: (folded(heading), Slug::from_title(heading)),
                    components: vec![slug.clone()],
                }),
            }
        }
        groups
    }

    /// Whether a folded word names the group, by its heading or slug.
    pub(super) fn is_named(&self, word: &str) -> bool {
        let (heading, slug) = &self.words;
        heading == word || slug.as_ref().is_some_and(|slug| slug.as_str() == word)
    }
}
