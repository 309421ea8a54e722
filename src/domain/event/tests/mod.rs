//! Each event, told as an entry of the activity log and read again.

mod rows;
mod samples;

use serde_json::{Value, json};

use rows::rows;
use samples::{
    at, component, dana, pager, post, said, slug, template, text, told_of_everything,
    told_of_servers, which,
};

use super::Event;
use super::deed::Deed;
use super::facts::{FilePost, InNameOf, NewText, SecretChange, StateSaid};
use super::line::About;
use crate::domain::added_channel::ChannelAddress;
use crate::domain::dispatch::Decision;
use crate::domain::field_change::field_changes;
use crate::domain::scope::Scope;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::domain::window::Window;

/// The event after this one: all of them in a row. Whoever adds a variant is led here.
fn next(event: &Event) -> Option<Event> {
    let (id, title) = ("i1".to_owned(), "Selma is down".to_owned());
    let name = || "on call".to_owned();
    Some(match event {
        Event::IncidentCreated { .. } => Event::IncidentEdited {
            id,
            before: post(true),
            after: post(false),
        },
        Event::IncidentEdited { .. } => Event::IncidentWithdrawn {
            id,
            before: post(true),
        },
        Event::IncidentWithdrawn { .. } => Event::IncidentSynced {
            id,
            before: None,
            after: FilePost {
                title,
                markdown: "Mail.".to_owned(),
                slug: slug("selma-is-down"),
                file: Some("selma.md".to_owned()),
            },
            publishes: None,
        },
        Event::IncidentSynced { .. } => Event::IncidentHidden { id, title },
        Event::IncidentHidden { .. } => Event::UpdateAdded {
            which: which(),
            after: NewText {
                at: at("2013-02-26T09:15:00Z"),
                phase: None,
                markdown: "Later.".to_owned(),
                fact: None,
                components: said(),
                window: Window {
                    starts: None,
                    ends: Some(at("2013-02-26T10:00:00Z")),
                },
                draft: true,
            },
        },
        Event::UpdateAdded { .. } => Event::UpdateCorrected {
            which: which(),
            before: text(Some(said())),
            after: text(Some(Vec::new())),
        },
        Event::UpdateCorrected { .. } => Event::UpdateWithdrawn {
            which: which(),
            before: text(None),
        },
        Event::UpdateWithdrawn { .. } => Event::UpdateBroughtBack {
            which: which(),
            after: text(Some(said())),
        },
        Event::UpdateBroughtBack { .. } => Event::UpdateSynced {
            which: which(),
            before: Some(text(None)),
            after: text(None),
        },
        Event::UpdateSynced { .. } => Event::ComponentStateSet {
            component: slug("selma"),
            name: "Selma".to_owned(),
            change: "c1".to_owned(),
            at: at("2013-02-26T09:15:00Z"),
            incident: Some(InNameOf {
                id,
                slug: slug("selma-is-down"),
            }),
            before: None,
            after: StateSaid {
                state: StateKey::new("degraded"),
                note: None,
            },
        },
        Event::ComponentStateSet { .. } => Event::ComponentPut {
            before: None,
            after: component(),
        },
        Event::ComponentPut { .. } => Event::ComponentDescribed {
            before: Some(component()),
            after: component(),
        },
        Event::ComponentDescribed { .. } => Event::ComponentRetired {
            before: component(),
            after: component(),
        },
        Event::ComponentRetired { .. } => Event::ComponentBroughtBack {
            before: component(),
            after: component(),
        },
        Event::ComponentBroughtBack { .. } => Event::ComponentMoved {
            before: component(),
            after: component(),
        },
        Event::ComponentMoved { .. } => Event::TemplateSet {
            before: None,
            after: template(),
        },
        Event::TemplateSet { .. } => Event::TemplateRemoved { before: template() },
        Event::TemplateRemoved { .. } => Event::DeliveryDecided {
            id,
            label: title,
            decision: Decision::DontSend,
        },
        Event::DeliveryDecided { .. } => Event::TokenIssued {
            id: "t1".to_owned(),
            name: name(),
            scopes: vec![Scope::StatesWrite, Scope::Admin],
            expires_at: None,
        },
        Event::TokenIssued { .. } => Event::TokenRevoked {
            id: "t1".to_owned(),
            name: name(),
        },
        Event::TokenRevoked { .. } => Event::SignedIn {
            session: "s1".to_owned(),
            token: name(),
            device: Some("Firefox".to_owned()),
        },
        Event::SignedIn { .. } => Event::SessionEnded {
            session: "s1".to_owned(),
            token: name(),
        },
        Event::SessionEnded { .. } => Event::SubscriberAdded {
            id: "p1".to_owned(),
            address: dana(),
            consent: Some("by telephone".to_owned()),
        },
        Event::SubscriberAdded { .. } => Event::SubscribersImported {
            import: "m1".to_owned(),
            label: "3 subscribers".to_owned(),
            consent: "by contract".to_owned(),
        },
        Event::SubscribersImported { .. } => Event::SubscriberEdited {
            id: "p1".to_owned(),
            address: dana(),
            before: Box::new(told_of_everything()),
            after: Box::new(told_of_servers()),
        },
        Event::SubscriberEdited { .. } => Event::SubscriberRemoved {
            id: "p1".to_owned(),
            address: dana(),
        },
        Event::SubscriberRemoved { .. } => Event::SubscriberSuppressed {
            id: "p1".to_owned(),
            address: dana(),
            why: "complaint".to_owned(),
        },
        Event::SubscriberSuppressed { .. } => Event::SubscriberAllowed {
            id: "p1".to_owned(),
            address: dana(),
        },
        Event::SubscriberAllowed { .. } => Event::ChannelAdded {
            id: "h1".to_owned(),
            after: Box::new(pager(told_of_everything())),
        },
        Event::ChannelAdded { .. } => Event::ChannelEdited {
            id: "h1".to_owned(),
            before: Box::new(pager(told_of_everything())),
            after: Box::new(pager(told_of_servers())),
            secrets: Vec::new(),
        },
        Event::ChannelEdited { .. } => Event::ChannelSecretRotated {
            id: "h1".to_owned(),
            name: "Pager".to_owned(),
        },
        Event::ChannelSecretRotated { .. } => Event::ChannelRemoved {
            id: "h1".to_owned(),
            name: "Pager".to_owned(),
        },
        Event::ChannelRemoved { .. } => return None,
    })
}

