//! What a message says, and in which words of the subject.

use super::*;
use crate::domain::incident::Kind;
use crate::domain::update::Phase;

#[track_caller]
fn check_subject(about: &Incident, news: &[News], wanted: &str) {
    let snapshot = seed().snapshot();
    assert_eq!(mail_about(&snapshot, about, news).subject, wanted);
}

fn disks() -> Incident {
    find(&seed().snapshot(), "clark-disks")
}

fn correction(id: &str) -> News {
    News::Correction {
        id: id.to_owned(),
        at_ms: at("2013-02-26T09:50:00Z").timestamp_millis(),
    }
}

#[test]
fn a_subject_says_the_state_else_the_phase_else_the_first_words() {
    let snapshot = seed().snapshot();
    let mut main = find(&snapshot, MAIN);
    main.title = "Selma is down".to_owned();
    let check = |main: &Incident, id: &str, wanted: &str| {
        check_subject(main, &[update(id)], wanted);
    };
    check(&main, "u3", "Selma: Migrating – Selma is down");
    let last = main.updates.len() - 1;
    main.updates[last].changes.clear();
    check(&main, "u3", "Monitoring – Selma is down");
    main.updates[last].phase = None;
    main.updates[last].markdown = "Mail *works* again. More follows.".to_owned();
    check(&main, "u3", "Selma is down: Mail works again. More follows");
    main.updates[last].markdown = String::new();
    check(&main, "u3", "Selma is down");
    let over = find(&snapshot, "nelson-memory");
    check(&over, "n2", "Resolved – Nelson ran out of memory");
    let post = "Nelson and Mail delivery: Degraded – Selma is down";
    check_subject(&main, &[News::Post], post);
    check_subject(&main, &[correction("u2")], "Correction – Selma is down");
}

#[test]
fn the_subject_of_several_is_that_of_the_newest_which_says_how_things_stand() {
    let snapshot = seed().snapshot();
    let mut main = find(&snapshot, MAIN);
    main.title = "Selma is down".to_owned();
    let all = [News::Post, update("u1"), update("u2"), update("u3")];
    check_subject(&main, &all, "Selma: Migrating – Selma is down");
    check_subject(&main, &all[..2], "Selma: Major outage – Selma is down");
    let last = main.updates.len() - 1;
    main.updates[last].changes.clear();
    main.updates[last].phase = None;
    let wanted = "Shared SSL certificates: Operational – Selma is down";
    check_subject(&main, &all, wanted);
}

#[test]
fn a_state_that_a_worse_one_hides_isnt_in_the_subject() {
    let mut world = seed();
    let mut post = world.incident("a", "Selma is slow", "2013-02-26T09:20:00Z");
    let said = world.update("a1", "2013-02-26T09:20:00Z", None, "", &["selma=degraded"]);
    // Another incident claims more from then on.
    let worse = world.change("selma", "2013-02-26T09:20:00Z", "major_outage");
    assert!(worse.seq > said.seq);
    post.updates = vec![said];
    post.updates[0].changes[0].seq = worse.seq;
    let snapshot = world.snapshot();
    let mail = mail_about(&snapshot, &post, &[update("a1")]);
    assert_eq!(mail.subject, "Selma: Major outage – Selma is slow");
    let line = "* Selma: Degraded (overall Major outage)";
    assert!(mail.text.contains(line), "{}", mail.text);
    assert!(mail.text.contains("Selma is down"), "{}", mail.text);
}

#[test]
fn many_components_are_counted_in_a_subject() {
    let mut world = seed();
    let mut post = world.incident("a", "A storm", "2013-02-26T09:20:00Z");
    let changes = [
        "selma=degraded",
        "nelson=degraded",
        "clark=major_outage",
        "ruby=degraded",
        "mail=degraded",
    ];
    post.updates = vec![world.update("a1", "2013-02-26T09:20:00Z", None, "", &changes)];
    world.publish(post);
    let snapshot = world.snapshot();
    let mail = mail_about(&snapshot, &find(&snapshot, "a"), &[update("a1")]);
    let wanted = "Selma and Nelson: Degraded, Clark: Major outage and 2 more – A storm";
    assert_eq!(mail.subject, wanted);
}

#[test]
fn the_subject_of_a_maintenance_says_when() {
    let mut disks = disks();
    let title = "New disks for Clark";
    let planned = format!("Planned for March 2 at 10:00 pm MST – {title}");
    check_subject(&disks, &[News::Post], &planned);
    let starts = format!("Starts on March 2 at 10:00 pm MST – {title}");
    check_subject(&disks, &[News::Post, reminder(start_of_disks())], &starts);
    disks = disks.said(0, None);
    let moved = disks.last_put();
    moved.at = at("2013-02-26T09:00:00Z");
    moved.window.starts = Some(at("2013-03-04T05:00:00Z"));
    let now = format!("Now planned for March 3 at 10:00 pm MST – {title}");
    check_subject(&disks, &[update("0")], &now);
    disks.last_put().phase = Some(Phase::Cancelled);
    check_subject(&disks, &[update("0")], &format!("Cancelled – {title}"));
}

