//! The feeds. [`entry`] decides once what an item says; RSS, Atom and JSON Feed only serialise
//! it.

mod content;
pub mod entry;
mod head;
mod ids;
mod when;

pub mod atom;
pub mod json_feed;
pub mod rss;

#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
