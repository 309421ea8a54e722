//! What goes to the channels that staff added, as HTTP requests: what is due is spread to their
//! queues (`spread`), claimed, composed by the channel's kind (`kinds`) and sent (`lanes`, `client`),
//! and noted as done (`results`).
//!
//! A channel has at most one request on its way. One that hangs holds up no other, and no mail.

mod client;
mod disabling;
pub mod exchange;
mod kinds;
mod lanes;
mod resolver;
mod response;
mod results;
mod retry;
mod spread;
mod worker;

pub use self::resolver::Resolver;
pub use self::worker::{ChannelSetup, ChannelWorker};