fn all() -> Vec<Event> {
    let first = Event::IncidentCreated {
        id: "i1".to_owned(),
        after: post(true),
    };
    std::iter::successors(Some(first), next).collect()
}

#[test]
fn each_event_becomes_the_line_that_it_always_was_and_reads_the_same_again() {
    let (events, rows) = (all(), rows());
    for (event, row) in events.iter().zip(&rows) {
        let (deed, line) = (event.deed(), event.line());
        let side = |side: &Option<Value>| side.as_ref().map(ToString::to_string);
        let (before, after) = (side(&line.before), side(&line.after));
        let told = (deed.action(), deed.kind(), line.id, line.label);
        assert_eq!(told, (row.0, row.1, row.2, row.3));
        assert_eq!((&before, &after), (&row.4, &row.5), "{}", row.0);
        let parsed = |side: Option<String>| -> Option<Value> {
            side.map(|text| serde_json::from_str(&text).expect("JSON"))
        };
        let (before, after) = (parsed(before), parsed(after));
        let read = Deed::read(deed.action(), before.as_ref(), after.as_ref());
        assert_eq!(read, Some(deed));
    }
    assert_eq!(events.len(), rows.len());
}

#[test]
fn a_line_of_an_earlier_version_is_read_with_what_it_lacks_taken_for_not_so() {
    let check = |action: &str, before: Value, after: Value, wanted: Option<Deed>| {
        let side = |value: &Value| (!value.is_null()).then(|| value.clone());
        let read = Deed::read(action, side(&before).as_ref(), side(&after).as_ref());
        assert_eq!(read, wanted, "{action} {before} {after}");
    };
    let nothing = Value::Null;
    let added = |phase, moves| {
        Some(Deed::AddUpdate {
            is_draft: false,
            phase,
            moves,
        })
    };
    let is_draft = false;
    let created = Some(Deed::CreateIncident { is_draft });
    check(
        "create_incident",
        nothing.clone(),
        json!({"title": "A"}),
        created,
    );
    check("create_incident", nothing.clone(), nothing.clone(), created);
    check("create_incident", nothing.clone(), json!("text"), created);
    let edited = Some(Deed::EditIncident { publishes: false });
    check("edit_incident", json!({"title": "A"}), json!({}), edited);
    check(
        "add_update",
        nothing.clone(),
        nothing.clone(),
        added(None, false),
    );
    let resolved = added(Some(Phase::Resolved), false);
    check(
        "add_update",
        nothing.clone(),
        json!({"phase": "resolved"}),
        resolved,
    );
    let moved = json!({"phase": "of another version", "starts": "2013-02-26T09:15:00Z"});
    check("add_update", nothing.clone(), moved, added(None, true));
    check(
        "correct_update",
        json!({"markdown": "Mial."}),
        nothing.clone(),
        Some(Deed::CorrectUpdate),
    );
    check("swap_component", nothing.clone(), nothing.clone(), None);
    check("", nothing.clone(), nothing, None);
}

