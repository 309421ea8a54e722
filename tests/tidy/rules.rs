//! The rules. Each examines a file and adds the violations that it finds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rooms, and what each may import besides itself.
pub(super) const LADDER: &[(&str, &str)] = &[
    ("clock", ""),
    ("random", ""),
    ("config", ""),
    ("telemetry", "config"),
    ("domain", ""),
    ("metrics", "domain"),
    ("urls", "domain"),
    ("wire", "domain"),
    ("content", "domain"),
    ("store", "domain"),
    ("actions", "clock random domain content store"),
    ("snapshot", "domain store"),
    ("render", "domain urls wire snapshot"),
    ("schedule", "clock domain store actions"),
    (
        "site",
        "clock random content domain metrics urls store snapshot render",
    ),
    (
        "web",
        "clock domain metrics urls wire store actions render site",
    ),
    (
        "delivery",
        "clock random config domain metrics urls store snapshot render",
    ),
    (
        "app",
        "clock config telemetry domain metrics urls content store actions schedule snapshot \
         render site delivery web",
    ),
    ("client", "clock domain urls wire"),
    (
        "cli",
        "clock config telemetry domain urls wire content store actions render app client",
    ),
];

/// Outside crates that are restricted to some rooms or files.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["store/"]),
    ("any_ascii", &["domain/slug.rs"]),
    ("axum", &["web/", "app/"]),
    ("hyper", &["app/"]),
    ("hyper_util", &["app/"]),
    ("hyper_rustls", &["app/static_site/bucket/"]),
    ("object_store", &["app/static_site/bucket/"]),
    ("async_trait", &["app/static_site/bucket/"]),
    ("httparse", &["app/", "delivery/outgoing/response.rs"]),
    ("tokio_rustls", &["delivery/outgoing/client.rs"]),
    ("webpki_roots", &["delivery/outgoing/client.rs"]),
    ("mio", &["app/"]),
    ("rustix", &["app/", "delivery/background.rs"]),
    ("sha2", &["domain/hash.rs", "content/digest.rs"]),
    ("hmac", &["domain/hash.rs"]),
    ("getrandom", &["random.rs"]),
    ("lettre", &["delivery/email.rs"]),
    ("ring", &["delivery/dkim.rs"]),
    ("http_body", &["web/", "app/"]),
    ("tower", &["web/", "app/"]),
    ("tower_http", &["web/", "app/"]),
    (
        "maud",
        &["render/html/", "render/mail/", "site/rendering.rs"],
    ),
    (
        "pulldown_cmark",
        &["render/markdown/", "content/update_entries/"],
    ),
    ("ammonia", &["render/markdown/"]),
    ("brotli", &["site/compression.rs"]),
    (
        "flate2",
        &[
            "site/compression.rs",
            "snapshot/packing.rs",
            "snapshot/disk_copy.rs",
        ],
    ),
    ("zopfli", &["site/compression.rs"]),
    ("arc_swap", &["site/"]),
    ("ureq", &["client/"]),
    ("clap", &["cli/", "config/"]),
    ("clap_complete", &["cli/"]),
    ("serde_saphyr", &["content/"]),
    ("annotate_snippets", &["content/underline.rs"]),
    ("postcard", &["snapshot/bytes.rs"]),
    ("governor", &["web/rate_limit.rs"]),
    ("toml", &["content/"]),
    ("icalendar", &["render/feeds/ical.rs"]),
    ("rss", &["render/feeds/"]),
    ("atom_syndication", &["render/feeds/"]),
    ("notify", &["app/"]),
    ("utoipa", &["wire/", "web/"]),
    ("utoipa_axum", &["web/"]),
    ("tracing_subscriber", &["telemetry.rs", "config/"]),
];

/// Maximum length of a file, in lines.
pub(super) const MAX_LINES: usize = 400;

/// File names that say nothing.
const EMPTY_NAMES: &[&str] = &[
    "util", "utils", "helper", "helpers", "common", "misc", "manager", "types", "models",
];

pub(super) struct File {
    /// Relative to the folder `src` or `tests`.
    pub(super) name: String,
    pub(super) text: String,
}

impl File {
    pub(super) fn room(&self) -> &str {
        let end = self.name.find(['/', '.']).unwrap_or(self.name.len());
        &self.name[..end]
    }

    pub(super) fn is_test(&self) -> bool {
        self.name.contains("/tests/") || self.name.ends_with("tests.rs")
    }

    /// Its lines of code, numbered from 1, up to its tests and without comments.
    pub(super) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..)
            .zip(self.text.lines())
            .take_while(|(_, line)| *line != "mod tests {")
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

