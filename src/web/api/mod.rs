//! The admin API, one resource a file.

pub(super) mod audit;
pub(super) mod components;
pub(super) mod incidents;
pub(super) mod maintenance;
pub(super) mod preview;
pub(super) mod resolution;
pub(super) mod site;
pub(super) mod templates;
pub(super) mod tokens;
pub(super) mod updates;
pub(super) mod versions;
