//! What people expect of commands: they list valid values, accept what lists show, and ask if
//! something is unlikely to be meant.

use serde_json::{Value, json};

use super::answers;
use super::bench::Bench;
use super::fake_server::{Reply, Request};

fn updates() -> Value {
    let update = |number: u32, minute: u32| {
        answers::update(&json!({
            "id": format!("0190-{number}"), "at": format!("2013-02-26T09:{minute}:00Z"),
            "markdown": format!("Number {number}."),
        }))
    };
    json!([update(7, 10), update(8, 20), update(9, 30)])
}

fn selma() -> Value {
    answers::incident(&json!({"published_at": "2013-02-26T09:00:00Z", "updates": updates()}))
}

fn planned(slug: &str, starts: &str) -> Value {
    answers::incident(&json!({
        "slug": slug, "title": slug, "kind": "maintenance", "phase": "scheduled",
        "published_at": "2013-02-20T09:00:00Z", "starts": starts,
    }))
}

fn answer(request: &Request) -> Reply {
    let known = json!({"incidents": [selma(), planned("later", "2033-05-01T05:00:00Z"),
        planned("sooner", "2033-04-01T05:00:00Z")]});
    let templates = json!({"templates": [
        {"name": "new-disks", "title": "New disks", "kind": "maintenance", "impact": null,
            "phase": null, "components": {"clark": "maintenance"}, "markdown": "Clark restarts."},
        {"name": "down", "title": "Down", "kind": "disruption", "impact": null, "phase": null,
            "components": {}, "markdown": "We look."}]});
    let (line, _) = request.line.split_once('?').unwrap_or((&request.line, ""));
    match line {
        "GET /api/v1/site" => Reply::json(
            200,
            &json!({"name": "x", "time_zone": "America/Denver", "url": "https://x/", "clock": "24h",
                "headline": "Selma is down."}),
        ),
        "GET /api/v1/incidents" => Reply::json(200, &known),
        "GET /api/v1/incidents/selma-down" => Reply::json(200, &selma()),
        "GET /api/v1/components" => Reply::json(200, &json!({"components": []})),
        "GET /api/v1/templates" => Reply::json(200, &templates),
        "POST /api/v1/incidents" => Reply::json(
            201,
            &answers::incident(&json!({
                "slug": "new", "kind": request.body["kind"],
                "phase": if request.body["kind"] == "maintenance" { "scheduled" } else { "investigating" },
                "components": {"clark": "maintenance"},
            })),
        ),
        _ => Reply::json(200, &updates()[1]),
    }
}

#[test]
fn a_row_of_the_list_names_an_update() {
    let bench = Bench::new(answer);
    let listed = bench.run(&["correct", "--list"]);
    assert!(
        listed.out.contains("  2  2013-02-26 02:20 MST"),
        "{}",
        listed.out
    );
    let ran = bench.run(&["correct", "--update", "2", "Number eight."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let asked = bench.requests();
    let patch = asked
        .iter()
        .find(|it| it.method() == "PATCH")
        .expect("a correction");
    assert_eq!(
        patch.line,
        "PATCH /api/v1/incidents/selma-down/updates/0190-8"
    );
}

#[test]
fn a_maintenance_may_be_named_as_incidents_are() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["maintenance", "start", "--incident", "soon"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        bench.posts()[0].line,
        "POST /api/v1/incidents/sooner/maintenance"
    );
}

#[test]
fn the_status_begins_with_the_headline_and_what_is_planned_next_comes_first() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["status"]);
    assert!(ran.out.starts_with("Selma is down.\n"), "{}", ran.out);
    assert!(
        ran.out.find("sooner") < ran.out.find("later"),
        "{}",
        ran.out
    );
}

#[test]
fn a_notice_stands_nowhere_and_planned_work_is_not_said_of_now() {
    let bench = Bench::new(answer);
    let ran = bench.run(&["incident", "Prices", "--kind", "notice", "-m", "They rise."]);
    assert!(ran.out.starts_with("Published: new\n"), "{}", ran.out);
    let plan = [
        "maintenance",
        "plan",
        "New disks",
        "--starts",
        "2033-03-05 22:00",
        "--for",
        "2h",
    ];
    let ran = bench.run(&[&plan[..], &["-m", "Clark restarts."]].concat());
    assert!(ran.out.contains("during the work:\n  clark"), "{}", ran.out);
}

