//! Which bodies are accepted, how others are refused, and that what is sent is what is read.

use std::collections::BTreeSet;
use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::PartialSchema;
use utoipa::openapi::{RefOr, Schema};

use super::audit::ActivityLogQuery;
use super::component::{OrderComponents, PutComponent, SetState};
use super::fields::Body;
use super::incident::{EditIncident, NewIncident};
use super::maintenance::{Do, MaintenanceStep};
use super::ordered::ByComponent;
use super::preview::Preview;
use super::setting::{ComponentSettings, Setting, StateWithNote};
use super::template::TemplateQuery;
use super::token::NewToken;
use super::update::{EditUpdate, NewUpdate};
use super::{FieldError, Unusable, parse};
use crate::domain::incident::{Impact, Kind};
use crate::domain::scope::Scope;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;

#[track_caller]
fn check_refused<T: Body>(body: &str, expected: &[(&str, &str)]) {
    let errors = match parse::<T>(body.as_bytes()) {
        Ok(_) => panic!("taken: {body}"),
        Err(Unusable::Mistaken(errors)) => errors,
        Err(Unusable::NotJson(detail)) => vec![FieldError::new("", detail)],
    };
    let found: Vec<_> = errors
        .iter()
        .map(|it| (it.pointer.as_str(), it.detail.as_str()))
        .collect();
    assert_eq!(found.len(), expected.len(), "{body}: {found:?}");
    for ((pointer, detail), (wanted_pointer, wanted)) in found.iter().zip(expected) {
        assert_eq!(pointer, wanted_pointer, "{body}: {found:?}");
        assert!(
            detail.contains(wanted),
            "{body}: {detail:?} lacks {wanted:?}"
        );
    }
}

#[track_caller]
fn check_taken<T: Body + Serialize>(body: &str, written: &Value) {
    let read = match parse::<T>(body.as_bytes()) {
        Ok(read) => read,
        Err(errors) => panic!("refused: {body}: {errors:?}"),
    };
    assert_eq!(
        &serde_json::to_value(read).expect("is valid"),
        written,
        "{body}"
    );
}

