//! Limits connections to as many as there are files for. When none is left, connections that
//! have kept us waiting longest are closed first.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::Notify;

/// The most connections on hyper, because each needs memory of its own.
const MOST_FALLBACKS: usize = 8192;

/// A connection isn't closed if it arrived or was answered less than this many milliseconds ago.
const JUST_NOW_MS: u64 = 1000;

/// The limit of connections, shared by all threads.
#[derive(Debug)]
pub(super) struct ConnectionLimit {
    limit: usize,
    taken: AtomicUsize,
    /// The connections on hyper.
    fallback: Mutex<BTreeMap<u64, Arc<Fallback>>>,
    next: AtomicU64,
    began: Instant,
    /// Whether somebody waits for a permit.
    is_wanted: AtomicBool,
    /// Notified when a permit is freed that somebody waits for.
    pub(super) freed: Notify,
}

/// The right to one connection. Dropping it frees the permit.
#[derive(Debug)]
pub(super) struct ConnectionPermit(Arc<ConnectionLimit>);

/// What a connection on hyper is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Doing {
    /// Nothing: no request has begun.
    Nothing,
    /// A head is arriving.
    Head,
    /// A body is arriving.
    Body,
    /// The response is being made.
    Answering,
    /// The response is being sent.
    Sending,
}

/// A connection on hyper, as seen from outside.
#[derive(Debug)]
pub(super) struct Fallback {
    doing: AtomicU8,
    /// When that began, in milliseconds since the limit was created.
    since: AtomicU64,
    began: Instant,
    /// Notified to close the connection.
    pub(super) end: Notify,
}

/// An entry in the list of connections on hyper. Dropping it removes the entry.
pub(super) struct Listed {
    limit: Arc<ConnectionLimit>,
    number: u64,
    pub(super) fallback: Arc<Fallback>,
}

impl ConnectionLimit {
    /// A limit of `limit` connections.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            limit,
            taken: AtomicUsize::new(0),
            fallback: Mutex::default(),
            next: AtomicU64::new(0),
            began: Instant::now(),
            is_wanted: AtomicBool::new(false),
            freed: Notify::new(),
        })
    }

    /// Takes a permit, if one is free.
    pub(super) fn take(self: &Arc<Self>) -> Option<ConnectionPermit> {
        let before = self.taken.fetch_add(1, Ordering::Relaxed);
        if before >= self.limit {
            self.taken.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        Some(ConnectionPermit(self.clone()))
    }

    /// Requests a notification when a permit is freed.
    pub(super) fn want(&self) {
        self.is_wanted.store(true, Ordering::Relaxed);
    }

    /// How many connections to close when no permit is free: enough not to repeat it for each new
    /// one.
    pub(super) fn few(&self) -> usize {
        (self.limit / 8).clamp(4, 64)
    }

    /// Lists a connection on hyper. If there are too many, the slowest ones are closed.
    pub(super) fn list(self: &Arc<Self>, doing: Doing) -> Listed {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let fallback = Arc::new(Fallback {
            doing: AtomicU8::new(doing as u8),
            since: AtomicU64::new(millis(self.began)),
            began: self.began,
            end: Notify::new(),
        });
        let count = {
            let mut all = self.fallback.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(number, fallback.clone());
            all.len()
        };
        if count > MOST_FALLBACKS {
            self.end_slowest(self.few());
        }
        Listed {
            limit: self.clone(),
            number,
            fallback,
        }
    }

    /// Closes the connections on hyper that have kept us waiting longest, at most `count`, but none
    /// that has just arrived. Returns how many.
    pub(super) fn end_slowest(&self, count: usize) -> usize {
        let until = millis(self.began).saturating_sub(JUST_NOW_MS);
        let all = self.fallback.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting: Vec<(u64, &Arc<Fallback>)> = all
            .values()
            .filter(|fallback| fallback.doing() != Doing::Answering)
            .map(|fallback| (fallback.since.load(Ordering::Relaxed), fallback))
            .filter(|(since, _)| *since <= until)
            .collect();
        if waiting.len() > count {
            waiting.select_nth_unstable_by_key(count, |(since, _)| *since);
            waiting.truncate(count);
        }
        for (_, fallback) in &waiting {
            fallback.end.notify_one();
        }
        waiting.len()
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

impl Drop for ConnectionPermit {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Ordering::Relaxed);
        if self.0.is_wanted.load(Ordering::Relaxed)
            && self.0.is_wanted.swap(false, Ordering::Relaxed)
        {
            self.0.freed.notify_one();
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let fallback = &self.limit.fallback;
        let mut all = fallback.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.number);
    }
}

impl Fallback {
    /// What the connection is doing.
    pub(super) fn doing(&self) -> Doing {
        match self.doing.load(Ordering::Relaxed) {
            0 => Doing::Nothing,
            1 => Doing::Head,
            2 => Doing::Body,
            3 => Doing::Answering,
            _ => Doing::Sending,
        }
    }

    /// Notes what the connection does from now on.
    pub(super) fn begin(&self, doing: Doing) {
        self.doing.store(doing as u8, Ordering::Relaxed);
        self.since.store(millis(self.began), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_is_free_again_once_it_is_left() {
        let limit = ConnectionLimit::new(2);
        let (first, second) = (limit.take(), limit.take());
        assert!(first.is_some() && second.is_some() && limit.take().is_none());
        drop(first);
        let third = limit.take();
        assert!(third.is_some() && limit.take().is_none());
    }

    #[tokio::test]
    async fn those_go_first_who_have_kept_us_waiting_longest() {
        let mut limit = ConnectionLimit::new(64);
        let began = Instant::now().checked_sub(std::time::Duration::from_secs(9));
        let fresh = Arc::get_mut(&mut limit).expect("nobody else has it");
        fresh.began = began.expect("an instant");
        let listed: Vec<Listed> = (0..4).map(|_| limit.list(Doing::Body)).collect();
        for (listed, since) in listed.iter().zip([30, 10, 20, 0]) {
            listed.fallback.since.store(since, Ordering::Relaxed);
        }
        // This client waits for us, so it isn't closed.
        listed[3]
            .fallback
            .doing
            .store(Doing::Answering as u8, Ordering::Relaxed);
        assert_eq!(limit.end_slowest(2), 2);
        for permit in [1, 2] {
            listed[permit].fallback.end.notified().await;
        }
        assert_eq!(limit.end_slowest(10), 3);
        listed[0].fallback.begin(Doing::Head);
        assert_eq!(limit.end_slowest(10), 2);
    }
}
