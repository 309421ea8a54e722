//! Keeps the site up to date. A new revision, or a moment that changes pages, makes a new snapshot.
//! If that fails, the old site stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, Duration, Utc};
use chrono_tz::Tz;

use super::dependence::Changed;
use super::{Site, SiteHandle};
use crate::clock::Clock;
use crate::domain::incident::{Kind, page_time};
use crate::domain::zone::start_of_day;
use crate::snapshot::Snapshot;
use crate::snapshot::load::{Deployment, Loaded, load};
use crate::snapshot::patch::patch;
use crate::snapshot::shown::Waiting;
use crate::store::changes::list_changes_since;
use crate::store::{Store, StoreError};

/// How long the database may be away until pages say so.
const STALE_AFTER: Duration = Duration::minutes(1);

/// Brings a site up to date when asked to.
#[derive(Debug)]
pub struct Refresher {
    store: Store,
    clock: Clock,
    deployment: Deployment,
    site: SiteHandle,
    /// What comes due later.
    waiting: Waiting,
    /// When the day ends.
    midnight: DateTime<Utc>,
    /// Whether the last site may show a maintenance differently from the one before.
    has_other_maintenance: bool,
    /// What the last site changed; `None` if anything may differ.
    changed: Option<Changed>,
    /// Whether the first site is a copy, so that all of it must be read once.
    is_copy: bool,
    /// When the database last said that nothing newer is there, or what.
    confirmed: Confirmed,
    /// How far the latest thing made here is ahead of the clock.
    ahead: Duration,
    /// How long the last change took to be served, unless that was taken already.
    latency: Option<std::time::Duration>,
}

impl Refresher {
    /// Loads the first site.
    pub async fn start(
        store: Store,
        clock: Clock,
        deployment: Deployment,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let loaded = load(&store, now, &deployment).await?;
        Ok(Self::of(store, clock, deployment, loaded, now))
    }

    /// Begins with a copy of what another process showed, which was up to date at `confirmed_at`.
    pub fn start_from(
        copy: &Snapshot,
        confirmed_at: DateTime<Utc>,
        store: Store,
        clock: Clock,
        deployment: Deployment,
    ) -> Self {
        let loaded = Loaded {
            snapshot: copy.as_stale_since(confirmed_at),
            waiting: Waiting::new(),
        };
        Self {
            is_copy: true,
            ..Self::of(store, clock, deployment, loaded, confirmed_at)
        }
    }

    fn of(
        store: Store,
        clock: Clock,
        deployment: Deployment,
        loaded: Loaded,
        confirmed_at: DateTime<Utc>,
    ) -> Self {
        Self {
            store,
            clock,
            deployment,
            midnight: midnight_after(&loaded.snapshot),
            site: SiteHandle::new(Site::new(loaded.snapshot)),
            waiting: loaded.waiting,
            has_other_maintenance: true,
            changed: None,
            is_copy: false,
            confirmed: Confirmed::new(confirmed_at),
            ahead: Duration::zero(),
            latency: None,
        }
    }

    /// A handle to the site that it maintains.
    pub fn site(&self) -> SiteHandle {
        self.site.clone()
    }

    /// Whether the last site shows a maintenance differently from the one before, so that the clock
    /// may have to wait for something else.
    pub fn has_other_maintenance(&self) -> bool {
        self.has_other_maintenance
    }

    /// What differs between the last site and the one before; `None` if anything may.
    pub fn changed(&self) -> Option<&Changed> {
        self.changed.as_ref()
    }

    /// How far the latest thing made here is ahead of the clock, which means it was set back.
    pub fn ahead(&self) -> Duration {
        self.ahead
    }

    /// How long it took from the beginning of the last change until the site with it was served;
    /// `None` if that was taken already, or if the clock was set back in between.
    pub fn take_latency(&mut self) -> Option<std::time::Duration> {
        self.latency.take()
    }

    /// Access to the site as the database has it at this instant.
    pub fn latest(&self) -> Latest {
        Latest {
            store: self.store.clone(),
            clock: self.clock.clone(),
            deployment: self.deployment.clone(),
            site: self.site.clone(),
        }
    }

    /// When the database last confirmed the site, now and from now on.
    pub fn confirmed(&self) -> Confirmed {
        self.confirmed.clone()
    }

    /// After an error of [`Refresher::refresh`]: lets the pages say that they may be out of date, if
    /// they may be for long enough. Returns whether they do so from now on.
    pub fn admit_staleness(&self) -> bool {
        let current = self.site.current();
        let is_fresh = current.snapshot().stale_since.is_none();
        let confirmed_at = self.confirmed.at();
        if !is_fresh || self.clock.now() - confirmed_at <= STALE_AFTER {
            return false;
        }
        let stale = current.snapshot().as_stale_since(confirmed_at);
        let site = Site::new(stale);
        site.warm();
        self.site.replace(site);
        self.site.current().complete();
        true
    }

    /// Makes a new site if the database has a newer revision or a moment has come. Returns whether
    /// it did. On an error the old site stays.
    pub async fn refresh(&mut self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let is_new = self.refresh_at(now).await?;
        self.confirmed.set(now);
        Ok(is_new)
    }

