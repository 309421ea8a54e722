//! Everything that is counted.

use super::channels::ChannelGauges;
use super::deliveries::DeliveryCounts;
use super::histogram::Histogram;
use super::mail::MailGauges;
use super::open_connections::OpenConnections;
use super::requests::RequestCounts;
use super::sign_ins::FailedSignIns;

/// Everything that is counted; shared in an `Arc`.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Requests answered on the public listener.
    pub requests: RequestCounts,
    /// How long it took until a change was served.
    pub publish_latency: Histogram,
    /// Connections that are sent changes while they are open.
    pub live: OpenConnections,
    /// Messages that tell subscribers of news.
    pub deliveries: DeliveryCounts,
    /// Messages about a subscription itself: the link to confirm, the welcome.
    pub letters: DeliveryCounts,
    /// The queue of messages, and the mail server.
    pub mail: MailGauges,
    /// The channels that staff added, and what waits for them.
    pub channels: ChannelGauges,
    /// Tokens that were refused.
    pub failed_sign_ins: FailedSignIns,
}
