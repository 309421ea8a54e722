//! Buffers that a serving thread has once and lends to each of its connections in turn. So an idle
//! connection holds next to nothing.

use chrono::{DateTime, Utc};

use super::response_buffer::ResponseBuffer;
use crate::metrics::ThreadCounts;

/// The most bytes of requests that are read at once. A longer head is unusual.
pub(super) const ROOM_BYTES: usize = 16 * 1024;

/// The buffers of a thread.
pub(super) struct ThreadBuffers {
    /// The buffer for requests.
    pub(super) inbox: Box<[u8]>,
    /// The buffer for responses.
    pub(super) response: ResponseBuffer,
    /// The thread's own counters.
    pub(super) counts: ThreadCounts,
}

impl ThreadBuffers {
    /// New buffers with the date of `now`.
    pub(super) fn new(now: DateTime<Utc>, counts: ThreadCounts) -> Self {
        let mut buffers = Self {
            inbox: vec![0; ROOM_BYTES].into_boxed_slice(),
            response: ResponseBuffer::new(ROOM_BYTES),
            counts,
        };
        buffers.set_date(now);
        buffers
    }

    /// Sets the date of responses.
    pub(super) fn set_date(&mut self, now: DateTime<Utc>) {
        let text = now
            .format("date: %a, %d %b %Y %H:%M:%S GMT\r\n\r\n")
            .to_string();
        // This fits until the year 9999.
        if let Ok(date) = text.as_bytes().try_into() {
            self.response.set_date(date);
        }
    }
}
