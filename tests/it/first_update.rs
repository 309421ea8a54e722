//! Incidents that open with an update and without a text of their own, and how feeds call things.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::Browser;

/// The items of a JSON feed, newest first: the last part of each id, and its title.
async fn items(app: &TestApp, path: &str) -> Vec<(String, String)> {
    let feed = app.get(path).await.expect(200).json();
    let items = feed["items"].as_array().expect("items").iter();
    let text = |item: &Value, field: &str| item[field].as_str().unwrap_or_default().to_owned();
    items
        .map(|item| {
            let id = text(item, "id");
            let kind = id.rsplit_once('/').expect("a kind").0.rsplit_once(':');
            (kind.expect("a kind").1.to_owned(), text(item, "title"))
        })
        .collect()
}

fn pairs(wanted: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(kind, title): &(&str, &str)| ((*kind).to_owned(), (*title).to_owned());
    wanted.iter().map(owned).collect()
}

#[tokio::test]
async fn an_incident_without_a_text_has_its_first_update_as_its_item() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let incident = json!({"title": "Selma is down", "components": {"selma": "major_outage"},
        "update": {"markdown": "We look.", "phase": "investigating"}});
    app.post("/incidents", incident).await.expect(201);
    app.refresh_site().await;
    let first = pairs(&[("update", "Selma is down: Investigating")]);
    assert_eq!(items(&app, "/feed.json").await, first);
    assert_eq!(items(&app, "/components/selma/feed.json").await, first);
    let feed = app.get("/feed.json").await.expect(200).json();
    let said = feed["items"][0]["content_html"].as_str().expect("a text");
    assert!(
        said.contains("Major outage") && said.contains("We look."),
        "{said}"
    );
    let before = feed["items"][0].clone();

    // What comes later changes nothing about it, not even a text for the post.
    app.advance(Duration::minutes(5));
    let later = json!({"markdown": "A disk has died. More soon."});
    app.post("/incidents/selma-is-down/updates", later)
        .await
        .expect(201);
    let text = json!({"markdown": "What we know."});
    app.api("PATCH", "/incidents/selma-is-down", Some(text))
        .await
        .expect(200);
    app.refresh_site().await;
    let both = pairs(&[
        ("update", "Selma is down: A disk has died. More soon"),
        ("update", "Selma is down: Investigating"),
    ]);
    assert_eq!(items(&app, "/feed.json").await, both);
    let feed = app.get("/feed.json").await.expect(200).json();
    assert_eq!(feed["items"][1], before);
}

#[tokio::test]
async fn a_post_with_a_text_or_without_an_update_has_an_item_of_its_own() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let bare = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", bare).await.expect(201);
    app.refresh_site().await;
    let own = pairs(&[("incident", "Selma is down")]);
    assert_eq!(items(&app, "/feed.json").await, own);
    // It has been out, so it stays.
    let update = json!({"markdown": "We look.", "phase": "identified"});
    app.post("/incidents/selma-is-down/updates", update)
        .await
        .expect(201);
    app.refresh_site().await;
    let both = pairs(&[
        ("update", "Selma is down: Identified"),
        ("incident", "Selma is down"),
    ]);
    assert_eq!(items(&app, "/feed.json").await, both);
    let text =
        json!({"title": "Mail", "markdown": "Mail is late.", "update": {"markdown": "We look."}});
    app.post("/incidents", text).await.expect(201);
    app.refresh_site().await;
    let mail = items(&app, "/incidents/mail/feed.json").await;
    assert_eq!(
        mail,
        pairs(&[("update", "Mail: We look"), ("incident", "Mail")])
    );
}

