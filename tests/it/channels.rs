//! Webhooks: what they are told, when, signed how, and how staff manage them.

use chrono::Duration;
use lightship::actions::Change;
use lightship::actions::decide_delivery::{hold, release_held};
use lightship::domain::actor::Actor;
use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};
use crate::support::receiver::Receiver;

/// A page with two components.
pub(crate) async fn world() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await
}

/// Adds a webhook and returns it, with its secret.
pub(crate) async fn add_hook(app: &mut TestApp, url: &str, more: Value) -> Value {
    let mut body = json!({"kind": "webhook", "name": "Pager", "url": url});
    for (key, value) in more.as_object().expect("an object") {
        body[key] = value.clone();
    }
    app.post("/channels", body).await.expect(201).json()
}

/// Sends what is due after the grace period.
pub(crate) async fn later(app: &mut TestApp) {
    app.advance(Duration::seconds(31));
    app.refresh_site().await;
    app.send_to_channels().await;
}

/// Sends what is due now.
pub(crate) async fn now(app: &mut TestApp) {
    app.refresh_site().await;
    app.send_to_channels().await;
}

/// Posts that Selma is down, and returns the incident's path in the API.
pub(crate) async fn post(app: &mut TestApp) -> String {
    let body = json!({
        "title": "Selma is down", "markdown": "We are looking into it.",
        "components": {"selma": "major_outage"},
    });
    let made = app.post("/incidents", body).await.expect(201).json();
    format!("/incidents/{}", made["slug"].as_str().expect("a slug"))
}

pub(crate) async fn edit(app: &mut TestApp, path: &str, body: Value) -> Reply {
    app.api("PATCH", path, Some(body)).await
}

async fn remove(app: &mut TestApp, path: &str) -> Reply {
    app.api("DELETE", path, None).await
}

async fn change_of(app: &TestApp) -> Change {
    let store = &app.app.state().store;
    let begun = Change::begin(store, &app.clock, Actor::host()).await;
    begun.expect("a change begins")
}

