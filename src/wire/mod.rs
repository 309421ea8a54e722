//! The requests and answers of the admin API, one resource a file. The server and the command line
//! read and write them only here. Incidents are also the public `/incidents/{slug}.json`.
//!
//! A request is defined with `request!`, each field once. The server reads it with [`parse`], which
//! reports every mistake with its place and how to fix it. An answer is a plain struct. A field
//! that is added later has a default, because an older server doesn't send it.

pub mod audit;
pub mod bounce;
pub mod channel;
pub mod component;
mod csv;
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
pub mod subscriber;
pub mod subscriber_table;
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
