//! The running application sees what is done to its files, whatever the tool that does it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lightship::app::App;
use lightship::clock::Clock;
use lightship::site::SiteHandle;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

use crate::support::app::{config, write};
use crate::support::{new_database, slug};

const SITE: &str = "name = \"Example status\"\ntime_zone = \"America/Denver\"\n";
const SELMA: &str = "incidents/2013-02-25-selma.md";

/// A machine under load takes its time; a change that isn't seen at all takes longer still.
const PATIENCE: Duration = Duration::from_secs(25);

fn post(text: &str) -> String {
    format!("---\ntitle: Selma is down\ndate: 2013-02-25 08:00\n---\n\n{text}\n")
}

fn fill(content: &Path, text: &str) {
    write(content, "site.toml", SITE.as_bytes());
    write(content, SELMA, post(text).as_bytes());
}

/// The application, running over a content folder.
struct Running {
    site: SiteHandle,
    stopping: watch::Receiver<bool>,
    content: PathBuf,
    stop: oneshot::Sender<()>,
    running: JoinHandle<anyhow::Result<()>>,
    folder: tempfile::TempDir,
}

impl Running {
    /// `prepare` gets the path of the content folder, which isn't there yet.
    async fn start(prepare: impl FnOnce(&Path)) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content = folder.path().join("content");
        prepare(&content);
        let config = config(new_database(folder.path()).await, content.clone());
        let now = "2013-02-26T09:15:00Z".parse().expect("an instant");
        let app = App::build(config, Clock::fixed(now))
            .await
            .expect("it starts");
        let (site, stopping) = (app.state().site.clone(), app.state().stopping.clone());
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(app.run(async move {
            let _ = stopped.await;
        }));
        Self {
            site,
            stopping,
            content,
            stop,
            running,
            folder,
        }
    }

    fn text(&self) -> Option<String> {
        let site = self.site.current();
        let incident = site.snapshot().find_incident(&slug("selma"))?;
        Some(incident.markdown.clone())
    }

    async fn shows(&self, wanted: Option<&str>) {
        let start = Instant::now();
        while self.text().as_deref() != wanted {
            let shown = self.text();
            assert!(
                start.elapsed() < PATIENCE,
                "{wanted:?} never came; there is {shown:?}"
            );
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits as an answer does that goes on and on: for a revision after `shown`, or a stop.
    fn wait_for_news(&self, shown: i64) -> JoinHandle<News> {
        let (site, mut stopping) = (self.site.clone(), self.stopping.clone());
        tokio::spawn(async move {
            tokio::select! {
                revision = site.served_after(shown) => News::Revision(revision),
                stop = stopping.wait_for(|stop| *stop) => {
                    stop.expect("it is said");
                    News::Stop
                }
            }
        })
    }

    async fn stop(self) {
        self.stop.send(()).expect("it is running");
        self.running.await.expect("no panic").expect("it ends well");
    }
}

#[derive(Debug, PartialEq)]
enum News {
    Revision(i64),
    Stop,
}

async fn hear(news: JoinHandle<News>) -> News {
    let heard = timeout(PATIENCE, news).await;
    heard.expect("it is woken").expect("no panic")
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_news_hears_of_a_change_and_of_a_stop() {
    let app = Running::start(|content| fill(content, "One.")).await;
    app.shows(Some("One.")).await;
    let shown = app.site.current().snapshot().revision;
    let news = app.wait_for_news(shown);
    write(&app.content, SELMA, post("Two.").as_bytes());
    let heard = hear(news).await;
    assert!(
        matches!(heard, News::Revision(later) if later > shown),
        "{heard:?} after {shown}"
    );
    let news = app.wait_for_news(i64::MAX);
    app.stop().await;
    assert_eq!(hear(news).await, News::Stop);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_saved_made_and_deleted_are_seen() {
    let app = Running::start(|content| fill(content, "One.")).await;
    app.shows(Some("One.")).await;
    // In place.
    write(&app.content, SELMA, post("Two.").as_bytes());
    app.shows(Some("Two.")).await;
    // Beside it, then by another name, as most editors do.
    write(
        &app.content,
        "incidents/.selma.md.swp",
        post("Three.").as_bytes(),
    );
    let aside = app.content.join("incidents/.selma.md.swp");
    fs::rename(&aside, app.content.join(SELMA)).expect("renamed");
    app.shows(Some("Three.")).await;
    fs::remove_file(app.content.join(SELMA)).expect("removed");
    app.shows(None).await;
    write(&app.content, SELMA, post("Four.").as_bytes());
    app.shows(Some("Four.")).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_that_comes_later_is_seen_and_so_is_its_folder_of_incidents() {
    let app = Running::start(|_| ()).await;
    assert_eq!(app.text(), None);
    write(&app.content, "site.toml", SITE.as_bytes());
    let start = Instant::now();
    while app.site.current().snapshot().site.name != "Example status" {
        assert!(start.elapsed() < PATIENCE, "the folder was never seen");
        sleep(Duration::from_millis(20)).await;
    }
    write(&app.content, SELMA, post("One.").as_bytes());
    app.shows(Some("One.")).await;
    write(&app.content, SELMA, post("Two.").as_bytes());
    app.shows(Some("Two.")).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_deleted_and_made_anew_is_watched_again() {
    let app = Running::start(|content| fill(content, "One.")).await;
    fs::remove_dir_all(&app.content).expect("removed");
    fill(&app.content, "Two.");
    app.shows(Some("Two.")).await;
    write(&app.content, SELMA, post("Three.").as_bytes());
    app.shows(Some("Three.")).await;
    // The same with the folder in it.
    fs::remove_dir_all(app.content.join("incidents")).expect("removed");
    fill(&app.content, "Four.");
    app.shows(Some("Four.")).await;
    write(&app.content, SELMA, post("Five.").as_bytes());
    app.shows(Some("Five.")).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deploy_that_swaps_a_link_is_seen() {
    let release = |content: &Path, name: &str| content.with_file_name(name);
    let app = Running::start(|content| {
        fill(&release(content, "one"), "One.");
        symlink("one", content).expect("linked");
    })
    .await;
    app.shows(Some("One.")).await;
    let next = app.folder.path().join("next");
    for (name, text) in [("two", "Two."), ("three", "Three.")] {
        fill(&release(&app.content, name), text);
        symlink(name, &next).expect("linked");
        fs::rename(&next, &app.content).expect("swapped");
        app.shows(Some(text)).await;
    }
    // What is watched now is the new folder.
    let edited = release(&app.content, "three");
    write(&edited, SELMA, post("Four.").as_bytes());
    app.shows(Some("Four.")).await;
    app.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_that_is_uploaded_slowly_is_published_once_it_is_whole() {
    let app = Running::start(|content| fill(content, "One.")).await;
    app.shows(Some("One.")).await;
    let slow = post("Two is long, and it comes in pieces.");
    let site = app.site.clone();
    let seen = tokio::spawn(async move {
        // Whatever is shown until the whole is there.
        let mut seen = Vec::new();
        let start = Instant::now();
        loop {
            let text = site.current().snapshot().find_incident(&slug("selma"));
            let text = text.map(|incident| incident.markdown.clone());
            if seen.last() != Some(&text) {
                seen.push(text.clone());
            }
            if text.is_some_and(|text| text.ends_with("pieces.")) || start.elapsed() > PATIENCE {
                return seen;
            }
            sleep(Duration::from_millis(10)).await;
        }
    });
    let mut file = fs::File::create(app.content.join(SELMA)).expect("made");
    let pieces: Vec<&[u8]> = slow.as_bytes().chunks(slow.len() / 6).collect();
    for piece in pieces {
        std::io::Write::write_all(&mut file, piece).expect("written");
        // The upload takes its time; that is what is tried here.
        sleep(Duration::from_millis(400)).await;
    }
    drop(file);
    let seen = seen.await.expect("no panic");
    let whole = Some("Two is long, and it comes in pieces.".to_owned());
    assert_eq!(seen, [Some("One.".to_owned()), whole]);
    app.stop().await;
}
