//! The house rules, as a test: who may import whom, where outside crates live, how files look.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The rooms, and what each may import beside itself.
const LADDER: &[(&str, &str)] = &[
    ("clock", ""),
    ("config", ""),
    ("telemetry", "config"),
    ("domain", ""),
    ("urls", "domain"),
    ("content", "domain"),
    ("store", "domain"),
    ("actions", "clock domain content store"),
    ("snapshot", "domain store"),
    ("render", "domain urls snapshot"),
    ("schedule", "clock domain store actions"),
    ("site", "clock content domain urls store snapshot render"),
    ("web", "clock domain urls store actions render site"),
    (
        "app",
        "clock config telemetry domain urls content store actions schedule snapshot render site web",
    ),
    ("client", "clock domain urls render"),
    (
        "cli",
        "clock config telemetry domain urls content store actions render app client",
    ),
];

/// Outside crates that have a home, and where that is.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["store/"]),
    ("any_ascii", &["domain/slug.rs"]),
    ("axum", &["web/", "app/"]),
    ("governor", &["web/rate_limit.rs"]),
    ("hyper", &["app/"]),
    ("hyper_util", &["app/"]),
    ("httparse", &["app/"]),
    ("mio", &["app/"]),
    ("rustix", &["app/"]),
    ("sha2", &["domain/hash.rs", "content/digest.rs"]),
    ("http_body", &["web/", "app/"]),
    ("tower", &["web/", "app/"]),
    ("tower_http", &["web/", "app/"]),
    ("maud", &["render/html/", "site/pages.rs"]),
    (
        "pulldown_cmark",
        &["render/markdown/", "content/update_entries/"],
    ),
    ("ammonia", &["render/markdown/"]),
    ("brotli", &["site/packing.rs"]),
    ("flate2", &["site/packing.rs"]),
    ("zopfli", &["site/packing.rs"]),
    ("arc_swap", &["site/"]),
    ("ureq", &["client/"]),
    ("clap", &["cli/", "config.rs"]),
    ("clap_complete", &["cli/"]),
    ("annotate_snippets", &["content/problem.rs"]),
    ("serde_saphyr", &["content/"]),
    ("toml", &["content/"]),
    ("rss", &["render/feeds/"]),
    ("atom_syndication", &["render/feeds/"]),
    ("notify", &["app/"]),
    ("utoipa", &["render/json/", "web/"]),
    ("utoipa_axum", &["web/"]),
    ("tracing_subscriber", &["telemetry.rs", "config.rs"]),
];

/// Longest file, in lines.
const MAX_LINES: usize = 400;

/// What a name tells nobody.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "types", "models",
];

struct File {
    /// Relative to the folder `src` or `tests`.
    name: String,
    text: String,
}

impl File {
    fn room(&self) -> &str {
        let end = self.name.find(['/', '.']).unwrap_or(self.name.len());
        &self.name[..end]
    }

    fn is_test(&self) -> bool {
        self.name.contains("/tests/") || self.name.ends_with("/tests.rs")
    }

    /// Its lines of code, numbered from 1, up to its tests; without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .take_while(|(_, line)| *line != "mod tests {")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut folders = vec![root.clone()];
    let mut paths: Vec<PathBuf> = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of ours") {
            let path = entry.expect("an entry").path();
            let is_ours = path.file_name().is_some_and(|name| name != "node_modules");
            if path.is_dir() && is_ours {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                paths.push(path);
            }
        }
    }
    paths.sort();
    assert!(!paths.is_empty(), "no file in {folder}");
    paths
        .iter()
        .map(|path| File {
            name: path
                .strip_prefix(&root)
                .expect("inside")
                .to_string_lossy()
                .into_owned(),
            text: std::fs::read_to_string(path).expect("UTF-8"),
        })
        .collect()
}

/// Every breach of a rule, or nothing.
fn check(folder: &str, rule: impl Fn(&File, &mut Vec<String>)) {
    let mut breaches = Vec::new();
    for file in files(folder) {
        let mut found = Vec::new();
        rule(&file, &mut found);
        breaches.extend(
            found
                .into_iter()
                .map(|what| format!("{folder}/{}: {what}", file.name)),
        );
    }
    let mut told = String::new();
    for breach in &breaches {
        let _ = writeln!(told, "{breach}");
    }
    assert!(breaches.is_empty(), "\n{told}");
}

