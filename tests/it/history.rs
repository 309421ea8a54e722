//! What becomes of components as incidents come and go.

use lightship::actions::ActionError;
use lightship::actions::add_update::add_update;
use lightship::actions::correct_update::{reinstate_update, withdraw_update};
use lightship::actions::create_incident::create_incident;
use lightship::actions::edit_incident::withdraw_incident;
use lightship::actions::new_incident::NewIncident;
use lightship::actions::new_update::NewUpdate;
use lightship::actions::set_component_state::{NewState, set_component_state};
use lightship::domain::slug::Slug;
use lightship::domain::state::StateKey;
use lightship::domain::update::Phase;

use crate::support::{World, slug};

async fn selma_is_down(world: &World) -> Slug {
    let mut change = world.change().await;
    let wanted = NewIncident {
        title: "Selma is down".to_owned(),
        components: vec![(slug("selma"), Some((StateKey::new("Major outage"), None)))],
        update: Some(NewUpdate {
            markdown: "We are looking.".to_owned(),
            ..NewUpdate::default()
        }),
        ..NewIncident::default()
    };
    let made = create_incident(&mut change, wanted)
        .await
        .expect("it is made");
    change.commit().await.expect("it is kept");
    made
}

async fn resolve(world: &World, incident: &Slug) -> String {
    world.clock.advance(chrono::Duration::minutes(30));
    let mut change = world.change().await;
    let wanted = NewUpdate {
        markdown: "The copy is complete.".to_owned(),
        phase: Some(Phase::Resolved),
        ..NewUpdate::default()
    };
    let id = add_update(&mut change, incident, wanted)
        .await
        .expect("it is added");
    change.commit().await.expect("it is kept");
    id
}

async fn state_of_selma(world: &World) -> String {
    let snapshot = world.snapshot().await;
    let record = snapshot.find_component(&slug("selma")).expect("selma");
    snapshot.standing(record).state.to_string()
}

#[tokio::test]
async fn resolving_gives_back_and_withdrawing_that_takes_it_again() {
    let world = World::at("2013-02-26T09:15:00Z")
        .await
        .with_component("selma")
        .await;
    let incident = selma_is_down(&world).await;
    assert_eq!(state_of_selma(&world).await, "major_outage");
    let update = resolve(&world, &incident).await;
    assert_eq!(state_of_selma(&world).await, "operational");

    let mut change = world.change().await;
    withdraw_update(&mut change, &incident, &update)
        .await
        .expect("withdrawn");
    change.commit().await.expect("kept");
    assert_eq!(state_of_selma(&world).await, "major_outage");

    let mut change = world.change().await;
    reinstate_update(&mut change, &incident, &update)
        .await
        .expect("back");
    change.commit().await.expect("kept");
    assert_eq!(state_of_selma(&world).await, "operational");
}

#[tokio::test]
async fn a_change_that_is_not_committed_leaves_nothing_behind() {
    let world = World::at("2013-02-26T09:15:00Z")
        .await
        .with_component("selma")
        .await;
    let before = world.snapshot().await.revision;
    let mut change = world.change().await;
    let wanted = NewState {
        component: slug("selma"),
        state: StateKey::new("degraded"),
        note: None,
        incident: None,
        at: None,
        seen: None,
    };
    set_component_state(&mut change, wanted).await.expect("set");
    drop(change);
    assert_eq!(state_of_selma(&world).await, "operational");
    assert_eq!(world.snapshot().await.revision, before);
}

#[tokio::test]
async fn a_withdrawn_incident_takes_its_states_with_it_and_frees_its_slug() {
    let world = World::at("2013-02-26T09:15:00Z")
        .await
        .with_component("selma")
        .await;
    let incident = selma_is_down(&world).await;
    let mut change = world.change().await;
    withdraw_incident(&mut change, &incident)
        .await
        .expect("withdrawn");
    change.commit().await.expect("kept");
    assert_eq!(state_of_selma(&world).await, "operational");
    assert!(world.snapshot().await.posts.is_empty());
    assert_eq!(selma_is_down(&world).await, incident);
}

#[tokio::test]
async fn a_wrong_state_is_refused_with_the_nearest_right_word() {
    let world = World::at("2013-02-26T09:15:00Z")
        .await
        .with_component("selma")
        .await;
    let mut change = world.change().await;
    let wanted = NewState {
        component: slug("selma"),
        state: StateKey::new("migratng"),
        note: None,
        incident: None,
        at: None,
        seen: None,
    };
    let error = set_component_state(&mut change, wanted)
        .await
        .expect_err("refused");
    let ActionError::Invalid(fields) = error else {
        panic!("{error}")
    };
    assert_eq!(fields[0].pointer, "/state");
    assert_eq!(
        fields[0].detail,
        "unknown state \"migratng\"; did you mean \"migrating\"?"
    );
}