#[tokio::test]
async fn a_draft_and_a_file_are_decided_as_they_become_public() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(
            "incidents/2013-02-26-nelson.md",
            "---\ntitle: Nelson\ndate: 2013-02-26 01:00 MST\n---\n\nUPDATE 2013-02-26 01:30 MST: It is slow.\n",
        )
        .start()
        .await;
    let file = pairs(&[("update", "Nelson: It is slow")]);
    assert_eq!(items(&app, "/incidents/nelson/feed.json").await, file);
    let draft = json!({"title": "Mail", "draft": true});
    app.post("/incidents", draft).await.expect(201);
    let update = json!({"markdown": "We look.", "phase": "investigating"});
    app.post("/incidents/mail/updates", update)
        .await
        .expect(201);
    let public = json!({"draft": false});
    app.api("PATCH", "/incidents/mail", Some(public))
        .await
        .expect(200);
    app.refresh_site().await;
    let mail = pairs(&[("update", "Mail: Investigating")]);
    assert_eq!(items(&app, "/incidents/mail/feed.json").await, mail);
}

#[tokio::test]
async fn a_draft_whose_text_is_only_updates_has_no_item_of_its_own() {
    let mut app = TestApp::new().start().await;
    let draft = json!({"title": "Mail", "published_at": "2013-02-26T08:00:00Z", "draft": true});
    app.post("/incidents", draft).await.expect(201);
    let public = json!({"draft": false,
        "markdown": "UPDATE 2013-02-26 01:30 MST: It is slow."});
    app.api("PATCH", "/incidents/mail", Some(public))
        .await
        .expect(200);
    app.refresh_site().await;
    let mail = pairs(&[("update", "Mail: It is slow")]);
    assert_eq!(items(&app, "/incidents/mail/feed.json").await, mail);
}

#[tokio::test]
async fn lines_that_were_typed_into_a_form_stay_lines() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let mut browser = Browser::signed_in(&app).await;
    let sent = [("title", "Mail is late"), ("markdown", "Test\n2\n3")];
    browser
        .fill(&app, "/staff/new-incident", &sent)
        .await
        .expect(303);
    app.refresh_site().await;
    let page = app.get("/incidents/mail-is-late").await.expect(200);
    assert!(
        page.text().contains("Test<br>\n2<br>\n3"),
        "{}",
        page.text()
    );
    let update = app.incident("mail-is-late").expect("it is there").updates[0].clone();
    assert_eq!(
        update.markdown, "Test\\\n2\\\n3",
        "what is stored is Markdown"
    );
    // To be corrected it is shown as it was typed.
    let correct = format!(
        "/staff/incidents/mail-is-late/updates/{}/correct",
        update.id
    );
    let form = browser.get(&app, &correct).await.expect(200);
    assert!(
        form.text().contains("Test\n2\n3</textarea>"),
        "{}",
        form.text()
    );
    // The API's text is Markdown as it is.
    let update = json!({"markdown": "One\nline."});
    app.post("/incidents/mail-is-late/updates", update)
        .await
        .expect(201);
    app.refresh_site().await;
    let page = app.get("/incidents/mail-is-late").await.expect(200);
    assert!(page.text().contains("One\nline."), "{}", page.text());
}

#[tokio::test]
async fn times_are_written_by_the_clock_of_the_site() {
    for (lines, on_page, in_feed) in [
        (
            "",
            "February 26 at 2:15 am MST",
            "February 26, 2013 at 2:15 am MST",
        ),
        (
            "clock = \"24h\"\n",
            "February 26 at 02:15 MST",
            "February 26, 2013 at 02:15 MST",
        ),
        (
            "date_order = \"dmy\"\n",
            "February 26 at 02:15 MST",
            "February 26, 2013 at 02:15 MST",
        ),
    ] {
        let app = TestApp::new()
            .at("2013-02-26T09:15:00Z")
            .with_component("selma");
        let mut app = app.with_site(lines).start().await;
        let incident = json!({"title": "Mail", "update": {"markdown": "We look."}});
        app.post("/incidents", incident).await.expect(201);
        app.refresh_site().await;
        let page = app.get("/incidents/mail").await.expect(200);
        assert!(page.text().contains(on_page), "{lines}: {}", page.text());
        let feed = app.get("/feed.atom").await.expect(200);
        assert!(feed.text().contains(in_feed), "{lines}: {}", feed.text());
        let site = app.api_get("/site").await.expect(200).json();
        assert_eq!(site["clock"], if lines.is_empty() { "12h" } else { "24h" });
        assert!(
            site["headline"]
                .as_str()
                .is_some_and(|told| told.contains("Mail")),
            "{site}"
        );
    }
}
