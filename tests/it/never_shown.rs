//! What is not public is nowhere: no draft, nothing withdrawn, in no document that anyone can get.

use lightship::domain::scope::Scope;
use lightship::site::public_page::Page;
use serde_json::json;

use crate::support::app::{Reply, TestApp};
use crate::support::every_page::every_page;

/// Every public document, with its path and its bytes as text, and the page for a wrong address.
async fn everything_public(app: &TestApp) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for path in every_page(app).iter().map(Page::path) {
        let reply = app.get(&path).await.expect(200);
        found.push((path, reply.text().to_owned()));
    }
    for path in ["/nowhere", "/incidents/nowhere", "/components/nowhere"] {
        let reply = app.get(path).await.expect(404);
        found.push((path.to_owned(), reply.text().to_owned()));
    }
    found
}

#[tokio::test]
async fn a_draft_and_a_withdrawn_update_are_nowhere() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_file(
            "incidents/2013-02-25-file-draft.md",
            "---\ntitle: Zanzibar file draft\ndate: 2013-02-25\ndraft: true\ncomponents: {selma: major_outage}\n---\nQuagga.\n",
        )
        .start_with_every_page()
        .await;
    let made = json!({"title": "Zanzibar api draft", "markdown": "Quagga.", "draft": true,
        "components": {"nelson": "major_outage"}, "update": {"markdown": "Quagga update."}});
    app.post("/incidents", made).await.expect(201);
    let mended = json!({"title": "Zanzibar mended draft", "markdown": "Quagga mended."});
    app.api("PATCH", "/incidents/zanzibar-api-draft", Some(mended))
        .await
        .expect(200);
    let more = json!({"markdown": "Quagga again.", "phase": "resolved",
        "components": {"nelson": "major_outage"}});
    app.post("/incidents/zanzibar-api-draft/updates", more)
        .await
        .expect(201);
    let taken_in = json!({"title": "Zanzibar taken in", "markdown": "Quagga.",
        "components": {"nelson": "partial_outage"}, "update": {"markdown": "Quagga too."}});
    app.post("/incidents", taken_in).await.expect(201);
    assert!(app.get("/").await.text().contains("Zanzibar"));
    let draft = json!({"draft": true});
    app.api("PATCH", "/incidents/zanzibar-taken-in", Some(draft))
        .await
        .expect(200);
    let maintenance = json!({"title": "Zanzibar maintenance", "markdown": "Quagga.", "draft": true,
        "kind": "maintenance", "starts": "2013-03-02T22:00:00Z", "ends": "2013-03-03T00:00:00Z",
        "components": {"nelson": "maintenance"}});
    app.post("/incidents", maintenance).await.expect(201);
    let open = json!({"title": "Mail is slow", "markdown": "We look.", "components": {"selma": "degraded"}});
    app.post("/incidents", open).await.expect(201);
    let said = json!({"markdown": "Okapi said too much.", "phase": "resolved", "components": {"nelson": "major_outage"}});
    let update = app
        .post("/incidents/mail-is-slow/updates", said)
        .await
        .expect(201)
        .json();
    let shown = app.get("/incidents/mail-is-slow").await;
    assert!(shown.text().contains("Okapi"));
    let id = update["id"].as_str().expect("an id").to_owned();
    app.api(
        "DELETE",
        &format!("/incidents/mail-is-slow/updates/{id}"),
        None,
    )
    .await
    .expect(200);
    app.refresh_site().await;
    let shown = everything_public(&app).await;
    // Read as a whole it is the same as changed bit by bit.
    app.restart().await;
    assert_eq!(everything_public(&app).await, shown);
    for (path, text) in shown {
        for secret in ["Zanzibar", "zanzibar", "Quagga", "Okapi", id.as_str()] {
            assert!(!text.contains(secret), "{secret:?} is in {path}");
        }
    }
    let home = app.get("/").await;
    assert!(
        home.text().contains("Selma is degraded."),
        "{}",
        home.text()
    );
    assert!(!home.text().contains("Nelson is down"));
}

#[tokio::test]
async fn asking_for_what_is_not_public_answers_as_if_it_never_was() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(
            "incidents/2013-02-25-hidden.md",
            "---\ntitle: Hidden\ndate: 2013-02-25\ndraft: true\n---\nQuagga.\n",
        )
        .start()
        .await;
    let made = json!({"title": "Taken back", "markdown": "Quagga."});
    app.post("/incidents", made).await.expect(201);
    app.api("DELETE", "/incidents/taken-back", None)
        .await
        .expect(200);
    app.refresh_site().await;
    for tail in ["", ".json", ".md", "/feed.rss", "/feed.atom", "/feed.json"] {
        let never = app.get(&format!("/incidents/neverland{tail}")).await;
        for slug in ["hidden", "taken-back"] {
            let asked = app.get(&format!("/incidents/{slug}{tail}")).await;
            assert_eq!(asked.status, never.status);
            // A program is told the request's id, which differs each time.
            let text = |reply: &Reply| {
                let id = reply.header("x-request-id").to_owned();
                match id.is_empty() {
                    true => reply.text().to_owned(),
                    false => reply.text().replace(&id, "ID"),
                }
            };
            let differs = text(&never).replace("neverland", slug);
            assert_eq!(text(&asked), differs);
            let ignored = |name: &str| name == "etag" || name == "content-length";
            let names = |reply: &Reply| -> Vec<String> {
                let names = reply.headers.keys().map(|name| name.as_str().to_owned());
                names.filter(|name| !ignored(name)).collect()
            };
            assert_eq!(names(&asked), names(&never));
        }
    }
}

