//! What a command says when the server has done what was asked.

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::unsent::{Request, Unsent};
use super::world::{BOLD, DIM, World, colour, styled};
use crate::client::Client;
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::Phase;
use crate::urls;
use crate::wire::component::ComponentBody;
use crate::wire::incident::IncidentBody;
use crate::wire::resolution::ResolutionBody;
use crate::wire::update::{LastStates, UpdateBody};

/// Says what was done, and where customers see it.
pub(super) fn done(unsent: &Unsent, answer: &Value, client: &Client, world: &mut World) {
    if let Ok(UpdateBody {
        hint: Some(hint), ..
    }) = UpdateBody::deserialize(answer)
    {
        world.tell(&format!("hint: {hint}"));
    }
    match &unsent.request {
        Request::State(_) => tell(answer, world, |body, world| state(body, client, world)),
        Request::Incident(_) => tell(answer, world, incident),
        Request::Update(_) | Request::Maintenance(_) => {
            tell(answer, world, |body, world| update(unsent, body, world));
        }
        Request::Resolve(_) => tell(answer, world, |body, world| resolved(unsent, body, world)),
    }
}

/// An answer as scripts read it, or in words. What was done isn't called a failure because its
/// answer isn't understood: then only its address is told.
fn tell<T: DeserializeOwned>(answer: &Value, world: &mut World, say: impl FnOnce(&T, &mut World)) {
    if world.json {
        json(answer, world);
        return;
    }
    match T::deserialize(answer) {
        Ok(body) => say(&body, world),
        Err(_) => match answer["url"].as_str() {
            Some(url) => address(url, world),
            None => world.say("Done."),
        },
    }
}

/// A value as scripts read it.
pub(super) fn json(value: &Value, world: &mut World) {
    world.say(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Components as scripts read them in a list.
pub(super) fn components(list: &[ComponentBody]) -> Vec<Value> {
    let one = |it: &ComponentBody| {
        json!({
            "slug": it.slug, "name": it.name, "group": it.group, "state": it.state,
            "note": it.note, "state_since": it.state_since, "retired_at": it.retired_at,
        })
    };
    list.iter().map(one).collect()
}

/// Incidents as scripts read them in a list.
pub(super) fn incidents(list: &[IncidentBody]) -> Vec<Value> {
    let one = |it: &IncidentBody| {
        json!({
            "slug": it.slug, "title": it.title, "kind": it.kind, "phase": it.phase,
            "published_at": it.published_at, "url": it.url, "draft": it.draft,
            "starts": it.starts, "ends": it.ends,
        })
    };
    list.iter().map(one).collect()
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

fn state(component: &ComponentBody, client: &Client, world: &mut World) {
    let label = state_label(component.state.as_str(), 0);
    world.say(&format!("{}: {label}", styled(BOLD, &component.name)));
    if let Some(note) = &component.note {
        world.say(&format!("  {note}"));
    }
    let url = client.address().join(&urls::component(&component.slug));
    address(&url, world);
}

fn incident(incident: &IncidentBody, world: &mut World) {
    let what = if incident.draft {
        "Saved as a draft, not published"
    } else {
        "Published"
    };
    // A notice stands nowhere.
    let phase = Some(incident.phase).filter(|_| incident.kind != Kind::Notice);
    world.say(&format!("{what}: {}", standing(&incident.slug, phase)));
    if incident.phase == Phase::Scheduled && !incident.components.is_empty() {
        world.say("  during the work:");
    }
    states(&incident.components, world);
    if incident.draft {
        let slug = &incident.slug;
        world.say(&format!(
            "  Publish it with `lightship draft publish {slug}`."
        ));
    } else {
        address(&incident.url, world);
    }
}

fn update(unsent: &Unsent, update: &UpdateBody, world: &mut World) {
    if let Some(slug) = &unsent.incident {
        let standing = standing(slug, update.phase);
        world.say(&format!("Update published: {standing}"));
    }
    states(&update.components, world);
    restored(update, world);
    address(&update.url, world);
}

fn resolved(unsent: &Unsent, update: &UpdateBody, world: &mut World) {
    if let Some(slug) = &unsent.incident {
        let phase = update.phase.map(|phase| spaced(phase.as_str()));
        let phase = phase.unwrap_or_default();
        world.say(&format!("{}: {phase}", styled(BOLD, slug.as_str())));
    }
    states(&update.components, world);
    if !restored(update, world) {
        world.say("  no component changed state");
    }
    address(&update.url, world);
}

/// `selma-is-down (in progress)`.
fn standing(slug: &Slug, phase: Option<Phase>) -> String {
    let phase = phase.map(|phase| format!(" ({})", spaced(phase.as_str())));
    format!(
        "{}{}",
        styled(BOLD, slug.as_str()),
        phase.unwrap_or_default()
    )
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

/// Says what an update is, now that it was corrected.
pub(super) fn corrected_update(slug: &Slug, answer: &Value, world: &mut World) {
    tell(answer, world, |update: &UpdateBody, world| {
        world.say(&format!("Corrected: {}", standing(slug, update.phase)));
        states(&update.components, world);
        restored(update, world);
        address(&update.url, world);
    });
}

/// Says what a post is, now that it was corrected.
pub(super) fn corrected_post(answer: &Value, world: &mut World) {
    tell(answer, world, |post: &IncidentBody, world| {
        let standing = standing(&post.slug, Some(post.phase));
        world.say(&format!("Corrected: {standing}"));
        states(&post.components, world);
        if !post.draft {
            address(&post.url, world);
        }
    });
}

/// Says that a draft is public now.
pub(super) fn published(answer: &Value, world: &mut World) {
    tell(answer, world, incident);
}

fn states(set: &LastStates, world: &mut World) {
    let width = set.0.iter().map(|(slug, _)| slug.as_str().len()).max();
    let width = width.unwrap_or_default();
    for (slug, state) in &set.0 {
        if let Some(state) = state {
            let label = state_label(state.as_str(), 0);
            world.say(&format!("  {:width$}  {label}", slug.as_str()));
        }
    }
}

fn restored(update: &UpdateBody, world: &mut World) -> bool {
    let slugs: Vec<_> = update.restored.iter().map(Slug::as_str).collect();
    if !slugs.is_empty() {
        let slugs = slugs.join(", ");
        world.say(&format!("  back to what they were before: {slugs}"));
    }
    !slugs.is_empty()
}

fn address(url: &str, world: &mut World) {
    world.say(&format!("  {}", styled(DIM, url)));
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
