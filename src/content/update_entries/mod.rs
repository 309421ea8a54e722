//! The grammar of UPDATE entries: what people type into a post, and what it means.
//!
//! The path of a body: [`literal`] takes out literal texts, [`blocks`] finds the paragraphs,
//! headings and list items of the rest, [`flat`] and [`lexer`] turn their lines into words, numbers
//! and signs, [`draft`] reads label ([`label`]) and time ([`time_text`]) with what stands between
//! them ([`between_label_and_time`]), [`header`] decides by the rules of [`acceptance`], [`scan`]
//! collects the starts of entries, [`announced`] removes those that announce something, [`extent`]
//! says how far each entry reaches, [`raw`] collects its parts, and [`instants`] finds the
//! [`direction`] and gives each its instant ([`resolution`]).
//! [`leftovers`] knows the marks of other systems, [`instant_text`] formats instants for problems,
//! and [`spoken`] reads the times of flags and forms.

mod acceptance;
mod announced;
mod announced_lines;
mod between_label_and_time;
mod blocks;
mod calendar;
mod clock;
pub(in crate::content) mod comment;
pub(in crate::content) mod context;
mod date;
mod direction;
mod draft;
#[cfg(test)]
mod edge_tests;
mod entry;
mod extent;
mod flat;
mod found;
mod header;
pub mod identity;
pub(in crate::content) mod instant_text;
mod instants;
mod label;
mod leftovers;
mod lexer;
pub(in crate::content) mod literal;
#[cfg(test)]
mod problem_tests;
mod raw;
mod reading;
pub(in crate::content) mod report;
pub(in crate::content) mod resolution;
mod scan;
mod spoken;
#[cfg(test)]
pub mod spoken_times;
mod state_list;
#[cfg(test)]
mod stress_tests;
#[cfg(test)]
mod tests;
mod text;
pub(in crate::content) mod time_text;
mod zone_reading;
mod zone_text;

pub use self::announced_lines::{AnnouncedLines, kept_lines};
pub use self::context::Context;
pub use self::entry::{Entry, Reading, StateLine};
pub use self::reading::read;
pub(in crate::content) use self::reading::say_how_to_keep;
pub use self::spoken::{Lean, SpokenContext, SpokenTime, read_spoken};
