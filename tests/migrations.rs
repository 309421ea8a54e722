//! Databases of earlier versions, and files that are no database at all.
//!
//! Each migration has a file of the same name in `tests/data/migrations` with rows as that version
//! wrote them. The migrations are applied in turn, each over the rows of those before it.

#[path = "it/support/database.rs"]
mod database;

use std::fs;
use std::path::{Path, PathBuf};

use lightship::clock::Clock;
use lightship::domain::slug::Slug;
use lightship::render::messages::text_of;
use lightship::snapshot::load::{Deployment, load};
use lightship::store::audit::{AuditFilter, list_entries};
use lightship::store::deliveries::claim_deliveries;
use lightship::store::probe::Probe;
use lightship::store::sessions::list_sessions;
use lightship::store::settings::find_meta;
use lightship::store::tokens::list_tokens;
use lightship::store::{Engine, Store, StoreError};
use sqlx::migrate::Migrator;
use sqlx::{AnyPool, AssertSqlSafe};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the migrations, oldest first.
fn migrations() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("migrations"))
        .expect("migrations")
        .map(|entry| entry.expect("an entry").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Migrations in a folder of their own: the first `count` real ones, then a made-up one.
async fn migrator(folder: &Path, count: usize, made_up: Option<&str>) -> Migrator {
    let target = folder.join(format!("migrations-{count}-{}", made_up.is_some()));
    fs::create_dir_all(&target).expect("made");
    for name in migrations().iter().take(count) {
        let from = root().join("migrations").join(name);
        fs::copy(from, target.join(name)).expect("copied");
    }
    if let Some(statement) = made_up {
        fs::write(target.join("9000_made_up.sql"), statement).expect("written");
    }
    Migrator::new(target.as_path()).await.expect("migrations")
}

async fn run(url: &str, statements: String) {
    let pool = AnyPool::connect(url).await.expect("it answers");
    sqlx::raw_sql(AssertSqlSafe(statements))
        .execute(&pool)
        .await
        .expect("rows are put in");
    pool.close().await;
}

#[tokio::test]
async fn each_migration_leaves_what_was_there_readable() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = database::new_database(folder.path()).await;
    for (count, name) in (1..).zip(migrations()) {
        let migrator = migrator(folder.path(), count, None).await;
        let store = Store::open_with(&url, 8, &migrator).await;
        store
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .close()
            .await;
        let rows = root().join("tests/data/migrations").join(&name);
        let rows = fs::read_to_string(&rows).unwrap_or_else(|_| {
            panic!(
                "{} is missing: rows as that version writes them",
                rows.display()
            )
        });
        run(&url, rows).await;
    }
    let store = Store::open(&url).await.expect("it is up to date");
    let now = "2013-02-26T09:30:00Z".parse().expect("an instant");
    let loaded = load(&store, now, &Deployment::default())
        .await
        .expect("a snapshot");
    let snapshot = loaded.snapshot;
    assert_eq!(snapshot.site.name, "Example status");
    assert_eq!(snapshot.site.authority, "status.example.com");
    assert_eq!(snapshot.posts.len(), 2);
    let find = |slug: &str| {
        let slug = Slug::parse(slug).expect("a slug");
        let post = snapshot.posts.find(&slug).expect("an incident");
        post.read()
    };
    assert_eq!(find("selma-moves").updates[0].id, "selma-1-1");
    let ends = find("new-disks-for-clark").window().ends;
    assert_eq!(
        ends.map(|at| at.timestamp_millis()),
        Some(1_361_880_000_000)
    );
    let updates = find("new-disks-for-clark").updates;
    let told: Vec<_> = updates.iter().map(text_of).collect();
    assert_eq!(
        told,
        [
            "It has begun.",
            "Maintenance on Selma is taking longer than planned: until February 26 at 5:00 am MST."
        ]
    );
    assert!(find("selma-moves").own_item && !find("new-disks-for-clark").own_item);
    let revised = snapshot.maintenance_log.revised("clark-1");
    let noted = revised.at.map(|at| at.timestamp_millis());
    assert_eq!((revised.times, noted), (2, Some(1_361_869_560_000)));
    assert_eq!(snapshot.redirects.len(), 1);
    let standing = snapshot.standing(&snapshot.components[0]);
    assert_eq!(snapshot.states.label(&standing.state), "Rescue mode");
    let mut tx = store.read().await.expect("a view");
    assert_eq!(
        list_entries(&mut tx, &AuditFilter::default(), 10, None)
            .await
            .expect("lines")
            .len(),
        1
    );
    assert_eq!(list_tokens(&mut tx).await.expect("tokens").len(), 1);
    let sessions = list_sessions(&mut tx, None).await.expect("sessions");
    assert_eq!(sessions[0].device.as_deref(), Some("Firefox"));
    let kept = sessions[0].find_kept("/staff/new-incident", None);
    let form = kept.map(|kept| kept.form.as_str());
    assert_eq!(form, Some(r#"[["title","Selma is down"]]"#));
    drop(tx);
    // What is being sent stays with its sender.
    let mut tx = store.begin_delivery().await.expect("a transaction");
    let claimed = claim_deliveries(&mut tx, "me", now, 10).await;
    let claimed = claimed.expect("they can be read");
    let threads: Vec<_> = claimed.iter().map(|it| it.thread.to_text()).collect();
    assert_eq!(threads, ["selma-1"]);
}

#[tokio::test]
async fn histories_of_earlier_versions_are_made_anew_by_the_rule_of_this_one() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = database::new_database(folder.path()).await;
    let before = migrator(folder.path(), 6, None).await;
    let store = Store::open_with(&url, 8, &before).await.expect("as it was");
    store.close().await;
    let rows = root().join("tests/data/overlapping.sql");
    run(&url, fs::read_to_string(rows).expect("rows")).await;
    let store = Store::open(&url).await.expect("it is up to date");
    let now = "2013-02-26T12:00:00Z".parse().expect("an instant");
    let loaded = load(&store, now, &Deployment::default()).await;
    let snapshot = loaded.expect("a snapshot").snapshot;
    let nelson = Slug::parse("nelson").expect("a slug");
    let record = snapshot.find_component(&nelson).expect("a component");
    let was: Vec<_> = record
        .history
        .iter()
        .map(|change| {
            (
                change.at.format("%H:%M").to_string(),
                change.state.to_string(),
            )
        })
        .collect();
    let was: Vec<_> = was.iter().map(|(at, state)| (&**at, &**state)).collect();
    // Slow from 8:00 on, crashed from 9:00 to 10:00. The version before left it crashed.
    assert_eq!(
        was,
        [
            ("08:00", "degraded"),
            ("09:00", "major_outage"),
            ("10:00", "degraded")
        ]
    );
    let crashed = snapshot
        .posts
        .find(&Slug::parse("nelson-crashed").expect("a slug"));
    let crashed = crashed.expect("an incident").read();
    let of_end = &crashed.updates[0].changes;
    assert_eq!(of_end.len(), 1, "what it left");
    assert_eq!(of_end[0].state.as_str(), "degraded");
    // Opened once more, nothing is made anew.
    store.close().await;
    let again = Store::open(&url).await.expect("as it is");
    let same = load(&again, now, &Deployment::default())
        .await
        .expect("a snapshot");
    let same = same
        .snapshot
        .find_component(&nelson)
        .expect("it")
        .history
        .len();
    assert_eq!(same, 3);
}

#[tokio::test]
async fn a_newer_database_is_refused_and_an_older_file_is_copied_first() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = database::new_database(folder.path()).await;
    let store = Store::open(&url).await.expect("a new one");
    let engine = store.engine();
    store.close().await;
    run(
        &url,
        "insert into meta (key, value) values ('before', 'yes')".to_owned(),
    )
    .await;
    let later = "create table made_up (id bigint primary key)";
    let later = migrator(folder.path(), usize::MAX, Some(later)).await;
    let migrated = Store::open_with(&url, 8, &later).await.expect("migrated");
    migrated.close().await;

    let error = Store::open(&url).await.expect_err("it is newer");
    assert!(
        matches!(error, StoreError::Newer { found: 9000, .. }),
        "{error}"
    );
    let told = error.to_string();
    assert!(
        told.contains("9000") && told.contains("newer version"),
        "{told}"
    );

    // A migration that names a release tells who may run on it.
    let newest: i64 = migrations().pop().expect("a migration")[..4]
        .parse()
        .expect("a number");
    let number = newest + 1;
    let renumber = format!("update _sqlx_migrations set version = {number} where version = 9000");
    run(&url, renumber).await;
    let error = Store::open(&url).await.expect_err("it names none");
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    let name = |release: &str| {
        format!(
            "delete from meta where key = 'oldest_release.{number}'; \
             insert into meta (key, value) values ('oldest_release.{number}', '{release}')"
        )
    };
    for release in ["999.0.0", "later"] {
        run(&url, name(release)).await;
        let told = Store::open(&url).await.expect_err("it is too old");
        assert!(matches!(told, StoreError::TooOld { .. }), "{told}");
        let told = told.to_string();
        assert!(
            told.contains(&format!("needs Lightship {release} or later")),
            "{told}"
        );
        let told = Store::open_to_read(&url, 2)
            .await
            .expect_err("it is too old");
        assert!(matches!(told, StoreError::TooOld { .. }), "{told}");
    }
    run(&url, name(env!("CARGO_PKG_VERSION"))).await;
    let store = Store::open(&url).await.expect("both may run on it");
    let probe = Probe::new(store.clone());
    let now = Clock::System.now();
    probe.write(now).await.expect("it takes writes");
    // While it runs, a newer one upgrades the database once more.
    run(&url, name("999.0.0")).await;
    let told = probe.write(now).await.expect_err("it must be replaced");
    assert_eq!(told.in_short(), "it was upgraded for a newer version");
    store.close().await;

    if engine == Engine::Sqlite {
        let newest = migrations().pop().expect("a migration");
        let number: i64 = newest[..4].parse().expect("a number");
        let copy = format!("{url}.before-migration-{}", number + 1);
        let copied = Store::open(&copy)
            .await
            .expect("the copy is of this version");
        let mut tx = copied.read().await.expect("a view");
        let kept = find_meta(&mut tx, "before").await;
        assert_eq!(kept.expect("it can be read").as_deref(), Some("yes"));
    }
}

