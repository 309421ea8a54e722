//! Lightship: a status page and incident blog in one binary. The rooms, lowest first:

pub mod content;
pub mod domain;
pub mod render;
pub mod snapshot;
pub mod urls;
