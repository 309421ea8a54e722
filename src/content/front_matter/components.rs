//! The key `components`: what a post is about, and the states that it sets.

use super::reader::Reader;
use crate::content::component_word::{ComponentMatch, also_group, ambiguous, find_components};
use crate::content::problem::Severity;
use crate::content::update_entries::StateLine;
use crate::content::yaml::{Key, Node, Placed};
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

impl Reader<'_, '_, '_> {
    pub(super) fn components(&mut self, value: &Placed) -> Vec<StateLine> {
        let mut lines: Lines = Vec::new();
        match &value.node {
            Node::Null => {}
            Node::Text(_) | Node::Number | Node::Bool(_) => {
                self.components_named(value, &(None, None), &mut lines);
            }
            Node::List(items) => {
                for item in items {
                    match &item.node {
                        Node::Map(entries) => self.component_map(entries, &mut lines),
                        Node::Null
                        | Node::Bool(_)
                        | Node::Number
                        | Node::Text(_)
                        | Node::List(_) => {
                            self.components_named(item, &(None, None), &mut lines);
                        }
                    }
                }
            }
            Node::Map(entries) => self.component_map(entries, &mut lines),
        }
        let mut once: Vec<StateLine> = Vec::new();
        let (single, by_group): (Vec<_>, Vec<_>) =
            lines.into_iter().partition(|(_, is_single)| *is_single);
        for (line, _) in single {
            if once.iter().any(|other| other.component == line.component) {
                let message = format!(
                    "\"{}\" is listed twice; the first one counts",
                    line.component
                );
                self.report
                    .add(Severity::Warning, value.place.clone(), message, None);
            } else {
                once.push(line);
            }
        }
        // What is said about one component takes precedence over what is said about its group.
        for (line, _) in by_group {
            if once.iter().all(|other| other.component != line.component) {
                once.push(line);
            }
        }
        once
    }

    fn component_map(&mut self, entries: &[(Key, Placed)], lines: &mut Lines) {
        for (key, value) in entries {
            let name = Placed {
                node: Node::Text(key.name.clone()),
                place: key.place.clone(),
            };
            let before = self.report.error_count();
            let said = self.state_and_note(value);
            if self.report.error_count() == before {
                self.components_named(&name, &said, lines);
            }
        }
    }

    fn state_and_note(&mut self, value: &Placed) -> (Option<StateKey>, Option<String>) {
        let Node::Map(entries) = &value.node else {
            return (self.state(value), None);
        };
        let (mut state, mut note) = (None, None);
        for (key, value) in entries {
            match key.name.as_str() {
                "state" => state = self.state(value),
                "note" => note = self.text(key, value, false),
                _ => {
                    let near = nearest(&key.name, ["state", "note"]);
                    self.report.add(
                        Severity::Warning,
                        key.place.clone(),
                        format!("there is no key \"{}\" here; it is ignored", key.name),
                        Some(near.map_or_else(
                            || "the keys are: state, note".to_owned(),
                            |near| format!("did you mean \"{near}\"?"),
                        )),
                    );
                }
            }
        }
        (state, note)
    }

    pub(super) fn state(&mut self, value: &Placed) -> Option<StateKey> {
        let Node::Text(word) = &value.node else {
            if value.node != Node::Null {
                self.wrong(value, "a state is one word, such as \"degraded\"", None);
            }
            return None;
        };
        let found = self.cx.states.find_by_word(word);
        if found.is_none() {
            let known: Vec<&str> = self
                .cx
                .states
                .iter()
                .filter(|state| !state.dropped)
                .map(|state| state.key.as_str())
                .collect();
            let near = nearest(word, known.iter().copied());
            self.report.add(
                Severity::Warning,
                value.place.clone(),
                format!("\"{word}\" is not a state; the component's state stays as it is"),
                Some(match near {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("the states are: {}", known.join(", ")),
                }),
            );
        }
        found.map(|state| state.key.clone())
    }

    /// Adds the components that a word refers to.
    fn components_named(
        &mut self,
        value: &Placed,
        said: &(Option<StateKey>, Option<String>),
        lines: &mut Lines,
    ) {
        let word = match &value.node {
            Node::Text(word) => word.clone(),
            Node::Number | Node::Bool(_) => {
                let written = self.yaml.get(value.place.clone());
                written.unwrap_or_default().to_owned()
            }
            Node::Null => return,
            Node::List(_) | Node::Map(_) => {
                return self.wrong(value, "name a component by its slug", None);
            }
        };
        let mut line = |component: Slug, is_single: bool| {
            let line = StateLine {
                component,
                state: said.0.clone(),
                note: said.1.clone(),
            };
            lines.push((line, is_single));
        };
        match find_components(self.cx, &word) {
            ComponentMatch::One(slug, is_group) => {
                if is_group {
                    let (message, help) = also_group(&word, &slug);
                    let place = value.place.clone();
                    self.report
                        .add(Severity::Warning, place, message, Some(help));
                }
                line(slug, true);
            }
            ComponentMatch::Group(slugs) => slugs.into_iter().for_each(|slug| line(slug, false)),
            ComponentMatch::Ambiguous(slugs) => {
                let (message, help) = ambiguous(&word, &slugs);
                self.wrong(value, message, Some(help));
            }
            ComponentMatch::Nothing => self.unknown_component(&word, value),
        }
    }

    fn unknown_component(&mut self, word: &str, value: &Placed) {
        let components = self.cx.components.iter();
        let slugs = components.map(|(slug, _)| slug.as_str());
        let near = nearest(word, slugs);
        self.report.add(
            Severity::Warning,
            value.place.clone(),
            format!("there is no component \"{word}\"; it is left out"),
            Some(match near {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "add it to site.toml, under [[components]]".to_owned(),
            }),
        );
    }
}

/// Components with what is said about each, and whether it is said about that one alone.
type Lines = Vec<(StateLine, bool)>;
