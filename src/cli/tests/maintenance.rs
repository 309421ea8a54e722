//! `lightship maintenance`: its times, and which incident is meant.

use serde_json::{Value, json};

use super::answers;
use super::bench::Bench;
use super::fake_server::{Reply, Request};

fn incident(slug: &str, kind: &str, phase: &str) -> Value {
    answers::incident(&json!({
        "slug": slug, "title": format!("About {slug}"), "kind": kind, "phase": phase,
        "starts": "2013-03-03T05:00:00Z", "ends": "2013-03-03T07:00:00Z",
    }))
}

/// A site in Denver with these incidents.
fn denver(request: &Request, incidents: &[Value]) -> Reply {
    let line = request.line.as_str();
    if line == "GET /api/v1/site" {
        let site = json!({"name": "Example", "time_zone": "America/Denver", "url": "https://x/"});
        return Reply::json(200, &site);
    }
    if line.starts_with("GET /api/v1/incidents?") {
        return Reply::json(200, &json!({"incidents": incidents}));
    }
    let hint = line.contains("old").then_some("it was resolved already");
    let answer = match line {
        "POST /api/v1/incidents" => answers::incident(&json!({"phase": "scheduled"})),
        line if line.ends_with("/state") => answers::component(&json!({})),
        _ => answers::update(&json!({"phase": "scheduled", "hint": hint})),
    };
    Reply::json(201, &answer)
}

#[test]
fn a_plan_is_read_in_the_sites_zone_and_said_back() {
    let bench = Bench::new(|request| denver(request, &[]));
    let ran = bench.run(&[
        "maintenance",
        "plan",
        "New disks",
        "--starts",
        "2033-03-05 22:00",
        "--for",
        "1h30m",
        "--component",
        "clark",
        "--set",
        "selma=migrating",
        "-m",
        "Clark restarts twice.",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err
            .contains("from  Saturday, March 5, 2033 at 10:00 pm MST (March 6, 2033 at 05:00 UTC)"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("until Saturday"), "{}", ran.err);
    let sent = bench.posts().remove(0);
    assert_eq!(sent.line, "POST /api/v1/incidents");
    assert_eq!(
        sent.body,
        json!({"title": "New disks", "kind": "maintenance", "markdown": "Clark restarts twice.",
            "starts": "2033-03-06T05:00:00Z", "ends": "2033-03-06T06:30:00Z",
            "components": {"clark": "maintenance", "selma": "migrating"}, "again": false})
    );
}

#[test]
fn a_time_that_cant_be_is_refused_before_anything_is_sent() {
    let bench = Bench::new(|request| denver(request, &[]));
    let check = |times: &[&str], why: &str| {
        let args = [&["maintenance", "plan", "x", "-m", "x"], times].concat();
        let ran = bench.run(&args);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains(why), "{}", ran.err);
    };
    let skipped = ["--starts", "2033-03-13 02:30", "--for", "1h"];
    check(&skipped, "--starts: on 2033-03-13");
    check(&["--starts", "soon", "--for", "1h"], "tomorrow 22:00");
    check(&["--starts", "22:00", "--for", "a while"], "--for:");
    assert!(bench.posts().is_empty());
}

#[test]
fn the_only_maintenance_is_meant_and_a_longer_end_counts_from_the_planned_one() {
    let known = [
        incident("selma-down", "disruption", "investigating"),
        incident("new-disks", "maintenance", "in_progress"),
        incident("old-disks", "maintenance", "completed"),
    ];
    let bench = Bench::new(move |request| denver(request, &known));
    let ran = bench.run(&["maintenance", "extend", "--ends", "+45m"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    for word in ["start", "end", "cancel"] {
        let ran = bench.run(&["maintenance", word, "disks", "-m", "A word."]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let posts = bench.posts();
    let line = "POST /api/v1/incidents/new-disks/maintenance";
    assert!(posts.iter().all(|post| post.line == line), "{posts:?}");
    assert_eq!(
        posts[0].body,
        json!({"do": "extend", "ends": "2013-03-03T07:45:00Z"})
    );
    assert_eq!(
        posts[3].body,
        json!({"do": "cancel", "markdown": "A word."})
    );
    let ran = bench.run(&["maintenance", "list"]);
    assert!(ran.out.contains("About new-disks") && !ran.out.contains("old"));
    let ran = bench.run(&["maintenance", "cancel", "mail"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("maintenance list"), "{}", ran.err);
}

#[test]
fn an_old_incident_is_never_meant_by_a_part_of_its_slug() {
    let known = [incident("selma-old", "disruption", "resolved")];
    let bench = Bench::new(move |request| denver(request, &known));
    let ran = bench.run(&["update", "More.", "--incident", "selma"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("it is over"), "{}", ran.err);
    assert!(ran.err.contains("--incident selma-old"), "{}", ran.err);
    assert!(bench.posts().is_empty());
    let ran = bench.run(&["update", "More.", "--incident", "selma-old"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("hint: it was resolved"), "{}", ran.err);
    let ran = bench.run_at_a_terminal(&["update", "More.", "--incident", "selma"], "1\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
}

#[test]
fn an_earlier_time_is_given_in_the_sites_zone() {
    let known = [incident("selma-down", "disruption", "investigating")];
    let bench = Bench::new(move |request| denver(request, &known));
    let at = ["--at", "2013-02-26 02:15"];
    for args in [
        ["update", "x"].as_slice(),
        &["resolve", "x"],
        &["state", "selma", "degraded"],
    ] {
        let ran = bench.run(&[args, &at].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.err.contains("2:15 am MST"), "{}", ran.err);
    }
    let ran = bench.run(&["incident", "x", "-m", "x", "--at", "2013-02-26T09:15:00Z"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let posts = bench.posts();
    for post in &posts[..3] {
        assert_eq!(post.body["at"], "2013-02-26T09:15:00Z");
    }
    assert_eq!(posts[3].body["published_at"], "2013-02-26T09:15:00Z");
}

#[test]
fn what_resolving_would_give_back_is_said_and_nothing_sent() {
    let known = [incident("selma-down", "disruption", "investigating")];
    let bench = Bench::new(move |request| {
        if request.line.ends_with("/resolution") {
            let told = json!({"phase": "resolved", "components": [
                {"component": "selma", "from": "major_outage", "to": "operational"},
                {"component": "nelson", "from": "degraded", "to": "degraded"}]});
            return Reply::json(200, &told);
        }
        denver(request, &known)
    });
    let ran = bench.run(&["resolve", "--dry-run"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains("selma: Major outage → Operational"),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("nelson stays Degraded"), "{}", ran.out);
    assert!(bench.posts().is_empty());
}
