//! Snapshots of whole messages. `cargo insta review` accepts changed ones.

use super::*;
use crate::domain::component::Origin;
use crate::domain::update::Phase;

/// All of a message but its stylesheets, which are the same in all, with one tag per line.
fn shown(mail: &Mail) -> String {
    let (head, rest) = mail.html.split_once("<style>").expect("styles");
    let (_, body) = rest.split_once("</head>").expect("a body");
    let html = format!("{head}</head>{body}").replace("><", ">\n<");
    format!("{}\n\n{}\n{html}", mail.subject, mail.text)
}

macro_rules! assert_mail {
    ($name:literal, $mail:expr) => {
        insta::assert_snapshot!($name, shown(&$mail))
    };
}

#[test]
fn an_update_with_a_change_of_state() {
    assert_mail!("update", about_main(&[update("u3")]));
}

#[test]
fn updates_that_piled_up() {
    assert_mail!(
        "piled-up",
        about_main(&[News::Post, update("u1"), update("u2"), update("u3")])
    );
}

#[test]
fn the_end() {
    let snapshot = seed().snapshot();
    let over = find(&snapshot, "nelson-memory");
    assert_mail!("resolved", mail_about(&snapshot, &over, &[update("n2")]));
}

#[test]
fn a_maintenance_is_announced_and_reminded_of() {
    let mut world = seed();
    let mut disks = world.incident("disks", "New disks for Ruby", "2013-02-25T17:00:00Z");
    disks.kind = crate::domain::incident::Kind::Maintenance;
    (disks.starts, disks.ends) = (
        Some(at("2013-03-03T05:00:00Z")),
        Some(at("2013-03-03T07:00:00Z")),
    );
    disks.markdown = "Expect two short interruptions.\n\nThe rest follows.".to_owned();
    let mut plan = world.change(
        "ruby",
        "2013-03-03T05:00:00Z",
        "maintenance: Two interruptions.",
    );
    plan.origin = Origin::Plan;
    disks.changes = vec![plan];
    let snapshot = seed().snapshot();
    assert_mail!("announced", mail_about(&snapshot, &disks, &[News::Post]));
    let remind = reminder(start_of_disks());
    assert_mail!("reminder", mail_about(&snapshot, &disks, &[remind]));
    let begun = world.update(
        "d1",
        "2013-02-26T09:50:00Z",
        Some(Phase::InProgress),
        "We have begun early.",
        &[],
    );
    disks.updates.push(begun);
    assert_mail!("begun", mail_about(&snapshot, &disks, &[update("d1")]));
}

#[test]
fn a_correction() {
    let correction = News::Correction {
        id: "u2".to_owned(),
        at_ms: at("2013-02-26T05:00:00Z").timestamp_millis(),
    };
    assert_mail!("correction", about_main(&[correction]));
}

#[test]
fn a_hostile_text() {
    let (snapshot, post, news) = hostile();
    assert_mail!("hostile", mail_about(&snapshot, &post, &news));
}

#[test]
fn a_component() {
    let mut world = seed();
    world.change("clark", "2013-02-26T09:30:00Z", "degraded: Disks are slow.");
    let snapshot = world.snapshot();
    let broadcast = component(&snapshot, &slug("clark")).expect("a component");
    assert_mail!("component", sent(&snapshot, &broadcast));
}

#[test]
fn letters() {
    let snapshot = seed().snapshot();
    let following = following(&[
        Target::Group("Servers".to_owned()),
        Target::Component(slug("mail")),
    ]);
    let reader = Reader {
        following: &following,
        manage_url: MANAGE,
        unsubscribe_url: UNSUBSCRIBE,
    };
    let confirm_url = "https://status.example.com/subscribe/confirm/abc";
    assert_mail!("confirm", confirm(&snapshot, &following, confirm_url));
    assert_mail!("already-subscribed", already_subscribed(&snapshot, &reader));
    let open = snapshot.open_incidents();
    assert_mail!("welcome", welcome(&snapshot, &reader, &open));
    assert_mail!("welcome-calm", welcome(&snapshot, &reader, &[]));
}
