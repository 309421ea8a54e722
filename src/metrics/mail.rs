//! The queue of messages to subscribers, and how the mail server is, by the latest findings.

use std::sync::{Mutex, PoisonError};

/// What waits to go out, as the database has it; so the same in every process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queue {
    /// News that isn't in the subscribers' queues yet.
    pub dispatches: u64,
    /// Messages with news, those that are tried again included.
    pub deliveries: u64,
    /// Messages about a subscription itself.
    pub letters: u64,
    /// Whether all of them are held, because the database delivered for another address before.
    pub is_held: bool,
}

impl Queue {
    /// How many messages wait.
    pub fn messages(&self) -> u64 {
        self.deliveries + self.letters
    }
}

/// Whether the mail server takes messages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MailServer {
    /// There is none.
    #[default]
    NotConfigured,
    /// Nothing was handed to it since the start.
    Untried,
    /// It answered when it was last tried.
    Takes,
    /// It couldn't be reached, or took nothing, when it was last tried.
    TakesNothing,
}

/// The latest findings.
#[derive(Debug, Default)]
pub struct MailGauges(Mutex<(Queue, MailServer)>);

impl MailGauges {
    /// Notes what waits.
    pub fn set_queue(&self, queue: Queue) {
        self.lock().0 = queue;
    }

    /// Notes whether the mail server has just taken something.
    pub fn set_server(&self, server: MailServer) {
        self.lock().1 = server;
    }

    /// What waited last.
    pub fn queue(&self) -> Queue {
        self.lock().0
    }

    /// How the mail server was last.
    pub fn server(&self) -> MailServer {
        self.lock().1
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, (Queue, MailServer)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
