//! What the admin API takes and answers, one resource a file: written and read here only, by the
//! server and the command line alike. Incidents are also the public `/incidents/{slug}.json`.
//!
//! A request is defined with `request!`, each field once; the server reads it with [`parse`], which
//! reports every mistake with its place and how to mend it. An answer is a plain structure; a field
//! that is added later has a default, as an older server doesn't send it.

pub mod audit;
pub mod component;
mod field_error;
pub mod fields;
pub mod incident;
mod instant;
pub mod maintenance;
pub mod ordered;
mod parse;
pub mod preview;
pub mod problem;
mod request_macro;
pub mod resolution;
pub mod setting;
pub mod site;
pub mod template;
pub mod token;
pub mod update;
mod values;
pub mod version;
pub mod words;

pub use self::field_error::FieldError;
pub use self::parse::{Unusable, parse};

#[cfg(test)]
mod tests;
