//! Maintenance on the staff pages: planned, begun, moved, ended, called off.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::json;

use crate::support::app::{Reply, TestApp};
use crate::support::staff::{Browser, filled, post_again};

const PLAN: &str = "/staff/new-maintenance";
const STEPS: &str = "/staff/incidents/new-disks/maintenance";

/// Friday evening in Denver, seven hours behind; the clocks go forward a week later.
async fn start() -> (TestApp, Browser) {
    let app = TestApp::new()
        .at("2013-03-02T01:00:00Z")
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

async fn plan(app: &mut TestApp, browser: &mut Browser) {
    let sent = [
        ("title", "New disks"),
        ("markdown", "Selma *restarts*."),
        ("starts", "2013-03-02T22:00"),
        ("ends", "2013-03-03T00:00"),
        ("state.selma", "maintenance"),
    ];
    let reply = browser.fill(app, PLAN, &sent).await.expect(303);
    assert_eq!(reply.header("location"), &format!("{STEPS}?done=planned"));
    app.refresh_site().await;
}

/// Makes a step by its form; `fields` are those that are typed.
async fn step(
    app: &mut TestApp,
    browser: &mut Browser,
    step: &str,
    fields: &[(&str, &str)],
) -> Reply {
    let page = browser.get(app, STEPS).await.expect(200);
    let mark = format!("name=\"step\" value=\"{step}\"");
    let form = page.text().split("<form").find(|form| form.contains(&mark));
    let form = format!("<main {}", form.expect("the step is offered"));
    let mut sent = crate::support::staff::fields_of(&form);
    for (name, value) in fields {
        sent.retain(|(known, _)| known != name);
        sent.push(((*name).to_owned(), (*value).to_owned()));
    }
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let reply = browser.post(app, STEPS, &sent).await;
    app.refresh_site().await;
    reply
}

fn phase(app: &TestApp) -> &'static str {
    let incident = app.incident("new-disks").expect("a maintenance");
    incident.phase(app.clock.now()).as_str()
}

#[tokio::test]
async fn one_is_planned_in_the_sites_zone() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let body = app.api_get("/incidents/new-disks").await.json();
    assert_eq!(body["starts"], "2013-03-03T05:00:00Z");
    assert_eq!(body["ends"], "2013-03-03T07:00:00Z");
    let page = browser
        .get(&app, &format!("{STEPS}?done=planned"))
        .await
        .expect(200);
    for part in [
        "Planned, and announced",
        "Saturday, March 2 · 10:00 pm – midnight MST",
        "Sunday, March 3 · 05:00 – 07:00 UTC",
    ] {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    let list = browser.get(&app, "/staff/maintenance").await.expect(200);
    assert!(list.text().contains("New disks") && list.text().contains("Planned"));
    assert!(app.get("/").await.text().contains("New disks"));
    app.advance(Duration::hours(28));
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "maintenance");
}

