//! A snapshot under construction.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::brand::Brand;
use crate::domain::component::{Component, Origin, StateChange};
use crate::domain::incident::{Incident, Kind};
use crate::domain::site::{Hosting, SiteSettings, Support};
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Source, Update};
use crate::snapshot::{Snapshot, Unpacked};

pub(in crate::render) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(in crate::render) fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// A snapshot under construction.
pub(in crate::render) struct World {
    pub(in crate::render) whole: Unpacked,
    seq: i64,
}

impl World {
    pub(in crate::render) fn empty() -> Self {
        let site = SiteSettings {
            name: "MacHighway Status".into(),
            base_url: "https://status.example.com".into(),
            authority: "status.example.com".into(),
            zone: Tz::America__Denver,
            stated_date_order: None,
            stated_clock: None,
            support: Some(Support {
                text: "our 24/7 support department".into(),
                url: "https://example.com/support".into(),
            }),
            brand: Brand::default(),
            delivery: Default::default(),
            sends_mail: false,
            hosting: Hosting::Server,
            zones: BTreeMap::new(),
        };
        let whole = Unpacked {
            revision: 1,
            as_of: at("2013-02-26T09:55:00Z"),
            site,
            states: States::default(),
            components: Vec::new(),
            incidents: Vec::new(),
        };
        Self { whole, seq: 0 }
    }

    pub(in crate::render) fn snapshot(&self) -> Snapshot {
        Snapshot::of(self.whole.clone())
    }

    pub(in crate::render) fn component(&mut self, key: &str, name: &str, group: &str, since: &str) {
        let position = i64::try_from(self.whole.components.len()).expect("few");
        self.whole.components.push((
            Component {
                slug: slug(key),
                name: name.into(),
                group: (!group.is_empty()).then(|| group.into()),
                description: Some("Shared hosting and mail".into()),
                position,
                since: since.parse::<NaiveDate>().ok(),
                created_at: at("2012-10-01T00:00:00Z"),
                retired_at: None,
                from_file: true,
            },
            Vec::new(),
        ));
    }

    /// `what` is `state` or `state: note`.
    pub(in crate::render) fn change(&mut self, key: &str, when: &str, what: &str) -> StateChange {
        self.seq += 1;
        let (state, note) = match what.split_once(": ") {
            Some((state, note)) => (state, Some(note.to_owned())),
            None => (what, None),
        };
        let change = StateChange {
            component: slug(key),
            at: at(when),
            seq: self.seq,
            state: StateKey::new(state),
            note,
            incident: None,
            update: None,
            origin: Origin::Request,
            public_at: at(when),
        };
        self.record(&change);
        change
    }

    fn record(&mut self, change: &StateChange) {
        let (_, changes) = self
            .whole
            .components
            .iter_mut()
            .find(|(component, _)| component.slug == change.component)
            .expect("a component");
        changes.retain(|other| other.seq != change.seq);
        changes.push(change.clone());
    }

    /// Adds an update. Its changes are `component=state` or `component=state: note`, and
    /// `component<state` for a state that reverts.
    pub(in crate::render) fn update(
        &mut self,
        id: &str,
        when: &str,
        phase: Option<Phase>,
        text: &str,
        changes: &[&str],
    ) -> Update {
        let changes = changes
            .iter()
            .map(|text| {
                let (key, what) = text.split_once(['=', '<']).expect("component=state");
                let mut change = self.change(key, when, what);
                change.origin = if text.contains('<') {
                    Origin::Restore
                } else {
                    Origin::Update
                };
                change.update = Some(id.to_owned());
                change
            })
            .collect();
        Update {
            at: at(when),
            seq: self.seq,
            phase,
            markdown: text.into(),
            changes,
            public_at: at(when),
            ..Update::example(id, 0)
        }
    }

    pub(in crate::render) fn incident(&mut self, key: &str, title: &str, when: &str) -> Incident {
        Incident {
            id: format!("id-{key}"),
            slug: slug(key),
            title: title.into(),
            author: Some("Tyler Jacobson".into()),
            published_at: at(when),
            public_at: at(when),
            source: Source::File,
            ..Incident::example(Kind::Disruption, 0)
        }
    }

    pub(in crate::render) fn publish(&mut self, mut incident: Incident) {
        let id = incident.id.clone();
        let updates = incident
            .updates
            .iter_mut()
            .flat_map(|update| &mut update.changes);
        for change in incident.changes.iter_mut().chain(updates) {
            change.incident = Some(id.clone());
            self.record(change);
        }
        incident
            .updates
            .sort_by_key(|update| (update.at, update.seq));
        self.whole.incidents.push(incident);
    }
}
