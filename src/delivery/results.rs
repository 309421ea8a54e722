//! How messages fared, as the database keeps it.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::email::Refusal;
use super::lanes::Sent;
use super::retry::next_attempt;
use crate::domain::subscriber::{Channel, Subscriber};
use crate::metrics::{MessageResult, Metrics};
use crate::random;
use crate::store::deliveries::{ClaimedDelivery, Outcome, finish_deliveries};
use crate::store::letters::{Letter, delete_letter, postpone_letter};
use crate::store::subscribers::{delete_link, set_refusals};
use crate::store::{StoreError, Tx};

/// What a message belongs to.
#[derive(Debug)]
pub(super) enum Note {
    /// What a subscriber is told.
    Delivery(Box<ClaimedDelivery>, Arc<Subscriber>),
    /// A letter, with the hash of the secret in its link.
    Letter(Box<Letter>, Option<String>),
}

/// How a message fared, as it is counted once that is stored.
#[derive(Debug)]
pub(super) enum Counted {
    Delivery(Channel, MessageResult),
    Letter(MessageResult),
}

impl Counted {
    /// Counts it.
    pub(super) fn add_to(&self, metrics: &Metrics) {
        match self {
            Self::Delivery(channel, result) => metrics.deliveries.add(*channel, *result),
            Self::Letter(result) => metrics.letters.add(Channel::Email, *result),
        }
    }
}

/// Counts the messages that were given up before they were handed over.
pub(super) fn count_impossible(settled: &[(ClaimedDelivery, Outcome)], metrics: &Metrics) {
    for (_, outcome) in settled {
        if matches!(outcome, Outcome::GaveUp { .. }) {
            metrics
                .deliveries
                .add(Channel::Email, MessageResult::GaveUp);
        }
    }
}

/// Notes how messages fared that `claim` had claimed. Returns what to count.
///
/// # Errors
/// The database's.
pub(super) async fn note_results(
    tx: &mut Tx,
    claim: &str,
    results: &[Sent<Note>],
    now: DateTime<Utc>,
) -> Result<Vec<Counted>, StoreError> {
    let mut finished = Vec::with_capacity(results.len());
    let mut counted = Vec::with_capacity(results.len());
    for Sent { note, result } in results {
        match note {
            Note::Letter(letter, link) => {
                let is_over = note_letter(tx, letter, link.as_deref(), result, now).await?;
                counted.push(Counted::Letter(counted_as(result, is_over)));
            }
            Note::Delivery(delivery, subscriber) => {
                note_refusals(tx, subscriber, result, now).await?;
                let outcome = outcome_of(delivery, result, now);
                let is_over = matches!(outcome, Outcome::GaveUp { .. });
                let result = counted_as(result, is_over);
                counted.push(Counted::Delivery(subscriber.channel, result));
                finished.push(((**delivery).clone(), outcome));
            }
        }
    }
    log(&finished);
    finish_deliveries(tx, claim, now, &finished).await?;
    Ok(counted)
}

/// As what a message is counted; `is_over` says that it isn't tried again.
fn counted_as(result: &Result<(), Refusal>, is_over: bool) -> MessageResult {
    match result {
        Ok(()) => MessageResult::Delivered,
        Err(Refusal::Never(_)) => MessageResult::Refused,
        Err(Refusal::Unwritable(_)) => MessageResult::GaveUp,
        Err(Refusal::Server(_) | Refusal::Later { .. }) if is_over => MessageResult::GaveUp,
        Err(Refusal::Server(_) | Refusal::Later { .. }) => MessageResult::Retried,
    }
}

/// Logs how many were told, so that it can be said later that they were.
fn log(finished: &[(ClaimedDelivery, Outcome)]) {
    let count = |is: fn(&Outcome) -> bool| finished.iter().filter(|(_, it)| is(it)).count();
    let sent = count(|it| *it == Outcome::Done);
    let later = count(|it| matches!(it, Outcome::Later { .. }));
    let gave_up = count(|it| matches!(it, Outcome::GaveUp { .. }));
    if !finished.is_empty() {
        tracing::info!(sent, later, gave_up, "told subscribers");
    }
}

/// Returns whether the letter isn't tried again.
async fn note_letter(
    tx: &mut Tx,
    letter: &Letter,
    link: Option<&str>,
    result: &Result<(), Refusal>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let next = match result {
        Ok(()) | Err(Refusal::Never(_) | Refusal::Unwritable(_)) => None,
        Err(Refusal::Server(_) | Refusal::Later { .. }) => {
            next_try(letter.attempts, Some(letter.created_at), now)
        }
    };
    match next {
        Some(next) => postpone_letter(tx, &letter.id, next).await?,
        None => delete_letter(tx, &letter.id).await?,
    }
    if let (Some(link), Err(_)) = (link, result) {
        // The next attempt has a link of its own.
        delete_link(tx, link).await?;
    }
    Ok(next.is_none())
}

/// Counts permanent refusals in a row, and suppresses the address after the last one.
async fn note_refusals(
    tx: &mut Tx,
    subscriber: &Subscriber,
    result: &Result<(), Refusal>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut counted = subscriber.clone();
    match result {
        Ok(()) if subscriber.refusals == 0 => return Ok(()),
        Ok(()) => counted.refusals = 0,
        Err(Refusal::Never(why)) => {
            let times = subscriber.refusals + 1;
            counted.count_refusal(&format!("refused {times} times in a row: {why}"), now);
        }
        Err(Refusal::Server(_) | Refusal::Later { .. } | Refusal::Unwritable(_)) => return Ok(()),
    }
    let suppressed = counted.suppressed.as_ref();
    set_refusals(tx, &counted.id, counted.refusals, suppressed).await
}

fn outcome_of(
    delivery: &ClaimedDelivery,
    result: &Result<(), Refusal>,
    now: DateTime<Utc>,
) -> Outcome {
    let (why, may_have_arrived) = match result {
        Ok(()) => return Outcome::Done,
        Err(Refusal::Never(why) | Refusal::Unwritable(why)) => {
            return Outcome::GaveUp { why: why.clone() };
        }
        Err(Refusal::Server(why)) => (why, false),
        Err(Refusal::Later {
            why,
            may_have_arrived,
        }) => (why, *may_have_arrived),
    };
    match next_try(delivery.attempts, delivery.failing_since, now) {
        Some(next_at) => Outcome::Later {
            next_at,
            why: why.clone(),
            may_have_arrived,
        },
        None => Outcome::GaveUp { why: why.clone() },
    }
}

fn next_try(
    attempts: i64,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    next_attempt(attempts, since, now, random::fraction().unwrap_or(0.5))
}
