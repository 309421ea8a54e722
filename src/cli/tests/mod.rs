//! The commands, run against a fake server.

mod activity_log;
mod again;
mod answers;
mod asked;
mod bench;
mod channels;
mod check;
mod correct;
mod fake_server;
mod maintenance;
mod scopes;
mod subscribers;
mod template;

use serde_json::{Value, json};

use bench::Bench;
use fake_server::Reply;

fn incident(slug: &str, phase: &str) -> Value {
    answers::incident(&json!({
        "slug": slug, "title": format!("About {slug}"), "phase": phase,
        "url": format!("https://status.example.com/incidents/{slug}"),
    }))
}

fn open(slugs: &[&str]) -> Reply {
    let list: Vec<_> = slugs.iter().map(|it| incident(it, "identified")).collect();
    Reply::json(200, &json!({"incidents": list}))
}

fn posted(phase: Option<&str>, restored: &[&str]) -> Reply {
    let components = json!({"selma": "migrating"});
    let fields = json!({"phase": phase, "restored": restored, "components": components});
    Reply::json(201, &answers::update(&fields))
}

#[test]
fn an_update_goes_to_the_one_open_incident() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/incidents?limit=100" => open(&["selma-down"]),
        "POST /api/v1/incidents/selma-down/updates" => posted(Some("monitoring"), &[]),
        other => panic!("{other}"),
    });
    let ran = bench.run(&[
        "update",
        "Mail is up.",
        "--phase",
        "Monitoring",
        "--set",
        "selma=migrating",
    ]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("selma-down (monitoring)"), "{}", ran.out);
    assert!(ran.out.contains("#update-0190"), "{}", ran.out);
    let sent = bench.posts().remove(0);
    assert_eq!(
        sent.body,
        json!({"phase": "monitoring", "components": {"selma": "migrating"}, "markdown": "Mail is up.", "again": false})
    );
    assert_eq!(sent.header("authorization"), "Bearer lsp_test");
    assert!(sent.header("user-agent").starts_with("lightship/"));
    assert!(!sent.header("idempotency-key").is_empty());
    assert!(bench.unsent().is_empty());
}

#[test]
fn resolving_says_what_came_back() {
    let bench = Bench::new(|request| match request.method() {
        "GET" => open(&["selma-down"]),
        _ => posted(Some("resolved"), &["selma", "nelson"]),
    });
    let ran = bench.run(&["resolve", "-m", "The copy is complete."]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("selma, nelson"), "{}", ran.out);
    assert_eq!(
        bench.posts()[0].body,
        json!({"phase": "resolved", "markdown": "The copy is complete.", "again": false})
    );
    bench.run(&["resolve", "", "--no-restore"]);
    assert_eq!(bench.posts()[1].body["restore"], json!(false));
}

#[test]
fn a_refusal_names_each_mistake_and_keeps_no_file() {
    let bench = Bench::new(|_| {
        Reply::json(
            422,
            &json!({
                "type": "about:blank", "title": "Unprocessable content", "status": 422,
                "detail": "Two fields are wrong.",
                "errors": [
                    {"pointer": "/components/selma", "detail": "did you mean \"migrating\"?"},
                    {"pointer": "/title", "detail": "can't be blank"},
                ],
            }),
        )
    });
    let args = ["incident", "x", "-m", "x", "--set", "selma=migratng"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, 1);
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(
        lines,
        [
            "error: Two fields are wrong.",
            "  components selma: did you mean \"migrating\"?",
            "  title: can't be blank",
        ]
    );
    assert!(bench.unsent().is_empty());
    let ran = bench.run(&[&args[..], &["--json"]].concat());
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(told["error"]["errors"][1]["pointer"], "/title");
}

#[test]
fn a_text_from_a_pipe_outlives_a_refusal() {
    let problem = json!({"title": "Unprocessable content", "status": 422});
    let bench = Bench::new(move |_| Reply::json(422, &problem));
    let ran = bench.run_with_input(&["incident", "x", "-"], "Typed for an hour.\n");
    assert_eq!(ran.code, 1);
    let kept = bench.unsent();
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(ran.err.contains(kept[0].to_str().unwrap()), "{}", ran.err);
    assert_eq!(
        std::fs::read_to_string(&kept[0]).unwrap(),
        "Typed for an hour."
    );
}

