//! A process is killed in the middle of telling five hundred webhooks. Another one finishes it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lightship::domain::added_channel::{AddedChannel, ChannelAddress};
use lightship::domain::signing::Signing;
use lightship::domain::subscriber::{Channel, Following};
use lightship::store::Store;
use lightship::store::channels::set_channel;
use serde_json::json;
use tokio::time::sleep;

use crate::support::app::write;
use crate::support::new_database;
use crate::support::process::{Poster, Server, token};
use crate::support::receiver::Receiver;

const HOOKS: usize = 500;
/// What a process may have handed over without having noted it: what it holds, and its results.
const AT_MOST_TWICE: usize = 100;
/// A process counts as gone after a minute.
const PATIENCE: Duration = Duration::from_secs(180);

async fn add_hooks(database: &str, url: &str) {
    let store = Store::open(database).await.expect("the database opens");
    let mut tx = store.begin().await.expect("it begins");
    for number in 0..HOOKS {
        let channel = AddedChannel {
            id: format!("01939d5e-7b1c-7000-8000-{number:012x}"),
            kind: Channel::Webhook,
            name: format!("Hook {number}"),
            address: ChannelAddress {
                url: format!("{url}/{number}"),
                ..ChannelAddress::default()
            },
            signing: Some(Signing {
                secret: "whsec_c2VjcmV0".to_owned(),
                former: Vec::new(),
            }),
            following: Following::default(),
            created_at: "2013-02-26T09:15:00Z".parse().expect("an instant"),
            paused_at: None,
            disabled: None,
            failing_since: None,
            failure: None,
        };
        set_channel(&mut tx, &channel).await.expect("written");
    }
    tx.commit().await.expect("kept");
    store.close().await;
}

/// How often each hook got each message.
fn taken(receiver: &Receiver) -> BTreeMap<(String, String), usize> {
    let mut taken = BTreeMap::new();
    for request in receiver.all() {
        let id = request.header("webhook-id").to_owned();
        *taken.entry((request.path, id)).or_default() += 1;
    }
    taken
}

async fn wait_for(receiver: &Receiver, count: usize) {
    let begun = Instant::now();
    while taken(receiver).len() < count {
        assert!(begun.elapsed() < PATIENCE, "only {}", taken(receiver).len());
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_loses_no_message_and_repeats_few_as_the_same_ones() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let content = folder.path().join("content");
    let site = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
                time_zone = \"America/Denver\"\n[delivery]\ndelay = \"0s\"\n";
    write(&content, "site.toml", site.as_bytes());
    let database = new_database(folder.path()).await;
    let token = token(&database).await;
    let receiver = Receiver::start().await;
    add_hooks(&database, &receiver.url).await;
    let flags = ["--webhooks-to-private-networks"];
    let server = Server::start_with(&database, &content, &flags, None);
    let poster = Poster::new(&token);
    let body = json!({"title": "Selma is down", "markdown": "We are looking into it."});
    let (status, answer) = poster.send(&server.url, "/incidents", &body);
    assert_eq!(status, 201, "{answer}");
    wait_for(&receiver, HOOKS / 5).await;
    server.kill();
    let before = taken(&receiver).len();
    assert!(before < HOOKS, "it was killed too late");
    let server = Server::start_with(&database, &content, &flags, None);
    wait_for(&receiver, HOOKS).await;
    // Whatever comes now is one too many.
    sleep(Duration::from_secs(1)).await;
    drop(server);
    let taken = taken(&receiver);
    // As many messages as hooks: one that was repeated had the same id.
    assert_eq!(taken.len(), HOOKS);
    let repeated: usize = taken.values().map(|times| times - 1).sum();
    assert!(repeated <= AT_MOST_TWICE, "{repeated} were repeated");
}
