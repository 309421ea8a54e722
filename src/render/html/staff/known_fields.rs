//! The fields of all forms. Any other field in a submitted form isn't ours: it is neither kept nor
//! written back.

use super::fields::Fields;
use super::{
    channel_form, channels, component_form, component_list, component_state, components, correct,
    maintenance_steps, new_incident, plan_maintenance, sign_in, subscriber_form, subscriber_import,
    subscribers, telling, token_form, update, window,
};

/// All names.
const NAMES: &[&str] = &[
    Fields::KEY,
    Fields::BUTTON,
    sign_in::TOKEN,
    sign_in::NEXT,
    sign_in::USERNAME,
    component_form::NAME,
    component_form::GROUP,
    component_form::DESCRIPTION,
    component_form::SINCE,
    component_form::SLUG,
    component_form::BEFORE,
    maintenance_steps::STEP,
    maintenance_steps::START,
    maintenance_steps::END,
    maintenance_steps::EXTEND,
    maintenance_steps::CANCEL,
    window::STARTS,
    window::ENDS,
    window::OVERLAP,
    plan_maintenance::TITLE,
    plan_maintenance::TEXT,
    new_incident::KIND,
    new_incident::DRAFT,
    component_list::MOVE,
    component_state::STATE,
    component_state::NOTE,
    component_state::SEEN,
    component_state::HOLDS,
    correct::WAS,
    correct::AUTHOR,
    correct::PUBLISHED_AT,
    correct::IMPACT,
    update::PHASE,
    update::AT,
    update::EARLY,
    update::RETURNS,
    subscribers::SEARCH,
    subscribers::AFTER,
    subscribers::REASON,
    subscriber_form::ADDRESS,
    subscriber_form::CONSENT,
    subscriber_form::GROUP,
    subscriber_import::TABLE,
    channel_form::KIND,
    channel_form::NAME,
    channel_form::URL,
    channel_form::ROOM,
    channel_form::TOKEN,
    channel_form::NO_TOKEN,
    channels::MESSAGE,
    telling::NOTIFY,
    telling::ASKED,
    token_form::DISPLAY_NAME,
    token_form::SCOPES,
    token_form::EXPIRES,
];

/// Prefixes of names that occur once for each component, scope or step.
const PREFIXES: &[&str] = &[
    components::STATE,
    components::NOTE,
    update::RETURN,
    subscriber_form::COMPONENT,
    token_form::SCOPE,
    channel_form::NEWS,
    maintenance_steps::TEXT,
];

/// Maximum length of a field's name.
const MAX_NAME_BYTES: usize = 200;

/// Whether a form of ours has a field of this name.
pub fn is_known(name: &str) -> bool {
    if name.len() > MAX_NAME_BYTES {
        return false;
    }
    let is_time = |known: &str| window::which(known) == name;
    NAMES.contains(&name)
        || NAMES.iter().any(|known| is_time(known))
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
