//! A process is killed in the middle of telling two thousand subscribers. Another one finishes it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lightship::domain::email_address::EmailAddress;
use lightship::domain::subscriber::{Channel, Consent, Following, Subscriber};
use lightship::store::Store;
use lightship::store::subscribers::set_subscriber;
use serde_json::json;

use crate::support::app::write;
use crate::support::mail::MailServer;
use crate::support::new_database;
use crate::support::process::{Poster, Server, token};

const SUBSCRIBERS: usize = 2_000;
/// What a process may have handed over without having noted it: what its lanes and its results hold.
const AT_MOST_TWICE: usize = 200;
/// A process counts as gone after a minute.
const PATIENCE: Duration = Duration::from_secs(180);

async fn subscribe(database: &str) {
    let store = Store::open(database).await.expect("the database opens");
    let mut tx = store.begin().await.expect("it begins");
    let now = "2013-02-26T09:15:00Z".parse().expect("an instant");
    for number in 0..SUBSCRIBERS {
        let subscriber = Subscriber {
            id: format!("01939d5e-7b1c-7000-8000-{number:012x}"),
            channel: Channel::Email,
            address: EmailAddress::parse(&format!("r{number}@example.com")).expect("an address"),
            following: Following::default(),
            created_at: now,
            confirmed_at: Some(now),
            paused_at: None,
            suppressed: None,
            refusals: 0,
            consent: Consent::Confirmed,
        };
        set_subscriber(&mut tx, &subscriber).await.expect("written");
    }
    tx.commit().await.expect("kept");
    store.close().await;
}

/// How often each address got each message.
type Taken = BTreeMap<(String, String), usize>;

fn take(server: &MailServer, taken: &mut Taken) {
    for message in server.taken_up_to(50) {
        let word = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let key = (
            word(&message["to"]),
            word(&message["headers"]["message-id"]),
        );
        *taken.entry(key).or_default() += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_loses_no_message_and_repeats_few_as_the_same_ones() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    let site = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
                time_zone = \"America/Denver\"\n[delivery]\nfrom = \"status@example.com\"\n\
                delay = \"0s\"\n";
    write(&content, "site.toml", site.as_bytes());
    let database = new_database(folder.path()).await;
    let token = token(&database).await;
    subscribe(&database).await;
    let mail = MailServer::start();
    let flags = ["--smtp", mail.url.as_str()];
    let server = Server::start_with(&database, &content, &flags, None);
    let poster = Poster::new(&token);
    let body = json!({"title": "Selma is down", "markdown": "We are looking into it."});
    let (status, answer) = poster.send(&server.url, "/incidents", &body);
    assert_eq!(status, 201, "{answer}");
    let mut taken = Taken::new();
    let begun = Instant::now();
    while taken.len() < SUBSCRIBERS / 5 {
        take(&mail, &mut taken);
        assert!(begun.elapsed() < PATIENCE, "only {} were sent", taken.len());
    }
    server.kill();
    // What was on its way.
    for _ in 0..20 {
        take(&mail, &mut taken);
    }
    let before = taken.len();
    assert!(before < SUBSCRIBERS, "it was killed too late");
    let server = Server::start_with(&database, &content, &flags, None);
    let begun = Instant::now();
    while taken.len() < SUBSCRIBERS {
        take(&mail, &mut taken);
        assert!(
            begun.elapsed() < PATIENCE,
            "{before} were sent before, {} after a while",
            taken.len()
        );
    }
    // Whatever comes now is one too many.
    for _ in 0..20 {
        take(&mail, &mut taken);
    }
    drop(server);
    // As many messages as readers: one that was repeated had the same Message-ID.
    assert_eq!(taken.len(), SUBSCRIBERS);
    let repeated: usize = taken.values().map(|times| times - 1).sum();
    assert!(repeated <= AT_MOST_TWICE, "{repeated} were repeated");
}
