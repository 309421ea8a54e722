//! Webhooks whose receivers fail: tried again, caught up, disabled, sent again.

use chrono::Duration;
use serde_json::{Value, json};

use crate::channels::{add_hook, deliveries, edit, later, now, post, world};
use crate::support::receiver::{Answer, Receiver};

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_fails_gets_the_same_message_again_and_then_the_next_ones() {
    let receiver = Receiver::answering(|number, _| match number {
        0..4 => Answer::Status(500),
        _ => Answer::Status(200),
    })
    .await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    let text = json!({"markdown": "Found it."});
    app.post(&format!("{path}/updates"), text).await.expect(201);
    later(&mut app).await;
    for minutes in [3, 15] {
        app.advance(Duration::minutes(minutes));
        now(&mut app).await;
    }
    assert_eq!(
        receiver.all().len(),
        4,
        "the second one waits for the first"
    );
    app.advance(Duration::minutes(50));
    now(&mut app).await;
    let ids: Vec<_> = receiver
        .all()
        .iter()
        .map(|it| it.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 6);
    assert!(ids[..5].iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_ne!(ids[4], ids[5]);
    let told = deliveries(&app, &hook).await;
    let statuses: Vec<_> = told.iter().map(|it| it["status"].as_i64()).collect();
    let wanted = [200, 200, 500, 500, 500, 500].map(Some);
    assert_eq!(statuses, wanted);
    assert_eq!(told[2]["failure"], "it answered 500");
    assert_eq!(
        (&told[1]["attempt"], &told[1]["failure"]),
        (&json!(5), &Value::Null)
    );
    let shown = app
        .api_get(&format!("/channels/{}", hook["id"].as_str().expect("id")))
        .await
        .json();
    assert_eq!(
        (&shown["failing_since"], &shown["waiting"]),
        (&Value::Null, &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_is_gone_for_two_days_gets_everything_afterwards() {
    let is_back = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let back = is_back.clone();
    let receiver =
        Receiver::answering(
            move |_, _| match back.load(std::sync::atomic::Ordering::Relaxed) {
                true => Answer::Status(200),
                false => Answer::Status(503),
            },
        )
        .await;
    let mut app = world().await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    for hour in 0..48 {
        app.advance(Duration::hours(1));
        if hour == 20 {
            let text = json!({"markdown": "Found it."});
            app.post(&format!("{path}/updates"), text).await.expect(201);
        }
        now(&mut app).await;
    }
    let before = receiver.all().len();
    assert!((15..40).contains(&before), "{before} attempts");
    is_back.store(true, std::sync::atomic::Ordering::Relaxed);
    app.advance(Duration::hours(5));
    now(&mut app).await;
    assert_eq!(
        receiver.kinds()[before..],
        ["incident.posted", "update.posted"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn after_five_days_without_success_it_is_disabled_until_staff_let_it_go_on() {
    let receiver = Receiver::answering(|_, _| Answer::Status(500)).await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = format!("/channels/{}", hook["id"].as_str().expect("id"));
    post(&mut app).await;
    later(&mut app).await;
    for _ in 0..29 {
        app.advance(Duration::hours(4));
        now(&mut app).await;
    }
    assert_eq!(app.api_get(&path).await.json()["disabled"], Value::Null);
    for _ in 0..3 {
        app.advance(Duration::hours(4));
        now(&mut app).await;
    }
    let shown = app.api_get(&path).await.json();
    let why = shown["disabled"]["why"].as_str().expect("disabled");
    assert_eq!(
        why,
        "nothing has arrived for five days; the last time, it answered 500"
    );
    let before = receiver.all().len();
    app.post(&format!("{path}/test"), json!({}))
        .await
        .expect(409);
    let shown = edit(&mut app, &path, json!({"paused": false}))
        .await
        .expect(200)
        .json();
    assert_eq!(shown["disabled"], Value::Null);
    app.post(&format!("{path}/test"), json!({}))
        .await
        .expect(202);
    now(&mut app).await;
    assert_eq!(receiver.kinds()[before..], ["test"]);
    assert_eq!(app.api_get(&path).await.json()["disabled"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_answers_410_hears_no_more() {
    let receiver = Receiver::answering(|_, _| Answer::Status(410)).await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    let text = json!({"markdown": "Found it."});
    app.post(&format!("{path}/updates"), text).await.expect(201);
    later(&mut app).await;
    assert_eq!(receiver.all().len(), 1);
    let shown = app
        .api_get(&format!("/channels/{}", hook["id"].as_str().expect("id")))
        .await
        .json();
    assert_eq!(
        shown["disabled"]["why"],
        "it answered 410: it wants no more messages"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_is_sent_again_with_the_same_id() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    post(&mut app).await;
    later(&mut app).await;
    let told = deliveries(&app, &hook).await;
    let (channel, id) = (
        hook["id"].as_str().expect("id"),
        told[0]["id"].as_str().expect("id"),
    );
    let path = format!("/channels/{channel}/deliveries/{id}/again");
    app.post(&path, json!({})).await.expect(202);
    now(&mut app).await;
    let ids: Vec<_> = receiver
        .all()
        .iter()
        .map(|it| it.header("webhook-id").to_owned())
        .collect();
    assert_eq!(ids, [id, id]);
    let path = format!("/channels/{channel}/deliveries/msg_x_7/again");
    app.post(&path, json!({})).await.expect(404);
    // After a week, it is forgotten.
    app.advance(Duration::days(8));
    assert_eq!(deliveries(&app, &hook).await.len(), 0);
}
