//! Finds the place of an update in its file, for the staff pages.

pub use crate::content::entry_place::lines_of;
