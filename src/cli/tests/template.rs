//! Incidents that start from a template.

use serde_json::{Value, json};

use super::answers;
use super::bench::Bench;
use super::fake_server::Reply;

fn templates() -> Value {
    json!({"templates": [{
        "name": "server-down", "title": "Selma is down", "kind": "disruption", "impact": null,
        "phase": "investigating", "components": {"selma": "major_outage"},
        "markdown": "Selma stopped answering at 2:15 MST.",
    }]})
}

fn bench() -> Bench {
    Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/templates?component=selma" | "GET /api/v1/templates" => {
            Reply::json(200, &templates())
        }
        "GET /api/v1/incidents?limit=100" => Reply::json(200, &json!({"incidents": []})),
        "POST /api/v1/incidents" => Reply::json(
            201,
            &answers::incident(&json!({"slug": "selma-is-down", "phase": "investigating"})),
        ),
        other => panic!("{other}"),
    })
}

#[test]
fn a_template_brings_title_text_and_states_and_what_is_said_replaces_them() {
    let bench = bench();
    let whole = [
        "incident",
        "--template",
        "server-down",
        "--component",
        "Selma",
    ];
    let ran = bench.run(&whole);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let said = [
        &whole[..],
        &[
            "Selma is slow",
            "-m",
            "The disk is full.",
            "--set",
            "selma=degraded",
            "--phase",
            "identified",
        ],
    ];
    let ran = bench.run(&said.concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let sent: Vec<_> = bench.posts().into_iter().map(|sent| sent.body).collect();
    assert_eq!(
        sent,
        [
            json!({"title": "Selma is down", "kind": "disruption", "again": false,
                "update": {"phase": "investigating", "components": {"selma": "major_outage"},
                    "markdown": "Selma stopped answering at 2:15 MST."}}),
            json!({"title": "Selma is slow", "kind": "disruption", "again": false,
                "update": {"phase": "identified", "components": {"selma": "degraded"},
                    "markdown": "The disk is full."}}),
        ]
    );
}

#[test]
fn a_template_that_is_not_there_is_told_with_the_nearest() {
    let ran = bench().run(&["incident", "--template", "server-dwn"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("did you mean \"server-down\"?"),
        "{}",
        ran.err
    );
}

#[test]
fn a_template_that_speaks_of_a_component_is_not_posted_without_one() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/templates" => {
            let text = templates().to_string().replace("Selma", "{{component}}");
            Reply::json(200, &serde_json::from_str(&text).unwrap())
        }
        other => panic!("{other}"),
    });
    let ran = bench.run(&["incident", "--template", "server-down"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--component SLUG"), "{}", ran.err);
    let ran = bench.run(&["incident", "Mail is down", "--component", "mail", "-m", "x"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("--set mail=STATE"), "{}", ran.err);
}