#[test]
fn what_isnt_public_any_more_is_left_out() {
    let snapshot = seed().snapshot();
    let main = find(&snapshot, MAIN);
    let check = |news: &[News]| assert_eq!(incident(&snapshot, &main, news), None, "{news:?}");
    check(&[]);
    check(&[update("gone")]);
    check(&[correction("gone"), update("gone")]);
    check(&[News::State {
        id: "u3".to_owned(),
    }]);
    let one = mail_about(&snapshot, &main, &[update("gone"), update("u2")]);
    assert_eq!(one, mail_about(&snapshot, &main, &[update("u2")]));
    let mut draft = main.clone();
    draft.draft = true;
    assert_eq!(incident(&snapshot, &draft, &[News::Post]), None);
}

#[test]
fn nobody_is_reminded_of_what_was_cancelled_moved_or_begun() {
    let mut world = seed();
    let snapshot = world.snapshot();
    let disks = disks();
    let starts = start_of_disks();
    let check = |snapshot: &Snapshot, disks: &Incident, starts, wanted| {
        let mail = incident(snapshot, disks, &[reminder(starts)]);
        assert_eq!(mail.is_some(), wanted);
    };
    check(&snapshot, &disks, starts, true);
    check(&snapshot, &disks, starts + 60_000, false);
    let in_phase = |phase: Phase| {
        let mut disks = disks.clone().said(0, Some(phase));
        disks.last_put().at = at("2013-02-26T09:00:00Z");
        disks
    };
    check(&snapshot, &in_phase(Phase::Cancelled), starts, false);
    check(&snapshot, &in_phase(Phase::InProgress), starts, false);
    check(&snapshot, &in_phase(Phase::Scheduled), starts, true);
    let mut disruption = disks.clone();
    disruption.kind = Kind::Disruption;
    check(&snapshot, &disruption, starts, false);
    // The window has opened, but the clock hasn't said so yet.
    world.whole.as_of = at("2013-03-03T05:00:00Z");
    check(&world.snapshot(), &disks, starts, false);
    world.whole.as_of = at("2013-03-03T04:59:59Z");
    check(&world.snapshot(), &disks, starts, true);
}

#[test]
fn a_reminder_is_absolute_and_stands_once() {
    let snapshot = seed().snapshot();
    let again = News::Reminder {
        starts_ms: start_of_disks(),
        minutes: 1440,
    };
    let mail = mail_about(&snapshot, &disks(), &[again, reminder(start_of_disks())]);
    let sentence = "the maintenance starts on March 2 at 10:00 pm MST.";
    assert_eq!(mail.text.matches(sentence).count(), 1, "{}", mail.text);
    for word in ["tomorrow", "in an hour", "hours"] {
        assert!(!mail.text.contains(word), "{word}: {}", mail.text);
    }
}

#[test]
fn what_was_said_last_comes_first_and_the_post_last() {
    let mail = about_main(&[News::Post, update("u1"), update("u2"), update("u3")]);
    let order = [
        "Our techs were",
        "work again on every",
        "Selma is in rescue",
        "quite a week",
    ]
    .map(|words| mail.text.find(words).unwrap_or_else(|| panic!("{words}")));
    assert!(order.is_sorted(), "{order:?}");
}

#[test]
fn a_correction_of_what_nobody_got_yet_is_no_entry_of_its_own() {
    let snapshot = seed().snapshot();
    let main = find(&snapshot, MAIN);
    let plain = mail_about(&snapshot, &main, &[update("u2")]);
    let news = [update("u2"), correction("u2"), correction("u2")];
    assert_eq!(mail_about(&snapshot, &main, &news), plain);
    let post = mail_about(&snapshot, &main, &[News::Post]);
    assert_eq!(
        mail_about(&snapshot, &main, &[News::Post, correction("")]),
        post
    );
    let corrected = mail_about(&snapshot, &main, &[correction("")]);
    let sentence = "This corrects what we wrote on February 26.";
    assert!(corrected.text.contains(sentence), "{}", corrected.text);
    // The phase that the update set may be over.
    let corrected = mail_about(&snapshot, &main, &[correction("u3")]);
    assert!(!corrected.text.contains("Monitoring"), "{}", corrected.text);
}

#[test]
fn a_post_that_says_nothing_leaves_the_word_to_its_updates() {
    let snapshot = seed().snapshot();
    let mut main = find(&snapshot, MAIN);
    main.markdown = " ".to_owned();
    main.changes.clear();
    let alone = mail_about(&snapshot, &main, &[update("u3")]);
    assert_eq!(
        mail_about(&snapshot, &main, &[News::Post, update("u3")]),
        alone
    );
    assert!(incident(&snapshot, &main, &[News::Post]).is_some());
}

#[test]
fn too_much_text_is_cut_and_the_way_to_leave_stays() {
    let snapshot = seed().snapshot();
    let mut long = find(&snapshot, MAIN);
    long.markdown = "A long story & more of it. ".repeat(4000);
    for number in 0..30 {
        long = long.said(number, None);
        long.last_put().markdown = "Still copying. ".repeat(100);
    }
    let mut news = vec![News::Post];
    news.extend((4..34).map(|id| update(&id.to_string())));
    let mail = mail_about(&snapshot, &long, &news);
    assert!(mail.html.len() < 100_000, "{}", mail.html.len());
    assert!(
        mail.text
            .contains("11 earlier updates are on the status page.")
    );
    for part in [&mail.text, &mail.html] {
        assert!(part.contains(MANAGE));
    }
}