    async fn refresh_at(&mut self, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let current = self.site.current();
        let shown = current.snapshot();
        let mut tx = self.store.read().await?;
        let (revision, changes) = list_changes_since(&mut tx, shown.revision).await?;
        let until = now.max(revision.made_until);
        let is_due = self.waiting.values().any(|at| *at <= until);
        let is_tomorrow = page_time(now, revision.made_until) >= self.midnight;
        self.ahead = (revision.made_until - now).max(Duration::zero());
        let is_stale = shown.stale_since.is_some();
        if revision.number == shown.revision && !is_due && !is_tomorrow && !is_stale {
            return Ok(false);
        }
        let patched = match is_stale {
            true => None,
            false => patch(&mut tx, shown, (revision, changes), &self.waiting, now).await?,
        };
        drop(tx);
        let (site, waiting) = match patched {
            Some(patched) => {
                let changed = Changed {
                    touched: patched.touched,
                    day: is_tomorrow,
                };
                let next = current.next(patched.loaded.snapshot.after(shown), &changed);
                let touched = changed.touched.incidents.iter();
                self.has_other_maintenance = touched
                    .flat_map(|id| [shown, next.snapshot()].map(|it| it.posts.find_by_id(id)))
                    .flatten()
                    .any(|post| post.kind == Kind::Maintenance);
                self.changed = Some(changed);
                (next, patched.loaded.waiting)
            }
            None => {
                let loaded = load(&self.store, now, &self.deployment).await?;
                self.has_other_maintenance = true;
                self.changed = None;
                (Site::new(loaded.snapshot.after(shown)), loaded.waiting)
            }
        };
        site.warm();
        self.midnight = midnight_after(site.snapshot());
        self.waiting = waiting;
        let has_changed = site.snapshot().revision != current.snapshot().revision;
        self.site.replace(site);
        let was_copy = std::mem::take(&mut self.is_copy);
        if has_changed && !was_copy {
            let took = self.clock.now() - revision.made_until;
            self.latency = took.to_std().ok();
        }
        self.site.current().complete();
        Ok(true)
    }
}

/// When the database last said whether something newer is there; clones share it.
#[derive(Debug, Clone)]
pub struct Confirmed(Arc<AtomicI64>);

impl Confirmed {
    fn new(at: DateTime<Utc>) -> Self {
        Self(Arc::new(AtomicI64::new(at.timestamp_millis())))
    }

    /// When it did.
    pub fn at(&self) -> DateTime<Utc> {
        let at = self.0.load(Ordering::Relaxed);
        DateTime::from_timestamp_millis(at).unwrap_or_default()
    }

    fn set(&self, at: DateTime<Utc>) {
        self.0.store(at.timestamp_millis(), Ordering::Relaxed);
    }
}

fn midnight_after(snapshot: &Snapshot) -> DateTime<Utc> {
    next_midnight(snapshot.site.zone, snapshot.as_of)
}

/// Finds the site as the database has it, for staff who have just changed something: the served
/// site, or the one that will soon be served.
#[derive(Debug, Clone)]
pub struct Latest {
    store: Store,
    clock: Clock,
    deployment: Deployment,
    site: SiteHandle,
}

impl Latest {
    /// The site at the database's present revision.
    pub async fn find(&self) -> Result<Arc<Site>, StoreError> {
        let served = self.site.current();
        let shown = served.snapshot();
        let now = self.clock.now();
        let is_stale = shown.stale_since.is_some();
        let mut tx = self.store.read().await?;
        let (revision, changes) = list_changes_since(&mut tx, shown.revision).await?;
        if revision.number == shown.revision && !is_stale {
            return Ok(served);
        }
        let waiting = Waiting::new();
        let patched = match is_stale {
            true => None,
            false => patch(&mut tx, shown, (revision, changes), &waiting, now).await?,
        };
        drop(tx);
        let loaded = match patched {
            Some(patched) => patched.loaded,
            None => load(&self.store, now, &self.deployment).await?,
        };
        // It gets documents of its own: only the refresher may update those that are served.
        Ok(Arc::new(Site::new(loaded.snapshot)))
    }
}

/// The next start of a day in `zone`.
fn next_midnight(zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    start_of_day(zone, today + Days::new(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_end_when_they_end_in_the_sites_zone() {
        let check = |zone: Tz, now: &str, expected: &str| {
            let now: DateTime<Utc> = now.parse().expect("an instant");
            let expected: DateTime<Utc> = expected.parse().expect("an instant");
            assert_eq!(next_midnight(zone, now), expected, "{zone} {now}");
        };
        check(
            Tz::America__Denver,
            "2013-02-26T09:15:00Z",
            "2013-02-27T07:00:00Z",
        );
        check(
            Tz::America__Denver,
            "2013-03-10T08:00:00Z",
            "2013-03-11T06:00:00Z",
        );
        // In Beirut, the clocks went from 0:00 to 1:00 on March 31, 2013.
        check(
            Tz::Asia__Beirut,
            "2013-03-30T12:00:00Z",
            "2013-03-30T22:00:00Z",
        );
        // They went back from 0:00 to 23:00 on October 26.
        check(
            Tz::Asia__Beirut,
            "2013-10-26T21:30:00Z",
            "2013-10-26T22:00:00Z",
        );
        // Samoa skipped from December 29 to 31 in 2011.
        check(
            Tz::Pacific__Apia,
            "2011-12-30T06:00:00Z",
            "2011-12-30T10:00:00Z",
        );
    }
}
