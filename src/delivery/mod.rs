//! The outbox goes out: what is due is spread to subscribers' queues (`spread`), claimed, composed
//! as it stands at that moment (`compose`), handed over (`lanes`, `email`), and noted as done.
//!
//! Several processes share the work (`lease`). Delivery's own transactions are short and leave the
//! revision alone, so that staff hardly wait for them.

mod background;
pub mod chat;
mod compose;
mod courtesy;
mod database_failures;
pub mod dkim;
pub mod email;
pub mod header;
mod hold;
mod lanes;
mod lease;
mod letters;
pub mod outgoing;
mod results;
mod retry;
mod server_rest;
mod setup;
mod spread;
mod trial;
mod webhook;
mod worker;

pub use self::outgoing::{ChannelSetup, ChannelWorker, Resolver};
pub use self::setup::DeliverySetup;
pub use self::trial::try_mail;
pub use self::worker::Worker;
