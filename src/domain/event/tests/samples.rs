//! What the events of the tests are made of.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::domain::component::Component;
use crate::domain::event::facts::{
    ChannelSettings, Post, StatedStates, Text, WhatIsTold, WhichUpdate,
};
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::subscriber::{Following, Target};
use crate::domain::template::Template;
use crate::domain::update::Phase;
use crate::domain::window::Window;

pub(super) fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

pub(super) fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

pub(super) fn said() -> StatedStates {
    let degraded = StateKey::new("degraded");
    vec![
        (slug("selma"), Some((degraded.clone(), None))),
        (slug("nelson"), Some((degraded, Some("Slow.".to_owned())))),
        (slug("ruby"), None),
    ]
}

pub(super) fn post(draft: bool) -> Post {
    Post {
        slug: slug("selma-is-down"),
        title: "Selma is down".to_owned(),
        kind: Kind::Disruption,
        markdown: "Mail\nis \"slow\".".to_owned(),
        impact: Some(Impact::Major),
        author: None,
        window: Window::default(),
        published_at: at("2013-02-26T09:15:00Z"),
        draft,
        components: said(),
    }
}

pub(super) fn text(components: Option<StatedStates>) -> Text {
    Text {
        at: at("2013-02-26T09:15:00.5Z"),
        phase: Some(Phase::InProgress),
        markdown: "Mail.".to_owned(),
        fact: None,
        author: Some("Anna".to_owned()),
        components,
    }
}

pub(super) fn which() -> WhichUpdate {
    WhichUpdate {
        id: "u1".to_owned(),
        incident: "i1".to_owned(),
        title: "Selma is down".to_owned(),
    }
}

pub(super) fn component() -> Component {
    Component {
        slug: slug("selma"),
        name: "Selma".to_owned(),
        group: None,
        description: Some("Mail.".to_owned()),
        position: 2,
        since: None,
        created_at: at("2013-02-26T09:15:00Z"),
        retired_at: None,
        from_file: true,
    }
}

pub(super) fn template() -> Template {
    Template {
        name: slug("down"),
        title: "{{component}} is down".to_owned(),
        kind: Kind::Disruption,
        phase: Some(Phase::Investigating),
        impact: None,
        state: None,
        components: vec![
            (slug("selma"), Some(StateKey::new("degraded"))),
            (slug("nelson"), None),
        ],
        markdown: "Since {{time}}.".to_owned(),
    }
}

pub(super) fn dana() -> String {
    "d***@example.com".to_owned()
}

pub(super) fn pager(told: WhatIsTold) -> ChannelSettings {
    ChannelSettings {
        kind: "webhook",
        name: "Pager".to_owned(),
        address: "https://hooks.example.com/…".to_owned(),
        told,
    }
}

pub(super) fn told_of_everything() -> WhatIsTold {
    WhatIsTold {
        following: Following::default(),
        is_paused: false,
    }
}

pub(super) fn told_of_servers() -> WhatIsTold {
    let targets = [
        Target::Component(slug("selma")),
        Target::Group("Servers".to_owned()),
    ];
    WhatIsTold {
        following: Following {
            everything: false,
            targets: BTreeSet::from(targets),
            ..Following::default()
        },
        is_paused: true,
    }
}