#[test]
fn a_plan_may_begin_with_a_template() {
    let bench = Bench::new(answer);
    let when = ["--starts", "2033-03-05 22:00", "--for", "2h"];
    let plan = |more: &[&str]| bench.run(&[&["maintenance", "plan"], more, &when[..]].concat());
    let ran = plan(&["--template", "new-disks"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent = bench.posts().remove(0).body;
    assert_eq!(sent["title"], "New disks");
    assert_eq!(sent["markdown"], "Clark restarts.");
    assert_eq!(sent["components"], json!({"clark": "maintenance"}));
    let ran = plan(&["--template", "down"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("lightship incident --template down"),
        "{}",
        ran.err
    );
}

#[test]
fn a_plan_whose_time_is_past_is_told_the_command_that_works() {
    let bench = Bench::new(answer);
    let ran = bench.run(&[
        "maintenance",
        "plan",
        "New disks",
        "--starts",
        "2013-03-05 22:00",
        "--for",
        "2h",
        "-m",
        "x",
    ]);
    assert_eq!(ran.code, 2);
    assert!(bench.posts().is_empty());
    let command = ran
        .err
        .lines()
        .find_map(|line| line.trim().strip_prefix("lightship "));
    let command = command
        .expect("a command")
        .replace("'New disks'", "New_disks");
    assert!(command.contains("--phase completed"), "{command}");
    let args: Vec<&str> = command.split(' ').chain(["-m", "Done."]).collect();
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(bench.posts()[0].body["phase"], "completed");
}

#[test]
fn a_time_long_before_the_incident_is_asked_about() {
    let bench = Bench::new(answer);
    let early = [
        "update",
        "Mail was up.",
        "--incident",
        "selma",
        "--at",
        "2013-02-25T21:15:00Z",
    ];
    let ran = bench.run(&early);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("before the incident began") && ran.err.contains("--yes"),
        "{}",
        ran.err
    );
    assert_eq!(bench.run_at_a_terminal(&early, "n\n").code, 1);
    assert!(bench.posts().is_empty());
    assert_eq!(bench.run_at_a_terminal(&early, "y\n").code, 0);
    assert_eq!(bench.run(&[&early[..], &["--yes"]].concat()).code, 0);
    let usual = [
        "update",
        "x",
        "--incident",
        "selma",
        "--at",
        "2013-02-26T08:30:00Z",
    ];
    assert_eq!(bench.run(&usual).code, 0);
    assert_eq!(bench.posts().len(), 3);
}

#[test]
fn a_web_page_is_not_shown_for_an_answer() {
    let bench = Bench::new(|_| Reply::text(404, "<!DOCTYPE html><p>Not here</p>"));
    let ran = bench.run(&["status"]);
    assert!(!ran.err.contains("DOCTYPE"), "{}", ran.err);
    assert!(ran.err.contains("it is a web page"), "{}", ran.err);
}

#[test]
fn the_status_lists_what_is_open_worst_first_as_the_page_does() {
    let bench = Bench::new(|request| match request.line.split('?').next() {
        Some("GET /api/v1/components") => Reply::json(
            200,
            &json!({"components": [
                answers::component(&json!({"slug": "selma", "state": "major_outage"})),
                answers::component(&json!({"slug": "nelson", "state": "degraded"})),
                answers::component(&json!({"slug": "ruby", "state": "operational"})),
            ]}),
        ),
        Some("GET /api/v1/incidents") => {
            let incident = |slug: &str, impact: &str, components: Value| {
                let fields = json!({"slug": slug, "title": slug, "phase": "identified",
                    "impact": impact, "components": components});
                answers::incident(&fields)
            };
            let list = [
                incident("words", "none", json!({"selma": null})),
                incident("mended", "critical", json!({"ruby": "major_outage"})),
                incident("slow", "minor", json!({"nelson": "degraded"})),
                incident("slower", "critical", json!({"nelson": "major_outage"})),
                incident("dead", "critical", json!({"selma": "major_outage"})),
            ];
            Reply::json(200, &json!({"incidents": list}))
        }
        _ => Reply::json(200, &json!({})),
    });
    let ran = bench.run(&["status"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let order = ["dead", "slower", "slow", "mended", "words"];
    let positions = order.map(|title| ran.out.find(&format!("  {title}\n")));
    assert!(positions.iter().all(Option::is_some), "{}", ran.out);
    assert!(positions.is_sorted(), "{}", ran.out);
}

#[test]
fn the_status_says_how_mail_is_if_the_server_does() {
    let bench = Bench::new(|request| match request.line.split('?').next() {
        Some("GET /readyz") => Reply::text(503, "not ready\nmail: configured; it waits\n"),
        Some("GET /api/v1/components") => Reply::json(200, &json!({"components": []})),
        Some("GET /api/v1/incidents") => Reply::json(200, &json!({"incidents": []})),
        _ => Reply::json(200, &json!({})),
    });
    let ran = bench.run(&["status"]);
    assert!(
        ran.out.contains("Mail: configured; it waits\n"),
        "{}",
        ran.out
    );
    let data: Value = serde_json::from_str(&bench.run(&["status", "--json"]).out).unwrap();
    assert_eq!(data["mail"], "configured; it waits");
    let silent = Bench::new(answer).run(&["status"]);
    assert!(!silent.out.contains("Mail:"), "{}", silent.out);
}
