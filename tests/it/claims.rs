//! What components are while incidents overlap: the worst that is open about one holds.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use lightship::domain::claims::LastClaims;
use lightship::domain::state::States;
use lightship::store::history::{find_last_claims, find_sources};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::slug;

async fn app() -> TestApp {
    let app = TestApp::new()
        .with_component("api")
        .with_component("nelson");
    app.start().await
}

async fn open(app: &mut TestApp, title: &str, part: &str, state: &str) {
    let body = json!({"title": title, "markdown": "We look.", "components": {part: state}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::minutes(5));
}

async fn say(app: &mut TestApp, incident: &str, update: Value) -> Value {
    let path = format!("/incidents/{incident}/updates");
    let said = app.post(&path, update).await.expect(201).json();
    app.advance(Duration::minutes(5));
    said
}

async fn resolve(app: &mut TestApp, incident: &str) -> Value {
    let over = json!({"markdown": format!("{incident} is over."), "phase": "resolved"});
    say(app, incident, over).await
}

#[tokio::test]
async fn a_small_incident_hides_no_big_one() {
    let mut app = app().await;
    open(&mut app, "API dead", "api", "major_outage").await;
    open(&mut app, "API slow", "api", "degraded").await;
    let home = app.get("/").await;
    assert!(home.text().contains("Api is down."), "{}", home.text());
    let page = app.get("/incidents/api-slow").await;
    let page = page.text();
    assert!(page.contains("(overall Major outage)"), "{page}");
    assert_eq!(resolve(&mut app, "api-slow").await["restored"], json!([]));
    assert_eq!(app.state_of("api"), "major_outage");
    assert_eq!(
        resolve(&mut app, "api-dead").await["restored"],
        json!(["api"])
    );
    assert_eq!(app.state_of("api"), "operational");
}

#[tokio::test]
async fn a_short_outage_returns_to_what_another_incident_says() {
    let mut app = app().await;
    open(&mut app, "Nelson slow", "nelson", "degraded").await;
    open(&mut app, "Nelson crashed", "nelson", "major_outage").await;
    let told = app.api_get("/incidents/nelson-crashed/resolution").await;
    let told = told.expect(200).json();
    assert_eq!(
        told["components"],
        json!([{"component": "nelson", "from": "major_outage", "to": "degraded"}])
    );
    let said = resolve(&mut app, "nelson-crashed").await;
    assert_eq!(said["restored"], json!(["nelson"]));
    assert_eq!(app.state_of("nelson"), "degraded");
    let page = app.get("/incidents/nelson-crashed").await;
    let (_, back) = page.text().split_once("is back to ").expect("it is told");
    let back = back.split("</li>").next().expect("a line");
    assert!(back.contains("Degraded"), "{back}");
    let log = app.get("/components/nelson").await;
    assert!(log.text().contains("Major outage → "), "{}", log.text());
}

#[tokio::test]
async fn maintenance_told_afterwards_changes_each_component_once() {
    let mut app = app().await;
    app.advance(Duration::days(2));
    let body = json!({"title": "New disks", "kind": "maintenance", "markdown": "All went well.",
        "phase": "completed", "starts": "2013-02-27T05:00:00Z", "ends": "2013-02-27T06:00:00Z",
        "components": {"nelson": "maintenance"}});
    app.post("/incidents", body).await.expect(201);
    let page = app.get("/incidents/new-disks").await;
    let page = page.text();
    let (_, post) = page
        .split_once("Changed with this post:")
        .expect("the changes");
    let (post, _) = post.split_once("</section>").expect("its end");
    assert_eq!(post.matches("<li>").count(), 2, "{post}");
    assert!(post.contains("Operational → "), "{post}");
    assert!(post.contains("is back to "), "{post}");
    // Each on its own instant: 22:00 and 23:00 in Denver, the day before the post.
    for instant in ["2013-02-27T05:00:00Z", "2013-02-27T06:00:00Z"] {
        assert!(post.contains(&format!("datetime=\"{instant}\"")), "{post}");
    }
}

#[tokio::test]
async fn a_plan_is_told_as_what_is_to_come() {
    let mut app = app().await;
    let body = json!({"title": "New disks", "kind": "maintenance", "markdown": "It restarts.",
        "starts": "2013-03-27T05:00:00Z", "ends": "2013-03-27T06:00:00Z",
        "components": {"nelson": "maintenance"}});
    app.post("/incidents", body).await.expect(201);
    let page = app.get("/incidents/new-disks").await;
    let (_, post) = page.text().split_once("When it starts:").expect("the plan");
    assert!(post.contains("Maintenance"), "{post}");
    assert!(page.text().contains("Now:"), "what it is beside it");
}

#[tokio::test]
async fn what_is_set_in_the_name_of_an_incident_needs_an_open_one() {
    let mut app = app().await;
    open(&mut app, "API dead", "api", "major_outage").await;
    let body = json!({"state": "degraded", "incident": "api-dead"});
    app.post("/components/api/state", body.clone())
        .await
        .expect(200);
    resolve(&mut app, "api-dead").await;
    assert_eq!(app.state_of("api"), "operational");
    let refused = app
        .post("/components/api/state", body)
        .await
        .expect(409)
        .json();
    let why = refused["detail"].as_str().expect("words");
    assert!(
        why.contains("isn't open") && why.contains("leave \"incident\" out"),
        "{why}"
    );
    assert_eq!(app.state_of("api"), "operational");
}

#[tokio::test]
async fn a_postmortem_opens_nothing_again() {
    let mut app = app().await;
    open(&mut app, "API dead", "api", "major_outage").await;
    resolve(&mut app, "api-dead").await;
    let account = json!({"markdown": "A switch had failed.", "phase": "postmortem"});
    say(&mut app, "api-dead", account).await;
    assert_eq!(app.state_of("api"), "operational");
    assert!(app.get("/").await.text().contains("Everything is working."));
}

#[tokio::test]
async fn which_claim_is_the_worst_follows_the_sites_own_states() {
    let own = |tone: &str| {
        format!(
            "name = \"Example status\"\ntime_zone = \"America/Denver\"\n\n[[states]]\n\
             key = \"rescue\"\nlabel = \"Rescue\"\nreads = \"is in rescue mode\"\n\
             tone = \"{tone}\"\ndown = 0.0\nstatuspage = \"partial_outage\"\n\n\
             [[components]]\nslug = \"api\"\nname = \"Api\"\n"
        )
    };
    let mut app = TestApp::new()
        .with_file("site.toml", own("bad"))
        .start()
        .await;
    open(&mut app, "In rescue", "api", "rescue").await;
    open(&mut app, "Slow", "api", "degraded").await;
    assert_eq!(app.state_of("api"), "rescue");
    app.write("site.toml", own("info"));
    app.sync(&[]).await.expect("it is read");
    assert_eq!(app.state_of("api"), "degraded");
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn state(&mut self) -> &'static str {
        ["operational", "migrating", "degraded", "major_outage"]
            [usize::try_from(self.below(4)).expect("small")]
    }

    /// An instant of the last ten days, mostly now.
    fn at(&mut self, now: DateTime<Utc>) -> Value {
        match self.below(3) {
            0 => {
                let hours = i64::try_from(self.below(240)).expect("small");
                json!(now - Duration::hours(hours))
            }
            _ => json!(now),
        }
    }
}

