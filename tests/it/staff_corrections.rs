//! Correcting from the desk: updates and posts, with the old kept and colleagues not run over.

use lightship::domain::scope::Scope;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled, post_again};

/// An update with a typo that set a state; gives the path of its form.
async fn start() -> (TestApp, Browser, String) {
    let mut app = TestApp::new().with_component("selma").start().await;
    app.post("/incidents", json!({"title": "Selma is down"}))
        .await
        .expect(201);
    let update = json!({"markdown": "Mial is up.", "phase": "monitoring",
        "components": {"selma": {"state": "degraded", "note": "Slow."}}});
    let made = app
        .post("/incidents/selma-is-down/updates", update)
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().expect("an id").to_owned();
    let browser = Browser::signed_in(&app).await;
    let form = format!("/staff/incidents/selma-is-down/updates/{id}/correct");
    (app, browser, form)
}

#[tokio::test]
async fn a_typo_is_corrected_and_the_rest_stays() {
    let (mut app, mut browser, form) = start().await;
    let page = browser.get(&app, &form).await.expect(200);
    let stands = filled(&page, &[]);
    for (name, value) in [
        ("markdown", "Mial is up."),
        ("phase", "monitoring"),
        ("state.selma", "degraded"),
        ("note.selma", "Slow."),
        ("at", "2013-02-26T02:15"),
    ] {
        let found = stands.iter().find(|(known, _)| known == name).expect(name);
        assert_eq!(found.1, value);
    }
    let posted = browser
        .fill(&app, &form, &[("markdown", "Mail is up.")])
        .await
        .expect(303);
    let result = browser
        .get(&app, posted.header("location"))
        .await
        .expect(200);
    assert!(result.text().contains("Mail is up.") && result.text().contains("edited"));
    app.refresh_site().await;
    let public = app.get("/incidents/selma-is-down").await;
    assert!(public.text().contains("Mail is up.") && public.text().contains("edited"));
    let update = app.incident("selma-is-down").expect("it is there").updates[0].clone();
    assert_eq!(update.changes.len(), 1);
    assert_eq!(update.at.to_rfc3339(), "2013-02-26T09:15:00+00:00");
    assert!(app.get("/").await.text().contains("Slow."));
}

#[tokio::test]
async fn states_and_times_are_corrected_too() {
    let (mut app, mut browser, form) = start().await;
    let sent = [
        ("state.selma", "major_outage"),
        ("at", "2013-02-26T02:00"),
        ("phase", ""),
    ];
    browser.fill(&app, &form, &sent).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    let update = app.incident("selma-is-down").expect("it is there").updates[0].clone();
    assert_eq!(update.at.to_rfc3339(), "2013-02-26T09:00:00+00:00");
    assert_eq!(update.phase, None);
}

