//! A publish costs what it changes: untouched pages are taken over, and they are what they'd be if
//! everything were made anew.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use chrono::Duration;
use lightship::site::document::Document;
use lightship::site::public_page::Page;
use lightship::site::{Found, Site, public_pages};
use lightship::snapshot::load::{Deployment, load};
use lightship::urls;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::app::TestApp;
use crate::support::every_page::every_page;
use crate::support::slug;

const PARTS: [&str; 5] = ["selma", "nelson", "clark", "mail", "ada"];

async fn app() -> TestApp {
    let mut app = TestApp::new();
    for part in PARTS.into_iter().filter(|part| *part != "ada") {
        app = app.with_component(part);
    }
    app.start_with_every_page().await
}

fn bytes_of(site: &Site, path: &str) -> Option<Vec<u8>> {
    match site.find(path) {
        Found::Document(document) => Some(document.plain().to_vec()),
        Found::Moved(_) | Found::Nothing(_) => None,
    }
}

/// The paths of every page.
fn paths_of(site: &Site) -> Vec<String> {
    let pages = public_pages::list(site.snapshot());
    pages.iter().map(Page::path).collect()
}

/// Asks for every page, and gives how many had to be rendered for it.
fn ask_for_all(site: &Site) -> u64 {
    let before = site.renders();
    for path in paths_of(site) {
        assert!(bytes_of(site, &path).is_some(), "{path}");
    }
    site.renders() - before
}

#[tokio::test]
async fn an_update_renders_anew_what_shows_it_and_nothing_else() {
    let mut app = app().await;
    for (title, part, at) in [
        ("Selma is down", "selma", "2013-02-20T08:00:00Z"),
        ("Nelson is slow", "nelson", "2013-01-10T08:00:00Z"),
        ("Clark moves", "clark", "2012-12-10T08:00:00Z"),
    ] {
        let body = json!({"title": title, "markdown": "We look.", "published_at": at,
            "components": {part: "degraded"}});
        app.post("/incidents", body).await.expect(201);
    }
    let state = app.app.state().clone();
    let before = state.site.current();
    ask_for_all(&before);
    assert_eq!(ask_for_all(&before), 0, "all of it is ready");
    let old: BTreeMap<String, Arc<Document>> = paths_of(&before)
        .into_iter()
        .filter_map(|path| match before.find(&path) {
            Found::Document(document) => Some((path, document)),
            Found::Moved(_) | Found::Nothing(_) => None,
        })
        .collect();
    let renders = before.renders();
    let update = json!({"markdown": "It's up.", "components": {"selma": "operational"}});
    app.post("/incidents/selma-is-down/updates", update)
        .await
        .expect(201);
    let after = state.site.current();
    assert_eq!(
        after.renders() - renders,
        1,
        "only the home page, before anyone asks"
    );
    let is_another = |path: &String| match (old.get(path), after.find(path)) {
        (Some(old), Found::Document(new)) => !Arc::ptr_eq(old, &new),
        _ => true,
    };
    let mut renewed: Vec<String> = paths_of(&after).into_iter().filter(is_another).collect();
    renewed.sort();
    let mut expected = vec![
        "/",
        "/api/v2/components.json",
        "/api/v2/incidents.json",
        "/api/v2/incidents/unresolved.json",
        "/api/v2/scheduled-maintenances.json",
        "/api/v2/scheduled-maintenances/active.json",
        "/api/v2/scheduled-maintenances/upcoming.json",
        "/api/v2/status.json",
        "/api/v2/summary.json",
        "/badge.json",
        "/badge.svg",
        "/components",
        "/components/selma",
        "/components/selma/badge.json",
        "/components/selma/badge.svg",
        "/embed",
        "/history",
        "/history/2013/02",
        "/incidents/selma-is-down",
        "/incidents/selma-is-down.json",
        "/incidents/selma-is-down.md",
        "/sitemap.xml",
        "/subscribe/incident/selma-is-down",
    ];
    for of in ["", "/components/selma", "/incidents/selma-is-down"] {
        expected.extend(
            [
                format!("{of}/feed.atom"),
                format!("{of}/feed.json"),
                format!("{of}/feed.rss"),
            ]
            .map(|path| &*path.leak()),
        );
    }
    expected.sort_unstable();
    assert_eq!(renewed, expected);
    let renders = after.renders() - renders;
    assert_eq!(renders, expected.len() as u64, "each once");
}

#[tokio::test]
async fn what_a_thousand_ask_for_at_once_is_rendered_once() {
    let app = app().await;
    let site = app.app.state().site.current();
    let before = site.renders();
    std::thread::scope(|scope| {
        for _ in 0..1000 {
            scope.spawn(|| assert!(bytes_of(&site, urls::SUBSCRIBE).is_some()));
        }
    });
    assert_eq!(site.renders() - before, 1);
}

#[tokio::test]
async fn the_same_if_they_ask_over_http() {
    let app = app().await;
    let site = app.app.state().site.current();
    let before = site.renders();
    let mut asking = JoinSet::new();
    let front = app.app.front();
    for _ in 0..1000 {
        let request = Request::get(urls::SUBSCRIBE)
            .body(Body::empty())
            .expect("a request");
        asking.spawn(front.clone().other(request, ([127, 0, 0, 1], 5000).into()));
    }
    while let Some(reply) = asking.join_next().await {
        assert_eq!(reply.expect("an answer").status(), 200);
    }
    assert_eq!(site.renders() - before, 1);
}

/// Numbers that look like chance (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % end as u64).expect("small")
    }

    fn one_of<'a>(&mut self, several: &[&'a str]) -> &'a str {
        several[self.below(several.len())]
    }
}

