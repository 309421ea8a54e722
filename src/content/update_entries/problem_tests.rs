//! What is reported about lines that aren't entries, and about times that announce something.

use serde_json::json;

use super::tests::read_within;
use super::{AnnouncedLines, Context, Reading, read};
use crate::content::problem::Severity;

const AFTER: &str = "2013-03-10T12:00:00Z";

/// Reads the body of a post of Tuesday, 2013-02-26 01:00 in Denver.
fn read_at(body: &str, now: &str, starts: Option<&str>, kept: Option<&AnnouncedLines>) -> Reading {
    let case = json!({"zone": "America/Denver", "post": "2013-02-26 01:00"});
    read_within(&case, now, &[], |cx| {
        let cx = Context {
            file: "incidents/selma.md",
            starts: starts.map(|at| at.parse().expect("an instant")),
            kept,
            ..cx.clone()
        };
        read(body, &cx)
    })
}

fn hints(reading: &Reading) -> Vec<String> {
    let hints = reading.problems.iter();
    hints
        .filter(|problem| problem.severity == Severity::Hint)
        .map(|problem| format!("{}: {}", problem.line, problem.message))
        .collect()
}

#[track_caller]
fn check_hints(body: &str, wanted: &[&str]) {
    let nothing = AnnouncedLines::new();
    let reported = hints(&read_at(body, AFTER, None, Some(&nothing)));
    assert_eq!(reported.len(), wanted.len(), "{body}: {reported:?}");
    for (reported, wanted) in reported.iter().zip(wanted) {
        assert!(reported.contains(wanted), "{body}: {reported}");
    }
}

#[test]
fn a_label_and_a_figure_that_are_not_read_are_told() {
    let looks = "this looks like an entry";
    for body in [
        "UPDATE 45-82 of the panel is out.",
        "Update 4.2 of the panel is out.",
        "## Update 4.2",
        "- Update 4.2 of the panel",
        "UPDATE 10.30 - of the panel",
        "Update #2 of the panel is out.",
        "Updated 15 servers.",
        "UP\u{200b}DATE 4.2\u{ad} of the panel",
        "[2013-02-26 02:15:33] kernel: panic",
    ] {
        check_hints(body, &[looks]);
    }
    check_hints("We look.\nUpdate 4.2 is out.", &["2: this looks"]);
    check_hints("We found that\nupdate 4.2 is out.", &[]);
    check_hints("Update your mail client.", &[]);
    // It may be an entry that another one swallows.
    check_hints(
        "## UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\nUPDATE 4.2 of the panel",
        &["5: this looks"],
    );
}

#[test]
fn what_has_no_text_is_told() {
    let last = "this time ends a paragraph that isn't an entry";
    check_hints("**Notice**: It is down.\nFeb 26, 23:15 PT", &[last]);
    check_hints("**Notice**: It is down.<br>Feb 26, 23:15 PT", &[last]);
    let nothing = "nothing follows this";
    check_hints("We look.\n\nFeb 26, 23:15 PT", &[nothing]);
    check_hints("UPDATE 2013-02-26 02:15 MST:", &[nothing]);
    check_hints("## UPDATE 2013-02-26 02:15 MST: resolved", &[]);
}

#[test]
fn a_component_that_only_a_comment_knows_is_told_and_not_named() {
    let body = "UPDATE 2013-02-26 02:15 MST: Mail is up.\n<!-- names: selma, zelma -->";
    let reading = read_at(body, AFTER, None, None);
    let named = reading.entries[0].changes.iter();
    let named: Vec<_> = named.map(|line| line.component.as_str()).collect();
    assert_eq!(named, ["selma"]);
    let told: Vec<_> = reading.problems.iter().map(|it| &it.message[..]).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("names \"zelma\", which is not a component"));
}