/// The rooms that a line names: `crate::store::…`, or `lightship::store::…`.
fn rooms_named(line: &str) -> Vec<&str> {
    line.match_indices("crate::")
        .filter(|(at, _)| {
            !line[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$')
        })
        .map(|(at, _)| {
            let rest = &line[at + "crate::".len()..];
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            &rest[..end.unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn rooms_import_only_from_rooms_below() {
    let ladder: BTreeMap<&str, &str> = LADDER.iter().copied().collect();
    check("src", |file, breaches| {
        if ["lib.rs", "main.rs"].contains(&file.name.as_str()) || file.is_test() {
            return;
        }
        let Some(may) = ladder.get(file.room()) else {
            breaches.push(format!("the room {} isn't on the ladder", file.room()));
            return;
        };
        for (number, line) in file.code() {
            for room in rooms_named(line) {
                if room != file.room()
                    && !may.split(' ').any(|other| other == room)
                    && ladder.contains_key(room)
                {
                    breaches.push(format!(
                        "line {number}: {} may not import {room}",
                        file.room()
                    ));
                }
            }
        }
    });
}

#[test]
fn the_ladder_has_no_step_upwards() {
    for (place, (room, may)) in LADDER.iter().enumerate() {
        for below in may.split_whitespace() {
            let known = LADDER.iter().position(|(other, _)| *other == below);
            assert!(
                known.is_some_and(|known| known < place),
                "{room} imports {below}"
            );
        }
    }
}

#[test]
fn every_room_on_the_ladder_exists() {
    let names: Vec<String> = files("src")
        .iter()
        .map(|file| file.room().to_owned())
        .collect();
    for (room, _) in LADDER {
        assert!(names.iter().any(|name| name == room), "{room}");
    }
}

#[test]
fn outside_crates_stay_at_home() {
    check("src", |file, breaches| {
        if file.is_test() {
            return;
        }
        for (number, line) in file.code() {
            for (name, homes) in HOMES {
                let used = line.match_indices(&format!("{name}::")).any(|(at, _)| {
                    let before = &line[..at];
                    !before.ends_with("::")
                        && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
                });
                let at_home = homes.iter().any(|home| file.name.starts_with(home));
                if used && !at_home && !is_module_of_ours(file, name) {
                    breaches.push(format!(
                        "line {number}: {name} lives in {}",
                        homes.join(", ")
                    ));
                }
            }
        }
    });
}

/// Whether a name that is a crate's is a module's here: the file imports it from ours.
fn is_module_of_ours(file: &File, name: &str) -> bool {
    file.text.lines().any(|line| {
        line.starts_with("use crate::") && line.contains(name)
            || line.trim_start().starts_with(&format!("mod {name};"))
            || line.trim_start().starts_with(&format!("pub mod {name};"))
    })
}

#[test]
fn files_open_with_what_they_are() {
    for folder in ["src", "tests"] {
        check(folder, |file, breaches| {
            let first = file.text.lines().next().unwrap_or_default();
            if !first.starts_with("//! ") {
                breaches.push("the first line doesn't say what lives here (`//! …`)".to_owned());
            }
        });
    }
}

#[test]
fn files_stay_short() {
    for folder in ["src", "tests"] {
        check(folder, |file, breaches| {
            let lines = file.text.lines().count();
            if lines > MAX_LINES {
                breaches.push(format!("{lines} lines; at most {MAX_LINES}"));
            }
        });
    }
}

#[test]
fn names_of_files_say_something() {
    check("src", |file, breaches| {
        let stem = file.name.trim_end_matches(".rs");
        let last = stem.rsplit('/').next().unwrap_or(stem);
        if EMPTY_NAMES.contains(&last) {
            breaches.push("this name could be anything's".to_owned());
        }
        let sibling = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(stem);
        if last != "mod" && sibling.is_dir() {
            breaches.push("a room's own file is called mod.rs".to_owned());
        }
    });
}

#[test]
fn imports_can_be_read_one_by_one() {
    check("src", |file, breaches| {
        if file.is_test() {
            return;
        }
        for (number, line) in file.code() {
            let line = line.trim_start();
            if line.starts_with("use super::*")
                || line.ends_with("::*;") && line.starts_with("use ")
            {
                breaches.push(format!("line {number}: say what is imported"));
            }
            if line.starts_with("use crate::{") {
                breaches.push(format!("line {number}: one `use` for each room"));
            }
        }
    });
}

#[test]
fn nothing_is_left_lying_about() {
    // Written apart, so that this file doesn't find itself.
    let words = [
        ["to", "do"],
        ["fix", "me"],
        ["xx", "x"],
        ["db", "g!"],
        ["#[ign", "ore"],
        ["#[al", "low"],
    ]
    .map(|[a, b]| format!("{a}{b}"));
    for folder in ["src", "tests"] {
        check(folder, |file, breaches| {
            for (number, line) in (1..).zip(file.text.lines()) {
                let lower = line.to_lowercase();
                for word in &words {
                    let found = lower.match_indices(word.as_str()).any(|(at, _)| {
                        let letter = |c: char| c.is_alphanumeric() || c == '_';
                        !lower[..at].ends_with(letter)
                            && !lower[at + word.len()..].starts_with(letter)
                    });
                    if found {
                        breaches.push(format!("line {number}: {word}"));
                    }
                }
            }
        });
    }
}

#[test]
fn sql_is_in_lower_case() {
    let words = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", " WHERE ", " FROM ",
    ];
    check("src", |file, breaches| {
        if !file.name.starts_with("store/") {
            return;
        }
        for (number, line) in file.code() {
            if words.iter().any(|word| line.contains(word)) {
                breaches.push(format!("line {number}: SQL in capitals"));
            }
        }
    });
}

#[test]
fn the_rules_can_be_broken() {
    let file = |name: &str, text: &str| File {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    assert_eq!(rooms_named("use crate::store::Tx;"), ["store"]);
    assert_eq!(
        rooms_named("let x = crate::urls::HOME; // crate::web"),
        ["urls", "web"]
    );
    assert_eq!(file("store/mod.rs", "").room(), "store");
    assert_eq!(file("urls.rs", "").room(), "urls");
    let with_tests = file(
        "a.rs",
        "//! A.\nuse crate::b;\n#[cfg(test)]\nmod tests {\nuse crate::c;\n",
    );
    assert_eq!(with_tests.code().count(), 2);
    assert!(file("content/compose/tests.rs", "").is_test());
}