#[test]
fn what_could_not_be_sent_is_sent_again_with_the_same_key() {
    let bench = Bench::new(|request| match (request.method(), request.posts_before) {
        ("GET", _) => open(&["selma-down"]),
        (_, 0) => Reply::HangUp,
        (_, 1) => Reply::json(503, &json!({"title": "Service unavailable", "status": 503})),
        _ => posted(Some("monitoring"), &[]),
    });
    let ran = bench.run(&["update", "Mail is up."]);
    assert_eq!(ran.code, 1);
    let kept = bench.unsent().remove(0);
    let advice = format!("lightship resend {}", kept.display());
    assert!(ran.err.contains(&advice), "{}", ran.err);
    let file = std::fs::read_to_string(&kept).unwrap();
    assert!(file.contains("Mail is up.") && !file.contains("lsp_test"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&kept).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let ran = bench.run(&["resend", kept.to_str().unwrap()]);
    assert_eq!(ran.code, 1, "a 503 isn't an answer for good");
    assert_eq!(bench.unsent(), std::slice::from_ref(&kept));

    let ran = bench.run(&["resend"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(bench.unsent().is_empty());
    let ran = bench.run(&["resend", kept.to_str().unwrap()]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("it was already sent"), "{}", ran.err);
    let posts = bench.posts();
    assert_eq!(posts.len(), 3);
    for again in &posts[1..] {
        let key = "idempotency-key";
        assert_eq!(again.header(key), posts[0].header(key));
        assert_eq!(again.line, posts[0].line);
        assert_eq!(again.body.to_string(), posts[0].body.to_string());
    }
    assert_eq!(bench.run(&["resend"]).code, 0, "nothing is left to send");
}

#[test]
fn what_was_typed_is_kept_even_before_its_incident_is_known() {
    let bench = Bench::new(|request| match (request.method(), request.number) {
        (_, 0) => Reply::HangUp,
        ("GET", _) => open(&["selma-down", "nelson-slow"]),
        _ => posted(Some("resolved"), &[]),
    });
    assert_eq!(bench.run(&["resolve", "Done."]).code, 1);
    assert_eq!(bench.unsent().len(), 1);
    let ran = bench.run(&["resend"]);
    assert_eq!(ran.code, 2, "two could be meant: {}", ran.err);
    assert_eq!(bench.unsent().len(), 1);
    let ran = bench.run(&["resend", "--incident", "nelson"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent = bench.posts().remove(0);
    assert!(sent.line.contains("nelson-slow"), "{}", sent.line);
    let wanted = json!({"markdown": "Done.", "phase": "resolved", "again": false});
    assert_eq!(sent.body, wanted);
    assert!(bench.unsent().is_empty());
}

#[test]
fn another_token_or_a_forgotten_key_is_not_risked() {
    let bench = Bench::new(|_| Reply::HangUp);
    bench.run(&["state", "Selma", "degraded"]);
    let file = bench.unsent().remove(0);
    let with_other_token = bench.run_as("lsp_other", &["resend"]);
    assert_eq!(with_other_token.code, 1);
    assert!(with_other_token.err.contains("another token"));
    let old = std::fs::read_to_string(&file).unwrap();
    let day = chrono::DateTime::from_timestamp(1_361_870_100, 0).unwrap();
    let old = bench::with_typed_at(&old, day);
    std::fs::write(&file, old).unwrap();
    let ran = bench.run(&["resend"]);
    assert!(ran.err.contains("seven days"), "{}", ran.err);
    assert_eq!(bench.posts().len(), 1, "it was sent only the first time");
    assert_eq!(bench.unsent().len(), 1);
}

#[test]
fn several_open_incidents_are_listed_or_asked_about() {
    let bench = Bench::new(|request| match request.method() {
        "GET" => open(&["selma-down", "nelson-slow"]),
        _ => posted(None, &[]),
    });
    let ran = bench.run(&["update", "x"]);
    assert_eq!(ran.code, 2);
    for word in ["--incident selma-down", "--incident nelson-slow"] {
        assert!(ran.err.contains(word), "{}", ran.err);
    }
    assert!(bench.posts().is_empty() && bench.unsent().is_empty());

    assert_eq!(bench.run(&["update", "x", "--incident", "NELS"]).code, 0);
    assert!(bench.posts()[0].line.contains("nelson-slow"));
    let ran = bench.run_at_a_terminal(&["update", "x"], "1\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(bench.posts()[1].line.contains("selma-down"));
    assert_eq!(bench.run_at_a_terminal(&["update", "x"], "3\n").code, 2);
    assert_eq!(bench.posts().len(), 2);
}

#[test]
fn every_page_of_the_list_is_read() {
    let bench = Bench::new(|request| match request.line.as_str() {
        "GET /api/v1/incidents?limit=100" => open(&["selma-down"]).with_header(
            "Link",
            "</api/v1/incidents?limit=100&before=b>; rel=\"next\"",
        ),
        "GET /api/v1/incidents?limit=100&before=b" => open(&["forgotten"]),
        other => panic!("{other}"),
    });
    let ran = bench.run(&["update", "x"]);
    assert!(ran.err.contains("--incident forgotten"), "{}", ran.err);
}

#[test]
fn an_editor_gives_the_text_and_an_empty_one_sends_nothing() {
    let bench = Bench::new(|request| match (request.method(), request.posts_before) {
        ("GET", _) => open(&["selma-down"]),
        (_, 0) => posted(None, &[]),
        _ => Reply::HangUp,
    });
    let edit = |script: &str| {
        let args = ["update", "--env-visual", "", "--env-editor", script];
        bench.run_at_a_terminal(&args, "")
    };
    let ran = edit("true");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("the text is empty"), "{}", ran.err);
    assert!(bench.posts().is_empty());
    let ran = edit("sed -i '1s/^/Mail \"is\" up./'");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(
        bench.posts()[0].body,
        json!({"markdown": "Mail \"is\" up.", "again": false})
    );
    assert!(bench.unsent().is_empty());
    assert_eq!(edit("sed -i '1s/^/Typed./'").code, 1);
    let kept = std::fs::read_to_string(&bench.unsent()[0]).unwrap();
    assert!(kept.contains("Typed."), "{kept}");
}

#[test]
fn colours_are_for_terminals_and_not_for_those_who_mind() {
    let bench = Bench::new(|request| match request.line.split('?').next() {
        Some("GET /api/v1/components") => Reply::json(
            200,
            &json!({"components": [
                answers::component(&json!({"group": "Servers", "state": "major_outage", "note": "Hot."})),
                answers::component(&json!({"name": "Nelson the Second", "group": "Servers", "state": "own"})),
                answers::component(&json!({"name": "Old", "retired_at": "2013-02-26T09:15:00Z"})),
            ]}),
        ),
        _ => open(&["selma-down"]),
    });
    let plain = bench.run(&["status"]);
    assert_eq!(plain.code, 0, "{}", plain.err);
    assert_eq!(
        plain.out.lines().take(3).collect::<Vec<_>>(),
        [
            "Servers",
            "  Selma              Major outage  Hot.",
            "  Nelson the Second  own",
        ]
    );
    assert!(plain.out.contains("About selma-down"), "{}", plain.out);
    assert!(!plain.out.contains("Old"), "{}", plain.out);
    assert!(bench.run_in_colour(&["status"]).out.contains("\u{1b}["));
    let minded = bench.run_in_colour(&["status", "--env-no-color", "1"]);
    assert_eq!(minded.out, plain.out);
    let data: Value = serde_json::from_str(&bench.run(&["status", "--json"]).out).unwrap();
    assert_eq!(
        data["components"][0],
        json!({"slug": "selma", "name": "Selma", "group": "Servers", "state": "major_outage",
            "note": "Hot.", "state_since": null, "retired_at": null})
    );
    assert_eq!(
        data["incidents"][0],
        json!({"slug": "selma-down", "title": "About selma-down", "kind": "disruption",
            "phase": "identified", "published_at": "2013-02-26T08:30:00Z", "draft": false,
            "url": "https://status.example.com/incidents/selma-down", "starts": null, "ends": null})
    );
}

#[test]
fn a_login_is_checked_kept_and_shown_to_its_server_only() {
    let bench = Bench::new(|request| match request.line.split('?').next() {
        Some("GET /api/v1/audit") if request.header("authorization") == "Bearer lsp_mine" => {
            Reply::json(403, &json!({"title": "Forbidden", "status": 403}))
        }
        Some("GET /api/v1/audit") => Reply::json(
            401,
            &json!({"title": "Unauthorized", "status": 401, "detail": "unknown token"}),
        ),
        _ => Reply::json(200, &answers::component(&json!({"state": "degraded"}))),
    });
    let login = |token: &str| bench.run_bare(&["login", "--url", &bench.url()], token);
    let ran = login("lsp_wrong\n");
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("unknown token"), "{}", ran.err);
    let state = ["state", "selma", "degraded"];
    assert_eq!(
        bench.run_bare(&state, "").code,
        2,
        "nobody is signed in yet"
    );
    assert_eq!(login("lsp_mine\n").code, 0);
    let ran = bench.run_bare(&state, "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    let sent = bench.posts().remove(0);
    assert_eq!(sent.line, "POST /api/v1/components/selma/state");
    assert_eq!(sent.header("authorization"), "Bearer lsp_mine");
    let elsewhere = ["state", "selma", "degraded", "--url", "http://localhost:1"];
    assert_eq!(bench.run_bare(&elsewhere, "").code, 2);
}

#[test]
fn a_redirect_is_not_followed() {
    let bench = Bench::new(|_| {
        Reply::json(301, &json!({})).with_header("Location", "https://other.example.com/")
    });
    let ran = bench.run(&["state", "selma", "degraded"]);
    assert_eq!(ran.code, 1);
    assert!(
        ran.err.contains("https://other.example.com/"),
        "{}",
        ran.err
    );
    assert_eq!(bench.unsent().len(), 1);
}

#[test]
fn health_is_an_exit_code() {
    let well = Bench::new(|request| match request.line.as_str() {
        "GET /healthz" => Reply::json(200, &json!("ok")),
        other => panic!("{other}"),
    });
    let ill = Bench::new(|_| Reply::json(503, &json!("no")));
    let listen = well.url().replace("http://", "");
    let ran = well.run_bare(&["healthcheck", "--listen", &listen], "");
    assert_eq!((ran.code, ran.out.as_str()), (0, "alive\n"));
    let ran = ill.run_bare(&["healthcheck", "--url", &ill.url()], "");
    assert_eq!(ran.code, 1);
}

#[test]
fn completions_know_the_commands() {
    let bench = Bench::new(|_| Reply::HangUp);
    for shell in ["bash", "zsh", "fish"] {
        let ran = bench.run_bare(&["completions", shell], "");
        assert!(ran.out.contains("resolve"), "{shell}");
        assert!(!ran.out.contains("env-home"), "{shell}: only for ourselves");
    }
}
