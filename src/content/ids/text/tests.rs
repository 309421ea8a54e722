//! Ids in files of many forms.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use serde_json::Value;

use super::*;
use crate::domain::date_order::{DateOrder, default_date_order};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::domain::update::Precision;

fn ids(count: usize) -> FileIds {
    FileIds {
        slug: None,
        incident: "incident-1".to_owned(),
        entries: (1..=count)
            .map(|number| format!("entry-{number}"))
            .collect(),
    }
}

fn write(text: &str, ids: &FileIds) -> Result<String, String> {
    write_in(chrono_tz::America::Denver, DateOrder::Mdy, text, ids)
}

fn write_in(zone: Tz, order: DateOrder, text: &str, ids: &FileIds) -> Result<String, String> {
    in_context(zone, order, |cx| with_ids(FILE, text, ids, cx))
}

const FILE: &str = "incidents/2013-02-26-selma.md";

fn in_context<T>(zone: Tz, order: DateOrder, run: impl Fn(&Context<'_>) -> T) -> T {
    let slug = |name: &str| Slug::parse(name).expect("a slug");
    let (zones, states) = (BTreeMap::new(), States::default());
    let now = "2030-01-01T00:00:00Z".parse().expect("an instant");
    run(&Context {
        file: "",
        first_line: 1,
        zone,
        date_order: order,
        zones: &zones,
        posted_at: now,
        posted_precision: Precision::Minute,
        now,
        components: &[
            (slug("selma"), "Selma".to_owned()),
            (slug("nelson"), "Nelson".to_owned()),
        ],
        groups: &[],
        states: &states,
        starts: None,
        kept: None,
    })
}

const FRONT: &str = "---\ntitle: T\ndate: 2013-02-26 01:00\n---\n\n";
const FRONT_WITH: &str = "---\ntitle: T\ndate: 2013-02-26 01:00\nid: incident-1\n---\n\n";

/// A body with `count` entries becomes `expected`, and writing it again changes nothing.
#[track_caller]
fn check(body: &str, count: usize, expected: &str) {
    let written = write(&format!("{FRONT}{body}"), &ids(count)).expect("it can be written");
    assert_eq!(written, format!("{FRONT_WITH}{expected}"));
    assert_eq!(write(&written, &ids(count)).as_ref(), Ok(&written));
    // The same with other line ends and a byte order mark.
    for end in ["\r\n", "\r"] {
        let other = |text: &str| format!("\u{feff}{}", text.replace('\n', end));
        let again = write(&other(&format!("{FRONT}{body}")), &ids(count));
        assert_eq!(again.expect("it can be written"), other(&written));
    }
}

#[test]
fn the_comment_stands_under_a_heading() {
    check(
        "## UPDATE 2013-02-26 02:15 MST: monitoring\n\nMail is up.\n\n- Selma: migrating\n",
        1,
        "## UPDATE 2013-02-26 02:15 MST: monitoring\n\n<!-- id: entry-1 -->\n\nMail is up.\n\n- Selma: migrating\n",
    );
    check(
        "## UPDATE 2013-02-26 02:15 MST\nMail is up.",
        1,
        "## UPDATE 2013-02-26 02:15 MST\n\n<!-- id: entry-1 -->\n\nMail is up.",
    );
    check(
        "UPDATE 2013-02-26 02:15 MST\n---\n\nMail is up.\n",
        1,
        "UPDATE 2013-02-26 02:15 MST\n---\n\n<!-- id: entry-1 -->\n\nMail is up.\n",
    );
}

#[test]
fn the_comment_stands_under_a_paragraph() {
    check(
        "We look.\n\nUPDATE (2/26/13 – 2:15 MST) Our techs were able\nto help.\n\nMore of the post.\n",
        1,
        "We look.\n\nUPDATE (2/26/13 – 2:15 MST) Our techs were able\nto help.\n<!-- id: entry-1 -->\n\nMore of the post.\n",
    );
    check(
        "**UPDATE 2:15 MST:** One.\n\n**UPDATE 3:15 MST:** Two.",
        2,
        "**UPDATE 2:15 MST:** One.\n<!-- id: entry-1 -->\n\n**UPDATE 3:15 MST:** Two.\n<!-- id: entry-2 -->\n",
    );
}

#[test]
fn entries_in_one_paragraph_or_list_have_theirs_on_their_line() {
    check(
        "- UPDATE 2:15 MST: One.\n- UPDATE 3:15 MST: Two.\n",
        2,
        "- UPDATE 2:15 MST: One. <!-- id: entry-1 -->\n- UPDATE 3:15 MST: Two. <!-- id: entry-2 -->\n",
    );
    let together = format!("{FRONT}UPDATE 2:15 MST: One.  \nUPDATE 3:15 MST: Two.\n");
    let written = write(&together, &ids(2)).expect("it can be written");
    assert_eq!(written.matches("<!-- id: entry-").count(), 2, "{written}");
}

#[test]
fn a_comment_that_is_there_takes_the_id() {
    check(
        "## UPDATE 2013-02-26 02:15 MST\n\n<!-- author: Tyler -->\n\nMail is up.\n",
        1,
        "## UPDATE 2013-02-26 02:15 MST\n\n<!-- id: entry-1; author: Tyler -->\n\nMail is up.\n",
    );
    // A comment that somebody wrote for people does not.
    check(
        "## UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\n<!-- to do: tell sales -->\n",
        1,
        "## UPDATE 2013-02-26 02:15 MST\n\n<!-- id: entry-1 -->\n\nMail is up.\n\n<!-- to do: tell sales -->\n",
    );
}

#[test]
fn what_a_file_states_is_left_as_it_is() {
    let text = "---\nid: other\ntitle: T\ndate: 2013-02-26\n---\n\n## UPDATE 2:15 MST\n\n<!-- id: b -->\n\nT.\n";
    assert_eq!(write(text, &ids(1)).as_deref(), Ok(text));
}

#[test]
fn keys_and_comments_of_the_front_matter_keep_their_places() {
    let text = "---\n# by hand\ntitle:   \"T\" # loud\nsummary: |\n  One.\n\n  Two.\ndate: 2013-02-26   \n...\nText.";
    let expected = text.replace("   \n...", "   \nid: incident-1\n...");
    assert_eq!(write(text, &ids(0)), Ok(expected));
}

#[test]
fn a_file_with_no_safe_place_is_refused() {
    let text = "---\n{title: T, date: 2013-02-26}\n---\nText.\n";
    let error = write(text, &ids(0)).expect_err("refused");
    assert!(error.contains("id: incident-1"), "{error}");
}

/// Entries in every form that people type can take ids, and read as before.
#[test]
fn whatever_form_an_entry_has_there_is_a_place_for_its_id() {
    let corpus = [
        include_str!("../../../../tests/corpus/updates.jsonl"),
        include_str!("../../../../tests/corpus/more.jsonl"),
    ];
    let mut refused = Vec::new();
    let mut count = 0;
    for case in corpus.iter().flat_map(|file| file.lines()) {
        let case: Value = serde_json::from_str(case).expect("a case");
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let zone: Tz = text("zone").parse().expect("a zone");
        let order = DateOrder::parse(text("date_order"));
        let order = order.unwrap_or_else(|| default_date_order(zone));
        let file = format!(
            "---\ntitle: T\ndate: {}\n---\n\n{}",
            text("post"),
            text("body")
        );
        let read = in_context(zone, order, |cx| {
            incident_file::read(FILE, &file, String::new(), cx).0
        });
        let Some(read) = read else { continue };
        count += 1;
        if let Err(why) = write_in(zone, order, &file, &ids(read.entries.len())) {
            refused.push(format!("{}: {why}", text("id")));
        }
    }
    assert!(count > 50, "{count}");
    assert!(
        refused.is_empty(),
        "{} of {count}: {refused:#?}",
        refused.len()
    );
}
