//! `correct` and `draft` against the fake server.

use serde_json::{Value, json};

use super::answers;
use super::bench::Bench;
use super::fake_server::{Reply, Request};
use super::incident;
use crate::clock::Clock;

fn update(id: &str, text: &str) -> Value {
    answers::update(&json!({"id": id, "phase": "monitoring", "markdown": text}))
}

fn whole() -> Value {
    let mut whole = incident("selma-down", "monitoring");
    whole["markdown"] = json!("The post.");
    whole["updates"] = json!([
        update("aa-00000001", "Fisrt."),
        update("bb-00000002", "Secnod.")
    ]);
    whole
}

/// One open incident with two updates.
fn answer(request: &Request) -> Reply {
    let path = request.line.split(['?', ' ']).nth(1).unwrap();
    let found = match path {
        "/api/v1/incidents" => json!({"incidents": [incident("selma-down", "monitoring")]}),
        "/api/v1/incidents/selma-down" => whole(),
        "/api/v1/incidents/selma-down/updates/aa-00000001" => update("aa-00000001", "Fisrt."),
        "/api/v1/incidents/selma-down/updates/bb-00000002" => update("bb-00000002", "Secnod."),
        "/api/v1/incidents/selma-down/updates/bb-00000002/restore" => update("bb-00000002", "x"),
        "/api/v1/site" => json!({"name": "x", "time_zone": "America/Denver", "url": "https://x/"}),
        other => panic!("{other}"),
    };
    Reply::json(200, &found).with_header("ETag", "\"seen\"")
}

/// The changes sent: method and path, body, and the `If-Match` header.
fn changed(bench: &Bench) -> Vec<(String, Value, String)> {
    let all = bench.requests();
    let changing = all.iter().filter(|request| request.method() != "GET");
    changing
        .map(|it| {
            (
                it.line.clone(),
                it.body.clone(),
                it.header("if-match").to_owned(),
            )
        })
        .collect()
}

const SECOND: &str = "/api/v1/incidents/selma-down/updates/bb-00000002";

#[test]
fn the_newest_update_is_corrected_unless_another_is_named() {
    let check = |args: &[&str], wanted: (String, Value)| {
        let bench = Bench::new(answer);
        let ran = bench.run(&[&["correct"], args].concat());
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("Corrected: selma-down"), "{}", ran.out);
        let (line, body) = wanted;
        assert_eq!(changed(&bench), [(line, body, "\"seen\"".to_owned())]);
    };
    let patch = |id: &str| format!("PATCH /api/v1/incidents/selma-down/updates/{id}");
    let (first, second) = (patch("aa-00000001"), patch("bb-00000002"));
    check(
        &["Second."],
        (second.clone(), json!({"markdown": "Second."})),
    );
    check(
        &["First.", "--update", "0001"],
        (first, json!({"markdown": "First."})),
    );
    check(
        &["--phase", "identified", "--set", "selma=degraded"],
        (
            second,
            json!({"phase": "identified", "components": {"selma": "degraded"}}),
        ),
    );
    check(
        &["--post", "--title", "Selma is down", "-m", "A post."],
        (
            "PATCH /api/v1/incidents/selma-down".to_owned(),
            json!({"title": "Selma is down", "markdown": "A post."}),
        ),
    );
}

#[test]
fn one_that_is_over_is_corrected_if_only_it_can_be_meant() {
    let over = |slug: &str, at: &str| {
        let mut it = incident(slug, "resolved");
        it["updates"] = json!([answers::update(&json!({"at": at}))]);
        it
    };
    let bench = Bench::new(move |request| match request.line.split('?').next() {
        Some("GET /api/v1/incidents") => {
            let old = over("selma-slow", "2013-01-05T09:15:00Z");
            let now = Clock::System.now().to_rfc3339();
            let new = over("selma-down", &now);
            Reply::json(200, &json!({"incidents": [old, new]}))
        }
        _ => answer(request),
    });
    let ran = bench.run(&["correct", "Second.", "--incident", "selma"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(changed(&bench)[0].0, format!("PATCH {SECOND}"));
}

#[test]
fn an_update_that_is_not_clear_is_asked_for() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["correct", "x", "--update", "0000"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("2 updates have \"0000\""), "{}", ran.err);
    assert!(
        ran.err.contains("00000001") && ran.err.contains("Secnod."),
        "{}",
        ran.err
    );
    assert_eq!(changed(&bench).len(), 0);
    assert_eq!(
        bench.run_at_a_terminal(&["correct", "First."], "2\n").code,
        0
    );
    assert!(changed(&bench)[0].0.ends_with("aa-00000001"));
    assert_eq!(
        bench.run_at_a_terminal(&["correct", "Second."], "\n").code,
        0
    );
    assert!(changed(&bench)[1].0.ends_with("bb-00000002"));
    assert_eq!(bench.run_at_a_terminal(&["correct", "x"], "3\n").code, 2);
    let ran = bench.run(&["correct", "--list"]);
    assert!(ran.out.contains("Fisrt."), "{}", ran.out);
    assert!(ran.out.contains(" MST ("), "{}", ran.out);
    assert_eq!(changed(&bench).len(), 2);
}

#[test]
fn an_editor_opens_with_the_text_as_it_is() {
    let bench = Bench::new(answer);
    let edit = |script: &str| {
        let args = [
            "correct",
            "--update",
            "newest",
            "--env-visual",
            "",
            "--env-editor",
            script,
        ];
        bench.run_at_a_terminal(&args, "")
    };
    let ran = edit("true");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("nothing changed"), "{}", ran.err);
    assert_eq!(edit("sed -i s/Secnod/Second/").code, 0);
    assert_eq!(changed(&bench)[0].1, json!({"markdown": "Second."}));
}

