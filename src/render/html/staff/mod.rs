//! The staff pages: server-rendered forms, one screen a file. What each takes is a snapshot, who
//! looks, and the form as it stands.

pub mod component_state;
pub mod components;
pub mod correct;
pub mod desk;
pub mod fields;
pub mod form;
pub mod frame;
pub mod incident;
pub mod new_incident;
pub mod posted;
pub mod sign_in;
pub mod trouble;
pub mod update;
