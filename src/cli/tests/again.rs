//! Repeated commands, and the times in lists.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::answers;
use super::bench::{Bench, with_typed_at};
use super::fake_server::{Reply, Request};

/// One open incident whose newest update is two minutes old, and one without updates.
fn answer(request: &Request) -> Reply {
    let at = crate::clock::Clock::System.now() - TimeDelta::seconds(150);
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    match request.line.as_str() {
        "GET /api/v1/incidents?limit=100" => Reply::json(
            200,
            &json!({"incidents": [answers::incident(&json!({
                "published_at": at, "markdown": "We look.",
                "updates": [answers::update(&json!({"id": "1", "at": at, "markdown": "Mail is up."}))],
            }))]}),
        ),
        "GET /api/v1/incidents/selma-down" => Reply::json(
            200,
            &answers::incident(&json!({"components": {"selma": "degraded"}})),
        ),
        "GET /api/v1/site" => Reply::json(
            200,
            &json!({"name": "x", "time_zone": "America/Denver", "url": "https://x/"}),
        ),
        "GET /api/v1/components?limit=100" => Reply::json(200, &json!({"components": []})),
        "GET /api/v1/incidents/selma-down/resolution" => {
            Reply::json(200, &json!({"phase": "resolved", "components": []}))
        }
        line if line.ends_with("/updates") => Reply::json(201, &answers::update(&json!({}))),
        line if line.ends_with("/state") => Reply::json(201, &answers::component(&json!({}))),
        _ => Reply::json(201, &answers::incident(&json!({"slug": "new"}))),
    }
}

/// The server's response to a repeated request.
fn said_before(place: &str) -> Reply {
    let at = crate::clock::Clock::System.now() - TimeDelta::seconds(150);
    let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let first = json!({"url": "https://x/incidents/selma-down", "api": place, "posted_at": at});
    let problem = json!({"title": "Conflict", "status": 409, "detail": "the same", "first": first});
    Reply::json(409, &problem)
}

