//! Where webhooks must not lead, and receivers that misbehave.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use lightship::delivery::Resolver;
use serde_json::json;

use crate::channels::{add_hook, deliveries, later, post};
use crate::support::app::TestApp;
use crate::support::receiver::{Answer, Receiver};

async fn public_world() -> TestApp {
    let world = TestApp::new().with_component("selma").public_only();
    world.start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_isnt_public_is_refused_when_it_is_added() {
    let mut app = public_world().await;
    for url in [
        "http://hooks.example.com/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::ffff:169.254.169.254]/latest/meta-data",
        "https://10.0.0.7:8443/",
    ] {
        let body = json!({"kind": "webhook", "name": "Pager", "url": url});
        let answer = app
            .post("/channels", body)
            .await
            .expect(422)
            .text()
            .to_owned();
        assert!(answer.contains("/url"), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_to_a_private_address_is_never_connected_to() {
    let receiver = Receiver::start().await;
    let port: u16 = receiver
        .url
        .rsplit(':')
        .next()
        .expect("a port")
        .parse()
        .expect("a port");
    let mut app = public_world().await;
    let url = format!("https://hooks.example.com:{port}/");
    let hook = add_hook(&mut app, &url, json!({})).await;
    // The name leads nowhere when it is asked first, and to this machine afterwards.
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let resolver = Resolver::new(move |_, port| {
        let number = counted.fetch_add(1, Ordering::Relaxed);
        let found = (number > 0).then(|| SocketAddr::from(([127, 0, 0, 1], port)));
        Box::pin(async move { Ok(found.into_iter().collect()) })
    });
    for _ in 0..2 {
        let path = format!("/channels/{}/test", hook["id"].as_str().expect("id"));
        app.post(&path, json!({})).await.expect(202);
        app.send_to_channels_by(resolver.clone()).await;
    }
    let told = deliveries(&app, &hook).await;
    assert_eq!(told.len(), 2);
    let why = told[0]["failure"].as_str().expect("a failure");
    assert!(
        why.contains("127.0.0.1, which isn't on the public internet"),
        "{why}"
    );
    // Each attempt asks once, so there is no second answer that it could connect to.
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert_eq!(receiver.all().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_private_address_among_public_ones_is_enough_to_refuse() {
    let mut app = public_world().await;
    let hook = add_hook(&mut app, "https://hooks.example.com/", json!({})).await;
    let path = format!("/channels/{}/test", hook["id"].as_str().expect("id"));
    app.post(&path, json!({})).await.expect(202);
    let resolver = Resolver::new(|_, port| {
        let ips = [[1, 1, 1, 1], [10, 0, 0, 1]];
        Box::pin(async move { Ok(ips.map(|ip| SocketAddr::from((ip, port))).to_vec()) })
    });
    app.send_to_channels_by(resolver).await;
    let told = deliveries(&app, &hook).await;
    let why = told[0]["failure"].as_str().expect("a failure");
    assert!(why.contains("10.0.0.1, which isn't"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_arent_followed() {
    let other = Receiver::start().await;
    let target = other.url.clone();
    let receiver =
        Receiver::answering(move |_, _| Answer::With(307, format!("location: {target}/elsewhere")))
            .await;
    let mut app = crate::channels::world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    post(&mut app).await;
    later(&mut app).await;
    let told = deliveries(&app, &hook).await;
    assert_eq!(
        told[0]["failure"],
        "it answered 307; redirects aren't followed"
    );
    assert_eq!((receiver.all().len(), other.all().len()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_without_an_end_counts_by_its_status() {
    let receiver = Receiver::answering(|_, _| Answer::Endless).await;
    let mut app = crate::channels::world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    post(&mut app).await;
    later(&mut app).await;
    let told = deliveries(&app, &hook).await;
    assert_eq!((&told[0]["status"], told.len()), (&json!(200), 1));
    let took = told[0]["duration_ms"].as_i64().expect("a number");
    assert!(took < 5000, "it read on for {took} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_silent_holds_up_no_other() {
    let silent = Receiver::answering(|_, _| Answer::Silence).await;
    let receiver = Receiver::start().await;
    let mut app = crate::channels::world().await;
    let hook = add_hook(&mut app, &silent.url, json!({"name": "Silent"})).await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    post(&mut app).await;
    app.advance(chrono::Duration::seconds(31));
    app.refresh_site().await;
    let sending = app.send_to_channels();
    let other = async {
        while receiver.all().is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        silent.all().len()
    };
    tokio::pin!(sending);
    tokio::select! {
        () = &mut sending => panic!("the silent one isn't waited for"),
        begun = other => assert_eq!(begun, 1),
    }
    sending.as_mut().await;
    let told = deliveries(&app, &hook).await;
    assert_eq!(told[0]["failure"], "it didn't answer within 10 seconds");
}
