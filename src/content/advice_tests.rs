//! Problems reported for posts that can be read but probably don't say what was meant.

use std::fs;

use tempfile::TempDir;

use super::problem::Severity;
use super::tests::{GOOD, folder, read};
use super::{Content, KnownSite, read_folder};
use crate::domain::update::Phase;

/// Reads a folder with this one post, seven weeks after its date; returns the problems as text.
fn told(front: &str, body: &str) -> (Content, String) {
    let folder = TempDir::new().expect("a folder");
    let site = "name = \"Example\"\ntime_zone = \"Europe/Berlin\"\n\n\
                [[components]]\nslug = \"selma\"\nname = \"Selma\"\n";
    fs::write(folder.path().join("site.toml"), site).expect("written");
    fs::create_dir(folder.path().join("incidents")).expect("made");
    let text = format!("---\ntitle: Mail\n{front}\n---\n\n{body}\n");
    fs::write(folder.path().join("incidents/mail.md"), text).expect("written");
    let now = "2013-04-16T00:00:00Z".parse().expect("an instant");
    let content = read_folder(folder.path(), &KnownSite::default(), now);
    let problems = content.problems.iter().map(|problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        format!("{:?}: {}; {help}\n", problem.severity, problem.message)
    });
    let problems = problems.collect();
    (content, problems)
}

#[test]
fn dates_in_figures_that_can_mean_one_day_are_read() {
    for (date, at) in [
        ("26.2.2013 10:00", "2013-02-26T09:00:00Z"),
        ("3.2.2013 10:00", "2013-02-03T09:00:00Z"),
        ("26.2.13", "2013-02-25T23:00:00Z"),
        ("2/26/2013 10:00", "2013-02-26T09:00:00Z"),
        ("26/2/2013 10:00", "2013-02-26T09:00:00Z"),
    ] {
        let (content, told) = told(
            &format!("date: {date}"),
            "Up.\n\nRESOLVED 2013-03-01 9:00: x",
        );
        let read = content.incidents.first().map(|it| it.published_at);
        assert_eq!(
            read,
            Some(at.parse().expect("an instant")),
            "{date}: {told}"
        );
    }
    let (content, told) = told("date: 3/2/2013", "Up.");
    assert!(told.contains("more than one way"), "{told}");
    assert!(content.incidents.is_empty());
}

#[test]
fn a_phase_that_does_not_fit_changes_nothing_or_is_taken_for_its_like() {
    let phase = |front: &str, body: &str| {
        let (content, told) = told(front, body);
        (content.incidents[0].entries[0].phase, told)
    };
    let (found, said) = phase(
        "date: 2013-02-26",
        "IN PROGRESS 2013-02-26 9:00: We are at it.",
    );
    assert_eq!(found, None);
    assert!(said.contains("its phase stays what it was"), "{said}");
    let (found, said) = phase(
        "date: 2013-02-26",
        "COMPLETED 2013-02-26 9:00: All is well.",
    );
    assert_eq!(found, Some(Phase::Resolved));
    assert!(said.contains("it is read as resolved"), "{said}");
    let window = "date: 2013-02-26\nkind: maintenance\nstarts: 2013-02-27 1:00";
    let (found, said) = phase(window, "RESOLVED 2013-02-27 9:00: All is well.");
    assert_eq!(found, Some(Phase::Completed));
    assert!(said.contains("the maintenance has no \"ends\""), "{said}");
}

#[test]
fn what_is_probably_not_meant_is_told() {
    let over = "RESOLVED 2013-03-01 9:00: x";
    for (body, wanted) in [
        (
            "It is down.",
            "Warning: nothing has been posted here for 49 days",
        ),
        (
            "UPDATE 11.30 - still on it.\n\nRESOLVED 2013-03-01 9:00: x",
            "Hint: this looks like an entry",
        ),
        (
            "## UPDATE 2013-02-27 9:00: behoben",
            "did you mean \"resolved\"?",
        ),
        (
            "## RESOLVED 2013-03-01 9:00\n\nx\n\n- Selma - operational",
            "write \"- Selma: operational\"",
        ),
    ] {
        let (_, told) = told("date: 2013-02-26", body);
        assert!(told.contains(wanted), "{body}: {told}");
    }
    let (_, nothing) = told(
        "date: 2013-02-26",
        &format!("Version 11.30: new.\n\n{over}"),
    );
    assert_eq!(nothing, "");
    let folder = folder();
    fs::create_dir(folder.path().join("incidents/2013")).expect("made");
    for name in ["mail.markdown", "2013/mail.md"] {
        fs::write(folder.path().join("incidents").join(name), GOOD).expect("written");
    }
    let told = read(folder.path()).problems;
    let told: Vec<_> = told
        .iter()
        .map(|it| (it.severity, it.file.as_str()))
        .collect();
    let hint = |file| (Severity::Hint, file);
    assert_eq!(
        told,
        [hint("incidents/2013"), hint("incidents/mail.markdown")]
    );
}

#[test]
fn work_that_is_over_and_still_to_come_is_told() {
    let said = |phase: &str, starts: &str, ends: &str| {
        let front = format!(
            "date: 2013-02-26\nkind: maintenance\nphase: {phase}\nstarts: {starts}\nends: {ends}"
        );
        told(&front, "We swap disks.").1
    };
    let (past, future) = ("2013-02-27 1:00", "2033-02-27 1:00");
    let early = said("completed", past, future);
    assert!(
        early.starts_with("Warning: ") && early.contains("in the future"),
        "{early}"
    );
    let never = said("postmortem", future, "2033-02-27 2:00");
    assert!(
        never.starts_with("Error: ") && never.contains("cancelled"),
        "{never}"
    );
    for fine in [
        said("completed", past, "2013-02-27 2:00"),
        said("cancelled", future, "2033-02-27 2:00"),
    ] {
        assert_eq!(fine, "");
    }
}
