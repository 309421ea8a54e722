//! `subscribers` against the fake server.

use serde_json::{Value, json};
use tempfile::TempDir;

use super::bench::Bench;
use super::fake_server::{Reply, Request};

fn subscriber(address: &str, more: &Value) -> Value {
    let mut one = json!({
        "id": "0190", "channel": "email", "address": address,
        "following": {"everything": true, "components": [], "groups": [], "incidents": [],
            "kinds": ["incidents", "maintenance"]},
        "created_at": "2013-02-26T09:15:00Z", "confirmed_at": "2013-02-26T09:15:00Z",
        "paused_at": null, "suppressed": null, "consent": "confirmed",
    });
    for (name, value) in more.as_object().expect("an object") {
        one[name] = value.clone();
    }
    one
}

fn list(subscribers: &[Value]) -> Reply {
    Reply::json(200, &json!({ "subscribers": subscribers }))
}

/// A file with this content, and the folder that it is in.
fn file(text: impl AsRef<[u8]>) -> (TempDir, String) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("list.csv");
    std::fs::write(&file, text).unwrap();
    (folder, file.to_str().unwrap().to_owned())
}

/// Takes everybody but those whose address begins with "no", as the server would.
fn take(request: &Request) -> Reply {
    assert_eq!(request.line, "POST /api/v1/subscribers/import");
    assert!(!request.header("idempotency-key").is_empty());
    let rows = request.body["subscribers"].as_array().unwrap();
    let is_odd = |row: &Value| row["address"].as_str().unwrap().starts_with("no");
    let refused = (0..).zip(rows).filter(|(_, row)| is_odd(row));
    let refused: Vec<_> = refused
        .map(|(place, _): (usize, _)| json!({"row": place, "detail": "it is suppressed: spam"}))
        .collect();
    let added = rows.len() - refused.len();
    Reply::json(
        200,
        &json!({"added": added, "present": 0, "refused": refused}),
    )
}

#[test]
fn a_list_says_what_each_follows_and_why_somebody_isn_t_told() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/subscribers?search=example&limit=3" => list(&[
            subscriber("dana@example.com", &json!({})),
            subscriber(
                "lee@example.com",
                &json!({"following": {"everything": false, "components": ["selma"],
                    "groups": ["Mail"], "incidents": [], "kinds": []},
                    "suppressed": {"at": "2013-02-26T09:15:00Z", "why": "spam\u{1b}[2J"}}),
            ),
            subscriber("kim@example.com", &json!({"confirmed_at": null})),
        ]),
        other => panic!("{other}"),
    });
    let args = ["subscribers", "list", "--search", "example", "--limit", "3"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        ran.out.lines().collect::<Vec<_>>(),
        [
            "dana@example.com  everything",
            "lee@example.com   Mail, selma  suppressed: spam [2J",
            "kim@example.com   everything  waiting for confirmation",
        ]
    );
    assert!(ran.err.contains("--limit 12"), "{}", ran.err);
    let told: Value =
        serde_json::from_str(&bench.run(&[&args[..], &["--json"]].concat()).out).unwrap();
    assert_eq!(told["subscribers"][2]["address"], "kim@example.com");
}

