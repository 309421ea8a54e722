//! Maintenance by the clock: it begins and is complete with its window, once, in order, whatever
//! happened in between.

use std::time::Instant;

use chrono::Duration;
use lightship::clock::Clock;
use lightship::render::messages::text_of;
use serde_json::{Value, json};

use crate::support::app::{TestApp, write};
use crate::support::new_database;
use crate::support::process::Server;

const NIGHT: &str = "2013-03-02T20:00:00Z";

/// From 21:00 to 23:00 UTC.
fn plan() -> Value {
    json!({"title": "New disks for Selma", "kind": "maintenance", "markdown": "Selma restarts.",
        "starts": "2013-03-02T21:00:00Z", "ends": "2013-03-02T23:00:00Z",
        "components": {"selma": "maintenance"}})
}

async fn planned() -> TestApp {
    let mut app = TestApp::new()
        .at(NIGHT)
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    app.post("/incidents", plan()).await.expect(201);
    app
}

async fn pass(app: &mut TestApp, minutes: i64) {
    app.advance(Duration::minutes(minutes));
    app.refresh_site().await;
}

const SLUG: &str = "new-disks-for-selma";

/// What the updates of a maintenance say: instant, phase, text.
fn said(app: &TestApp, slug: &str) -> Vec<(String, String, String)> {
    let incident = app.incident(slug).expect("a maintenance");
    let updates = incident.updates.iter().map(|update| {
        let phase = update.phase.map_or("", |phase| phase.as_str());
        let at = update.at.format("%d %H:%M").to_string();
        (at, phase.to_owned(), text_of(update).into_owned())
    });
    updates.collect()
}

fn line(at: &str, phase: &str, text: &str) -> (String, String, String) {
    (at.to_owned(), phase.to_owned(), text.to_owned())
}

fn whole_night() -> Vec<(String, String, String)> {
    vec![
        line(
            "02 21:00",
            "in_progress",
            "Maintenance on Selma has started.",
        ),
        line("02 23:00", "completed", "Maintenance on Selma is complete."),
    ]
}

#[tokio::test]
async fn it_begins_and_is_complete_with_its_window() {
    let mut app = planned().await;
    let home = app.get("/").await;
    assert!(
        home.text().contains("Planned maintenance"),
        "{}",
        home.text()
    );
    assert_eq!(app.state_of("selma"), "operational");
    pass(&mut app, 59).await;
    assert!(said(&app, SLUG).is_empty());
    pass(&mut app, 1).await;
    assert_eq!(app.state_of("selma"), "maintenance");
    assert_eq!(said(&app, SLUG), whole_night()[..1]);
    let home = app.get("/").await;
    assert!(
        home.text().contains("Selma is under maintenance."),
        "{}",
        home.text()
    );
    pass(&mut app, 120).await;
    assert_eq!(app.state_of("selma"), "operational");
    assert_eq!(said(&app, SLUG), whole_night());
    let page = app.get(&format!("/incidents/{SLUG}")).await;
    assert!(page.text().contains("is back to"), "{}", page.text());
    pass(&mut app, 24 * 60).await;
    assert_eq!(said(&app, SLUG), whole_night(), "each is said once");
    let record = app.api_get("/audit").await.expect(200).json();
    assert_eq!(
        record["entries"][0]["actor"],
        json!({"kind": "clock", "id": null, "name": "clock"})
    );
    let feed = app.get(&format!("/incidents/{SLUG}/feed.json")).await;
    let items = feed.json()["items"].as_array().expect("items").len();
    assert_eq!(items, 3);
}

