//! Bringing subscribers from elsewhere, with how they agreed.

use uuid::Uuid;

use super::change::Change;
use super::error::ActionError;
use super::subscribers::{checked_consent, with_consent};
use super::subscriptions::check_following;
use crate::domain::email_address::{EmailAddress, mask_addresses};
use crate::domain::event::Event;
use crate::domain::permission::Permission;
use crate::domain::subscriber::{Channel, Following};
use crate::store::StoreError;
use crate::store::subscribers::{find_subscriber_by_address, set_subscriber};

/// A subscriber to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// The address as it was written.
    pub address: String,
    /// What they want to hear of.
    pub following: Following,
}

/// What became of the rows of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many are subscribers now and weren't before.
    pub added: usize,
    /// How many were subscribers already; they keep what they chose.
    pub present: usize,
    /// The rows that weren't taken.
    pub refused: Vec<RefusedRow>,
}

/// A row that wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its place among the rows, counted from 0.
    pub row: usize,
    /// The address as it was written.
    pub address: String,
    /// What is wrong with it.
    pub why: String,
}

/// Imports subscribers who agreed as `consent` says. They are confirmed, and no mail is sent. A row
/// that can't be taken is reported, and the others are taken nevertheless. Doing so twice is
/// harmless.
///
/// # Errors
/// `Invalid` without a consent.
pub async fn import_subscribers(
    change: &mut Change,
    rows: &[ImportRow],
    consent: &str,
) -> Result<Imported, ActionError> {
    change.require(Permission::ManageSubscribers)?;
    let consent = checked_consent(consent)?;
    let mut imported = Imported::default();
    let mut checked = CheckedFollowings::default();
    for (place, row) in rows.iter().enumerate() {
        match import(change, row, &consent, &mut checked).await {
            Ok(true) => imported.added += 1,
            Ok(false) => imported.present += 1,
            Err(NotImported::Refused(why)) => imported.refused.push(RefusedRow {
                row: place,
                address: row.address.clone(),
                why,
            }),
            Err(NotImported::Failed(error)) => return Err(error),
        }
    }
    if imported.added > 0 {
        let label = match imported.added {
            1 => "1 subscriber".to_owned(),
            many => format!("{many} subscribers"),
        };
        change.happened(Event::SubscribersImported {
            import: Uuid::now_v7().to_string(),
            label,
            consent: mask_addresses(&consent),
        });
    }
    Ok(imported)
}

/// Why a row wasn't imported.
enum NotImported {
    /// Something is wrong with it.
    Refused(String),
    /// The import as a whole failed.
    Failed(ActionError),
}

impl From<ActionError> for NotImported {
    fn from(error: ActionError) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for NotImported {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Imports a row. Returns whether the address is new.
async fn import(
    change: &mut Change,
    row: &ImportRow,
    consent: &str,
    checked: &mut CheckedFollowings,
) -> Result<bool, NotImported> {
    let refused = |why: String| Err(NotImported::Refused(why));
    let address = match EmailAddress::parse(&row.address) {
        Ok(address) => address,
        Err(why) => return refused(why.to_string()),
    };
    let known = find_subscriber_by_address(&mut change.tx, Channel::Email, &address).await?;
    if let Some(known) = &known {
        if let Some(suppressed) = &known.suppressed {
            return refused(format!("it is suppressed: {}", suppressed.why));
        }
        if known.confirmed_at.is_some() {
            return Ok(false);
        }
    }
    let is_new = known.is_none();
    let mut subscriber = with_consent(change, known, address, consent);
    if is_new {
        if let Err(why) = checked.check(change, &row.following).await? {
            return refused(why);
        }
        subscriber.following = row.following.clone();
    }
    set_subscriber(&mut change.tx, &subscriber).await?;
    Ok(true)
}

/// Followings that were checked: most rows of an import have one of few.
#[derive(Default)]
struct CheckedFollowings(Vec<(Following, Result<(), String>)>);

impl CheckedFollowings {
    /// Checks a following. The outer error is the database's; the inner one says what is wrong.
    async fn check(
        &mut self,
        change: &mut Change,
        following: &Following,
    ) -> Result<Result<(), String>, ActionError> {
        if let Some((_, known)) = self.0.iter().find(|(it, _)| it == following) {
            return Ok(known.clone());
        }
        let found = match check_following(change, following).await {
            Ok(()) => Ok(()),
            Err(error @ ActionError::Invalid(_)) => Err(error.to_string()),
            Err(other) => return Err(other),
        };
        self.0.push((following.clone(), found.clone()));
        Ok(found)
    }
}
