//! What a serving thread has once and lends to each of its connections in turn: room to read into
//! and to write in, and the date. So a connection that waits holds next to nothing.

use chrono::{DateTime, Utc};

use super::response_buffer::ResponseBuffer;

/// Longest run of requests that is read at once. Longer heads are out of the ordinary.
pub(super) const ROOM_BYTES: usize = 16 * 1024;

/// What is lent.
pub(super) struct ThreadBuffers {
    /// Requests are read into this.
    pub(super) inbox: Box<[u8]>,
    /// Answers are put together in this.
    pub(super) response: ResponseBuffer,
}

impl ThreadBuffers {
    /// A buffers on this day.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let mut buffers = Self {
            inbox: vec![0; ROOM_BYTES].into_boxed_slice(),
            response: ResponseBuffer::new(ROOM_BYTES),
        };
        buffers.set_date(now);
        buffers
    }

    /// Sets the date that answers carry.
    pub(super) fn set_date(&mut self, now: DateTime<Utc>) {
        let text = now
            .format("date: %a, %d %b %Y %H:%M:%S GMT\r\n\r\n")
            .to_string();
        // Years have four figures for a while.
        if let Ok(date) = text.as_bytes().try_into() {
            self.response.set_date(date);
        }
    }
}
