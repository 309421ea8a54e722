//! Messages by channel and result.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::subscriber::Channel;

/// What became of an attempt to hand over a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageResult {
    /// It was taken.
    Delivered,
    /// It wasn't taken, and is tried again.
    Retried,
    /// The other side refused it for good, for example because there is no such mailbox.
    Refused,
    /// It was tried for too long, or can't be written.
    GaveUp,
}

impl MessageResult {
    pub(super) const ALL: [Self; 4] = [Self::Delivered, Self::Retried, Self::Refused, Self::GaveUp];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Retried => "retried",
            Self::Refused => "refused",
            Self::GaveUp => "gave_up",
        }
    }
}

/// How many messages had each result, by channel.
#[derive(Debug, Default)]
pub struct DeliveryCounts([[AtomicU64; MessageResult::ALL.len()]; Channel::ALL.len()]);

impl DeliveryCounts {
    /// Counts a message.
    pub fn add(&self, channel: Channel, result: MessageResult) {
        self.0[number(channel)][result as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn of(&self, channel: Channel, result: MessageResult) -> u64 {
        self.0[number(channel)][result as usize].load(Ordering::Relaxed)
    }
}

/// The place of a channel among all.
fn number(channel: Channel) -> usize {
    let mut all = Channel::ALL.iter();
    // Each is one of all.
    all.position(|it| *it == channel).unwrap_or_default()
}
