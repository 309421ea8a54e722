//! A content folder with things that don't belong in it: each such file is reported with a reason,
//! and its neighbours are still read.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::problem::Severity;
use super::{Content, KnownSite, MAX_FILE_BYTES, read_folder};

const SITE: &str = "name = \"Example\"\ntime_zone = \"America/Denver\"\n";
const FRONT: &str = "---\ntitle: Mail\ndate: 2013-02-26 01:00\n---\n\n";
pub(super) const GOOD: &str = "---\ntitle: Mail\ndate: 2013-02-26 01:00\n---\n\nIt is down.\n\n\
                    UPDATE (2/26/13 – 2:15 MST): Mail is up.\n";

/// A site with the incident `good.md`.
pub(super) fn folder() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("site.toml"), SITE).expect("written");
    fs::create_dir(folder.path().join("incidents")).expect("made");
    fs::write(folder.path().join("incidents/good.md"), GOOD).expect("written");
    folder
}

pub(super) fn read(folder: &Path) -> Content {
    let now = "2013-02-27T00:00:00Z".parse().expect("an instant");
    read_folder(folder, &KnownSite::default(), now)
}

/// Reads a folder in which `make` creates `incidents/bad.md`. The file must be refused with a
/// message that contains `message`, and with `help`.
#[track_caller]
fn refused(make: impl FnOnce(&Path), message: &str, help: &str) {
    let folder = folder();
    make(&folder.path().join("incidents/bad.md"));
    let content = read(folder.path());
    let problem = content.problems.first().expect("a problem");
    assert_eq!(
        (problem.severity, problem.file.as_str()),
        (Severity::Error, "incidents/bad.md")
    );
    assert!(problem.message.contains(message), "{}", problem.message);
    let helped = problem.help.as_deref().unwrap_or_default();
    assert!(helped.contains(help), "{helped}");
    assert_eq!(content.unreadable, ["incidents/bad.md"]);
    let files: Vec<_> = content
        .incidents
        .iter()
        .map(|it| it.file.as_str())
        .collect();
    assert_eq!(files, ["incidents/good.md"]);
    assert!(content.site.is_some());
}

/// The same for a `bad.md` with these bytes.
#[track_caller]
fn refused_bytes(bytes: impl AsRef<[u8]>, message: &str, help: &str) {
    refused(
        |path| fs::write(path, bytes).expect("written"),
        message,
        help,
    );
}

#[test]
fn what_is_no_text_is_refused() {
    refused_bytes(vec![b'a'; 10 << 20], "at most 2097152", "link to them");
    let size = usize::try_from(MAX_FILE_BYTES).expect("a size");
    refused_bytes(vec![b'a'; size], "no front matter", "begin the file");
    refused_bytes(
        b"---\ntitle: \xff\xfe\n",
        "not UTF-8: byte 11, on line 2",
        "UTF-8",
    );
    refused_bytes(
        b"---\ntitle: a\0b\n---\n",
        "NUL at byte 12, on line 2",
        "UTF-8",
    );
    refused_bytes("", "the file is empty", "begin the file");
    refused_bytes(" \n\n", "the file is empty", "begin the file");
}

#[test]
fn what_is_no_file_is_refused_unopened() {
    use std::os::unix::fs::symlink;
    refused(
        |path| fs::create_dir(path).expect("made"),
        "this is a folder",
        "rename it",
    );
    refused(
        |path| symlink("bad.md", path).expect("linked"),
        "can't be read",
        "a broken link",
    );
    refused(
        |path| symlink("nowhere.md", path).expect("linked"),
        "can't be read",
        "a broken link",
    );
    // Opening a FIFO would wait forever for a writer.
    let make_fifo = |path: &Path| {
        let made = Command::new("mkfifo").arg(path).status().expect("mkfifo");
        assert!(made.success());
    };
    refused(make_fifo, "this is a special file", "rename it");
    refused(
        |path| symlink("/dev/zero", path).expect("linked"),
        "this is a special file",
        "rename it",
    );
}

