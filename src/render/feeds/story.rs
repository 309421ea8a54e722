//! The story of 2013 as an unpacked snapshot, for the tests of the feeds.

use chrono::{DateTime, Utc};

use crate::domain::component::{Component, Origin, StateChange};
use crate::domain::incident::{Incident, Kind};
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::update::{Phase, Precision, Source, Update};
use crate::snapshot::Unpacked;

pub(super) fn at(text: &str) -> DateTime<Utc> {
    format!("2013-02-{text}Z").parse().expect("an instant")
}

pub(super) fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

pub(super) fn change(
    component: &str,
    when: &str,
    seq: i64,
    state: &str,
    origin: Origin,
) -> StateChange {
    StateChange {
        component: slug(component),
        at: at(when),
        seq,
        state: StateKey::new(state),
        note: None,
        incident: None,
        update: None,
        origin,
        public_at: at(when),
    }
}

pub(super) fn update(
    id: &str,
    when: &str,
    public: &str,
    phase: Option<Phase>,
    markdown: &str,
) -> Update {
    Update {
        id: id.into(),
        at: at(when),
        seq: 1,
        precision: Precision::Minute,
        as_written: None,
        phase,
        author: None,
        markdown: markdown.into(),
        fact: None,
        changes: Vec::new(),
        mentions: Vec::new(),
        restore: true,
        window: crate::domain::window::Window::default(),
        edited_at: None,
        public_at: at(public),
        source: Source::File,
    }
}

pub(super) fn incident(id: &str, title: &str, when: &str, markdown: &str) -> Incident {
    Incident {
        id: id.into(),
        slug: Slug::from_title(title).expect("a slug"),
        title: title.into(),
        kind: Kind::Disruption,
        stated_phase: None,
        stated_impact: None,
        author: Some("Tyler Jacobson".into()),
        published_at: at(when),
        precision: Precision::Day,
        starts: None,
        ends: None,
        summary: None,
        markdown: markdown.into(),
        mentions: Vec::new(),
        changes: Vec::new(),
        updates: Vec::new(),
        edited_at: None,
        public_at: at(when),
        source: Source::Api,
        draft: false,
        own_item: true,
    }
}

pub(super) fn component(name: &str, changes: Vec<StateChange>) -> (Component, Vec<StateChange>) {
    let component = Component {
        slug: Slug::from_title(name).expect("a slug"),
        name: name.into(),
        group: None,
        description: None,
        position: 0,
        since: None,
        created_at: at("01T00:00:00"),
        retired_at: None,
        from_file: false,
    };
    (component, changes)
}

/// The story of 2013: two servers, a post, an update, and a state changed by hand.
pub(super) fn story() -> Unpacked {
    let mut post = incident(
        "i1",
        "Selma & Nelson",
        "26T07:00:00",
        "It's been *quite* a week.\n\n[Don't panic](#backup) ![disk](/media/disk.png)",
    );
    post.changes = vec![change(
        "selma",
        "26T07:00:00",
        1,
        "major_outage",
        Origin::Post,
    )];
    post.mentions = vec![slug("mail")];
    let mut mail = update(
        "u1",
        "26T09:15:00",
        "26T09:16:00",
        Some(Phase::Monitoring),
        "Mail is up.",
    );
    mail.changes = vec![change(
        "selma",
        "26T09:15:00",
        2,
        "migrating",
        Origin::Update,
    )];
    post.updates = vec![mail];
    let mut by_hand = change("nelson", "26T08:00:00", 3, "degraded", Origin::Request);
    by_hand.note = Some("Rebooted <twice>.".into());
    let selma = post.all_changes().cloned().collect();
    Unpacked {
        revision: 1,
        as_of: at("26T10:00:00"),
        site: SiteSettings::example(chrono_tz::America::Denver),
        states: States::default(),
        components: vec![
            component("Selma", selma),
            component("Nelson", vec![by_hand]),
            component("Mail", Vec::new()),
        ],
        incidents: vec![post],
    }
}

pub(super) fn empty() -> Unpacked {
    Unpacked {
        incidents: Vec::new(),
        components: Vec::new(),
        ..story()
    }
}
