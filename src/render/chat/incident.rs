//! The message about one piece of news of an incident.

use super::cut::cut;
use super::message::{Change, Link, Message};
use crate::domain::component::{Origin, StateChange};
use crate::domain::dispatch::News;
use crate::domain::incident::Incident;
use crate::domain::state::Tone;
use crate::domain::window::Window;
use crate::render;
use crate::render::html::parts::phase_tone;
use crate::render::mail::block::ChangeLine;
use crate::render::mail::changes;
use crate::render::mail::incident::entries::{self, Entry};
use crate::render::mail::incident::entry_text::{page_of, phase_words, what_it_is, when};
use crate::render::mail::incident::subject;
use crate::render::mail::subject::{limited, line};
use crate::render::markdown::{
    Passage, PassageKind, Span, first_sentences, passages, without_controls,
};
use crate::render::messages::{mail as messages, text_of};
use crate::snapshot::Snapshot;
use crate::urls;

/// How long a title may be, in units of UTF-16.
const TITLE_UNITS: usize = 120;
/// Maximum length of a text's beginning, in characters.
const BEGINNING_CHARS: usize = 600;

/// How a correction is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As a message of its own.
    Own,
    /// In the place of the message that it corrects.
    Edit,
}

/// What there is to say of one piece of news of an incident, as far as the incident is still public.
/// `None` if there is nothing to say any more.
pub fn news(
    snapshot: &Snapshot,
    about: Option<&Incident>,
    news: &News,
    form: Form,
) -> Option<Message> {
    let about = about.filter(|about| !about.draft);
    let News::Withdrawal { id, .. } = news else {
        return incident(snapshot, about?, news, form);
    };
    // It may be public again.
    let is_public = about
        .is_some_and(|about| id.is_empty() || about.updates.iter().any(|update| update.id == *id));
    (!is_public).then(|| withdrawn(snapshot, about))
}

/// What there is to say of one piece of news. `None` if it isn't public any more, or if it is a post
/// without a word, whose first update says everything.
fn incident(snapshot: &Snapshot, about: &Incident, news: &News, form: Form) -> Option<Message> {
    let news = match news {
        News::Amendment { id, at_ms } => News::Correction {
            id: id.clone(),
            at_ms: *at_ms,
        },
        News::Post
        | News::Update { .. }
        | News::Correction { .. }
        | News::Reminder { .. }
        | News::State { .. }
        | News::Shift { .. }
        | News::Withdrawal { .. } => news.clone(),
    };
    let found = entries::list(snapshot, about, std::slice::from_ref(&news));
    let told = *found.first()?;
    let corrected = match (told, form) {
        (Entry::Correction { at, .. }, Form::Edit) => Some(at),
        _ => None,
    };
    let entry = match (told, corrected) {
        (Entry::Correction { of, .. }, Some(_)) => of.map_or(Entry::Post, Entry::Update),
        (told, _) => told,
    };
    let made = entry.changes(about);
    let is_blank = about.markdown.trim().is_empty() && made.is_empty();
    if entry == Entry::Post && is_blank && !about.updates.is_empty() {
        return None;
    }
    let markdown = match entry.update() {
        Some(update) => text_of(update),
        None => about.markdown.as_str().into(),
    };
    let page = page_of(snapshot, about);
    let beginning = first_sentences(&markdown, BEGINNING_CHARS);
    let text = match entry {
        // It has the beginning of the post, which says what the maintenance is about.
        Entry::Reminder { .. } => vec![Passage::new(
            PassageKind::Paragraph,
            vec![Span::plain(without_controls(&beginning))],
        )],
        Entry::Post | Entry::Update(_) | Entry::Correction { .. } => passages(&markdown, &page),
    };
    let frame = render::frame_of(snapshot);
    let mut notes: Vec<String> = planned_for(snapshot, about).into_iter().collect();
    notes.extend(what_it_is(snapshot, about, entry));
    notes.extend(corrected.map(|at| messages::corrected_at(&frame.instant(at))));
    let at = entry
        .update()
        .map_or(about.published_at, |update| update.at);
    let lines = changes::lines(snapshot, at, &made);
    let is_plan = made.iter().any(|change| change.origin == Origin::Plan);
    let site = line(&snapshot.site.name);
    let url = match entry.update() {
        Some(update) => urls::absolute(
            &snapshot.site.base_url,
            &urls::update(&about.slug, &update.id),
        ),
        None => page,
    };
    Some(Message {
        summary: limited(&subject(snapshot, about, &[entry])),
        title: cut(&line(&about.title), TITLE_UNITS),
        tone: tone(snapshot, about, entry, &made),
        phase: entry
            .phase(about)
            .map(|phase| phase_words(snapshot, about, phase)),
        notes,
        changes: lines.into_iter().map(Change::from).collect(),
        changes_intro: is_plan.then(|| messages::when_it_starts().to_owned()),
        text,
        beginning,
        link: Link {
            text: messages::read_all(about.updates.len()),
            url,
        },
        footer: match when(snapshot, about, entry) {
            Some(when) => format!("{site} · {when}"),
            None => site,
        },
    })
}

/// Says that an update of an incident was withdrawn; or a whole incident, of which nothing is public
/// any more.
fn withdrawn(snapshot: &Snapshot, about: Option<&Incident>) -> Message {
    let site = line(&snapshot.site.name);
    let base_url = &snapshot.site.base_url;
    let words = match about {
        Some(_) => messages::update_withdrawn(),
        None => messages::incident_withdrawn(),
    };
    let title = about.map_or(site.as_str(), |about| &about.title);
    Message {
        summary: limited(&messages::subject_of_text(title, words)),
        title: cut(&line(title), TITLE_UNITS),
        tone: about.map_or(Tone::Info, |about| phase_tone(about.phase(snapshot.until))),
        phase: None,
        notes: vec![words.to_owned()],
        changes: Vec::new(),
        changes_intro: None,
        text: Vec::new(),
        beginning: String::new(),
        link: match about {
            Some(about) => Link {
                text: messages::read_all(about.updates.len()),
                url: page_of(snapshot, about),
            },
            None => Link {
                text: messages::see_site().to_owned(),
                url: urls::absolute(base_url, urls::HOME),
            },
        },
        footer: site,
    }
}

impl From<ChangeLine> for Change {
    fn from(line: ChangeLine) -> Self {
        Self {
            words: line.words,
            tone: line.tone,
            note: line.note,
        }
    }
}

/// When a maintenance takes place, until it is over.
fn planned_for(snapshot: &Snapshot, about: &Incident) -> Option<String> {
    let is_ahead = about.is_planned(snapshot.until) || about.is_open(snapshot.until);
    let Window { starts, ends } = about.window();
    let window = render::frame_of(snapshot).window(starts, ends)?;
    is_ahead.then(|| messages::planned_for(&window))
}

/// The worst tone of what was set now, else that of the phase, else how the incident stands.
fn tone(snapshot: &Snapshot, about: &Incident, entry: Entry<'_>, made: &[&StateChange]) -> Tone {
    let set = made.iter().filter(|change| change.origin != Origin::Plan);
    let worst = set.map(|change| snapshot.states.tone(&change.state)).max();
    let phase = entry
        .phase(about)
        .unwrap_or_else(|| about.phase(snapshot.until));
    worst.unwrap_or_else(|| phase_tone(phase))
}
