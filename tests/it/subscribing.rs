//! Asking for a subscription by e-mail: what is chosen, what is refused, and what nobody learns.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use lightship::domain::subscriber::{Following, Suppression, Target};
use lightship::store::subscribers::set_subscriber;
use serde_json::json;

use crate::support::app::{Reply, TestApp};
use crate::support::staff::{Browser, fields_of};
use crate::support::subscribers::{
    ask, asked_for, change, component, everything, following, reach, reach_and_confirm, servers,
    start_with_mail,
};

#[tokio::test]
async fn asking_writes_a_letter_and_leads_to_the_mailbox() {
    let app = start_with_mail().await;
    let page = app.get("/subscribe").await.expect(200);
    assert!(page.text().contains("By e-mail"), "{}", page.text());
    let reply = ask(&app, &everything(" Dana@example.com "))
        .await
        .expect(303);
    assert_eq!(reply.header("location"), "/subscribe/asked");
    let asked = Browser::here()
        .get(&app, "/subscribe/asked")
        .await
        .expect(200);
    assert!(asked.text().contains("Look into your mailbox"));
    assert!(asked.text().contains("status@example.com"), "who writes");
    let expected = ("Dana@example.com".to_owned(), Following::default());
    assert_eq!(asked_for(&app).await, [expected]);
}

#[tokio::test]
async fn groups_and_single_components_can_be_chosen() {
    let app = start_with_mail().await;
    let chosen = [
        ("email", "dana@example.com"),
        ("what", "some"),
        ("component", "selma"),
        ("component", "mail"),
        ("kind", "changes"),
    ];
    ask(&app, &chosen).await.expect(303);
    let with_group = [&chosen[..], &[("group", "Servers")]].concat();
    ask(&app, &with_group).await.expect(303);
    let kinds = |targets: BTreeSet<Target>| Following {
        incidents: false,
        maintenance: false,
        changes: true,
        ..following(targets)
    };
    let letters = asked_for(&app).await;
    let single = kinds([component("selma"), component("mail")].into());
    assert_eq!(letters[0].1, single);
    // A group stands for its components.
    assert_eq!(letters[1].1, kinds([servers(), component("mail")].into()));
}

#[tokio::test]
async fn whoever_asks_gets_the_same_answer() {
    let app = start_with_mail().await;
    reach_and_confirm(&app, "known@example.com", Following::default()).await;
    let refused = reach(&app, "refused@example.com", Following::default()).await;
    let mut change = change(&app).await;
    let mut subscriber = refused.now(&app).await.expect("there");
    subscriber.suppressed = Some(Suppression {
        at: app.clock.now(),
        why: "no such mailbox".to_owned(),
    });
    let written = set_subscriber(change.tx(), &subscriber).await;
    written.expect("written");
    change.commit().await.expect("kept");
    let plain = |reply: Reply| {
        let headers = reply.headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {value:?}"));
        (reply.status, headers.collect::<Vec<_>>(), reply.bytes)
    };
    let unknown = plain(ask(&app, &everything("new@example.com")).await.expect(303));
    for address in [
        "known@example.com",
        "KNOWN@example.com",
        "refused@example.com",
    ] {
        let reply = ask(&app, &everything(address)).await;
        assert_eq!(plain(reply), unknown, "{address}");
    }
    for _ in 0..4 {
        let reply = ask(&app, &everything("often@example.com")).await;
        assert_eq!(plain(reply), unknown);
    }
    let waiting = asked_for(&app).await.len();
    let mut trapped = everything("bot@example.com");
    trapped.retain(|(name, _)| *name != "remarks");
    trapped.push(("remarks", "Buy now"));
    assert_eq!(plain(ask(&app, &trapped).await), unknown);
    assert_eq!(
        asked_for(&app).await.len(),
        waiting,
        "the trap writes nothing"
    );
}

