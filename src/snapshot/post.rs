//! An incident in memory: all of it as bytes, and the fields that lists and look-ups need without
//! reading the bytes.

use std::borrow::Cow;
use std::num::NonZeroU32;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::bytes;
use super::packing::{Packer, unpack};
use crate::domain::ending::Lasted;
use crate::domain::freshness::Freshness;
use crate::domain::incident::{Incident, Kind, is_open};
use crate::domain::slug::Slug;
use crate::domain::update::{KnownInstant, Phase, Precision};

/// A public incident, as far as it may be shown.
#[derive(Debug, Clone)]
pub struct Post {
    /// Its id.
    pub id: Arc<str>,
    /// Its slug.
    pub slug: Slug,
    /// Its headline.
    pub title: Box<str>,
    /// See [`Incident::started`].
    pub started: DateTime<Utc>,
    /// Its kind.
    pub kind: Kind,
    /// Its phase.
    pub phase: Phase,
    /// From when to when it lasted, if it is over.
    pub lasted: Option<Lasted>,
    /// How many updates it has.
    pub updates: usize,
    /// The freshness of its freshest feed item.
    pub freshest: Freshness,
    /// The latest thing said in it, up to the snapshot's instant.
    pub(super) last_said: Option<KnownInstant>,
    bytes: Box<[u8]>,
    /// How many bytes these are when they are unpacked; `None` if they aren't compressed.
    unpacked: Option<NonZeroU32>,
}

impl Post {
    /// Packs an incident, all of which may be shown at the instant `as_of`.
    pub(super) fn of(incident: Incident, as_of: DateTime<Utc>) -> Self {
        Self {
            id: incident.id.as_str().into(),
            slug: incident.slug.clone(),
            title: incident.title.as_str().into(),
            started: incident.started(),
            kind: incident.kind,
            phase: incident.phase(as_of),
            lasted: incident.lasted(as_of),
            updates: incident.updates.len(),
            freshest: Freshness::of_incident(&incident),
            last_said: said(&incident)
                .filter(|(at, _)| *at <= as_of)
                .max_by_key(exactness),
            bytes: bytes::of(&without_owners(incident)),
            unpacked: None,
        }
    }

    /// How many bytes its texts and all else take, besides the fields.
    pub(super) fn size_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// The same in less memory, if it is over: pages seldom need it.
    pub(super) fn packed(self, packer: &mut Packer) -> Self {
        let is_over = !self.is_open() && !self.is_planned();
        let length = u32::try_from(self.bytes.len()).ok();
        let length = length.filter(|_| is_over).and_then(NonZeroU32::new);
        match length.and_then(|length| Some((length, packer.pack(&self.bytes)?))) {
            Some((length, bytes)) => Self {
                bytes,
                unpacked: Some(length),
                ..self
            },
            None => self,
        }
    }

    /// Whether it affects customers now.
    pub fn is_open(&self) -> bool {
        is_open(self.kind, self.phase)
    }

    /// Whether it is a maintenance that hasn't begun.
    pub fn is_planned(&self) -> bool {
        self.kind == Kind::Maintenance && self.phase == Phase::Scheduled
    }

    /// The whole incident.
    pub fn read(&self) -> Incident {
        with_owners(bytes::read(&self.plain_bytes()))
    }

    /// The incident without owners, as bytes that aren't compressed.
    pub(super) fn plain_bytes(&self) -> Cow<'_, [u8]> {
        match self.unpacked {
            None => Cow::Borrowed(&self.bytes),
            Some(length) => Cow::Owned(unpack(&self.bytes, length.get() as usize)),
        }
    }
}

/// Leaves out of each change that it belongs to this incident, and to the update that holds it. An
/// empty text stands for either; no id is empty.
fn without_owners(mut incident: Incident) -> Incident {
    let Incident {
        id,
        changes,
        updates,
        ..
    } = &mut incident;
    let clear = |owner: &mut Option<String>, id: &str| {
        if let Some(owner) = owner.as_mut().filter(|owner| *owner == id) {
            owner.clear();
        }
    };
    for change in changes {
        clear(&mut change.incident, id);
    }
    for update in updates {
        for change in &mut update.changes {
            clear(&mut change.incident, id);
            clear(&mut change.update, &update.id);
        }
    }
    incident
}

