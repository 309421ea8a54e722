//! What was acknowledged survives `kill -9`, whole and once.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lightship::store::Store;
use lightship::store::audit::{AuditFilter, list_entries};
use serde_json::{Value, json};

use crate::support::app::write;
use crate::support::new_database;
use crate::support::process::{Server, token};

const ROUNDS: usize = 5;
const POSTERS: usize = 4;
/// In each round the server is killed once this many were acknowledged.
const ENOUGH: usize = 200;
/// On a slow machine it is killed after this time, however few there are.
const AT_MOST: Duration = Duration::from_secs(6);

/// What became of each request by its key: the id of its update, or nothing was heard.
type Outcomes = BTreeMap<String, Option<String>>;

struct Poster {
    agent: ureq::Agent,
    token: String,
}

impl Poster {
    fn new(token: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        Self {
            agent: config.into(),
            token: token.to_owned(),
        }
    }

    /// Posts the update of a key; its id, if an answer came.
    fn post(&self, url: &str, key: &str) -> Option<String> {
        let incident = incident_of(key);
        let body = json!({"markdown": format!("Text of {key}."), "components": {&incident: state_of(key)}});
        let answer = self
            .agent
            .post(format!("{url}/api/v1/incidents/{incident}/updates"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .header("idempotency-key", key)
            .send(body.to_string());
        let mut answer = answer.ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        assert_eq!(answer.status(), 201, "{key}: {text}");
        let answer: Value = serde_json::from_str(&text).expect("JSON");
        Some(answer["id"].as_str().expect("an id").to_owned())
    }

    fn get(&self, url: &str, path: &str) -> String {
        let request = self.agent.get(format!("{url}{path}"));
        let request = request.header("authorization", format!("Bearer {}", self.token));
        let mut answer = request.call().expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        let body = answer.body_mut().with_config().limit(50_000_000);
        body.read_to_string().expect("a body")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_update_survives_being_killed_and_is_there_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    fill(&content);
    let database = new_database(folder.path()).await;
    let poster = Poster::new(&token(&database).await);
    let mut outcomes = Outcomes::new();
    for round in 0..ROUNDS {
        let server = Server::start(&database, &content);
        repeat(&poster, &server.url, &mut outcomes, round);
        let new = storm(&poster, server, round);
        let heard = new.values().flatten().count();
        assert!(heard > 0, "nothing was acknowledged in round {round}");
        outcomes.extend(new);
    }
    let server = Server::start(&database, &content);
    repeat(&poster, &server.url, &mut outcomes, ROUNDS);
    let ids = check_updates(&poster, &server.url, &outcomes);
    server.kill();
    check_record(&database, &ids).await;
}

fn fill(content: &Path) {
    let mut site = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
                    time_zone = \"America/Denver\"\n"
        .to_owned();
    for slug in incidents() {
        site.push_str(&format!(
            "[[components]]\nslug = \"{slug}\"\nname = \"{slug}\"\n"
        ));
    }
    write(content, "site.toml", site.as_bytes());
    let post = b"---\ntitle: Selma is down\ndate: 2013-02-25 08:00\n---\n\nWe look.\n";
    for incident in incidents() {
        write(content, &format!("incidents/{incident}.md"), post);
    }
}

/// Each side of each round has an incident of its own, and a component of the same name.
fn incidents() -> impl Iterator<Item = String> {
    let sides = |round| (0..POSTERS).map(move |side| format!("selma-{round}-{side}"));
    (0..ROUNDS).flat_map(sides)
}

/// The incident of a key: `selma-2-1` for `2-1-47`.
fn incident_of(key: &str) -> String {
    let (side, _) = key.rsplit_once('-').expect("a key");
    format!("selma-{side}")
}

/// The state that the update of a key sets.
fn state_of(key: &str) -> &'static str {
    if key.len().is_multiple_of(2) {
        "degraded"
    } else {
        "migrating"
    }
}

/// Posts as fast as it can from several sides, and kills the server in the middle of it.
fn storm(poster: &Poster, server: Server, round: usize) -> Outcomes {
    let outcomes = Mutex::new(Outcomes::new());
    let over = AtomicBool::new(false);
    let url = server.url.clone();
    std::thread::scope(|scope| {
        for side in 0..POSTERS {
            let (outcomes, over, url) = (&outcomes, &over, &url);
            scope.spawn(move || {
                for number in 0.. {
                    if over.load(Ordering::SeqCst) {
                        return;
                    }
                    let key = format!("{round}-{side}-{number}");
                    outcomes.lock().expect("a lock").insert(key.clone(), None);
                    let id = poster.post(url, &key);
                    let is_lost = id.is_none();
                    outcomes.lock().expect("a lock").insert(key, id);
                    if is_lost {
                        return;
                    }
                }
            });
        }
        let start = Instant::now();
        let heard = || outcomes.lock().expect("a lock").values().flatten().count();
        while heard() < ENOUGH && start.elapsed() < AT_MOST {
            std::thread::yield_now();
            std::thread::sleep(Duration::from_millis(2));
        }
        server.kill();
        over.store(true, Ordering::SeqCst);
    });
    outcomes.into_inner().expect("a lock")
}

/// Repeats every request that nothing was heard of, twice, and some that were acknowledged.
fn repeat(poster: &Poster, url: &str, outcomes: &mut Outcomes, round: usize) {
    for (index, (key, id)) in outcomes.iter_mut().enumerate() {
        let again = id.is_none();
        if again {
            *id = Some(poster.post(url, key).expect("an answer"));
        }
        if again || index % 37 == round {
            let repeated = poster.post(url, key).expect("an answer");
            assert_eq!(Some(repeated), *id, "{key}");
        }
    }
}

/// Each update is there once, with its text and its state, and the feeds of its incident agree.
/// Gives the ids of all.
fn check_updates(poster: &Poster, url: &str, outcomes: &Outcomes) -> Vec<String> {
    let mut found: HashMap<String, Value> = HashMap::new();
    for slug in incidents() {
        let incident = poster.get(url, &format!("/api/v1/incidents/{slug}"));
        let incident: Value = serde_json::from_str(&incident).expect("JSON");
        let updates = incident["updates"].as_array().expect("updates");
        check_feeds(poster, url, &slug, updates);
        for update in updates {
            let text = update["markdown"].as_str().expect("a text");
            let twin = found.insert(text.to_owned(), update.clone());
            assert!(twin.is_none(), "twice: {update}");
        }
    }
    assert_eq!(found.len(), outcomes.len());
    for (key, id) in outcomes {
        let update = &found[&format!("Text of {key}.")];
        assert_eq!(update["id"].as_str(), id.as_deref(), "{key}");
        assert_eq!(
            update["components"][incident_of(key)],
            state_of(key),
            "{key}"
        );
    }
    outcomes.values().flatten().cloned().collect()
}

/// The feeds have the newest fifty items: the updates, and last the incident itself.
fn check_feeds(poster: &Poster, url: &str, slug: &str, updates: &[Value]) {
    let newest = updates.iter().rev().map(|update| update["id"].as_str());
    let newest: Vec<&str> = newest.map(|id| id.expect("an id")).collect();
    for feed in ["feed.rss", "feed.atom", "feed.json"] {
        let text = poster.get(url, &format!("/incidents/{slug}/{feed}"));
        let feed = feed_rs::parser::parse(text.as_bytes()).expect("a feed");
        assert_eq!(feed.entries.len(), 50.min(newest.len() + 1));
        for (entry, id) in feed.entries.iter().zip(&newest) {
            assert!(entry.id.contains(id), "{} for {id}", entry.id);
        }
    }
}

/// The activity log has a line for each update, and only one.
async fn check_record(database: &str, ids: &[String]) {
    let store = Store::open(database).await.expect("the database opens");
    let mut tx = store.read().await.expect("a view");
    let record = list_entries(&mut tx, &AuditFilter::default(), 1_000_000, None)
        .await
        .expect("lines");
    let mut lines: HashMap<&str, usize> = HashMap::new();
    for line in record.iter().filter(|line| line.action == "add_update") {
        *lines.entry(&line.entity_id).or_default() += 1;
    }
    assert_eq!(lines.len(), ids.len());
    for id in ids {
        assert_eq!(lines.get(id.as_str()), Some(&1), "{id}");
    }
    drop(tx);
    store.close().await;
}
