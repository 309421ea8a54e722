//! `channels` against the fake server.

use serde_json::{Value, json};

use super::bench::Bench;
use super::fake_server::{Reply, Request};

fn channel(name: &str, more: &Value) -> Value {
    let mut one = json!({
        "id": format!("id-{name}"), "kind": "webhook", "name": name,
        "address": "https://hooks.example.com/…",
        "following": {"everything": true, "components": [], "groups": [], "incidents": [],
            "kinds": ["incidents", "maintenance"]},
        "created_at": "2013-02-26T09:15:00Z", "paused_at": null, "disabled": null,
        "failing_since": null, "failure": null, "waiting": 0,
    });
    for (key, value) in more.as_object().expect("an object") {
        one[key] = value.clone();
    }
    one
}

fn list(channels: &[Value]) -> Reply {
    Reply::json(200, &json!({ "channels": channels }))
}

#[test]
fn the_secret_of_a_new_channel_is_all_that_is_printed() {
    let bench = Bench::new(|request| {
        assert_eq!(request.line, "POST /api/v1/channels");
        assert_eq!(request.body["following"]["components"], json!(["selma"]));
        assert_eq!(request.body["following"]["kinds"], json!(["changes"]));
        let more = json!({"secret": "whsec_c2VjcmV0"});
        Reply::json(201, &channel("Pager", &more))
    });
    let done = bench.run(&[
        "channels",
        "add",
        "webhook",
        "Pager",
        "https://hooks.example.com/x",
        "--component",
        "selma",
        "--news",
        "changes",
    ]);
    assert_eq!((done.code, done.out.as_str()), (0, "whsec_c2VjcmV0\n"));
}

#[test]
fn a_list_says_why_a_channel_takes_nothing() {
    let bench = Bench::new(|_| {
        let disabled = json!({"at": "2013-02-26T09:15:00Z", "why": "it answered 410"});
        list(&[
            channel(
                "Pager",
                &json!({"failure": "it answered 500", "waiting": 2}),
            ),
            channel("Old", &json!({ "disabled": disabled })),
        ])
    });
    let done = bench.run(&["channels", "list"]);
    assert!(
        done.out
            .contains("failing: it answered 500  2 messages wait"),
        "{}",
        done.out
    );
    assert!(
        done.out.contains("disabled: it answered 410"),
        "{}",
        done.out
    );
    let done = bench.run(&["channels", "pause", "Nobody"]);
    assert_eq!(done.code, 1);
    assert!(
        done.err.contains("there is no channel \"Nobody\""),
        "{}",
        done.err
    );
}

#[test]
fn a_list_says_what_each_channel_gets() {
    let bench = Bench::new(|_| {
        let some = json!({"everything": false, "components": ["selma"], "groups": ["Mail"],
            "incidents": [], "kinds": ["changes"]});
        list(&[
            channel("Pager", &json!({})),
            channel("Wall", &json!({ "following": some })),
        ])
    });
    let done = bench.run(&["channels", "list"]);
    let lines: Vec<_> = done.out.lines().collect();
    assert_eq!(
        lines,
        [
            "Pager  webhook  https://hooks.example.com/…  everything",
            "Wall   webhook  https://hooks.example.com/…  Mail, selma (changes)",
        ]
    );
}

/// One channel that follows Selma, and whatever is sent to it.
fn one(request: &Request) -> Reply {
    let some = json!({"everything": false, "components": ["selma"], "groups": [],
        "incidents": ["selma-is-down"], "kinds": ["incidents"]});
    let pager = channel("Pager", &json!({ "following": some }));
    match request.line.as_str() {
        "GET /api/v1/channels" => list(&[pager]),
        "PATCH /api/v1/channels/id-Pager" => Reply::json(200, &pager),
        other => panic!("{other}"),
    }
}