/// The inverse of [`without_owners`].
pub(super) fn with_owners(mut incident: Incident) -> Incident {
    let Incident {
        id,
        changes,
        updates,
        ..
    } = &mut incident;
    let fill = |owner: &mut Option<String>, id: &str| {
        if let Some(owner) = owner.as_mut().filter(|owner| owner.is_empty()) {
            owner.push_str(id);
        }
    };
    for change in changes {
        fill(&mut change.incident, id);
    }
    for update in updates {
        for change in &mut update.changes {
            fill(&mut change.incident, id);
            fill(&mut change.update, &update.id);
        }
    }
    incident
}

/// A sort key: the later one wins, and at the same instant the one known to the minute.
pub(super) fn exactness((at, precision): &KnownInstant) -> (DateTime<Utc>, bool) {
    (*at, *precision == Precision::Minute)
}

fn said(incident: &Incident) -> impl Iterator<Item = KnownInstant> {
    let updates = incident.updates.iter();
    updates
        .map(|update| (update.at, update.precision))
        .chain([(incident.published_at, incident.precision)])
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::component::{Origin, StateChange};
    use crate::domain::fact::{Became, Fact};
    use crate::domain::incident::Impact;
    use crate::domain::numbers::Numbers;
    use crate::domain::state::StateKey;
    use crate::domain::update::{Source, Update};
    use crate::domain::window::Window;

    const PRECISIONS: [Precision; 3] = [Precision::Minute, Precision::Day, Precision::None];
    const SOURCES: [Source; 3] = [Source::File, Source::Api, Source::Clock];

    fn instant(numbers: &mut Numbers) -> DateTime<Utc> {
        let millis = i64::try_from(numbers.below(1 << 31)).expect("small") * 1_000;
        let before_1970 = numbers.one_in(8);
        DateTime::from_timestamp_millis(if before_1970 { -millis } else { millis + 7 })
            .expect("in range")
    }

    fn text(numbers: &mut Numbers) -> String {
        let texts = [
            "",
            "Selma is down – “again”",
            "a\0b",
            "0191F1C2-8A3B-7C4D-8E5F-001122334455",
        ];
        let long = "x".repeat(usize::try_from(numbers.below(300)).expect("small"));
        [*numbers.pick(&texts), &long].concat()
    }

    fn id(numbers: &mut Numbers) -> String {
        let uuid = "0191f1c2-8a3b-7c4d-8e5f-001122334455".to_owned();
        let other = numbers.maybe(text).filter(|id| !id.is_empty());
        other.unwrap_or(uuid)
    }

    fn slug(numbers: &mut Numbers) -> Slug {
        Slug::parse(numbers.pick::<&str>(&["selma", "shared-ssl"])).expect("a slug")
    }

    fn change(numbers: &mut Numbers) -> StateChange {
        StateChange {
            component: slug(numbers),
            at: instant(numbers),
            seq: i64::try_from(numbers.below(1 << 31)).expect("small") - (1 << 30),
            state: StateKey::new(text(numbers)),
            note: numbers.maybe(text),
            incident: numbers.maybe(id),
            update: numbers.maybe(id),
            origin: *numbers.pick(&Origin::ALL),
            public_at: instant(numbers),
        }
    }

    fn window(numbers: &mut Numbers) -> Window {
        Window {
            starts: numbers.maybe(instant),
            ends: numbers.maybe(instant),
        }
    }

    fn fact(numbers: &mut Numbers) -> Fact {
        let moved = window(numbers);
        let becomes = [
            Became::Begun,
            Became::Completed,
            Became::Cancelled,
            Became::Extended {
                until: instant(numbers),
                is_later: numbers.one_in(2),
            },
            Became::Moved {
                starts: moved.starts,
                ends: moved.ends,
            },
        ];
        Fact {
            became: *numbers.pick(&becomes),
            components: numbers.several(text),
            more: usize::try_from(numbers.below(1 << 20)).expect("small"),
            said_at: instant(numbers),
            zone: Tz::America__Denver.to_string(),
            clock: text(numbers),
        }
    }

    fn update(numbers: &mut Numbers) -> Update {
        Update {
            id: id(numbers),
            at: instant(numbers),
            seq: i64::try_from(numbers.below(1 << 31)).expect("small"),
            precision: *numbers.pick(&PRECISIONS),
            as_written: numbers.maybe(text),
            phase: numbers.maybe(|numbers| *numbers.pick(&Phase::ALL)),
            author: numbers.maybe(text),
            markdown: text(numbers),
            fact: numbers.maybe(fact),
            changes: numbers.several(change),
            mentions: numbers.several(slug),
            restore: numbers.one_in(2),
            window: window(numbers),
            edited_at: numbers.maybe(instant),
            public_at: instant(numbers),
            source: *numbers.pick(&SOURCES),
        }
    }

    fn incident(numbers: &mut Numbers) -> Incident {
        Incident {
            id: id(numbers),
            slug: slug(numbers),
            title: text(numbers),
            kind: *numbers.pick(&Kind::ALL),
            stated_phase: numbers.maybe(|numbers| *numbers.pick(&Phase::ALL)),
            stated_impact: numbers.maybe(|numbers| *numbers.pick(&Impact::ALL)),
            author: numbers.maybe(text),
            published_at: instant(numbers),
            precision: *numbers.pick(&PRECISIONS),
            starts: numbers.maybe(instant),
            ends: numbers.maybe(instant),
            summary: numbers.maybe(text),
            markdown: text(numbers),
            mentions: numbers.several(slug),
            changes: numbers.several(change),
            updates: numbers.several(update),
            edited_at: numbers.maybe(instant),
            public_at: instant(numbers),
            source: *numbers.pick(&SOURCES),
            draft: numbers.one_in(2),
            own_item: numbers.one_in(2),
        }
    }

    #[test]
    fn an_incident_comes_back_as_it_was() {
        let mut numbers = Numbers(7);
        let (mut packer, mut smaller) = (Packer::new(), 0);
        for _ in 0..2_000 {
            let incident = incident(&mut numbers);
            let as_of = instant(&mut numbers);
            let post = Post::of(incident.clone(), as_of);
            assert_eq!(post.read(), incident);
            let (plain, is_over) = (post.bytes.len(), !post.is_open() && !post.is_planned());
            let post = post.packed(&mut packer);
            assert_eq!(post.read(), incident);
            assert!(is_over || post.bytes.len() == plain);
            smaller += usize::from(post.bytes.len() < plain);
        }
        assert!(smaller > 100, "{smaller}");
    }

    #[test]
    fn a_change_takes_no_room_for_the_ids_of_what_holds_it() {
        let mut numbers = Numbers(7);
        let mut incident = incident(&mut numbers);
        incident.id = "0191f1c2-8a3b-7c4d-8e5f-0011223344aa".to_owned();
        let mut update = update(&mut numbers);
        update.id = "0191f1c2-8a3b-7c4d-8e5f-0011223344bb".to_owned();
        let mut change = change(&mut numbers);
        change.incident = Some(incident.id.clone());
        change.update = Some(update.id.clone());
        let bytes = |incident: &Incident| Post::of(incident.clone(), incident.published_at);
        incident.updates = vec![update];
        let before = bytes(&incident).bytes.len();
        incident.updates[0].changes.push(change.clone());
        let with_its_own = bytes(&incident);
        assert_eq!(with_its_own.read(), incident);
        let other = "0191f1c2-8a3b-7c4d-8e5f-0011223344cc".to_owned();
        incident.updates[0].changes.pop();
        incident.updates[0].changes.push(StateChange {
            incident: Some(other.clone()),
            update: Some(other),
            ..change
        });
        let with_others = bytes(&incident);
        // Sixteen bytes of each id, less one for the length of the empty text.
        let (own, others) = (with_its_own.bytes.len(), with_others.bytes.len());
        assert_eq!(others - own, 2 * 15, "{before}");
    }
}
