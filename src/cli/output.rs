//! The output of a command after the server has made the change.

use serde::Deserialize as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::console::{BOLD, Console, DIM, colour, styled};
use super::unsent::{Request, Unsent};
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

/// Reports what was done, and where customers see it.
pub(super) fn done(unsent: &Unsent, answer: &Value, client: &Client, console: &mut Console) {
    if let Ok(UpdateBody {
        hint: Some(hint), ..
    }) = UpdateBody::deserialize(answer)
    {
        console.eprint(&format!("hint: {hint}"));
    }
    match &unsent.request {
        Request::State(_) => print_response(answer, console, |body, console| {
            state(body, client, console)
        }),
        Request::Incident(_) => print_response(answer, console, incident),
        Request::Update(_) | Request::Maintenance(_) => {
            print_response(answer, console, |body, console| {
                update(unsent, body, console)
            });
        }
        Request::Resolve(_) => print_response(answer, console, |body, console| {
            resolved(unsent, body, console)
        }),
    }
}

/// Says what was done to something with a name.
pub(super) fn named(done: &str, name: &str, answer: &Value, console: &mut Console) {
    if console.json {
        json(answer, console);
    } else {
        console.print(&format!("{done}: {}", styled(BOLD, &clean(name))));
    }
}

/// Prints a response as JSON or in words. If the response can't be parsed, the command hasn't
/// failed: then only the address is printed.
fn print_response<T: DeserializeOwned>(
    answer: &Value,
    console: &mut Console,
    print_body: impl FnOnce(&T, &mut Console),
) {
    if console.json {
        json(answer, console);
        return;
    }
    match T::deserialize(answer) {
        Ok(body) => print_body(&body, console),
        Err(_) => match answer["url"].as_str() {
            Some(url) => address(url, console),
            None => console.print("Done."),
        },
    }
}

/// Prints a value as JSON.
pub(super) fn json(value: &Value, console: &mut Console) {
    console.print(&serde_json::to_string_pretty(value).unwrap_or_default());
}

/// Components as a JSON list.
pub(super) fn components(list: &[ComponentBody]) -> Vec<Value> {
    let one = |it: &ComponentBody| {
        json!({
            "slug": it.slug, "name": it.name, "group": it.group, "state": it.state,
            "note": it.note, "state_since": it.state_since, "retired_at": it.retired_at,
        })
    };
    list.iter().map(one).collect()
}

/// Incidents as a JSON list.
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

/// A state in its colour. The tone of a custom state is known only to the server.
pub(super) fn state_label(key: &str, width: usize) -> String {
    let (key, states) = (StateKey::new(key), States::default());
    let label = format!("{:width$}", states.label(&key));
    match states.find(&key) {
        Some(state) => styled(colour(state.tone), &label),
        None => label,
    }
}

fn state(component: &ComponentBody, client: &Client, console: &mut Console) {
    let label = state_label(component.state.as_str(), 0);
    console.print(&format!("{}: {label}", styled(BOLD, &component.name)));
    if let Some(note) = &component.note {
        console.print(&format!("  {note}"));
    }
    let url = client.address().join(&urls::component(&component.slug));
    address(&url, console);
}

fn incident(incident: &IncidentBody, console: &mut Console) {
    let what = if incident.draft {
        "Saved as a draft, not published"
    } else {
        "Published"
    };
    // A notice has no phase.
    let phase = Some(incident.phase).filter(|_| incident.kind != Kind::Notice);
    console.print(&format!("{what}: {}", standing(&incident.slug, phase)));
    if incident.phase == Phase::Scheduled && !incident.components.is_empty() {
        console.print("  during the work:");
    }
    states(&incident.components, console);
    if incident.draft {
        let slug = &incident.slug;
        console.print(&format!(
            "  Publish it with `lightship draft publish {slug}`."
        ));
    } else {
        address(&incident.url, console);
    }
}

fn update(unsent: &Unsent, update: &UpdateBody, console: &mut Console) {
    if let Some(slug) = &unsent.incident {
        let standing = standing(slug, update.phase);
        console.print(&format!("Update published: {standing}"));
    }
    states(&update.components, console);
    restored(update, console);
    address(&update.url, console);
}

fn resolved(unsent: &Unsent, update: &UpdateBody, console: &mut Console) {
    if let Some(slug) = &unsent.incident {
        let phase = update.phase.map(|phase| spaced(phase.as_str()));
        let phase = phase.unwrap_or_default();
        console.print(&format!("{}: {phase}", styled(BOLD, slug.as_str())));
    }
    states(&update.components, console);
    if !restored(update, console) {
        console.print("  no component changed state");
    }
    address(&update.url, console);
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

/// Prints what resolving an incident would change.
pub(super) fn resolution(slug: &Slug, body: &ResolutionBody, console: &mut Console) {
    if console.json {
        json(&serde_json::to_value(body).unwrap_or_default(), console);
        return;
    }
    let phase = spaced(body.phase.as_str());
    console.print(&format!(
        "If {} were {phase} now:",
        styled(BOLD, slug.as_str())
    ));
    for returning in &body.components {
        let component = &returning.component;
        let to = state_label(returning.to.as_str(), 0);
        console.print(&if returning.from == returning.to {
            format!("  {component} stays {to}")
        } else {
            let from = state_label(returning.from.as_str(), 0);
            format!("  {component}: {from} → {to}")
        });
    }
    if body.components.is_empty() {
        console.print("  it names no components, so none would change");
    }
}

/// Reports an update after its correction.
pub(super) fn corrected_update(slug: &Slug, answer: &Value, console: &mut Console) {
    print_response(answer, console, |update: &UpdateBody, console| {
        console.print(&format!("Corrected: {}", standing(slug, update.phase)));
        states(&update.components, console);
        restored(update, console);
        address(&update.url, console);
    });
}

/// Reports a post after its correction.
pub(super) fn corrected_post(answer: &Value, console: &mut Console) {
    print_response(answer, console, |post: &IncidentBody, console| {
        let standing = standing(&post.slug, Some(post.phase));
        console.print(&format!("Corrected: {standing}"));
        states(&post.components, console);
        if !post.draft {
            address(&post.url, console);
        }
    });
}

/// Reports that a draft is published.
pub(super) fn published(answer: &Value, console: &mut Console) {
    print_response(answer, console, incident);
}

fn states(set: &LastStates, console: &mut Console) {
    let width = set.0.iter().map(|(slug, _)| slug.as_str().len()).max();
    let width = width.unwrap_or_default();
    for (slug, state) in &set.0 {
        if let Some(state) = state {
            let label = state_label(state.as_str(), 0);
            console.print(&format!("  {:width$}  {label}", slug.as_str()));
        }
    }
}

fn restored(update: &UpdateBody, console: &mut Console) -> bool {
    let slugs: Vec<_> = update.restored.iter().map(Slug::as_str).collect();
    if !slugs.is_empty() {
        let slugs = slugs.join(", ");
        console.print(&format!("  back to what they were before: {slugs}"));
    }
    !slugs.is_empty()
}

fn address(url: &str, console: &mut Console) {
    console.print(&format!("  {}", styled(DIM, url)));
}

/// Text from others, on one line and without control characters for the terminal.
pub(super) fn clean(text: &str) -> String {
    let words = text.split(char::is_control);
    let words: Vec<_> = words.map(str::trim).filter(|it| !it.is_empty()).collect();
    words.join(" ")
}

/// A phase with spaces between its words.
pub(super) fn spaced(word: &str) -> String {
    word.replace('_', " ")
}