#[test]
fn only_what_is_named_is_changed() {
    let check = |args: &[&str], wanted: Value| {
        let bench = Bench::new(one);
        let ran = bench.run(&[&["channels", "edit", "Pager"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        let requests = bench.requests();
        let sent = requests.last().expect("a request");
        assert_eq!(sent.body, wanted, "{args:?}");
        ran.out
    };
    let said = check(&["--name", "Wall"], json!({"name": "Wall"}));
    assert_eq!(said, "Changed: Wall\n");
    check(
        &["--address", "https://a.example/", "--credential", "x"],
        json!({"url": "https://a.example/", "token": "x"}),
    );
    check(
        &["--no-room", "--no-credential"],
        json!({"room": "", "token": ""}),
    );
    check(
        &["--news", "changes"],
        json!({"following": {"everything": false, "components": ["selma"],
            "incidents": ["selma-is-down"], "kinds": ["changes"]}}),
    );
    check(
        &["--everything"],
        json!({"following": {"everything": true, "kinds": ["incidents"]}}),
    );
    check(
        &["--component", "nelson", "--group", "Mail"],
        json!({"following": {"everything": false, "components": ["nelson"], "groups": ["Mail"],
            "kinds": ["incidents"]}}),
    );
    let bench = Bench::new(one);
    let ran = bench.run(&["channels", "edit", "Pager"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("say what to change"), "{}", ran.err);
}

#[test]
fn a_channel_that_gets_nothing_is_resumed_before_a_test() {
    for (more, why) in [
        (json!({"paused_at": "2013-02-26T09:15:00Z"}), "is paused"),
        (
            json!({"disabled": {"at": "2013-02-26T09:15:00Z", "why": "it answered 410"}}),
            "is disabled (it answered 410)",
        ),
    ] {
        let bench = Bench::new(move |_| list(&[channel("Pager", &more)]));
        for args in [&["test", "Pager"][..], &["resend", "Pager", "msg_x_1"]] {
            let ran = bench.run(&[&["channels"], args].concat());
            assert_eq!(ran.code, 1);
            let command = "`lightship channels resume \"Pager\"`";
            assert!(ran.err.contains(command), "{}", ran.err);
            assert!(ran.err.contains(why), "{}", ran.err);
        }
    }
}

#[test]
fn deliveries_say_what_they_were_about_page_after_page() {
    let delivery = |event: &str, about: &Value| {
        let mut one = json!({"id": "msg_x_1", "event": event, "attempt": 1, "status": 204,
            "failure": null, "at": "2013-02-26T09:15:00Z", "duration_ms": 12});
        for (key, value) in about.as_object().expect("an object") {
            one[key] = value.clone();
        }
        one
    };
    let bench = Bench::new(move |request| match request.line.as_str() {
        "GET /api/v1/channels" => list(&[channel("Pager", &json!({}))]),
        "GET /api/v1/channels/id-Pager/deliveries?limit=100" => {
            let about = json!({"incident": "selma-is-down", "component": null});
            let deliveries = json!({"deliveries": [delivery("incident.posted", &about)]});
            let next = "</api/v1/channels/id-Pager/deliveries?limit=100&before=a>; rel=\"next\"";
            Reply::json(200, &deliveries).with_header("Link", next)
        }
        "GET /api/v1/channels/id-Pager/deliveries?limit=100&before=a" => {
            // A server of an earlier version doesn't say what it was about.
            let deliveries = json!({"deliveries": [delivery("test", &json!({}))]});
            Reply::json(200, &deliveries)
        }
        other => panic!("{other}"),
    });
    let ran = bench.run(&["channels", "deliveries", "Pager"]);
    let lines: Vec<_> = ran.out.lines().collect();
    assert_eq!(
        lines,
        [
            "2013-02-26 09:15:00Z  msg_x_1  incident.posted selma-is-down  attempt 1, 12 ms: \
             delivered",
            "2013-02-26 09:15:00Z  msg_x_1  test  attempt 1, 12 ms: delivered",
        ],
        "{}",
        ran.err
    );
}
