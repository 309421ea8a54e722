//! Subscribers through the API: added, listed, changed, suppressed, removed.

use lightship::store::letters::{Purpose, claim_letters};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::process::{Poster, Server, token};

async fn start() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await
}

/// The same with a mail server, to which nothing is ever sent.
async fn start_with_mail() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_mail("smtp://127.0.0.1:9")
        .start()
        .await
}

/// The letters that wait, each as its address and what it is for.
async fn letters(app: &TestApp) -> Vec<String> {
    let store = &app.app.state().store;
    let mut tx = store.begin().await.expect("a transaction");
    let letters = claim_letters(&mut tx, "test", app.clock.now(), 100).await;
    let letters = letters.expect("letters").into_iter();
    let told = letters.map(|letter| match letter.purpose {
        Purpose::Signup(_) => format!("{} signup", letter.address),
        Purpose::Welcome(_) => format!("{} welcome", letter.address),
    });
    told.collect()
}

async fn add(app: &TestApp, address: &str) -> Value {
    let body = json!({"address": address, "consent": "by telephone"});
    let reply = app.api("POST", "/subscribers", Some(body)).await;
    reply.expect(201).json()
}

fn path_of(subscriber: &Value) -> String {
    format!("/subscribers/{}", subscriber["id"].as_str().expect("an id"))
}

/// What the activity log says of subscribers, oldest first: each action with its label.
async fn log(app: &TestApp) -> Vec<String> {
    let log = app.api_get("/audit?limit=200").await.expect(200);
    assert!(!log.text().contains("dana@"), "{}", log.text());
    let log = log.json();
    let entries = log["entries"].as_array().expect("entries").iter().rev();
    let entries = entries.filter(|it| it["kind"] == "subscriber");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let told = entries.map(|it| format!("{} {}", text(&it["action"]), text(&it["label"])));
    told.collect()
}

#[tokio::test]
async fn whoever_agreed_is_subscribed_at_once_and_shown_as_stated() {
    let app = start().await;
    let body = json!({
        "address": " Dana@example.com", "consent": "asked by telephone, from dana@example.com",
        "following": {"components": ["selma"], "kinds": ["incidents"]},
    });
    let reply = app
        .api("POST", "/subscribers", Some(body))
        .await
        .expect(201);
    let made = reply.json();
    let path = path_of(&made);
    assert_eq!(reply.header("location"), format!("/api/v1{path}"));
    let wanted = json!({
        "id": made["id"], "channel": "email", "address": "Dana@example.com",
        "following": {"everything": false, "components": ["selma"], "groups": [],
            "incidents": [], "kinds": ["incidents"]},
        "created_at": "2013-02-26T09:15:00Z", "confirmed_at": "2013-02-26T09:15:00Z",
        "paused_at": null, "suppressed": null,
        "consent": "stated: asked by telephone, from dana@example.com",
    });
    assert_eq!(made, wanted);
    assert_eq!(app.api_get(&path).await.expect(200).json(), wanted);
    assert_eq!(letters(&app).await, [""; 0], "no mail can be sent");
    assert_eq!(log(&app).await, ["add_subscriber D***@example.com"]);
    // Nobody is subscribed twice, whatever the capitals.
    let again = json!({"address": "dana@EXAMPLE.com", "consent": "by letter"});
    let again = app.api("POST", "/subscribers", Some(again)).await;
    assert!(again.expect(409).text().contains("subscribed already"));
}

#[tokio::test]
async fn whoever_may_not_have_agreed_is_asked_by_mail_if_any_can_be_sent() {
    let app = start().await;
    let body = || Some(json!({"address": "dana@example.com"}));
    let reply = app.api("POST", "/subscribers", body()).await.expect(409);
    assert!(
        reply.text().contains("no mail can be sent"),
        "{}",
        reply.text()
    );
    let app = start_with_mail().await;
    let reply = app.api("POST", "/subscribers", body()).await.expect(202);
    assert_eq!(reply.json(), json!({"asked": "d***@example.com"}));
    let list = app.api_get("/subscribers").await.expect(200).json();
    assert_eq!(list, json!({"subscribers": []}));
    add(&app, "lee@example.com").await;
    let sent = ["dana@example.com signup", "lee@example.com welcome"];
    assert_eq!(letters(&app).await, sent);
    let log = log(&app).await;
    assert_eq!(
        log,
        [
            "add_subscriber d***@example.com",
            "add_subscriber l***@example.com"
        ]
    );
}

#[tokio::test]
async fn what_can_t_be_is_refused_with_its_place() {
    let app = start().await;
    let check = async |body: Value, pointer: &str| {
        let reply = app.api("POST", "/subscribers", Some(body.clone())).await;
        let reply = reply.expect(422).json();
        assert_eq!(reply["errors"][0]["pointer"], pointer, "{body}");
    };
    let with = |following: Value| json!({"address": "dana@example.com", "consent": "x", "following": following});
    check(json!({"consent": "x"}), "/address").await;
    check(json!({"address": "dana", "consent": "x"}), "/address").await;
    check(
        json!({"address": "dana@example.com", "consent": " "}),
        "/consent",
    )
    .await;
    let long = "x".repeat(301);
    check(
        json!({"address": "dana@example.com", "consent": long}),
        "/consent",
    )
    .await;
    check(with(json!({"components": ["clark"]})), "/following").await;
    check(with(json!({"incidents": ["nothing"]})), "/following").await;
    check(with(json!({"everything": false})), "/following").await;
    check(with(json!({"kinds": ["weather"]})), "/following/kinds/0").await;
    let list = app.api_get("/subscribers").await.json();
    assert_eq!(list, json!({"subscribers": []}));
}

