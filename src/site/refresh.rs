//! Keeps the site up to date. A new revision, or a moment that changes pages, makes a new snapshot.
//! If that fails, the old site stays.

use std::sync::Arc;

use chrono::{DateTime, Days, Duration, Utc};
use chrono_tz::Tz;

use super::dependence::Changed;
use super::{Site, SiteHandle};
use crate::clock::Clock;
use crate::domain::incident::{Kind, page_time};
use crate::domain::zone::start_of_day;
use crate::snapshot::Snapshot;
use crate::snapshot::load::{Deployment, load};
use crate::snapshot::patch::patch;
use crate::snapshot::shown::Waiting;
use crate::store::changes::list_changes_since;
use crate::store::{Store, StoreError};

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
        let loaded = load(&store, clock.now(), &deployment).await?;
        let midnight = midnight_after(&loaded.snapshot);
        Ok(Self {
            store,
            clock,
            deployment,
            site: SiteHandle::new(Site::new(loaded.snapshot)),
            waiting: loaded.waiting,
            midnight,
            has_other_maintenance: true,
            changed: None,
            ahead: Duration::zero(),
            latency: None,
        })
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

    /// Makes a new site if the database has a newer revision or a moment has come. Returns whether
    /// it did. On an error the old site stays.
    pub async fn refresh(&mut self) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let current = self.site.current();
        let shown = current.snapshot();
        let mut tx = self.store.read().await?;
        let (revision, changes) = list_changes_since(&mut tx, shown.revision).await?;
        let until = now.max(revision.made_until);
        let is_due = self.waiting.values().any(|at| *at <= until);
        let is_tomorrow = page_time(now, revision.made_until) >= self.midnight;
        self.ahead = (revision.made_until - now).max(Duration::zero());
        if revision.number == shown.revision && !is_due && !is_tomorrow {
            return Ok(false);
        }
        let patched = patch(&mut tx, shown, (revision, changes), &self.waiting, now).await?;
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
        if has_changed {
            let took = self.clock.now() - revision.made_until;
            self.latency = took.to_std().ok();
        }
        self.site.current().complete();
        Ok(true)
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
        let mut tx = self.store.read().await?;
        let (revision, changes) = list_changes_since(&mut tx, shown.revision).await?;
        if revision.number == shown.revision {
            return Ok(served);
        }
        let waiting = Waiting::new();
        let patched = patch(&mut tx, shown, (revision, changes), &waiting, now).await?;
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
