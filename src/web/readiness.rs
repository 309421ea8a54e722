//! Readiness, as reported by the tasks that do the work. Asking for it never blocks.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Pages count as out of date if they weren't compared with the database for this long.
const PAGES_OLD: Duration = Duration::from_secs(30);

/// A probe older than this proves nothing.
const PROBE_OLD: Duration = Duration::from_secs(40);

/// The latest findings, shared in an `Arc`.
#[derive(Debug)]
pub struct Readiness(Mutex<Findings>);

#[derive(Debug)]
struct Findings {
    started: Instant,
    /// When the last write was tried, and its error.
    database: Option<(Instant, Result<(), String>)>,
    /// Damage found in the database file. It stays until a restart.
    damage: Option<String>,
    /// When the pages last matched the database.
    pages: Option<Instant>,
    /// Why rendering them fails.
    pages_problem: Option<String>,
    /// Why the clock must be wrong.
    clock: Option<String>,
    /// Why the content folder isn't synced. Posting works nevertheless.
    folder: Option<String>,
    is_stopping: bool,
}

impl Default for Readiness {
    fn default() -> Self {
        Self(Mutex::new(Findings {
            started: Instant::now(),
            database: None,
            damage: None,
            pages: None,
            pages_problem: None,
            clock: None,
            folder: None,
            is_stopping: false,
        }))
    }
}

/// Whether it is ready, the reasons if it isn't, and the age of each finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whether posts are accepted and pages are kept up to date.
    pub is_ready: bool,
    /// One finding per line.
    pub text: String,
}

impl Readiness {
    fn with<T>(&self, change: impl FnOnce(&mut Findings) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Records the result of a write. Returns whether it differs from the one before.
    pub fn note_database(&self, tried: Result<(), String>) -> bool {
        self.with(|known| {
            let is_news = match &known.database {
                Some((_, before)) => *before != tried,
                None => tried.is_err(),
            };
            known.database = Some((Instant::now(), tried));
            is_news
        })
    }

    /// Records that the database file is damaged, permanently.
    pub fn note_damage(&self, why: String) {
        self.with(|known| known.damage = Some(why));
    }

    /// Records that the pages match the database, or why they can't be rendered.
    pub fn note_pages(&self, made: Result<(), String>) {
        self.with(|known| match made {
            Ok(()) => {
                known.pages = Some(Instant::now());
                known.pages_problem = None;
            }
            Err(why) => known.pages_problem = Some(why),
        });
    }

    /// Records why the clock must be wrong, if so. Returns whether that is news.
    pub fn note_clock(&self, problem: Option<String>) -> bool {
        self.with(|known| {
            let is_news = known.clock.is_some() != problem.is_some();
            known.clock = problem;
            is_news
        })
    }

    /// Records why the content folder isn't synced, if so.
    pub fn note_folder(&self, problem: Option<String>) {
        self.with(|known| known.folder = problem);
    }

    /// Reports "not ready" from now on, because the server is stopping.
    pub fn begin_stopping(&self) {
        self.with(|known| known.is_stopping = true);
    }

    /// For how long nobody has found the pages to match the database.
    pub fn pages_age(&self) -> Duration {
        self.with(|known| known.pages.unwrap_or(known.started).elapsed())
    }

    /// The current report.
    pub fn report(&self) -> Report {
        self.with(|known| known.report(Instant::now()))
    }
}

impl Findings {
    fn report(&self, now: Instant) -> Report {
        let age = |at: Instant| now.saturating_duration_since(at);
        let mut wrong = Vec::new();
        let mut fine = Vec::new();
        match &self.database {
            Some((at, Ok(()))) if age(*at) <= PROBE_OLD => {
                fine.push(format!(
                    "database: takes writes, tried {} ago",
                    shown(age(*at))
                ));
            }
            Some((at, Ok(()))) => wrong.push(format!(
                "database: no write was tried for {}",
                shown(age(*at))
            )),
            Some((at, Err(why))) => wrong.push(format!(
                "database: {why}, tried {} ago; pages are served, changes can't be made",
                shown(age(*at))
            )),
            None => fine.push("database: open, no write tried yet".to_owned()),
        }
        wrong.extend(self.damage.iter().map(|why| format!("database: {why}")));
        let pages = age(self.pages.unwrap_or(self.started));
        match &self.pages_problem {
            Some(why) => wrong.push(format!(
                "pages: {why}; they are as they were {} ago",
                shown(pages)
            )),
            None if pages > PAGES_OLD => wrong.push(format!(
                "pages: nobody has brought them up to date for {}",
                shown(pages)
            )),
            None => fine.push(format!("pages: up to date {} ago", shown(pages))),
        }
        wrong.extend(self.clock.iter().map(|why| format!("clock: {why}")));
        if self.is_stopping {
            wrong.push("stopping".to_owned());
        }
        let folder = self
            .folder
            .iter()
            .map(|why| format!("content folder: {why}"));
        let is_ready = wrong.is_empty();
        let first = if is_ready { "ready" } else { "not ready" };
        let lines = [first.to_owned()].into_iter();
        let lines: Vec<String> = lines.chain(wrong).chain(fine).chain(folder).collect();
        Report {
            is_ready,
            text: lines.join("\n") + "\n",
        }
    }
}

fn shown(age: Duration) -> String {
    match age.as_secs() {
        0..=119 => format!("{} s", age.as_secs()),
        secs => format!("{} min", secs / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_problem_is_reported_and_ends_with_its_cause() {
        let readiness = Readiness::default();
        let check = |is_ready: bool, part: &str| {
            let report = readiness.report();
            assert_eq!(report.is_ready, is_ready, "{}", report.text);
            assert!(report.text.contains(part), "{} lacks {part}", report.text);
        };
        check(true, "no write tried yet");
        assert!(readiness.note_database(Err("its disk is full".to_owned())));
        assert!(!readiness.note_database(Err("its disk is full".to_owned())));
        check(false, "not ready\ndatabase: its disk is full");
        assert!(readiness.note_database(Ok(())));
        check(true, "ready\ndatabase: takes writes");
        readiness.note_pages(Err("a row can't be read".to_owned()));
        check(false, "pages: a row can't be read");
        readiness.note_pages(Ok(()));
        readiness.note_folder(Some("there is no site.toml".to_owned()));
        check(true, "content folder: there is no site.toml");
        readiness.note_clock(Some("20 minutes behind".to_owned()));
        check(false, "clock: 20 minutes behind");
        readiness.note_clock(None);
        readiness.note_damage("its file is damaged".to_owned());
        check(false, "database: its file is damaged");
    }

    #[test]
    fn what_nobody_looks_at_any_more_is_not_ready() {
        let readiness = Readiness::default();
        readiness.note_database(Ok(()));
        readiness.note_pages(Ok(()));
        let later = Instant::now() + Duration::from_secs(60);
        let report = readiness.with(|known| known.report(later));
        assert!(!report.is_ready);
        assert!(
            report.text.contains("no write was tried for"),
            "{}",
            report.text
        );
        assert!(report.text.contains("nobody has brought them up to date"));
    }
}
