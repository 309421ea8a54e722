//! Incidents to test with.

use chrono::{DateTime, Duration, Utc};

use super::{Incident, Kind};
use crate::domain::component::{Origin, StateChange};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::domain::window::Window;

/// So many minutes after 1970 began.
pub fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + Duration::minutes(minute)
}

/// A window from one minute to another.
pub fn window(starts: Option<i64>, ends: Option<i64>) -> Window {
    Window {
        starts: starts.map(at),
        ends: ends.map(at),
    }
}

/// A component that took a state in a minute, as it was said by an incident's post or an update.
pub fn change(component: &str, minute: i64, state: &str, update: Option<&str>) -> StateChange {
    StateChange {
        component: slug(component),
        at: at(minute),
        seq: 0,
        state: StateKey::new(state),
        note: None,
        incident: Some("incident".to_owned()),
        update: update.map(str::to_owned),
        origin: update.map_or(Origin::Post, |_| Origin::Update),
        public_at: at(minute),
    }
}

/// The slug that a text is.
pub fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

impl Incident {
    /// One whose post was published in a minute and says nothing else.
    pub fn example(kind: Kind, minute: i64) -> Self {
        Self {
            id: "incident".to_owned(),
            slug: slug("incident"),
            title: "An incident".to_owned(),
            kind,
            stated_phase: None,
            stated_impact: None,
            author: None,
            published_at: at(minute),
            precision: Precision::Minute,
            starts: None,
            ends: None,
            summary: None,
            markdown: String::new(),
            mentions: Vec::new(),
            changes: Vec::new(),
            updates: Vec::new(),
            edited_at: None,
            public_at: at(minute),
            source: Source::Api,
            draft: false,
            own_item: true,
        }
    }

    /// The same with an update that speaks of a minute and may set a phase. Its id is its index.
    pub fn said(mut self, minute: i64, phase: Option<Phase>) -> Self {
        let id = self.updates.len().to_string();
        self.updates.push(Update {
            seq: minute,
            phase,
            ..Update::example(&id, minute)
        });
        self
    }

    /// The same in a phase that its post states.
    pub fn stated(mut self, phase: Phase) -> Self {
        self.stated_phase = Some(phase);
        self
    }

    /// The same with a window that its post states.
    pub fn within(mut self, starts: Option<i64>, ends: Option<i64>) -> Self {
        (self.starts, self.ends) = (starts.map(at), ends.map(at));
        self
    }

    /// The update that was put to it last.
    pub fn last_put(&mut self) -> &mut Update {
        self.updates.last_mut().expect("an update")
    }
}

impl Update {
    /// One that speaks of a minute and says nothing.
    pub fn example(id: &str, minute: i64) -> Self {
        Self {
            id: id.to_owned(),
            at: at(minute),
            seq: 0,
            precision: Precision::Minute,
            as_written: None,
            phase: None,
            author: None,
            markdown: String::new(),
            fact: None,
            changes: Vec::new(),
            mentions: Vec::new(),
            restore: true,
            window: Window::default(),
            edited_at: None,
            public_at: at(minute),
            source: Source::Api,
        }
    }
}
