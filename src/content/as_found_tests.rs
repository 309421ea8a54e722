//! Posts as they occur in practice: how they are read, and which problems are reported.

use std::fs;

use super::Content;
use super::tests::{GOOD, folder, read};

/// Reads this text as the file `incidents/{name}`; returns the problems as text.
fn told_of(name: &str, text: &str) -> (Content, String) {
    let folder = folder();
    fs::remove_file(folder.path().join("incidents/good.md")).expect("removed");
    fs::write(folder.path().join("incidents").join(name), text).expect("written");
    let content = read(folder.path());
    let told = content.problems.iter().map(|it| it.render("", false));
    let told = told.collect();
    (content, told)
}

#[test]
fn a_date_that_is_missing_is_taken_from_the_name() {
    let text = "---\ntitle: Mail\nphase: resolved\n---\n\nIt is down.\n";
    let (content, told) = told_of("2013-02-20-mail.md", text);
    let at: chrono::DateTime<chrono::Utc> = "2013-02-20T07:00:00Z".parse().expect("an instant");
    assert_eq!(content.incidents[0].published_at, at);
    assert!(
        told.starts_with("hint: ") && told.contains("date: 2013-02-20"),
        "{told}"
    );
    let (content, told) = told_of("mail.md", text);
    assert!(
        content.incidents.is_empty() && told.contains("has no \"date\""),
        "{told}"
    );
}

#[test]
fn an_hour_of_one_digit_and_an_unknown_offset_are_read() {
    for (written, wanted) in [
        ("2012-12-04T8:00:00-00:00", "2012-12-04T08:00:00Z"),
        ("2012-12-04T8:00:00Z", "2012-12-04T08:00:00Z"),
        ("2012-12-04 8:00:00-07:00", "2012-12-04T15:00:00Z"),
        ("2012-12-04T18:00:00-00:00", "2012-12-04T18:00:00Z"),
    ] {
        let text = format!("---\ntitle: Mail\ndate: {written}\nphase: resolved\n---\n\nDown.\n");
        let (content, told) = told_of("mail.md", &text);
        assert_eq!(told, "", "{written}");
        let wanted: chrono::DateTime<chrono::Utc> = wanted.parse().expect("an instant");
        assert_eq!(content.incidents[0].published_at, wanted, "{written}");
    }
}

#[test]
fn a_line_that_is_no_yaml_hides_nothing_else() {
    let body = "It is down.\n\nUPDATE (2/30/13 – 2:15 MST): Mail is up.\n";
    for (front, told) in [
        (
            "title: Network: down\ndate: 2013-02-20\nimpcat: major",
            vec!["\"impcat\"", "no such day"],
        ),
        (
            "title: Mail\ndate: 2013-02-20\ntitle: Again\nkind: outage",
            vec!["\"outage\" is not a kind", "no such day"],
        ),
        (
            "title: Mail\n\tdate: 2013-02-20\nimpcat: major",
            vec!["\"impcat\""],
        ),
        (
            "title: [Mail\nimpcat: major\ndate: 2013-02-20",
            vec!["\"impcat\""],
        ),
    ] {
        let (content, said) = told_of(
            "2013-02-20-mail.md",
            &format!("---\n{front}\n---\n\n{body}"),
        );
        assert!(content.incidents.is_empty());
        for wanted in told.into_iter().chain(["the front matter can't be read"]) {
            assert!(said.contains(wanted), "{front}: {wanted}: {said}");
        }
        assert!(!said.contains("has no \"title\""), "{said}");
    }
}

#[test]
fn a_disruption_left_open_is_told_however_old_it_is() {
    for (date, wanted) in [
        ("2013-02-22", ""),
        (
            "2013-02-12",
            "hint: nothing has been posted here for 14 days",
        ),
        (
            "2013-01-12",
            "warning: nothing has been posted here for 45 days",
        ),
        ("2003-01-12", "warning: nothing has been posted here for "),
    ] {
        let text = format!("---\ntitle: Mail\ndate: {date}\nresolved: true\n---\n\nIt is down.\n");
        let (_, told) = told_of("mail.md", &text);
        assert!(told.contains(wanted), "{date}: {told}");
        assert!(told.contains("phase: resolved"), "the key's help: {told}");
        assert_eq!(
            wanted.is_empty(),
            !told.contains("nothing has been posted"),
            "{told}"
        );
    }
}

#[test]
fn a_picture_that_is_not_there_is_told() {
    let text = format!("{GOOD}\n<img src=\"media/x.png\">\n\n![](media/y.png)\n");
    let (content, told) = told_of("mail.md", &text);
    assert_eq!(content.incidents.len(), 1);
    assert!(
        told.contains("media/x.png") && told.contains("media/y.png"),
        "{told}"
    );
    assert!(told.starts_with("warning: "), "{told}");
}