#[tokio::test]
async fn servers_that_start_together_upgrade_the_database_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = database::new_database(folder.path()).await;
    let opened = tokio::join!(
        Store::open(&url),
        Store::open(&url),
        Store::open(&url),
        Store::open(&url)
    );
    for store in [opened.0, opened.1, opened.2, opened.3] {
        let store = store.expect("it is brought up to date by one of them");
        let mut tx = store.read().await.expect("a view");
        let named = find_meta(&mut tx, "oldest_release.15").await;
        assert_eq!(named.expect("it answers").as_deref(), Some("0.1.0"));
        drop(tx);
        store.close().await;
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = database::new_database(folder.path()).await;
    Store::open(&url).await.expect("a new one").close().await;
    let broken = "create table half (id bigint primary key); insert into nowhere values (1);";
    let broken = migrator(folder.path(), usize::MAX, Some(broken)).await;
    // The second attempt finds the copy that the first one made.
    for _ in 0..2 {
        let error = Store::open_with(&url, 8, &broken)
            .await
            .expect_err("it fails");
        assert!(error.to_string().contains("can't be upgraded"), "{error}");
    }
    Store::open(&url).await.expect("as it was").close().await;
    run(&url, "create table half (id bigint primary key)".to_owned()).await;
}

/// What opening `path` as an SQLite database is refused with.
async fn refused(path: &Path, options: &str) -> String {
    let url = format!("sqlite:{}{options}", path.display());
    let error = Store::open(&url).await.expect_err("refused").to_string();
    assert!(error.contains(&path.display().to_string()), "{error}");
    error
}

