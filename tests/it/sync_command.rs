//! `lightship sync`, the program itself.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use lightship::snapshot::load::{Deployment, load};
use lightship::store::Store;
use serde_json::Value;

use crate::support::app::write;
use crate::support::new_database;

const SITE: &str = "name = \"Example status\"\ntime_zone = \"America/Denver\"\n\
    [[components]]\nslug = \"selma\"\nname = \"Selma\"\n";
const SELMA: &str = "incidents/2013-02-25-selma.md";

fn post(text: &str) -> String {
    format!("---\ntitle: Selma is down\ndate: 2013-02-25 08:00\nphase: resolved\n---\n\n{text}\n")
}

/// A content folder and a database.
struct Bench {
    folder: tempfile::TempDir,
    content: PathBuf,
    database: String,
}

/// What a run said.
struct Ran {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let content = folder.path().join("content");
        write(&content, "site.toml", SITE.as_bytes());
        let database = new_database(folder.path()).await;
        Self {
            folder,
            content,
            database,
        }
    }

    fn write(&self, name: &str, text: &str) {
        write(&self.content, name, text.as_bytes());
    }

    fn run(&self, options: &[&str]) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_lightship"))
            .args(["sync", "--machine", "test", "--database", &self.database])
            .arg("--content")
            .arg(&self.content)
            .args(options)
            .output()
            .expect("it runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            code: output.status.code(),
            out: text(output.stdout),
            err: text(output.stderr),
        }
    }

    fn json(&self, options: &[&str]) -> Value {
        let ran = self.run(&[options, &["--json"]].concat());
        serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}", ran.out))
    }
}

/// The ids of all incidents and updates of a database, with their texts.
async fn ids(database: &str) -> Vec<(String, String)> {
    let store = Store::open(database).await.expect("it opens");
    let now = "2013-02-27T09:15:00Z".parse().expect("an instant");
    let loaded = load(&store, now, &Deployment::default())
        .await
        .expect("a snapshot");
    store.close().await;
    let mut all = Vec::new();
    for incident in loaded.snapshot.posts.iter().map(|post| post.read()) {
        all.push((incident.id.clone(), incident.markdown.clone()));
        for update in &incident.updates {
            all.push((update.id.clone(), update.markdown.clone()));
        }
    }
    all.sort();
    all
}

#[tokio::test]
async fn it_says_what_it_did() {
    let bench = Bench::new().await;
    let ran = bench.run(&[]);
    assert!(ran.out.contains("components changed"), "{}", ran.out);
    for number in 0..3 {
        bench.write(&format!("incidents/{number}.md"), &post("Text."));
    }
    let ran = bench.run(&[]);
    assert_eq!(
        (ran.code, ran.out.trim(), ran.err.as_str()),
        (Some(0), "3 incidents added", "")
    );
    assert_eq!(bench.run(&[]).out.trim(), "nothing new");
    bench.write("incidents/0.md", &post("Changed."));
    fs::remove_file(bench.content.join("incidents/1.md")).expect("removed");
    let ran = bench.run(&[]);
    assert_eq!(ran.out.trim(), "1 incident changed, 1 hidden");

    bench.write(
        "incidents/2.md",
        &post("UPDATE 2/30/13 2:15 MST: Mail is up."),
    );
    let ran = bench.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.out.contains("error: ") && ran.out.contains("content/incidents/2.md:7:"),
        "{}",
        ran.out
    );
    let told = bench.json(&[]);
    assert_eq!(
        (&told["problems"][0]["severity"], &told["added"]),
        (&"error".into(), &0.into())
    );
}

#[tokio::test]
async fn what_it_refuses_changes_nothing_until_the_right_word_is_said() {
    let bench = Bench::new().await;
    for number in 0..4 {
        bench.write(&format!("incidents/{number}.md"), &post("Text."));
    }
    assert_eq!(bench.run(&[]).code, Some(0));
    let ran = bench.run(&["--machine", "another"]);
    assert_eq!(ran.code, Some(2), "an option is not given twice");
    let elsewhere = bench.folder.path().join("elsewhere");
    fs::rename(&bench.content, &elsewhere).expect("moved");
    let ran = bench.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("site.toml"), "{}", ran.err);
    let moved = Bench {
        content: elsewhere,
        ..bench
    };
    let ran = moved.run(&[]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.err.starts_with("error: ") && ran.err.contains("--take-over"),
        "{}",
        ran.err
    );
    assert!(
        moved.json(&[])["refused"]
            .to_string()
            .contains("--take-over")
    );
    assert_eq!(moved.run(&["--take-over"]).code, Some(0));

    for number in 0..3 {
        fs::remove_file(moved.content.join(format!("incidents/{number}.md"))).expect("removed");
    }
    let ran = moved.run(&[]);
    assert!(ran.err.contains("--allow-missing"), "{}", ran.err);
    assert_eq!(ids(&moved.database).await.len(), 4);
    assert_eq!(
        moved.run(&["--allow-missing"]).out.trim(),
        "3 incidents hidden"
    );
}

