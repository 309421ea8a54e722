//! Changing channels: parts of an address that go, names, what is followed, and what the activity log
//! says of it.

use serde_json::{Value, json};

use crate::channels::{add_hook, edit, later, post, world};
use crate::delivery;
use crate::support::app::TestApp;
use crate::support::mail::MailServer;
use crate::support::staff::Browser;

const SECRET: &str = "tk_s3cr3ts3cr3ts3cr3ts3cr3ts3cr3";

fn path_of(channel: &Value) -> String {
    format!("/channels/{}", channel["id"].as_str().expect("an id"))
}

/// A channel to a topic of ntfy that is protected.
async fn ntfy(app: &mut TestApp) -> String {
    let body = json!({"kind": "ntfy", "name": "Ops", "url": "http://127.0.0.1:1/topic",
        "token": SECRET});
    path_of(&app.post("/channels", body).await.expect(201).json())
}

/// A bot in a room.
async fn telegram(app: &mut TestApp) -> String {
    let body = json!({"kind": "telegram", "name": "Bot", "url": "https://api.telegram.org",
        "room": "@example_status", "token": format!("123456789:{}", "A".repeat(35))});
    path_of(&app.post("/channels", body).await.expect(201).json())
}

/// What the newest line of the activity log says about a channel after a change.
async fn logged(app: &TestApp) -> Value {
    let log = app.api_get("/audit").await.expect(200);
    assert!(!log.text().contains("s3cr3t"), "{}", log.text());
    log.json()["entries"][0]["after"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_credential_can_be_removed_and_the_activity_log_says_so_without_its_value() {
    let mut app = world().await;
    let path = ntfy(&mut app).await;
    edit(&mut app, &path, json!({"token": ""}))
        .await
        .expect(200);
    assert_eq!(logged(&app).await["removed"], json!(["credential"]));
    let other = json!({"url": "http://127.0.0.1:1/another", "token": SECRET});
    edit(&mut app, &path, other).await.expect(200);
    let after = logged(&app).await;
    assert_eq!(after["replaced"], json!(["address"]));
    assert_eq!(after["added"], json!(["credential"]));
    let mut browser = Browser::signed_in(&app).await;
    let log = browser.get(&app, "/staff/record").await.expect(200);
    for words in ["<dt>Replaced</dt>", "<dt>Removed</dt>", "credential"] {
        assert!(log.text().contains(words), "{words}: {}", log.text());
    }
    // Without a credential, it may lead to another host.
    edit(&mut app, &path, json!({"token": ""}))
        .await
        .expect(200);
    let elsewhere = json!({"url": "http://localhost:1/topic"});
    edit(&mut app, &path, elsewhere).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_shows_the_room_and_removes_the_credential() {
    let mut app = world().await;
    let mut browser = Browser::signed_in(&app).await;
    let bot = format!("/staff{}/change", telegram(&mut app).await);
    let form = browser.get(&app, &bot).await.expect(200);
    let room = "name=\"room\" type=\"text\" dir=\"auto\" value=\"@example_status\"";
    assert!(form.text().contains(room), "{}", form.text());
    assert!(!form.text().contains("AAAA"));
    // Telegram needs a room, so the form says so.
    let refused = browser.fill(&app, &bot, &[("room", "")]).await;
    assert!(refused.expect(422).text().contains("field-room-wrong"));
    let path = ntfy(&mut app).await;
    let change = format!("/staff{path}/change");
    let form = browser.get(&app, &change).await.expect(200);
    assert!(form.text().contains("Remove the stored credential"));
    let removed = browser.fill(&app, &change, &[("token.none", "yes")]).await;
    removed.expect(303);
    assert_eq!(logged(&app).await["removed"], json!(["credential"]));
    let form = browser.get(&app, &change).await.expect(200);
    assert!(!form.text().contains("Remove the stored credential"));
    // A webhook has neither.
    let hook = add_hook(&mut app, "http://127.0.0.1:1/", json!({})).await;
    let form = format!("/staff{}/change", path_of(&hook));
    let form = browser.get(&app, &form).await.expect(200);
    assert!(!form.text().contains("name=\"room\""), "{}", form.text());
    assert!(!form.text().contains("name=\"token\""), "{}", form.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_can_be_removed_where_none_is_needed() {
    let mut app = world().await;
    let body = json!({"kind": "slack", "name": "Bot", "url": "https://slack.com",
        "room": "C0123456789", "token": "xoxb-s3cr3ts3cr3ts3cr3t"});
    let added = app.post("/channels", body).await.expect(201).json();
    let hook = json!({"url": "https://hooks.slack.com/services/T1/B2/s3cr3t", "room": "",
        "token": ""});
    let changed = edit(&mut app, &path_of(&added), hook).await.expect(200);
    assert_eq!(changed.json()["address"], "https://hooks.slack.com/…");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_hold_nothing_that_turns_the_direction_of_text() {
    let mut app = world().await;
    for name in ["Pa\u{202e}reg", "\u{2066}Pager"] {
        let body = json!({"kind": "webhook", "name": name, "url": "http://127.0.0.1:1/"});
        let refused = app.post("/channels", body).await.expect(422).json();
        let error = &refused["errors"][0];
        assert_eq!(error["pointer"], "/name");
        let detail = error["detail"].as_str().expect("words");
        assert!(detail.contains("invisible character"), "{detail}");
        let token = json!({"name": name, "scopes": ["admin"]});
        app.post("/tokens", token).await.expect(422);
        let component = Some(json!({"name": name}));
        app.api("PUT", "/components/odd", component)
            .await
            .expect(422);
    }
    // Letters that are written from right to left need none of that.
    let body = json!({"kind": "webhook", "name": "التنبيهات", "url": "http://127.0.0.1:1/"});
    app.post("/channels", body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_and_parts_of_it_are_refused_for_channels_and_subscribers() {
    let mut app = world().await;
    let both = json!({"everything": true, "components": ["selma"]});
    let channel = json!({"kind": "webhook", "name": "Pager", "url": "http://127.0.0.1:1/",
        "following": both});
    let subscriber = json!({"address": "dana@example.com", "consent": "by telephone",
        "following": both});
    for (path, body) in [("/channels", channel), ("/subscribers", subscriber)] {
        let refused = app.post(path, body).await.expect(422).json();
        let pointer = &refused["errors"][0]["pointer"];
        assert_eq!(pointer, "/following/everything", "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_news_the_form_says_so_where_news_are_chosen() {
    let app = world().await;
    let mut browser = Browser::signed_in(&app).await;
    let sent = [("kind", "webhook"), ("name", ""), ("url", "example.com")];
    let page = browser.post(&app, "/staff/new-channel", &sent).await;
    let page = page.expect(422);
    // Whatever else is wrong is said, too.
    for field in ["name", "url"] {
        let link = format!("href=\"#field-{field}\"");
        assert!(page.text().contains(&link), "{}", page.text());
    }
    assert!(
        page.text().contains("href=\"#field-news\""),
        "{}",
        page.text()
    );
    assert!(page.text().contains("id=\"field-news-wrong\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_counts_the_channels_that_get_a_message() {
    let mut app = world().await;
    let hook = |name: &str, following: Value| {
        json!({"kind": "webhook", "name": name, "url": "http://127.0.0.1:1/",
            "following": following})
    };
    let mut browser = Browser::signed_in(&app).await;
    for (name, following) in [
        ("All", json!({})),
        ("Selma's", json!({"components": ["selma"]})),
        ("Nelson's", json!({"components": ["nelson"]})),
        ("Maintenance", json!({"kinds": ["maintenance"]})),
    ] {
        app.post("/channels", hook(name, following))
            .await
            .expect(201);
    }
    let paused = app.post("/channels", hook("Paused", json!({}))).await;
    let path = path_of(&paused.expect(201).json());
    edit(&mut app, &path, json!({"paused": true}))
        .await
        .expect(200);
    post(&mut app).await;
    app.refresh_site().await;
    let page = browser.get(&app, "/staff").await.expect(200);
    let words = "Goes to 2\u{a0}channels in 0:30";
    assert!(page.text().contains(words), "{}", page.text());
    later(&mut app).await;
    let page = browser.get(&app, "/staff").await.expect(200);
    assert!(!page.text().contains("Goes to"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_counts_subscribers_and_channels() {
    let server = MailServer::start();
    let mut app = delivery::world(&server).await;
    add_hook(&mut app, "http://127.0.0.1:1/", json!({})).await;
    post(&mut app).await;
    app.refresh_site().await;
    let mut browser = Browser::signed_in(&app).await;
    let page = browser.get(&app, "/staff").await.expect(200);
    let words = "Goes to 1\u{a0}subscriber and 1\u{a0}channel in 0:30";
    assert!(page.text().contains(words), "{}", page.text());
    delivery::later(&mut app).await;
    server.taken();
    later(&mut app).await;
}
