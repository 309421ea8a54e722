//! `channels` against the fake server.

use serde_json::{Value, json};

use super::bench::Bench;
use super::fake_server::Reply;

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