#[tokio::test]
async fn what_is_wrong_is_said_and_everything_typed_is_kept() {
    let app = start_with_mail().await;
    let check = async |fields: &[(&str, &str)], says: &[&str]| {
        let reply = ask(&app, fields).await.expect(422);
        for text in says {
            assert!(reply.text().contains(text), "{text}: {}", reply.text());
        }
        let kept = fields_of(reply.text());
        for (name, value) in fields {
            let pair = ((*name).to_owned(), (*value).to_owned());
            let is_known = !["gone", "Nowhere"].contains(value);
            assert_eq!(kept.contains(&pair), is_known, "{name}: {kept:?}");
        }
    };
    let some = [
        ("what", "some"),
        ("kind", "incidents"),
        ("component", "selma"),
    ];
    for (address, says) in [
        ("", "An e-mail address is needed"),
        ("dana", "has a name, an @ and a domain"),
        ("<b>@\"x", "Write only one address"),
        ("a@example.com,b@example.com", "Write only one address"),
    ] {
        let fields = [&[("email", address)], &some[..]].concat();
        check(
            &fields,
            &[says, "id=\"field-email-wrong\"", "Error: Subscribe"],
        )
        .await;
    }
    let address = ("email", "dana@example.com");
    let nothing = [address, ("what", "some"), ("kind", "incidents")];
    check(&nothing, &["Choose what you use", "field-what-wrong"]).await;
    check(
        &[address, ("what", "everything")],
        &["at least one kind", "field-kind-wrong"],
    )
    .await;
    for unknown in [("component", "gone"), ("group", "Nowhere")] {
        let fields = [&[address, unknown], &some[..]].concat();
        check(&fields, &["isn’t there any more"]).await;
    }
    assert_eq!(asked_for(&app).await, []);
}

#[tokio::test]
async fn a_network_that_asks_too_often_has_to_wait() {
    let app = start_with_mail().await;
    let from = |address: &str| {
        let browser = Browser::here().with("host", "status.example.com");
        browser.with("x-forwarded-for", address)
    };
    for number in 0..10 {
        let address = format!("dana{number}@example.com");
        let mut browser = from(&format!("2001:db8::{number:x}"));
        let fields = everything(&address);
        browser.post(&app, "/subscribe", &fields).await.expect(303);
    }
    let fields = everything("eleventh@example.com");
    let mut browser = from("2001:db8::ffff");
    let reply = browser.post(&app, "/subscribe", &fields).await.expect(429);
    assert_eq!(reply.header("retry-after"), "60");
    assert!(reply.text().contains("value=\"eleventh@example.com\""));
    let mut other = from("2001:db8:0:1::1");
    other.post(&app, "/subscribe", &fields).await.expect(303);
    app.advance(Duration::minutes(1));
    browser.post(&app, "/subscribe", &fields).await.expect(303);
    browser.post(&app, "/subscribe", &fields).await.expect(429);
    assert_eq!(asked_for(&app).await.len(), 12);
}

#[tokio::test]
async fn what_another_site_sends_is_refused() {
    let app = start_with_mail().await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("referer", "https://evil.example/"),
    ] {
        let mut tricked = Browser::here().with(name, value);
        let fields = everything("dana@example.com");
        let reply = tricked.post(&app, "/subscribe", &fields).await.expect(403);
        assert!(reply.text().contains("another site"), "{}", reply.text());
    }
    assert_eq!(asked_for(&app).await, []);
}

#[tokio::test]
async fn without_a_mail_server_there_is_no_form() {
    let app = TestApp::new().with_component("selma").start().await;
    let page = app.get("/subscribe").await.expect(200);
    assert!(!page.text().contains("<form"), "{}", page.text());
    assert!(page.text().contains("We don’t send e-mail."));
    assert!(page.text().contains("/components/selma/feed.rss"));
    let reply = ask(&app, &everything("dana@example.com")).await.expect(409);
    assert!(reply.text().contains("We don’t send e-mail"));
    assert_eq!(asked_for(&app).await, []);
}

