//! What Prometheus can ask about this process: counters that the other rooms increase, and the text
//! in which they are reported.
//!
//! Every label comes from a closed set, and every series exists from the start, so no request can
//! add one. Counting takes no lock and allocates nothing.

pub use self::channels::ChannelGauges;
pub use self::deliveries::{DeliveryCounts, MessageResult};
pub use self::histogram::Histogram;
pub use self::mail::{MailGauges, MailServer, Queue};
pub use self::open_connections::{OpenConnection, OpenConnections};
pub use self::registry::Metrics;
pub use self::report::{Observed, report};
pub use self::requests::{RequestCell, RequestCounts, RequestKind, ThreadCounts};
pub use self::sign_ins::{FailedSignIns, SignInWay};

mod channels;
mod deliveries;
mod exposition;
mod histogram;
mod mail;
mod open_connections;
mod registry;
mod report;
mod requests;
mod sign_ins;
