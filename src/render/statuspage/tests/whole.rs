//! Whole documents, components and the status of the page.

use chrono_tz::Tz;
use serde_json::json;

use super::*;
use crate::domain::state::{State, StateKey, States, Tone};
use crate::render::html::tests::worlds::{calm, seed, stormy};

#[test]
fn every_document_of_every_world_has_its_shape() {
    for mut world in [World::empty(), calm(), stormy(), seed()] {
        for zone in [Tz::America__Denver, Tz::UTC, Tz::Asia__Kathmandu] {
            world.whole.site.zone = zone;
            for resource in Resource::ALL {
                answer(&world, resource);
            }
        }
    }
}

#[test]
fn of_an_empty_site_lists_are_empty_and_never_null() {
    let summary = answer(&World::empty(), Resource::Summary);
    for list in ["components", "incidents", "scheduled_maintenances"] {
        assert_eq!(summary[list], json!([]), "{list}");
    }
    let (indicator, description) = status(&World::empty());
    assert_eq!(indicator, "none");
    assert_eq!(description, "All Systems Operational");
}

#[test]
fn a_name_leads_to_its_document_and_no_other_name_to_any() {
    for resource in Resource::ALL {
        assert_eq!(Resource::parse(resource.name()), Some(resource));
    }
    for name in ["", "incident", "incidents/", "Summary", "incidents/active"] {
        assert_eq!(Resource::parse(name), None, "{name}");
    }
}

#[test]
fn the_page_says_when_something_last_became_public() {
    let mut world = calm();
    let updated_at = |world: &World| answer(world, Resource::Status)["page"]["updated_at"].clone();
    assert_eq!(updated_at(&world), "2012-09-30T18:00:00.000-06:00");
    world.change("nelson", "2013-02-01T12:00:00.250Z", "degraded");
    assert_eq!(updated_at(&world), "2013-02-01T05:00:00.250-07:00");
    let mut late = world.incident("late", "Noticed late", "2013-01-01T12:00:00Z");
    late.public_at = at("2013-02-20T12:00:00Z");
    world.publish(late);
    assert_eq!(updated_at(&world), "2013-02-20T05:00:00.000-07:00");
}

#[test]
fn a_group_is_a_component_before_its_own() {
    let mut world = World::empty();
    for (key, group) in [
        ("web", ""),
        ("selma", "Servers"),
        ("mail", "Services"),
        ("nelson", "Servers"),
        ("dns", ""),
    ] {
        world.component(key, key, group, "2009-05-01");
    }
    world.whole.components[3].0.description = None;
    world.whole.components[3].0.since = None;
    world.change("nelson", "2013-02-26T01:00:00Z", "degraded");
    world.change("selma", "2013-02-26T02:00:00Z", "migrating");
    let list = &answer(&world, Resource::Components)["components"];
    let names = [
        "web", "Servers", "selma", "nelson", "Services", "mail", "dns",
    ];
    assert_eq!(texts(list, "name"), names);
    let statuses = [
        "operational",
        "degraded_performance",
        "under_maintenance",
        "degraded_performance",
        "operational",
        "operational",
        "operational",
    ];
    assert_eq!(texts(list, "status"), statuses);
    let positions: Vec<_> = (0..7)
        .map(|index| list[index]["position"].clone())
        .collect();
    assert_eq!(json!(positions), json!([1, 2, 1, 2, 3, 1, 4]));
    let group = &list[1];
    assert_eq!(group["components"], json!([list[2]["id"], list[3]["id"]]));
    assert_eq!(group["updated_at"], "2013-02-25T19:00:00.000-07:00");
    assert_eq!(list[2]["group_id"], group["id"]);
    assert_eq!(list[0]["group_id"], json!(null));
    assert_eq!(list[2]["start_date"], "2009-05-01");
    assert_eq!(list[2]["description"], "Shared hosting and mail");
    assert_eq!(list[3]["start_date"], json!(null));
    assert_eq!(list[3]["description"], json!(null));
    assert_eq!(list[3]["created_at"], "2012-09-30T18:00:00.000-06:00");
    assert_eq!(list[3]["updated_at"], "2013-02-25T18:00:00.000-07:00");
    // Its past is older than the database.
    for (component, _) in &mut world.whole.components {
        component.created_at = at("2020-01-01T00:00:00Z");
    }
    let list = &answer(&world, Resource::Components)["components"];
    assert_eq!(list[3]["created_at"], "2013-02-25T18:00:00.000-07:00");
    assert_eq!(list[3]["updated_at"], "2013-02-25T18:00:00.000-07:00");
    assert_eq!(list[1]["created_at"], "2013-02-25T18:00:00.000-07:00");
    assert_eq!(list[0]["created_at"], "2019-12-31T17:00:00.000-07:00");
}

#[test]
fn a_retired_component_is_nowhere_and_affects_nothing() {
    let mut world = World::empty();
    world.component("selma", "Selma", "Servers", "");
    world.change("selma", "2013-02-26T01:00:00Z", "major_outage");
    assert_eq!(status(&world).0, "critical");
    let mut incident = world.incident("down", "Down", "2013-02-25T01:00:00Z");
    incident.mentions = vec![slug("selma")];
    world.publish(incident);
    world.whole.components[0].0.retired_at = Some(at("2013-02-26T02:00:00Z"));
    let summary = answer(&world, Resource::Summary);
    assert_eq!(summary["components"], json!([]));
    let incident = &summary["incidents"][0];
    assert_eq!(incident["components"], json!([]));
    let affected = &incident["incident_updates"][0]["affected_components"];
    assert_eq!(*affected, json!([]));
    assert_eq!(status(&world).0, "minor", "the incident is open");
}

#[test]
fn states_are_mapped_as_the_site_says() {
    let own = |key: &str, tone, statuspage: &str| State {
        key: StateKey::new(key),
        label: key.to_owned(),
        reads: "is so".to_owned(),
        tone,
        down_permille: 0,
        statuspage: statuspage.to_owned(),
        dropped: key == "gone",
    };
    let mut world = World::empty();
    world.whole.states = States::with_own(vec![
        own("rescue", Tone::Info, "major_outage"),
        own("busy", Tone::Warn, ""),
        own("gone", Tone::Mid, "operational"),
    ]);
    world.component("selma", "Selma", "", "");
    for (state, expected, indicator) in [
        ("operational", "operational", "none"),
        ("maintenance", "under_maintenance", "maintenance"),
        ("migrating", "under_maintenance", "maintenance"),
        ("degraded", "degraded_performance", "minor"),
        ("partial_outage", "partial_outage", "major"),
        ("major_outage", "major_outage", "critical"),
        ("rescue", "major_outage", "critical"),
        ("busy", "degraded_performance", "minor"),
        ("gone", "operational", "none"),
        ("never_heard_of", "under_maintenance", "maintenance"),
    ] {
        world.change("selma", "2013-02-26T01:00:00Z", state);
        let list = &answer(&world, Resource::Components)["components"];
        assert_eq!(texts(list, "status"), [expected], "{state}");
        assert_eq!(status(&world).0, indicator, "{state}");
    }
}
