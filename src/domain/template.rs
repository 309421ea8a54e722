//! Templates: half-written posts, prepared before anything breaks.

use super::incident::{Impact, Kind};
use super::slug::Slug;
use super::state::StateKey;
use super::update::Phase;

/// A post to be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its name: that of its file, without the extension.
    pub name: Slug,
    /// The headline; may contain placeholders.
    pub title: String,
    /// What sort of post it makes.
    pub kind: Kind,
    /// The phase of its first update.
    pub phase: Option<Phase>,
    /// How bad it is, unless the states decide.
    pub impact: Option<Impact>,
    /// The state for the components that staff choose.
    pub state: Option<StateKey>,
    /// The components that it is always about, with their states.
    pub components: Vec<(Slug, Option<StateKey>)>,
    /// The first update; may contain placeholders.
    pub markdown: String,
}

/// The placeholder for the names of components.
pub const COMPONENT: &str = "{{component}}";

/// The values for a template's placeholders.
#[derive(Debug, Clone, Copy)]
pub struct Filling<'a> {
    /// For `{{component}}`: names, joined as in a sentence. Without any, the placeholder stays.
    pub component: Option<&'a str>,
    /// For `{{time}}`: a time of day, as the page writes it.
    pub time: &'a str,
}

/// Replaces the placeholders of a text, once, and changes nothing else: inserted text isn't scanned
/// again, and braces that aren't a placeholder are text.
pub fn fill(text: &str, filling: Filling<'_>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        filled.push_str(&rest[..at]);
        let found = [
            (COMPONENT, filling.component),
            ("{{time}}", Some(filling.time)),
        ]
        .into_iter()
        .find_map(|(placeholder, value)| {
            let after = rest[at..].strip_prefix(placeholder)?;
            Some((value?, after))
        });
        match found {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = &rest[at + 1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Names joined as in a sentence: "Selma", "Selma and Nelson", "Selma, Nelson and Ruby".
pub fn joined(names: &[&str]) -> Option<String> {
    match names {
        [] => None,
        [one] => Some((*one).to_owned()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

/// Sorts the best match first. `affected` holds the affected components, each with its state if
/// that is known. Templates for these components come first, then those for any component, then
/// those for others; within each, those that set the same state; then by name.
pub fn sort_by_fit(templates: &mut [Template], affected: &[(Slug, Option<StateKey>)]) {
    templates.sort_by_cached_key(|template| {
        let is_named = |slug: &Slug| template.components.iter().any(|(named, _)| named == slug);
        let rank = if template.components.is_empty() {
            1
        } else if affected.iter().any(|(slug, _)| is_named(slug)) {
            0
        } else {
            2
        };
        let sets_it = affected.iter().any(|(slug, state)| {
            let own = template
                .components
                .iter()
                .find(|(named, _)| named == slug)
                .and_then(|(_, state)| state.as_ref());
            state.is_some() && own.or(template.state.as_ref()) == state.as_ref()
        });
        (rank, !sets_it, template.name.clone())
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_placeholders_are_filled_and_only_once() {
        let check = |text: &str, component: Option<&str>, expected: &str| {
            let filling = Filling {
                component,
                time: "2:15 MST",
            };
            assert_eq!(fill(text, filling), expected, "{text}");
        };
        let selma = Some("Selma");
        check(
            "{{component}} is down since {{time}}.",
            selma,
            "Selma is down since 2:15 MST.",
        );
        check("{{component}}", None, "{{component}}");
        check(
            "{{7*7}} {% if x %} {{ time }} {{Time}}",
            selma,
            "{{7*7}} {% if x %} {{ time }} {{Time}}",
        );
        check("{{{time}}} {{{{time", selma, "{2:15 MST} {{{{time");
        check("{{component}}", Some("{{time}}"), "{{time}}");
        check("{{comp{{component}}onent}}", selma, "{{compSelmaonent}}");
        check("", selma, "");
    }

    #[test]
    fn names_are_joined_as_in_a_sentence() {
        assert_eq!(joined(&[]), None);
        assert_eq!(joined(&["Selma"]).as_deref(), Some("Selma"));
        assert_eq!(
            joined(&["Selma", "Nelson", "Ruby"]).as_deref(),
            Some("Selma, Nelson and Ruby")
        );
    }

    #[test]
    fn what_is_made_for_the_affected_comes_first() {
        let slug = |text: &str| Slug::parse(text).expect("a slug");
        let template = |name: &str, component: Option<&str>, state: Option<&str>| Template {
            name: slug(name),
            title: name.to_owned(),
            kind: Kind::Disruption,
            phase: None,
            impact: None,
            state: state.map(StateKey::new),
            components: component.map(|it| (slug(it), None)).into_iter().collect(),
            markdown: String::new(),
        };
        let mut all = [
            template("a-other", Some("nelson"), None),
            template("b-any", None, None),
            template("c-down", None, Some("major_outage")),
            template("d-selma", Some("selma"), None),
            template("e-selma-down", Some("selma"), Some("major_outage")),
        ];
        let mut check = |affected: &[(Slug, Option<StateKey>)], expected: &[&str]| {
            sort_by_fit(&mut all, affected);
            let names: Vec<_> = all.iter().map(|it| it.name.as_str()).collect();
            assert_eq!(names, expected);
        };
        let down = Some(StateKey::new("major_outage"));
        check(
            &[(slug("selma"), down)],
            &["e-selma-down", "d-selma", "c-down", "b-any", "a-other"],
        );
        check(
            &[(slug("selma"), None)],
            &["d-selma", "e-selma-down", "b-any", "c-down", "a-other"],
        );
        check(
            &[],
            &["b-any", "c-down", "a-other", "d-selma", "e-selma-down"],
        );
    }

    #[test]
    fn a_state_of_its_own_for_the_component_goes_before_that_for_any() {
        let slug = |text: &str| Slug::parse(text).expect("a slug");
        let state = |key: &str| Some(StateKey::new(key));
        let template = |name: &str, components| Template {
            name: slug(name),
            title: name.to_owned(),
            kind: Kind::Disruption,
            phase: None,
            impact: None,
            state: state("major_outage"),
            components,
            markdown: String::new(),
        };
        let (selma, nelson) = (slug("selma"), slug("nelson"));
        let own = vec![
            (nelson, state("major_outage")),
            (selma.clone(), state("degraded")),
        ];
        let mut all = [
            template("down", vec![(selma.clone(), None)]),
            template("slow", own),
        ];
        for (key, first) in [("degraded", "slow"), ("major_outage", "down")] {
            sort_by_fit(&mut all, &[(selma.clone(), state(key))]);
            assert_eq!(all[0].name.as_str(), first, "{key}");
        }
    }
}