/// One change; what is refused changes nothing.
async fn change_something(app: &mut TestApp, numbers: &mut Numbers, step: usize) {
    let now = app.clock.now();
    let site = app.app.state().site.current();
    let posts: Vec<_> = site
        .snapshot()
        .posts
        .iter()
        .map(|post| post.read())
        .collect();
    let count = u64::try_from(posts.len()).expect("few");
    let post = (count > 0).then(|| &posts[usize::try_from(numbers.below(count)).expect("few")]);
    let name = post.map_or("none".to_owned(), |post| post.slug.to_string());
    let (state, at) = (numbers.state(), numbers.at(now));
    let update = post.and_then(|post| post.updates.last().map(|update| update.id.clone()));
    let text = format!("News {step}.");
    let on = |rest: &str| format!("/incidents/{name}{rest}");
    let (method, path, body) = match (numbers.below(11), update) {
        (0, _) => (
            "POST",
            "/incidents".to_owned(),
            json!({"title": text, "markdown": "We look.",
            "components": {"api": state}, "published_at": at}),
        ),
        (1, _) => (
            "POST",
            "/incidents".to_owned(),
            json!({"title": text, "kind": "maintenance",
            "markdown": "We work.", "components": {"api": state},
            "starts": now + Duration::hours(2), "ends": now + Duration::hours(5)}),
        ),
        (2 | 3, _) => (
            "POST",
            on("/updates"),
            json!({"markdown": text, "components": {"api": state}, "at": at}),
        ),
        (4, _) => (
            "POST",
            on("/updates"),
            json!({"markdown": text, "phase": "resolved",
            "restore": numbers.below(2) == 0, "at": at}),
        ),
        (5, _) => (
            "POST",
            on("/updates"),
            json!({"markdown": text, "phase": "monitoring", "at": at}),
        ),
        (6, _) => (
            "POST",
            "/components/api/state".to_owned(),
            json!({"state": state, "at": at}),
        ),
        (7, _) => (
            "POST",
            "/components/api/state".to_owned(),
            json!({"state": state, "incident": name}),
        ),
        (8, Some(id)) => ("DELETE", on(&format!("/updates/{id}")), json!({})),
        (9, Some(id)) => (
            "PATCH",
            on(&format!("/updates/{id}")),
            json!({"components": {"api": state}, "at": at}),
        ),
        (10, _) if numbers.below(3) == 0 => ("DELETE", on(""), json!({})),
        _ => return app.advance(Duration::hours(3)),
    };
    app.api(method, &path, Some(body)).await;
    app.advance(Duration::minutes(7));
}

fn ids(last: LastClaims) -> BTreeSet<String> {
    last.incidents.into_iter().collect()
}

#[tokio::test]
async fn what_is_kept_of_a_history_is_what_the_rule_makes_of_all_that_was_said() {
    let mut app = app().await;
    let mut numbers = Numbers(7);
    let mut longest = 0;
    for step in 0..120 {
        change_something(&mut app, &mut numbers, step).await;
        app.refresh_site().await;
        let state = app.app.state().clone();
        let mut tx = state.store.read().await.expect("a view");
        let ever = DateTime::<Utc>::MIN_UTC;
        let sources = find_sources(&mut tx, &slug("api"), ever).await.expect("it");
        let due = sources.history(&States::default());
        assert_eq!(sources.standing, due.entries, "step {step}");
        let last = find_last_claims(&mut tx, &slug("api")).await.expect("it");
        if let (Some(last), Some(due)) = (last, due.last) {
            // What says nothing of states may be said later.
            assert!(last.until <= due.until, "step {step}");
            assert_eq!(ids(last), ids(due), "step {step}");
        }
        longest = longest.max(sources.standing.len());
    }
    assert!(longest > 15, "{longest}");
}
