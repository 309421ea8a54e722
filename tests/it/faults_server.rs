//! A database server that falls silent, as a host does that has lost its power: what can't be posted
//! is refused in words and in time, on every process, and nothing is posted twice.

use std::time::Duration;

use lightship::store::Store;
use serde_json::json;
use tokio::time::timeout;

use crate::faults_database::{PATIENCE, app_over, incident, until};
use crate::support::app::{Reply, TestApp};
use crate::support::database::{new_database, option_env_database};
use crate::support::silent::SilentProxy;

async fn post(app: &TestApp) -> Reply {
    let mut body = incident("a");
    body["again"] = true.into();
    app.api("POST", "/incidents", Some(body)).await
}

/// Two processes over one server, the first of them through a proxy that can fall silent.
struct Silenced {
    proxy: SilentProxy,
    through: TestApp,
    direct: TestApp,
    _folder: tempfile::TempDir,
}

async fn silenced() -> Option<Silenced> {
    let Some(server) = option_env_database() else {
        eprintln!("not run: only a server can fall silent; it is run with PostgreSQL");
        return None;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let (host, _) = server.rsplit_once('/').expect("a URL");
    let (_, host) = host.rsplit_once('@').unwrap_or(("", host));
    let proxy = SilentProxy::start(host);
    let by_proxy = database.replacen(host, &proxy.address, 1);
    let direct = TestApp::over(app_over(database, folder.path()).await).await;
    let through = app_over(by_proxy, folder.path()).await;
    let through = TestApp::of(through, direct.token.clone());
    Some(Silenced {
        proxy,
        through,
        direct,
        _folder: folder,
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_falls_silent_in_the_middle_of_a_write_stops_nobody_for_long() {
    let Some(Silenced {
        proxy,
        through,
        direct,
        _folder,
    }) = silenced().await
    else {
        return;
    };
    // It holds the row that every post needs when it falls silent.
    let mut tx = through
        .app
        .state()
        .store
        .begin()
        .await
        .expect("a transaction");
    proxy.silence();
    let lost = lightship::store::changes::find_revision(&mut tx);
    let lost = timeout(PATIENCE, lost).await.expect("an end");
    lost.expect_err("no answer comes");
    drop(tx);
    let refused = timeout(PATIENCE, post(&through)).await.expect("an end");
    let refused: Reply = refused.expect(503);
    assert!(
        refused.text().contains("nothing was changed"),
        "{}",
        refused.text()
    );
    through.get("/").await.expect(200);
    through.app.probe().await;
    through.get("/readyz").await.expect(503);
    // The other process posts as soon as the server has given up on the silent one.
    until("the other process posts", async || {
        post(&direct).await.status == 201
    })
    .await;
    proxy.speak();
    until("the first posts again", async || {
        post(&through).await.status == 201
    })
    .await;
    through.app.probe().await;
    through.get("/readyz").await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unanswered_commit_says_that_it_may_have_been_posted_and_the_key_settles_it() {
    let Some(Silenced {
        proxy,
        through,
        direct,
        _folder,
    }) = silenced().await
    else {
        return;
    };
    let send = || async {
        let key = ("idempotency-key", "one-key");
        let body = Some(json!({"title": "Once"}));
        through
            .api_as(&through.token, "POST", "/incidents", &[key], body)
            .await
    };
    // The connections are there; the server gets what is sent, and its answer to the commit is lost.
    through.get("/").await.expect(200);
    proxy.swallow_answer_to(b"commit");
    let reply = timeout(PATIENCE, send()).await.expect("an end").expect(503);
    assert!(
        reply.text().contains("may have been posted"),
        "{}",
        reply.text()
    );
    proxy.speak();
    let mut settled = reply;
    until("it is settled", async || {
        settled = send().await;
        settled.status == 201
    })
    .await;
    let all = direct
        .api("GET", "/incidents", None)
        .await
        .expect(200)
        .json();
    assert_eq!(
        all["incidents"].as_array().expect("a list").len(),
        1,
        "{all}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_ends_though_the_database_is_silent() {
    let Some(Silenced {
        proxy,
        through,
        direct: _direct,
        _folder,
    }) = silenced().await
    else {
        return;
    };
    let (app, _own) = through.into_parts();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(app.run(async {
        let _ = stopped.await;
    }));
    proxy.silence();
    stop.send(()).expect("it runs");
    let ended = timeout(Duration::from_secs(20), running)
        .await
        .expect("it ends");
    ended.expect("no panic").expect("in order");
}

#[tokio::test]
async fn too_few_connections_are_named_as_what_is_wrong() {
    let Some(server) = option_env_database() else {
        eprintln!("not run: only a server counts connections; it is run with PostgreSQL");
        return;
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let role = format!("few_{}", std::process::id());
    let admin = sqlx::AnyPool::connect(&server).await.expect("it answers");
    let run = async |statement: String| {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement))
            .execute(&admin)
            .await;
        done.expect("it is done");
    };
    run(format!(
        "create role {role} login superuser connection limit 0"
    ))
    .await;
    // A superuser's limit isn't looked at, so it is an ordinary one.
    run(format!("alter role {role} nosuperuser")).await;
    let (_, rest) = database.split_once('@').expect("a user");
    let error = Store::open(&format!("postgres://{role}@{rest}")).await;
    let error = error.expect_err("no connection is to be had").to_string();
    assert!(error.contains("--database-connections"), "{error}");
    run(format!("drop role {role}")).await;
}