#[tokio::test]
async fn ids_written_into_the_files_give_a_new_database_the_same() {
    let bench = Bench::new().await;
    let one = "UPDATE (2013-02-25 09:00 MST): We found the cause.";
    let two = "## UPDATE 2013-02-25 10:00 MST: resolved\n\nMail is up.\n\n- Selma: migrating";
    bench.write(SELMA, &post(&format!("We look.\n\n{one}\n\n{two}")));
    bench.write("incidents/2013-02-26-nelson.md", &post("Text."));
    assert_eq!(bench.run(&[]).code, Some(0));
    // Edits after which ids can't be derived from the files any more.
    let moved = bench.content.join("incidents/2013-02-25-mail.md");
    fs::rename(bench.content.join(SELMA), &moved).expect("renamed");
    let edited = fs::read_to_string(&moved).expect("the file");
    let edited = edited
        .replace("Mail is up", "All mail is up")
        .replace("cause", "culprit");
    let edited = edited.replace('\n', "\r\n");
    fs::write(&moved, format!("\u{feff}{edited}")).expect("written");
    fs::set_permissions(&moved, fs::Permissions::from_mode(0o640)).expect("set");

    let told = bench.json(&["--write-ids"]);
    assert_eq!(told["problems"].as_array().map(Vec::len), Some(0), "{told}");
    assert_eq!(
        told["ids_written"].as_array().map(Vec::len),
        Some(2),
        "{told}"
    );
    let written = fs::read_to_string(&moved).expect("the file");
    let taken_out: String = written
        .replace("\r\n\r\n<!-- id:", "\r\n<!-- id:")
        .split_inclusive("\r\n")
        .filter(|line| !line.starts_with("<!-- id:") && !line.starts_with("id: "))
        .collect();
    assert_eq!(
        taken_out,
        format!("\u{feff}{edited}"),
        "nothing else changed"
    );
    let mode = fs::metadata(&moved).expect("the file").permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(only_markdown(&bench.content.join("incidents")));

    let before = ids(&bench.database).await;
    assert_eq!(before.len(), 4);
    assert_eq!(bench.run(&["--write-ids"]).out.trim(), "nothing new");
    let anew = tempfile::tempdir().expect("a temporary folder");
    let anew = Bench {
        database: new_database(anew.path()).await,
        folder: anew,
        content: bench.content.clone(),
    };
    assert_eq!(anew.run(&[]).code, Some(0));
    assert_eq!(ids(&anew.database).await, before);
}

fn only_markdown(folder: &Path) -> bool {
    let names = fs::read_dir(folder).expect("a folder");
    names
        .map(|entry| entry.expect("an entry").file_name())
        .all(|name| name.to_string_lossy().ends_with(".md"))
}

#[tokio::test]
async fn ids_and_slugs_written_into_files_of_one_name_keep_their_addresses() {
    let bench = Bench::new().await;
    let [old, new, older] = ["2013-02-25", "2013-02-26", "2012-01-01"].map(|day| {
        (
            format!("incidents/{day}-network.md"),
            post(day).replace("2013-02-25 08:00", day),
        )
    });
    bench.write(&old.0, &old.1);
    bench.write(&new.0, &new.1);
    let told = bench.json(&["--write-ids"]);
    assert_eq!(
        told["ids_written"].as_array().map(Vec::len),
        Some(2),
        "{told}"
    );
    assert_eq!(told["problems"].as_array().map(Vec::len), Some(0), "{told}");
    let text = |name: &str| fs::read_to_string(bench.content.join(name)).expect("the file");
    assert!(
        text(&old.0).contains("\nslug: network\nid: "),
        "{}",
        text(&old.0)
    );
    assert!(
        text(&new.0).contains("\nslug: network-2013-02-26\nid: "),
        "{}",
        text(&new.0)
    );
    assert_eq!(bench.run(&["--write-ids"]).out.trim(), "nothing new");
    let before = ids(&bench.database).await;
    // A new database, with an older post of that name beside them.
    bench.write(&older.0, &older.1);
    let anew = tempfile::tempdir().expect("a temporary folder");
    let anew = Bench {
        database: new_database(anew.path()).await,
        folder: anew,
        content: bench.content.clone(),
    };
    let ran = anew.run(&[]);
    assert!(
        ran.out.contains("/incidents/network-2012-01-01"),
        "{}",
        ran.out
    );
    let after = ids(&anew.database).await;
    assert!(before.iter().all(|id| after.contains(id)), "{after:?}");
}