#[test]
fn one_is_added_or_asked() {
    let bench = Bench::new(|request| match request.body["consent"].is_null() {
        true => Reply::json(202, &json!({"asked": "d***@example.com"})),
        false => Reply::json(201, &subscriber("dana@example.com", &json!({}))),
    });
    let ran = bench.run(&["subscribers", "add", "dana@example.com"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Asked to confirm, by mail: dana@example.com\n")
    );
    let ran = bench.run(&[
        "subscribers",
        "add",
        "dana@example.com",
        "--consent",
        "by telephone",
        "--component",
        "Selma",
        "--group",
        "Mail",
    ]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Added: dana@example.com\n")
    );
    let sent = bench.posts();
    assert_eq!(sent[1].line, "POST /api/v1/subscribers");
    let following = json!({"components": ["selma"], "groups": ["Mail"]});
    let wanted =
        json!({"address": "dana@example.com", "following": following, "consent": "by telephone"});
    assert_eq!(sent[1].body, wanted);
    assert_eq!(sent[0].body["following"], json!({}));
}

#[test]
fn an_import_goes_in_parts_and_names_the_lines_that_were_refused() {
    let bench = Bench::new(take);
    let mut text = "\u{feff}name;e-mail;components\r\n".to_owned();
    for number in 0..1_198 {
        text.push_str(&format!("x;a{number}@example.com;\r\n"));
    }
    text.push_str("x;a7@EXAMPLE.com;\r\nx;nobody@example.com;\r\nx;dana;\r\n");
    let (_folder, file) = file(&text);
    let args = ["subscribers", "import", &file, "--consent", "by contract"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.out, "1,198 added, 1 already there, 2 refused\n");
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.err);
    assert_eq!(
        lines[0],
        "  line 1201: nobody@example.com: it is suppressed: spam"
    );
    assert!(
        lines[1].starts_with("  line 1202: dana: an e-mail address has"),
        "{}",
        lines[1]
    );
    let sizes: Vec<_> = bench
        .posts()
        .iter()
        .map(|it| it.body["subscribers"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [500, 500, 199]);
    let first = bench.posts().remove(0);
    assert_eq!(first.body["consent"], "by contract");
    assert_eq!(
        first.body["subscribers"][0],
        json!({"address": "a0@example.com"})
    );
    let told: Value =
        serde_json::from_str(&bench.run(&[&args[..], &["--json"]].concat()).out).unwrap();
    assert_eq!(told["added"], 1_198);
    assert_eq!(told["refused"][0]["line"], 1_201);
}

#[test]
fn progress_is_shown_only_to_a_person() {
    let bench = Bench::new(take);
    let text: String = (0..600).map(|n| format!("a{n}@example.com\n")).collect();
    let (_folder, file) = file(text);
    let args = ["subscribers", "import", &file, "--consent", "by contract"];
    let ran = bench.run_at_a_terminal(&args, "");
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "600 added, 0 already there, 0 refused\n")
    );
    assert!(
        ran.err.contains("\rImporting 0 of 600  [-----"),
        "{:?}",
        ran.err
    );
    assert!(
        ran.err.contains("\rImporting 500 of 600  [####"),
        "{:?}",
        ran.err
    );
    assert!(ran.err.ends_with(" \r"), "{:?}", ran.err);
    let ran = bench.run(&args);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn a_dry_run_is_told_to_the_server_and_a_failure_says_how_far_it_was() {
    let bench = Bench::new(|request| match request.posts_before {
        0 | 1 => take(request),
        _ => Reply::json(503, &json!({"title": "Service unavailable", "status": 503})),
    });
    let (_folder, one) = file("dana@example.com\n");
    let ran = bench.run(&["subscribers", "import", &one, "--consent", "x", "--dry-run"]);
    let told = "It would be: 1 added, 0 already there, 0 refused\n";
    assert_eq!((ran.code, ran.out.as_str()), (0, told));
    assert_eq!(bench.posts()[0].body["dry_run"], true);
    let text: String = (0..1_001).map(|n| format!("a{n}@example.com\n")).collect();
    let (_other, many) = file(text);
    let ran = bench.run(&["subscribers", "import", &many, "--consent", "x"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("500 of 1,001 lines were imported"),
        "{}",
        ran.err
    );
    assert!(ran.err.contains("Service unavailable"), "{}", ran.err);
    assert_eq!(bench.posts()[1].body["dry_run"], Value::Null);
}

#[test]
fn a_file_that_is_no_table_is_refused_before_anything_is_sent() {
    let bench = Bench::new(|_| Reply::HangUp);
    let cases: [(&[u8], &str); 3] = [
        (b"name,phone\nDana,1\n", "one of them \"email\""),
        (b"email\nd\xe4na@example.com\n", "isn't UTF-8"),
        (b"", "there is nothing in it"),
    ];
    for (text, why) in cases {
        let (_folder, file) = file(text);
        let ran = bench.run(&["subscribers", "import", &file, "--consent", "x"]);
        assert_eq!(ran.code, 1);
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let ran = bench.run(&["subscribers", "import", "no-such-file", "--consent", "x"]);
    assert_eq!(ran.code, 1);
    assert!(bench.requests().is_empty());
}

#[test]
fn one_is_found_by_the_whole_address() {
    let bench = Bench::new(|request| match (request.method(), request.line.as_str()) {
        ("GET", "GET /api/v1/subscribers?search=dana%40example.com&limit=100") => list(&[
            subscriber("bigdana@example.com", &json!({"id": "wrong"})),
            subscriber("Dana@example.com", &json!({})),
        ]),
        ("GET", _) => list(&[]),
        _ => Reply::json(200, &subscriber("Dana@example.com", &json!({}))),
    });
    let ran = bench.run(&[
        "subscribers",
        "suppress",
        "dana@example.com",
        "--reason",
        "asked",
    ]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Suppressed: Dana@example.com\n")
    );
    let ran = bench.run(&["subscribers", "allow", "DANA@example.com"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Allowed: Dana@example.com\n")
    );
    let remove = ["subscribers", "remove", "dana@example.com"];
    let ran = bench.run_at_a_terminal(&remove, "n\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("kept"), "{}", ran.err);
    let ran = bench.run(&remove);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "Removed: Dana@example.com\n")
    );
    let changes: Vec<_> = bench
        .requests()
        .into_iter()
        .filter(|it| it.method() != "GET")
        .map(|it| it.line)
        .collect();
    assert_eq!(
        changes,
        [
            "POST /api/v1/subscribers/0190/suppress",
            "POST /api/v1/subscribers/0190/allow",
            "DELETE /api/v1/subscribers/0190"
        ]
    );
    let ran = bench.run(&["subscribers", "remove", "kim@example.com"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("nobody is subscribed as kim@example.com"),
        "{}",
        ran.err
    );
    assert_eq!(bench.run(&["subscribers", "remove", "kim"]).code, 2);
}

#[test]
fn an_export_is_saved_where_only_its_owner_reads_it() {
    let bench = Bench::new(|request| {
        assert_eq!(request.line, "GET /api/v1/subscribers/export");
        Reply::text(200, "email\r\ndana@example.com\r\n")
    });
    let ran = bench.run(&["subscribers", "export"]);
    assert_eq!(
        (ran.code, ran.out.as_str()),
        (0, "email\r\ndana@example.com\r\n")
    );
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("out.csv");
    let ran = bench.run(&["subscribers", "export", file.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let saved = std::fs::read_to_string(&file).unwrap();
    assert_eq!(saved, "email\r\ndana@example.com\r\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