#[tokio::test]
async fn a_retired_component_leaves_the_lists_and_keeps_its_past() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let nelson = json!({"name": "Nelson the Elder", "group": "Servers"});
    app.api("PUT", "/components/nelson", Some(nelson)).await;
    let broken = json!({"title": "A disk broke", "markdown": "We look.",
        "components": {"nelson": "major_outage"}});
    app.post("/incidents", broken).await.expect(201);
    let all_well = json!({"markdown": "Done.", "phase": "resolved"});
    app.post("/incidents/a-disk-broke/updates", all_well)
        .await
        .expect(201);
    let state = json!({"state": "degraded"});
    app.post("/components/nelson/state", state)
        .await
        .expect(200);
    assert!(
        app.get("/")
            .await
            .text()
            .contains("Nelson the Elder is degraded.")
    );
    app.api("DELETE", "/components/nelson", None)
        .await
        .expect(200);
    app.refresh_site().await;
    let home = app.get("/").await.expect(200);
    assert!(
        home.text().contains("Everything is working."),
        "{}",
        home.text()
    );
    assert!(
        !home.text().contains("/components/nelson"),
        "{}",
        home.text()
    );
    let page = app.get("/components/nelson").await.expect(200);
    assert!(page.text().contains("etired"), "{}", page.text());
    assert!(page.text().contains("A disk broke"));
    let incident = app.get("/incidents/a-disk-broke").await.expect(200);
    assert!(incident.text().contains("Nelson the Elder"));
    assert!(incident.text().contains("etired"), "{}", incident.text());
    app.get("/components/nelson/feed.rss").await.expect(200);
}

#[tokio::test]
async fn drafts_are_only_for_those_who_write_incidents() {
    let app = TestApp::new()
        .with_component("selma")
        .with_file(
            "incidents/2013-02-25-hidden.md",
            "---\ntitle: Hidden\ndate: 2013-02-25\ndraft: true\n---\nQuagga.\n",
        )
        .start()
        .await;
    app.api_get("/incidents/hidden").await.expect(200);
    let other = app.issue_token("monitor", &[Scope::StatesWrite]).await;
    for path in ["/incidents/hidden", "/incidents/hidden/updates/1"] {
        app.api_as(&other, "GET", path, &[], None).await.expect(404);
    }
    let list = app.api_as(&other, "GET", "/incidents", &[], None).await;
    assert!(!list.expect(200).text().contains("Quagga"));
}

#[tokio::test]
async fn an_incident_goes_with_its_file() {
    let name = "incidents/2013-02-25-selma-moves.md";
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(
            name,
            "---\ntitle: Selma moves\ndate: 2013-02-25\n---\nQuagga.\n",
        )
        .start_with_every_page()
        .await;
    app.get("/incidents/selma-moves").await.expect(200);
    app.remove(name);
    app.sync(&[name]).await.expect("synced");
    app.get("/incidents/selma-moves").await.expect(404);
    for (path, text) in everything_public(&app).await {
        assert!(!text.contains("Quagga"), "{path}");
    }
}

#[tokio::test]
async fn what_staff_write_to_each_other_in_comments_is_nowhere() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(
            "incidents/2013-02-25-comments.md",
            "---\ntitle: Mail\ndate: 2013-02-25\ncomponents: {selma: degraded}\n---\n\n\
             Mail is slow. <!-- internal: Quagga 99 -->\n\n<!--\nQuagga\n-->\n\nMore.\n\n\
             ## UPDATE 2013-02-25 10:00 MST\n\nSlower. <!-- Quagga -->\n",
        )
        .start_with_every_page()
        .await;
    let made = json!({"title": "By hand", "markdown": "Text. <!-- Quagga -->",
        "update": {"markdown": "Text <!-- Quagga --> again."}});
    app.post("/incidents", made).await.expect(201);
    let public = everything_public(&app).await;
    let shown = |path: &str| {
        public
            .iter()
            .find(|(other, _)| other == path)
            .map(|it| &it.1)
    };
    let markdown = shown("/incidents/comments.md").expect("listed");
    assert!(
        markdown.contains("Mail is slow.\n") && markdown.contains("More."),
        "{markdown}"
    );
    for (path, text) in &public {
        assert!(!text.contains("Quagga"), "{path}: {text}");
    }
    let own = app.api("GET", "/incidents/by-hand", None).await.expect(200);
    assert!(own.text().contains("Quagga"), "staff see it");
}