#[test]
fn front_matter_that_can_t_be_read_is_refused() {
    refused_bytes(
        "---\ntitle: Mail\ndate: 2013-02-26\n\nIt is down.\n",
        "never ends",
        "close it with another line",
    );
    refused_bytes(
        "+++\ntitle = \"Mail\"\n+++\n",
        "the front matter is TOML",
        "hugo convert toYAML",
    );
    let mut bomb = "---\ntitle: Mail\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(9);
        bomb.push_str(&format!("a{level}: &a{level} [{before}]\n"));
    }
    bomb.push_str("---\n");
    refused_bytes(bomb, "aliases expand too far", "");
    let deep = format!("---\ntitle: {}\n---\n", "[".repeat(100_000));
    refused_bytes(deep, "the front matter can't be read", "");
    let own = "---\ntitle: &t [*t]\ndate: 2013-02-26\n---\n";
    refused_bytes(own, "the front matter can't be read", "");
    refused_bytes("---\n- a\n- b\n---\n", "\"key: value\"", "");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_are_read() {
    let folder = folder();
    let put = |name: &str, text: &str| {
        fs::write(folder.path().join("incidents").join(name), text).expect("written");
    };
    put("bom.md", &format!("\u{feff}{GOOD}"));
    put("crlf.md", &GOOD.replace('\n', "\r\n"));
    put("old-mac.md", &GOOD.replace('\n', "\r"));
    let content = read(folder.path());
    assert_eq!(content.problems, []);
    assert_eq!(content.incidents.len(), 4);
    for incident in &content.incidents {
        assert_eq!(
            (incident.title.as_str(), incident.markdown.as_str()),
            ("Mail", "It is down.")
        );
        assert_eq!(incident.entries.len(), 1, "{}", incident.file);
        assert_eq!(incident.entries[0].markdown, "Mail is up.");
        assert_eq!(incident.entries[0].line, 8, "{}", incident.file);
    }
}

#[test]
fn deep_nesting_is_read_and_what_follows_too() {
    let nested: String = (0..1000)
        .map(|deep| format!("{}- x\n", "  ".repeat(deep)))
        .collect();
    for (what, body) in [
        ("quotes", format!("{} quote\n", ">".repeat(1000))),
        ("lists on a line", format!("{}x\n", "- ".repeat(1000))),
        ("lists", nested),
        ("brackets", format!("{}\n", "[".repeat(10_000))),
        ("emphasis", format!("{}a\n", "*a **b ".repeat(5_000))),
        ("tags", format!("{}\n", "<b>".repeat(10_000))),
    ] {
        let folder = folder();
        let text = format!("{FRONT}{body}\nUPDATE (2/26/13 – 2:15 MST): Mail is up.\n");
        fs::write(folder.path().join("incidents/bad.md"), text).expect("written");
        let content = read(folder.path());
        assert_eq!(content.problems, [], "{what}");
        let entries = &content.incidents[0].entries;
        assert_eq!(entries.len(), 1, "{what}");
        assert_eq!(entries[0].markdown, "Mail is up.", "{what}");
    }
}

#[test]
fn a_folder_that_can_t_be_listed_is_no_empty_one() {
    use std::os::unix::fs::symlink;
    let check = |make: &dyn Fn(&Path), message: &str, help: &str| {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("site.toml"), SITE).expect("written");
        make(&folder.path().join("incidents"));
        let content = read(folder.path());
        assert!(content.site.is_none(), "{message}");
        let [problem] = content.problems.as_slice() else {
            panic!("{:?}", content.problems);
        };
        assert_eq!(
            (problem.severity, problem.file.as_str()),
            (Severity::Error, "incidents")
        );
        assert!(problem.message.contains(message), "{}", problem.message);
        assert!(problem.help.as_deref().unwrap_or_default().contains(help));
    };
    check(
        &|path| fs::write(path, "").expect("written"),
        "a file, not a folder",
        "make a folder",
    );
    check(
        &|path| symlink("incidents", path).expect("linked"),
        "can't be read",
        "link",
    );
    check(
        &|path| symlink("nowhere", path).expect("linked"),
        "can't be read",
        "link",
    );

    let none = TempDir::new().expect("a folder");
    fs::write(none.path().join("site.toml"), SITE).expect("written");
    let content = read(none.path());
    assert_eq!((content.problems.len(), content.site.is_some()), (0, true));
}

#[test]
fn what_permissions_forbid_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let bad = folder.path().join("incidents/bad.md");
    fs::write(&bad, GOOD).expect("written");
    fs::set_permissions(&bad, fs::Permissions::from_mode(0o000)).expect("set");
    // The superuser can read it anyway.
    let readable = fs::File::open(&bad).is_ok();
    let content = read(folder.path());
    assert_eq!(content.unreadable.is_empty(), readable);
    assert_eq!(content.problems.is_empty(), readable);
    assert!(
        content
            .incidents
            .iter()
            .any(|it| it.file == "incidents/good.md")
    );
}

/// The code blocks of a document that are fenced with this word.
fn fenced<'a>(document: &'a str, word: &str) -> Vec<&'a str> {
    let begins = format!("\n```{word}\n");
    let blocks = document.split(begins.as_str()).skip(1);
    blocks
        .filter_map(|rest| rest.split("\n```").next())
        .collect()
}

