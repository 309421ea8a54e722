//! `record` against the fake server.

use serde_json::{Value, json};

use super::bench::Bench;
use super::fake_server::Reply;

fn line(id: &str, action: &str, before: &Value, after: &Value) -> Value {
    json!({"id": id, "at": "2013-02-26T09:15:00Z", "action": action, "kind": "update",
        "actor": {"kind": "token", "id": "1", "name": "on call"}, "subject": "2",
        "label": "Selma is down\u{1b}[2J", "before": before, "after": after})
}

#[test]
fn the_activity_log_is_told_in_words_as_data_and_as_a_table() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/audit?actor=on%20call&day=2013-02-26&limit=2" => {
            let lines = [
                line(
                    "3",
                    "correct_update",
                    &json!({"markdown": "Mail is dwon.", "phase": null}),
                    &json!({"markdown": "Mail is down.\nSorry.", "phase": null}),
                ),
                line(
                    "2",
                    "withdraw_update",
                    &json!({"phase": "resolved"}),
                    &Value::Null,
                ),
            ];
            Reply::json(200, &json!({ "entries": lines }))
                .with_header("Link", "</api/v1/audit?limit=2&before=2>; rel=\"next\"")
        }
        "GET /api/v1/audit.csv?actor=on%20call&day=2013-02-26" => Reply::Answer {
            status: 200,
            headers: String::new(),
            body: "at,actor\r\n1,2\r\n".to_owned(),
        },
        "GET /api/v1/site" => Reply::json(
            200,
            &json!({"name": "x", "time_zone": "America/Denver", "url": "https://x/"}),
        ),
        other => panic!("{other}"),
    });
    let args = ["record", "--actor", "on call", "--day", "2013-02-26"];
    let run = |more: &[&str]| bench.run(&[&args[..], more].concat());
    let ran = run(&["--limit", "2"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out.lines().collect::<Vec<_>>(),
        [
            "2013-02-26 02:15 MST (09:15 UTC)  on call: correct update, Selma is down [2J",
            "    markdown: Mail is dwon. → Mail is down. Sorry.",
            "2013-02-26 02:15 MST (09:15 UTC)  on call: withdraw update, Selma is down [2J",
            "    phase: resolved → (nothing)",
        ]
    );
    assert!(ran.err.contains("--limit 8"), "{}", ran.err);
    let told: Value = serde_json::from_str(&run(&["--limit", "2", "--json"]).out).unwrap();
    assert_eq!(told["entries"][1]["action"], "withdraw_update");
    assert_eq!(run(&["--csv"]).out, "at,actor\r\n1,2\r\n");
}
