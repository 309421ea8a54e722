//! The house rules as a test: imports between rooms, homes of outside crates, the form of files.

mod circles;
mod rules;

use std::fmt::Write;

use circles::circles;
use rules::{
    File, LADDER, LEFT, MAX_LINES, NEED_NOTHING, crates_at_home, files, imports_from_below,
    imports_one_by_one, is_short, left_nothing, name_says_something, opens_with_what_it_is,
    requires_permission, rooms_named, sql_in_lower_case,
};

/// Panics with all violations of a rule, if there are any.
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

#[test]
fn rooms_import_only_from_rooms_below() {
    check("src", imports_from_below);
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
fn files_import_each_other_in_no_circle() {
    let found = circles(&files("src"));
    let told: Vec<String> = found.iter().map(|circle| circle.join(" ")).collect();
    assert!(found.is_empty(), "\n{}", told.join("\n"));
}

#[test]
fn outside_crates_stay_at_home() {
    check("src", crates_at_home);
}

#[test]
fn files_open_with_what_they_are() {
    for folder in ["src", "tests"] {
        check(folder, opens_with_what_it_is);
    }
}

#[test]
fn files_stay_short() {
    for folder in ["src", "tests"] {
        check(folder, is_short);
    }
}

#[test]
fn names_of_files_say_something() {
    check("src", name_says_something);
}

#[test]
fn imports_can_be_read_one_by_one() {
    check("src", imports_one_by_one);
}

#[test]
fn nothing_is_left_lying_about() {
    for folder in ["src", "tests"] {
        check(folder, left_nothing);
    }
}

#[test]
fn actions_begin_with_what_they_need() {
    check("src", requires_permission);
    let actions = files("src/actions");
    for name in NEED_NOTHING {
        let signature = format!("pub async fn {name}(");
        let exists = actions.iter().any(|file| file.text.contains(&signature));
        assert!(exists, "{name} is no action any more");
    }
}

#[test]
fn sql_is_in_lower_case() {
    check("src", sql_in_lower_case);
}

type Rule = fn(&File, &mut Vec<String>);

/// A rule, a file that breaks it once, and one that keeps it.
const SAMPLES: &[(Rule, [&str; 2], [&str; 2])] = &[
    (
        imports_from_below,
        ["domain/a.rs", "use crate::store::Tx;"],
        ["store/a.rs", "use crate::domain::slug::Slug;"],
    ),
    (
        crates_at_home,
        ["web/a.rs", "let row = sqlx::query(text);"],
        ["store/a.rs", "let row = sqlx::query(text);"],
    ),
    (
        opens_with_what_it_is,
        ["web/a.rs", "use std::fmt;"],
        ["web/a.rs", "//! What it is."],
    ),
    (
        name_says_something,
        ["web/utils.rs", ""],
        ["web/guard.rs", ""],
    ),
    (name_says_something, ["web.rs", ""], ["web/mod.rs", ""]),
    (
        imports_one_by_one,
        ["web/a.rs", "use crate::store::*;"],
        ["web/a.rs", "use crate::store::Tx;"],
    ),
    (
        imports_one_by_one,
        ["web/a.rs", "use crate::{store, urls};"],
        ["web/a.rs", "use crate::urls;"],
    ),
    (
        sql_in_lower_case,
        ["store/a.rs", "\"SELECT 1\""],
        ["store/a.rs", "\"select 1\""],
    ),
    (
        requires_permission,
        [
            "actions/a.rs",
            "pub async fn go(change: &mut Change) -> Done {\n    work(change)\n}",
        ],
        [
            "actions/a.rs",
            "pub async fn go(change: &mut Change) -> Done {\n    change.require(Permission::SetStates)?;\n}",
        ],
    ),
];

#[test]
fn the_rules_can_be_broken() {
    let file = |[name, text]: [&str; 2]| File {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let breaches = |rule: Rule, sample: &File| {
        let mut found = Vec::new();
        rule(sample, &mut found);
        found.len()
    };
    for (rule, broken, kept) in SAMPLES {
        assert_eq!(breaches(*rule, &file(*broken)), 1, "{broken:?}");
        assert_eq!(breaches(*rule, &file(*kept)), 0, "{kept:?}");
    }
    let long = file(["web/a.rs", &"a\n".repeat(MAX_LINES + 1)]);
    assert_eq!(breaches(is_short, &long), 1);
    for [a, b] in LEFT {
        let left = file(["web/a.rs", &format!("    {a}{b}(more)")]);
        assert_eq!(breaches(left_nothing, &left), 1, "{a}{b}");
    }
    assert_eq!(
        rooms_named("let x = crate::urls::HOME; // crate::web"),
        ["urls", "web"]
    );
    assert_eq!(file(["urls.rs", ""]).room(), "urls");
    let found_among = |texts: [[&str; 2]; 3]| circles(&texts.map(file));
    let door = [
        "web/mod.rs",
        "mod guard;\nmod query;\npub fn all() { guard::check() }",
    ];
    let guard = ["web/guard.rs", "use super::query::{Part, Query};"];
    for (query, is_circle) in [
        ("use crate::web::{all, guard::Guard};", true),
        ("fn ask() { super::all() }", true),
        ("use std::fmt;\n// use crate::web::all;", false),
        ("pub(in crate::web) fn ask() {}", false),
    ] {
        let found = found_among([door, guard, ["web/query.rs", query]]);
        assert_eq!(found.len(), usize::from(is_circle), "{query}: {found:?}");
    }
    let with_tests = file([
        "a.rs",
        "//! A.\nuse crate::b;\n#[cfg(test)]\nmod tests {\nuse crate::c;\n",
    ]);
    assert_eq!(with_tests.code().count(), 2);
    assert!(file(["content/compose/tests.rs", ""]).is_test());
}