#[test]
fn the_examples_for_staff_are_read_as_they_say() {
    let document = include_str!("../../docs/updates.md");
    let folder = TempDir::new().expect("a folder");
    let site = format!(
        "{SITE}[[components]]\nslug = \"selma\"\nname = \"Selma\"\n\
         [[components]]\nslug = \"nelson\"\nname = \"Nelson\"\n"
    );
    fs::write(folder.path().join("site.toml"), site).expect("written");
    fs::create_dir(folder.path().join("incidents")).expect("made");
    let read_body = |body: &str| {
        let text = if body.starts_with("---") {
            body.to_owned()
        } else {
            format!("{FRONT}{body}\n")
        };
        fs::write(folder.path().join("incidents/example.md"), text).expect("written");
        let now = "2013-03-02T00:00:00Z".parse().expect("an instant");
        let content = read_folder(folder.path(), &KnownSite::default(), now);
        let mut problems = content.problems;
        problems.retain(|problem| problem.severity != Severity::Hint);
        assert_eq!(problems, [], "{body}");
        content
            .incidents
            .into_iter()
            .next()
            .expect("an incident")
            .entries
    };
    let blocks = fenced(document, "markdown");
    let counts: Vec<_> = blocks.iter().map(|body| read_body(body).len()).collect();
    assert_eq!(counts, [1, 1, 0, 0]);
    assert_eq!(read_body(blocks[0])[0].changes.len(), 2);
    let lines: Vec<_> = fenced(document, "text")
        .iter()
        .flat_map(|block| block.lines())
        .collect();
    assert_eq!(lines.len(), 10);
    for line in lines {
        let body = format!("{line}\n\nMail is up.");
        assert_eq!(read_body(&body).len(), 1, "{line}");
    }
}

#[test]
fn a_post_that_is_dated_ahead_is_read_with_a_warning() {
    let folder = folder();
    let check = |date: &str, warned: bool| {
        let text = format!("---\ntitle: Mail\ndate: {date}\n---\n\nIt is down.\n");
        fs::write(folder.path().join("incidents/ahead.md"), text).expect("written");
        let content = read(folder.path());
        assert_eq!(content.incidents.len(), 2, "{:?}", content.problems);
        let told = content.problems.iter().any(|problem| {
            problem.file == "incidents/ahead.md"
                && problem.line == 3
                && problem.severity == Severity::Warning
                && problem.message.contains("isn't shown until then")
        });
        assert_eq!(told, warned, "{date}: {:?}", content.problems);
    };
    check("2013-02-26 17:00", false);
    check("2013-02-26 17:14", false);
    check("2013-02-26 17:16", true);
    check("2013-03-02", true);
}

#[test]
fn an_escaped_nul_is_refused_as_a_plain_one_is() {
    let escaped = "---\ntitle: \"a\\0b\"\ndate: 2013-02-26 01:00\n---\n";
    refused_bytes(escaped, "a text contains a NUL", "");
    let folder = folder();
    let site = SITE.replace("Example", "Ex\\u0000ample");
    fs::write(folder.path().join("site.toml"), site).expect("written");
    let content = read(folder.path());
    assert!(content.site.is_none());
    assert_eq!(content.problems[0].message, "\"name\" contains a NUL");
}

#[test]
fn a_state_maps_to_a_status_of_statuspage_by_its_word_or_else_by_its_tone() {
    let read_with = |lines: &str| {
        let folder = folder();
        let state = "[[states]]\nkey = \"own\"\nlabel = \"Own\"\nreads = \"is so\"\n";
        let site = format!("{SITE}{state}{lines}");
        fs::write(folder.path().join("site.toml"), site).expect("written");
        read(folder.path())
    };
    for (lines, expected) in [
        ("tone = \"ok\"", "operational"),
        ("tone = \"info\"", "under_maintenance"),
        ("tone = \"warn\"", "degraded_performance"),
        ("tone = \"mid\"", "partial_outage"),
        ("tone = \"bad\"", "major_outage"),
        (
            "tone = \"ok\"\nstatuspage = \"partial_outage\"",
            "partial_outage",
        ),
    ] {
        let site = read_with(lines).site.expect("it is read");
        assert_eq!(site.states[0].statuspage, expected, "{lines}");
    }
    let content = read_with("tone = \"ok\"\nstatuspage = \"major_outtage\"");
    let problem = &content.problems[0];
    let message = "\"major_outtage\" is not a valid statuspage";
    assert_eq!((problem.message.as_str(), problem.line), (message, 8));
    let help = "did you mean \"major_outage\"?";
    assert_eq!(problem.help.as_deref(), Some(help));
}
