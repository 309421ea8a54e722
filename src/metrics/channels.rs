//! The channels that staff added, by the latest findings.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::domain::channel_status::ChannelStatus;

/// How many channels fare in each way, and what waits for them; so the same in every process.
#[derive(Debug, Default)]
pub struct ChannelGauges {
    counts: [AtomicU64; ChannelStatus::ALL.len()],
    messages: AtomicU64,
}

impl ChannelGauges {
    /// Notes how many channels fare in each way, of those that there are, and how many messages wait
    /// for them.
    pub fn set(&self, counts: &[(ChannelStatus, u64)], messages: u64) {
        for status in ChannelStatus::ALL {
            let count = counts.iter().find(|(of, _)| *of == status);
            let count = count.map_or(0, |(_, count)| *count);
            self.counts[status as usize].store(count, Ordering::Relaxed);
        }
        self.messages.store(messages, Ordering::Relaxed);
    }

    /// How many fare so.
    pub fn count(&self, status: ChannelStatus) -> u64 {
        self.counts[status as usize].load(Ordering::Relaxed)
    }

    /// How many messages wait.
    pub fn messages(&self) -> u64 {
        self.messages.load(Ordering::Relaxed)
    }
}
