//! The public documents as data; their types are in `wire`.

mod incident;
pub mod webhook;

pub use self::incident::{incident, update};
