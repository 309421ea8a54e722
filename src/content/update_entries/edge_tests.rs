//! Entries at the edges of the grammar: what is just a header, and what isn't any more.

use chrono_tz::America::Denver;

use super::tests::{LONG_AFTER, read_in_denver};
use super::{Entry, Reading};
use crate::domain::update::{Phase, Precision};

fn read(body: &str) -> Reading {
    read_in_denver(body, LONG_AFTER, &[])
}

/// An entry in short: its time, phase, number and text.
fn short(entry: &Entry) -> String {
    let at = entry.at.with_timezone(&Denver);
    let mut head = match entry.precision {
        Precision::Minute => at.format("%Y-%m-%d %H:%M").to_string(),
        Precision::Day => at.format("%Y-%m-%d").to_string(),
        Precision::None => "no time".to_owned(),
    };
    if let Some(number) = entry.number {
        head += &format!(" #{number}");
    }
    if let Some(phase) = entry.phase.map(Phase::as_str) {
        head += &format!(" {phase}");
    }
    format!("{head}: {}", entry.markdown)
}

#[track_caller]
fn check(body: &str, wanted: &[&str]) {
    let reading = read(body);
    let found: Vec<_> = reading.entries.iter().map(short).collect();
    assert_eq!(found, wanted, "{body}: {:?}", reading.problems);
}

/// Checks what is left of the post.
#[track_caller]
fn check_post(body: &str, wanted: &str) {
    assert_eq!(read(body).markdown, wanted, "{body}");
}

/// Checks the only entry's time as it was typed.
#[track_caller]
fn check_written(body: &str, wanted: &str) {
    let reading = read(body);
    let written: Vec<_> = reading.entries.iter().map(|it| &it.as_written).collect();
    assert_eq!(written, [&Some(wanted.to_owned())], "{body}");
}

/// Checks the place and the beginning of each problem: line, column and width.
#[track_caller]
fn check_places(body: &str, wanted: &[(usize, usize, usize)]) {
    let reading = read(body);
    let places = reading.problems.iter();
    let places: Vec<_> = places.map(|it| (it.line, it.column, it.width)).collect();
    assert_eq!(places, wanted, "{body}: {:?}", reading.problems);
}

/// Checks what each problem says.
#[track_caller]
fn check_told(body: &str, wanted: &[&str]) {
    let told = read(body).problems;
    assert_eq!(told.len(), wanted.len(), "{body}: {told:?}");
    for (told, wanted) in told.iter().zip(wanted) {
        assert!(told.message.contains(wanted), "{body}: {}", told.message);
    }
}

#[test]
fn a_phase_in_capitals_needs_no_sign_before_the_text() {
    check(
        "Update #2 RESOLVED mail is up.",
        &["no time #2 resolved: mail is up."],
    );
    check(
        "UPDATE: RESOLVED I see it.",
        &["no time resolved: I see it."],
    );
    // If the text is in capitals too, the phase is one of its words.
    check(
        "UPDATE: RESOLVED MAIL IS UP.",
        &["no time: RESOLVED MAIL IS UP."],
    );
    check("Update #2 resolved mail problems.", &[]);
    check("## Update #2 RESOLVED mail problems", &[]);
}

#[test]
fn a_phase_at_the_end_is_also_the_text_unless_it_is_marked() {
    check(
        "2013-02-26 02:15 MST: resolved",
        &["2013-02-26 02:15 resolved: resolved"],
    );
    check(
        "2013-02-26 02:15 MST: **resolved**",
        &["2013-02-26 02:15 resolved: "],
    );
    check(
        "**UPDATE 2013-02-26 02:15 MST: resolved**",
        &["2013-02-26 02:15 resolved: "],
    );
}

