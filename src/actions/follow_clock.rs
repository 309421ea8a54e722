//! What the clock does to maintenances: each begins when its window starts, and is completed when
//! the window ends. Each step is an update dated to exactly that instant.

use chrono::{DateTime, Utc};

use super::add_update::{UpdateIdentity, insert_update};
use super::change::Change;
use super::error::ActionError;
use super::maintenance_fact::fact_of;
use super::new_update::NewUpdate;
use crate::content::update_entries::identity::derive_id;
use crate::domain::dispatch::Telling;
use crate::domain::fact::Became;
use crate::domain::update::Phase;
use crate::store::incidents::{StoredIncident, find_incident};
use crate::store::maintenance::{find_created_at, list_running_maintenance};
use crate::store::updates::find_update;
use crate::store::{StoreError, Tx};

/// A window that opens or closes.
struct Transition {
    incident: String,
    /// The id of the update that reports it. All processes derive the same id, so it is made only
    /// once, and one that staff withdrew isn't made again.
    update: String,
    phase: Phase,
    at: DateTime<Utc>,
}

/// When the next window opens or closes; in the past if that hasn't been handled yet.
///
/// # Errors
/// The database's.
pub async fn find_next_transition(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(next_transition(tx).await?.map(|transition| transition.at))
}

/// Begins and completes the maintenances whose time has come, in the order of their windows.
///
/// # Errors
/// The database's.
pub async fn follow_clock(change: &mut Change) -> Result<(), ActionError> {
    while let Some(transition) = next_transition(&mut change.tx).await? {
        if transition.at > change.now {
            break;
        }
        let Some(stored) = find_incident(&mut change.tx, &transition.incident).await? else {
            break;
        };
        make(change, &stored, transition).await?;
    }
    Ok(())
}

async fn next_transition(tx: &mut Tx) -> Result<Option<Transition>, StoreError> {
    let mut transitions = Vec::new();
    for stored in list_running_maintenance(tx).await? {
        let Some((at, phase)) = stored.incident.next_transition() else {
            continue;
        };
        let update = derive_id(&stored.incident.id, at, phase.as_str());
        if find_update(tx, &update).await?.is_none() {
            transitions.push(Transition {
                incident: stored.incident.id,
                update,
                phase,
                at,
            });
        }
    }
    Ok(transitions
        .into_iter()
        .min_by(|a, b| (a.at, &a.incident).cmp(&(b.at, &b.incident))))
}

async fn make(
    change: &mut Change,
    stored: &StoredIncident,
    transition: Transition,
) -> Result<(), ActionError> {
    let became = match transition.phase {
        Phase::InProgress => Became::Begun,
        _ => Became::Completed,
    };
    // Nobody waited for news of a window that was over before it was known here.
    let known_since = find_created_at(&mut change.tx, &stored.incident.id).await?;
    let is_news = known_since.is_none_or(|known| known <= transition.at);
    change.tell(match is_news {
        true => Telling::AsUsual,
        false => Telling::Quietly,
    });
    let made = UpdateIdentity {
        id: transition.update,
        public_at: if is_news { change.now } else { transition.at },
    };
    let update = NewUpdate {
        fact: Some(fact_of(change, &stored.incident, became).await?),
        phase: Some(transition.phase),
        at: Some(transition.at),
        ..NewUpdate::default()
    };
    insert_update(change, stored, &update, &Vec::new(), made).await?;
    Ok(())
}
