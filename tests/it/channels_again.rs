//! What channels are told late, once more, or only to try them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::Duration;
use lightship::store::channel_queue::{Health, claim_messages};
use serde_json::{Value, json};

use crate::channels::{add_hook, deliveries, later, now, post, world};
use crate::support::receiver::{Answer, Receiver};

/// A receiver that takes nothing as long as this says so.
async fn moody(is_down: &Arc<AtomicBool>) -> Receiver {
    let is_down = is_down.clone();
    let status = move || {
        if is_down.load(Ordering::Relaxed) {
            500
        } else {
            200
        }
    };
    Receiver::answering(move |_, _| Answer::Status(status())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_state_that_arrives_late_is_told_as_it_was() {
    let is_down = Arc::new(AtomicBool::new(true));
    let receiver = moody(&is_down).await;
    let mut app = world().await;
    let following = json!({"following": {"kinds": ["changes"]}});
    add_hook(&mut app, &receiver.url, following).await;
    for state in ["degraded", "partial_outage", "operational"] {
        let body = json!({"state": state});
        app.post("/components/selma/state", body).await.expect(200);
        app.advance(Duration::minutes(1));
        now(&mut app).await;
    }
    let before = receiver.all().len();
    is_down.store(false, Ordering::Relaxed);
    app.advance(Duration::hours(1));
    now(&mut app).await;
    let told: Vec<Value> = receiver.all()[before..]
        .iter()
        .map(|it| it.json()["data"]["component"]["state"].clone())
        .collect();
    assert_eq!(told, ["degraded", "partial_outage", "operational"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_is_tried_once_and_says_nothing_of_other_messages() {
    let is_down = Arc::new(AtomicBool::new(true));
    let receiver = moody(&is_down).await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = format!("/channels/{}", hook["id"].as_str().expect("id"));
    let test = format!("{path}/test");
    app.post(&test, json!({})).await.expect(202);
    now(&mut app).await;
    let told = deliveries(&app, &hook).await;
    assert_eq!(told[0]["failure"], "it answered 500");
    let shown = app.api_get(&path).await.json();
    let known = (&shown["failing_since"], &shown["waiting"]);
    assert_eq!(known, (&Value::Null, &json!(0)));
    is_down.store(false, Ordering::Relaxed);
    app.advance(Duration::hours(1));
    now(&mut app).await;
    assert_eq!(receiver.kinds(), ["test"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_withdrawn_since_is_not_sent_again_and_the_deliveries_say_so() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = post(&mut app).await;
    later(&mut app).await;
    let id = deliveries(&app, &hook).await[0]["id"].clone();
    app.api("DELETE", &path, None).await.expect(200);
    now(&mut app).await;
    let (channel, id) = (hook["id"].as_str(), id.as_str());
    let (channel, id) = (channel.expect("an id"), id.expect("an id"));
    let again = format!("/channels/{channel}/deliveries/{id}/again");
    app.post(&again, json!({})).await.expect(202);
    now(&mut app).await;
    assert_eq!(receiver.kinds(), ["incident.posted", "incident.withdrawn"]);
    let last = deliveries(&app, &hook).await[0].clone();
    assert_eq!(
        (last["id"].as_str(), &last["status"]),
        (Some(id), &Value::Null)
    );
    assert_eq!(
        last["failure"],
        "there was nothing to send: it isn't public any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn each_former_secret_signs_for_its_day_and_too_many_are_refused() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = format!("/channels/{}", hook["id"].as_str().expect("id"));
    let (secret, test) = (format!("{path}/secret"), format!("{path}/test"));
    for _ in 0..2 {
        app.post(&secret, json!({})).await.expect(200);
        app.advance(Duration::hours(10));
    }
    app.post(&test, json!({})).await.expect(202);
    now(&mut app).await;
    app.advance(Duration::hours(5));
    app.post(&test, json!({})).await.expect(202);
    now(&mut app).await;
    let all = receiver.all();
    let signatures = |it: usize| all[it].header("webhook-signature").split(' ').count();
    assert_eq!((signatures(0), signatures(1)), (3, 2));
    for _ in 0..3 {
        app.post(&secret, json!({})).await.expect(200);
    }
    let refused = app.post(&secret, json!({})).await.expect(409);
    assert!(
        refused.text().contains("former secrets"),
        "{}",
        refused.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_that_fail_are_claimed_apart_from_the_others() {
    let is_down = Arc::new(AtomicBool::new(true));
    let (broken, sound) = (moody(&is_down).await, Receiver::start().await);
    let mut app = world().await;
    let failing = add_hook(&mut app, &broken.url, json!({"name": "Broken"})).await;
    let working = add_hook(&mut app, &sound.url, json!({"name": "Sound"})).await;
    post(&mut app).await;
    later(&mut app).await;
    app.advance(Duration::minutes(5));
    let id_of = |hook: &Value| hook["id"].as_str().expect("an id").to_owned();
    let test = format!("/channels/{}/test", id_of(&working));
    app.post(&test, json!({})).await.expect(202);
    let (at, store) = (app.clock.now(), app.app.state().store.clone());
    let claimable = async |health| {
        let mut tx = store.begin_delivery().await.expect("a transaction");
        let claimed = claim_messages(&mut tx, "nobody", health, at, 10).await;
        let claimed = claimed.expect("claimed").into_iter();
        claimed.map(|it| it.channel_id).collect::<Vec<_>>()
    };
    assert_eq!(claimable(Health::Failing).await, [id_of(&failing)]);
    assert_eq!(claimable(Health::Working).await, [id_of(&working)]);
    is_down.store(false, Ordering::Relaxed);
    now(&mut app).await;
    assert_eq!(sound.kinds(), ["incident.posted", "test"]);
    assert_eq!(broken.kinds(), ["incident.posted", "incident.posted"]);
}