#[test]
fn a_changed_channel_says_which_secret_part_of_its_address_changed_without_its_value() {
    let address = |url: &str, token: Option<&str>| ChannelAddress {
        url: format!("https://hooks.example.com/{url}"),
        room: None,
        token: token.map(str::to_owned),
    };
    let check = |before: ChannelAddress, after: ChannelAddress, wanted: Value| {
        let event = Event::ChannelEdited {
            id: "h1".to_owned(),
            before: Box::new(pager(told_of_everything())),
            after: Box::new(pager(told_of_everything())),
            secrets: SecretChange::between(&before, &after),
        };
        let line = event.line();
        let changes = field_changes(line.before.as_ref(), line.after.as_ref());
        let changes = changes.into_iter().map(|it| (it.field, it.after));
        assert_eq!(Value::Object(changes.collect()), wanted);
    };
    let plain = || address("a", None);
    check(plain(), plain(), json!({}));
    check(
        plain(),
        address("b", Some("x")),
        json!({"replaced": ["address"], "added": ["credential"]}),
    );
    check(
        address("a", Some("x")),
        address("b", Some("y")),
        json!({"replaced": ["address", "credential"]}),
    );
    check(
        address("a", Some("x")),
        plain(),
        json!({"removed": ["credential"]}),
    );
}

#[test]
fn an_event_is_about_the_components_that_either_side_names() {
    let (selma, nelson, ruby) = (slug("selma"), slug("nelson"), slug("ruby"));
    let before = vec![(selma.clone(), None), (nelson.clone(), None)];
    let after = vec![(ruby.clone(), None)];
    let event = Event::UpdateCorrected {
        which: which(),
        before: text(Some(before)),
        after: text(Some(after)),
    };
    let about = About::Update {
        id: "u1",
        incident: "i1",
        components: Some(vec![&selma, &nelson, &ruby]),
    };
    assert_eq!(event.about(), about);
    let event = Event::UpdateWithdrawn {
        which: which(),
        before: text(None),
    };
    let about = About::Update {
        id: "u1",
        incident: "i1",
        components: None,
    };
    assert_eq!(event.about(), about);
}

#[test]
fn a_subscriber_without_stated_consent_is_read_as_asked() {
    for (consent, is_asked) in [(None, true), (Some("by telephone".to_owned()), false)] {
        let event = Event::SubscriberAdded {
            id: "p1".to_owned(),
            address: dana(),
            consent,
        };
        let (deed, line) = (event.deed(), event.line());
        let read = Deed::read(deed.action(), line.before.as_ref(), line.after.as_ref());
        assert_eq!(deed, Deed::AddSubscriber { is_asked });
        assert_eq!(read, Some(deed));
    }
}

#[test]
fn only_an_edit_after_which_it_is_no_draft_any_more_publishes() {
    for (was, is) in [(true, true), (true, false), (false, false)] {
        let (id, before, after) = ("i1".to_owned(), post(was), post(is));
        let event = Event::IncidentEdited { id, before, after };
        let (deed, line) = (event.deed(), event.line());
        let read = Deed::read(deed.action(), line.before.as_ref(), line.after.as_ref());
        let publishes = (was, is) == (true, false);
        assert_eq!(deed, Deed::EditIncident { publishes });
        assert_eq!(read, Some(deed));
    }
}
