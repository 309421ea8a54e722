//! Resolving from the desk: what came back, and what didn't.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, post_again};

const FORM: &str = "/staff/incidents/selma-is-down/update";

async fn start(components: serde_json::Value) -> (TestApp, Browser) {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is down", "components": components});
    app.post("/incidents", body).await.expect(201);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

/// Resolves it, with these fields besides, and gives the page that follows.
async fn resolve(app: &TestApp, browser: &mut Browser, fields: &[(&str, &str)]) -> String {
    let sent = [
        &[("markdown", "It is over."), ("phase", "resolved")],
        fields,
    ]
    .concat();
    let done = browser.fill(app, FORM, &sent).await.expect(303);
    let page = browser.get(app, done.header("location")).await;
    page.expect(200).text().to_owned()
}

#[tokio::test]
async fn what_came_back_is_said() {
    let (app, mut browser) = start(json!({"selma": "major_outage", "nelson": "degraded"})).await;
    let page = resolve(&app, &mut browser, &[]).await;
    for name in ["Selma", "Nelson"] {
        let told = format!("<bdi>{name}</bdi> is back to ");
        let said = page.split(&told).nth(1).expect("it");
        let said = said.split("</p>").next().expect("a line");
        assert!(said.contains("Operational"), "{said}");
    }
    assert!(!page.contains("is still"));
}

#[tokio::test]
async fn what_did_not_come_back_is_said_with_the_way_to_change_it() {
    let (app, mut browser) = start(json!({"selma": "major_outage", "nelson": "degraded"})).await;
    let page = resolve(&app, &mut browser, &[("return.nelson", "-")]).await;
    assert!(page.contains("<bdi>Selma</bdi> is back to "), "{page}");
    let left = page.split("<bdi>Nelson</bdi> is still").nth(1).expect("it");
    assert!(left.contains("Degraded") && left.contains("/staff/components/nelson/state"));
}

#[tokio::test]
async fn that_nothing_came_back_is_said_too() {
    let (app, mut browser) = start(json!({"selma": null})).await;
    let page = resolve(&app, &mut browser, &[]).await;
    assert!(page.contains("No component changed its state."), "{page}");
    assert!(!page.contains("is still"));
}

#[tokio::test]
async fn a_state_chosen_before_a_colleague_set_it_keeps_its_name() {
    let (mut app, mut browser) = start(json!({"selma": "major_outage"})).await;
    let form = browser.get(&app, FORM).await.expect(200);
    let theirs = json!({"markdown": "It is up.", "components": {"selma": "operational"}});
    app.post("/incidents/selma-is-down/updates", theirs)
        .await
        .expect(201);
    let mine = [("markdown", "Up again."), ("state.selma", "operational")];
    let held = post_again(&mut browser, &app, FORM, &form, &mine)
        .await
        .expect(409);
    let kept = "<option value=\"operational\" selected>Operational</option>";
    assert!(held.text().contains(kept), "{}", held.text());
}
