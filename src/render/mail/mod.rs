//! Messages to subscribers: a subject, plain text, and HTML beside it. Pure, as everything here.
//!
//! A message is a list of blocks, from which both texts are written. Nothing in it is loaded from
//! anywhere, so nobody learns whether it was opened.

mod as_html;
mod as_text;
pub(in crate::render) mod block;
mod broadcast;
pub(in crate::render) mod changes;
pub(in crate::render) mod colours;
mod component;
mod footer;
mod frame;
pub(in crate::render) mod incident;
mod letters;
mod reader;
pub(in crate::render) mod subject;
#[cfg(test)]
mod tests;
mod trial;

pub use self::broadcast::{Broadcast, Mail};
pub use self::component::component;
pub use self::incident::incident;
pub use self::letters::{already_subscribed, confirm, welcome};
pub use self::reader::Reader;
pub use self::trial::trial;
