//! Reminders of planned maintenance: so long before it starts as the site says.

use chrono::{DateTime, Duration, Utc};

use super::change::Change;
use super::error::ActionError;
use crate::domain::dispatch::{Dispatch, News, Status, Thread};
use crate::domain::incident::Incident;
use crate::store::outbox::{has_dispatch, insert_dispatch};
use crate::store::settings::{delivery_from_text, list_site_settings};
use crate::store::{StoreError, Tx, maintenance};

/// A reminder that hasn't been written yet.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Reminder {
    thread: Thread,
    news: News,
    /// When it is due.
    at: DateTime<Utc>,
}

/// When the next reminder is due; in the past if it hasn't been written yet.
///
/// # Errors
/// The database's.
pub async fn find_next_reminder(
    tx: &mut Tx,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let pending = list_pending(tx, now).await?;
    Ok(pending.into_iter().map(|reminder| reminder.at).min())
}

/// Writes the reminders that are due. If several of one maintenance are, only the last goes out.
/// Returns whether there were any.
///
/// # Errors
/// The database's.
pub async fn remind(change: &mut Change) -> Result<bool, ActionError> {
    let now = change.now;
    let mut due = list_pending(&mut change.tx, now).await?;
    due.retain(|reminder| reminder.at <= now);
    for reminder in &due {
        let is_later = |other: &Reminder| other.thread == reminder.thread && other.at > reminder.at;
        let is_outdone = due.iter().any(is_later);
        let dispatch = Dispatch {
            seq: change.next_seq(),
            thread: reminder.thread.clone(),
            news: reminder.news.clone(),
            created_at: now,
            // Nobody wrote it a moment ago, so nobody needs time to mend it.
            due_at: Some(now),
            revision: 0,
            status: match is_outdone {
                true => Status::Dropped,
                false => Status::Waiting,
            },
        };
        insert_dispatch(&mut change.tx, &dispatch).await?;
    }
    Ok(!due.is_empty())
}

async fn list_pending(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Reminder>, StoreError> {
    let planned = maintenance::list_running_maintenance(tx).await?;
    if planned.is_empty() {
        return Ok(Vec::new());
    }
    let settings = list_site_settings(tx).await?;
    let delivery = settings.get("delivery");
    let delivery = delivery.map(|text| delivery_from_text(text));
    let minutes = delivery.unwrap_or_default().remind_minutes;
    let mut pending = Vec::new();
    for stored in planned {
        for reminder in reminders_of(&stored.incident, &minutes, now) {
            if !has_dispatch(tx, &reminder.thread, &reminder.news).await? {
                pending.push(reminder);
            }
        }
    }
    Ok(pending)
}

/// The reminders of a maintenance that hasn't started. One that would have been due before the
/// maintenance was announced isn't among them.
fn reminders_of(incident: &Incident, minutes: &[i64], now: DateTime<Utc>) -> Vec<Reminder> {
    let starts = incident.window().starts;
    let Some(starts) = starts.filter(|starts| incident.is_planned(now) && *starts > now) else {
        return Vec::new();
    };
    let reminders = minutes.iter().map(|minutes| Reminder {
        thread: Thread::Incident(incident.id.clone()),
        news: News::Reminder {
            starts_ms: starts.timestamp_millis(),
            minutes: *minutes,
        },
        at: starts - Duration::minutes(*minutes),
    });
    reminders
        .filter(|reminder| reminder.at > incident.public_at)
        .collect()
}