#[tokio::test]
async fn the_list_is_searched_and_comes_in_pages() {
    let app = start().await;
    for name in ["dana", "lee", "kim", "d_n"] {
        add(&app, &format!("{name}@example.com")).await;
    }
    let names = |list: &Value| -> Vec<String> {
        let list = list["subscribers"].as_array().expect("a list").clone();
        let name = |it: &Value| {
            it["address"]
                .as_str()
                .and_then(|it| it.split('@').next().map(str::to_owned))
        };
        list.iter().filter_map(name).collect()
    };
    let first = app.api_get("/subscribers?limit=3").await.expect(200);
    assert_eq!(names(&first.json()), ["dana", "lee", "kim"]);
    let next = first.header("link").to_owned();
    let next = next.split(['<', '>']).nth(1).expect("a link");
    let next = next.strip_prefix("/api/v1").expect("in the API");
    let second = app.api_get(next).await.expect(200);
    assert_eq!(names(&second.json()), ["d_n"]);
    assert_eq!(second.header("link"), "");
    for (query, found) in [
        ("search=DAN", vec!["dana"]),
        ("search=d_n", vec!["d_n"]),
        ("search=%25", vec![]),
        ("search=%20&limit=1", vec!["dana"]),
        ("search=example.com&limit=2", vec!["dana", "lee"]),
    ] {
        let list = app.api_get(&format!("/subscribers?{query}")).await;
        assert_eq!(names(&list.expect(200).json()), found, "{query}");
    }
    let searched = app.api_get("/subscribers?search=example&limit=2").await;
    assert!(searched.header("link").contains("search=example"));
    for query in ["limit=0", "after=x", "search=%00", "before=1"] {
        let reply = app.api_get(&format!("/subscribers?{query}")).await;
        reply.expect(422);
    }
}

#[tokio::test]
async fn what_somebody_hears_is_changed_unless_it_has_changed_meanwhile() {
    let mut app = start().await;
    let incident = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", incident).await.expect(201);
    let made = add(&app, "dana@example.com").await;
    let path = path_of(&made);
    let read = app.api_get(&path).await.expect(200);
    let etag = read.header("etag").to_owned();
    let matching = [("if-match", etag.as_str())];
    let edit = async |body: Value| {
        let token = app.token.clone();
        app.api_as(&token, "PATCH", &path, &matching, Some(body))
            .await
    };
    let one = json!({"following": {"incidents": ["selma-is-down"]}, "paused": true});
    let edited = edit(one.clone()).await.expect(200).json();
    assert_eq!(edited["following"]["incidents"], json!(["selma-is-down"]));
    assert_eq!(edited["following"]["everything"], false);
    assert_eq!(edited["paused_at"], "2013-02-26T09:15:00Z");
    edit(one.clone()).await.expect(412);
    // The same again changes nothing, and leaves no line.
    app.api("PATCH", &path, Some(one)).await.expect(200);
    let resumed = app
        .api("PATCH", &path, Some(json!({"paused": false})))
        .await;
    let resumed = resumed.expect(200).json();
    assert_eq!(resumed["paused_at"], Value::Null);
    assert_eq!(resumed["following"], edited["following"]);
    assert_eq!(
        log(&app).await,
        [
            "add_subscriber d***@example.com",
            "edit_subscriber d***@example.com",
            "edit_subscriber d***@example.com"
        ]
    );
    app.api(
        "PATCH",
        "/subscribers/nobody",
        Some(json!({"paused": true})),
    )
    .await
    .expect(404);
}

#[tokio::test]
async fn a_removed_subscriber_leaves_no_address_behind() {
    let app = start().await;
    let token = app.token.clone();
    let key = [("idempotency-key", "once")];
    let body = json!({"address": "dana@example.com", "consent": "by telephone"});
    let create = async || {
        app.api_as(&token, "POST", "/subscribers", &key, Some(body.clone()))
            .await
            .expect(201)
            .json()
    };
    let made = create().await;
    let path = path_of(&made);
    let removed = app.api("DELETE", &path, None).await.expect(200).json();
    assert_eq!(removed["address"], "dana@example.com");
    app.api("DELETE", &path, None).await.expect(404);
    app.api_get(&path).await.expect(404);
    // The answer is kept for a repeated request, but not the address.
    let again = create().await;
    assert_eq!(
        (&again["id"], &again["address"]),
        (&made["id"], &json!("d***@example.com"))
    );
    assert_eq!(
        log(&app).await,
        [
            "add_subscriber d***@example.com",
            "remove_subscriber d***@example.com"
        ]
    );
}

