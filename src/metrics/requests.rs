//! Requests by kind and status.
//!
//! A serving thread has counters of its own, which nobody else writes. So increasing one needs
//! neither a lock nor an atomic read-modify-write, and no thread waits for another's cache line.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestKind {
    /// The home page.
    Home,
    /// The list of incidents, or a month of it.
    History,
    /// The page of an incident.
    Incident,
    /// An incident as Markdown or JSON.
    IncidentData,
    /// The list of components, a component, or a month of one.
    Component,
    /// A feed.
    Feed,
    /// A document of Statuspage's API.
    Statuspage,
    /// A calendar.
    Calendar,
    /// A badge, or the strip for other sites.
    Badge,
    /// The form for subscribers, and whatever they do with a link.
    Subscribe,
    /// The sitemap, and the rules for search engines.
    Search,
    /// A file in the binary, or the brand's stylesheet.
    Asset,
    /// A picture of the content folder.
    Media,
    /// The admin API.
    Api,
    /// A staff page.
    Staff,
    /// The stream of what changes on a page.
    Live,
    /// A health check.
    Health,
    /// A path that leads nowhere.
    Other,
}

impl RequestKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::Home,
        Self::History,
        Self::Incident,
        Self::IncidentData,
        Self::Component,
        Self::Feed,
        Self::Statuspage,
        Self::Calendar,
        Self::Badge,
        Self::Subscribe,
        Self::Search,
        Self::Asset,
        Self::Media,
        Self::Api,
        Self::Staff,
        Self::Live,
        Self::Health,
        Self::Other,
    ];

    /// The value of the label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::History => "history",
            Self::Incident => "incident",
            Self::IncidentData => "incident_data",
            Self::Component => "component",
            Self::Feed => "feed",
            Self::Statuspage => "statuspage",
            Self::Calendar => "calendar",
            Self::Badge => "badge",
            Self::Subscribe => "subscribe",
            Self::Search => "search",
            Self::Asset => "asset",
            Self::Media => "media",
            Self::Api => "api",
            Self::Staff => "staff",
            Self::Live => "live",
            Self::Health => "health",
            Self::Other => "other",
        }
    }
}

/// The values of the label for the status: the codes that matter by themselves, and the class of
/// all others.
const STATUSES: [&str; 12] = [
    "200", "304", "404", "422", "429", "500", "503", "2xx", "3xx", "4xx", "5xx", "other",
];

fn number_of(status: u16) -> usize {
    match status {
        200 => 0,
        304 => 1,
        404 => 2,
        422 => 3,
        429 => 4,
        500 => 5,
        503 => 6,
        201..=299 => 7,
        300..=399 => 8,
        400..=499 => 9,
        501..=599 => 10,
        _ => 11,
    }
}

const CELLS: usize = RequestKind::ALL.len() * STATUSES.len();

/// The counter of a kind and a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestCell(usize);

impl RequestCell {
    /// The counter for these.
    pub fn of(kind: RequestKind, status: u16) -> Self {
        Self(kind as usize * STATUSES.len() + number_of(status))
    }
}

/// Counters that begin at a cache line of their own.
#[derive(Debug)]
#[repr(align(128))]
struct Cells([AtomicU64; CELLS]);

impl Default for Cells {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

/// The counters of all threads.
#[derive(Debug, Default)]
pub struct RequestCounts {
    /// Those that any thread may increase.
    shared: Cells,
    /// Those of each serving thread.
    threads: Mutex<Vec<Arc<Cells>>>,
}

/// The counters of one thread. It can't be cloned, so nobody else increases them.
#[derive(Debug)]
pub struct ThreadCounts(Arc<Cells>);

impl ThreadCounts {
    /// Counts a request.
    #[inline]
    pub fn add(&mut self, cell: RequestCell) {
        let counter = &self.0.0[cell.0];
        counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}

impl RequestCounts {
    /// Counters for a thread that answers many requests.
    pub fn add_thread(&self) -> ThreadCounts {
        let cells = Arc::<Cells>::default();
        self.threads().push(cells.clone());
        ThreadCounts(cells)
    }

    /// Counts a request, on any thread.
    pub fn add(&self, kind: RequestKind, status: u16) {
        let RequestCell(cell) = RequestCell::of(kind, status);
        self.shared.0[cell].fetch_add(1, Ordering::Relaxed);
    }

    /// Every counter, with its kind and status.
    pub(super) fn list(&self) -> impl Iterator<Item = (RequestKind, &'static str, u64)> {
        let threads = self.threads();
        let all = || threads.iter().map(AsRef::as_ref).chain([&self.shared]);
        let sum = |cell: usize| -> u64 {
            let counts = all().map(|cells| cells.0[cell].load(Ordering::Relaxed));
            counts.sum()
        };
        let sums: Vec<u64> = (0..CELLS).map(sum).collect();
        drop(threads);
        sums.into_iter().enumerate().map(|(cell, count)| {
            let kind = RequestKind::ALL[cell / STATUSES.len()];
            (kind, STATUSES[cell % STATUSES.len()], count)
        })
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Cells>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_at_their_numbers() {
        for (number, kind) in RequestKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, number);
        }
    }

    #[test]
    fn every_status_belongs_to_one_label() {
        let check = |status: u16, label: &str| {
            assert_eq!(STATUSES[number_of(status)], label, "{status}");
        };
        check(200, "200");
        check(201, "2xx");
        check(299, "2xx");
        check(303, "3xx");
        check(304, "304");
        check(400, "4xx");
        check(404, "404");
        check(405, "4xx");
        check(422, "422");
        check(429, "429");
        check(500, "500");
        check(502, "5xx");
        check(503, "503");
        for status in [0, 101, 199, 600, u16::MAX] {
            check(status, "other");
        }
    }

    #[test]
    fn what_threads_count_is_added_up() {
        let counts = RequestCounts::default();
        let (mut one, mut two) = (counts.add_thread(), counts.add_thread());
        let cell = RequestCell::of(RequestKind::Feed, 304);
        one.add(cell);
        one.add(cell);
        two.add(cell);
        counts.add(RequestKind::Feed, 304);
        counts.add(RequestKind::Other, 404);
        let counted: Vec<_> = counts.list().filter(|(_, _, count)| *count > 0).collect();
        assert_eq!(
            counted,
            [
                (RequestKind::Feed, "304", 4),
                (RequestKind::Other, "404", 1)
            ]
        );
        assert_eq!(counts.list().count(), CELLS);
    }
}
