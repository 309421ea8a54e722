//! What was delivered to a channel: what it was about, page by page, and what became of what staff
//! have just sent.

use serde_json::{Value, json};

use crate::channels::{add_hook, deliveries, later, now, post, world};
use crate::support::receiver::{Answer, Receiver};
use crate::support::staff::Browser;

fn path_of(hook: &Value) -> String {
    format!("/channels/{}", hook["id"].as_str().expect("an id"))
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_name_what_they_were_about() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let all = json!({"following": {"kinds": ["incidents", "changes"]}});
    let hook = add_hook(&mut app, &receiver.url, all).await;
    let path = path_of(&hook);
    let incident = post(&mut app).await;
    later(&mut app).await;
    app.post(&format!("{path}/test"), json!({}))
        .await
        .expect(202);
    now(&mut app).await;
    let about = |told: &[Value]| -> Vec<_> {
        let told = told
            .iter()
            .map(|it| [&it["event"], &it["incident"], &it["component"]]);
        told.map(|it| it.map(Value::to_string).join(" ").replace('"', ""))
            .collect()
    };
    let mut told = about(&deliveries(&app, &hook).await);
    told.sort();
    assert_eq!(
        told,
        [
            "component.state_changed null selma",
            "incident.posted selma-is-down null",
            "test null null",
        ]
    );
    let mut browser = Browser::signed_in(&app).await;
    let place = format!("/staff{path}");
    let page = browser.get(&app, &place).await.expect(200);
    let link = "href=\"/staff/incidents/selma-is-down\"";
    assert!(page.text().contains(link), "{}", page.text());
    app.api("DELETE", &incident, None).await.expect(200);
    now(&mut app).await;
    let told = about(&deliveries(&app, &hook).await);
    assert!(
        told.contains(&"incident.withdrawn null null".to_owned()),
        "{told:?}"
    );
    let page = browser.get(&app, &place).await.expect(200);
    let words = "An incident that isn’t public any more";
    assert!(page.text().contains(words), "{}", page.text());
    assert!(!page.text().contains(link), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_come_page_by_page_and_a_wrong_query_is_refused() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let path = path_of(&hook);
    for _ in 0..3 {
        app.post(&format!("{path}/test"), json!({}))
            .await
            .expect(202);
        now(&mut app).await;
    }
    let list = format!("{path}/deliveries");
    let all: Vec<_> = deliveries(&app, &hook).await;
    let mut seen = Vec::new();
    let mut next = Some(format!("{list}?limit=2"));
    while let Some(here) = next {
        let page = app.api_get(&here).await.expect(200);
        seen.extend(
            page.json()["deliveries"]
                .as_array()
                .expect("a list")
                .clone(),
        );
        let link = page
            .headers
            .get("link")
            .map(|it| it.to_str().expect("text"));
        let path = link.and_then(|it| it.strip_prefix("</api/v1")?.split('>').next());
        next = path.map(str::to_owned);
    }
    assert_eq!((seen.len(), seen), (3, all));
    for (query, pointer) in [
        ("limit=x", "/limit"),
        ("limit=201", "/limit"),
        ("limt=1", "/limt"),
        ("before=nothing", "/before"),
    ] {
        let refused = app.api_get(&format!("{list}?{query}")).await.expect(422);
        assert_eq!(refused.json()["errors"][0]["pointer"], pointer, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_test_the_page_waits_and_says_what_became_of_it() {
    let receiver = Receiver::answering(|number, _| match number {
        0 => Answer::Status(204),
        _ => Answer::Status(500),
    })
    .await;
    let mut app = world().await;
    let hook = add_hook(&mut app, &receiver.url, json!({})).await;
    let mut browser = Browser::signed_in(&app).await;
    let page = format!("/staff{}", path_of(&hook));
    let sent = [("key", "1")];
    let sent = browser.post(&app, &format!("{page}/test"), &sent).await;
    let place = sent.expect(303).header("location").to_owned();
    let waits = browser.get(&app, &place).await.expect(200);
    assert!(waits.text().contains("It is on its way."));
    assert_eq!(waits.header("refresh"), "1");
    now(&mut app).await;
    let done = browser.get(&app, &place).await.expect(200);
    assert!(
        done.text().contains("The test arrived, in "),
        "{}",
        done.text()
    );
    assert!(done.headers.get("refresh").is_none());
    let plain = browser.get(&app, &page).await.expect(200);
    assert!(!plain.text().contains("The test arrived"));

    // Sent again, it is the new attempt that counts.
    let message = deliveries(&app, &hook).await[0]["id"].clone();
    let sent = [("key", "2"), ("message", message.as_str().expect("an id"))];
    let sent = browser.post(&app, &format!("{page}/again"), &sent).await;
    let place = sent.expect(303).header("location").to_owned();
    let waits = browser.get(&app, &place).await.expect(200);
    assert_eq!(waits.header("refresh"), "1", "{}", waits.text());
    app.advance(chrono::Duration::seconds(20));
    let late = browser.get(&app, &place).await.expect(200);
    assert!(late.text().contains("It hasn’t been tried yet."));
    assert!(late.headers.get("refresh").is_none());
    now(&mut app).await;
    let failed = browser.get(&app, &place).await.expect(200);
    let words = "It wasn’t taken: it answered 500.";
    assert!(failed.text().contains(words), "{}", failed.text());
}
