//! Keeps the site true: a new revision, or a moment that changes pages, makes a new snapshot. If
//! that fails, the old site stays.

use std::sync::Arc;

use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Site, SiteHandle};
use crate::clock::Clock;
use crate::snapshot::load::{BaseUrl, load};
use crate::store::changes::find_revision;
use crate::store::{Store, StoreError};

/// Brings a site up to date when asked.
#[derive(Debug)]
pub struct Refresher {
    store: Store,
    clock: Clock,
    base_url: BaseUrl,
    site: SiteHandle,
    /// When time alone makes the pages untrue.
    due: DateTime<Utc>,
}

impl Refresher {
    /// Loads the first site.
    pub async fn start(store: Store, clock: Clock, base_url: BaseUrl) -> Result<Self, StoreError> {
        let (site, due) = load_site(&store, &clock, &base_url).await?;
        Ok(Self {
            store,
            clock,
            base_url,
            site: SiteHandle::new(site),
            due,
        })
    }

    /// The site that it keeps.
    pub fn site(&self) -> SiteHandle {
        self.site.clone()
    }

    /// The way to the site as the database has it this instant.
    pub fn latest(&self) -> Latest {
        Latest {
            store: self.store.clone(),
            clock: self.clock.clone(),
            base_url: self.base_url.clone(),
            site: self.site.clone(),
        }
    }

    /// Makes a new site if the database has a newer revision or a moment has come. Returns whether
    /// it did. On an error the old site stays.
    pub async fn refresh(&mut self) -> Result<bool, StoreError> {
        let mut tx = self.store.read().await?;
        let revision = find_revision(&mut tx).await?;
        drop(tx);
        let shown = self.site.current().snapshot().revision;
        if revision == shown && self.clock.now() < self.due {
            return Ok(false);
        }
        let (site, due) = load_site(&self.store, &self.clock, &self.base_url).await?;
        self.site.replace(site);
        self.due = due;
        Ok(true)
    }
}

/// Finds the site as the database has it, for staff who have just changed something: what is
/// served, or what will be in a moment.
#[derive(Debug, Clone)]
pub struct Latest {
    store: Store,
    clock: Clock,
    base_url: BaseUrl,
    site: SiteHandle,
}

impl Latest {
    /// The site at the database's present revision.
    pub async fn find(&self) -> Result<Arc<Site>, StoreError> {
        let served = self.site.current();
        let mut tx = self.store.read().await?;
        let revision = find_revision(&mut tx).await?;
        drop(tx);
        if served.snapshot().revision == revision {
            return Ok(served);
        }
        let (site, _) = load_site(&self.store, &self.clock, &self.base_url).await?;
        Ok(Arc::new(site))
    }
}

async fn load_site(
    store: &Store,
    clock: &Clock,
    base_url: &BaseUrl,
) -> Result<(Site, DateTime<Utc>), StoreError> {
    let now = clock.now();
    let loaded = load(store, now, base_url).await?;
    let midnight = next_midnight(loaded.snapshot.site.zone, now);
    let due = loaded.next_due.map_or(midnight, |next| next.min(midnight));
    Ok((Site::new(loaded.snapshot), due))
}

/// The next start of a day in `zone`. A midnight that daylight saving skips is taken an hour on.
fn next_midnight(zone: Tz, now: DateTime<Utc>) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let tomorrow = today + Days::new(1);
    let midnight = tomorrow.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&midnight)
        .earliest()
        .or_else(|| {
            zone.from_local_datetime(&(midnight + chrono::Duration::hours(1)))
                .earliest()
        })
        .map_or(now + Days::new(1), |local| local.with_timezone(&Utc))
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
        // In Beirut the clocks went from 0:00 to 1:00 on March 31, 2013.
        check(
            Tz::Asia__Beirut,
            "2013-03-30T12:00:00Z",
            "2013-03-30T22:00:00Z",
        );
    }
}
