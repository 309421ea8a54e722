//! What a serving thread has once and lends to each of its connections in turn: room to read into
//! and to write in, and the date. So a connection that waits holds next to nothing.

use chrono::{DateTime, Utc};

/// Longest run of requests that is read at once. Longer heads are out of the ordinary.
pub(super) const ROOM_BYTES: usize = 16 * 1024;

/// What is lent.
pub(super) struct Desk {
    /// Requests are read into this.
    pub(super) inbox: Box<[u8]>,
    /// Answers are put together in this.
    pub(super) outbox: Vec<u8>,
    /// The header with the date, and the empty line.
    date: [u8; 39],
}

impl Desk {
    /// A desk on this day.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let mut desk = Self {
            inbox: vec![0; ROOM_BYTES].into_boxed_slice(),
            outbox: Vec::with_capacity(ROOM_BYTES),
            date: *b"date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n",
        };
        desk.set_date(now);
        desk
    }

    /// Sets the date that answers carry.
    pub(super) fn set_date(&mut self, now: DateTime<Utc>) {
        let text = now
            .format("date: %a, %d %b %Y %H:%M:%S GMT\r\n\r\n")
            .to_string();
        // Years have four figures for a while.
        if let Ok(date) = text.as_bytes().try_into() {
            self.date = date;
        }
    }

    /// The inbox, the outbox, and the header with the date, with the empty line that ends a head.
    pub(super) fn parts(&mut self) -> (&[u8], &mut Vec<u8>, &[u8]) {
        (&self.inbox, &mut self.outbox, &self.date)
    }
}
