//! Incidents and maintenances: their statuses, times, texts and what they did to components.

use serde_json::json;

use super::*;
use crate::domain::component::Origin;
use crate::domain::update::Phase;

/// The only incident or maintenance of a world.
#[track_caller]
fn only(world: &World, resource: Resource) -> Value {
    let answer = answer(world, resource);
    let list = answer.get("incidents");
    let list = list.or(answer.get("scheduled_maintenances"));
    let list = list.and_then(Value::as_array).expect("a list");
    assert_eq!(list.len(), 1, "{list:?}");
    list[0].clone()
}

fn with_servers() -> World {
    let mut world = World::empty();
    world.component("selma", "Selma", "Servers", "");
    world.component("nelson", "Nelson", "Servers", "");
    world
}

/// Selma breaks, is half mended and then whole; Nelson is only named.
fn broken() -> World {
    let mut world = with_servers();
    let mut incident = world.incident("down", "Selma is down", "2013-02-26T08:00:00Z");
    incident.markdown = "It *stopped*. See [why](/why).\n\n<!-- ask Dana -->\n\nMore soon.".into();
    let mut broke = world.change("selma", "2013-02-26T08:00:00Z", "major_outage");
    broke.origin = Origin::Post;
    incident.changes = vec![broke];
    incident.mentions = vec![slug("nelson")];
    let half = "2013-02-26T09:00:00Z";
    let mended = "2013-02-26T09:30:00Z";
    incident.updates = vec![
        world.update(
            "u1",
            half,
            Some(Phase::Monitoring),
            "Half.",
            &["selma=degraded"],
        ),
        world.update("u2", "2013-02-26T09:10:00Z", None, "Still half.", &[]),
        world.update(
            "u3",
            mended,
            Some(Phase::Resolved),
            "Whole.",
            &["selma<operational"],
        ),
    ];
    incident.updates[0].public_at = at("2013-02-26T09:05:00Z");
    incident.updates[0].edited_at = Some(at("2013-02-26T09:45:00Z"));
    world.publish(incident);
    world
}

#[test]
fn an_incident_says_what_was_said_newest_first() {
    let incident = only(&broken(), Resource::Incidents);
    let updates = &incident["incident_updates"];
    let statuses = ["resolved", "monitoring", "monitoring", "investigating"];
    assert_eq!(texts(updates, "status"), statuses);
    assert_eq!(
        texts(updates, "body")[..3],
        ["Whole.", "Still half.", "Half."]
    );
    let post = texts(updates, "body")[3];
    assert!(post.starts_with("It stopped. See why"), "{post}");
    assert!(post.contains("https://status.example.com/why"), "{post}");
    assert!(
        post.ends_with("More soon.") && !post.contains("Dana"),
        "{post}"
    );
    let half = &updates[2];
    assert_eq!(half["display_at"], "2013-02-26T02:00:00.000-07:00");
    assert_eq!(half["created_at"], "2013-02-26T02:05:00.000-07:00");
    assert_eq!(half["updated_at"], "2013-02-26T02:45:00.000-07:00");
    for (field, expected) in [
        ("name", json!("Selma is down")),
        ("status", json!("resolved")),
        ("impact", json!("critical")),
        ("created_at", json!("2013-02-26T01:00:00.000-07:00")),
        ("started_at", json!("2013-02-26T01:00:00.000-07:00")),
        ("monitoring_at", json!("2013-02-26T02:00:00.000-07:00")),
        ("resolved_at", json!("2013-02-26T02:30:00.000-07:00")),
        ("updated_at", json!("2013-02-26T02:45:00.000-07:00")),
        (
            "shortlink",
            json!("https://status.example.com/incidents/down"),
        ),
    ] {
        assert_eq!(incident[field], expected, "{field}");
    }
    assert_eq!(texts(&incident["components"], "name"), ["Selma", "Nelson"]);
}