#[tokio::test]
async fn what_is_no_database_is_refused_with_how_to_mend_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let text = folder.join("notes.txt");
    fs::write(
        &text,
        "These are notes, and they are longer than sixteen bytes.",
    )
    .expect("written");
    assert!(
        refused(&text, "")
            .await
            .contains("is not a SQLite database")
    );
    let kept = fs::read_to_string(&text).expect("still there");
    assert!(kept.starts_with("These are notes"), "it wasn't touched");

    let error = refused(folder, "").await;
    assert!(
        error.contains("is a folder") && error.contains("lightship.db"),
        "{error}"
    );

    let error = refused(&folder.join("no/such/folder/lightship.db"), "").await;
    assert!(
        error.contains("make it first") && error.contains("--database"),
        "{error}"
    );

    let file = folder.join("kept.db");
    let url = format!("sqlite:{}", file.display());
    Store::open(&url).await.expect("a new one").close().await;
    run(&url, "pragma journal_mode = delete".to_owned()).await;
    let error = refused(&file, "?mode=ro").await;
    assert!(error.contains("right to write"), "{error}");

    let mut broken = fs::read(&file).expect("the file");
    broken[100..].fill(0x5a);
    fs::write(&file, broken).expect("written");
    refused(&file, "").await;

    for url in ["lightship.db", "mysql://ann:secret@db/x"] {
        let error = Store::open(url).await.expect_err("refused").to_string();
        assert!(
            error.contains("sqlite:FILE") && !error.contains("secret"),
            "{error}"
        );
    }
    let error = Store::open("postgres://ann:secret@127.0.0.1:1/x").await;
    let error = error.expect_err("nobody is there").to_string();
    assert!(
        error.contains("ann@127.0.0.1:1/x") && !error.contains("secret"),
        "{error}"
    );
}

#[tokio::test]
async fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("with a space.db");
    fs::write(&file, "").expect("written");
    let url = format!("sqlite:{}", file.display());
    let store = Store::open(&url).await.expect("it opens");
    store.read().await.expect("it answers");
}
