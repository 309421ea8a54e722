//! Messages to chats, before a service's own form: a title, a tone, changes, a text as passages, a
//! link. Pure, as everything here. How a service writes them is in `delivery/chat`.

mod component;
mod cut;
mod incident;
mod message;
#[cfg(test)]
mod tests;
mod trial;

pub use self::component::component;
pub use self::cut::cut;
pub use self::incident::{Form, news};
pub use self::message::{Change, Detail, Link, Message};
pub use self::trial::trial;