#[tokio::test]
async fn the_preview_plans_nothing_and_shows_both_zones() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("title", "New disks"),
        ("markdown", "Selma *restarts*."),
        ("starts", "2013-03-09T22:00"),
        ("ends", "2013-03-10T04:00"),
        ("state.selma", "migrating"),
    ];
    let reply = browser.preview(&app, PLAN, &sent).await.expect(200);
    for part in [
        "not planned yet",
        "10:00 pm MST – Sunday, March 10, 4:00 am MDT",
        "05:00 – 10:00 UTC",
        "It lasts 5 h.",
        "<em>restarts</em>",
        "Migrating",
    ] {
        assert!(reply.text().contains(part), "{part}: {}", reply.text());
    }
    app.refresh_site().await;
    assert!(app.incident("new-disks").is_none());
    // While it is typed, only the window is asked for.
    let sent = [
        ("title", ""),
        ("starts", "2013-03-09T22:00"),
        ("ends", ""),
        ("do", "part"),
    ];
    let part = browser.fill(&app, PLAN, &sent).await.expect(200);
    assert!(part.text().contains("from 05:00 UTC"), "{}", part.text());
    assert!(!part.text().contains("<html"));
    // What was previewed is sent from there.
    let again = [("do", "post")];
    post_again(&mut browser, &app, PLAN, &reply, &again)
        .await
        .expect(303);
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_is_lost() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let check = async |browser: &mut Browser, starts: &str, ends: &str, field: &str, part: &str| {
        let sent = [
            ("title", "Kept"),
            ("markdown", "Kept, too."),
            ("starts", starts),
            ("ends", ends),
            ("state.selma", "migrating"),
        ];
        let reply = browser.fill(&app, PLAN, &sent).await.expect(422);
        let text = reply.text();
        assert!(text.contains(part), "{part}: {text}");
        for part in [
            format!("id=\"field-{field}-wrong\""),
            format!("id=\"field-{field}\""),
            format!("href=\"#field-{field}\""),
            "value=\"Kept\"".to_owned(),
            "Kept, too.".to_owned(),
            "<option value=\"migrating\" selected>".to_owned(),
        ] {
            assert!(text.contains(&part), "{part}: {text}");
        }
        reply
    };
    let b = &mut browser;
    check(b, "", "2013-03-05T02:00", "starts", "Say when it starts.").await;
    check(b, "2013-03-05T02:00", "", "ends", "Say when it ends.").await;
    check(
        b,
        "2013-03-05T02:00",
        "2013-03-05T01:00",
        "ends",
        "ends before it begins",
    )
    .await;
    check(
        b,
        "2013-03-01T02:00",
        "2013-03-05T01:00",
        "starts",
        "choose a future time.",
    )
    .await;
    check(b, "soon", "2013-03-05T01:00", "starts", "isn’t a time").await;
    // The clocks go forward from 2:00 to 3:00 on March 10.
    check(
        b,
        "2013-03-10T02:30",
        "2013-03-10T05:00",
        "starts",
        "the clocks go forward",
    )
    .await;
    let reply = check(
        b,
        "2013-03-02T23:00",
        "2013-03-03T01:00",
        "overlap",
        "Selma has another maintenance then",
    )
    .await;
    // In words of this page, not of the API.
    let words = "Choose another time, or confirm that both are meant to happen.";
    assert!(reply.text().contains(words), "{}", reply.text());
    let meant = [("overlap", "yes")];
    post_again(b, &app, PLAN, &reply, &meant).await.expect(303);
    let nothing = [("title", " "), ("starts", ""), ("ends", "")];
    let reply = b.fill(&app, PLAN, &nothing).await.expect(422);
    for field in ["title", "starts", "ends"] {
        let part = format!("id=\"field-{field}-wrong\"");
        assert!(reply.text().contains(&part), "{part}");
    }
}

#[tokio::test]
async fn a_time_that_comes_twice_is_asked_about() {
    let (app, mut browser) = start().await;
    // The clocks go back from 2:00 to 1:00 on November 3.
    let sent = [
        ("title", "Long night"),
        ("starts", "2013-11-03T01:30"),
        ("ends", "2013-11-03T04:00"),
    ];
    let reply = browser.fill(&app, PLAN, &sent).await.expect(422);
    assert!(reply.text().contains("1:30 am MDT and 1:30 am MST"));
    assert!(reply.text().contains("id=\"field-starts_which\""));
    let second = [("starts_which", "second")];
    post_again(&mut browser, &app, PLAN, &reply, &second)
        .await
        .expect(303);
    let body = app.api_get("/incidents/long-night").await.json();
    assert_eq!(body["starts"], "2013-11-03T08:30:00Z");
}