/// One change by chance. What is refused, as a phase that is over, changes nothing.
async fn change_something(app: &mut TestApp, dice: &mut Dice, step: usize) {
    let part = dice.one_of(&PARTS);
    let state = dice.one_of(&["operational", "degraded", "major_outage", "migrating"]);
    let site = app.app.state().site.current();
    let posts: Vec<String> = site
        .snapshot()
        .posts
        .iter()
        .map(|post| post.slug.to_string())
        .collect();
    let post = match posts.len() {
        0 => "none".to_owned(),
        some => posts[dice.below(some)].clone(),
    };
    let updates = site
        .snapshot()
        .find_incident(&slug(&post))
        .map(|found| found.updates);
    let update = updates.and_then(|all| all.first().map(|update| update.id.clone()));
    let (method, path, body): (&str, String, Value) = match dice.below(10) {
        0 | 1 => {
            let day = 1 + dice.below(25);
            let month = 1 + dice.below(2);
            (
                "POST",
                "/incidents".to_owned(),
                json!({"title": format!("Trouble {step}"),
                "markdown": "We look.", "components": {part: state},
                "published_at": format!("2013-{month:02}-{day:02}T08:00:00Z")}),
            )
        }
        2 => (
            "POST",
            format!("/incidents/{post}/updates"),
            json!({"markdown": format!("News {step}."), "components": {part: state}}),
        ),
        3 => {
            let at = format!("2013-02-{:02}T09:30:00Z", 1 + dice.below(25));
            let news = format!("Late news {step}.");
            (
                "POST",
                format!("/incidents/{post}/updates"),
                json!({"markdown": news, "components": {part: state}, "at": at}),
            )
        }
        4 => (
            "POST",
            format!("/incidents/{post}/updates"),
            json!({"markdown": "Over.", "phase": "resolved"}),
        ),
        5 => {
            let mut body = json!({"state": state, "note": format!("Note {step}.")});
            if dice.below(2) == 0 {
                let at = format!("2013-02-{:02}T10:30:00Z", 1 + dice.below(25));
                body["at"] = json!(at);
            }
            ("POST", format!("/components/{part}/state"), body)
        }
        6 => (
            "PATCH",
            format!("/incidents/{post}"),
            json!({"title": format!("Another title {step}")}),
        ),
        7 => ("DELETE", format!("/incidents/{post}"), json!({})),
        8 => (
            "PUT",
            format!("/components/extra-{}", dice.below(2)),
            json!({"name": format!("Extra {step}")}),
        ),
        _ => match update {
            Some(id) => (
                "DELETE",
                format!("/incidents/{post}/updates/{id}"),
                json!({}),
            ),
            None => return app.advance(Duration::days(1)),
        },
    };
    app.api(method, &path, Some(body)).await;
}

#[tokio::test]
async fn what_is_taken_over_is_what_would_be_made_anew() {
    let mut app = app().await;
    every_page(&app);
    let plan = json!({"title": "New disks", "kind": "maintenance", "markdown": "They restart.",
        "starts": "2014-03-02T21:00:00Z", "ends": "2014-03-02T23:00:00Z",
        "components": {"selma": "maintenance", "mail": "maintenance"}});
    app.post("/incidents", plan).await.expect(201);
    let mut dice = Dice(42);
    let deployment = Deployment {
        has_mail_server: true,
        ..Deployment::default()
    };
    for step in 0..40 {
        change_something(&mut app, &mut dice, step).await;
        app.refresh_site().await;
        let state = app.app.state().clone();
        let served = state.site.current();
        let as_of = served.snapshot().as_of;
        let loaded = load(&state.store, as_of, &deployment)
            .await
            .expect("a snapshot");
        let fresh = Site::new(loaded.snapshot);
        let paths = paths_of(&fresh);
        assert_eq!(paths_of(&served), paths, "step {step}");
        for path in paths {
            let (old, new) = (bytes_of(&served, &path), bytes_of(&fresh, &path));
            let text = |bytes: &Option<Vec<u8>>| {
                String::from_utf8_lossy(bytes.as_deref().unwrap_or_default()).into_owned()
            };
            assert_eq!(text(&old), text(&new), "step {step}: {path}");
        }
    }
}

/// A site with so many components.
async fn app_with(count: usize) -> TestApp {
    let mut builder = TestApp::new();
    for number in 1..=count {
        builder = builder.with_component(&format!("server-{number}"));
    }
    builder.start().await
}

/// The components that the home page leads to.
async fn shown_at_home(app: &TestApp) -> BTreeSet<String> {
    let reply = app.get("/").await;
    let links = reply.text().split("href=\"/components/").skip(1);
    let slugs = links.filter_map(|rest| rest.split('"').next());
    slugs.map(str::to_owned).collect()
}

#[tokio::test]
async fn of_more_than_60_components_the_home_page_shows_those_that_matter() {
    let app = app_with(60).await;
    assert_eq!(shown_at_home(&app).await.len(), 60);
    let mut app = app_with(61).await;
    assert_eq!(shown_at_home(&app).await.len(), 0);
    let leads_to_all = |text: &str| text.contains("href=\"/components\"");
    assert!(leads_to_all(app.get("/").await.text()));
    let body = json!({"title": "A disk is full", "markdown": "We look.",
        "components": {"server-7": "degraded", "server-9": null}});
    app.post("/incidents", body).await.expect(201);
    let shown = shown_at_home(&app).await;
    assert_eq!(Vec::from_iter(shown), ["server-7", "server-9"]);
    assert!(leads_to_all(app.get("/").await.text()));
}
