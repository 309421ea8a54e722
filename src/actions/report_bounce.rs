//! What a mail provider reports afterwards: refusals and complaints.

use super::change::Change;
use super::error::ActionError;
use super::subscribers::note_suppressed;
use crate::domain::bounce::BounceKind;
use crate::domain::email_address::EmailAddress;
use crate::domain::permission::Permission;
use crate::domain::subscriber::{Channel, Suppression};
use crate::store::subscribers::{find_subscriber_by_address, set_subscriber};

/// The most of a reason that is stored, in characters.
const MAX_WHY_CHARS: usize = 300;

/// What became of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BounceOutcome {
    /// Nobody with this address is subscribed.
    Unknown,
    /// Nothing follows from it.
    Ignored,
    /// It counts as a refusal.
    Counted,
    /// Nothing is sent to the address any more.
    Suppressed,
}

/// Notes what a provider reports of an address. A complaint suppresses it at once, and the third
/// permanent refusal in a row does. A temporary one changes nothing: the next message is tried.
///
/// # Errors
/// The database's.
pub async fn report_bounce(
    change: &mut Change,
    address: &EmailAddress,
    kind: BounceKind,
    reason: &str,
) -> Result<BounceOutcome, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let found = find_subscriber_by_address(&mut change.tx, Channel::Email, address).await?;
    let Some(mut subscriber) = found else {
        return Ok(BounceOutcome::Unknown);
    };
    if subscriber.suppressed.is_some() {
        return Ok(BounceOutcome::Suppressed);
    }
    let why = why(kind, reason);
    match kind {
        BounceKind::Soft => return Ok(BounceOutcome::Ignored),
        BounceKind::Hard => _ = subscriber.count_refusal(&why, change.now),
        BounceKind::Complaint => {
            // As if staff had done it: only they allow it again.
            subscriber.refusals = 0;
            subscriber.suppressed = Some(Suppression {
                at: change.now,
                why,
            });
        }
    }
    set_subscriber(&mut change.tx, &subscriber).await?;
    if subscriber.suppressed.is_none() {
        return Ok(BounceOutcome::Counted);
    }
    note_suppressed(change, &subscriber);
    Ok(BounceOutcome::Suppressed)
}

/// The reason on one line, with what happened before it.
fn why(kind: BounceKind, reason: &str) -> String {
    let words = reason.split(|c: char| c.is_whitespace() || c.is_control());
    let words: Vec<_> = words.filter(|it| !it.is_empty()).collect();
    let reason: String = words.join(" ").chars().take(MAX_WHY_CHARS).collect();
    let what = match kind {
        BounceKind::Hard | BounceKind::Soft => "mail was refused",
        BounceKind::Complaint => "a mail was reported as spam",
    };
    if reason.is_empty() {
        what.to_owned()
    } else {
        format!("{what}: {reason}")
    }
}
