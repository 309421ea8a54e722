//! Groups: the components under one heading. A group's slug is made from its name.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::component::Component;
use super::slug::Slug;

/// The components under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name in URLs, unique among groups.
    pub slug: Slug,
    /// The heading.
    pub name: String,
    /// Its components that aren't retired, in page order.
    pub components: Vec<Slug>,
}

/// The groups that have a component, in page order.
///
/// If two names give the same slug, the group with the oldest component has it, and the other gets
/// a number behind it. Retired components count for that, so that a slug stays where it is.
pub fn groups<'a>(components: impl Iterator<Item = &'a Component> + Clone) -> Vec<Group> {
    let slugs = slugs_of(components.clone());
    let mut groups: Vec<Group> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for component in components.filter(|it| it.retired_at.is_none()) {
        let Some(name) = component.group.as_deref() else {
            continue;
        };
        let place = *places.entry(name).or_insert_with(|| {
            groups.push(Group {
                slug: slugs[name].clone(),
                name: name.to_owned(),
                components: Vec::new(),
            });
            groups.len() - 1
        });
        groups[place].components.push(component.slug.clone());
    }
    groups
}

/// The slug of each name.
fn slugs_of<'a>(components: impl Iterator<Item = &'a Component>) -> BTreeMap<&'a str, Slug> {
    let mut began: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    for component in components {
        if let Some(name) = component.group.as_deref() {
            let first = began.entry(name).or_insert(component.created_at);
            *first = component.created_at.min(*first);
        }
    }
    let mut oldest_first: Vec<_> = began.into_iter().collect();
    oldest_first.sort_by_key(|(_, began)| *began);
    let mut taken = BTreeSet::new();
    let named = oldest_first.into_iter().map(|(name, _)| {
        let own = Slug::from_title(name).unwrap_or_else(|| Slug::trusted("group".to_owned()));
        let numbered = (2..).map(|number| Slug::trusted(format!("{own}-{number}")));
        let mut choices = std::iter::once(own.clone()).chain(numbered);
        let free = choices.find(|slug| !taken.contains(slug)).unwrap_or(own);
        taken.insert(free.clone());
        (name, free)
    });
    named.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component of a group, made in a minute; a retired one if its name begins with a minus.
    fn component(name: &str, group: Option<&str>, minute: i64) -> Component {
        let at = DateTime::from_timestamp(minute * 60, 0).expect("in range");
        Component {
            slug: Slug::from_title(name).expect("a slug"),
            name: name.to_owned(),
            group: group.map(str::to_owned),
            description: None,
            position: 0,
            since: None,
            created_at: at,
            retired_at: name.starts_with('-').then_some(at),
            from_file: false,
        }
    }

    #[track_caller]
    fn check(components: &[(&str, Option<&str>, i64)], wanted: &[(&str, &str, &[&str])]) {
        let components: Vec<_> = components
            .iter()
            .map(|(name, group, minute)| component(name, *group, *minute))
            .collect();
        let found = groups(components.iter());
        let found: Vec<_> = found
            .iter()
            .map(|group| {
                let parts = group.components.iter().map(Slug::as_str);
                (group.slug.as_str(), &*group.name, parts.collect::<Vec<_>>())
            })
            .collect();
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(slug, name, parts)| (*slug, *name, parts.to_vec()))
            .collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn its_slug_is_made_from_its_name() {
        check(
            &[
                ("selma", Some("Servers"), 1),
                ("mail", None, 1),
                ("web", Some("Größe & Co."), 2),
                ("nelson", Some("Servers"), 3),
            ],
            &[
                ("servers", "Servers", &["selma", "nelson"]),
                ("grosse-co", "Größe & Co.", &["web"]),
            ],
        );
    }

    #[test]
    fn of_two_with_the_same_slug_the_older_keeps_it() {
        let old = ("zeus", Some("Web mail"), 1);
        let new = ("ada", Some("Web & mail"), 2);
        let wanted: [(&str, &str, &[&str]); 2] = [
            ("web-mail-2", "Web & mail", &["ada"]),
            ("web-mail", "Web mail", &["zeus"]),
        ];
        check(&[new, old], &wanted);
        // A component that is retired still counts.
        check(
            &[
                new,
                ("-zeus", Some("Web mail"), 1),
                ("b", Some("Web mail"), 9),
            ],
            &[wanted[0], ("web-mail", "Web mail", &["b"])],
        );
        // A number can be part of a name, too.
        check(
            &[old, new, ("c", Some("Web-mail 2"), 3)],
            &[wanted[1], wanted[0], ("web-mail-2-2", "Web-mail 2", &["c"])],
        );
    }

    #[test]
    fn without_words_it_has_a_slug_and_without_components_it_is_none() {
        check(
            &[
                ("a", Some("🚨"), 1),
                ("b", Some("…"), 1),
                ("-c", Some("Old"), 1),
            ],
            &[("group-2", "🚨", &["a"]), ("group", "…", &["b"])],
        );
    }
}
