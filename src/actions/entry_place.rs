//! Where in its file an update stands, for the staff pages.

pub use crate::content::entry_place::lines_of;
