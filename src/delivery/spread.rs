//! Spreads what is due in the outbox into the queues of those who get it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::dispatch::{Status, Thread};
use crate::snapshot::Snapshot;
use crate::store::outbox::{list_dispatches, set_dispatch, spread_dispatch};
use crate::store::{Store, StoreError};

/// How many subscribers one transaction spreads to, so that staff never wait for long.
const PART: i64 = 1000;

/// When there will be something to spread, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// There is more to be done at once.
    Now,
    /// At an instant.
    At(DateTime<Utc>),
    /// When something new is said.
    Unknown,
}

/// Spreads a part of what is due.
///
/// # Errors
/// The database's.
pub(super) async fn spread_part(
    store: &Store,
    snapshot: &Snapshot,
    now: DateTime<Utc>,
) -> Result<Next, StoreError> {
    let mut tx = store.read().await?;
    let waiting = list_dispatches(&mut tx, Status::Waiting).await?;
    drop(tx);
    let delay = snapshot.site.delivery.delay();
    let mut next = Next::Unknown;
    // A thread's dispatches are spread in order.
    let mut blocked: HashSet<Thread> = HashSet::new();
    for dispatch in waiting {
        let due = dispatch.due(delay);
        let is_shown = dispatch.revision <= snapshot.revision;
        if blocked.contains(&dispatch.thread) || due > now || !is_shown {
            if due > now {
                next = next.sooner(due);
            }
            blocked.insert(dispatch.thread);
            continue;
        }
        let audience = match dispatch.is_stale(delay, now) {
            true => None,
            false => snapshot.audience_of(&dispatch),
        };
        let mut tx = store.begin_delivery().await?;
        match audience {
            None => set_dispatch(&mut tx, dispatch.seq, Status::Dropped, None).await?,
            Some(audience) => {
                spread_dispatch(&mut tx, &dispatch, &audience, now, PART).await?;
            }
        }
        tx.commit().await?;
        return Ok(Next::Now);
    }
    Ok(next)
}

impl Next {
    fn sooner(self, at: DateTime<Utc>) -> Self {
        match self {
            Self::Now => Self::Now,
            Self::At(other) => Self::At(other.min(at)),
            Self::Unknown => Self::At(at),
        }
    }
}
