//! Groups of components, as files may name them.

use crate::domain::component_name::folded;
use crate::domain::slug::Slug;

/// The components under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub(super) heading: String,
    /// The heading as it is compared, and the slug made of it.
    words: (String, Option<Slug>),
    pub(super) components: Vec<Slug>,
}

impl Group {
    /// The groups of components, each of which is told with its heading.
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

    /// Whether a word, as it is compared, is its heading.
    pub(super) fn is_named(&self, word: &str) -> bool {
        let (heading, slug) = &self.words;
        heading == word || slug.as_ref().is_some_and(|slug| slug.as_str() == word)
    }
}