#[test]
fn a_bracket_may_stay_open_before_a_colon_or_a_dash() {
    check(
        "Update (Resolved: Mail is up.",
        &["no time resolved: Mail is up."],
    );
    check(
        "Update (Resolved – Mail is up.",
        &["no time resolved: Mail is up."],
    );
    check(
        "Update (Resolved, as we see.",
        &["no time: (Resolved, as we see."],
    );
}

#[test]
fn words_and_figures_that_touch_a_time_make_it_none() {
    check("UPDATE 2013-02-26x10:00: Mail is up.", &[]);
    check("UPDATE 2:15th floor: Mail is up.", &[]);
    check(
        "UPDATE 2013-02-26 18:59 UTC: Mail is up.",
        &["2013-02-26 11:59: Mail is up."],
    );
    check(
        "UPDATE 1859 UTC: Mail is up.",
        &["2013-02-26 11:59: Mail is up."],
    );
    check(
        "UPDATE 2013-02-26 02:15 – NEWS: Mail is up.",
        &["2013-02-26 02:15: NEWS: Mail is up."],
    );
    check(
        "UPDATE 2013-02-26 02:15, NEWS: Mail is up.",
        &["2013-02-26 02:15: NEWS: Mail is up."],
    );
}

#[test]
fn letters_and_offsets_are_a_zone_only_where_they_can_be_one() {
    for (body, wanted) in [
        (
            "UPDATE 2013-02-26 02:15 mst: Up.",
            &["2013-02-26 02:15: Up."][..],
        ),
        (
            "UPDATE 2013-02-26 02:15 met: Up.",
            &["2013-02-26 02:15: met: Up."],
        ),
        ("2013-02-26 02:15 mst In progress", &[]),
        ("UPDATE 22:15 utc+14: Up.", &["2013-02-26 01:15: Up."]),
        (
            "UPDATE 15:15 UTC+05:75: Up.",
            &["2013-02-26 08:15: 05:75: Up."],
        ),
    ] {
        check(body, wanted);
    }
}

#[test]
fn what_stands_before_and_after_an_entry_does_not_hide_it() {
    let up = &["2013-02-26 02:15: Mail is up."];
    check(
        "[Mail](https://example.org) is down.\nUPDATE 2013-02-26 02:15 MST: Mail is up.",
        up,
    );
    check(
        "![](a.png) [![b](b.png)](c) down.\nUPDATE 2013-02-26 02:15 MST: Mail is up.",
        up,
    );
    check("*\n\nUPDATE 2013-02-26 02:15 MST: Mail is up.", up);
    check("**Notice**: Mail is up.\\\n2013-02-26 02:15 MST", &[]);
    check("**Update**: Mail is up.\\\n2013-02-26 02:15 MST", up);
    check("**Update**: Mail is up.  \n2013-02-26 02:15 MST", up);
    let literal = read("<!-- text -->\n# A\n<!-- end of text -->\n\nMore.").markdown;
    assert_eq!(literal, "# A\n\nMore.");
    check_post(
        "**Update**: Mail is up.\n2013-02-26 02:15 MST\nMore.",
        "More.",
    );
    // Markdown takes such lines for definitions of links.
    check(
        "We look.\n\n[UPDATE 2013-02-26 02:15 MST]: Restored.\n[UPDATE 2013-02-26 02:20 MST]: Good.",
        &["2013-02-26 02:15: Restored.", "2013-02-26 02:20: Good."],
    );
    check(
        "UPDATE 2013-02-26 02:15 MST: \\# is up.",
        &["2013-02-26 02:15: \\# is up."],
    );
    check(
        "- UPDATE 2013-02-26 02:15 MST resolved\n  - Mail is up.",
        &["2013-02-26 02:15 resolved: - Mail is up."],
    );
}