#[test]
fn the_same_update_given_again_is_posted_once() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "POST /api/v1/incidents/selma-down/updates" if request.body["again"] == json!(false) => {
            said_before("/api/v1/incidents/selma-down/updates/1")
        }
        "GET /api/v1/incidents/selma-down/updates/1" => Reply::json(
            200,
            &answers::update(&json!({"id": "1", "url": "https://x/incidents/selma-down#update-1"})),
        ),
        _ => answer(request),
    });
    let ran = bench.run(&["update", "Mail is up."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("already posted 2 minutes ago"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("--again"), "{}", ran.err);
    assert!(ran.out.contains("#update-1"), "{}", ran.out);
    assert!(bench.unsent().is_empty());
    let told: Value = serde_json::from_str(&bench.run(&["update", "Mail is up.", "--json"]).out)
        .expect("what was posted");
    assert_eq!(told["id"], "1");
    let ran = bench.run(&["update", "Mail is up.", "--again"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn so_is_the_same_incident() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "POST /api/v1/incidents" if request.body["again"] == json!(false) => {
            said_before("/api/v1/incidents/selma-down")
        }
        _ => answer(request),
    });
    let same = ["incident", "Selma is down", "-m", "We look."];
    let ran = bench.run(&same);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("already posted"), "{}", ran.err);
    assert!(ran.out.contains("selma-down"), "{}", ran.out);
    let ran = bench.run(&[&same[..], &["--again"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn the_text_of_a_new_incident_is_its_first_update() {
    let bench = Bench::new(answer);
    let posted = |args: &[&str]| {
        let ran = bench.run(&[&["incident", "Mail is down"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        bench.posts().pop().expect("it was sent").body
    };
    let sent = posted(&[
        "-m",
        "We look.\nMore soon.",
        "--set",
        "mail=Degraded",
        "--impact",
        "major",
    ]);
    let update = json!({"markdown": "We look.\\\nMore soon.", "phase": "investigating",
        "components": {"mail": "Degraded"}});
    let wanted =
        json!({"title": "Mail is down", "impact": "major", "again": false, "update": update});
    assert_eq!(sent, wanted);
    let sent = posted(&["-m", "We look.", "--at", "2013-02-26T09:15:00Z"]);
    assert_eq!(sent["published_at"], "2013-02-26T09:15:00Z");
    assert_eq!(sent["update"]["at"], "2013-02-26T09:15:00Z");
    // The text of a maintenance is its announcement.
    let sent = posted(&["--kind", "maintenance", "-m", "New disks."]);
    assert_eq!(
        (&sent["markdown"], &sent["update"]),
        (&json!("New disks."), &Value::Null)
    );
    // Text from a pipe is Markdown.
    let args = ["incident", "Mail is down", "-"];
    bench.run_with_input(&args, "We look.\nMore soon.");
    let sent = bench.posts().pop().expect("it was sent").body;
    assert_eq!(sent["update"]["markdown"], "We look.\nMore soon.");
}

#[test]
fn what_is_sent_late_is_dated_when_it_was_typed() {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = is_up.clone();
    let bench = Bench::new(move |request| match up.load(Ordering::Relaxed) {
        true => answer(request),
        false => Reply::HangUp,
    });
    // Looking up the incident fails, so the text was never sent.
    assert_eq!(bench.run(&["update", "Mail is up."]).code, 1);
    let file = bench.unsent().remove(0);
    let typed_at = crate::clock::Clock::System.now() - TimeDelta::minutes(40);
    let kept = std::fs::read_to_string(&file).expect("kept");
    std::fs::write(&file, with_typed_at(&kept, typed_at)).expect("written");
    is_up.store(true, Ordering::Relaxed);
    let ran = bench.run(&["resend"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("when it was typed"), "{}", ran.err);
    let at = bench.posts().remove(0).body["at"].clone();
    assert_eq!(at, json!(crate::render::time::machine(typed_at)));
}

#[test]
fn resolving_may_be_tried_with_its_text() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["resolve", "It is over.", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("If selma-down were resolved now"),
        "{}",
        ran.out
    );
    assert!(bench.posts().is_empty());
}

#[test]
fn the_status_says_times_in_the_sites_zone_and_in_utc() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let line = ran.out.lines().find(|line| line.contains("last update"));
    let line = line.expect("a time");
    assert!(line.contains(" MST (") || line.contains(" MDT ("), "{line}");
    assert!(line.ends_with("UTC)"), "{line}");
}

#[test]
fn several_that_wait_are_told_apart() {
    let bench = Bench::new(|_| Reply::HangUp);
    bench.run(&["state", "selma", "degraded", "--note", "Slow."]);
    bench.run(&["update", "Mail is up.", "--incident", "selma-down"]);
    let ran = bench.run(&["resend"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("UTC, state of selma: \"Slow.\""),
        "{}",
        ran.err
    );
    let update = "UTC, update of the incident named \"selma-down\": \"Mail is up.\"";
    assert!(ran.err.contains(update), "{}", ran.err);
    assert!(
        ran.err.find("Slow.") < ran.err.find("Mail is up."),
        "as they were typed"
    );
    assert_eq!(bench.run(&["resend", "--all"]).code, 1);
    assert_eq!(bench.unsent().len(), 2);
}

#[test]
fn all_that_waits_is_sent_in_the_order_in_which_it_was_typed() {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = is_up.clone();
    let bench = Bench::new(move |request| match up.load(Ordering::Relaxed) {
        true => answer(request),
        false => Reply::HangUp,
    });
    bench.run(&["state", "selma", "degraded", "--note", "Slow."]);
    bench.run(&["update", "Mail is up again.", "--incident", "selma-down"]);
    let broken = bench.unsent()[0].with_file_name("0.json");
    std::fs::write(&broken, "{").expect("written");
    let before = bench.posts().len();
    is_up.store(true, Ordering::Relaxed);
    let ran = bench.run(&["resend", "--all"]);
    let sent: Vec<_> = bench.posts().split_off(before);
    let sent: Vec<_> = sent.iter().map(|it| it.line.as_str()).collect();
    assert_eq!(
        sent,
        [
            "POST /api/v1/components/selma/state",
            "POST /api/v1/incidents/selma-down/updates"
        ]
    );
    // An unreadable file is reported and doesn't block the others.
    assert_eq!((ran.code, bench.unsent()), (1, vec![broken]));
}

#[test]
fn what_is_kept_is_read_whoever_kept_it() {
    let is_up = Arc::new(AtomicBool::new(false));
    let up = is_up.clone();
    let bench = Bench::new(move |request| match up.load(Ordering::Relaxed) {
        true => answer(request),
        false => Reply::HangUp,
    });
    assert_eq!(bench.run(&["update", "x"]).code, 1);
    let file = bench.unsent().remove(0);
    // With the components in another order, and a time as it was typed.
    let kept = json!({
        "verb": "update", "server": bench.url(), "typed_at": crate::clock::Clock::System.now(),
        "component": null, "incident_part": "selma-down", "incident": null,
        "body": {"phase": "monitoring", "at": "2013-02-26T02:15:00-07:00", "again": false,
            "components": {"selma": {"state": "degraded", "note": "Slow."}, "mail": null},
            "markdown": "Mail is up."},
        "idempotency_key": "k", "perhaps_arrived_as": null, "only_copy": false,
    });
    std::fs::write(&file, kept.to_string()).expect("written");
    is_up.store(true, Ordering::Relaxed);
    let ran = bench.run(&["resend"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let sent = bench.posts().remove(0);
    assert_eq!(sent.header("idempotency-key"), "k");
    let mut wanted = kept["body"].clone();
    wanted["at"] = json!("2013-02-26T09:15:00Z");
    assert_eq!(sent.body, wanted);
}
