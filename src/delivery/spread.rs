//! Spreads what is due in the outbox into the queues of those who get it.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::dispatch::{Dispatch, News, Status, Thread};
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::subscriber::Target;
use crate::snapshot::Snapshot;
use crate::store::outbox::{Audience, Wanted, list_dispatches, set_dispatch, spread_dispatch};
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
            false => audience_of(snapshot, &dispatch),
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

/// Who gets a dispatch; `None` if it isn't public any more.
pub fn audience_of(snapshot: &Snapshot, dispatch: &Dispatch) -> Option<Audience> {
    match &dispatch.thread {
        Thread::Incident(id) => {
            let incident = snapshot.posts.find_by_id(id)?.read();
            let is_end = is_end(&incident, &dispatch.news)?;
            let named = incident.components();
            let mut targets = targets_of(snapshot, &named);
            targets.push(Target::Incident(id.clone()));
            Some(Audience {
                targets,
                wants: match incident.kind {
                    Kind::Disruption | Kind::Notice => Wanted::Incidents,
                    Kind::Maintenance => Wanted::Maintenance,
                },
                and_whoever_was_told: is_end,
            })
        }
        Thread::Component(slug) => {
            snapshot.find_component(slug)?;
            Some(Audience {
                targets: targets_of(snapshot, &[slug]),
                wants: Wanted::Changes,
                and_whoever_was_told: false,
            })
        }
    }
}

/// Whether the news ends the incident; `None` if it isn't public any more.
fn is_end(incident: &Incident, news: &News) -> Option<bool> {
    match news {
        News::Post | News::Reminder { .. } => Some(false),
        News::Correction { id, .. } if id.is_empty() => Some(false),
        News::Update { id } | News::Correction { id, .. } => {
            let update = incident.updates.iter().find(|update| update.id == *id)?;
            Some(update.phase.is_some_and(|phase| phase.is_final()))
        }
        News::State { .. } => None,
    }
}

/// The components, and their groups.
fn targets_of(snapshot: &Snapshot, named: &[&Slug]) -> Vec<Target> {
    let mut targets = Vec::new();
    for slug in named {
        targets.push(Target::Component((*slug).clone()));
        let record = snapshot.find_component(slug);
        let group = record.and_then(|record| record.component.group.clone());
        targets.extend(group.map(Target::Group));
    }
    targets.sort();
    targets.dedup();
    targets
}
