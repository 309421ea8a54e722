//! What a command says when the server has done what was asked.

use serde_json::Value;

use super::unsent::{Unsent, Verb};
use super::world::{BOLD, DIM, World, colour, styled};
use crate::client::Client;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::urls;
use crate::wire::resolution::ResolutionBody;

/// Says what was done, and where customers see it.
pub(super) fn done(unsent: &Unsent, answer: &Value, client: &Client, world: &mut World) {
    if let Some(hint) = answer["hint"].as_str() {
        world.tell(&format!("hint: {hint}"));
    }
    if world.json {
        json(answer, world);
        return;
    }
    match unsent.verb {
        Verb::State => state(unsent, answer, client, world),
        Verb::Incident => incident(answer, world),
        Verb::Update | Verb::Maintenance => update(unsent, answer, world),
        Verb::Resolve => resolved(unsent, answer, world),
    }
}

/// A value as scripts read it.
pub(super) fn json(value: &Value, world: &mut World) {
    world.say(&serde_json::to_string_pretty(value).unwrap_or_default());
}

fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    answer[field].as_str().unwrap_or_default()
}

/// A state in its colour. Which tone a state of the site's own has, only the site knows.
pub(super) fn state_label(key: &str, width: usize) -> String {
    let (key, states) = (StateKey::new(key), States::default());
    let label = format!("{:width$}", states.label(&key));
    match states.find(&key) {
        Some(state) => styled(colour(state.tone), &label),
        None => label,
    }
}

fn state(unsent: &Unsent, answer: &Value, client: &Client, world: &mut World) {
    let name = match text(answer, "name") {
        "" => unsent.component.as_ref().map_or("", |slug| slug.as_str()),
        name => name,
    };
    let label = state_label(text(answer, "state"), 0);
    world.say(&format!("{}: {label}", styled(BOLD, name)));
    if let Some(note) = answer["note"].as_str() {
        world.say(&format!("  {note}"));
    }
    if let Some(component) = &unsent.component {
        let url = client.address().join(&urls::component(component));
        address(&url, world);
    }
}

fn incident(answer: &Value, world: &mut World) {
    let is_draft = answer["draft"].as_bool().unwrap_or_default();
    let what = if is_draft {
        "Saved as a draft, not published"
    } else {
        "Published"
    };
    let (slug, phase) = (styled(BOLD, text(answer, "slug")), text(answer, "phase"));
    // A notice stands nowhere.
    let phase = match text(answer, "kind") {
        "notice" => String::new(),
        _ => format!(" ({})", spaced(phase)),
    };
    world.say(&format!("{what}: {slug}{phase}"));
    let is_planned = text(answer, "phase") == "scheduled";
    if is_planned
        && answer["components"]
            .as_object()
            .is_some_and(|set| !set.is_empty())
    {
        world.say("  during the work:");
    }
    components(answer, world);
    if is_draft {
        let slug = text(answer, "slug");
        world.say(&format!(
            "  Publish it with `lightship draft publish {slug}`."
        ));
    } else {
        address(text(answer, "url"), world);
    }
}

fn update(unsent: &Unsent, answer: &Value, world: &mut World) {
    let slug = unsent.incident.as_ref().map_or("", |slug| slug.as_str());
    let phase = match text(answer, "phase") {
        "" => String::new(),
        phase => format!(" ({})", spaced(phase)),
    };
    world.say(&format!("Update published: {}{phase}", styled(BOLD, slug)));
    components(answer, world);
    restored(answer, world);
    address(text(answer, "url"), world);
}

fn resolved(unsent: &Unsent, answer: &Value, world: &mut World) {
    let slug = unsent.incident.as_ref().map_or("", |slug| slug.as_str());
    let phase = spaced(text(answer, "phase"));
    world.say(&format!("{}: {phase}", styled(BOLD, slug)));
    components(answer, world);
    if !restored(answer, world) {
        world.say("  no component changed state");
    }
    address(text(answer, "url"), world);
}

/// What resolving an incident would change.
pub(super) fn resolution(slug: &Slug, told: &ResolutionBody, world: &mut World) {
    if world.json {
        json(&serde_json::to_value(told).unwrap_or_default(), world);
        return;
    }
    let phase = spaced(told.phase.as_str());
    world.say(&format!(
        "If {} were {phase} now:",
        styled(BOLD, slug.as_str())
    ));
    for returning in &told.components {
        let component = &returning.component;
        let to = state_label(returning.to.as_str(), 0);
        world.say(&if returning.from == returning.to {
            format!("  {component} stays {to}")
        } else {
            let from = state_label(returning.from.as_str(), 0);
            format!("  {component}: {from} → {to}")
        });
    }
    if told.components.is_empty() {
        world.say("  it names no components, so none would change");
    }
}

/// Says what an update or a post is, now that it was corrected.
pub(super) fn corrected(slug: &Slug, answer: &Value, world: &mut World) {
    if world.json {
        json(answer, world);
        return;
    }
    let phase = match text(answer, "phase") {
        "" => String::new(),
        phase => format!(" ({})", spaced(phase)),
    };
    let slug = styled(BOLD, slug.as_str());
    world.say(&format!("Corrected: {slug}{phase}"));
    components(answer, world);
    restored(answer, world);
    let is_draft = answer["draft"].as_bool().unwrap_or_default();
    if !is_draft {
        address(text(answer, "url"), world);
    }
}

/// Says that a draft is public now.
pub(super) fn published(answer: &Value, world: &mut World) {
    if world.json {
        json(answer, world);
    } else {
        incident(answer, world);
    }
}

fn components(answer: &Value, world: &mut World) {
    let Some(set) = answer["components"].as_object() else {
        return;
    };
    let width = set.keys().map(String::len).max().unwrap_or_default();
    for (slug, state) in set {
        if let Some(state) = state.as_str() {
            world.say(&format!("  {slug:width$}  {}", state_label(state, 0)));
        }
    }
}

fn restored(answer: &Value, world: &mut World) -> bool {
    let none = Vec::new();
    let list = answer["restored"].as_array().unwrap_or(&none);
    let slugs: Vec<_> = list.iter().filter_map(Value::as_str).collect();
    if !slugs.is_empty() {
        let slugs = slugs.join(", ");
        world.say(&format!("  back to what they were before: {slugs}"));
    }
    !slugs.is_empty()
}

fn address(url: &str, world: &mut World) {
    if !url.is_empty() {
        world.say(&format!("  {}", styled(DIM, url)));
    }
}

/// What was typed by others, on one line and without what a terminal would obey.
pub(super) fn clean(text: &str) -> String {
    let words = text.split(char::is_control);
    let words: Vec<_> = words.map(str::trim).filter(|it| !it.is_empty()).collect();
    words.join(" ")
}

/// A phase as people write it.
pub(super) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}