#[tokio::test]
async fn an_incident_can_be_followed_by_itself_until_it_is_over() {
    let mut app = start_with_mail().await;
    let open = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", open).await.expect(201);
    let path = "/subscribe/incident/selma-is-down";
    let incident = app.get("/incidents/selma-is-down").await.expect(200);
    assert!(incident.text().contains(path), "{}", incident.text());
    let form = app.get(path).await.expect(200);
    assert!(form.text().contains("noindex") && form.text().contains("Selma is down"));
    let id = app.incident("selma-is-down").expect("public").id.clone();
    let wanted = [("email", "dana@example.com"), ("incident", "selma-is-down")];
    ask(&app, &wanted).await.expect(303);
    let only = following([Target::Incident(id.clone())]);
    let expected = ("dana@example.com".to_owned(), only.clone());
    assert_eq!(asked_for(&app).await, [expected]);
    let wrong = ask(&app, &[("email", "dana"), wanted[1]]).await.expect(422);
    assert!(
        wrong.text().contains("Get updates on this incident"),
        "{}",
        wrong.text()
    );
    let kept = fields_of(wrong.text());
    assert!(kept.contains(&("email".to_owned(), "dana".to_owned())));
    assert!(kept.contains(&("incident".to_owned(), "selma-is-down".to_owned())));
    ask(&app, &[wanted[0], ("incident", "nowhere")])
        .await
        .expect(404);

    let dana = reach_and_confirm(&app, "dana@example.com", only.clone()).await;
    let mut browser = Browser::here();
    let page = browser.get(&app, &dana.manage).await.expect(200);
    assert!(fields_of(page.text()).contains(&("incident".to_owned(), "selma-is-down".to_owned())));
    let both = [
        ("what", "some"),
        ("component", "mail"),
        ("incident", "selma-is-down"),
        ("kind", "incidents"),
        ("kind", "maintenance"),
    ];
    browser.post(&app, &dana.manage, &both).await.expect(303);
    let saved = dana.now(&app).await.expect("there").following;
    assert_eq!(saved, following([component("mail"), Target::Incident(id)]));

    let end = json!({"markdown": "It works.", "phase": "resolved"});
    app.post("/incidents/selma-is-down/updates", end)
        .await
        .expect(201);
    let incident = app.get("/incidents/selma-is-down").await.expect(200);
    assert!(!incident.text().contains(path), "{}", incident.text());
    let over = app.get(path).await.expect(200);
    assert!(over.text().contains("This incident is over") && !over.text().contains("<form"));
    ask(&app, &wanted).await.expect(409);
}

#[tokio::test]
async fn if_the_database_is_gone_nothing_typed_is_lost() {
    let app = start_with_mail().await;
    let dana = reach_and_confirm(&app, "dana@example.com", Following::default()).await;
    app.app.state().store.close().await;
    let fields = [
        ("email", "a@example.com"),
        ("what", "some"),
        ("group", "Servers"),
        ("kind", "changes"),
    ];
    let reply = ask(&app, &fields).await.expect(503);
    assert!(!reply.header("retry-after").is_empty());
    assert!(
        reply.text().contains("nothing was changed"),
        "{}",
        reply.text()
    );
    let kept = fields_of(reply.text());
    for (name, value) in fields {
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name}: {kept:?}"
        );
    }
    let unsubscribe = dana.manage.replace("/manage/", "/unsubscribe/");
    let mut browser = Browser::here();
    for path in [&dana.confirm, &dana.manage, &unsubscribe] {
        let reply = browser.get(&app, path).await.expect(503);
        assert!(!reply.header("retry-after").is_empty());
        let reply = browser.post(&app, path, &[]).await.expect(503);
        assert!(
            reply.text().contains("nothing was changed"),
            "{}",
            reply.text()
        );
    }
    browser.get(&app, "/subscribe/asked").await.expect(200);
    app.get("/subscribe").await.expect(200);
}

#[tokio::test]
async fn what_is_no_form_of_ours_is_refused_in_words() {
    let app = start_with_mail().await;
    let dana = reach_and_confirm(&app, "dana@example.com", Following::default()).await;
    let mut browser = Browser::here();
    for path in ["/subscribe", &dana.manage] {
        let long = format!("email={}", "x".repeat(64 * 1024));
        let reply = browser.post_raw(&app, path, long).await.expect(413);
        assert!(reply.text().contains("too long"), "{}", reply.text());
        let json = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from("{}"));
        app.send(json.expect("a request")).await.expect(415);
        let put = Request::put(path).body(Body::empty()).expect("a request");
        let reply = app.send(put).await.expect(405);
        assert!(
            reply.header("allow").contains("POST"),
            "{}",
            reply.header("allow")
        );
        assert!(reply.text().contains("<main"), "{}", reply.text());
    }
    let many: String = (0..3000).map(|it| format!("&component=c{it}")).collect();
    let reply = browser
        .post_raw(&app, "/subscribe", format!("email=a@example.com{many}"))
        .await;
    assert!(reply.expect(422).text().contains("isn’t there any more"));
}
