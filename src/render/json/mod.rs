//! The public documents as data; their types are those of `wire`.

mod incident;

pub use self::incident::{incident, update};
