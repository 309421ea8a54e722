//! The key `components`: what a post is about, and the states that it sets.

use super::Reader;
use crate::content::nearest::nearest;
use crate::content::problem::Severity;
use crate::content::update_entries::StateLine;
use crate::content::yaml::{Key, Node, Placed};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;

impl Reader<'_, '_, '_> {
    pub(super) fn components(&mut self, value: &Placed) -> Vec<StateLine> {
        let mut lines = Vec::new();
        match &value.node {
            Node::Null => {}
            Node::Text(_) | Node::Number | Node::Bool(_) => {
                if let Some(component) = self.component(value) {
                    lines.push(named(component));
                }
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
                            lines.extend(self.component(item).map(named));
                        }
                    }
                }
            }
            Node::Map(entries) => self.component_map(entries, &mut lines),
        }
        let mut once: Vec<StateLine> = Vec::new();
        for line in lines {
            if once.iter().any(|other| other.component == line.component) {
                let message = format!("\"{}\" is named twice; the first is taken", line.component);
                self.report
                    .add(Severity::Warning, value.place.clone(), message, None);
            } else {
                once.push(line);
            }
        }
        once
    }

    fn component_map(&mut self, entries: &[(Key, Placed)], lines: &mut Vec<StateLine>) {
        for (key, value) in entries {
            let name = Placed {
                node: Node::Text(key.name.clone()),
                place: key.place.clone(),
            };
            let Some(component) = self.component(&name) else {
                continue;
            };
            let (state, note) = self.state_and_note(value);
            lines.push(StateLine {
                component,
                state,
                note,
            });
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
                    let near = nearest(&key.name, ["state", "note"].into_iter());
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
                format!("\"{word}\" is not a state; the component is only named"),
                Some(match near {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("the states are: {}", known.join(", ")),
                }),
            );
        }
        found.map(|state| state.key.clone())
    }

    fn component(&mut self, value: &Placed) -> Option<Slug> {
        let word = match &value.node {
            Node::Text(word) => word.clone(),
            Node::Number | Node::Bool(_) => self.yaml.get(value.place.clone())?.to_owned(),
            Node::Null => return None,
            Node::List(_) | Node::Map(_) => {
                self.wrong(value, "a component is named by its slug", None);
                return None;
            }
        };
        let wanted = word.trim().to_lowercase();
        let found =
            self.cx.components.iter().find(|(slug, name)| {
                slug.as_str() == wanted || name.trim().to_lowercase() == wanted
            });
        if found.is_none() {
            let slugs = self.cx.components.iter().map(|(slug, _)| slug.as_str());
            let near = nearest(&word, slugs);
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
        found.map(|(slug, _)| slug.clone())
    }
}

fn named(component: Slug) -> StateLine {
    StateLine {
        component,
        state: None,
        note: None,
    }
}
