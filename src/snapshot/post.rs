//! An incident as it lies in memory: all of it as bytes, and what lists and look-ups must know
//! without reading them.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::bytes::{Reader, Writer};
use crate::domain::component::{Origin, StateChange};
use crate::domain::ending::Lasted;
use crate::domain::fact::Fact;
use crate::domain::freshness::Freshness;
use crate::domain::incident::{Impact, Incident, Kind, is_open};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

const PRECISIONS: [Precision; 3] = [Precision::Minute, Precision::Day, Precision::None];
const SOURCES: [Source; 3] = [Source::File, Source::Api, Source::Clock];

/// When something was said, and how exactly that is known.
pub type Said = (DateTime<Utc>, Precision);

/// A public incident, as far as it may be shown.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its identity.
    pub id: Arc<str>,
    /// Its name in URLs.
    pub slug: Slug,
    /// Its headline.
    pub title: Box<str>,
    /// See [`Incident::started`].
    pub started: DateTime<Utc>,
    /// What sort of post it is.
    pub kind: Kind,
    /// Where it stands.
    pub phase: Phase,
    /// From when until when it lasted, if it is over.
    pub lasted: Option<Lasted>,
    /// How many updates it has.
    pub updates: usize,
    /// The freshest of its feed items.
    pub(super) freshest: Freshness,
    /// The latest thing said in it, up to the snapshot's instant.
    pub(super) last_said: Option<Said>,
    whole: Box<[u8]>,
}

impl Post {
    /// An incident of which everything is due, at the instant `as_of`.
    pub(super) fn of(incident: &Incident, as_of: DateTime<Utc>) -> Self {
        let mut writer = Writer::default();
        write_incident(&mut writer, incident);
        Self {
            id: incident.id.as_str().into(),
            slug: incident.slug.clone(),
            title: incident.title.as_str().into(),
            started: incident.started(),
            kind: incident.kind,
            phase: incident.phase(as_of),
            lasted: incident.lasted(as_of),
            updates: incident.updates.len(),
            freshest: Freshness::of_incident(incident),
            last_said: said(incident)
                .filter(|(at, _)| *at <= as_of)
                .max_by_key(exactness),
            whole: writer.finish(),
        }
    }

    /// It affects customers.
    pub fn is_open(&self) -> bool {
        is_open(self.kind, self.phase)
    }

    /// It is a maintenance still to come.
    pub fn is_planned(&self) -> bool {
        self.kind == Kind::Maintenance && self.phase == Phase::Scheduled
    }

    /// All of it.
    pub fn read(&self) -> Incident {
        read_incident(&mut Reader::new(&self.whole))
    }
}

/// The later, and of the same instant that which is known to the minute.
pub(super) fn exactness((at, precision): &Said) -> (DateTime<Utc>, bool) {
    (*at, *precision == Precision::Minute)
}

fn said(incident: &Incident) -> impl Iterator<Item = Said> {
    let updates = incident.updates.iter();
    updates
        .map(|update| (update.at, update.precision))
        .chain([(incident.published_at, incident.precision)])
}

fn write_incident(writer: &mut Writer, incident: &Incident) {
    writer.text(&incident.id);
    writer.text(incident.slug.as_str());
    writer.text(&incident.title);
    writer.one_of(&Kind::ALL, &incident.kind);
    writer.maybe(incident.stated_phase, |w, phase| {
        w.one_of(&Phase::ALL, &phase)
    });
    writer.maybe(incident.stated_impact, |w, impact| {
        w.one_of(&Impact::ALL, &impact);
    });
    writer.maybe(incident.author.as_deref(), Writer::text);
    writer.instant(incident.published_at);
    writer.one_of(&PRECISIONS, &incident.precision);
    writer.maybe(incident.starts, Writer::instant);
    writer.maybe(incident.ends, Writer::instant);
    writer.maybe(incident.summary.as_deref(), Writer::text);
    writer.text(&incident.markdown);
    write_named(writer, &incident.mentions, &incident.changes);
    writer.maybe(incident.edited_at, Writer::instant);
    writer.instant(incident.public_at);
    writer.one_of(&SOURCES, &incident.source);
    writer.byte(u8::from(incident.draft));
    writer.byte(u8::from(incident.own_item));
    writer.count(incident.updates.len());
    for update in &incident.updates {
        write_update(writer, update);
    }
}

