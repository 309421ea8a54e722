//! The folder that the site's files are in: what is deleted, what stays, and what a build that was
//! killed leaves.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::json;
use tokio::sync::watch as signal;

use crate::support::app::TestApp;
use crate::support::static_folder::{BESIDE, StaticFolder, UNFINISHED, assert_current, write};

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"/>";

#[tokio::test]
async fn what_is_withdrawn_is_deleted_and_what_isnt_ours_stays() {
    let mut app = TestApp::new().with_component("selma").start().await;
    for title in ["Selma is down", "Selma is slow"] {
        let body = json!({"title": title, "markdown": title, "components": {"selma": "degraded"}});
        app.post("/incidents", body).await.expect(201);
    }
    let folder = StaticFolder::new();
    folder.build(&app).await;
    folder.write("google123.html", "Ours.");
    folder.write("incidents/selma-is-down/notes.txt", "Ours.");
    folder.write("incidents/selma-is-slow.json", "Changed.");
    for slug in ["selma-is-down", "selma-is-slow"] {
        app.api("DELETE", &format!("/incidents/{slug}"), None)
            .await
            .expect(200);
    }
    app.refresh_site().await;
    let report = folder.build(&app).await;
    let names = folder.names();
    let left: Vec<_> = names
        .iter()
        .filter(|name| name.contains("selma-is"))
        .collect();
    assert_eq!(
        left,
        [
            "incidents/selma-is-down/notes.txt",
            "incidents/selma-is-slow.json"
        ]
    );
    assert_eq!(folder.text("incidents/selma-is-slow.json"), "Changed.");
    assert!(names.contains("google123.html"));
    assert!(
        !folder.path.join("incidents/selma-is-slow").exists(),
        "an empty folder"
    );
    assert_eq!(report.kept, 1);
    assert_eq!(
        report.deleted,
        2 * 6 + 1 - 1,
        "six of each and a month, but for one"
    );
}

#[tokio::test]
async fn a_folder_with_something_else_is_refused_and_stays_as_it_is() {
    let app = TestApp::new().with_component("selma").start().await;
    let folder = StaticFolder::new();
    folder.write("notes.txt", "Ours.");
    let error = folder.open(&app).await.expect_err("it isn't empty");
    let told = format!("{error:#}");
    assert!(
        told.contains("isn't empty") && told.contains("empty folder"),
        "{told}"
    );
    assert_eq!(fs::read_dir(&folder.path).expect("a folder").count(), 1);

    let folder = StaticFolder::new();
    let mut site = folder.open(&app).await.expect("it opens");
    let error = folder.open(&app).await.expect_err("it is being written to");
    assert!(
        format!("{error:#}").contains("another `lightship build`"),
        "{error:#}"
    );
    folder.write("history/index.html", "Ours.");
    let (_stopping, stopped) = signal::channel(false);
    let error = site
        .write(&stopped)
        .await
        .expect_err("something is in the way");
    let told = format!("{error:#}");
    assert!(told.contains("history/index.html is in the way"), "{told}");
    assert_eq!(folder.text("history/index.html"), "Ours.");
    fs::remove_file(folder.path.join("history/index.html")).expect("removed");
    write(&mut site).await.expect("all of it");
    assert_current(&folder, &app).await;
}

#[tokio::test]
async fn after_a_build_that_was_killed_the_next_one_mends_everything() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let body = json!({"title": "Selma is down", "components": {"selma": "degraded"}});
    app.post("/incidents", body).await.expect(201);
    let folder = StaticFolder::new();
    folder.build(&app).await;
    // It had replaced one file, added another, and was writing a third.
    folder.write("incidents/selma-is-down/index.html", "Replaced.");
    folder.write("incidents/new/index.html", "Added.");
    folder.write(&format!("history/{BESIDE}"), "Half of i");
    folder.write(UNFINISHED, "[\"incidents/new/index.html\"]");
    app.api("DELETE", "/incidents/selma-is-down", None)
        .await
        .expect(200);
    app.refresh_site().await;
    let report = folder.build(&app).await;
    assert_eq!(report.kept, 0);
    assert_current(&folder, &app).await;
    assert!(!folder.path.join(UNFINISHED).exists());
    assert!(!folder.path.join("incidents").exists());

    // It had written nothing but the list of what it would add.
    let first = StaticFolder::new();
    first.write(UNFINISHED, "[\"index.html\", \"feed.rss\"]");
    first.write("index.html", "Half of i");
    first.build(&app).await;
    assert_current(&first, &app).await;
}

#[tokio::test]
async fn a_stop_leaves_whole_files_and_the_next_build_goes_on() {
    let app = TestApp::new().with_component("selma").start().await;
    let folder = StaticFolder::new();
    let mut site = folder.open(&app).await.expect("it opens");
    let (stopping, stopped) = signal::channel(true);
    assert_eq!(site.write(&stopped).await.expect("it stops"), None);
    drop(stopping);
    site.close().await;
    folder.build(&app).await;
    assert_current(&folder, &app).await;
}

#[tokio::test]
async fn files_of_posts_are_followed_too() {
    let app = TestApp::new()
        .with_component("selma")
        .with_file("media/disks", "A list.")
        .start()
        .await;
    let folder = StaticFolder::new();
    folder.build(&app).await;
    assert_eq!(folder.text("media/disks"), "A list.");
    // A file becomes a folder, and a folder a file.
    app.remove("media/disks");
    app.write("media/disks/new.svg", SVG);
    folder.build(&app).await;
    assert_eq!(folder.text("media/disks/new.svg"), SVG);
    app.write("media/more/a.svg", SVG);
    symlink("../more", app.content().join("media/disks/again")).expect("a link");
    symlink("../..", app.content().join("media/disks/out")).expect("a link");
    symlink("..", app.content().join("media/disks/round")).expect("a link");
    folder.build(&app).await;
    let names = folder.names();
    let media: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with("media/"))
        .collect();
    assert_eq!(
        media,
        [
            "media/disks/again/a.svg",
            "media/disks/new.svg",
            "media/more/a.svg"
        ]
    );

    // Nothing is deleted for a file if something else is in the way of another.
    let media = app.content().join("media");
    fs::remove_dir_all(media.join("more")).expect("removed");
    app.write("media/more", "A list.");
    app.write("media/mine", "A list.");
    folder.write("media/mine", "Ours.");
    let mut site = folder.open(&app).await.expect("it opens");
    let (_stopping, stopped) = signal::channel(false);
    let error = site.write(&stopped).await.expect_err("it is in the way");
    assert!(
        format!("{error:#}").contains("media/mine is in the way"),
        "{error:#}"
    );
    assert_eq!(folder.text("media/more/a.svg"), SVG);
    fs::remove_file(folder.path.join("media/mine")).expect("removed");
    write(&mut site).await.expect("all of it");
    assert_eq!(folder.text("media/more"), "A list.");
    assert_eq!(folder.text("media/mine"), "A list.");
}
