//! What holds for any site.

use serde_json::json;

use super::*;
use crate::domain::incident::Impact;
use crate::domain::numbers::Numbers;
use crate::domain::update::Phase;

const STATES: [&str; 6] = [
    "operational",
    "maintenance",
    "migrating",
    "degraded",
    "partial_outage",
    "major_outage",
];

/// A site with a few components and incidents in any state and phase.
fn random(numbers: &mut Numbers) -> World {
    let mut world = World::empty();
    for number in 0..numbers.below(4) {
        let key = format!("server-{number}");
        let group = *numbers.pick(&["", "Servers", "Services"]);
        world.component(&key, &key, group, "");
        if numbers.one_in(2) {
            let state = *numbers.pick(&STATES);
            world.change(&key, "2013-02-26T01:00:00Z", state);
        }
        if numbers.one_in(5) {
            let (component, _) = world.whole.components.last_mut().expect("a component");
            component.retired_at = Some(at("2013-02-26T02:00:00Z"));
        }
    }
    for number in 0..numbers.below(4) {
        let key = format!("incident-{number}");
        let hour = numbers.below(8);
        let when = format!("2013-02-26T0{hour}:00:00Z");
        let mut incident = world.incident(&key, &key, &when);
        incident.id = key;
        incident.kind = *numbers.pick(&Kind::ALL);
        incident.markdown = (*numbers.pick(&["", "Text."])).to_owned();
        incident.stated_impact = numbers.maybe(|numbers| *numbers.pick(&Impact::ALL));
        let phases = incident.kind.phases();
        incident.stated_phase = numbers.maybe(|numbers| *numbers.pick(phases));
        for nth in 0..numbers.below(4) {
            let hour = numbers.below(10);
            let when = format!("2013-02-26T0{hour}:30:00Z");
            let phase: Option<Phase> = numbers.maybe(|numbers| *numbers.pick(phases));
            let update = world.update(&format!("{number}-{nth}"), &when, phase, "Said.", &[]);
            incident.updates.push(update);
        }
        world.publish(incident);
    }
    world
}

#[test]
fn the_indicator_is_none_exactly_if_nothing_is_wrong_or_under_way() {
    let mut numbers = Numbers(17);
    let mut calm = 0;
    for round in 0..250 {
        let snapshot = random(&mut numbers).snapshot();
        let summary = answer_of(&snapshot, Resource::Summary);
        let is_open = !snapshot.posts.open().is_empty();
        let components = texts(&summary["components"], "status");
        let all_work = components.iter().all(|status| *status == "operational");
        let is_none = summary["status"]["indicator"] == "none";
        assert_eq!(is_none, !is_open && all_work, "{round}: {summary}");
        calm += u32::from(is_none);
        assert_eq!(
            summary["status"],
            answer_of(&snapshot, Resource::Status)["status"]
        );
        let unresolved = &answer_of(&snapshot, Resource::UnresolvedIncidents)["incidents"];
        assert_eq!(summary["incidents"], *unresolved);
        for incident in unresolved.as_array().expect("a list") {
            let open = ["investigating", "identified", "monitoring"];
            let status = incident["status"].as_str().expect("a text");
            assert!(open.contains(&status), "{round}: {incident}");
            assert_eq!(incident["resolved_at"], json!(null));
        }
        for (resource, steps) in [
            (
                Resource::ActiveMaintenances,
                &["in_progress", "verifying"][..],
            ),
            (Resource::UpcomingMaintenances, &["scheduled"]),
        ] {
            let list = &answer_of(&snapshot, resource)["scheduled_maintenances"];
            let statuses = texts(list, "status");
            assert!(statuses.iter().all(|it| steps.contains(it)), "{statuses:?}");
        }
        for resource in Resource::ALL {
            answer_of(&snapshot, resource);
        }
    }
    assert!((20..230).contains(&calm), "{calm} were calm");
}
