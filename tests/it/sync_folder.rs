//! When a whole folder is not to be believed: nothing changes, and the page stays.

use std::fs;

use lightship::actions::sync_content::{SyncOptions, sync_content};
use lightship::actions::sync_report::SyncReport;
use lightship::app::{App, content_sync};

use crate::support::app::TestApp;

fn post(number: usize) -> (String, String) {
    (
        format!("incidents/post-{number}.md"),
        format!("---\ntitle: Post {number}\ndate: 2013-02-25\n---\n\nText.\n"),
    )
}

async fn app_with(count: usize) -> TestApp {
    let mut builder = TestApp::new().with_component("selma");
    for number in 0..count {
        let (name, text) = post(number);
        builder = builder.with_file(&name, text);
    }
    builder.start().await
}

/// A sync with options of its own.
async fn sync_as(
    app: &mut TestApp,
    change: impl FnOnce(&mut SyncOptions),
) -> anyhow::Result<SyncReport> {
    let store = app.app.state().store.clone();
    let content =
        content_sync::read(&store, &app.clock, &app.content(), Default::default()).await?;
    let mut options = SyncOptions {
        feeder: app.config.source.feeder(),
        ..SyncOptions::default()
    };
    change(&mut options);
    let report = sync_content(&store, &app.clock, &content, &options).await;
    app.refresh_site().await;
    Ok(report?)
}

async fn refused(app: &mut TestApp) -> String {
    let error = app.sync(&[]).await.expect_err("refused");
    format!("{error:#}")
}

#[tokio::test]
async fn if_most_files_are_gone_nothing_changes_unless_it_is_meant() {
    let mut app = app_with(5).await;
    let gone: Vec<String> = (0..3).map(|number| post(number).0).collect();
    for name in &gone {
        app.remove(name);
    }
    app.write("incidents/new.md", post(9).1);
    let names: Vec<&str> = gone.iter().map(String::as_str).collect();
    let error = app.sync(&names).await.expect_err("refused").to_string();
    assert!(
        error.contains("3 of 5") && error.contains("--allow-missing"),
        "{error}"
    );
    assert!(app.incident("post-0").is_some());
    assert!(app.incident("new").is_none());

    let report = sync_as(&mut app, |options| options.allow_missing = true).await;
    let report = report.expect("synced");
    assert_eq!(
        (report.added, report.hidden, report.missing.len()),
        (1, 0, 3)
    );
    let report = sync_as(&mut app, |options| {
        options.allow_missing = true;
        options.gone = gone.iter().cloned().collect();
    });
    assert_eq!(report.await.expect("synced").hidden, 3);
    assert!(app.incident("post-0").is_none());
}

#[tokio::test]
async fn half_of_four_files_or_all_of_three_may_go() {
    for (count, going) in [(4, 2), (3, 3)] {
        let mut app = app_with(count).await;
        let gone: Vec<String> = (0..going).map(|number| post(number).0).collect();
        for name in &gone {
            app.remove(name);
        }
        let names: Vec<&str> = gone.iter().map(String::as_str).collect();
        let report = app.sync(&names).await.expect("synced");
        assert_eq!(report.hidden, going);
    }
}

#[tokio::test]
async fn renamed_files_do_not_count_as_gone() {
    let mut app = app_with(4).await;
    for number in 0..4 {
        let (name, text) = post(number);
        app.remove(&name);
        app.write(&name.replace("post", "moved"), text);
    }
    app.sync(&[]).await.expect("synced");
    app.get("/incidents/post-3").await.expect(301);
}

#[tokio::test]
async fn without_a_readable_folder_the_site_stays_as_it_is() {
    let mut app = app_with(2).await;
    let site_toml = fs::read(app.content().join("site.toml")).expect("site.toml");
    let revision = app.app.state().site.current().snapshot().revision;

    app.write("site.toml", "name = \"Broken\ntime_zone = 3");
    assert!(refused(&mut app).await.contains("site.toml"));
    app.remove("site.toml");
    assert!(refused(&mut app).await.contains("site.toml"));
    app.write("site.toml", [0xff, 0xfe, 0]);
    assert!(refused(&mut app).await.contains("site.toml"));

    app.write("site.toml", &site_toml);
    let (incidents, aside) = (app.content().join("incidents"), app.content().join("aside"));
    fs::rename(&incidents, &aside).expect("moved");
    fs::write(&incidents, "no folder").expect("written");
    assert!(refused(&mut app).await.contains("incidents"));
    fs::remove_file(&incidents).expect("removed");
    fs::rename(&aside, &incidents).expect("moved back");

    let away = app.content().with_extension("away");
    fs::rename(app.content(), &away).expect("moved");
    assert!(refused(&mut app).await.contains("site.toml"));
    assert_eq!(app.app.state().site.current().snapshot().revision, revision);
    app.get("/incidents/post-1").await.expect(200);

    // It starts without its folder, too, and shows what it knows.
    let again = App::build(app.config.clone(), app.clock.clone()).await;
    let site = again.expect("it starts").state().site.current();
    assert_eq!(site.snapshot().posts.len(), 2);
    fs::rename(&away, app.content()).expect("moved back");
    assert_eq!(app.sync(&[]).await.expect("synced").revision, None);
}

#[tokio::test]
async fn another_machine_or_folder_does_not_sync_until_it_takes_over() {
    let mut app = app_with(1).await;
    app.write("incidents/new.md", post(9).1);
    let own = app.config.source.feeder();
    let other = |options: &mut SyncOptions| options.feeder = "elsewhere:/content".to_owned();
    let error = sync_as(&mut app, other)
        .await
        .expect_err("refused")
        .to_string();
    for word in [own.as_str(), "elsewhere:/content", "--take-over"] {
        assert!(error.contains(word), "{error}");
    }
    assert!(app.incident("new").is_none());

    let taken = sync_as(&mut app, |options| {
        other(options);
        options.take_over = true;
    });
    taken.await.expect("taken over");
    assert!(app.incident("new").is_some());
    assert!(refused(&mut app).await.contains("elsewhere:/content"));
    // The one that took over needs no word any more.
    sync_as(&mut app, other).await.expect("synced");
}

#[tokio::test]
async fn a_folder_behind_a_link_is_the_same_after_the_link_is_swapped() {
    let app = app_with(1).await;
    let mut source = app.config.source.clone();
    let link = app.content().with_file_name("current");
    source.content = link.clone();
    let mut names = Vec::new();
    for release in ["one", "two"] {
        let target = app.content().with_file_name(release);
        fs::create_dir_all(&target).expect("made");
        let _ = fs::remove_file(&link);
        std::os::unix::fs::symlink(&target, &link).expect("linked");
        names.push(source.feeder());
    }
    assert_eq!(names[0], names[1]);
}
