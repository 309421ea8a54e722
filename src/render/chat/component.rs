//! The message about a component whose state changed without an incident.

use super::message::{Change, Link, Message};
use crate::domain::slug::Slug;
use crate::render;
use crate::render::mail::changes;
use crate::render::mail::subject::{limited, line};
use crate::render::messages::{self, mail};
use crate::snapshot::Snapshot;
use crate::urls;

/// What a component is now, after a change without an incident. `None` if it isn't listed any more.
pub fn component(snapshot: &Snapshot, slug: &Slug) -> Option<Message> {
    let record = snapshot.find_component(slug)?;
    if record.component.retired_at.is_some() {
        return None;
    }
    let changes = record.history.iter().rev();
    let change = changes.into_iter().find(|it| it.at <= snapshot.until)?;
    let name = snapshot.component_name(slug);
    let label = snapshot.states.label(&change.state);
    let reads = match snapshot.states.find(&change.state) {
        Some(known) => known.reads.clone(),
        None => messages::unknown_state(&change.state),
    };
    let site = line(&snapshot.site.name);
    let when = render::frame_of(snapshot).instant(change.at);
    let shown = changes::line(snapshot, change.at, &change);
    let what = mail::change(name, None, label);
    let note = change.note.as_deref().unwrap_or(&site);
    Some(Message {
        summary: limited(&mail::subject(&what, note)),
        title: limited(&mail::reads(name, &reads)),
        tone: snapshot.states.tone(&change.state),
        phase: None,
        notes: Vec::new(),
        changes: vec![Change::from(shown)],
        changes_intro: None,
        text: Vec::new(),
        beginning: String::new(),
        link: Link {
            text: limited(&mail::see_component(name)),
            url: urls::absolute(&snapshot.site.base_url, &urls::component(slug)),
        },
        footer: format!("{site} · {when}"),
    })
}
