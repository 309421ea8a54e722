//! The links in messages: confirming, choosing, pausing and leaving.

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use lightship::domain::subscriber::Following;
use lightship::domain::subscription_link::LinkKey;
use lightship::store::subscribers::{SubscriberFilter, list_subscribers};

use crate::support::app::write;
use crate::support::new_database;
use crate::support::process::{Poster, Server};
use crate::support::staff::{Browser, fields_of};
use crate::support::subscribers::{
    SITE, component, following, letters, reach, reach_and_confirm, servers, start_with_mail,
};

#[tokio::test]
async fn opening_the_link_confirms_nothing_and_the_button_does_once() {
    let app = start_with_mail().await;
    let dana = reach(&app, "dana@example.com", following([servers()])).await;
    let mut browser = Browser::here();
    for _ in 0..2 {
        let page = browser.get(&app, &dana.confirm).await.expect(200);
        assert!(page.text().contains("dana@example.com") && page.text().contains("Servers"));
        let head = Request::head(&dana.confirm).body(Body::empty());
        app.send(head.expect("a request")).await.expect(200);
        assert_eq!(dana.now(&app).await.expect("there").confirmed_at, None);
    }
    let reply = browser.post(&app, &dana.confirm, &[]).await.expect(303);
    assert_eq!(reply.header("location"), dana.confirm);
    let page = browser.get(&app, &dana.confirm).await.expect(200);
    assert!(
        page.text().contains("You are subscribed"),
        "{}",
        page.text()
    );
    assert!(page.text().contains(&dana.manage), "the way to change it");
    let confirmed = dana.now(&app).await.expect("there").confirmed_at;
    assert_eq!(confirmed, Some(app.clock.now()));
    app.advance(Duration::hours(1));
    browser.post(&app, &dana.confirm, &[]).await.expect(303);
    assert_eq!(dana.now(&app).await.expect("there").confirmed_at, confirmed);
    assert_eq!(letters(&app).await.len(), 1, "one welcome");
}

#[tokio::test]
async fn a_link_to_confirm_works_for_seven_days() {
    let app = start_with_mail().await;
    let dana = reach(&app, "dana@example.com", Following::default()).await;
    let mut browser = Browser::here();
    app.advance(Duration::days(7));
    browser.get(&app, &dana.confirm).await.expect(200);
    app.advance(Duration::milliseconds(1));
    for path in [
        &dana.confirm,
        "/subscribe/confirm/other",
        "/subscribe/confirm/%ff%00",
    ] {
        let page = browser.get(&app, path).await.expect(404);
        assert!(
            page.text().contains("Subscribe once more"),
            "{}",
            page.text()
        );
        let page = browser.post(&app, path, &[]).await.expect(404);
        assert!(
            page.text().contains("Subscribe once more"),
            "{}",
            page.text()
        );
    }
    assert_eq!(dana.now(&app).await.expect("there").confirmed_at, None);
}

#[tokio::test]
async fn what_is_followed_can_be_changed() {
    let app = start_with_mail().await;
    let dana = reach_and_confirm(&app, "dana@example.com", following([component("selma")])).await;
    let mut browser = Browser::here();
    let page = browser.get(&app, &dana.manage).await.expect(200);
    let chosen = fields_of(page.text());
    let has = |name: &str, value: &str| chosen.contains(&(name.to_owned(), value.to_owned()));
    assert!(has("what", "some") && has("component", "selma") && has("kind", "maintenance"));
    assert!(!has("component", "mail") && !has("group", "Servers") && !has("kind", "changes"));
    let wanted = [
        ("what", "some"),
        ("group", "Servers"),
        ("kind", "incidents"),
        ("do", "save"),
    ];
    let reply = browser.post(&app, &dana.manage, &wanted).await.expect(303);
    assert_eq!(
        reply.header("location"),
        format!("{}?done=saved", dana.manage)
    );
    let page = browser
        .get(&app, reply.header("location"))
        .await
        .expect(200);
    assert!(page.text().contains("Saved."), "{}", page.text());
    let only_incidents = Following {
        maintenance: false,
        ..following([servers()])
    };
    assert_eq!(
        dana.now(&app).await.expect("there").following,
        only_incidents
    );
    let nothing = [("what", "some"), ("kind", "maintenance"), ("do", "save")];
    let page = browser.post(&app, &dana.manage, &nothing).await.expect(422);
    assert!(
        page.text().contains("Choose what you use"),
        "{}",
        page.text()
    );
    assert_eq!(
        dana.now(&app).await.expect("there").following,
        only_incidents
    );
}

#[tokio::test]
async fn a_component_that_is_gone_doesnt_keep_anybody_from_saving() {
    let mut app = start_with_mail().await;
    let selma_and_mail = following([component("selma"), component("mail")]);
    let dana = reach_and_confirm(&app, "dana@example.com", selma_and_mail).await;
    let left = SITE.split("[[components]]\nslug = \"mail\"").next();
    let site = format!(
        "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
         time_zone = \"America/Denver\"\n[delivery]\nfrom = \"status@example.com\"\n{}",
        left.expect("the others")
    );
    app.write("site.toml", site);
    app.sync(&[]).await.expect("synced");
    let mut browser = Browser::here();
    let page = browser.get(&app, &dana.manage).await.expect(200);
    let fields = fields_of(page.text());
    let mut fields: Vec<_> = fields
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    fields.push(("do", "save"));
    browser.post(&app, &dana.manage, &fields).await.expect(303);
    let saved = dana.now(&app).await.expect("there").following;
    assert_eq!(saved, following([component("selma")]));
}