#[test]
fn signs_between_header_and_text_are_left_out_but_not_those_of_the_text() {
    let head = "UPDATE 2013-02-26 02:15 MST";
    for (rest, text) in [
        (" – …and it is up.", "…and it is up."),
        (": -5 % of all mail", "-5 % of all mail"),
        (" - Mail is up.", "Mail is up."),
        (" -Mail is up.", "Mail is up."),
        (": /status is up.", "/status is up."),
    ] {
        check(
            &format!("{head}{rest}"),
            &[&format!("2013-02-26 02:15: {text}")],
        );
    }
    check("Update #2 -Mail is up.", &["no time #2: Mail is up."]);
    check("Update-Mail is up.", &[]);
}

#[test]
fn text_far_to_the_right_of_its_header_is_kept() {
    let body = format!("UPDATE 2013-02-26 02:15 MST:{}Mail is up.", " ".repeat(500));
    assert!(read(&body).entries[0].markdown.ends_with("Mail is up."));
}

#[test]
fn a_time_is_kept_as_it_was_typed() {
    for written in [
        "2/26/13 – 2:15 MST",
        "2/26/13 2:15 MST",
        "2/26/13 2：15 MST",
        "0915Z",
        "0915h (GMT-7)",
        "12:00 CET (06:00 AM EST)",
        "12:00 CET (06:00 AM EST, 04:00 AM MST, 03:00 AM PST)",
        "0330 EST, 0830 UTC",
    ] {
        check_written(&format!("UPDATE {written}: Mail is up."), written);
        check_written(&format!("UPDATE {written} – Mail is up."), written);
    }
}

/// The id and the typed time of the only entry.
fn id_and_written(body: &str) -> (Option<String>, Option<String>) {
    let [entry] = read(body).entries.try_into().expect("one entry");
    (entry.id, entry.as_written)
}

#[test]
fn next_to_an_id_a_time_in_the_usual_form_is_not_one_that_was_typed() {
    for (time, typed) in [
        ("2013-02-26 02:15 MST", false),
        ("2013-02-26T02:15 MST", false),
        ("2013-02-26", false),
        ("2/26/13 – 2:15 MST", true),
        ("2013-02-26, 2:15 MST", true),
        ("2013/02/26", true),
    ] {
        let written = Some(time.to_owned());
        let body = format!("UPDATE {time}: Mail is up.");
        assert_eq!(id_and_written(&body), (None, written.clone()), "{time}");
        let id = Some("one".to_owned());
        let noted = format!("{body}\n<!-- id: one -->");
        let written = written.filter(|_| typed);
        assert_eq!(id_and_written(&noted), (id, written), "{time}");
    }
    // A comment after an empty line belongs to nothing.
    let apart = "UPDATE 2013-02-26: Mail is up.\n\n<!-- id: one -->";
    assert_eq!(id_and_written(apart).0, None);
    check_post(apart, "<!-- id: one -->");
}

#[test]
fn an_hour_is_in_doubt_unless_its_form_says_which_half_is_meant() {
    let doubt = &["without \"am\" or \"pm\" this is read as"];
    for (time, told) in [
        ("10.30", &doubt[..]),
        ("08.30", &[]),
        ("10:30", doubt),
        ("08:30", &[]),
        ("9 o'clock", doubt),
        ("9 Uhr", &[]),
        ("9 am", &[]),
        ("10:30 h", &[]),
    ] {
        let body = format!(
            "UPDATE 2/26/13 13:00 – Mail is down.\n\nUPDATE 2/26/13 {time} – Mail is up.\n\nUPDATE 2/26/13 23:00 – Good."
        );
        check_told(&body, told);
    }
}

#[test]
fn a_time_before_the_last_entry_is_told_once() {
    for (time, told) in [
        ("9:30", "without \"am\" or \"pm\""),
        ("09:30", "is before the entry before it"),
    ] {
        let body = format!("UPDATE 2013-02-26 10:00 MST: Down.\n\nUPDATE {time}: Up.");
        check_told(&body, &[told]);
    }
}