#[test]
fn a_text_outlives_a_colleague_who_was_quicker() {
    let bench = Bench::new(|request| match request.method() {
        "PATCH" => Reply::json(
            412,
            &json!({"title": "Precondition failed", "status": 412, "detail": "it was changed"}),
        ),
        _ => answer(request),
    });
    let ran = bench.run_with_input(&["correct", "-"], "Typed for an hour.\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("it was changed"), "{}", ran.err);
    let kept = bench.unsent().remove(0);
    assert!(ran.err.contains(kept.to_str().unwrap()), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(&kept).unwrap(),
        "Typed for an hour."
    );
    assert_eq!(bench.run(&["correct", "In the shell's history."]).code, 1);
    assert_eq!(bench.unsent().len(), 1);
}

#[test]
fn what_was_taken_back_can_be_brought_back() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["correct", "--withdraw"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let seen = "\"seen\"".to_owned();
    assert_eq!(
        changed(&bench),
        [(format!("DELETE {SECOND}"), Value::Null, seen)]
    );
    let advice = "lightship correct --incident selma-down --bring-back bb-00000002";
    assert!(ran.out.contains(advice), "{}", ran.out);
    let args: Vec<_> = advice.split(' ').skip(1).collect();
    assert_eq!(bench.run(&args).code, 0);
    assert_eq!(changed(&bench)[1].0, format!("POST {SECOND}/restore"));
}

#[test]
fn a_whole_incident_is_withdrawn_only_if_that_is_meant() {
    let bench = Bench::new(answer);
    let withdraw = ["correct", "--post", "--withdraw"];
    for answer in ["\n", "n\n", ""] {
        let ran = bench.run_at_a_terminal(&withdraw, answer);
        assert_eq!(ran.code, 1, "{}", ran.err);
        assert!(
            ran.err.contains("Withdraw the whole incident"),
            "{}",
            ran.err
        );
        assert!(ran.err.contains("the incident is kept"), "{}", ran.err);
    }
    assert_eq!(changed(&bench).len(), 0);
    assert_eq!(bench.run_at_a_terminal(&withdraw, "y\n").code, 0);
    let sure = [&withdraw[..], &["--yes"]].concat();
    assert_eq!(bench.run_at_a_terminal(&sure, "").code, 0);
    // A script isn't asked, and an update can be brought back.
    assert_eq!(bench.run(&withdraw).code, 0);
    let update = ["correct", "--withdraw", "--update", "newest"];
    assert_eq!(bench.run_at_a_terminal(&update, "").code, 0);
    let incident = "DELETE /api/v1/incidents/selma-down";
    let lines: Vec<_> = changed(&bench).into_iter().map(|it| it.0).collect();
    let update = format!("DELETE {SECOND}");
    assert_eq!(lines, [incident, incident, incident, update.as_str()]);
}

/// Two drafts and an open incident.
fn drafts(request: &Request) -> Reply {
    let draft = |slug: &str| {
        let mut draft = incident(slug, "investigating");
        draft["draft"] = json!(true);
        draft
    };
    let found = match (request.method(), request.line.contains('?')) {
        ("GET", true) => json!({"incidents": [draft("selma-moves"), draft("nelson-moves"),
            incident("selma-down", "monitoring")]}),
        ("PATCH", _) => incident("selma-moves", "investigating"),
        _ => draft("selma-moves"),
    };
    Reply::json(200, &found).with_header("ETag", "\"seen\"")
}

#[test]
fn a_draft_is_published_or_thrown_away_and_never_guessed() {
    let bench = Bench::new(drafts);
    let ran = bench.run(&["draft", "list"]);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
    assert!(ran.out.contains("selma-moves") && !ran.out.contains("selma-down"));
    for part in [&["moves"][..], &[]] {
        let ran = bench.run(&[&["draft", "publish"], part].concat());
        assert_eq!(ran.code, 2);
        assert!(ran.err.contains("nelson-moves"), "{}", ran.err);
    }
    assert_eq!(
        bench.run(&["draft", "publish", "down"]).code,
        1,
        "is already published"
    );
    assert_eq!(changed(&bench).len(), 0);
    let ran = bench.run(&["draft", "publish", "selma"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("Published: selma-moves"), "{}", ran.out);
    let path = "/api/v1/incidents/selma-moves";
    let seen = "\"seen\"".to_owned();
    let published = (
        format!("PATCH {path}"),
        json!({"draft": false}),
        seen.clone(),
    );
    assert_eq!(changed(&bench), [published]);
    let ran = bench.run(&["draft", "publish", "selma", "--quiet"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        changed(&bench)[1].1,
        json!({"draft": false, "notify": false})
    );
    let discard = ["draft", "discard", "selma"];
    let ran = bench.run_at_a_terminal(&discard, "n\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the draft is kept"), "{}", ran.err);
    assert_eq!(bench.run_at_a_terminal(&discard, "y\n").code, 0);
    assert_eq!(
        changed(&bench)[2],
        (format!("DELETE {path}"), Value::Null, seen)
    );
}
