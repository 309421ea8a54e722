//! Every change, one file per verb. Each one checks, and then writes everything in one transaction:
//! rows, history, activity log and revision.
//!
//! A [`Change`] is that transaction. Actions take it, so that several can form one change, and the
//! caller commits it. If it is dropped, nothing is written. Each action begins with
//! [`Change::require`], so its permission is checked however it is called.

pub mod add_update;
mod audit;
mod change;
pub mod change_maintenance;
pub mod channels;
mod checks;
mod commit;
pub mod correct_update;
pub mod create_incident;
pub mod decide_delivery;
mod dispatches;
pub mod edit_components;
pub mod edit_incident;
pub mod entry_place;
mod error;
pub mod follow_clock;
pub mod import_subscribers;
mod maintenance_fact;
pub mod new_incident;
pub mod new_update;
pub mod once;
mod plan_maintenance;
pub mod preview_resolution;
pub mod publish_draft;
pub mod remind;
mod repeat;
pub mod report_bounce;
pub mod sessions;
pub mod set_component_state;
mod settle;
pub mod spoken_times;
mod state_permission;
mod stated_states;
pub mod subscribers;
pub mod subscriptions;
mod sync_addresses;
pub mod sync_announced;
mod sync_candidate;
pub mod sync_content;
mod sync_entries;
pub mod sync_feeder;
mod sync_incident;
mod sync_match;
mod sync_overruled;
pub mod sync_report;
pub mod sync_seal;
mod sync_site;
mod sync_states;
mod sync_templates;
pub mod tokens;

pub use self::change::{Change, Once};
pub use self::error::{ActionError, FieldError};