#[tokio::test]
async fn a_suppressed_address_gets_nothing_until_it_is_allowed() {
    let app = start().await;
    let made = add(&app, "dana@example.com").await;
    let (path, mut reason) = (path_of(&made), "dana@example.com asked by telephone");
    let suppress = async |reason: &str| {
        let body = Some(json!({"reason": reason}));
        app.api("POST", &format!("{path}/suppress"), body).await
    };
    suppress(" ").await.expect(422);
    for _ in 0..2 {
        let suppressed = suppress(reason).await.expect(200).json();
        let wanted = "dana@example.com asked by telephone";
        let wanted = json!({"at": "2013-02-26T09:15:00Z", "why": wanted});
        assert_eq!(suppressed["suppressed"], wanted, "the first reason stays");
        reason = "again";
    }
    let again = json!({"address": "dana@example.com", "consent": "x"});
    let reply = app.api("POST", "/subscribers", Some(again)).await;
    assert!(reply.expect(409).text().contains("suppressed"));
    for _ in 0..2 {
        let allowed = app.api("POST", &format!("{path}/allow"), None).await;
        assert_eq!(allowed.expect(200).json()["suppressed"], Value::Null);
    }
    assert_eq!(
        log(&app).await,
        [
            "add_subscriber d***@example.com",
            "suppress_subscriber d***@example.com",
            "allow_subscriber d***@example.com"
        ]
    );
    let entry = app.api_get("/audit?limit=2").await.json()["entries"][1].clone();
    let why = json!({"why": "d***@example.com asked by telephone"});
    assert_eq!(entry["after"], why);
}

#[tokio::test]
async fn a_complaint_suppresses_at_once_and_refusals_do_so_at_the_third() {
    let app = start().await;
    for name in ["dana", "lee"] {
        add(&app, &format!("{name}@example.com")).await;
    }
    let report = async |name: &str, kind: &str| {
        let reason = "550 5.1.1\r\n<dana@example.com> unknown";
        let body =
            json!({"address": format!("{name}@Example.com"), "kind": kind, "reason": reason});
        let reply = app.api("POST", "/subscribers/bounces", Some(body)).await;
        reply.expect(200).json()["outcome"]
            .as_str()
            .expect("an outcome")
            .to_owned()
    };
    for (name, kind, outcome) in [
        ("kim", "hard", "unknown"),
        ("dana", "hard", "counted"),
        ("dana", "soft", "ignored"),
        ("dana", "hard", "counted"),
        ("dana", "hard", "suppressed"),
        ("dana", "hard", "suppressed"),
        ("lee", "complaint", "suppressed"),
    ] {
        assert_eq!(report(name, kind).await, outcome, "{name} {kind}");
    }
    let list = app.api_get("/subscribers").await.json();
    let why = |place: usize| list["subscribers"][place]["suppressed"]["why"].clone();
    assert_eq!(
        why(0),
        "mail was refused: 550 5.1.1 <dana@example.com> unknown"
    );
    let complaint = "a mail was reported as spam: 550 5.1.1 <dana@example.com> unknown";
    assert_eq!(why(1), complaint);
    assert_eq!(
        log(&app).await[2..],
        [
            "suppress_subscriber d***@example.com",
            "suppress_subscriber l***@example.com"
        ]
    );
    let odd = json!({"address": "dana@example.com", "kind": "hrad"});
    let reply = app.api("POST", "/subscribers/bounces", Some(odd)).await;
    assert!(
        reply
            .expect(422)
            .text()
            .contains("did you mean \\\"hard\\\"")
    );
}

#[tokio::test]
async fn the_program_s_logs_have_no_address_either() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    std::fs::create_dir_all(&content).expect("a folder");
    let site = "name = \"Status\"\nbase_url = \"https://status.example.com\"\n\
                time_zone = \"America/Denver\"\n";
    std::fs::write(content.join("site.toml"), site).expect("written");
    let database = format!("sqlite:{}", folder.path().join("lightship.db").display());
    let poster = Poster::new(&token(&database).await);
    let mut server = Server::start_with(&database, &content, &["--access-log", "common"], None);
    let body = json!({"address": "dana@example.com", "consent": "told dana@example.com"});
    for status in [201, 409] {
        let (found, text) = poster.send(&server.url, "/subscribers", &body);
        assert_eq!(found, status, "{text}");
    }
    let bounce = json!({"address": "dana@example.com", "kind": "complaint",
        "reason": "dana@example.com"});
    let (status, _) = poster.send(&server.url, "/subscribers/bounces", &bounce);
    assert_eq!(status, 200);
    poster.read(&server.url, "/api/v1/subscribers?search=dana@example.com");
    assert!(server.stop().success());
    let log: Vec<String> = server.log.iter().map(|line| line.to_string()).collect();
    let output: Vec<String> = server.output.iter().collect();
    let written = [log, output].concat().join("\n");
    assert!(written.contains("d***@example.com"), "{written}");
    assert!(written.contains("/api/v1/subscribers"), "{written}");
    assert!(!written.contains("dana@"), "{written}");
}