#[test]
fn an_update_says_from_which_status_to_which() {
    let incident = only(&broken(), Resource::Incidents);
    let affected = |index: usize| {
        let list = &incident["incident_updates"][index]["affected_components"];
        let names = texts(list, "name").into_iter();
        let statuses = texts(list, "old_status").into_iter();
        let statuses = statuses.zip(texts(list, "new_status"));
        names.zip(statuses).collect::<Vec<_>>()
    };
    let (fine, bad) = ("operational", "major_outage");
    let half = "degraded_performance";
    assert_eq!(affected(0), [("Selma", (half, fine))]);
    assert_eq!(affected(1), []);
    assert_eq!(affected(2), [("Selma", (bad, half))]);
    let post = [("Selma", (fine, bad)), ("Nelson", (fine, fine))];
    assert_eq!(affected(3), post);
}

#[test]
fn a_post_without_a_text_leaves_what_it_did_to_the_first_update() {
    let mut world = broken();
    world.whole.incidents[0].markdown = " \n".into();
    let incident = only(&world, Resource::Incidents);
    let updates = &incident["incident_updates"];
    assert_eq!(texts(updates, "body"), ["Whole.", "Still half.", "Half."]);
    let first = &updates[2]["affected_components"];
    assert_eq!(texts(first, "name"), ["Selma", "Nelson"]);
    assert_eq!(texts(first, "old_status"), ["operational", "operational"]);
    assert_eq!(
        texts(first, "new_status"),
        ["degraded_performance", "operational"]
    );
    world.whole.incidents[0].updates.clear();
    let incident = only(&world, Resource::Incidents);
    assert_eq!(texts(&incident["incident_updates"], "body"), [""]);
}

#[test]
fn a_post_written_after_the_end_is_the_postmortem() {
    let status_of = |published: &str, last: Option<Phase>| {
        let mut world = broken();
        world.whole.incidents[0].published_at = at(published);
        if let Some(phase) = last {
            let late = "2013-02-26T09:50:00Z";
            let update = world.update("u4", late, Some(phase), "Later.", &[]);
            world.whole.incidents[0].updates.push(update);
        }
        let incident = only(&world, Resource::Incidents);
        let status = incident["status"].as_str().expect("a text").to_owned();
        let bodies = texts(&incident["incident_updates"], "body");
        let place = bodies
            .iter()
            .position(|body| body.starts_with("It stopped"));
        (status, place)
    };
    let check = |published: &str, last, status: &str, place| {
        let expected = (status.to_owned(), Some(place));
        assert_eq!(status_of(published, last), expected, "{published} {last:?}");
    };
    check("2013-02-26T08:00:00Z", None, "resolved", 3);
    check("2013-02-26T09:20:00Z", None, "resolved", 1);
    check("2013-02-26T09:30:00Z", None, "resolved", 1);
    check("2013-02-26T09:40:00Z", None, "postmortem", 0);
    check(
        "2013-02-26T09:40:00Z",
        Some(Phase::Monitoring),
        "monitoring",
        1,
    );
    check(
        "2013-02-26T08:00:00Z",
        Some(Phase::Postmortem),
        "postmortem",
        4,
    );
}

