//! `lightship build`, the program itself.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use lightship::store::Store;
use serde_json::json;
use sqlx::AnyPool;

use crate::support::app::TestApp;
use crate::support::database::option_env_database;
use crate::support::new_database;
use crate::support::static_folder::StaticFolder;

/// The longest that something may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn command(database: &str, folder: &StaticFolder, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lightship"));
    command
        .args(["build", "--database", database, "--log-format", "json"])
        .args(options)
        .arg(&folder.path);
    command
}

fn run(database: &str, folder: &StaticFolder, options: &[&str]) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command(database, folder, options)
        .output()
        .expect("it runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (status.code(), text(stdout), text(stderr))
}

async fn change(database: &str, statement: &'static str) {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(database).await.expect("it opens");
    let done = sqlx::query(statement).execute(&pool).await;
    done.expect("the statement works");
    pool.close().await;
}

async fn selma_is_down() -> TestApp {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    app
}

#[tokio::test]
async fn it_says_what_it_did() {
    let app = selma_is_down().await;
    let database = &app.config.source.database;
    let content = app.content().display().to_string();
    let folder = StaticFolder::new();
    let options = ["--content", content.as_str()];
    let (code, out, err) = run(database, &folder, &options);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let files = folder.names().len();
    let told = format!("{files} files: 0 unchanged, {files} written, 0 deleted, 0.");
    assert!(out.starts_with(&told), "{out}");
    let (_, out, _) = run(database, &folder, &options);
    let told = format!("{files} files: {files} unchanged, 0 written, 0 deleted, 0.");
    assert!(out.starts_with(&told), "{out}");

    let options = ["--base-url", "https://spare.example.com"];
    run(database, &folder, &options);
    let canonical = "<link rel=\"canonical\" href=\"https://spare.example.com/\">";
    assert!(folder.text("index.html").contains(canonical));
}

#[tokio::test]
async fn a_database_that_cant_be_read_as_it_is_is_refused_and_stays_as_it_is() {
    let whole = tempfile::tempdir().expect("a temporary folder");
    let folder = StaticFolder::new();
    let file = whole.path().join("none.db");
    let (code, _, err) = run(&format!("sqlite:{}", file.display()), &folder, &[]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("there is no database") && err.contains("--database"),
        "{err}"
    );
    assert!(!file.exists());

    let database = new_database(whole.path()).await;
    Store::open(&database)
        .await
        .expect("it opens")
        .close()
        .await;
    let (code, _, err) = run(&database, &folder, &[]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("has no site yet") && err.contains("lightship sync"),
        "{err}"
    );

    let newest = "delete from _sqlx_migrations where version = \
                  (select max(version) from _sqlx_migrations)";
    change(&database, newest).await;
    let (code, _, err) = run(&database, &folder, &[]);
    assert_eq!(code, Some(1));
    assert!(
        err.contains("earlier version") && err.contains("lightship serve"),
        "{err}"
    );
    assert!(!folder.path.exists(), "nothing is written");
}

/// `lightship build --watch`; dropping it kills it.
struct Watching {
    child: Child,
    /// What it logs, line by line.
    log: mpsc::Receiver<String>,
}

impl Watching {
    fn start(app: &TestApp, folder: &StaticFolder) -> Self {
        let database = &app.config.source.database;
        let content = app.content().display().to_string();
        let options = ["--watch", "--content", content.as_str()];
        let mut child = command(database, folder, &options)
            .env("LIGHTSHIP_LOG", "info,lightship::app=debug")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let errors = child.stderr.take().expect("a pipe");
        let (told, log) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let _ = told.send(line);
            }
        });
        let output = child.stdout.take().expect("a pipe");
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line).expect("a line");
        assert!(line.contains(" files: "), "{line}");
        Self { child, log }
    }

    /// Waits for a line of the log, and returns all lines up to it.
    #[track_caller]
    fn wait_for(&self, part: &str) -> Vec<String> {
        let start = Instant::now();
        let mut lines: Vec<String> = Vec::new();
        while !lines.last().is_some_and(|line| line.contains(part)) {
            let line = self
                .log
                .recv_timeout(PATIENCE.saturating_sub(start.elapsed()));
            lines.push(line.unwrap_or_else(|error| panic!("{part}: {error}: {lines:?}")));
        }
        lines
    }

    fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.expect("kill runs").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn while_it_watches_what_another_process_posts_is_written() {
    let mut app = selma_is_down().await;
    let folder = StaticFolder::new();
    let watching = Watching::start(&app, &folder);
    let says = |file: &str, text: &str| {
        let found = std::fs::read_to_string(folder.path.join(file));
        found.is_ok_and(|found| found.contains(text))
    };
    assert!(says("index.html", "Selma is down"));
    let body = json!({"title": "A new disk", "markdown": "It is here."});
    app.post("/incidents", body).await.expect(201);
    wait_until("the post is there", || {
        says("incidents/a-new-disk/index.html", "It is here.") && says("index.html", "A new disk")
    });
    watching.wait_for(" written, ");
    app.write(
        "media/disk.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
    );
    wait_until("the picture is there", || says("media/disk.svg", "<svg"));
    app.api("DELETE", "/incidents/a-new-disk", None)
        .await
        .expect(200);
    let gone = folder.path.join("incidents/a-new-disk");
    wait_until("it is gone", || !gone.exists());
    assert_eq!(watching.stop(), Some(0));
}

#[tokio::test]
async fn while_it_watches_it_hears_of_changes_where_the_engine_says_so() {
    if option_env_database().is_none() {
        return;
    }
    let mut app = selma_is_down().await;
    let name = format!("watching-{}", std::process::id());
    let database = &mut app.config.source.database;
    database.push_str(&format!("&application_name={name}"));
    let pool = AnyPool::connect(database).await.expect("it opens");
    let folder = StaticFolder::new();
    let watching = Watching::start(&app, &folder);
    let start = Instant::now();
    let asked = "select count(*) from pg_stat_activity \
                 where application_name = $1 and query ilike 'listen%'";
    loop {
        let asking = sqlx::query_scalar::<_, i64>(asked).bind(&name);
        if asking.fetch_one(&pool).await.expect("an answer") == 1 {
            break;
        }
        assert!(start.elapsed() < PATIENCE, "it doesn't listen");
    }
    pool.close().await;
    assert_eq!(watching.stop(), Some(0));
}

#[tokio::test]
async fn while_the_database_fails_the_files_stay_and_it_is_said_once() {
    let mut app = selma_is_down().await;
    let folder = StaticFolder::new();
    let watching = Watching::start(&app, &folder);
    let before = folder.stamps();
    let database = app.config.source.database.clone();
    change(&database, "alter table revision rename to revision_away").await;
    let mut lines = watching.wait_for("still can't be brought up to date");
    assert_eq!(folder.stamps(), before);
    change(&database, "alter table revision_away rename to revision").await;
    lines.extend(watching.wait_for("up to date again"));
    let errors = lines.iter().filter(|line| line.contains("ERROR"));
    assert_eq!(errors.count(), 1, "{lines:?}");
    let body = json!({"title": "A new disk", "markdown": "It is here."});
    app.post("/incidents", body).await.expect(201);
    let post = folder.path.join("incidents/a-new-disk/index.html");
    wait_until("the post is there", || post.exists());
    assert_eq!(watching.stop(), Some(0));
}
