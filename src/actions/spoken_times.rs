//! Relative and spoken times in forms, read as in files and on the command line.

pub use crate::content::update_entries::{Lean, SpokenContext, SpokenTime, read_spoken};
