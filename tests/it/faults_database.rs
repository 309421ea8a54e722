//! A database that fills up, falls silent, is locked, taken away or damaged: what can't be posted is
//! refused in words and in time, pages stay up, and as soon as the fault is over posting works.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use chrono::Duration as Span;
use lightship::app::App;
use lightship::clock::Clock;
use lightship::store::Store;
use lightship::store::probe::Probe;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use crate::support::app::{TestApp, config, write};
use crate::support::database::{new_database, option_env_database};
use crate::support::process::{Poster, Server, token};

const SITE: &str = "name = \"Example status\"\nbase_url = \"https://status.example.com\"\n\
    time_zone = \"America/Denver\"\n\n[[components]]\nslug = \"selma\"\nname = \"Selma\"\n";

/// Whatever is waited for here is there sooner, or a fault.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Asks again and again until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let start = Instant::now();
    while !is_so().await {
        assert!(start.elapsed() < PATIENCE, "never: {what}");
        sleep(Duration::from_millis(100)).await;
    }
}

pub(crate) fn incident(title: &str) -> Value {
    json!({"title": title, "components": {"selma": "degraded"}})
}

/// An application over this database, which is nobody else's.
pub(crate) async fn app_over(database: String, folder: &Path) -> App {
    let content = folder.join("content");
    write(&content, "site.toml", SITE.as_bytes());
    let now = "2013-02-26T09:15:00Z".parse().expect("an instant");
    let mut app = App::build(config(database, content), Clock::fixed(now))
        .await
        .expect("it starts");
    app.catch_up().await.expect("it catches up");
    app
}

/// An application over a file, and the folder that this is in.
async fn over_a_file() -> Option<(TestApp, tempfile::TempDir)> {
    if option_env_database().is_some() {
        eprintln!("not run: a server has no file of ours");
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let app = TestApp::over(app_over(database, folder.path()).await).await;
    Some((app, folder))
}

/// A small disk of its own. Only root can have one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        fs::create_dir_all(at).expect("a folder");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(at)
            .status();
        let is_there = mounted.is_ok_and(|status| status.success());
        is_there.then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_was_full_for_a_moment_stops_posting_for_a_moment() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Some(disk) = SmallDisk::mount(&folder.path().join("disk")) else {
        eprintln!("not run: only root can mount a small disk");
        return;
    };
    let database = format!("sqlite:{}", disk.0.join("test.db").display());
    let content = folder.path().join("content");
    write(&content, "site.toml", SITE.as_bytes());
    let server = Server::start(&database, &content);
    let poster = Poster::new(&token(&database).await);
    let post = |text: &str| {
        let body = json!({"title": "Selma is down", "markdown": text});
        poster.send(&server.url, "/incidents", &body)
    };
    assert_eq!(post("It begins.").0, 201);
    assert_eq!(poster.read(&server.url, "/readyz").0, 200);

    let filler = disk.0.join("filler");
    let _ = fs::write(&filler, vec![0; 4 << 20]);
    let long = "Long. ".repeat(10_000);
    let mut refused = (0, String::new());
    for _ in 0..50 {
        refused = post(&long);
        if refused.0 != 201 {
            break;
        }
    }
    assert_eq!(refused.0, 503, "{}", refused.1);
    assert!(refused.1.contains("nothing was changed"), "{}", refused.1);
    let mut said = String::new();
    until("readyz says that the disk is full", async || {
        let (status, text) = poster.read(&server.url, "/readyz");
        said = text;
        status == 503 && said.contains("its disk is full")
    })
    .await;
    assert!(said.starts_with("not ready\n"), "{said}");
    // Readers notice nothing.
    assert_eq!(poster.read(&server.url, "/").0, 200);

    fs::remove_file(&filler).expect("it was there");
    assert_eq!(post("It is over.").0, 201, "with the very next request");
    until("readyz says that it is ready", async || {
        poster.read(&server.url, "/readyz").0 == 200
    })
    .await;
}

#[tokio::test]
async fn who_finds_the_file_locked_is_told_so_after_five_seconds_with_all_others() {
    if option_env_database().is_some() {
        eprintln!("not run: a server locks no file");
        return;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let app = TestApp::over(app_over(database.clone(), folder.path()).await).await;
    let outside = Store::open(&database).await.expect("it opens");
    let lock = outside.begin().await.expect("a transaction");
    let post = || app.api("POST", "/incidents", Some(json!({"title": "a"})));
    let all = async { tokio::join!(post(), post(), post()) };
    // One after the other they would need fifteen seconds.
    let (one, two, three) = timeout(Duration::from_secs(11), all)
        .await
        .expect("in time");
    for reply in [one, two, three] {
        let reply = reply.expect(503);
        assert_eq!(reply.header("retry-after"), "1");
    }
    app.get("/").await.expect(200);
    drop(lock);
    until("posting works again", async || post().await.status == 201).await;
}

#[tokio::test]
async fn a_start_serves_pages_before_it_writes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let database = new_database(folder.path()).await;
    let first = app_over(database.clone(), folder.path()).await;
    let lock = first.state().store.begin().await.expect("a transaction");
    let content = folder.path().join("content");
    let started = App::build(config(database, content), Clock::System);
    let started = timeout(PATIENCE, started).await.expect("in time");
    let app = TestApp::of(started.expect("it starts"), String::new());
    let page = app.get("/").await.expect(200);
    drop(lock);
    assert!(page.text().contains("Example status"), "{}", page.text());
}