pub(crate) async fn deliveries(app: &TestApp, hook: &Value) -> Vec<Value> {
    let path = format!("/channels/{}/deliveries", hook["id"].as_str().expect("id"));
    let list = app.api_get(&path).await.json();
    list["deliveries"].as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_news_is_a_message_of_its_own_in_order_and_after_the_grace_period() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let url = format!("{}/hook?x=1", receiver.url);
    add_hook(&mut app, &url, json!({})).await;
    let path = post(&mut app).await;
    app.advance(Duration::seconds(29));
    now(&mut app).await;
    assert_eq!(receiver.all().len(), 0);
    let updates = format!("{path}/updates");
    for text in ["Found it.", "Fixed it."] {
        app.post(&updates, json!({"markdown": text}))
            .await
            .expect(201);
    }
    later(&mut app).await;
    let all = receiver.all();
    let wanted = ["incident.posted", "update.posted", "update.posted"];
    assert_eq!(receiver.kinds(), wanted);
    assert_eq!(all[0].path, "/hook?x=1");
    let [_, first, second] = [0, 1, 2].map(|it: usize| all[it].json());
    assert_eq!(first["data"]["update"]["markdown"], "Found it.");
    assert_eq!(second["data"]["update"]["markdown"], "Fixed it.");
    let incident = &second["data"]["incident"];
    let shown = app.api_get(&path).await.json();
    assert_eq!(*incident, shown, "the API's own shape");
    // Nothing comes twice.
    later(&mut app).await;
    assert_eq!(receiver.all().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_told_is_put_right_at_once_and_what_was_not_is_told_as_it_stands() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    let updates = format!("{path}/updates");
    let made = app.post(&updates, json!({"markdown": "Fuond it."})).await;
    let id = made.expect(201).json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let update = format!("{updates}/{id}");
    // Within the grace period, nobody hears of the mistake.
    edit(&mut app, &update, json!({"markdown": "Found it."}))
        .await
        .expect(200);
    later(&mut app).await;
    assert_eq!(receiver.kinds(), ["incident.posted", "update.posted"]);
    assert_eq!(
        receiver.all()[1].json()["data"]["update"]["markdown"],
        "Found it."
    );
    edit(&mut app, &update, json!({"markdown": "Found the cause."}))
        .await
        .expect(200);
    now(&mut app).await;
    remove(&mut app, &update).await.expect(200);
    now(&mut app).await;
    remove(&mut app, &path).await.expect(200);
    now(&mut app).await;
    let kinds = receiver.kinds();
    assert_eq!(
        kinds[2..],
        ["update.corrected", "update.withdrawn", "incident.withdrawn"]
    );
    let all = receiver.all();
    assert_eq!(
        all[2].json()["data"]["update"]["markdown"],
        "Found the cause."
    );
    assert_eq!(all[3].json()["data"]["update"], json!({"id": id}));
    assert!(!all[3].body.contains("cause"), "withdrawn is withdrawn");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_withdrawn_within_the_grace_period_is_never_told() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    remove(&mut app, &path).await.expect(200);
    later(&mut app).await;
    assert_eq!(receiver.all().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_gets_what_it_follows() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let following = json!({"following": {"components": ["nelson"], "kinds": ["changes"]}});
    add_hook(&mut app, &receiver.url, following).await;
    post(&mut app).await;
    let state = json!({"state": "degraded"});
    app.post("/components/nelson/state", state.clone())
        .await
        .expect(200);
    app.post("/components/selma/state", state).await.expect(200);
    later(&mut app).await;
    let all = receiver.all();
    assert_eq!(receiver.kinds(), ["component.state_changed"]);
    let component = &all[0].json()["data"]["component"];
    assert_eq!(
        (&component["slug"], &component["state"]),
        (&json!("nelson"), &json!("degraded"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_shown_once_and_after_a_rotation_both_sign_for_a_day() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let secret = hook["secret"].as_str().expect("a secret").to_owned();
    assert!(secret.starts_with("whsec_"), "{secret}");
    let path = format!("/channels/{}", hook["id"].as_str().expect("id"));
    let rotated = app
        .post(&format!("{path}/secret"), json!({}))
        .await
        .expect(200)
        .json();
    let newer = rotated["secret"].as_str().expect("a secret").to_owned();
    assert_ne!(secret, newer);
    for path in [path.as_str(), "/channels"] {
        let shown = app.api_get(path).await.text().to_owned();
        assert!(
            !shown.contains("whsec_") && !shown.contains("/hook"),
            "{shown}"
        );
    }
    let log = app.api_get("/audit").await.text().to_owned();
    assert!(
        log.contains("add_channel") && log.contains("rotate_channel_secret"),
        "{log}"
    );
    assert!(!log.contains("whsec_"), "{log}");
    app.post(&format!("{path}/test"), json!({}))
        .await
        .expect(202);
    now(&mut app).await;
    app.advance(Duration::hours(25));
    app.post(&format!("{path}/test"), json!({}))
        .await
        .expect(202);
    now(&mut app).await;
    let all = receiver.all();
    let signatures = |it: usize| all[it].header("webhook-signature").split(' ').count();
    assert_eq!((signatures(0), signatures(1)), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_after_a_restore_is_held_for_hooks_too() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    post(&mut app).await;
    let mut change = change_of(&app).await;
    hold(&mut change).await.expect("held");
    change.commit().await.expect("kept");
    later(&mut app).await;
    assert_eq!(receiver.all().len(), 0);
    let base_url = app
        .app
        .state()
        .site
        .current()
        .snapshot()
        .site
        .base_url
        .clone();
    let mut change = change_of(&app).await;
    let released = release_held(&mut change, &base_url, true);
    released.await.expect("released");
    change.commit().await.expect("kept");
    later(&mut app).await;
    assert_eq!(receiver.kinds(), ["incident.posted"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_admins_manage_channels_and_mistakes_are_named() {
    let mut app = world().await;
    let body = |url: &str| json!({"kind": "webhook", "name": "Pager", "url": url});
    for (url, says) in [
        ("ftp://example.com/", "isn't possible"),
        ("https://me:secret@example.com/", "before the host"),
        ("example.com", "isn't a web address"),
    ] {
        let answer = app
            .post("/channels", body(url))
            .await
            .expect(422)
            .text()
            .to_owned();
        assert!(answer.contains("/url") && answer.contains(says), "{answer}");
        assert!(!answer.contains("secret"), "{answer}");
    }
    let odd = json!({"kind": "pigeon", "name": "Pager", "url": "https://example.com"});
    let answer = app
        .post("/channels", odd)
        .await
        .expect(422)
        .text()
        .to_owned();
    assert!(answer.contains("webhook"), "{answer}");
    let odd =
        json!({"kind": "webhook", "name": "Pager", "url": "https://example.com", "room": "x"});
    app.post("/channels", odd).await.expect(422);
    let scopes = [Scope::SubscribersWrite];
    app.token = app.issue_token("people", &scopes).await;
    app.post("/channels", body("https://example.com/"))
        .await
        .expect(403);
    app.api_get("/channels").await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_hears_of_each_change_of_state_whatever_brought_it_about() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let following = json!({"following": {"kinds": ["changes"]}});
    add_hook(&mut app, &receiver.url, following).await;
    let path = post(&mut app).await;
    now(&mut app).await;
    let same = json!({"markdown": "Still.", "components": {"selma": "major_outage"}});
    app.advance(Duration::minutes(1));
    app.post(&format!("{path}/updates"), same).await.expect(201);
    now(&mut app).await;
    app.advance(Duration::minutes(1));
    let end = json!({"markdown": "Fixed.", "phase": "resolved"});
    app.post(&format!("{path}/updates"), end).await.expect(201);
    now(&mut app).await;
    let by_hand = json!({"state": "degraded"});
    app.advance(Duration::minutes(1));
    app.post("/components/nelson/state", by_hand)
        .await
        .expect(200);
    now(&mut app).await;
    let told = receiver.all();
    let told: Vec<_> = told
        .iter()
        .map(|it| it.json()["data"]["component"].clone())
        .map(|it| format!("{} {}", it["slug"], it["state"]).replace('"', ""))
        .collect();
    let wanted = ["selma major_outage", "selma operational", "nelson degraded"];
    assert_eq!(told, wanted);
}