fn read_incident(reader: &mut Reader<'_>) -> Incident {
    let id = reader.text();
    let slug = read_slug(reader);
    let title = reader.text();
    let kind = reader.one_of(&Kind::ALL);
    let stated_phase = reader.maybe(|r| r.one_of(&Phase::ALL));
    let stated_impact = reader.maybe(|r| r.one_of(&Impact::ALL));
    let author = reader.maybe(Reader::text);
    let published_at = reader.instant();
    let precision = reader.one_of(&PRECISIONS);
    let starts = reader.maybe(Reader::instant);
    let ends = reader.maybe(Reader::instant);
    let summary = reader.maybe(Reader::text);
    let markdown = reader.text();
    let (mentions, changes) = read_named(reader, &id);
    let edited_at = reader.maybe(Reader::instant);
    let public_at = reader.instant();
    let source = reader.one_of(&SOURCES);
    let draft = reader.byte() == 1;
    let own_item = reader.byte() == 1;
    let updates = reader.several(|reader| read_update(reader, &id));
    Incident {
        id,
        slug,
        title,
        kind,
        stated_phase,
        stated_impact,
        author,
        published_at,
        precision,
        starts,
        ends,
        summary,
        markdown,
        mentions,
        changes,
        updates,
        edited_at,
        public_at,
        source,
        draft,
        own_item,
    }
}

fn write_update(writer: &mut Writer, update: &Update) {
    writer.text(&update.id);
    writer.instant(update.at);
    writer.int(update.seq);
    writer.one_of(&PRECISIONS, &update.precision);
    writer.maybe(update.as_written.as_deref(), Writer::text);
    writer.maybe(update.phase, |w, phase| w.one_of(&Phase::ALL, &phase));
    writer.maybe(update.author.as_deref(), Writer::text);
    writer.text(&update.markdown);
    let fact = update.fact.as_ref().map(Fact::to_text);
    writer.maybe(fact.as_deref(), Writer::text);
    write_named(writer, &update.mentions, &update.changes);
    writer.byte(u8::from(update.restore));
    writer.maybe(update.window.starts, Writer::instant);
    writer.maybe(update.window.ends, Writer::instant);
    writer.maybe(update.edited_at, Writer::instant);
    writer.instant(update.public_at);
    writer.one_of(&SOURCES, &update.source);
}

fn read_update(reader: &mut Reader<'_>, incident: &str) -> Update {
    let id = reader.text();
    let at = reader.instant();
    let seq = reader.int();
    let precision = reader.one_of(&PRECISIONS);
    let as_written = reader.maybe(Reader::text);
    let phase = reader.maybe(|r| r.one_of(&Phase::ALL));
    let author = reader.maybe(Reader::text);
    let markdown = reader.text();
    let fact = reader.maybe(Reader::text);
    let (mentions, changes) = read_named(reader, incident);
    Update {
        id,
        at,
        seq,
        precision,
        as_written,
        phase,
        author,
        markdown,
        fact: fact.as_deref().and_then(Fact::parse),
        changes,
        mentions,
        restore: reader.byte() == 1,
        window: Window {
            starts: reader.maybe(Reader::instant),
            ends: reader.maybe(Reader::instant),
        },
        edited_at: reader.maybe(Reader::instant),
        public_at: reader.instant(),
        source: reader.one_of(&SOURCES),
    }
}

/// The components that a post or an update names, and the states that it sets.
fn write_named(writer: &mut Writer, mentions: &[Slug], changes: &[StateChange]) {
    writer.count(mentions.len());
    for slug in mentions {
        writer.text(slug.as_str());
    }
    writer.count(changes.len());
    for change in changes {
        writer.text(change.component.as_str());
        writer.instant(change.at);
        writer.int(change.seq);
        writer.text(change.state.as_str());
        writer.maybe(change.note.as_deref(), Writer::text);
        writer.maybe(change.update.as_deref(), Writer::text);
        writer.one_of(&Origin::ALL, &change.origin);
        writer.int((change.public_at - change.at).num_milliseconds());
    }
}

fn read_named(reader: &mut Reader<'_>, incident: &str) -> (Vec<Slug>, Vec<StateChange>) {
    let mentions = reader.several(read_slug);
    let changes = reader.several(|reader| {
        let component = read_slug(reader);
        let at = reader.instant();
        StateChange {
            component,
            at,
            seq: reader.int(),
            state: StateKey::new(reader.text()),
            note: reader.maybe(Reader::text),
            incident: Some(incident.to_owned()),
            update: reader.maybe(Reader::text),
            origin: reader.one_of(&Origin::ALL),
            public_at: at + chrono::Duration::milliseconds(reader.int()),
        }
    });
    (mentions, changes)
}

fn read_slug(reader: &mut Reader<'_>) -> Slug {
    Slug::trusted(reader.text())
}
