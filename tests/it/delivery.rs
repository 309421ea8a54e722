//! What subscribers are told, when, and how often.

use chrono::{DateTime, Duration, Utc};
use lightship::domain::subscriber::Following;
use lightship::store::deliveries::CLAIM;
use serde_json::{Value, json};
use sqlx::{AnyPool, AssertSqlSafe, Row as _};

use crate::support::app::TestApp;
use crate::support::mail::MailServer;

pub(crate) const DANA: &str = "dana@example.com";

/// A page with two components, a mail server, and Dana, who follows everything.
pub(crate) async fn world(server: &MailServer) -> TestApp {
    let app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_mail(&server.url)
        .start()
        .await;
    app.with_subscriber(DANA, Following::default()).await;
    app
}

/// Sends what is due after the grace period.
pub(crate) async fn later(app: &mut TestApp) {
    app.advance(Duration::seconds(31));
    app.refresh_site().await;
    app.send_outbox().await;
}

/// Posts an incident and returns its path in the API.
pub(crate) async fn post_incident(app: &mut TestApp, body: Value) -> String {
    let made = app.post("/incidents", body).await.expect(201).json();
    format!("/incidents/{}", made["slug"].as_str().expect("a slug"))
}

fn selma_is_down() -> Value {
    json!({
        "title": "Selma is down", "markdown": "We are looking into it.",
        "components": {"selma": "major_outage"},
    })
}

fn header<'a>(message: &'a Value, name: &str) -> &'a str {
    message["headers"][name].as_str().unwrap_or_default()
}

