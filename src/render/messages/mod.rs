//! What the program itself says in whole sentences: facts in, words out. Each language is a file of its
//! own with the same functions; English is the only one so far.

mod english;

pub use english::{headline, rest_is_working, unknown_state};

#[cfg(test)]
mod tests;
