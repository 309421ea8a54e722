//! Channels on the staff pages.

use lightship::domain::scope::Scope;
use serde_json::json;

use crate::channels::{later, now, post, world};
use crate::support::receiver::{Answer, Receiver};
use crate::support::staff::Browser;

fn secret_in(page: &str) -> Option<String> {
    let start = page.find("whsec_")?;
    Some(page[start..].split('"').next()?.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_added_tried_paused_and_removed() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let mut browser = Browser::signed_in(&app).await;
    let form = browser.get(&app, "/staff/new-channel").await.expect(200);
    assert!(form.text().contains("Notify about"));
    let url = format!("{}/zanzibar", receiver.url);
    let sent = [
        ("kind", "webhook"),
        ("name", "Pager"),
        ("url", url.as_str()),
        ("news.incidents", "yes"),
        ("follow.component.selma", "yes"),
        ("key", "once"),
    ];
    let page = browser.post(&app, "/staff/new-channel", &sent).await;
    let secret = secret_in(page.expect(200).text()).expect("a secret");
    // Sent again, it adds nothing, and doesn't show the secret.
    let again = browser.post(&app, "/staff/new-channel", &sent).await;
    let place = again.expect(303).header("location").to_owned();
    let path = place.split('?').next().expect("a path").to_owned();
    let shown = browser.get(&app, &place).await.expect(200);
    assert!(!shown.text().contains(&secret) && !shown.text().contains("zanzibar"));
    let list = browser.get(&app, "/staff/channels").await.expect(200);
    assert!(list.text().contains("Pager") && list.text().contains("http://127.0.0.1"));
    post(&mut app).await;
    later(&mut app).await;
    let place = format!("{path}/test");
    let test = browser.post(&app, &place, &[("key", "2")]).await;
    test.expect(303);
    now(&mut app).await;
    assert_eq!(receiver.kinds(), ["incident.posted", "test"]);
    let shown = browser.get(&app, &path).await.expect(200);
    let text = shown.text();
    assert!(
        text.contains("incident.posted") && text.contains("204"),
        "{text}"
    );
    let start = text.find("msg_").expect("a message");
    let message = text[start..]
        .split(['"', '<'])
        .next()
        .expect("an id")
        .to_owned();
    let sent = [("message", message.as_str()), ("key", "3")];
    let again = browser.post(&app, &format!("{path}/again"), &sent).await;
    again.expect(303);
    now(&mut app).await;
    assert_eq!(receiver.all().len(), 3);
    // Its form doesn't show where it leads, and leaves that as it is.
    let form = browser
        .get(&app, &format!("{path}/change"))
        .await
        .expect(200);
    assert!(form.text().contains("Pager") && !form.text().contains("zanzibar"));
    let sent = [("name", "Other"), ("news.incidents", "yes"), ("key", "4")];
    let changed = browser.post(&app, &format!("{path}/change"), &sent).await;
    changed.expect(303);
    for (step, key) in [("pause", "5"), ("resume", "6"), ("secret", "7")] {
        let place = format!("{path}/{step}");
        let done = browser.post(&app, &place, &[("key", key)]).await;
        assert!(done.status.as_u16() < 400, "{step}: {}", done.text());
    }
    let place = format!("{path}/remove");
    let removed = browser.post(&app, &place, &[("key", "8")]).await;
    removed.expect(303);
    browser.get(&app, &path).await.expect(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_stands_at_its_field() {
    let app = world().await;
    let mut browser = Browser::signed_in(&app).await;
    let sent = [
        ("kind", "webhook"),
        ("name", ""),
        ("url", "ftp://example.com"),
        ("news.incidents", "yes"),
    ];
    let page = browser.post(&app, "/staff/new-channel", &sent).await;
    assert!(page.expect(422).text().contains("field-name-wrong"));
    let sent = [
        ("kind", "webhook"),
        ("name", "Pager"),
        ("url", "ftp://example.com"),
        ("news.changes", "yes"),
    ];
    let page = browser.post(&app, "/staff/new-channel", &sent).await;
    let page = page.expect(422);
    assert!(page.text().contains("field-url-wrong"), "{}", page.text());
    let sent = [
        ("kind", "webhook"),
        ("name", "Pager"),
        ("url", "https://example.com"),
    ];
    let page = browser.post(&app, "/staff/new-channel", &sent).await;
    assert!(page.expect(422).text().contains("Choose what you want"));
    // Only admins see channels.
    let secret = app.issue_token("Anna", &[Scope::IncidentsWrite]).await;
    let mut anna = Browser::signed_in_with(&app, &secret).await;
    anna.get(&app, "/staff/channels").await.expect(403);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_dashboard_says_that_a_channel_takes_nothing() {
    let receiver = Receiver::answering(|_, _| Answer::Status(410)).await;
    let mut app = world().await;
    crate::channels::add_hook(&mut app, &receiver.url, serde_json::json!({})).await;
    post(&mut app).await;
    let mut browser = Browser::signed_in(&app).await;
    later(&mut app).await;
    let page = browser.get(&app, "/staff").await.expect(200);
    let text = page.text();
    assert!(text.contains("was disabled: it answered 410"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_keeps_what_it_doesnt_offer() {
    let mut app = world().await;
    post(&mut app).await;
    let body = json!({"kind": "webhook", "name": "Pager", "url": "http://127.0.0.1:1/",
        "following": {"incidents": ["selma-is-down"]}});
    let added = app.post("/channels", body).await.expect(201).json();
    let id = added["id"].as_str().expect("an id");
    let mut browser = Browser::signed_in(&app).await;
    let sent = [
        ("name", "Pager"),
        ("news.incidents", "yes"),
        ("news.maintenance", "yes"),
        ("key", "1"),
    ];
    let place = format!("/staff/channels/{id}/change");
    browser.post(&app, &place, &sent).await.expect(303);
    let after = app
        .api_get(&format!("/channels/{id}"))
        .await
        .expect(200)
        .json();
    assert_eq!(after["following"], added["following"]);
}
