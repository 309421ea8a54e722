//! Files that didn't change aren't read again, and nothing is missed by it.

use chrono::Duration;
use lightship::actions::sync_content::SyncOptions;
use lightship::actions::sync_report::SyncReport;
use lightship::app::content_sync;
use lightship::content::Content;
use lightship::store::settings::set_meta;
use serde_json::json;

use crate::support::app::TestApp;

const FILE: &str = "incidents/2013-02-20-selma-is-down.md";
const OTHER: &str = "incidents/2013-02-21-nelson-is-slow.md";

fn post(title: &str, rest: &str) -> String {
    format!(
        "---\ntitle: {title}\ndate: 2013-02-20 10:00\ncomponents: {{selma: degraded}}\n---\n\n\
         We look.\n{rest}"
    )
}

async fn app() -> TestApp {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    app.write(
        FILE,
        post(
            "Selma is down",
            "\n## UPDATE 2013-02-20 11:00 MST\n\nIt goes on.\n",
        ),
    );
    app.write(OTHER, post("Nelson is slow", ""));
    app.sync(&[]).await.expect("it syncs");
    app
}

/// One look at the folder.
async fn look(app: &mut TestApp) -> (Content, SyncReport) {
    let source = &app.config.source;
    let options = SyncOptions {
        feeder: source.feeder(),
        ..SyncOptions::default()
    };
    let store = &app.app.state().store;
    let looked = content_sync::look(
        store,
        &app.clock,
        &source.content,
        &options,
        Default::default(),
    )
    .await;
    let (content, report) = looked.expect("it can be looked at");
    app.refresh_site().await;
    (content, report.expect("it can be synced"))
}

async fn was_read(app: &mut TestApp) -> bool {
    look(app).await.0.site.is_some()
}

#[tokio::test]
async fn a_folder_in_step_is_read_once_more_and_then_not_again() {
    let mut app = app().await;
    assert!(
        was_read(&mut app).await,
        "whether it is in step is seen by reading it"
    );
    assert!(!was_read(&mut app).await);
    app.restart().await;
    assert!(!was_read(&mut app).await, "the database remembers it");

    app.write(OTHER, post("Nelson is slow", "And slower."));
    let (content, report) = look(&mut app).await;
    assert_eq!((content.incidents.len(), report.changed), (2, 1));
    assert!(was_read(&mut app).await);
    assert!(!was_read(&mut app).await);
}

#[tokio::test]
async fn what_is_doubtful_in_it_is_said_each_time() {
    let mut app = app().await;
    app.write(
        OTHER,
        post(
            "Nelson is slow",
            "\n## UPDATE (2/20/13 - 1:15 MST)\n\nSlower.\n",
        ),
    );
    let mut said = Vec::new();
    let mut reads = 0;
    for _ in 0..4 {
        let (content, _) = look(&mut app).await;
        reads += usize::from(content.site.is_some());
        said.push(content.problems);
    }
    assert!(!said[0].is_empty() && said.iter().all(|problems| *problems == said[0]));
    assert_eq!(reads, 2);
}

/// What was skipped, and was then read anyway, must have been the same.
#[track_caller]
fn check(step: &str, skipped: &(Content, SyncReport), read: &(Content, SyncReport)) {
    assert!(!read.1.has_written, "{step}: something was missed");
    assert_eq!(read.0.problems, skipped.0.problems, "{step}");
}

#[tokio::test]
async fn whatever_happens_meanwhile_nothing_is_missed() {
    let mut app = app().await;
    let path = "/incidents/selma-is-down";
    let site = std::fs::read_to_string(app.content().join("site.toml")).expect("a file");
    for step in 0..14 {
        match step {
            0 => app.write(FILE, post("Selma is down", "It is the disk.")),
            1 => {
                let said = json!({"markdown": "Half done.", "components": {"nelson": "degraded"}});
                app.post(&format!("{path}/updates"), said).await.expect(201);
            }
            2 => {
                let said = json!({"impact": "critical", "author": "Toni"});
                app.api("PATCH", path, Some(said)).await.expect(200);
            }
            3 => app.write("site.toml", format!("{site}\n[zones]\nIST = \"+05:30\"\n")),
            4 => app.write("site.toml", site.replace("America/Denver", "Europe/Berlin")),
            5 => {
                let described = json!({"name": "Clark"});
                app.api("PUT", "/components/clark", Some(described)).await;
            }
            6 => app.write(OTHER, post("Clark is slow", "").replace("selma", "clark")),
            7 => app.write(
                "templates/full.md",
                "---\ntitle: A disk is full\n---\n\nWe look.\n",
            ),
            8 => app.remove(OTHER),
            9 => app.write(OTHER, post("Nelson is back", "")),
            10 => app.advance(Duration::days(1)),
            // What isn't read is hinted at, and no reason to read all again and again.
            11 => app.write("incidents/notes.txt", "Call the rack."),
            12 => app.remove("incidents/notes.txt"),
            // What is still to come is read until then.
            _ => app.write(
                FILE,
                post("Selma is up", "").replace("02-20 10", "03-20 10"),
            ),
        }
        // Until nothing has to be read; then all of it is read anyway.
        for _ in 0..3 {
            app.sync(&[OTHER]).await.expect("it syncs");
        }
        let skipped = look(&mut app).await;
        let store = &app.app.state().store;
        let mut tx = store.begin().await.expect("a change");
        set_meta(&mut tx, "sync_seal", "").await.expect("no seal");
        tx.commit().await.expect("no seal");
        let read = look(&mut app).await;
        assert!(read.0.site.is_some(), "{step}: it was read");
        assert_eq!(skipped.0.site.is_none(), step != 13, "{step}: skipped");
        check(&step.to_string(), &skipped, &read);
    }
}

#[tokio::test]
async fn an_incident_of_a_file_that_was_edited_elsewhere_is_read_again() {
    let mut app = app().await;
    while was_read(&mut app).await {}
    let of_api = json!({"title": "Mail is slow", "markdown": "We look."});
    app.post("/incidents", of_api).await.expect(201);
    let state = json!({"state": "degraded"});
    app.post("/components/nelson/state", state)
        .await
        .expect(200);
    assert!(!was_read(&mut app).await, "no file states any of it");
    let said = json!({"markdown": "Half done."});
    let path = "/incidents/selma-is-down/updates";
    app.post(path, said).await.expect(201);
    assert!(was_read(&mut app).await);
}

#[tokio::test]
async fn a_name_used_twice_is_said_each_time_and_read_no_more_often() {
    let mut app = app().await;
    let again = "incidents/2013-02-22-selma-is-down.md";
    app.write(again, post("Selma is down again", ""));
    for is_read in [true, true, false, false] {
        let (content, report) = look(&mut app).await;
        assert_eq!(content.site.is_some(), is_read);
        let told: Vec<_> = content.problems.iter().chain(&report.moved).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].file, again);
    }
}
