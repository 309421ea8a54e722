//! Which components a word in a file means.

use super::update_entries::Context;
use crate::domain::component_name::{folded, full_name};
use crate::domain::slug::Slug;

/// The components under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    heading: String,
    /// The heading as it is compared, and the slug made of it.
    words: (String, Option<Slug>),
    components: Vec<Slug>,
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

    fn is_named(&self, word: &str) -> bool {
        let (heading, slug) = &self.words;
        heading == word || slug.as_ref().is_some_and(|slug| slug.as_str() == word)
    }
}

/// What a word means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meant {
    /// One component; whether a group has the same name.
    One(Slug, bool),
    /// All components of a group.
    Group(Vec<Slug>),
    /// One of several that have this name.
    Ambiguous(Vec<Slug>),
    /// Nothing that there is.
    Nothing,
}

/// The components that a slug or name means, in any case; "API (Europe)" for one whose name
/// others have, too.
pub(super) fn meant(cx: &Context<'_>, word: &str) -> Meant {
    let word = word.trim();
    let wanted = folded(word);
    let all = || cx.components.iter();
    let in_group = || {
        let named = cx.groups.iter().filter(|group| group.is_named(&wanted));
        named.flat_map(|group| group.components.iter().cloned())
    };
    let has_group = || in_group().next().is_some();
    if let Some((slug, _)) = all().find(|(slug, _)| slug.as_str() == word) {
        return Meant::One(slug.clone(), has_group());
    }
    let is_full_name = |slug: &Slug, name: &str| {
        let mut groups = cx.groups.iter().filter(|it| it.components.contains(slug));
        wanted.ends_with(')')
            && groups.any(|group| folded(&full_name(name, &group.heading)) == wanted)
    };
    let named: Vec<Slug> = all()
        .filter(|(slug, name)| folded(name) == wanted || is_full_name(slug, name))
        .map(|(slug, _)| slug.clone())
        .collect();
    match named.as_slice() {
        [] => {}
        [only] => return Meant::One(only.clone(), has_group()),
        [_, ..] => return Meant::Ambiguous(named),
    }
    if let Some((slug, _)) = all().find(|(slug, _)| slug.as_str() == wanted) {
        return Meant::One(slug.clone(), has_group());
    }
    match in_group().collect::<Vec<_>>() {
        group if group.is_empty() => Meant::Nothing,
        group => Meant::Group(group),
    }
}

/// That a word may mean several components, and how to say which.
pub(super) fn ambiguous(word: &str, slugs: &[Slug]) -> (String, String) {
    let slugs: Vec<&str> = slugs.iter().map(Slug::as_str).collect();
    (
        format!(
            "{} components have the name \"{}\"",
            slugs.len(),
            word.trim()
        ),
        format!("write the slug of the one you mean: {}", slugs.join(", ")),
    )
}

/// That a word names a group, too, and how to name all of it.
pub(super) fn also_group(word: &str, slug: &Slug) -> (String, String) {
    (
        format!("\"{word}\" is a component and a group; the component {slug} is meant"),
        "to mean the whole group, name each of its components".to_owned(),
    )
}
