//! The feeds. What an item says is decided once, in [`entry`]; RSS, Atom and JSON Feed only
//! write it down.

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