#[test]
fn the_phase_of_the_front_matter_counts_too() {
    let statuses = |stated: Phase, updates: &[Option<Phase>]| {
        let mut world = World::empty();
        let mut incident = world.incident("old", "Old", "2013-02-20T08:00:00Z");
        incident.markdown = "Post.".into();
        incident.stated_phase = Some(stated);
        let times = ["2013-02-20T09:00:00Z", "2013-02-20T10:00:00Z"];
        let made = times.iter().zip(updates).enumerate();
        incident.updates = made
            .map(|(index, (when, phase))| {
                world.update(&index.to_string(), when, *phase, "Said.", &[])
            })
            .collect();
        world.publish(incident);
        let incident = only(&world, Resource::Incidents);
        let list = texts(&incident["incident_updates"], "status");
        list.iter().rev().copied().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(statuses(Phase::Identified, &[]), "identified");
    assert_eq!(statuses(Phase::Resolved, &[]), "resolved");
    let silent = [None, None];
    let expected = "investigating investigating resolved";
    assert_eq!(statuses(Phase::Resolved, &silent), expected);
    let expected = "investigating investigating postmortem";
    assert_eq!(statuses(Phase::Postmortem, &silent), expected);
    let expected = "identified identified identified";
    assert_eq!(statuses(Phase::Identified, &silent), expected);
    let said = [Some(Phase::Monitoring), None];
    let expected = "investigating monitoring monitoring";
    assert_eq!(statuses(Phase::Resolved, &said), expected);
}

#[test]
fn a_maintenance_goes_through_its_steps() {
    let mut world = with_servers();
    let mut work = world.incident("disks", "New disks", "2013-02-20T08:00:00Z");
    work.kind = Kind::Maintenance;
    work.markdown = "We swap disks.".into();
    work.starts = Some(at("2013-02-26T08:00:00Z"));
    work.ends = Some(at("2013-02-26T12:00:00Z"));
    let mut plan = world.change("selma", "2013-02-26T08:00:00Z", "maintenance");
    world.whole.components[0].1.clear();
    plan.origin = Origin::Plan;
    plan.at = at("2013-02-20T08:00:00Z");
    work.changes = vec![plan];
    // A plan isn't in the history.
    let id = work.id.clone();
    world.whole.incidents.push(work);
    let lists = |world: &World| {
        let ids = |resource| {
            let answer = answer(world, resource);
            answer["scheduled_maintenances"].as_array().map(Vec::len)
        };
        [
            ids(Resource::Maintenances),
            ids(Resource::UpcomingMaintenances),
            ids(Resource::ActiveMaintenances),
            ids(Resource::Summary),
        ]
        .map(|count| count == Some(1))
    };
    let planned = only(&world, Resource::UpcomingMaintenances);
    assert_eq!(planned["scheduled_for"], "2013-02-26T01:00:00.000-07:00");
    assert_eq!(planned["scheduled_until"], "2013-02-26T05:00:00.000-07:00");
    assert_eq!(planned["started_at"], planned["scheduled_for"]);
    let affected = &planned["incident_updates"][0]["affected_components"];
    assert_eq!(texts(affected, "old_status"), ["operational"]);
    assert_eq!(texts(affected, "new_status"), ["operational"]);
    assert_eq!(lists(&world), [true, true, false, true]);
    assert_eq!(status(&world).0, "none", "it hasn't begun");
    for (phase, step, shown, indicator) in [
        (
            Phase::InProgress,
            "in_progress",
            [true, false, true, true],
            "maintenance",
        ),
        (
            Phase::Verifying,
            "verifying",
            [true, false, true, true],
            "maintenance",
        ),
        (
            Phase::Completed,
            "completed",
            [true, false, false, false],
            "none",
        ),
        (
            Phase::Cancelled,
            "completed",
            [true, false, false, false],
            "none",
        ),
        (
            Phase::Postmortem,
            "completed",
            [true, false, false, false],
            "none",
        ),
        (
            Phase::Scheduled,
            "scheduled",
            [true, true, false, true],
            "none",
        ),
    ] {
        let update = world.update("u", "2013-02-26T09:00:00Z", Some(phase), "Said.", &[]);
        let incident = world.whole.incidents.iter_mut().find(|it| it.id == id);
        incident.expect("it is there").updates = vec![update];
        let found = only(&world, Resource::Maintenances);
        assert_eq!(found["status"], step, "{phase:?}");
        assert_eq!(found["monitoring_at"], json!(null));
        assert_eq!(lists(&world), shown, "{phase:?}");
        assert_eq!(status(&world).0, indicator, "{phase:?}");
        assert_eq!(answer(&world, Resource::Incidents)["incidents"], json!([]));
    }
}

#[test]
fn a_maintenance_always_has_a_window() {
    let window = |starts: Option<&str>, ends: Option<&str>, completed: bool| {
        let mut world = World::empty();
        let mut work = world.incident("disks", "New disks", "2013-02-20T08:00:00Z");
        work.kind = Kind::Maintenance;
        work.starts = starts.map(at);
        work.ends = ends.map(at);
        if completed {
            let done = "2013-02-26T09:00:00Z";
            work.updates = vec![world.update("u", done, Some(Phase::Completed), "Done.", &[])];
        }
        world.publish(work);
        let found = only(&world, Resource::Maintenances);
        let hour = |field: &str| found[field].as_str().expect("a text")[8..13].to_owned();
        [hour("scheduled_for"), hour("scheduled_until")]
    };
    let (starts, ends) = (Some("2013-02-26T08:00:00Z"), Some("2013-02-26T12:00:00Z"));
    assert_eq!(window(starts, ends, true), ["26T01", "26T05"]);
    assert_eq!(window(starts, None, false), ["26T01", "26T01"]);
    assert_eq!(window(starts, None, true), ["26T01", "26T02"]);
    assert_eq!(window(None, ends, false), ["20T01", "26T05"]);
    assert_eq!(window(None, None, false), ["20T01", "20T01"]);
}

#[test]
fn a_notice_is_left_out_even_if_it_is_bad() {
    let mut world = World::empty();
    let mut notice = world.incident("news", "We are moving", "2013-02-26T08:00:00Z");
    notice.kind = Kind::Notice;
    notice.stated_impact = Some(crate::domain::incident::Impact::Critical);
    world.publish(notice);
    let summary = answer(&world, Resource::Summary);
    assert_eq!(summary["incidents"], json!([]));
    assert_eq!(summary["status"]["indicator"], "none");
    for resource in [Resource::Incidents, Resource::UnresolvedIncidents] {
        assert_eq!(answer(&world, resource)["incidents"], json!([]));
    }
}

#[test]
fn lists_hold_the_newest_fifty_and_what_is_open_is_never_cut() {
    let mut world = World::empty();
    for number in 0..60 {
        let day = at("2012-01-01T00:00:00Z") + chrono::Duration::days(number);
        let key = format!("trouble-{number}");
        let mut incident = world.incident(&key, &key, &day.to_rfc3339());
        incident.id = key;
        world.publish(incident);
    }
    let all = answer(&world, Resource::Incidents)["incidents"].clone();
    let names = texts(&all, "name");
    assert_eq!(
        (names.len(), names[0], names[49]),
        (50, "trouble-59", "trouble-10")
    );
    let open = answer(&world, Resource::UnresolvedIncidents)["incidents"].clone();
    assert_eq!(texts(&open, "name").len(), 60);
    let summary = answer(&world, Resource::Summary)["incidents"].clone();
    assert_eq!(summary, open);
}

#[test]
fn a_plan_affects_nothing_before_it_begins() {
    let mut world = with_servers();
    let mut work = world.incident("disks", "New disks", "2013-02-20T08:00:00Z");
    work.kind = Kind::Maintenance;
    work.markdown = "We swap disks.".into();
    work.starts = Some(at("2013-02-26T08:00:00Z"));
    let starts = "2013-02-26T08:00:00Z";
    let begun = Some(Phase::InProgress);
    let mut update = world.update("u", starts, begun, "Begun.", &["selma=maintenance"]);
    update.changes[0].origin = Origin::Begin;
    let mut plan = update.changes[0].clone();
    plan.origin = Origin::Plan;
    plan.update = None;
    work.updates = vec![update];
    world.publish(work);
    // A plan isn't in the history.
    world.whole.incidents[0].changes = vec![plan];
    let found = only(&world, Resource::ActiveMaintenances);
    let statuses = |index: usize| {
        let list = &found["incident_updates"][index]["affected_components"];
        let new = texts(list, "new_status").into_iter();
        let pairs = texts(list, "old_status").into_iter().zip(new);
        pairs.collect::<Vec<_>>()
    };
    let (fine, under) = ("operational", "under_maintenance");
    assert_eq!(statuses(0), [(fine, under)]);
    assert_eq!(statuses(1), [(fine, fine)]);
}