#[test]
fn only_a_line_that_is_a_whole_time_gives_an_entry_its_time() {
    let below = |line: &str| format!("**Update**: Mail is up.\n{line}");
    check(
        &below("2013-02-26 02:15 MST"),
        &["2013-02-26 02:15: Mail is up."],
    );
    check(&below("02:15 MST"), &["no time: Mail is up.\n02:15 MST"]);
    check(
        "**Update**\n02:15 MST\nMail is up.",
        &["2013-02-26 02:15: Mail is up."],
    );
    // What has a label or a phase is an entry of its own.
    check(
        "**Update**: Mail is up.\n\n**Resolved** 2013-02-26 02:20 MST",
        &["no time: Mail is up.", "2013-02-26 02:20 resolved: "],
    );
    check(
        "**Update**: Mail is up.\n\n2013-02-26 02:20 MST",
        &["2013-02-26 02:20: Mail is up."],
    );
}

#[test]
fn impossible_times_are_errors() {
    check_told("UPDATE 2013-02-26 02:15:60 MST: Mail is up.", &[]);
    check_told(
        "UPDATE 2013-02-26 02:15:61 MST: Mail is up.",
        &["there is no time 2:15"],
    );
    check_told("UPDATE 2013-02-26 12:30 am MST: Mail is up.", &[]);
    check_told(
        "UPDATE 2013-02-26 13:00 am MST: Mail is up.",
        &["there is no time 13:00 a.m."],
    );
    check_told("UPDATE 2013-02-26 24:00 MST: Mail is up.", &[]);
    check_told(
        "UPDATE 2013-02-26 24:01 MST: Mail is up.",
        &["there is no time 24:01"],
    );
}

#[test]
fn a_problem_points_at_the_header() {
    check_places("UPDATE: Mail is up.", &[(1, 1, 6)]);
    check_places("We look.\n\n**Update #2** Mail is up.", &[(3, 3, 9)]);
    check_places("Edit:", &[(1, 1, 4)]);
    check_places("12:00 – lunch.", &[(1, 1, 5)]);
    // In the text of an entry, a time is just a time.
    check_places(
        "## UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\n12:00 – lunch.",
        &[],
    );
    check_places("Look:\n\nUpdate 4.2 of the panel is out.", &[(3, 1, 6)]);
}

#[test]
fn entries_run_oldest_first_unless_something_says_otherwise() {
    for (body, newest_first) in [
        ("Mail is down.", false),
        ("**Update**: One.\n\n**Update**: Two.", false),
        ("**Monitoring**: One.\n\n**Resolved**: Two.", false),
        ("**Resolved**: One.\n\n**Monitoring**: Two.", true),
        (
            "**Resolved**: One.\n\n**Monitoring**: Two.\n\n**Investigating**: Three.",
            true,
        ),
        (
            "**Resolved**: One.\n\n**Investigating**: Two.\n\n**Monitoring**: Three.",
            false,
        ),
        (
            "**Resolved**: One.\n\nUPDATE 2013-02-26 02:15 MST: Two.",
            false,
        ),
        (
            "UPDATE 2013-02-26 02:15 MST: One.\n\nUPDATE 2013-02-26 02:10 MST: Two.",
            true,
        ),
    ] {
        assert_eq!(read(body).newest_first, newest_first, "{body}");
    }
}

#[test]
fn a_list_of_states_ends_its_entry() {
    let changes = |body: &str| read(body).entries[0].changes.len();
    let list = "UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\n- Selma: operational";
    assert_eq!(changes(list), 1);
    assert_eq!(changes(&format!("{list}\n\n<!-- seen -->")), 1);
    for (names, count) in [("selma", 1), ("nelson", 2), ("selma, nelson", 2)] {
        let comment = format!(" MST\n<!-- names: {names} -->\n");
        assert_eq!(changes(&list.replace(" MST\n", &comment)), count);
    }
    assert_eq!(changes(&format!("{list}\n\n<div>More.</div>")), 0);
}
