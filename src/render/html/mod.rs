//! The public pages, one file each.

pub mod component;
pub mod error;
pub mod history;
pub mod home;
pub mod incident;
pub mod subscribe;
