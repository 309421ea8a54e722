//! Which components a word in a file refers to.

use super::update_entries::context::Context;
use crate::domain::component_name::{folded, folds_to, full_name};
use crate::domain::slug::Slug;

/// What a word refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ComponentMatch {
    /// One component; the flag says whether a group has the same name.
    One(Slug, bool),
    /// All components of a group.
    Group(Vec<Slug>),
    /// Several components that share this name.
    Ambiguous(Vec<Slug>),
    /// No component and no group.
    Nothing,
}

/// Finds the components that a slug or name refers to, in any case. "API (Europe)" refers to a
/// component whose name others share.
pub(super) fn find_components(cx: &Context<'_>, word: &str) -> ComponentMatch {
    let word = word.trim();
    let wanted = folded(word);
    let all = || cx.components.iter();
    let in_group = || {
        let named = cx.groups.iter().filter(|group| group.is_named(&wanted));
        named.flat_map(|group| group.components.iter().cloned())
    };
    let has_group = || in_group().next().is_some();
    if let Some((slug, _)) = all().find(|(slug, _)| slug.as_str() == word) {
        return ComponentMatch::One(slug.clone(), has_group());
    }
    let is_full_name = |slug: &Slug, name: &str| {
        let mut groups = cx.groups.iter().filter(|it| it.components.contains(slug));
        wanted.ends_with(')')
            && groups.any(|group| folded(&full_name(name, &group.heading)) == wanted)
    };
    let named: Vec<Slug> = all()
        .filter(|(slug, name)| folds_to(name, &wanted) || is_full_name(slug, name))
        .map(|(slug, _)| slug.clone())
        .collect();
    match named.as_slice() {
        [] => {}
        [only] => return ComponentMatch::One(only.clone(), has_group()),
        [_, ..] => return ComponentMatch::Ambiguous(named),
    }
    if let Some((slug, _)) = all().find(|(slug, _)| slug.as_str() == wanted) {
        return ComponentMatch::One(slug.clone(), has_group());
    }
    match in_group().collect::<Vec<_>>() {
        group if group.is_empty() => ComponentMatch::Nothing,
        group => ComponentMatch::Group(group),
    }
}

/// The message and the help for a word that may refer to several components.
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

/// The message and the help for a component's name that is also a group's.
pub(super) fn also_group(word: &str, slug: &Slug) -> (String, String) {
    (
        format!("\"{word}\" is a component and a group; the component {slug} is meant"),
        "to mean the whole group, name each of its components".to_owned(),
    )
}
