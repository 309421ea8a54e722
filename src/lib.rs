//! Lightship: a status page and incident blog in one binary. The rooms, lowest first:

pub mod actions;
pub mod cli;
pub mod client;
pub mod clock;
pub mod content;
pub mod domain;
pub mod render;
pub mod site;
pub mod snapshot;
pub mod store;
pub mod urls;