#[tokio::test]
async fn what_was_missed_is_caught_up_with_in_order_at_the_windows_own_instants() {
    let mut app = planned().await;
    app.advance(Duration::minutes(70));
    app.restart().await;
    assert_eq!(said(&app, SLUG), whole_night()[..1]);
    assert_eq!(app.state_of("selma"), "maintenance");
    app.advance(Duration::days(3));
    app.restart().await;
    assert_eq!(said(&app, SLUG), whole_night());
    let incident = app.incident(SLUG).expect("a maintenance");
    let second = &incident.updates[1];
    assert_eq!(second.public_at, app.clock.now(), "it is news only now");

    let mut app = planned().await;
    app.advance(Duration::days(3));
    app.restart().await;
    assert_eq!(said(&app, SLUG), whole_night(), "the whole window missed");
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn two_processes_over_one_database_do_it_once() {
    let mut app = planned().await;
    let mut other = app.another().await;
    app.advance(Duration::minutes(60));
    let (one, two) = tokio::join!(app.app.refresh_site(), other.refresh_site());
    one.expect("one follows the clock");
    two.expect("the other, too");
    app.advance(Duration::minutes(120));
    let (two, one) = tokio::join!(other.refresh_site(), app.app.refresh_site());
    one.expect("one follows the clock");
    two.expect("the other, too");
    app.refresh_site().await;
    assert_eq!(said(&app, SLUG), whole_night());
}

#[tokio::test]
async fn a_files_window_is_followed_too_also_over_a_change_of_daylight_saving() {
    // On March 10, 2013 the clocks in Denver went from 2:00 MST to 3:00 MDT.
    let file = "---\ntitle: Night work\ndate: 2013-03-01\nkind: maintenance\n\
                components: {selma: migrating, nelson: migrating}\n\
                starts: 2013-03-10 01:30\nends: 2013-03-10 03:30\n---\nWe move.\n";
    let mut app = TestApp::new()
        .at("2013-03-10T08:29:00Z")
        .with_component("selma")
        .with_component("nelson")
        .with_file("incidents/2013-03-01-night-work.md", file)
        .start()
        .await;
    assert!(said(&app, "night-work").is_empty());
    pass(&mut app, 1).await;
    assert_eq!(app.state_of("nelson"), "migrating");
    pass(&mut app, 59).await;
    assert_eq!(app.state_of("nelson"), "migrating");
    pass(&mut app, 1).await;
    assert_eq!(app.state_of("nelson"), "operational");
    let both = "Maintenance on Selma and Nelson";
    assert_eq!(
        said(&app, "night-work"),
        [
            line("10 08:30", "in_progress", &format!("{both} has started.")),
            line("10 09:30", "completed", &format!("{both} is complete.")),
        ]
    );
    app.sync(&[]).await.expect("synced");
    assert_eq!(said(&app, "night-work").len(), 2, "a sync leaves them");
}

#[tokio::test]
async fn a_window_that_was_over_before_its_file_came_is_no_news() {
    let file = "---\ntitle: Old work\ndate: 2012-12-01\nkind: maintenance\n\
                components: {selma: maintenance}\nstarts: 2012-12-09 23:00\n\
                ends: 2012-12-10 01:00\n---\nWe moved.\n";
    let app = TestApp::new()
        .at(NIGHT)
        .with_component("selma")
        .with_file("incidents/2012-12-01-old-work.md", file)
        .start()
        .await;
    assert_eq!(app.state_of("selma"), "operational");
    let incident = app.incident("old-work").expect("a maintenance");
    assert_eq!(incident.updates.len(), 2);
    assert!(incident.updates.iter().all(|it| it.public_at == it.at));
    let page = app.get("/incidents/old-work").await;
    assert!(!page.text().contains("added later"), "{}", page.text());
}

#[tokio::test]
async fn staff_who_changed_a_component_meanwhile_are_not_overruled() {
    // Worse at the start: a maintenance hides no outage.
    let mut app = planned().await;
    let down = json!({"state": "major_outage"});
    app.post("/components/selma/state", down).await.expect(200);
    pass(&mut app, 60).await;
    assert_eq!(app.state_of("selma"), "major_outage");
    pass(&mut app, 120).await;
    assert_eq!(app.state_of("selma"), "major_outage");

    // By hand within the window: that stays.
    let mut app = planned().await;
    pass(&mut app, 60).await;
    pass(&mut app, 30).await;
    let slow = json!({"state": "degraded"});
    app.post("/components/selma/state", slow).await.expect(200);
    pass(&mut app, 90).await;
    assert_eq!(app.state_of("selma"), "degraded");
    assert_eq!(said(&app, SLUG).len(), 2);
}

#[tokio::test]
async fn what_the_clock_said_can_be_corrected_and_withdrawn_for_good() {
    let mut app = planned().await;
    pass(&mut app, 60).await;
    let id = app.incident(SLUG).expect("it").updates[0].id.clone();
    let path = format!("/incidents/{SLUG}/updates/{id}");
    let text = json!({"markdown": "We begin with the first disk."});
    app.api("PATCH", &path, Some(text)).await.expect(200);
    app.refresh_site().await;
    assert_eq!(said(&app, SLUG)[0].2, "We begin with the first disk.");
    app.api("DELETE", &path, None).await.expect(200);
    pass(&mut app, 1).await;
    assert_eq!(app.state_of("selma"), "operational");
    assert!(said(&app, SLUG).is_empty(), "it isn't said again");
    pass(&mut app, 600).await;
    assert!(said(&app, SLUG).is_empty());
}

#[tokio::test]
async fn overlapping_windows_give_back_when_the_last_one_closes() {
    let mut app = planned().await;
    let mut second = plan();
    second["title"] = json!("More memory for Selma");
    second["starts"] = json!("2013-03-02T22:00:00Z");
    second["ends"] = json!("2013-03-02T22:30:00Z");
    second["overlap"] = json!(true);
    app.post("/incidents", second).await.expect(201);
    pass(&mut app, 155).await;
    assert_eq!(app.state_of("selma"), "maintenance");
    pass(&mut app, 30).await;
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn a_server_that_runs_follows_the_clock_by_itself() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let content = folder.path().join("content");
    let starts = Clock::System.now() + Duration::seconds(2);
    let times = [starts, starts + Duration::hours(2)].map(|at| at.to_rfc3339());
    let site = "name = \"Example\"\ntime_zone = \"UTC\"\n[[components]]\nslug = \"selma\"\nname = \"Selma\"\n";
    write(&content, "site.toml", site.as_bytes());
    let file = format!(
        "---\ntitle: Night work\ndate: 2013-03-01\nkind: maintenance\n\
         components: {{selma: maintenance}}\nstarts: {}\nends: {}\n---\nWe move.\n",
        times[0], times[1]
    );
    write(
        &content,
        "incidents/2013-03-01-night-work.md",
        file.as_bytes(),
    );
    let server = Server::start(&database, &content);
    let url = server.url.clone();
    let asking = tokio::task::spawn_blocking(move || {
        let deadline = Instant::now() + std::time::Duration::from_secs(60);
        loop {
            let home = ureq::get(&url).call().expect("the home page");
            let home = home.into_body().read_to_string().expect("a text");
            if home.contains("Selma is under maintenance.") {
                return;
            }
            assert!(Instant::now() < deadline, "{home}");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
    });
    asking.await.expect("it begins");
    drop(server);
}

#[tokio::test]
async fn scheduled_again_it_waits_for_its_new_window() {
    let mut app = planned().await;
    pass(&mut app, 70).await;
    assert_eq!(app.state_of("selma"), "maintenance");
    let later = json!({"markdown": "The disks are late.", "phase": "scheduled"});
    let updates = format!("/incidents/{SLUG}/updates");
    app.post(&updates, later).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
    // Its old window closes without it.
    pass(&mut app, 180).await;
    assert_eq!(app.state_of("selma"), "operational");
    let moved =
        json!({"do": "extend", "starts": "2013-03-03T02:00:00Z", "ends": "2013-03-03T04:00:00Z"});
    let steps = format!("/incidents/{SLUG}/maintenance");
    app.post(&steps, moved).await.expect(201);
    pass(&mut app, 120).await;
    assert_eq!(app.state_of("selma"), "maintenance");
    let account = json!({"markdown": "All disks are new.", "phase": "postmortem"});
    app.post(&updates, account).await.expect(201);
    assert_eq!(app.state_of("selma"), "operational");
    pass(&mut app, 240).await;
    let phases: Vec<_> = said(&app, SLUG).into_iter().map(|it| it.1).collect();
    let expected = ["in_progress", "scheduled", "", "in_progress", "postmortem"];
    assert_eq!(phases, expected);
}