#[test]
fn a_state_that_is_misspelt_is_told_the_nearest_one() {
    let body = "UPDATE 2013-02-26 02:15 MST\n\nMail is up.\n\n- Selma: operational\n\
                - Nelson: migratng";
    let reading = read_at(body, AFTER, None, None);
    assert_eq!(reading.entries[0].changes.len(), 1);
    let help = reading.problems.iter().map(|it| it.help.as_deref());
    let help: Vec<_> = help.collect();
    assert_eq!(help, [Some("did you mean \"migrating\"?")]);
}

#[test]
fn a_mark_is_pointed_at_from_end_to_end() {
    let reading = read_at("See {% link x.md %}.", AFTER, None, None);
    let places = reading.problems.iter();
    let places: Vec<_> = places.map(|it| (it.line, it.column, it.width)).collect();
    assert_eq!(places, [(1, 5, 15)]);
}

#[test]
fn marks_of_other_systems_are_told() {
    check_hints("{{< figure src=\"x.png\" >}}", &["a Hugo shortcode"]);
    check_hints("Text {{% notice %}} text", &["a Hugo shortcode"]);
    check_hints("See {% link x.md %}.", &["a Liquid tag"]);
    check_hints("{{ site.title }}\n\n{% raw %}", &["1: this", "3: this"]);
    check_hints("![x](x.png){: .right }", &["a kramdown attribute"]);
    check_hints("{::comment}\n\nx\n\n{:/comment}", &["kramdown", "kramdown"]);
    // Left out, or shown as they are on purpose, or not marks at all.
    check_hints("Text.\n{: .notice}", &[]);
    check_hints("`{{< x >}}`\n\n```\n{% x %}\n```\n\n<!-- {{ x }} -->", &[]);
    check_hints("<!-- text -->\n{{ x }}\n<!-- end of text -->", &[]);
    check_hints("{{ one\n\ntwo }} and { three }", &[]);
    check_hints("*Resolved* - x {{< track \"2013-02-26 17:30:00\" >}}", &[]);
    check_hints(
        "The end. {{< track \"2013-02-26 17:30:00\" >}}",
        &["a Hugo shortcode"],
    );
}

const PLAN: &str = "We replace the switch:\n\n**Saturday, March 2, 2013, 22:00 MST**\n\nAll servers \
                    are down.\n\n2013-02-26 02:00 - We have it.\n\nUPDATE 2013-02-26 03:00 MST: It \
                    is tested.";
const BEFORE: &str = "2013-02-26T12:00:00Z";

#[test]
fn a_time_without_label_that_is_still_to_come_is_text() {
    let reading = read_at(PLAN, BEFORE, None, None);
    let texts: Vec<_> = reading.entries.iter().map(|it| &it.markdown[..]).collect();
    // A time that has passed is an entry even after such a line: no published entry is taken away.
    assert_eq!(texts, ["We have it.", "It is tested."]);
    assert!(reading.markdown.ends_with("All servers are down."));
    let reported = hints(&reading);
    assert!(reported[0].starts_with("3: this time has no label and is in the future"));
    for body in [
        "Work:\n\n- 2013-03-02 22:00: Selma\n- 2013-03-02 23:00: Nelson",
        "Work begins:\n2013-03-02 22:00 MST - All servers are down.",
        "2013-03-02 22:00 MST\n\nAll servers are down.",
        "## March 2, 2013\n\n22:00 – All servers are down.",
        "[2013-03-02 22:00 MST] All servers are down.",
    ] {
        let reading = read_at(body, BEFORE, None, None);
        assert_eq!(reading.entries, [], "{body}");
        assert_eq!(reading.markdown, body);
        let later = read_at(body, AFTER, None, None);
        assert!(!later.entries.is_empty(), "{body}");
        assert!(
            hints(&later)[0].contains("has no label and has passed"),
            "{body}"
        );
    }
    // Two clocks may differ by a quarter of an hour.
    let soon = read_at("2013-02-26 05:10 - Mail is up.", BEFORE, None, None);
    assert_eq!(soon.entries.len(), 1);
}

