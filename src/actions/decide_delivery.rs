//! What staff decide about messages to subscribers: to send one now or not at all, to try again, and
//! what becomes of those that are held.

use super::change::Change;
use super::error::ActionError;
use crate::domain::dispatch::{Decision, Dispatch, Status, Thread};
use crate::domain::event::Event;
use crate::domain::hold::HeldBecause;
use crate::domain::permission::Permission;
use crate::store::components::find_component;
use crate::store::incidents::find_incident;
use crate::store::outbox::{find_dispatch, list_dispatches, set_dispatch};
use crate::store::settings::{DELIVERS_FOR, set_meta};
use crate::store::{deliveries, letters, outbox};

/// Sends a dispatch now, and those of the same thread that come before it.
///
/// # Errors
/// `NotFound`; `Conflict` if it doesn't wait any more.
pub async fn send_now(change: &mut Change, seq: i64) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let chosen = waiting(change, seq).await?;
    let now = change.now;
    for dispatch in list_dispatches(&mut change.tx, Status::Waiting).await? {
        if dispatch.thread == chosen.thread && dispatch.seq <= seq {
            set_dispatch(&mut change.tx, dispatch.seq, Status::Waiting, Some(now)).await?;
        }
    }
    note(change, &chosen, Decision::SendNow).await
}

/// Tells nobody of a dispatch that still waits.
///
/// # Errors
/// `NotFound`; `Conflict` if it doesn't wait any more.
pub async fn dont_send(change: &mut Change, seq: i64) -> Result<(), ActionError> {
    change.require(Permission::WriteIncidents)?;
    let chosen = waiting(change, seq).await?;
    set_dispatch(&mut change.tx, seq, Status::Dropped, None).await?;
    note(change, &chosen, Decision::DontSend).await
}

/// Tries every message again that was given up. Returns how many there were.
///
/// # Errors
/// The database's.
pub async fn retry_failed(change: &mut Change) -> Result<u64, ActionError> {
    change.require(Permission::ManageDelivery)?;
    let count = deliveries::retry_failed(&mut change.tx, change.now).await?;
    if count > 0 {
        note_all(
            change,
            i64::try_from(count).unwrap_or(i64::MAX),
            Decision::RetryFailed,
        );
    }
    Ok(count)
}

/// Decides about everything that is held because the database now delivers for another address:
/// sends it, or drops it. From now on, the site delivers under `base_url`.
///
/// # Errors
/// The database's.
pub async fn release_held(
    change: &mut Change,
    base_url: &str,
    send: bool,
) -> Result<(), ActionError> {
    change.require(Permission::ManageDelivery)?;
    let count = outbox::count_waiting(&mut change.tx).await?;
    if send {
        outbox::release_waiting(&mut change.tx, change.now).await?;
    } else {
        outbox::drop_waiting(&mut change.tx).await?;
        deliveries::drop_due(&mut change.tx).await?;
        letters::drop_letters(&mut change.tx).await?;
    }
    set_meta(&mut change.tx, DELIVERS_FOR, base_url).await?;
    let decision = match send {
        true => Decision::SendHeld,
        false => Decision::DropHeld,
    };
    note_all(change, count, decision);
    Ok(())
}

/// Holds everything that waits, and whatever comes to wait, until staff decide: the database was
/// restored from a backup, so some of it may have been sent already. Returns how much waits.
///
/// # Errors
/// The database's.
pub async fn hold(change: &mut Change) -> Result<i64, ActionError> {
    change.require(Permission::ManageDelivery)?;
    let count = outbox::count_waiting(&mut change.tx).await?;
    set_meta(&mut change.tx, DELIVERS_FOR, HeldBecause::RESTORED).await?;
    note_all(change, count, Decision::Hold);
    Ok(count)
}

async fn waiting(change: &mut Change, seq: i64) -> Result<Dispatch, ActionError> {
    let found = find_dispatch(&mut change.tx, seq).await?;
    let found = found.ok_or_else(|| {
        ActionError::NotFound("there is no such message to subscribers".to_owned())
    })?;
    match found.status {
        Status::Waiting => Ok(found),
        Status::Spread => Err(ActionError::Conflict(
            "this is already on its way to subscribers".to_owned(),
        )),
        Status::Dropped => Err(ActionError::Conflict(
            "it was already decided that nobody is told of this".to_owned(),
        )),
    }
}

/// Notes a decision about one dispatch.
async fn note(
    change: &mut Change,
    chosen: &Dispatch,
    decision: Decision,
) -> Result<(), ActionError> {
    let (id, label) = match &chosen.thread {
        Thread::Incident(id) => {
            let stored = find_incident(&mut change.tx, id).await?;
            let title = stored.map(|stored| stored.incident.title);
            (id.clone(), title.unwrap_or_default())
        }
        Thread::Component(slug) => {
            let component = find_component(&mut change.tx, slug).await?;
            let name = component.map(|component| component.name);
            (slug.to_string(), name.unwrap_or_default())
        }
    };
    change.happened(Event::DeliveryDecided {
        id,
        label,
        decision,
    });
    Ok(())
}

/// Notes a decision about everything that waits or failed.
fn note_all(change: &mut Change, count: i64, decision: Decision) {
    let label = match count {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    };
    change.happened(Event::DeliveryDecided {
        id: "delivery".to_owned(),
        label,
        decision,
    });
}
