//! Letters about a subscription itself: to confirm it, to welcome, and to say that there is one.

use chrono::Duration;
use lightship::actions::Change;
use lightship::actions::subscriptions::{confirm_subscription, subscribe};
use lightship::domain::actor::Actor;
use lightship::domain::email_address::EmailAddress;
use lightship::domain::subscriber::{Channel, Following, Suppression};
use lightship::store::subscribers::{find_subscriber_by_address, set_subscriber};
use serde_json::{Value, json};

use crate::delivery::{DANA, later, post_incident, world};
use crate::support::app::TestApp;
use crate::support::mail::MailServer;

const ANNA: &str = "anna@example.com";

async fn change(app: &TestApp) -> Change {
    let state = app.app.state();
    let begun = Change::begin(&state.store, &state.clock, Actor::host()).await;
    begun.expect("a change begins")
}

async fn ask(app: &TestApp, address: &str) {
    let mut change = change(app).await;
    let address = EmailAddress::parse(address).expect("an address");
    let asked = subscribe(&mut change, &address, Following::default()).await;
    asked.expect("it is asked");
    change.commit().await.expect("it is kept");
    app.send_outbox().await;
}

/// The secret in the link to confirm, in a message.
fn secret(message: &Value) -> String {
    let text = message["text"].as_str().expect("a text");
    let before = "https://status.example.com/subscribe/confirm/";
    let (_, after) = text.split_once(before).expect("a link to confirm");
    after
        .split_whitespace()
        .next()
        .expect("a secret")
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_before_a_subscription_is_confirmed_and_then_what_is_open() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, json!({"title": "Mail is slow"})).await;
    later(&mut app).await;
    server.taken();
    ask(&app, ANNA).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    assert_eq!(taken[0]["to"].as_str(), Some(ANNA));
    assert_eq!(taken[0]["headers"].get("list-unsubscribe"), None);
    let updates = format!("{incident}/updates");
    app.post(&updates, json!({"markdown": "Still."})).await;
    later(&mut app).await;
    let to: Vec<_> = server.taken().iter().map(|it| it["to"].clone()).collect();
    assert_eq!(to, [json!(DANA)]);
    // An update that waits as she confirms is told in the letter that welcomes her.
    app.post(&updates, json!({"markdown": "Nearly."})).await;
    let mut change = change(&app).await;
    let confirmed = confirm_subscription(&mut change, &secret(&taken[0])).await;
    assert_eq!(confirmed.expect("it is confirmed").address.as_str(), ANNA);
    change.commit().await.expect("it is kept");
    later(&mut app).await;
    let taken = server.taken();
    let of = |address: &str| {
        let found = taken.iter().filter(|it| it["to"].as_str() == Some(address));
        found.collect::<Vec<_>>()
    };
    assert_eq!((of(DANA).len(), of(ANNA).len()), (1, 1), "{taken:?}");
    let welcome = of(ANNA)[0]["text"].as_str().expect("a text");
    assert!(welcome.contains("Mail is slow"), "{welcome}");
    app.post(&updates, json!({"markdown": "Over.", "phase": "resolved"}))
        .await;
    later(&mut app).await;
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_gets_at_most_three_links_a_day() {
    let server = MailServer::start();
    let app = world(&server).await;
    for _ in 0..5 {
        ask(&app, ANNA).await;
    }
    assert_eq!(server.taken().len(), 3);
    app.advance(Duration::hours(25));
    ask(&app, ANNA).await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_never_left_does_not_count() {
    let server = MailServer::start();
    let app = world(&server).await;
    server.set_down(true);
    ask(&app, ANNA).await;
    for _ in 0..5 {
        app.advance(Duration::hours(2));
        app.send_outbox().await;
    }
    assert_eq!(server.taken(), [] as [Value; 0]);
    server.set_down(false);
    app.advance(Duration::hours(2));
    app.send_outbox().await;
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_subscribed_already_is_told_so_with_the_link_to_manage_it() {
    let server = MailServer::start();
    let app = world(&server).await;
    ask(&app, DANA).await;
    let taken = server.taken();
    assert_eq!(taken.len(), 1, "{taken:?}");
    let text = taken[0]["text"].as_str().expect("a text");
    assert!(text.contains("https://status.example.com/subscribe/manage/"));
    assert!(!text.contains("/subscribe/confirm/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_suppressed_by_staff_gets_nothing() {
    let server = MailServer::start();
    let app = world(&server).await;
    let mut tx = app.app.state().store.begin().await.expect("it begins");
    let dana = EmailAddress::parse(DANA).expect("an address");
    let found = find_subscriber_by_address(&mut tx, Channel::Email, &dana).await;
    let mut subscriber = found.expect("an answer").expect("a subscriber");
    subscriber.suppressed = Some(Suppression {
        at: app.clock.now(),
        why: "asked us on the phone".to_owned(),
    });
    set_subscriber(&mut tx, &subscriber).await.expect("written");
    tx.commit().await.expect("kept");
    ask(&app, DANA).await;
    assert_eq!(server.taken(), [] as [Value; 0]);
}
