//! `lightship check` on test folders.

use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use super::bench::{Bench, Ran};
use super::fake_server::Reply;

const SITE: &str = "name = \"Example\"\ntime_zone = \"America/Denver\"\n\n\
                    [[components]]\nslug = \"selma\"\nname = \"Selma\"\n";

/// A folder with a site and these incidents.
fn folder(incidents: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("site.toml"), SITE).unwrap();
    fs::create_dir(folder.path().join("incidents")).unwrap();
    for (name, body) in incidents {
        let text =
            format!("---\ntitle: Mail\ndate: 2013-02-26 01:00\nphase: resolved\n---\n\n{body}\n");
        fs::write(folder.path().join("incidents").join(name), text).unwrap();
    }
    folder
}

fn bench() -> Bench {
    Bench::new(|request| -> Reply { panic!("nothing is asked of a server: {}", request.line) })
}

fn check(folder: &Path, more: &[&str]) -> Ran {
    let folder = folder.display().to_string();
    bench().run_bare(&[&["check", "--content", &folder], more].concat(), "")
}

#[test]
fn a_folder_in_order_says_so() {
    let folder = folder(&[("selma.md", "UPDATE (2/26/13 – 2:15 MST): Mail is up.")]);
    let ran = check(folder.path(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "2 files, no problems\n");
}

#[test]
fn strictly_a_warning_is_an_error() {
    let folder = folder(&[(
        "a.md",
        "## UPDATE 2013-02-26 02:15 MST: resovled\n\nMail is up.",
    )]);
    let ran = check(folder.path(), &[]);
    assert!(ran.out.contains("warning: "), "{}", ran.out);
    assert_eq!(ran.code, 0);
    assert_eq!(check(folder.path(), &["--strict"]).code, 1);
    let hint = self::folder(&[("c.md", "19:00 Mail is up.")]);
    assert_eq!(check(hint.path(), &["--strict"]).code, 0);
}

#[test]
fn problems_stand_with_file_line_and_caret() {
    let folder = folder(&[
        ("a.md", "UPDATE (2/30/13 – 2:15 MST): Mail is up."),
        ("b.md", "UPDATE: Mail is up."),
        ("c.md", "19:00 Mail is up."),
    ]);
    let ran = check(folder.path(), &[]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let shown = folder.path().display();
    for wanted in [
        "error: there is no such day as 2/30/2013\n".to_owned(),
        format!(" --> {shown}/incidents/a.md:7:9\n"),
        "7 | UPDATE (2/30/13 – 2:15 MST): Mail is up.\n".to_owned(),
        "  |         ^^^^^^^^^^^^^^^^^^\n".to_owned(),
        format!(" --> {shown}/incidents/b.md:7:1\n"),
        "hint: this looks like an entry, but is read as text\n".to_owned(),
        "= help: ".to_owned(),
    ] {
        assert!(ran.out.contains(&wanted), "{wanted}\n{}", ran.out);
    }
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
    let last = ran.out.lines().last().unwrap();
    assert_eq!(last, "1 error, 1 warning, 1 hint in 4 files");
}

#[test]
fn warnings_alone_stop_nothing() {
    let folder = folder(&[("b.md", "UPDATE: Mail is up.")]);
    let ran = check(folder.path(), &[]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    assert!(ran.out.ends_with("\n1 warning in 2 files\n"), "{}", ran.out);
}

#[test]
fn colours_are_for_terminals_whose_owner_likes_them() {
    let folder = folder(&[("b.md", "UPDATE: Mail is up.")]);
    let path = folder.path().display().to_string();
    let bench = bench();
    let ran = bench.run_bare_in_colour(&["check", "--content", &path]);
    assert!(ran.out.contains("\u{1b}["), "{}", ran.out);
    let minded = ["check", "--content", &path, "--env-no-color", "1"];
    let ran = bench.run_bare_in_colour(&minded);
    assert!(!ran.out.contains('\u{1b}'), "{}", ran.out);
}

#[test]
fn as_data_each_problem_has_its_place() {
    let folder = folder(&[("a.md", "UPDATE 14:30 XQT: Mail is up.")]);
    let ran = check(folder.path(), &["--json"]);
    assert_eq!((ran.code, ran.err.as_str()), (1, ""));
    let told: Value = serde_json::from_str(&ran.out).unwrap();
    let problem = &told["problems"][0];
    assert_eq!(problem["severity"], "error");
    assert_eq!(problem["file"], "incidents/a.md");
    assert_eq!(
        (&problem["line"], &problem["column"]),
        (&7.into(), &8.into())
    );
    assert!(problem["help"].as_str().unwrap().contains("UTC+2"));
    let clean = self::folder(&[]);
    let told: Value = serde_json::from_str(&check(clean.path(), &["--json"]).out).unwrap();
    assert_eq!(told, serde_json::json!({"problems": []}));
}

#[test]
fn a_folder_that_is_none_says_what_to_do() {
    let folder = TempDir::new().unwrap();
    let ran = check(&folder.path().join("nowhere"), &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("there is no folder"), "{}", ran.err);
    assert!(ran.err.contains("--content FOLDER"), "{}", ran.err);

    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(check(&file, &[]).err.contains("is not a folder"));

    let ran = check(folder.path(), &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.out.contains("there is no site.toml"), "{}", ran.out);
    assert!(ran.out.contains("time_zone = "), "{}", ran.out);
}

#[test]
fn the_sample_that_comes_with_us_is_in_order() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("content");
    let ran = check(&content, &[]);
    // The sample's newest post is deliberately open, so that the page has something to show.
    assert!(ran.out.contains("nothing says it is over"), "{}", ran.out);
    assert!(
        ran.out.ends_with("\n1 warning in 11 files\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.code, 0);
}