#[tokio::test]
async fn what_a_colleague_corrected_meanwhile_is_shown_first() {
    let (mut app, mut browser, form) = start().await;
    let page = browser.get(&app, &form).await.expect(200);
    let api = form.replace("/staff", "").replace("/correct", "");
    app.advance(chrono::Duration::minutes(1));
    let theirs = Some(json!({"markdown": "Mail works."}));
    app.api("PATCH", &api, theirs).await.expect(200);
    let mine = [("markdown", "Mail is up again.")];
    let held = post_again(&mut browser, &app, &form, &page, &mine)
        .await
        .expect(409);
    assert!(held.text().contains("Mail works.") && held.text().contains("Mail is up again."));
    post_again(&mut browser, &app, &form, &held, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    assert!(
        app.get("/incidents/selma-is-down")
            .await
            .text()
            .contains("Mail is up again.")
    );
}

#[tokio::test]
async fn a_page_gone_back_to_still_withdraws_after_a_correction_and_still_previews() {
    let (mut app, mut browser, path) = start().await;
    let page = browser.get(&app, &path).await.expect(200);
    let keys: Vec<_> = filled(&page, &[])
        .into_iter()
        .filter(|(name, _)| name == "key")
        .map(|(_, key)| key)
        .collect();
    let [corrects, withdraws] = keys.as_slice() else {
        panic!("two forms: {keys:?}");
    };
    let mended = [("markdown", "Mail is up."), ("key", corrects)];
    post_again(&mut browser, &app, &path, &page, &mended)
        .await
        .expect(303);
    let looked = [mended[0], mended[1], ("do", "part")];
    post_again(&mut browser, &app, &path, &page, &looked)
        .await
        .expect(200);
    let withdrawn = [("do", "withdraw"), ("key", withdraws)];
    browser.post(&app, &path, &withdrawn).await.expect(303);
    app.refresh_site().await;
    let left = app.incident("selma-is-down").expect("it is there");
    assert!(left.updates.is_empty(), "{left:?}");
}

#[tokio::test]
async fn an_update_is_withdrawn_by_those_who_may() {
    let (mut app, mut browser, form) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut other = Browser::signed_in_with(&app, &words).await;
    other
        .fill(&app, &form, &[("do", "withdraw")])
        .await
        .expect(403);
    other
        .fill(&app, &form, &[("markdown", "Mail is up.")])
        .await
        .expect(303);
    browser
        .fill(&app, &form, &[("do", "withdraw")])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
    assert!(
        !app.get("/incidents/selma-is-down")
            .await
            .text()
            .contains("Mail is up.")
    );
    browser.get(&app, &form).await.expect(404);
}

#[tokio::test]
async fn headline_and_impact_of_a_post_are_corrected() {
    let (mut app, mut browser, _) = start().await;
    let form = "/staff/incidents/selma-is-down/correct";
    let long = "x".repeat(201);
    let reply = browser
        .fill(&app, form, &[("title", &long)])
        .await
        .expect(422);
    assert!(reply.text().contains("href=\"#field-title\"") && reply.text().contains(&long));
    let sent = [
        ("title", "Selma is slow"),
        ("impact", "critical"),
        ("markdown", "More soon."),
    ];
    let posted = browser.fill(&app, form, &sent).await.expect(303);
    let result = browser
        .get(&app, posted.header("location"))
        .await
        .expect(200);
    assert!(result.text().contains("Selma is slow") && result.text().contains("More soon."));
    app.refresh_site().await;
    assert!(
        app.get("/incidents/selma-is-down")
            .await
            .text()
            .contains("Selma is slow")
    );
}

#[tokio::test]
async fn of_a_files_own_words_it_says_which_file_to_edit() {
    let file = "---\ntitle: Selma is down\ndate: 2013-02-26 02:00\n---\n\nWe look.\n\n\
        ## UPDATE 2/26/13 2:10 MST: identified\n\nA disk.\n";
    let app = TestApp::new()
        .with_component("selma")
        .with_file("incidents/2013-02-26-selma-is-down.md", file)
        .start()
        .await;
    let mut browser = Browser::signed_in(&app).await;
    let page = browser
        .get(&app, "/staff/incidents/selma-is-down")
        .await
        .expect(200);
    assert!(
        page.text()
            .contains("incidents/2013-02-26-selma-is-down.md")
    );
    let incident = app.incident("selma-is-down").expect("it is there");
    let update = format!(
        "/staff/incidents/selma-is-down/updates/{}/correct",
        incident.updates[0].id
    );
    for form in ["/staff/incidents/selma-is-down/correct", &update] {
        let page = browser.get(&app, form).await.expect(200);
        assert!(
            page.text()
                .contains("incidents/2013-02-26-selma-is-down.md"),
            "{form}"
        );
        assert!(page.text().contains("Post an update instead"));
        let tried = [("markdown", "Mine."), ("title", "Mine"), ("was", "first")];
        let reply = browser.post(&app, form, &tried).await.expect(409);
        assert!(
            reply.text().contains("2013-02-26-selma-is-down.md"),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn the_earlier_texts_stay_visible_to_staff_and_to_nobody_else() {
    let (mut app, mut browser, form) = start().await;
    for text in ["Mail is up, we tihnk.", "Mail is up."] {
        browser
            .fill(&app, &form, &[("markdown", text)])
            .await
            .expect(303);
        app.advance(chrono::Duration::minutes(1));
    }
    let page = browser.get(&app, &form).await.expect(200);
    let earlier = page.text().split("id=\"earlier\"").nth(1).expect("them");
    assert!(earlier.contains("Earlier versions (2)"), "{earlier}");
    let places: Vec<_> = ["we tihnk", "Mial is up."]
        .iter()
        .map(|text| earlier.find(text).expect("a text"))
        .collect();
    assert!(places[0] < places[1], "newest first");
    assert!(earlier.contains("February 26 at 2:15 am MST"), "{earlier}");
    let incident = browser
        .get(&app, "/staff/incidents/selma-is-down")
        .await
        .expect(200);
    assert!(incident.text().contains(&format!("{form}#earlier")));
    app.refresh_site().await;
    for path in ["/incidents/selma-is-down", "/feed.atom", "/"] {
        assert!(!app.get(path).await.text().contains("Mial"), "{path}");
    }
}

#[tokio::test]
async fn the_earlier_texts_of_a_post_and_of_a_file_are_there_too() {
    let (app, mut browser, _) = start().await;
    let form = "/staff/incidents/selma-is-down/correct";
    let sent = [("title", "Selma is slow"), ("impact", "major")];
    browser.fill(&app, form, &sent).await.expect(303);
    let page = browser.get(&app, form).await.expect(200);
    let earlier = page.text().split("id=\"earlier\"").nth(1).expect("them");
    assert!(earlier.contains("Selma is down") && earlier.contains("Severity"));
    let file = |text: &str| format!("---\ntitle: Nelson\ndate: 2013-02-26 02:00\n---\n\n{text}\n");
    let mut app = TestApp::new()
        .with_file("incidents/2013-02-26-nelson.md", file("We lok."))
        .start()
        .await;
    app.write("incidents/2013-02-26-nelson.md", file("We look."));
    app.sync(&[]).await.expect("it syncs");
    let mut browser = Browser::signed_in(&app).await;
    let form = "/staff/incidents/nelson/correct";
    let page = browser.get(&app, form).await.expect(200);
    assert!(
        page.text().contains("Earlier versions (1)"),
        "{}",
        page.text()
    );
    assert!(page.text().contains("We lok."));
}

#[tokio::test]
async fn a_post_that_says_what_it_said_leaves_no_line() {
    let (app, mut browser, _) = start().await;
    let form = "/staff/incidents/selma-is-down/correct";
    let done = browser.fill(&app, form, &[]).await.expect(303);
    let page = browser.get(&app, done.header("location")).await.expect(200);
    assert!(page.text().contains("Nothing changed"));
    assert!(!page.text().contains("edited"));
    let record = browser.get(&app, "/staff/record").await.expect(200);
    assert!(!record.text().contains("corrected"));
}

#[tokio::test]
async fn time_signature_and_components_of_a_post_are_corrected_too() {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is slow", "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    let mut browser = Browser::signed_in(&app).await;
    let form = "/staff/incidents/selma-is-slow/correct";
    let stands = filled(&browser.get(&app, form).await.expect(200), &[]);
    for (name, value) in [
        ("state.selma", "degraded"),
        ("published_at", "2013-02-26T02:15"),
    ] {
        let found = stands.iter().find(|(known, _)| known == name).expect(name);
        assert_eq!(found.1, value);
    }
    let ahead = [("published_at", "2013-02-26T22:00")];
    let reply = browser.fill(&app, form, &ahead).await.expect(422);
    assert!(reply.text().contains("id=\"field-published_at-wrong\""));
    let sent = [
        ("state.selma", ""),
        ("state.nelson", "major_outage"),
        ("published_at", "2013-02-26T01:00"),
        ("author", "Anna"),
    ];
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut other = Browser::signed_in_with(&app, &words).await;
    other.fill(&app, form, &sent).await.expect(403);
    browser.fill(&app, form, &sent).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
    assert_eq!(app.state_of("nelson"), "major_outage");
    let public = app.get("/incidents/selma-is-slow").await.expect(200);
    assert!(public.text().contains("<bdi>Anna</bdi>"));
    let incident = app.incident("selma-is-slow").expect("it is there");
    assert_eq!(
        incident.published_at.to_rfc3339(),
        "2013-02-26T08:00:00+00:00"
    );
}

#[tokio::test]
async fn an_update_is_signed_by_another() {
    let (mut app, mut browser, form) = start().await;
    let sent = [("author", "Anna")];
    browser.fill(&app, &form, &sent).await.expect(303);
    app.refresh_site().await;
    let page = app.get("/incidents/selma-is-down").await;
    assert!(page.text().contains("by <bdi>Anna</bdi>"));
}

#[tokio::test]
async fn an_update_that_says_what_it_said_is_not_edited() {
    let (mut app, mut browser, form) = start().await;
    app.advance(chrono::Duration::minutes(1));
    browser.fill(&app, &form, &[]).await.expect(303);
    let api = form.replace("/staff", "").replace("/correct", "");
    let same = json!({"markdown": "Mial is up.", "phase": "monitoring"});
    let same = app.api("PATCH", &api, Some(same)).await.expect(200);
    assert_eq!(same.json()["edited_at"], json!(null));
    app.refresh_site().await;
    let page = app.get("/incidents/selma-is-down").await;
    assert!(!page.text().contains("edited"));
    let page = browser.get(&app, &form).await.expect(200);
    assert!(!page.text().contains("Earlier versions"));
}
