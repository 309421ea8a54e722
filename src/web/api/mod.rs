//! The admin API, one resource a file.

use crate::render::json::ordered::ByComponent;

pub(super) mod audit;
pub(super) mod components;
pub(super) mod incidents;
pub(super) mod maintenance;
pub(super) mod preview;
pub(super) mod resolution;
pub(super) mod site;
pub(super) mod templates;
pub(super) mod tokens;
pub(super) mod updates;
pub(super) mod versions;

/// Whether a request, or what it is about, sets a state; to name a component sets none.
fn sets_states<T>(components: Option<&ByComponent<Option<T>>>) -> bool {
    components.is_some_and(|components| components.0.iter().any(|(_, state)| state.is_some()))
}
