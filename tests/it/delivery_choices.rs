//! What staff choose about messages to subscribers: a quiet draft, and what becomes of what waits
//! in a restored database.

use std::process::Command;

use chrono::Duration;
use lightship::domain::subscriber::Following;
use serde_json::{Value, json};

use crate::delivery::{DANA, later, post_incident, world};
use crate::delivery_trouble::readers;
use crate::support::app::TestApp;
use crate::support::mail::MailServer;
use crate::support::staff::{Browser, post_again};

fn incident() -> Value {
    json!({"title": "Selma is down", "markdown": "The first text."})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_published_with_or_without_telling_subscribers() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let mut browser = Browser::signed_in(&app).await;
    for (title, sends) in [("One", false), ("Two", true)] {
        let body = json!({"title": title, "markdown": "Some text.", "draft": true});
        let made = app.post("/incidents", body).await.expect(201).json();
        let slug = made["slug"].as_str().expect("a slug");
        let page = format!("/staff/incidents/{slug}");
        let shown = browser.get(&app, &page).await.expect(200);
        assert!(
            shown.text().contains("Tell subscribers"),
            "{}",
            shown.text()
        );
        let mut fields = vec![("key", title), ("notify.asked", "post")];
        fields.extend(sends.then_some(("notify", "yes")));
        let publish = format!("{page}/publish");
        browser.post(&app, &publish, &fields).await.expect(303);
    }
    later(&mut app).await;
    let taken = server.taken();
    assert_eq!(readers(&taken), [DANA]);
    assert_eq!(taken[0]["headers"]["subject"], "Two: Some text");
}

/// Each form that posts something: where it is, what is filled in, and what nobody or everybody is
/// told of.
const FORMS: &[(&str, &[(&str, &str)])] = &[
    (
        "/staff/new-incident",
        &[("title", "Nelson is slow"), ("markdown", "We look.")],
    ),
    (
        "/staff/incidents/selma-is-down/update",
        &[("markdown", "Mail is up again.")],
    ),
    (
        "/staff/components/nelson/state",
        &[("state", "degraded"), ("note", "Slow.")],
    ),
    (
        "/staff/new-maintenance",
        &[
            ("title", "New disks"),
            ("state.selma", "maintenance"),
            ("starts", "2013-03-02T22:00"),
            ("ends", "2013-03-03T00:00"),
        ],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_of_each_form_says_whether_subscribers_are_told() {
    for (form, fields) in FORMS {
        for is_on in [true, false] {
            let server = MailServer::start();
            let mut app = world(&server).await;
            let mut quiet = incident();
            quiet["notify"] = json!(false);
            app.post("/incidents", quiet).await.expect(201);
            let everything = Following {
                changes: true,
                ..Following::default()
            };
            app.with_subscriber("kim@example.com", everything).await;
            let mut browser = Browser::signed_in(&app).await;
            // It is on unless somebody switches it off.
            let switched_off = [("notify", "-")];
            let off: &[_] = if is_on { &[] } else { &switched_off };
            let sent = [fields, off].concat();
            let reply = browser.fill(&app, form, &sent).await;
            assert_eq!(reply.status, 303, "{form}: {}", reply.text());
            later(&mut app).await;
            assert_eq!(!server.taken().is_empty(), is_on, "{form}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_switch_is_kept_by_a_preview_and_off_for_a_correction() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let mut quiet = incident();
    quiet["notify"] = json!(false);
    app.post("/incidents", quiet).await.expect(201);
    let mut browser = Browser::signed_in(&app).await;
    let form = "/staff/incidents/selma-is-down/update";
    let sent = [("markdown", "Mail is up again."), ("notify", "-")];
    let shown = browser.preview(&app, form, &sent).await.expect(200);
    let posted = post_again(&mut browser, &app, form, &shown, &[]).await;
    posted.expect(303);
    let form = "/staff/incidents/selma-is-down/correct";
    let sent = [("title", "Selma was down")];
    browser.fill(&app, form, &sent).await.expect(303);
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    let sent = [("title", "Selma was down for an hour"), ("notify", "yes")];
    browser.fill(&app, form, &sent).await.expect(303);
    later(&mut app).await;
    assert_eq!(readers(&server.taken()), [DANA]);
}

/// Runs `lightship delivery hold`, as after a restore.
fn hold(app: &TestApp) {
    let held = Command::new(env!("CARGO_BIN_EXE_lightship"))
        .args(["delivery", "hold", "--database"])
        .arg(&app.config.source.database)
        .output()
        .expect("it runs");
    assert!(
        held.status.success(),
        "{}",
        String::from_utf8_lossy(&held.stderr)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_database_holds_what_waits_and_what_comes_until_staff_decide() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    app.send_outbox().await;
    hold(&app);
    app.restart().await;
    let mut browser = Browser::signed_in(&app).await;
    let page = browser.get(&app, "/staff").await;
    assert!(page.text().contains("Send from now on"), "{}", page.text());
    let path = post_incident(&mut app, incident()).await;
    later(&mut app).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    let page = browser.get(&app, "/staff").await;
    assert!(
        page.text().contains("restored from a backup"),
        "{}",
        page.text()
    );
    assert!(
        page.text().contains("1\u{a0}message held."),
        "{}",
        page.text()
    );
    let decide = [("key", "a"), ("do", "drop")];
    browser
        .post(&app, "/staff/delivery/held", &decide)
        .await
        .expect(303);
    app.advance(Duration::seconds(31));
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    // From then on it is a database like any other.
    let update = json!({"markdown": "Still."});
    app.post(&format!("{path}/updates"), update)
        .await
        .expect(201);
    later(&mut app).await;
    assert_eq!(readers(&server.taken()), [DANA]);
    let log = app.api_get("/audit").await.expect(200).json().to_string();
    assert!(
        log.contains("\"hold\"") && log.contains("drop_held"),
        "{log}"
    );
}

#[test]
fn holding_makes_no_database_where_there_is_none() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("wrong.db");
    let held = Command::new(env!("CARGO_BIN_EXE_lightship"))
        .args(["delivery", "hold", "--database"])
        .arg(format!("sqlite:{}", file.display()))
        .output()
        .expect("it runs");
    assert_eq!(held.status.code(), Some(1));
    let said = String::from_utf8_lossy(&held.stderr).into_owned();
    assert!(
        said.contains("wrong.db") && said.contains("--database"),
        "{said}"
    );
    assert!(!file.exists());
}