#[tokio::test]
async fn nothing_is_acknowledged_into_a_file_that_was_taken_away() {
    if option_env_database().is_some() {
        eprintln!("not run: a server has no file of ours");
        return;
    }
    for is_replaced in [false, true] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let database = new_database(folder.path()).await;
        let app = TestApp::over(app_over(database.clone(), folder.path()).await).await;
        app.api("POST", "/incidents", Some(incident("Kept")))
            .await
            .expect(201);
        let file = folder.path().join("test.db");
        fs::rename(&file, folder.path().join("away.db")).expect("moved");
        if is_replaced {
            fs::copy(folder.path().join("away.db"), &file).expect("copied");
        }
        let refused = app.api("POST", "/incidents", Some(incident("Lost"))).await;
        refused.expect(503);
        app.app.probe().await;
        let ready = app.get("/readyz").await.expect(503);
        assert!(
            ready.text().contains("removed or replaced"),
            "{}",
            ready.text()
        );
        assert!(
            !ready.text().contains("test.db"),
            "no path is told: {}",
            ready.text()
        );
        app.get("/").await.expect(200);
        fs::rename(folder.path().join("away.db"), &file).expect("moved back");
        app.api("POST", "/incidents", Some(incident("Mended")))
            .await
            .expect(201);
        app.app.probe().await;
        app.get("/readyz").await.expect(200);
    }
}

#[tokio::test]
async fn a_damaged_file_is_not_ready() {
    let Some((app, folder)) = over_a_file().await else {
        return;
    };
    app.app.probe().await;
    app.get("/readyz").await.expect(200);
    let file = folder.path().join("test.db");
    let mut bytes = fs::read(&file).expect("the file");
    bytes.resize(bytes.len().max(4096), 0);
    bytes[..4096].fill(0x5a);
    let written = fs::OpenOptions::new().write(true).open(&file);
    std::io::Write::write_all(&mut written.expect("it opens"), &bytes).expect("written");
    app.app.probe().await;
    let ready = app.get("/readyz").await.expect(503);
    let text = ready.text();
    assert!(text.contains("its file is damaged"), "{text}");
    app.get("/").await.expect(200);
}

#[tokio::test]
async fn a_sound_file_is_found_whole() {
    let Some((app, folder)) = over_a_file().await else {
        return;
    };
    app.api("POST", "/incidents", Some(incident("a")))
        .await
        .expect(201);
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = Store::open(&url).await.expect("it opens");
    let checked = Probe::new(store).check_whole().await;
    assert!(checked.is_ok(), "{checked:?}");
}

#[tokio::test]
async fn nobody_else_may_read_the_database() {
    let Some((app, folder)) = over_a_file().await else {
        return;
    };
    app.api("POST", "/incidents", Some(incident("a")))
        .await
        .expect(201);
    for end in ["", "-wal", "-shm"] {
        let file = folder.path().join(format!("test.db{end}"));
        let mode = fs::metadata(&file)
            .expect("it is there")
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn what_was_posted_stays_public_though_the_clock_is_set_back() {
    let mut app = TestApp::new().with_component("selma").start().await;
    app.post(
        "/incidents",
        json!({"title": "Selma is down", "components": {"selma": "major_outage"}}),
    )
    .await
    .expect(201);
    for (back, is_right) in [(20, true), (20 * 60, false), (3 * 60 * 60, false)] {
        app.advance(Span::seconds(-back));
        app.refresh_site().await;
        app.restart().await;
        let home = app.get("/").await.expect(200);
        assert!(
            home.text().contains("Selma is down."),
            "{back} s: {}",
            home.text()
        );
        app.get("/incidents/selma-is-down").await.expect(200);
        app.app.probe().await;
        let ready = app.get("/readyz").await;
        assert_eq!(ready.status == 200, is_right, "{back} s: {}", ready.text());
        assert_eq!(
            ready.text().contains("clock: "),
            !is_right,
            "{}",
            ready.text()
        );
        app.advance(Span::seconds(back));
    }
    // What is posted by a clock that is a little behind comes after what was posted before.
    app.advance(Span::seconds(-20));
    let update = json!({"markdown": "Still down."});
    let made = app
        .post("/incidents/selma-is-down/updates", update)
        .await
        .expect(201);
    assert_eq!(made.json()["at"], "2013-02-26T09:15:00Z");
}
