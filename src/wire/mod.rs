//! What the admin API takes and answers, one resource a file, and `/incidents/{slug}.json`.
//!
//! What goes out is read back by the command line. What comes in goes through [`parse`], which
//! reports every mistake with its place and how to mend it.

pub mod audit;
pub mod component;
pub mod fields;
pub mod incident;
mod instant;
pub mod maintenance;
pub mod ordered;
mod parse;
pub mod preview;
pub mod problem;
pub mod resolution;
pub mod setting;
pub mod site;
pub mod template;
pub mod token;
pub mod update;
mod values;
pub mod version;
pub mod words;

pub use self::parse::{Unusable, parse};
pub use self::problem::FieldError;

#[cfg(test)]
mod tests;
