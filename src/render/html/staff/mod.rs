//! The staff pages: server-rendered forms, one screen per file. Each takes a snapshot, the viewer
//! and the form's current contents.

pub mod audit;
mod audit_words;
pub mod channel_form;
pub mod channels;
pub mod component_form;
pub mod component_list;
pub mod component_state;
pub mod components;
pub mod correct;
pub mod dashboard;
pub mod delivery;
pub mod drafts;
pub mod error_page;
pub mod fields;
pub mod form;
pub mod frame;
pub mod incident;
pub mod known_fields;
pub mod maintenance;
pub mod maintenance_steps;
pub mod new_incident;
pub mod plan_maintenance;
pub mod posted;
pub mod sessions;
pub mod sign_in;
pub mod subscriber_form;
pub mod subscriber_import;
pub mod subscribers;
pub mod telling;
pub mod text_change;
pub mod token_form;
pub mod tokens;
pub mod update;
pub mod versions;
pub mod window;
pub mod withdraw;
