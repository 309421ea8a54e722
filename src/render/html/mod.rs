//! The public pages, one per file, and their shared parts.

pub(in crate::render) mod changes;
pub mod component;
mod component_changes;
pub mod component_month;
pub mod components;
mod day_bar;
pub mod embed;
pub mod error;
pub mod history;
pub mod home;
pub mod incident;
pub mod layout;
pub(in crate::render) mod listing;
pub mod live;
pub mod moved;
pub(in crate::render) mod open;
pub mod parts;
pub mod staff;
pub mod subscribe;
#[cfg(test)]
pub(in crate::render) mod tests;
mod uptime;
