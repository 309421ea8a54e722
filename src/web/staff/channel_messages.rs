//! The buttons that send a channel a test, or a message again, and what became of it.

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use chrono::{DateTime, Duration, Utc};

use super::posting::{begin_button, lead_to};
use super::reading::{IdOf, said_in};
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::channels::{resend_to_channel, test_channel};
use crate::domain::added_channel::{message_id, seq_of_message};
use crate::render::html::staff::channels::{MESSAGE, Outcome};
use crate::store::channel_attempts::find_last_attempt;
use crate::store::{StoreError, Tx};
use crate::urls;
use crate::web::state::AppState;

/// The parameter that says how often the message had been tried before.
const TRIED: &str = "tried";
/// The parameter that says when the button was pressed, in seconds since 1970.
const SINCE: &str = "since";
/// For how long the page waits for an attempt.
const PATIENCE: Duration = Duration::seconds(20);

/// A message that was just sent, as the address of the page says it.
pub(super) struct SentMessage {
    seq: i64,
    tried: i64,
    since: DateTime<Utc>,
}

impl SentMessage {
    /// The message that an address names; `None` if it names none.
    pub(super) fn read(uri: &Uri) -> Option<Self> {
        Some(Self {
            seq: seq_of_message(&said_in(uri, MESSAGE))?,
            tried: said_in(uri, TRIED).parse().ok()?,
            since: DateTime::from_timestamp(said_in(uri, SINCE).parse().ok()?, 0)?,
        })
    }

    /// The address of the page of its channel.
    fn path(&self, channel_id: &str) -> String {
        let id = message_id(channel_id, self.seq);
        let (tried, since) = (self.tried.to_string(), self.since.timestamp().to_string());
        let pairs = [(MESSAGE, id.as_str()), (TRIED, &tried), (SINCE, &since)];
        format!("{}{}", urls::staff_channel(channel_id), urls::query(&pairs))
    }

    /// What became of it. An attempt that was made before the button was pressed doesn't count.
    pub(super) async fn outcome(
        &self,
        tx: &mut Tx,
        channel_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Outcome, StoreError> {
        let last = find_last_attempt(tx, channel_id, self.seq).await?;
        Ok(match last.filter(|it| it.attempt > self.tried) {
            Some(attempt) => Outcome::Tried(attempt),
            None if now - self.since < PATIENCE => Outcome::OnItsWay,
            None => Outcome::Unknown,
        })
    }
}

/// Sends a test.
pub(super) async fn test(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let message = SentMessage {
        seq: test_channel(&mut posting.change, &id).await?,
        tried: 0,
        since: posting.change.now(),
    };
    lead_to(posting, &message.path(&id)).await
}

/// Sends a message again.
pub(super) async fn again(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let seq = seq_of_message(sent.fields.first(MESSAGE)).unwrap_or_default();
    resend_to_channel(&mut posting.change, &id, seq).await?;
    let last = find_last_attempt(posting.change.tx(), &id, seq).await?;
    let message = SentMessage {
        seq,
        tried: last.map_or(0, |it| it.attempt),
        since: posting.change.now(),
    };
    lead_to(posting, &message.path(&id)).await
}
