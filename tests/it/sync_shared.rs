//! An incident that has words from a file and updates from the API.

use chrono::Duration;
use lightship::domain::update::Phase;
use serde_json::{Value, json};

use crate::support::app::TestApp;

const FILE: &str = "incidents/2013-02-25-selma.md";
const NOW: &str = "2013-02-26T09:15:00Z";

fn file(front: &str, entries: &str) -> String {
    format!(
        "---\ntitle: Selma is down\ndate: 2013-02-25 08:00\n{front}---\n\nWe look.\n\n{entries}\n"
    )
}

async fn app_with(front: &str, entries: &str) -> TestApp {
    TestApp::new()
        .at(NOW)
        .with_component("selma")
        .with_component("nelson")
        .with_file(FILE, file(front, entries))
        .start()
        .await
}

impl TestApp {
    async fn say(&mut self, update: Value) {
        self.post("/incidents/selma/updates", update)
            .await
            .expect(201);
    }

    async fn rewrite(&mut self, front: &str, entries: &str) {
        self.advance(Duration::minutes(1));
        self.write(FILE, file(front, entries));
        self.sync(&[]).await.expect("synced");
    }

    fn phase(&self) -> Phase {
        self.incident("selma")
            .expect("published")
            .phase(self.clock.now())
    }

    fn texts_of_selma(&self) -> Vec<String> {
        let incident = self.incident("selma").expect("published");
        incident
            .updates
            .iter()
            .map(|u| u.markdown.clone())
            .collect()
    }
}

#[tokio::test]
async fn updates_stand_by_instant_whoever_made_them_and_equal_ones_as_they_were_made() {
    let mut app = app_with("", "UPDATE (2013-02-26 01:00 MST): First.").await;
    app.say(json!({"markdown": "Third.", "at": "2013-02-26T08:30:00Z"}))
        .await;
    app.say(json!({"markdown": "Second.", "at": "2013-02-26T08:00:00Z"}))
        .await;
    app.rewrite(
        "",
        "UPDATE (2013-02-26 01:00 MST): First.\n\nUPDATE (2013-02-26 01:30 MST): Fourth.",
    )
    .await;
    assert_eq!(
        app.texts_of_selma(),
        ["First.", "Second.", "Third.", "Fourth."]
    );
    // Newest first in the file is still oldest made first.
    app.write(
        "incidents/twins.md",
        file("", "UPDATE (2013-02-26 02:00 MST): B.\n\nUPDATE (2013-02-26 01:30 MST): A2.\n\nUPDATE (2013-02-26 01:30 MST): A1."),
    );
    app.sync(&[]).await.expect("synced");
    let twins = app.incident("twins").expect("published");
    let texts: Vec<_> = twins.updates.iter().map(|u| u.markdown.as_str()).collect();
    assert_eq!(texts, ["A1.", "A2.", "B."]);
}

#[tokio::test]
async fn the_latest_update_decides_the_phase() {
    let mut app = app_with("phase: identified\n", "").await;
    assert_eq!(app.phase(), Phase::Identified);
    app.say(json!({"markdown": "Up.", "phase": "monitoring"}))
        .await;
    assert_eq!(app.phase(), Phase::Monitoring);
    // An entry with an older time writes history.
    app.rewrite(
        "phase: identified\n",
        "## UPDATE 2013-02-25 09:00 MST: investigating\n\nHm.",
    )
    .await;
    assert_eq!(app.phase(), Phase::Monitoring);
    app.rewrite(
        "phase: identified\n",
        "## UPDATE 2013-02-26 02:16 MST: resolved\n\nDone.",
    )
    .await;
    assert_eq!(app.phase(), Phase::Resolved);
    app.rewrite("", "").await;
    assert_eq!(app.phase(), Phase::Monitoring);
}

#[tokio::test]
async fn a_phase_in_the_front_matter_that_a_later_update_outdates_is_a_warning() {
    let mut app = app_with("", "").await;
    app.say(json!({"markdown": "Up.", "phase": "monitoring"}))
        .await;
    app.write(FILE, file("phase: resolved\n", ""));
    let report = app.sync(&[]).await.expect("synced");
    let told = report.problems[0].render("", false);
    assert!(
        told.starts_with("warning") && told.contains("UPDATE"),
        "{told}"
    );
    assert_eq!(app.phase(), Phase::Monitoring);
    app.write(FILE, file("phase: identified\n", ""));
    assert!(app.sync(&[]).await.expect("synced").problems.is_empty());
}