#[test]
fn what_announced_something_stays_text() {
    let kept =
        |lines: Vec<String>| AnnouncedLines::from([("incidents/selma.md".to_owned(), lines)]);
    let first = read_at(PLAN, BEFORE, None, None);
    let known = kept(first.announced.clone());
    let later = read_at(PLAN, AFTER, None, Some(&known));
    assert_eq!(later.markdown, first.markdown);
    assert_eq!(later.entries.len(), first.entries.len());
    assert_eq!(later.announced, first.announced);
    assert!(hints(&later)[0].contains("was in the future"));
    // The clock judges a new line; one that was reworded or moved is the same line.
    let list = |name: &str| format!("Work:\n\n- 2013-03-02 22:00: {name}");
    let known = kept(read_at(&list("Selma"), BEFORE, None, None).announced);
    let entries =
        |body: &str, known: &AnnouncedLines| read_at(body, AFTER, None, Some(known)).entries.len();
    assert_eq!(entries(&list("Selma"), &known), 0);
    assert_eq!(entries(&list("Selma and Nelson"), &known), 0);
    assert_eq!(entries(&format!("Hello.\n\n{}", list("Selma")), &known), 0);
    let added = format!("2013-03-01 10:00 - It is ready.\n\n{}", list("Selma"));
    assert_eq!(entries(&added, &known), 1);
    let again = format!("2013-03-02 22:00 - It is done.\n\n{}", list("Selma"));
    assert_eq!(entries(&again, &known), 1);
    // A file that was renamed.
    let renamed = AnnouncedLines::from([(
        "incidents/old.md".to_owned(),
        known["incidents/selma.md"].clone(),
    )]);
    assert_eq!(entries(&list("Selma"), &renamed), 0);
    assert_eq!(entries(&list("Selma"), &AnnouncedLines::new()), 1);
    // A line with a comment for machines has been an entry before.
    for sign in ["\n", " "] {
        let noted = format!("2013-03-02 22:00 – Selma{sign}<!-- id: one -->");
        assert_eq!(read_at(&noted, BEFORE, None, None).entries.len(), 1);
    }
}

#[test]
fn in_a_maintenance_a_time_without_label_from_its_start_on_is_text() {
    let body = "2013-03-01 10:00 MST - We have the switch.\n\n2013-03-02 22:00 MST - We begin.\n\n\
                UPDATE 2013-03-02 22:10 MST: We have begun.";
    let starts = Some("2013-03-03T05:00:00Z");
    let reading = read_at(body, AFTER, starts, Some(&AnnouncedLines::new()));
    let texts: Vec<_> = reading.entries.iter().map(|it| &it.markdown[..]).collect();
    assert_eq!(texts, ["We have the switch.", "We have begun."]);
    assert_eq!(reading.markdown, "2013-03-02 22:00 MST - We begin.");
    assert!(hints(&reading)[0].contains("isn't before the maintenance starts"));
    assert_eq!(read_at(body, AFTER, None, None).entries.len(), 3);
}

#[test]
fn each_warning_about_an_entry_says_how_to_keep_it_as_text() {
    for body in [
        "UPDATE 2013-03-20 02:15 MDT: Mail is up.",
        "UPDATE: Mail is up.",
        "UPDATE 10.30: Mail is up.",
        "UPDATE 02-26 10:00: Mail is up.",
        "UPDATE 2013-02-20 02:15 MST: Mail is up.",
        "## UPDATE 2013-02-26 02:15 MST: monitorng",
    ] {
        let reading = read_at(body, AFTER, None, None);
        let reported = reading.problems.iter();
        let warnings: Vec<_> = reported
            .filter(|problem| problem.severity == Severity::Warning)
            .collect();
        assert_eq!(warnings.len(), 1, "{body}: {:?}", reading.problems);
        let help = warnings[0].help.as_deref().unwrap_or_default();
        assert!(help.contains("to keep the line as text"), "{body}: {help}");
        let kept = format!("Note: {body}").replace("Note: ## ", "## Note: ");
        assert_eq!(read_at(&kept, AFTER, None, None).entries, [], "{kept}");
    }
}
