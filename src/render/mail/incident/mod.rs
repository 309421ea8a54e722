//! The message about an incident: which entries it has (`entries`), what it says of each
//! (`entry_text`), and the rest of it.

pub(in crate::render) mod entries;
pub(in crate::render) mod entry_text;

use self::entries::Entry;
use self::entry_text::{Writer, page_of, when};
use super::block::{Block, Link, Span};
use super::broadcast::Broadcast;
use super::footer::About;
use super::subject::line;
use super::{changes, component};
use crate::domain::component::Origin;
use crate::domain::dispatch::News;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Update;
use crate::domain::window::Window;
use crate::render;
use crate::render::markdown::first_sentences;
use crate::render::messages::{mail as messages, text_of};
use crate::snapshot::Snapshot;

/// How many entries a message shows; the others are on the page.
const MAX_ENTRIES: usize = 20;

/// Maximum length of a text's beginning in a subject, in characters.
const WORDS_CHARS: usize = 80;

/// What there is to say of an incident. `None` if nothing of it is public any more.
pub fn incident(snapshot: &Snapshot, incident: &Incident, news: &[News]) -> Option<Broadcast> {
    let entries = entries::list(snapshot, incident, news);
    let first = *entries.first()?;
    if incident.draft {
        return None;
    }
    let site = line(&snapshot.site.name);
    let mut blocks = vec![
        Block::Meta(match when(snapshot, incident, first) {
            Some(when) => format!("{site} · {when}"),
            None => site,
        }),
        Block::Title(line(&incident.title)),
    ];
    blocks.extend(planned_for(snapshot, incident));
    let mut writer = Writer::new(snapshot, incident, entries.len());
    let shown = entries.iter().take(MAX_ENTRIES);
    blocks.extend(shown.flat_map(|entry| writer.blocks(*entry)));
    let more = entries.len().saturating_sub(MAX_ENTRIES);
    if more > 0 {
        blocks.push(Block::Small(vec![Span::plain(messages::earlier(more))]));
    }
    blocks.push(Block::Button(Link::new(
        messages::read_all(incident.updates.len()),
        page_of(snapshot, incident),
    )));
    blocks.extend(component::still_going_on(
        snapshot,
        &shown_states(incident, &entries),
    ));
    let about = About {
        incident: Some(incident.id.clone()),
        components: incident.components().into_iter().cloned().collect(),
    };
    let subject = subject(snapshot, incident, &entries);
    Some(Broadcast::new(snapshot, &subject, &blocks, about))
}

/// When a maintenance takes place, until it is over.
fn planned_for(snapshot: &Snapshot, incident: &Incident) -> Option<Block> {
    let is_ahead = incident.is_planned(snapshot.until) || incident.is_open(snapshot.until);
    let Window { starts, ends } = incident.window();
    let window = render::frame_of(snapshot).window(starts, ends)?;
    is_ahead.then(|| Block::Strong(messages::planned_for(&window)))
}

/// The components whose changes the message shows, each with the last state that it shows.
fn shown_states<'a>(
    incident: &'a Incident,
    entries: &[Entry<'a>],
) -> Vec<(&'a Slug, &'a StateKey)> {
    let mut shown: Vec<(&Slug, &StateKey)> = Vec::new();
    for entry in entries.iter().take(MAX_ENTRIES) {
        for change in entry.changes(incident).into_iter().rev() {
            let is_new = shown.iter().all(|(slug, _)| *slug != &change.component);
            if is_new && change.origin != Origin::Plan {
                shown.push((&change.component, &change.state));
            }
        }
    }
    shown
}

/// What and how: the states that were set last, else the phase, else the title with the first words.
pub(in crate::render) fn subject(
    snapshot: &Snapshot,
    incident: &Incident,
    entries: &[Entry<'_>],
) -> String {
    let title = &incident.title;
    let of_entries = entries
        .iter()
        .find_map(|entry| how(snapshot, incident, *entry));
    if let Some(how) = of_entries {
        return messages::subject(&how, title);
    }
    let words = entries.iter().find_map(|entry| {
        let markdown = match entry.update() {
            Some(update) => text_of(update),
            None => (&incident.markdown).into(),
        };
        let words = first_sentences(&markdown, WORDS_CHARS);
        (!words.is_empty()).then_some(words)
    });
    match words {
        Some(words) => messages::subject_of_text(title, words.trim_end_matches('.')),
        None => title.clone(),
    }
}

/// How things stand according to an entry, if it says so.
fn how(snapshot: &Snapshot, incident: &Incident, entry: Entry<'_>) -> Option<String> {
    let frame = render::frame_of(snapshot);
    let is_planned = incident.is_planned(snapshot.until);
    let window = incident.window();
    let starts = window.starts.filter(|_| is_planned);
    let starts = starts.map(|at| frame.instant(at));
    match entry {
        Entry::Reminder { starts } => return Some(messages::starts(&frame.instant(starts))),
        Entry::Correction { .. } => return Some(messages::correction().to_owned()),
        Entry::Post | Entry::Update(_) => {}
    }
    let states = changes::in_subject(snapshot, &entry.changes(incident));
    let moved = |update: &Update| update.window.starts.is_some();
    let planned = match (entry, incident.kind, starts) {
        (Entry::Post, Kind::Maintenance, Some(starts)) => Some(messages::planned(&starts)),
        (Entry::Update(update), Kind::Maintenance, Some(starts)) if moved(update) => {
            Some(messages::now_planned(&starts))
        }
        _ => None,
    };
    let phase = entry.phase(incident).map(|phase| phase.label().to_owned());
    states.or(planned).or(phase)
}
