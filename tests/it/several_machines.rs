//! Several servers over one database.

use std::time::Duration;

use lightship::store::letters::claim_letters;
use serde_json::json;
use tokio::time::timeout;

use crate::channels::{add_hook, later, post, world};
use crate::support::app::TestApp;
use crate::support::receiver::Receiver;

/// Longer than anything takes; nothing is measured.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_heard_at_once_where_the_engine_says_so() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let store = app.app.state().store.clone();
    let listener = store.listen().await.expect("the database answers");
    let is_postgres = store.engine() == lightship::store::Engine::Postgres;
    assert_eq!(listener.is_some(), is_postgres);
    let Some(mut listener) = listener else { return };
    let heard = tokio::spawn(async move {
        // Other tests may say something in the same database, so one message proves little.
        let mut count = 0;
        while timeout(LONG, listener.next())
            .await
            .is_ok_and(|it| it.is_ok())
        {
            count += 1;
            if count == 3 {
                break;
            }
        }
        count
    });
    for state in ["degraded", "operational", "degraded"] {
        let body = json!({"state": state});
        app.post("/components/selma/state", body).await.expect(200);
    }
    assert_eq!(heard.await.expect("it ends"), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_newer_version_wrote_is_left_alone_and_holds_up_nothing() {
    let receiver = Receiver::start().await;
    let mut app = world().await;
    add_hook(&mut app, &receiver.url, json!({})).await;
    let pool = sqlx::AnyPool::connect(&app.config.source.database);
    let pool = pool.await.expect("it answers");
    for statement in [
        "update tokens set scopes = scopes || ' time:travel'",
        "insert into letters (id, kind, address, created_at_ms, next_at_ms, attempts) \
         values ('x', 'poem', 'ann@example.com', 0, 0, 0)",
        "update revision set revision = revision + 1",
        "insert into changes (revision, kind, id) select revision, 'poem', 'x' from revision",
        "insert into outbox (seq, thread, kind, subject, created_at_ms, revision, status, channels) \
         values (1, 'x', 'poem', '', 0, 0, 'waiting', 'waiting')",
        "insert into channel_messages (channel_id, seq, thread, kind, subject, created_at_ms, \
         next_at_ms, attempts) select id, 1, 'x', 'poem', '', 0, 0, 0 from channels",
        "insert into channels (id, kind, name, url, following, created_at_ms) \
         select 'x', 'pigeon', 'Loft', 'https://example.com/loft', following, 0 from channels",
        "insert into channel_messages (channel_id, seq, thread, kind, subject, created_at_ms, \
         next_at_ms, attempts) values ('x', 1, 'x', 'post', '', 0, 0, 0)",
    ] {
        let done = sqlx::query(statement).execute(&pool).await;
        assert_eq!(done.expect("it is done").rows_affected(), 1, "{statement}");
    }
    pool.close().await;
    assert!(app.app.refresh_site().await.expect("it is read anew"));
    post(&mut app).await;
    later(&mut app).await;
    let listed = app.api("GET", "/channels", None).await;
    let listed = listed.expect(200).text().to_owned();
    assert!(
        !listed.contains("pigeon") && listed.contains("webhook"),
        "{listed}"
    );
    let store = app.app.state().store.clone();
    let mut tx = store.begin().await.expect("a transaction");
    let now = app.clock.now() + chrono::Duration::days(1);
    let claimed = claim_letters(&mut tx, "me", now, 10).await;
    assert_eq!(claimed.expect("it answers"), []);
    tx.commit().await.expect("done");
    assert_eq!(receiver.kinds(), ["incident.posted"]);
    let waiting = "select count(*) as many from channel_messages where kind = 'poem' \
                   and next_at_ms is not null and claimed_by is null";
    let pool = sqlx::AnyPool::connect(&app.config.source.database);
    let pool = pool.await.expect("it answers");
    let row = sqlx::query(waiting).fetch_one(&pool).await;
    let many: i64 = sqlx::Row::get(&row.expect("it answers"), "many");
    assert_eq!(many, 1, "it waits for the newer version");
}

#[tokio::test]
async fn what_only_a_newer_version_can_follow_stays_when_an_older_one_edits_the_rest() {
    let app = TestApp::new().with_component("selma").start().await;
    let ann = json!({"address": "ann@example.com", "consent": "by telephone",
                     "following": {"components": ["selma"]}});
    let made = app.api("POST", "/subscribers", Some(ann)).await;
    let made = made.expect(201).json();
    let pool = sqlx::AnyPool::connect(&app.config.source.database);
    let pool = pool.await.expect("it answers");
    let newer = "insert into follows (subscriber_id, kind, target) \
                 select id, 'planet', 'mars' from subscribers";
    let done = sqlx::query(newer).execute(&pool).await;
    assert_eq!(done.expect("it is done").rows_affected(), 1);
    let path = format!("/subscribers/{}", made["id"].as_str().expect("an id"));
    let read = app.api("GET", &path, None).await.expect(200).json();
    assert_eq!(read["following"], made["following"]);
    let edit = json!({"following": {"everything": true}});
    let edited = app.api("PATCH", &path, Some(edit)).await;
    assert_eq!(edited.expect(200).json()["following"]["everything"], true);
    let row = sqlx::query("select kind from follows")
        .fetch_all(&pool)
        .await;
    let kinds = row.expect("it answers");
    let kinds = kinds
        .iter()
        .map(|row| sqlx::Row::get::<String, _>(row, "kind"));
    assert_eq!(kinds.collect::<Vec<_>>(), ["planet"]);
    pool.close().await;
}
