//! Times as people say them in forms, read as files and the command line read them.

pub use crate::content::update_entries::{Lean, SpokenContext, SpokenTime, read_spoken};
