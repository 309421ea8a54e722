//! The admin API, one resource a file.

use crate::render::json::setting::Settings;

pub(super) mod audit;
pub(super) mod components;
pub(super) mod incidents;
pub(super) mod preview;
pub(super) mod tokens;
pub(super) mod updates;

/// Whether a request changes a state; to name a component changes none.
fn sets_states(settings: Option<&Settings>) -> bool {
    settings.is_some_and(|settings| settings.0.iter().any(|(_, setting)| setting.is_some()))
}
