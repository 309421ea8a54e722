//! Chats: the services that are known, and where in one a message goes.

mod address;
mod places;
mod service;

pub use self::address::{ChatAddress, Secret};
pub use self::places::NoChatAddress;
pub use self::service::{ChatService, Example};