#[tokio::test]
async fn messages_can_be_paused_and_go_on() {
    let app = start_with_mail().await;
    let dana = reach_and_confirm(&app, "dana@example.com", Following::default()).await;
    let mut browser = Browser::here();
    let page = browser.get(&app, &dana.manage).await.expect(200);
    assert!(page.text().contains("Pause messages"));
    for _ in 0..2 {
        let reply = browser
            .post(&app, &dana.manage, &[("do", "pause")])
            .await
            .expect(303);
        let page = browser
            .get(&app, reply.header("location"))
            .await
            .expect(200);
        assert!(page.text().contains("Paused") && page.text().contains("Send messages again"));
        assert!(!dana.now(&app).await.expect("there").is_active());
    }
    browser
        .post(&app, &dana.manage, &[("do", "go-on")])
        .await
        .expect(303);
    assert!(dana.now(&app).await.expect("there").is_active());
}

#[tokio::test]
async fn one_click_unsubscribes_wherever_it_comes_from() {
    let app = start_with_mail().await;
    let form = "application/x-www-form-urlencoded";
    let parts = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
                 One-Click\r\n--x--\r\n";
    for (format, body) in [
        (form, "List-Unsubscribe=One-Click"),
        ("multipart/form-data; boundary=x", parts),
        (form, ""),
    ] {
        let dana = reach_and_confirm(&app, "dana@example.com", Following::default()).await;
        let path = dana.manage.replace("/manage/", "/unsubscribe/");
        let page = Browser::here().get(&app, &path).await.expect(200);
        assert!(page.text().contains("dana@example.com") && page.text().contains("<button"));
        assert!(dana.now(&app).await.is_some(), "opening ends nothing");
        for is_first in [true, false] {
            let click = Request::post(&path)
                .header("content-type", format)
                .header("origin", "https://mail.example")
                .header("sec-fetch-site", "cross-site")
                .body(Body::from(body));
            let page = app.send(click.expect("a request")).await.expect(200);
            assert!(
                page.text().contains("You are unsubscribed"),
                "{}",
                page.text()
            );
            assert_eq!(page.text().contains("dana@example.com"), is_first);
            assert_eq!(dana.now(&app).await, None);
        }
        let gone = Browser::here().get(&app, &dana.manage).await.expect(404);
        assert!(
            gone.text().contains("no such subscription"),
            "{}",
            gone.text()
        );
        Browser::here().get(&app, &path).await.expect(404);
    }
}

#[tokio::test]
async fn a_link_that_was_cut_short_changes_nothing() {
    let app = start_with_mail().await;
    let dana = reach_and_confirm(&app, "dana@example.com", Following::default()).await;
    let short = &dana.manage[..dana.manage.len() - 1];
    let other = LinkKey::new("another site's key").token_of(&dana.id);
    for path in [
        short,
        &format!("/subscribe/manage/{other}"),
        "/subscribe/manage/%ff",
    ] {
        let mut browser = Browser::here();
        browser.get(&app, path).await.expect(404);
        browser
            .post(&app, path, &[("do", "pause")])
            .await
            .expect(404);
        let path = path.replace("/manage/", "/unsubscribe/");
        browser.get(&app, &path).await.expect(404);
        let page = browser.post(&app, &path, &[]).await.expect(404);
        assert!(!page.text().contains("You are unsubscribed"));
    }
    assert!(dana.now(&app).await.expect("there").is_active());
}

#[tokio::test]
async fn pages_behind_links_are_for_one_reader() {
    let app = start_with_mail().await;
    let dana = reach(&app, "dana@example.com", Following::default()).await;
    let unsubscribe = dana.manage.replace("/manage/", "/unsubscribe/");
    for path in [
        "/subscribe/asked",
        &dana.confirm,
        &dana.manage,
        &unsubscribe,
    ] {
        let reply = app.get(path).await.expect(200);
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("x-robots-tag"), "noindex", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        assert_eq!(reply.header("set-cookie"), "", "{path}");
        assert!(!reply.text().contains("rel=\"canonical\""), "{path}");
    }
    let form = app.get("/subscribe").await.expect(200);
    assert_ne!(
        form.header("cache-control"),
        "no-store",
        "the form is a document"
    );
    let mut tx = app.app.state().store.read().await.expect("a view");
    let everybody = SubscriberFilter {
        limit: 10,
        ..SubscriberFilter::default()
    };
    let all = list_subscribers(&mut tx, &everybody).await.expect("a list");
    assert_eq!(all.len(), 1, "reading changed nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_has_the_secret_of_a_link() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    let site = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
                time_zone = \"UTC\"\n";
    write(&content, "site.toml", site.as_bytes());
    let database = new_database(folder.path()).await;
    for format in ["common", "json"] {
        let flags = ["--access-log", format];
        let mut server = Server::start_with(&database, &content, &flags, None);
        let poster = Poster::new("");
        for action in ["confirm", "manage", "unsubscribe"] {
            let path = format!("/subscribe/{action}/s3cret");
            assert_eq!(poster.read(&server.url, &path).0, 404);
            assert_eq!(poster.read(&server.url, &path.replace('b', "B")).0, 404);
        }
        assert!(server.stop().success());
        let lines: Vec<String> = server.output.iter().collect();
        assert_eq!(lines.len(), 6, "{lines:?}");
        for line in lines {
            assert!(!line.contains("s3cret") && line.contains("/***"), "{line}");
        }
        let log: Vec<serde_json::Value> = server.log.iter().collect();
        assert!(!format!("{log:?}").contains("s3cret"), "{log:?}");
    }
}