pub(super) fn files(folder: &str) -> Vec<File> {
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

/// The rooms that a line names: `crate::store::…`, or `lightship::store::…`.
pub(super) fn rooms_named(line: &str) -> Vec<&str> {
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

/// A room imports only what the ladder allows.
pub(super) fn imports_from_below(file: &File, breaches: &mut Vec<String>) {
    let ladder: BTreeMap<&str, &str> = LADDER.iter().copied().collect();
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
}

/// An outside crate is used only in its home.
pub(super) fn crates_at_home(file: &File, breaches: &mut Vec<String>) {
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
}

/// Whether a crate's name refers to one of our modules here, because the file imports that.
fn is_module_of_ours(file: &File, name: &str) -> bool {
    file.text.lines().any(|line| {
        line.starts_with("use crate::") && line.contains(name)
            || line.trim_start().starts_with(&format!("mod {name};"))
            || line.trim_start().starts_with(&format!("pub mod {name};"))
    })
}

/// The first line says what the file contains.
pub(super) fn opens_with_what_it_is(file: &File, breaches: &mut Vec<String>) {
    let first = file.text.lines().next().unwrap_or_default();
    if !first.starts_with("//! ") {
        breaches.push("the first line doesn't say what lives here (`//! …`)".to_owned());
    }
}

/// A file stays under the maximum length.
pub(super) fn is_short(file: &File, breaches: &mut Vec<String>) {
    let lines = file.text.lines().count();
    if lines > MAX_LINES {
        breaches.push(format!("{lines} lines; at most {MAX_LINES}"));
    }
}

/// A file's name says something, and a room's main file is `mod.rs`.
pub(super) fn name_says_something(file: &File, breaches: &mut Vec<String>) {
    let stem = file.name.trim_end_matches(".rs");
    let last = stem.rsplit('/').next().unwrap_or(stem);
    if EMPTY_NAMES.contains(&last) {
        breaches.push("this name could be anything's".to_owned());
    }
    let sibling = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(stem);
    if last != "mod" && sibling.is_dir() {
        breaches.push("a room's own file is called mod.rs".to_owned());
    }
}

/// Each import is explicit.
pub(super) fn imports_one_by_one(file: &File, breaches: &mut Vec<String>) {
    if file.is_test() {
        return;
    }
    for (number, line) in file.code() {
        let line = line.trim_start();
        if line.starts_with("use super::*") || line.ends_with("::*;") && line.starts_with("use ") {
            breaches.push(format!("line {number}: say what is imported"));
        }
        if line.starts_with("use crate::{") {
            breaches.push(format!("line {number}: one `use` for each room"));
        }
    }
}

/// Marks of unfinished work, debug output, ignored tests and allowed lints. Each is split in two,
/// so that this file doesn't match itself.
pub(super) const LEFT: [[&str; 2]; 6] = [
    ["to", "do"],
    ["fix", "me"],
    ["xx", "x"],
    ["db", "g!"],
    ["#[ign", "ore"],
    ["#[al", "low"],
];

/// No such marks are left.
pub(super) fn left_nothing(file: &File, breaches: &mut Vec<String>) {
    for (number, line) in (1..).zip(file.text.lines()) {
        let lower = line.to_lowercase();
        for word in LEFT.map(|[a, b]| format!("{a}{b}")) {
            let found = lower.match_indices(word.as_str()).any(|(at, _)| {
                let letter = |c: char| c.is_alphanumeric() || c == '_';
                !lower[..at].ends_with(letter) && !lower[at + word.len()..].starts_with(letter)
            });
            if found {
                breaches.push(format!("line {number}: {word}"));
            }
        }
    }
}

/// Actions that need no permission: the clock carries out what was decided before, and signing in
/// verifies a token itself. Ending a session checks there whose it is.
pub(super) const NEED_NOTHING: [&str; 9] = [
    "remind",
    "follow_clock",
    "begin_session",
    "end_session",
    // What a subscriber does with the secret of a link.
    "subscribe",
    "confirm_subscription",
    "change_following",
    "pause_subscription",
    "unsubscribe",
];

/// Each public action begins by requiring a permission.
pub(super) fn requires_permission(file: &File, breaches: &mut Vec<String>) {
    if file.room() != "actions" {
        return;
    }
    let code: Vec<(usize, &str)> = file.code().collect();
    for (at, (number, line)) in code.iter().enumerate() {
        let Some(rest) = line.strip_prefix("pub async fn ") else {
            continue;
        };
        let name = rest.split(['(', '<']).next().unwrap_or(rest);
        let end = code[at..].iter().position(|(_, line)| line.ends_with('{'));
        let end = at + end.expect("a body");
        let takes_change = code[at..=end]
            .iter()
            .any(|(_, line)| line.contains("change: &mut Change"));
        let requires = code
            .get(end + 1)
            .is_some_and(|(_, line)| line.trim_start().starts_with("change.require(Permission::"));
        if takes_change && !requires && !NEED_NOTHING.contains(&name) {
            breaches.push(format!(
                "line {number}: {name} doesn't begin with `change.require(Permission::…)?`"
            ));
        }
    }
}

/// SQL is written in lower case.
pub(super) fn sql_in_lower_case(file: &File, breaches: &mut Vec<String>) {
    let words = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", " WHERE ", " FROM ",
    ];
    if !file.name.starts_with("store/") {
        return;
    }
    for (number, line) in file.code() {
        if words.iter().any(|word| line.contains(word)) {
            breaches.push(format!("line {number}: SQL in capitals"));
        }
    }
}
