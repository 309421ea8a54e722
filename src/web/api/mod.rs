//! The admin API, one resource a file.

pub(super) mod components;
pub(super) mod incidents;
