//! Names that several components share, how people tell them apart, and groups as words.

use std::collections::HashMap;

use super::component::Component;
use super::slug::Slug;

/// Full names of the components whose own name another one has, too: with the group in brackets, or
/// the slug if that doesn't tell them apart. Retired components are ignored.
pub fn full_names<'a>(components: impl Iterator<Item = &'a Component>) -> HashMap<Slug, String> {
    let mut by_name: HashMap<String, Vec<&Component>> = HashMap::new();
    for component in components.filter(|it| it.retired_at.is_none()) {
        let of_name = by_name.entry(folded(&component.name)).or_default();
        of_name.push(component);
    }
    let mut names = HashMap::new();
    for twins in by_name.into_values().filter(|twins| twins.len() > 1) {
        for component in &twins {
            let group = component.group.as_deref();
            let alone = twins
                .iter()
                .filter(|it| it.group.as_deref() == group)
                .count()
                == 1;
            let name = match group {
                Some(group) if alone => full_name(&component.name, group),
                Some(_) | None => full_name(&component.name, component.slug.as_str()),
            };
            names.insert(component.slug.clone(), name);
        }
    }
    names
}

/// A name with its group: "API (Europe)".
pub fn full_name(name: &str, group: &str) -> String {
    format!("{name} ({group})")
}

/// Whether a word names a group: by its heading, in any case, or by the slug made from it.
pub fn names_group(word: &str, group: &str) -> bool {
    let word = folded(word);
    folded(group) == word || Slug::from_title(group).is_some_and(|slug| slug.as_str() == word)
}

/// Whether `folded(name)` is `wanted`.
pub fn folds_to(name: &str, wanted: &str) -> bool {
    if name.is_ascii() {
        name.trim().eq_ignore_ascii_case(wanted) && !wanted.contains(char::is_uppercase)
    } else {
        folded(name) == wanted
    }
}

/// A name, folded for comparison.
pub fn folded(name: &str) -> String {
    name.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slug(text: &str) -> Slug {
        Slug::parse(text).expect("a slug")
    }

    #[test]
    fn names_that_are_not_unique_say_their_group() {
        let component = |text: &str, name: &str, group: Option<&str>| Component {
            slug: slug(text),
            name: name.to_owned(),
            group: group.map(str::to_owned),
            description: None,
            position: 0,
            since: None,
            created_at: chrono::DateTime::UNIX_EPOCH,
            retired_at: None,
            from_file: false,
        };
        let mut gone = component("old", "Mail", Some("Europe"));
        gone.retired_at = Some(chrono::DateTime::UNIX_EPOCH);
        let components = [
            component("api-eu", "API", Some("Europe")),
            component("api-us", "api", Some("United States")),
            component("api", "API", None),
            component("mail", "Mail", Some("Europe")),
            component("web-1", "Web", Some("Europe")),
            component("web-2", "Web", Some("Europe")),
            gone,
        ];
        let names = full_names(components.iter());
        let name = |text: &str| names.get(&slug(text)).map(String::as_str);
        assert_eq!(name("api-eu"), Some("API (Europe)"));
        assert_eq!(name("api-us"), Some("api (United States)"));
        assert_eq!(name("api"), Some("API (api)"));
        assert_eq!(name("web-2"), Some("Web (web-2)"));
        assert_eq!(name("mail"), None);
        for name in ["API", " Mail ", "Störung", "ΟΔΟΣ", ""] {
            for wanted in [
                "api", "API", "mail", "störung", "οδος", "οδοσ", "STÖRUNG", "",
            ] {
                let is_same = folded(name) == wanted;
                assert_eq!(folds_to(name, wanted), is_same, "{name} {wanted}");
            }
        }
        assert!(names_group("united-states", "United States"));
        assert!(names_group("EUROPE ", "Europe") && !names_group("eu", "Europe"));
    }
}
