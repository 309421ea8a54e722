//! What becomes of components and states as `site.toml` changes.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;

const SITE: &str = "name = \"Example status\"\ntime_zone = \"America/Denver\"\n";
const SELMA: &str = "\n[[components]]\nslug = \"selma\"\nname = \"Selma\"\n";
const NELSON: &str = "\n[[components]]\nslug = \"nelson\"\nname = \"Nelson\"\n";
const RESCUE: &str = "\n[[states]]\nkey = \"rescue_mode\"\nlabel = \"Rescue mode\"\n\
    reads = \"is in rescue mode\"\ntone = \"bad\"\ndown = 1.0\nstatuspage = \"major_outage\"\n";
const FILE: &str = "incidents/2013-02-25-nelson.md";

async fn app_with(site: &str, file: &str) -> TestApp {
    let mut app = TestApp::new().with_component("selma").start().await;
    app.write(FILE, file);
    app.become_site(site).await;
    app
}

impl TestApp {
    async fn become_site(&mut self, parts: &str) {
        self.advance(Duration::minutes(1));
        self.write("site.toml", format!("{SITE}{parts}"));
        let report = self.sync(&[]).await.expect("synced");
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }
}

fn post(state: &str) -> String {
    format!(
        "---\ntitle: Nelson\ndate: 2013-02-25 08:00\ncomponents: {{nelson: {state}}}\n---\n\nText.\n"
    )
}

#[tokio::test]
async fn a_component_dropped_from_the_file_is_retired_and_comes_back() {
    let mut app = app_with(&[SELMA, NELSON].concat(), &post("degraded")).await;
    assert!(app.get("/").await.text().contains("Nelson is degraded."));
    app.become_site(SELMA).await;
    let home = app.get("/").await;
    assert!(
        !home.text().contains("Nelson is degraded."),
        "{}",
        home.text()
    );
    let page = app.get("/components/nelson").await.expect(200);
    assert!(page.text().contains("etired"));
    app.get("/incidents/nelson").await.expect(200);
    assert_eq!(app.state_of("nelson"), "degraded", "its past is as it was");
    app.become_site(&[SELMA, NELSON].concat()).await;
    assert!(app.get("/").await.text().contains("Nelson is degraded."));
}

#[tokio::test]
async fn components_made_by_api_stay_as_the_file_changes() {
    let mut app = app_with(
        SELMA,
        &post("degraded").replace("nelson: degraded", "selma: degraded"),
    )
    .await;
    app.api("PUT", "/components/mail", Some(json!({"name": "Mail"})))
        .await;
    app.become_site(&[SELMA, NELSON].concat()).await;
    assert!(app.get("/").await.text().contains("/components/mail"));
}

#[tokio::test]
async fn a_dropped_state_of_ones_own_stays_readable_for_the_past() {
    let all = [SELMA, NELSON, RESCUE].concat();
    let mut app = app_with(&all, &post("rescue_mode")).await;
    let update = json!({"markdown": "Out of it.", "components": {"nelson": "operational"}});
    app.post("/incidents/nelson/updates", update)
        .await
        .expect(201);
    let before = app.incident("nelson").expect("published");
    app.become_site(&[SELMA, NELSON].concat()).await;
    let after = app.incident("nelson").expect("published");
    assert_eq!(after.changes, before.changes);
    let page = app.get("/incidents/nelson").await.expect(200);
    assert!(page.text().contains("Rescue mode"), "{}", page.text());
    // An edit of the file leaves the past as it was, too.
    app.write(FILE, post("rescue_mode").replace("Text.", "Edited."));
    app.sync(&[]).await.expect("synced");
    assert_eq!(
        app.incident("nelson").expect("published").changes,
        before.changes
    );
    // It can't be set any more, until it is back.
    let state = json!({"state": "rescue_mode"});
    app.post("/components/nelson/state", state.clone())
        .await
        .expect(422);
    app.become_site(&all).await;
    app.post("/components/nelson/state", state)
        .await
        .expect(200);
}

#[tokio::test]
async fn another_label_for_a_built_in_state_can_be_taken_off_again() {
    let label = "\n[[states]]\nkey = \"degraded\"\nlabel = \"Limping\"\nreads = \"is limping\"\n\
        tone = \"warn\"\ndown = 0.0\nstatuspage = \"degraded_performance\"\n";
    let mut app = app_with(&[SELMA, NELSON, label].concat(), &post("degraded")).await;
    assert!(app.get("/").await.text().contains("Nelson is limping."));
    app.become_site(&[SELMA, NELSON].concat()).await;
    assert!(app.get("/").await.text().contains("Nelson is degraded."));
    app.post("/components/selma/state", json!({"state": "degraded"}))
        .await
        .expect(200);
}
