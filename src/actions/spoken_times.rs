//! Times as people say them in forms, read as files and the command line read them.

pub use crate::content::update_entries::{Ground, Lean, SpokenTime, read_spoken};
