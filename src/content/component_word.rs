//! Which components a word in a file means.

use super::update_entries::Context;
use crate::domain::component_name::{folded, full_name, names_group};
use crate::domain::slug::Slug;

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
    let group_of = |slug: &Slug| {
        let found = cx.groups.iter().find(|(other, _)| other == slug);
        found.map(|(_, group)| group.as_str())
    };
    let in_group = || {
        let of_it = cx
            .groups
            .iter()
            .filter(|(_, group)| names_group(word, group));
        of_it.map(|(slug, _)| slug.clone())
    };
    let has_group = || in_group().next().is_some();
    if let Some((slug, _)) = all().find(|(slug, _)| slug.as_str() == word) {
        return Meant::One(slug.clone(), has_group());
    }
    let full = |slug: &Slug, name: &str| group_of(slug).map(|group| full_name(name, group));
    let named: Vec<Slug> = all()
        .filter(|(slug, name)| {
            folded(name) == wanted || full(slug, name).is_some_and(|full| folded(&full) == wanted)
        })
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
        format!(
            "write the slug of the one that you mean: {}",
            slugs.join(", ")
        ),
    )
}

/// That a word names a group, too, and how to name all of it.
pub(super) fn also_group(word: &str, slug: &Slug) -> (String, String) {
    (
        format!("\"{word}\" is a component and a group; the component {slug} is meant"),
        "to mean the whole group, name each of its components".to_owned(),
    )
}
