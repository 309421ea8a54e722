//! Every document: its shape, its words, and what it says of components, incidents and maintenances.

mod incidents;
mod random;
mod shapes;
mod whole;

use serde_json::Value;

use super::*;
use crate::render::html::tests::world::{World, at, slug};

/// A document of a world, with the right shape.
fn answer(world: &World, resource: Resource) -> Value {
    answer_of(&world.snapshot(), resource)
}

/// The same of a snapshot.
fn answer_of(snapshot: &Snapshot, resource: Resource) -> Value {
    let text = render(snapshot, resource);
    let answer = serde_json::from_str(&text).expect("it is JSON");
    shapes::check(resource, &answer);
    answer
}

/// The values of a field in a list, as text.
fn texts<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    let list = list.as_array().expect("a list").iter();
    list.map(|item| item[field].as_str().expect("a text"))
        .collect()
}

/// Indicator and description.
fn status(world: &World) -> (String, String) {
    let status = &answer(world, Resource::Status)["status"];
    let text = |field: &str| status[field].as_str().expect("a text").to_owned();
    (text("indicator"), text("description"))
}