#[test]
fn mistakes_are_named_with_their_place_and_remedy() {
    let incident = check_refused::<NewIncident>;
    incident("", &[("", "not JSON: EOF")]);
    incident("{\"title\":\"a\"} x", &[("", "not JSON: trailing")]);
    incident("\u{feff}{}", &[("", "not JSON")]);
    incident("[]", &[("", "expected an object, got a list")]);
    incident("{}", &[("/title", "\"title\" is missing")]);
    incident(
        r#"{"title":7}"#,
        &[("/title", "expected a string, got a number")],
    );
    incident(
        r#"{"title":null}"#,
        &[("/title", "expected a string, got null")],
    );
    incident(r#"{"title":"  "}"#, &[("/title", "can't be blank")]);
    incident("{\"title\":\"a\\nb\"}", &[("/title", "on one line")]);
    incident(
        r#"{"titel":"a"}"#,
        &[
            ("/title", "missing"),
            ("/titel", "unknown field \"titel\"; did you mean \"title\"?"),
        ],
    );
    incident(
        r#"{"title":"a","q/~":1}"#,
        &[("/q~1~0", "known: title, markdown, kind")],
    );
    incident(
        r#"{"title":"a","update":{"t":1}}"#,
        &[("/update/t", "known: markdown, phase, ")],
    );
    incident(
        r#"{"title":"a","title":"b"}"#,
        &[("/title", "appears twice")],
    );
    incident(
        r#"{"title":"a","components":{"selma":null,"selma":"degraded"}}"#,
        &[("/components/selma", "appears twice")],
    );
    incident(
        r#"{"title":"a","kind":"Notice"}"#,
        &[("/kind", "did you mean \"notice\"?")],
    );
    incident(
        r#"{"title":"a","phase":"fixed"}"#,
        &[("/phase", "known: investigating, ")],
    );
    incident(
        r#"{"title":"a","draft":"yes"}"#,
        &[("/draft", "expected true or false")],
    );
    incident(
        "{\"title\":\"a\",\"markdown\":\"\\u0000\"}",
        &[("/markdown", "U+0000")],
    );
    incident("{\"title\":\"\\ud800\"}", &[("", "not JSON")]);
    incident(
        r#"{"title":"a","components":["selma"]}"#,
        &[("/components", "got a list")],
    );
    incident(
        r#"{"title":"a","components":{"Selma":"degraded","nelson":3,"mail":{"notes":"x"}}}"#,
        &[
            ("/components/Selma", "is not a slug"),
            ("/components/nelson", "expected a state"),
            ("/components/mail/state", "missing"),
            ("/components/mail/notes", "did you mean \"note\"?"),
        ],
    );
    incident(
        r#"{"title":"a","update":{"at":"2013-02-26T02:15:00","phase":1}}"#,
        &[
            ("/update/phase", "expected a string"),
            ("/update/at", "has no offset"),
        ],
    );
    check_refused::<NewUpdate>(
        r#"{"at":"yesterday"}"#,
        &[("/at", "is not a date and time")],
    );
    check_refused::<NewUpdate>(
        r#"{"at":"0001-01-01T00:00:00+23:59"}"#,
        &[("/at", "is the year right?")],
    );
    check_refused::<NewUpdate>(
        r#"{"at":"9999-12-31T23:59:59-01:00"}"#,
        &[("/at", "is the year right?")],
    );
    check_refused::<PutComponent>(
        r#"{"name":"Selma","position":9223372036854775807,"since":"0009-05-01"}"#,
        &[
            ("/since", "is the year right?"),
            ("/position", "at most 1000000"),
        ],
    );
    check_refused::<NewUpdate>(r#"{"at":1361870100}"#, &[("/at", "got a number")]);
    check_refused::<EditIncident>(r#"{"title":null}"#, &[("/title", "can't be null")]);
    check_refused::<EditIncident>(r#"{"phase":"resolved"}"#, &[("/phase", "only an update")]);
    check_refused::<PutComponent>(
        r#"{"name":"Selma","position":-1,"since":"1/5/09"}"#,
        &[
            ("/since", "write it as 2009-05-01"),
            ("/position", "negative"),
        ],
    );
    check_refused::<SetState>(r#"{"note":"x"}"#, &[("/state", "missing")]);
    check_refused::<NewToken>(
        r#"{"name":"a","scopes":["admin","state:write"]}"#,
        &[("/scopes/1", "did you mean \"states:write\"?")],
    );
    check_refused::<Preview>(r#"{"markdown":{}}"#, &[("/markdown", "got an object")]);
}

#[test]
fn nesting_without_end_is_refused() {
    for open in ["[", "{\"a\":"] {
        check_refused::<Preview>(&open.repeat(100_000), &[("", "recursion limit")]);
    }
}

#[test]
fn what_is_taken_is_written_the_same_way() {
    check_taken::<NewIncident>(
        r#"{"update":{"markdown":"b","restore":false},"title":" Selma ","components":{"selma":"x","nelson":{"state":"y","note":" "},"mail":null},"author":null,"published_at":"2013-02-26T02:15:00.5-07:00"}"#,
        &json!({"title":"Selma","components":{"selma":"x","nelson":{"state":"y"},"mail":null},"published_at":"2013-02-26T09:15:00.500Z","update":{"markdown":"b","restore":false}}),
    );
    check_taken::<EditIncident>("{}", &json!({}));
    check_taken::<EditIncident>(
        r#"{"impact":null,"starts":null,"ends":"2013-02-26T09:15:00Z","author":null}"#,
        &json!({"impact":null,"starts":null,"ends":"2013-02-26T09:15:00Z","author":null}),
    );
    check_taken::<EditUpdate>(r#"{"phase":null}"#, &json!({"phase":null}));
    check_taken::<EditUpdate>(r#"{"phase":"monitoring"}"#, &json!({"phase":"monitoring"}));
    check_taken::<SetState>(
        r#"{"state":"migrating","note":""}"#,
        &json!({"state":"migrating"}),
    );
    check_taken::<NewToken>(
        r#"{"name":"a","scopes":["admin","admin"]}"#,
        &json!({"name":"a","scopes":["admin"]}),
    );
    let settings = parse::<NewUpdate>(br#"{"components":{"z":"a","a":"b","m":null}}"#);
    let settings = settings.expect("is valid").components.expect("is valid");
    let order: Vec<_> = settings.0.iter().map(|(slug, _)| slug.as_str()).collect();
    assert_eq!(order, ["z", "a", "m"]);
}

/// The names of a request's fields in the contract.
fn names_in_contract<T: PartialSchema>() -> BTreeSet<String> {
    match T::schema() {
        RefOr::T(Schema::Object(object)) => object.properties.into_keys().collect(),
        RefOr::T(_) | RefOr::Ref(_) => panic!("not an object"),
    }
}

/// Checks that the server reads what the client writes, and that the command line keeps it. Every
/// field must be set.
#[track_caller]
fn check_sent<T>(request: &T)
where
    T: Body + Serialize + DeserializeOwned + PartialSchema + PartialEq + Debug,
{
    let written = serde_json::to_value(request).expect("is valid");
    let names = written.as_object().expect("an object").keys().cloned();
    assert_eq!(names.collect::<BTreeSet<_>>(), names_in_contract::<T>());
    assert_eq!(
        parse::<T>(written.to_string().as_bytes()).as_ref(),
        Ok(request)
    );
    let kept: T = serde_json::from_value(written).expect("is valid");
    assert_eq!(&kept, request);
}

#[test]
fn what_the_client_sends_the_server_reads() {
    let slug = |text: &str| Slug::parse(text).expect("is valid");
    let at = |text: &str| text.parse().expect("is valid");
    let line = || Some("a line".to_owned());
    let state = || StateKey::new("migrating");
    let settings = || -> ComponentSettings {
        let with_note = StateWithNote {
            state: state(),
            note: line(),
        };
        ByComponent(vec![
            (slug("selma"), Some(Setting::WithNote(with_note))),
            (slug("nelson"), Some(Setting::State(state()))),
            (slug("mail"), None),
        ])
    };
    let (early, late) = (at("2013-02-26T09:15:00.25Z"), at("2013-03-02T22:00:00Z"));
    let update = || NewUpdate {
        markdown: "One\ntwo".to_owned(),
        phase: Some(Phase::Monitoring),
        components: Some(settings()),
        at: Some(early),
        author: line(),
        restore: Some(false),
        seen: Some(line()),
        again: Some(true),
        notify: Some(false),
    };
    check_sent(&update());
    check_sent(&NewUpdate {
        seen: Some(None),
        ..update()
    });
    check_sent(&EditUpdate {
        markdown: Some("One".to_owned()),
        phase: Some(None),
        components: Some(settings()),
        at: Some(early),
        author: Some(None),
        notify: Some(true),
    });
    check_sent(&EditUpdate {
        markdown: Some(String::new()),
        phase: Some(Some(Phase::Resolved)),
        components: Some(ComponentSettings::default()),
        at: Some(late),
        author: Some(line()),
        notify: Some(false),
    });
    check_sent(&NewIncident {
        title: "Selma is down".to_owned(),
        markdown: "One".to_owned(),
        kind: Some(Kind::Maintenance),
        phase: Some(Phase::Scheduled),
        impact: Some(Impact::Major),
        components: Some(settings()),
        starts: Some(early),
        ends: Some(late),
        author: line(),
        published_at: Some(early),
        draft: Some(true),
        update: Some(update()),
        overlap: Some(true),
        again: Some(false),
        notify: Some(true),
    });
    check_sent(&EditIncident {
        title: line(),
        markdown: Some("One".to_owned()),
        kind: Some(Kind::Notice),
        impact: Some(None),
        components: Some(settings()),
        starts: Some(None),
        ends: Some(Some(late)),
        author: Some(None),
        published_at: Some(early),
        draft: Some(false),
        overlap: Some(true),
        notify: Some(false),
    });
    for step in Do::ALL {
        // Only an extension takes times.
        let times = Some((early, late)).filter(|_| step == Do::Extend).unzip();
        let request = MaintenanceStep {
            step,
            starts: times.0,
            ends: times.1,
            markdown: Some("One".to_owned()),
            author: line(),
            overlap: Some(true),
            seen: Some(None),
            notify: Some(true),
        };
        if step == Do::Extend {
            check_sent(&request);
        } else {
            let written = serde_json::to_vec(&request).expect("is valid");
            assert_eq!(parse(&written), Ok(request));
        }
    }
    check_sent(&SetState {
        state: state(),
        note: line(),
        incident: Some(slug("selma-is-down")),
        at: Some(early),
        seen: Some(state()),
        notify: Some(false),
    });
    check_sent(&PutComponent {
        name: "Selma".to_owned(),
        group: line(),
        description: line(),
        since: Some("2009-05-01".parse().expect("is valid")),
        position: Some(7),
    });
    check_sent(&OrderComponents {
        order: vec![slug("selma"), slug("nelson")],
    });
    check_sent(&NewToken {
        name: "on call".to_owned(),
        scopes: vec![Scope::StatesWrite, Scope::Admin],
        display_name: line(),
        expires_at: Some(late),
    });
    check_sent(&Preview {
        markdown: "One".to_owned(),
    });
}

#[test]
fn what_the_client_asks_the_server_takes() {
    let text = |text: &str| Some(text.to_owned());
    let asked = ActivityLogQuery {
        actor: text("on call"),
        component: text("selma"),
        incident: text("selma-is-down"),
        day: text("2013-02-26"),
        from: text("2013-02-27"),
        to: text("2013-02-28"),
    };
    let pairs = asked.pairs();
    let take = |name| {
        let pair = pairs.iter().find(|(known, _)| *known == name);
        pair.map(|(_, value)| (*value).to_owned())
    };
    assert_eq!(pairs.len(), 6, "each is set");
    assert_eq!(ActivityLogQuery::read(take), asked);
    assert!(ActivityLogQuery::default().pairs().is_empty());
    let slug = |text: &str| Slug::parse(text).expect("is valid");
    let asked = TemplateQuery {
        component: vec![
            (slug("selma"), Some(StateKey::new("major_outage"))),
            (slug("nelson"), None),
        ],
    };
    let mut taken = TemplateQuery::default();
    for value in asked.values() {
        taken.add(&value).expect("is valid");
    }
    assert_eq!(taken, asked);
}
