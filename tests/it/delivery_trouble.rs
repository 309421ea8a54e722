//! Delivery when something is wrong: a mail server that is down, an address that is refused, a
//! process that is gone, a copy of the database.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::Duration;
use lightship::domain::email_address::EmailAddress;
use lightship::domain::subscriber::{Channel, Following, Subscriber};
use lightship::store::subscribers::find_subscriber_by_address;
use serde_json::{Value, json};

use crate::delivery::{DANA, later, post_incident, world};
use crate::support::app::TestApp;
use crate::support::mail::MailServer;
use crate::support::staff::Browser;

fn incident() -> Value {
    json!({"title": "Mail is slow", "markdown": "The first text."})
}

pub(crate) fn readers(taken: &[Value]) -> Vec<&str> {
    let mut readers: Vec<&str> = taken
        .iter()
        .map(|message| message["to"].as_str().expect("an address"))
        .collect();
    readers.sort_unstable();
    readers
}

async fn find(app: &TestApp, address: &str) -> Subscriber {
    let mut tx = app.app.state().store.read().await.expect("it begins");
    let address = EmailAddress::parse(address).expect("an address");
    let found = find_subscriber_by_address(&mut tx, Channel::Email, &address).await;
    found.expect("an answer").expect("a subscriber")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_piled_up_while_the_mail_server_was_down_goes_as_one_message() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    server.set_down(true);
    let path = post_incident(&mut app, incident()).await;
    later(&mut app).await;
    let updates = format!("{path}/updates");
    for number in ["second", "third"] {
        let text = format!("The {number} text.");
        app.post(&updates, json!({"markdown": text}))
            .await
            .expect(201);
        later(&mut app).await;
    }
    assert_eq!(server.taken(), [] as [Value; 0]);
    server.set_down(false);
    app.advance(Duration::hours(1));
    app.send_outbox().await;
    let taken = server.taken();
    assert_eq!(readers(&taken), [DANA]);
    let text = taken[0]["text"].as_str().expect("a text");
    for number in ["first", "second", "third"] {
        assert!(text.contains(&format!("The {number} text.")), "{text}");
    }
    app.advance(Duration::hours(1));
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_busy_is_tried_again_and_holds_up_nobody() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let busy = "busy@example.com";
    app.with_subscriber(busy, Following::default()).await;
    post_incident(&mut app, incident()).await;
    later(&mut app).await;
    assert_eq!(readers(&server.taken()), [DANA]);
    for _ in 0..3 {
        app.advance(Duration::hours(2));
        app.send_outbox().await;
        assert_eq!(server.taken(), [] as [Value; 0]);
    }
    // After a day it is given up, and the address isn't blamed.
    app.advance(Duration::hours(25));
    app.send_outbox().await;
    assert!(find(&app, busy).await.is_active());
    let mut tx = app.app.state().store.read().await.expect("it begins");
    let failed = lightship::store::deliveries::list_failed(&mut tx, 10).await;
    let failed = failed.expect("an answer");
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].address.as_str(), busy);
    assert!(failed[0].why.contains("The mailbox is busy"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_permanent_refusals_in_a_row_suppress_an_address() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let refused = "refused@example.com";
    app.with_subscriber(refused, Following::default()).await;
    let path = post_incident(&mut app, incident()).await;
    let updates = format!("{path}/updates");
    for round in 1..=4 {
        later(&mut app).await;
        assert_eq!(readers(&server.taken()), [DANA], "round {round}");
        let subscriber = find(&app, refused).await;
        assert_eq!(subscriber.suppressed.is_some(), round >= 3, "round {round}");
        let text = format!("Text {round}.");
        app.post(&updates, json!({"markdown": text}))
            .await
            .expect(201);
    }
    let why = find(&app, refused).await.suppressed.expect("a reason").why;
    assert!(
        why.starts_with("refused 3 times in a row: ") && why.contains("no such mailbox"),
        "{why}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_process_claimed_and_left_is_taken_over_as_the_same_message() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    post_incident(&mut app, incident()).await;
    app.advance(Duration::seconds(31));
    // A process spreads and claims, and is gone.
    let gone = "gone";
    let store = app.app.state().store.clone();
    app.app
        .worker()
        .expect("a thread")
        .expect("a worker")
        .spread_due()
        .await
        .expect("it is spread");
    let mut tx = store.begin_delivery().await.expect("it begins");
    let now = app.clock.now();
    let claimed = lightship::store::deliveries::claim_deliveries(&mut tx, gone, now, 100).await;
    assert_eq!(claimed.expect("claimed").len(), 1);
    lightship::store::deliveries::beat(&mut tx, gone)
        .await
        .expect("written");
    tx.commit().await.expect("kept");
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    let mut worker = app.app.worker().expect("a thread").expect("a worker");
    worker.set_gone_after(std::time::Duration::ZERO);
    worker.renew_lease().await.expect("it is seen");
    worker.renew_lease().await.expect("it is gone");
    worker.send_due().await.expect("it is sent");
    assert_eq!(readers(&server.taken()), [DANA]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_under_another_address_holds_what_waits() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    app.send_outbox().await;
    post_incident(&mut app, incident()).await;
    app.advance(Duration::seconds(31));
    // The same database, now served under another address.
    app.config.base_url = Some("https://staging.example.com".to_owned());
    app.restart().await;
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
    // If it is the real one again, it goes out.
    app.config.base_url = None;
    app.restart().await;
    app.send_outbox().await;
    assert_eq!(readers(&server.taken()), [DANA]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_with_nothing_waiting_writes_to_those_who_subscribe_there() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    app.send_outbox().await;
    app.config.base_url = Some("https://staging.example.com".to_owned());
    app.restart().await;
    app.send_outbox().await;
    post_incident(&mut app, incident()).await;
    later(&mut app).await;
    assert_eq!(readers(&server.taken()), [DANA]);
}

fn openssl(words: &[&str]) -> Vec<u8> {
    let run = Command::new("openssl").args(words).output();
    let run = run.expect("openssl runs");
    assert!(run.status.success(), "{words:?}");
    run.stdout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_signed_so_that_others_can_check_it() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let folder = tempfile::tempdir().expect("a temporary folder");
    let key = folder.path().join("key.pem");
    let name = key.to_str().expect("UTF-8");
    for (algorithm, rest) in [("rsa", None), ("ed25519", Some(12))] {
        match rest {
            None => openssl(&["genrsa", "-out", name, "2048"]),
            Some(_) => openssl(&["genpkey", "-algorithm", algorithm, "-out", name]),
        };
        let public = openssl(&["pkey", "-in", name, "-pubout", "-outform", "der"]);
        // The record has an Ed25519 key without its frame.
        let public = STANDARD.encode(&public[rest.unwrap_or(0)..]);
        server.check_signatures(&format!("v=DKIM1; k={algorithm}; p={public}"));
        app.config.dkim_key = Some(key.clone());
        app.restart().await;
        let title = format!("Mail is slow, in the world of {algorithm}: größer – 网络");
        post_incident(&mut app, json!({"title": title, "markdown": "The  text. "})).await;
        later(&mut app).await;
        let taken = server.taken();
        assert_eq!(readers(&taken), [DANA]);
        assert_eq!(taken[0]["dkim"], json!(true), "{algorithm}");
    }
    // A key that can't be used is said at once.
    std::fs::write(&key, "nothing").expect("written");
    let built = lightship::app::App::build(app.config.clone(), app.clock.clone()).await;
    let error = format!("{:#}", built.expect_err("it is refused"));
    assert!(error.contains("key.pem: there is no"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn news_that_nobody_could_send_for_over_a_day_is_none_any_more() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    post_incident(&mut app, incident()).await;
    app.advance(Duration::hours(25));
    app.refresh_site().await;
    app.send_outbox().await;
    assert_eq!(server.taken(), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_says_what_waits_and_staff_decide() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let path = post_incident(&mut app, incident()).await;
    let updates = format!("{path}/updates");
    app.post(&updates, json!({"markdown": "A slip."})).await;
    let mut browser = Browser::signed_in(&app).await;
    let page = browser.get(&app, "/staff").await;
    let text = page.text();
    assert!(text.contains("Messages to subscribers"), "{text}");
    assert!(text.contains("The first text.") && text.contains("A slip."));
    assert!(text.contains("Goes to 1\u{a0}subscriber in 0:30"), "{text}");
    // The second one isn't sent, the first one at once.
    let forms = text
        .match_indices("action=\"/staff/delivery/")
        .map(|(at, _)| {
            let rest = &text[at + "action=\"".len()..];
            let (action, rest) = rest.split_once('"').expect("an action");
            let (_, rest) = rest.split_once("name=\"key\" value=\"").expect("a key");
            let (key, _) = rest.split_once('"').expect("a key");
            (action.to_owned(), key.to_owned())
        });
    let forms: Vec<_> = forms.collect();
    assert_eq!(forms.len(), 2, "{forms:?}");
    for ((action, key), decision) in forms.iter().rev().zip(["drop", "send"]) {
        let fields = [("key", key.as_str()), ("do", decision)];
        browser.post(&app, action, &fields).await.expect(303);
    }
    app.send_outbox().await;
    let taken = server.taken();
    assert_eq!(readers(&taken), [DANA]);
    let text = taken[0]["text"].as_str().expect("a text");
    assert!(text.contains("The first text.") && !text.contains("A slip."));
    // What the mail server doesn't take is said, too.
    server.set_down(true);
    app.post(&updates, json!({"markdown": "Still."})).await;
    later(&mut app).await;
    let page = browser.get(&app, "/staff").await;
    let text = page.text();
    assert!(
        text.contains("1\u{a0}message couldn’t be sent yet."),
        "{text}"
    );
    assert!(text.contains("The system is being maintained"));
    let log = app.api_get("/audit").await.expect(200).json().to_string();
    assert!(log.contains("send_now") && log.contains("dont_send"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_claimed_as_the_database_failed_is_sent_once_it_answers() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    post_incident(&mut app, incident()).await;
    app.advance(Duration::seconds(31));
    let mut worker = app.app.worker().expect("a thread").expect("a worker");
    worker.spread_due().await.expect("it is spread");
    // What is claimed can't be read any more.
    let run = async |statement: &'static str| {
        let url = &app.config.source.database;
        let pool = sqlx::AnyPool::connect(url).await.expect("it answers");
        let done = sqlx::query(statement).execute(&pool).await;
        assert_eq!(done.expect("it is done").rows_affected(), 1);
        pool.close().await;
    };
    run("update outbox set kind = 'correction', subject = 'rumour'").await;
    worker.send_due().await.expect_err("it can't be read");
    run("update outbox set kind = 'post', subject = ''").await;
    worker.send_due().await.expect("it is sent");
    assert_eq!(readers(&server.taken()), [DANA]);
}
