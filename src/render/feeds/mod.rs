//! The feeds. [`entry`] decides once what an item says; RSS, Atom and JSON Feed only serialise
//! it. And the calendars.

mod content;
pub mod entry;
mod head;
mod ids;
mod items;
mod when;

pub mod atom;
pub mod ical;
pub mod json_feed;
pub mod rss;

/// A text on one line, without characters that no format can hold.
pub(in crate::render) fn plain(text: &str) -> String {
    content::one_line(&super::xml::allowed(text))
}

#[cfg(test)]
mod story;
#[cfg(test)]
mod tests;