#[tokio::test]
async fn it_is_planned_once_however_often_it_is_sent() {
    let (app, mut browser) = start().await;
    let form = browser.get(&app, PLAN).await.expect(200);
    let sent = filled(
        &form,
        &[
            ("title", "New disks"),
            ("starts", "2013-03-05T22:00"),
            ("ends", "2013-03-05T23:00"),
        ],
    );
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let first = browser.post(&app, PLAN, &sent).await.expect(303);
    let second = browser.post(&app, PLAN, &sent).await.expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    let list = app.api_get("/incidents").await.json();
    assert_eq!(list["incidents"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn it_begins_moves_its_end_and_ends_by_hand() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let reply = step(&mut app, &mut browser, "start", &[]).await;
    let place = reply.expect(303).header("location").to_owned();
    assert_eq!(phase(&app), "in_progress");
    assert_eq!(app.state_of("selma"), "maintenance");
    let page = browser.get(&app, &place).await.expect(200);
    assert!(page.text().contains("Started. Customers see"));
    assert!(!page.text().contains("value=\"start\""));
    let later = [
        ("ends", "2013-03-03T03:30"),
        ("markdown.extend", "One disk is **slow**."),
    ];
    step(&mut app, &mut browser, "extend", &later)
        .await
        .expect(303);
    let public = app.get("/incidents/new-disks").await;
    assert!(public.text().contains("One disk is <strong>slow</strong>."));
    let body = app.api_get("/incidents/new-disks").await.json();
    assert_eq!(body["ends"], "2013-03-03T10:30:00Z");
    step(&mut app, &mut browser, "end", &[]).await.expect(303);
    assert_eq!(phase(&app), "completed");
    assert_eq!(app.state_of("selma"), "operational");
    let page = browser.get(&app, STEPS).await.expect(200);
    assert!(page.text().contains("It is over"));
    let list = browser.get(&app, "/staff/maintenance").await.expect(200);
    assert!(list.text().contains(">Past<"));
}

#[tokio::test]
async fn it_is_moved_or_called_off_before_it_begins() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let b = &mut browser;
    let same = step(&mut app, b, "extend", &[]).await.expect(422);
    assert!(same.text().contains("These are its current times."));
    let wrong = [("ends", "2013-03-02T20:00"), ("markdown.extend", "Kept.")];
    let reply = step(&mut app, b, "extend", &wrong).await.expect(422);
    assert!(reply.text().contains("id=\"field-ends-wrong\""));
    assert!(reply.text().contains("Kept."));
    assert!(reply.text().contains("value=\"2013-03-02T20:00\""));
    let moved = [("starts", "2013-03-02T21:00")];
    step(&mut app, b, "extend", &moved).await.expect(303);
    let body = app.api_get("/incidents/new-disks").await.json();
    assert_eq!(body["starts"], "2013-03-03T04:00:00Z");
    assert_eq!(body["ends"], "2013-03-03T07:00:00Z");
    let text = [("markdown.cancel", "The disks are late.")];
    step(&mut app, b, "cancel", &text).await.expect(303);
    assert_eq!(phase(&app), "cancelled");
    app.advance(Duration::hours(5));
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn calling_it_off_asks_first_and_each_button_says_what_it_does() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let page = browser.get(&app, STEPS).await.expect(200);
    let (before, fold) = page
        .text()
        .split_once("<summary>Cancel the maintenance</summary>")
        .expect("a fold");
    assert!(fold.contains("Cancel it for good?") && fold.contains("Yes, cancel it"));
    assert!(!before.contains("value=\"cancel\""), "behind the fold only");
    assert!(before.contains(">Reschedule</button>") && !before.contains(">Extend</button>"));
    let same = step(&mut app, &mut browser, "extend", &[])
        .await
        .expect(422);
    assert!(same.text().contains("Not done yet"));
    assert!(same.text().contains("These are its current times."));
    step(&mut app, &mut browser, "start", &[]).await.expect(303);
    let page = browser.get(&app, STEPS).await.expect(200);
    assert!(
        page.text().contains(">Extend</button>") && !page.text().contains(">Reschedule</button>")
    );
}

#[tokio::test]
async fn a_colleagues_post_is_told_before_the_step() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let page = browser.get(&app, STEPS).await.expect(200);
    let body = json!({"markdown": "Not yet, the disks are late."});
    app.post("/incidents/new-disks/updates", body)
        .await
        .expect(201);
    let seen = page.text().split("name=\"seen\" value=\"").nth(1);
    let seen = seen.and_then(|rest| rest.split('"').next());
    let sent = [
        ("key", "a.start"),
        ("step", "start"),
        ("seen", seen.expect("a field")),
        ("markdown.start", "We begin."),
    ];
    let reply = browser.post(&app, STEPS, &sent).await.expect(409);
    assert!(reply.text().contains("A colleague posted"));
    assert!(reply.text().contains("We begin."));
    assert_eq!(phase(&app), "scheduled");
}

#[tokio::test]
async fn it_is_for_those_who_may() {
    let (mut app, mut browser) = start().await;
    plan(&mut app, &mut browser).await;
    let secret = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut other = Browser::signed_in_with(&app, &secret).await;
    let list = other.get(&app, "/staff/maintenance").await.expect(200);
    assert!(!list.text().contains(PLAN) && !list.text().contains(STEPS));
    for path in [PLAN, STEPS] {
        other.get(&app, path).await.expect(403);
        let sent = [("title", "Other"), ("step", "start")];
        other.post(&app, path, &sent).await.expect(403);
    }
    // Whoever may write but not set states names no states.
    let secret = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut writer = Browser::signed_in_with(&app, &secret).await;
    let form = writer.get(&app, PLAN).await.expect(200);
    assert!(!form.text().contains("state.selma"));
    let sent = [
        ("title", "Other"),
        ("starts", "2013-03-05T22:00"),
        ("ends", "2013-03-05T23:00"),
        ("state.selma", "maintenance"),
    ];
    writer.post(&app, PLAN, &sent).await.expect(403);
    writer.post(&app, PLAN, &sent[..3]).await.expect(303);
    browser
        .get(&app, "/staff/incidents/nowhere/maintenance")
        .await
        .expect(404);
}
