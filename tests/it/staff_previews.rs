//! Previews of forms: each has its own address, and shows nobody else's text.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, fields_of, post_again};

const UPDATE: &str = "/staff/incidents/selma-is-down/update";
const NEW: &str = "/staff/new-incident";
const PLAN: &str = "/staff/new-maintenance";
const PREVIEW: &str = "Preview: not posted yet";
const LOST: &str = "This preview is no longer kept";

async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "update": {"markdown": "We look."}});
    app.post("/incidents", body).await.expect(201);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

/// Has a text shown before it is posted; gives the preview's address.
async fn preview(browser: &mut Browser, app: &TestApp, form: &str, text: &str) -> String {
    let fields = [
        ("title", "Nelson is down"),
        ("markdown", text),
        ("do", "preview"),
    ];
    let kept = browser.fill(app, form, &fields).await.expect(303);
    kept.header("location").to_owned()
}

#[tokio::test]
async fn two_tabs_with_the_same_form_each_see_their_own_preview() {
    let (app, mut browser) = start().await;
    for form in [UPDATE, NEW] {
        let one = preview(&mut browser, &app, form, "The first text.").await;
        let other = preview(&mut browser, &app, form, "The second text.").await;
        assert_ne!(one, other);
        for (address, own, others) in [
            (&one, "The first text.", "The second text."),
            (&other, "The second text.", "The first text."),
        ] {
            let page = browser.get(&app, address).await.expect(200);
            let text = page.text();
            assert!(text.contains(PREVIEW) && text.contains(own), "{text}");
            assert!(!text.contains(others), "{text}");
        }
    }
}

#[tokio::test]
async fn posting_one_preview_leaves_the_other() {
    let (mut app, mut browser) = start().await;
    let one = preview(&mut browser, &app, UPDATE, "The first text.").await;
    let other = preview(&mut browser, &app, UPDATE, "The second text.").await;
    let shown = browser.get(&app, &one).await.expect(200);
    post_again(&mut browser, &app, UPDATE, &shown, &[])
        .await
        .expect(303);
    let back = browser.get(&app, &one).await.expect(200);
    assert!(back.text().contains(LOST), "{}", back.text());
    assert!(!back.text().contains(PREVIEW), "{}", back.text());
    let shown = browser.get(&app, &other).await.expect(200);
    assert!(shown.text().contains("The second text."));
    app.refresh_site().await;
    let incident = app.incident("selma-is-down").expect("it is public");
    assert_eq!(incident.updates.len(), 2);
}

#[tokio::test]
async fn an_address_of_a_preview_that_is_not_kept_says_so_and_begins_again() {
    let (app, mut browser) = start().await;
    let page = "/staff/incidents/selma-is-down";
    let incident = app.incident("selma-is-down").expect("it is public");
    let correct = format!("{page}/updates/{}/correct", incident.updates[0].id);
    for form in [UPDATE, NEW, PLAN, &correct] {
        preview(&mut browser, &app, form, "Somebody’s text.").await;
        for key in ["unknown", "preview"] {
            let address = format!("{form}?preview={key}");
            let page = browser.get(&app, &address).await.expect(200);
            let text = page.text();
            assert!(text.contains(LOST), "{text}");
            assert!(!text.contains("Somebody’s text."), "{text}");
            let fields = fields_of(text);
            let own = fields.iter().find(|(name, _)| name == "key");
            let (_, own) = own.expect("a key");
            assert!(!own.is_empty() && own != key, "{own}");
        }
    }
}

#[tokio::test]
async fn a_preview_of_one_form_is_not_found_under_another() {
    let (app, mut browser) = start().await;
    let address = preview(&mut browser, &app, UPDATE, "The first text.").await;
    let key = address.split_once('?').expect("a query").1;
    let other = browser.get(&app, &format!("{NEW}?{key}")).await.expect(200);
    assert!(other.text().contains(LOST), "{}", other.text());
    assert!(!other.text().contains("The first text."));
}

#[tokio::test]
async fn the_last_eight_previews_are_kept() {
    let (app, mut browser) = start().await;
    let mut addresses = Vec::new();
    for number in 1..=9 {
        let text = format!("Text number {number}.");
        addresses.push(preview(&mut browser, &app, UPDATE, &text).await);
    }
    let first = browser.get(&app, &addresses[0]).await.expect(200);
    assert!(first.text().contains(LOST), "{}", first.text());
    for (number, address) in (1..=9).zip(&addresses).skip(1) {
        let page = browser.get(&app, address).await.expect(200);
        assert!(page.text().contains(&format!("Text number {number}.")));
    }
}

#[tokio::test]
async fn what_was_typed_before_signing_in_outlives_a_preview() {
    let (app, browser) = start().await;
    let mut form = browser.clone();
    let page = form.get(&app, UPDATE).await.expect(200);
    let mut browser = Browser::here();
    let typed = [("markdown", "Typed too early."), ("do", "preview")];
    let door = post_again(&mut browser, &app, UPDATE, &page, &typed)
        .await
        .expect(401);
    let token = app.token.clone();
    post_again(
        &mut browser,
        &app,
        "/staff/sign-in",
        &door,
        &[("token", &token)],
    )
    .await
    .expect(303);
    preview(&mut browser, &app, NEW, "Something else.").await;
    let form = browser.get(&app, UPDATE).await.expect(200);
    assert!(form.text().contains("Typed too early."), "{}", form.text());
    assert!(!form.text().contains(PREVIEW));
    post_again(&mut browser, &app, UPDATE, &form, &[])
        .await
        .expect(303);
    let form = browser.get(&app, UPDATE).await.expect(200);
    assert!(!form.text().contains("Typed too early."));
}