fn text(message: &Value) -> &str {
    message["text"].as_str().expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_reaches_a_subscriber_once_and_only_after_the_grace_period() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    post_incident(&mut app, selma_is_down()).await;
    app.advance(Duration::seconds(29));
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    app.advance(Duration::seconds(2));
    app.send_outbox().await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(
        (taken[0]["from"].as_str(), taken[0]["to"].as_str()),
        (Some("status@example.com"), Some(DANA))
    );
    assert!(header(&taken[0], "subject").contains("Selma"));
    assert!(text(&taken[0]).contains("We are looking into it."));
    for _ in 0..2 {
        later(&mut app).await;
        assert_eq!(server.taken(), [] as [Value; 0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_has_the_headers_that_mail_programs_look_for() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, selma_is_down()).await;
    later(&mut app).await;
    let updates = format!("{incident}/updates");
    app.post(&updates, json!({"markdown": "Mail is up."})).await;
    later(&mut app).await;
    let taken = server.taken();
    let [first, second] = taken.as_slice() else {
        panic!("{taken:?}");
    };
    let page = "https://status.example.com/subscribe/unsubscribe/";
    for message in [first, second] {
        assert_eq!(
            header(message, "from"),
            "Example status <status@example.com>"
        );
        assert_eq!(header(message, "to"), DANA);
        assert_eq!(header(message, "list-id"), "<status.example.com>");
        assert_eq!(header(message, "auto-submitted"), "auto-generated");
        assert_eq!(
            header(message, "list-unsubscribe-post"),
            "List-Unsubscribe=One-Click"
        );
        let unsubscribe = header(message, "list-unsubscribe");
        assert!(
            unsubscribe.starts_with(&format!("<{page}")),
            "{unsubscribe}"
        );
        assert!(header(message, "date").contains("26 Feb 2013"));
        assert_eq!(header(message, "feedback-id"), "");
        assert!(message["longest_line"].as_i64() <= Some(998));
        assert!(!message["html"].as_str().expect("HTML").is_empty());
    }
    // One incident is one thread.
    assert_ne!(header(first, "message-id"), header(second, "message-id"));
    assert_eq!(header(first, "references"), header(second, "references"));
    assert!(header(first, "references").ends_with("@status.example.com>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_is_the_update_as_it_stands_when_it_is_sent() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, selma_is_down()).await;
    later(&mut app).await;
    server.taken();
    let updates = format!("{incident}/updates");
    let said = app
        .post(&updates, json!({"markdown": "Mail is dwon."}))
        .await;
    let update = format!("{updates}/{}", said.json()["id"].as_str().expect("an id"));
    let mended = json!({"markdown": "Mail is down."});
    app.api("PATCH", &update, Some(mended)).await.expect(200);
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("Mail is down."));
    // A later correction tells nobody, unless staff ask for it.
    let again = json!({"markdown": "Mail is down for some."});
    app.api("PATCH", &update, Some(again)).await.expect(200);
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    let asked = json!({"markdown": "Mail is down for half of you.", "notify": true});
    app.api("PATCH", &update, Some(asked)).await.expect(200);
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("Mail is down for half of you."));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_by_then_is_not_sent() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, selma_is_down()).await;
    later(&mut app).await;
    server.taken();
    let updates = format!("{incident}/updates");
    let said = app.post(&updates, json!({"markdown": "A slip."})).await;
    let update = format!("{updates}/{}", said.json()["id"].as_str().expect("an id"));
    app.api("DELETE", &update, None).await.expect(200);
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    // Nor is anything of an incident that is withdrawn.
    app.post(&updates, json!({"markdown": "Another slip."}))
        .await;
    app.api("DELETE", &incident, None).await.expect(200);
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_what_is_posted_quietly_or_dated_back() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let mut quiet = selma_is_down();
    quiet["notify"] = json!(false);
    let incident = post_incident(&mut app, quiet).await;
    let updates = format!("{incident}/updates");
    for body in [
        json!({"markdown": "Quietly.", "notify": false}),
        json!({"markdown": "Long ago.", "at": "2013-02-26T08:10:00Z"}),
    ] {
        app.post(&updates, body).await.expect(201);
    }
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    // Less than an hour is news, and so is what staff say is.
    for (body, words) in [
        (
            json!({"markdown": "A moment ago.", "at": "2013-02-26T09:00:00Z"}),
            "A moment ago.",
        ),
        (
            json!({"markdown": "Typed then.", "at": "2013-02-26T06:00:00Z", "notify": true}),
            "Typed then.",
        ),
    ] {
        app.post(&updates, body).await.expect(201);
        later(&mut app).await;
        let taken = server.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert!(text(&taken[0]).contains(words));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_told_of_when_it_is_published() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let mut draft = selma_is_down();
    draft["draft"] = json!(true);
    let incident = post_incident(&mut app, draft).await;
    let updates = format!("{incident}/updates");
    app.post(&updates, json!({"markdown": "Not yet."})).await;
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    let published = json!({"draft": false});
    app.api("PATCH", &incident, Some(published))
        .await
        .expect(200);
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("We are looking into it."));
}

#[tokio::test(flavor = "multi_thread")]
async fn files_tell_what_is_new_and_of_today_or_yesterday() {
    let server = MailServer::start();
    let old = |title: &str, day: &str| {
        format!("---\ntitle: {title}\ndate: {day} 02:00\n---\nMail is down.\n")
    };
    let mut app = TestApp::new()
        .with_component("selma")
        .with_mail(&server.url)
        .with_file("incidents/mail.md", old("Mail", "2013-02-26"))
        .start()
        .await;
    app.with_subscriber(DANA, Following::default()).await;
    later(&mut app).await;
    // What a folder holds when it is first read is a history.
    assert_eq!(server.taken(), [] as [Value; 0]);
    // A new entry of a known file is news, if it is of today or yesterday.
    let entries = "\nUPDATE (2/26/13 - 2:15 MST): Mail is up.\n\n\
                   UPDATE (2/24/13 - 2:15 MST): Long ago.\n";
    app.write("incidents/mail.md", old("Mail", "2013-02-26") + entries);
    app.sync(&[]).await.expect("it is synced");
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("Mail is up."));
    assert!(!text(&taken[0]).contains("Long ago."));
    // So is a new file. One with an old date is not.
    app.write("incidents/web.md", old("Web", "2013-02-25"));
    app.write("incidents/dns.md", old("DNS", "2013-02-24"));
    app.sync(&[]).await.expect("it is synced");
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(header(&taken[0], "subject").contains("Web"));
    // A file that goes and comes back tells nobody twice.
    app.remove("incidents/web.md");
    app.sync(&["incidents/web.md"]).await.expect("it is synced");
    app.write("incidents/web.md", old("Web", "2013-02-25"));
    app.sync(&[]).await.expect("it is synced");
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maintenance_is_announced_reminded_of_begun_and_completed() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let plan = json!({
        "title": "New disks", "markdown": "Selma gets new disks.", "kind": "maintenance",
        "starts": "2013-02-28T05:00:00Z", "ends": "2013-02-28T06:00:00Z",
        "components": {"selma": "maintenance"},
    });
    post_incident(&mut app, plan).await;
    later(&mut app).await;
    assert_eq!(server.taken().len(), 1);
    let mut go_to = async |at: &str, words: &str| {
        let at_instant: DateTime<Utc> = at.parse().expect("an instant");
        app.advance(at_instant - app.clock.now());
        app.refresh_site().await;
        app.send_outbox().await;
        later(&mut app).await;
        let taken = server.taken();
        assert_eq!(
            taken.len(),
            usize::from(!words.is_empty()),
            "{at}: {taken:?}"
        );
        let said = taken.first().map_or("", text);
        assert!(said.contains(words), "{at}: {said}");
    };
    go_to("2013-02-27T04:00:00Z", "").await;
    go_to("2013-02-27T05:00:00Z", "New disks").await;
    go_to("2013-02-27T06:00:00Z", "").await;
    go_to("2013-02-28T04:00:00Z", "New disks").await;
    go_to("2013-02-28T05:00:00Z", "started").await;
    go_to("2013-02-28T06:00:00Z", "complete").await;
    go_to("2013-02-28T07:00:00Z", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_at_once_goes_as_one_message() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    // As the command line and the dashboard post: the text is the first update's.
    let incident = json!({
        "title": "Selma is down",
        "update": {"markdown": "The first text.", "components": {"selma": "major_outage"}},
    });
    let incident = post_incident(&mut app, incident).await;
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("The first text."));
    let updates = format!("{incident}/updates");
    for words in ["The second text.", "The third text."] {
        let body = json!({"markdown": words});
        app.post(&updates, body).await.expect(201);
        app.advance(Duration::seconds(5));
    }
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("The second text."));
    assert!(text(&taken[0]).contains("The third text."));
    // A post with a text of its own, and an update beside it.
    let both = json!({
        "title": "Nelson is slow", "markdown": "The post.", "update": {"markdown": "The update."},
    });
    post_incident(&mut app, both).await;
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert!(text(&taken[0]).contains("The post.") && text(&taken[0]).contains("The update."));
}

#[tokio::test(flavor = "multi_thread")]
async fn claiming_never_walks_through_everything_that_isnt_claimed() {
    let app = TestApp::new().start().await;
    let url = &app.config.source.database;
    let pool = AnyPool::connect(url).await.expect("it answers");
    let mut connection = pool.acquire().await.expect("a connection");
    let explain = match url.starts_with("sqlite:") {
        true => "explain query plan",
        false => {
            // An empty table is walked through otherwise.
            let off = sqlx::query("set enable_seqscan = off").execute(&mut *connection);
            off.await.expect("it is set");
            "explain"
        }
    };
    let statement = AssertSqlSafe(format!("{explain} {CLAIM}"));
    let plan = sqlx::query(statement)
        .bind("sender")
        .bind(1_i64)
        .bind(100_i64);
    let plan = plan.fetch_all(&mut *connection).await.expect("a plan");
    let column = if explain == "explain" { 0 } else { 3 };
    let plan: Vec<String> = plan.iter().map(|row| row.get(column)).collect();
    let plan = plan.join("\n");
    assert!(plan.contains("deliveries_next"), "{plan}");
    assert!(!plan.contains("deliveries_claimed"), "{plan}");
    drop(connection);
    pool.close().await;
}