#[tokio::test]
async fn a_file_with_an_old_date_writes_history_and_does_not_overrule_what_was_said_since() {
    let mut app = app_with("", "").await;
    app.say(json!({"markdown": "Slow.", "components": {"selma": "degraded"}}))
        .await;
    let old = "---\ntitle: Old\ndate: 2012-05-01 10:00\ncomponents: {selma: major_outage}\nphase: resolved\n---\n\nOld.\n";
    app.write("incidents/old.md", old);
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.state_of("selma"), "degraded");
    let page = app.get("/components/selma").await.expect(200);
    assert!(page.text().contains("Major outage"), "{}", page.text());
}

#[tokio::test]
async fn what_the_file_does_not_state_the_api_may_set_until_it_does() {
    let mut app = app_with("", "").await;
    let set = json!({"impact": "critical", "author": "Tyler", "components": {"nelson": {"state": "degraded", "note": "Slow."}}});
    app.api("PATCH", "/incidents/selma", Some(set))
        .await
        .expect(200);
    app.refresh_site().await;
    let by_api = app.incident("selma").expect("published");
    assert_eq!(app.state_of("nelson"), "degraded");

    // Another edit of the file leaves that alone.
    app.rewrite("", "UPDATE (2013-02-26 02:00 MST): Still.")
        .await;
    let after = app.incident("selma").expect("published");
    assert_eq!(
        (&after.stated_impact, &after.author),
        (&by_api.stated_impact, &by_api.author)
    );
    assert_eq!(after.changes, by_api.changes);
    assert_eq!(app.state_of("nelson"), "degraded");

    let front = "impact: minor\nauthor: Ann\ncomponents: {selma: partial_outage}\n";
    app.rewrite(front, "").await;
    let answer = app.api_get("/incidents/selma").await.json();
    assert_eq!(
        (&answer["impact"], &answer["author"]),
        (&json!("minor"), &json!("Ann"))
    );
    assert_eq!(app.state_of("nelson"), "operational");
    assert_eq!(app.state_of("selma"), "partial_outage");

    for field in ["impact", "author", "components", "title", "markdown"] {
        let mut wanted = json!({"impact": "major", "author": "Bo", "title": "T", "markdown": "M",
            "components": {"nelson": "degraded"}});
        let one = json!({field: wanted[field].take()});
        let refused = app
            .api("PATCH", "/incidents/selma", Some(one))
            .await
            .expect(409);
        assert!(refused.text().contains(FILE) && refused.text().contains(field));
    }
    // What the file no longer states is nobody's again.
    app.rewrite("", "").await;
    let answer = app.api_get("/incidents/selma").await.json();
    assert_eq!(answer["impact"], "none");
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn a_draft_shows_nothing_and_what_it_says_becomes_public_with_it() {
    let entry = "## UPDATE 2013-02-25 09:00 MST\n\nFound.\n\n- Selma: degraded\n";
    let mut app = app_with("draft: true\n", entry).await;
    assert!(app.incident("selma").is_none());
    assert_eq!(app.state_of("selma"), "operational");
    app.rewrite("draft: true\n", &entry.replace("Found.", "Found it."))
        .await;
    app.say(json!({"markdown": "By hand."})).await;

    app.rewrite("", &entry.replace("Found.", "Found it.")).await;
    let published = app.incident("selma").expect("published");
    let now = app.clock.now();
    assert_eq!((published.public_at, published.edited_at), (now, None));
    for update in &published.updates {
        assert_eq!(
            (update.public_at, update.edited_at),
            (now, None),
            "{update:?}"
        );
    }
    assert_eq!(app.state_of("selma"), "degraded");

    // Taken back and published again, it is what it was: subscribers see nothing new.
    app.rewrite("draft: true\n", &entry.replace("Found.", "Found it."))
        .await;
    assert!(app.incident("selma").is_none());
    app.get("/incidents/selma").await.expect(404);
    assert_eq!(app.state_of("selma"), "operational");
    app.rewrite("", &entry.replace("Found.", "Found it.")).await;
    assert_eq!(*app.incident("selma").expect("published"), *published);
}
