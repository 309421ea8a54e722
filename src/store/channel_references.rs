//! What services call messages, and what is gone there.

use super::channel_queue::ClaimedMessage;
use super::error::StoreError;
use super::row::text_or_none;
use super::tx::Tx;
use crate::domain::dispatch::News;

/// What a service called messages of a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// The thread's first message.
    pub first: Option<String>,
    /// The message that told what this one corrects or withdraws.
    pub corrected: Option<String>,
}

/// What the service called the messages that a message belongs to.
pub async fn find_references(
    tx: &mut Tx,
    message: &ClaimedMessage,
) -> Result<References, StoreError> {
    let row =
        sqlx::query("select reference from channel_threads where channel_id = $1 and thread = $2")
            .bind(&message.channel_id)
            .bind(message.thread.to_text())
            .fetch_optional(&mut tx.inner)
            .await?;
    let first = row.map(|row| text_or_none(&row, "reference")).transpose()?;
    let mut corrected = None;
    if let Some((kind, subject)) = corrects(message) {
        let row = sqlx::query(
            "select reference from channel_messages where channel_id = $1 and thread = $2 \
             and kind = $3 and subject = $4 and reference is not null",
        )
        .bind(&message.channel_id)
        .bind(message.thread.to_text())
        .bind(kind)
        .bind(subject)
        .fetch_optional(&mut tx.inner)
        .await?;
        corrected = row.map(|row| text_or_none(&row, "reference")).transpose()?;
    }
    Ok(References {
        first: first.flatten(),
        corrected: corrected.flatten(),
    })
}

/// Forgets what a message couldn't be attached to, because it is gone at the service: what the
/// message corrects or withdraws, else the first message of its thread.
pub async fn forget_references(tx: &mut Tx, message: &ClaimedMessage) -> Result<(), StoreError> {
    let thread = message.thread.to_text();
    if let Some((kind, subject)) = corrects(message) {
        // The first message of a thread may be the one that is gone.
        sqlx::query(
            "update channel_threads set reference = null where channel_id = $1 and thread = $2 \
             and reference in (select reference from channel_messages where channel_id = $1 \
             and thread = $2 and kind = $3 and subject = $4)",
        )
        .bind(&message.channel_id)
        .bind(&thread)
        .bind(kind)
        .bind(subject)
        .execute(&mut tx.inner)
        .await?;
        let done = sqlx::query(
            "update channel_messages set reference = null where channel_id = $1 and thread = $2 \
             and kind = $3 and subject = $4 and reference is not null",
        )
        .bind(&message.channel_id)
        .bind(&thread)
        .bind(kind)
        .bind(subject)
        .execute(&mut tx.inner)
        .await?;
        if done.rows_affected() > 0 {
            return Ok(());
        }
    }
    sqlx::query(
        "update channel_threads set reference = null where channel_id = $1 and thread = $2",
    )
    .bind(&message.channel_id)
    .bind(&thread)
    .execute(&mut tx.inner)
    .await?;
    Ok(())
}

/// The kind and subject of the message that told what this one corrects or withdraws.
fn corrects(message: &ClaimedMessage) -> Option<(&'static str, &str)> {
    match &message.news {
        Some(News::Amendment { id, .. } | News::Withdrawal { id, .. }) => match id.is_empty() {
            true => Some(("post", "")),
            false => Some(("update", id.as_str())),
        },
        Some(
            News::Post
            | News::Update { .. }
            | News::Correction { .. }
            | News::Reminder { .. }
            | News::State { .. }
            | News::Shift { .. },
        )
        | None => None,
    }
}
