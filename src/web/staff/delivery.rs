//! What staff decide about messages to subscribers: the buttons on the dashboard.

use std::collections::BTreeSet;

use axum::extract::State;
use axum::response::Response;

use super::flash;
use super::posting::{begin_button, lead_to};
use super::reading::IdOf;
use super::staff_error::StaffError;
use super::submission::Submission;
use crate::actions::decide_delivery::{dont_send, release_held, retry_failed, send_now};
use crate::domain::added_channel::AddedChannel;
use crate::domain::dispatch::{News, Reach, Status, Thread};
use crate::domain::hold::HeldBecause;
use crate::domain::incident::Incident;
use crate::render::html::staff::delivery::{
    FailedMessage, HeldMessages, Outbox, StuckMessages, TroubledChannel, WaitingMessage,
};
use crate::render::html::staff::fields::Fields;
use crate::render::markdown::first_sentences;
use crate::render::messages::text_of;
use crate::site::Site;
use crate::store::channel_queue::{list_for_channels, list_told};
use crate::store::channels::list_channels;
use crate::store::outbox::{count_audience, count_waiting, list_dispatches};
use crate::store::settings::{DELIVERS_FOR, find_meta};
use crate::store::{StoreError, Tx, deliveries};
use crate::urls;
use crate::web::state::AppState;

/// How much of a message is shown, in characters.
const WORDS: usize = 100;

/// How many messages are listed that were given up.
const FAILED: i64 = 20;

/// What the dashboard shows about messages.
pub(super) async fn outbox(tx: &mut Tx, site: &Site) -> Result<Outbox, StoreError> {
    let snapshot = site.snapshot();
    let delay = snapshot.site.delivery.delay();
    let mut waiting = Vec::new();
    let channels = list_channels(tx).await?;
    let sends_mail = snapshot.site.sends_mail;
    let dispatches = match sends_mail {
        true => list_dispatches(tx, Status::Waiting).await?,
        // What people aren't told waits for channels only.
        false if channels.is_empty() => return Ok(Outbox::default()),
        false => list_for_channels(tx).await?,
    };
    for dispatch in dispatches {
        if dispatch.news.reach() != Reach::Everybody && dispatch.news.reach() != Reach::People {
            continue;
        }
        let Some(audience) = snapshot.audience_of(&dispatch) else {
            continue;
        };
        let (title, words) = match &dispatch.thread {
            Thread::Incident(id) => {
                let Some(incident) = snapshot.posts.find_by_id(id).map(|it| it.read()) else {
                    continue;
                };
                (incident.title.clone(), words_of(&incident, &dispatch.news))
            }
            Thread::Component(slug) => (snapshot.component_name(slug).to_owned(), String::new()),
        };
        let thread = &dispatch.thread;
        let told = match channels.is_empty() {
            true => BTreeSet::new(),
            false => list_told(tx, thread).await?,
        };
        let is_reader = |it: &&AddedChannel| {
            it.is_active()
                && dispatch.news.is_for(it.kind)
                && audience.includes(&it.following, thread, told.contains(&it.id))
        };
        waiting.push(WaitingMessage {
            seq: dispatch.seq,
            title,
            words,
            subscribers: match sends_mail {
                true => count_audience(tx, thread, &audience).await?,
                false => 0,
            },
            channels: channels.iter().filter(is_reader).count(),
            due_at: dispatch.due(delay),
        });
    }
    let (former, count) = (find_meta(tx, DELIVERS_FOR).await?, count_waiting(tx).await?);
    let held = HeldBecause::of(former, &snapshot.site.base_url, count);
    let stuck = deliveries::find_stuck(tx).await?.filter(|_| sends_mail);
    let stuck = stuck.map(|stuck| StuckMessages {
        waiting: stuck.waiting,
        why: stuck.why,
        next_at: stuck.next_at,
    });
    let failed = deliveries::list_failed(tx, FAILED).await?;
    Ok(Outbox {
        waiting,
        held: held.map(|why| HeldMessages { count, why }),
        stuck,
        failed: failed
            .into_iter()
            .map(|failed| FailedMessage {
                address: failed.address.to_string(),
                title: title_of(site, &failed.thread),
                at: failed.at,
                why: failed.why,
            })
            .collect(),
        troubled: channels.into_iter().filter_map(troubled).collect(),
    })
}

/// A channel, if it takes nothing.
fn troubled(channel: AddedChannel) -> Option<TroubledChannel> {
    let (why, is_disabled) = match channel.disabled {
        Some(disabled) => (disabled.why, true),
        None => (channel.failure?, false),
    };
    Some(TroubledChannel {
        id: channel.id,
        name: channel.name,
        why,
        is_disabled,
    })
}

/// What a thread is about. What isn't public any more has no title.
fn title_of(site: &Site, thread: &Thread) -> String {
    let snapshot = site.snapshot();
    match thread {
        Thread::Incident(id) => {
            let post = snapshot.posts.find_by_id(id);
            post.map_or_else(String::new, |it| it.title.to_string())
        }
        Thread::Component(slug) => snapshot.component_name(slug).to_owned(),
    }
}

/// The first words of what goes out, so that staff can tell one from another.
fn words_of(incident: &Incident, news: &News) -> String {
    let update = |id: &str| {
        let update = incident.updates.iter().find(|update| update.id == id);
        update.map_or_else(String::new, |it| text_of(it).into_owned())
    };
    let text = match news {
        News::Update { id } => update(id),
        News::Correction { id, .. } if !id.is_empty() => update(id),
        News::Post | News::Correction { .. } => incident.markdown.clone(),
        News::Reminder { .. } => return "Reminder".to_owned(),
        News::State { .. }
        | News::Shift { .. }
        | News::Amendment { .. }
        | News::Withdrawal { .. } => {
            return String::new();
        }
    };
    first_sentences(&text, WORDS)
}

/// Sends a message now, or not at all.
pub(super) async fn decide(
    State(state): State<AppState>,
    IdOf(id): IdOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let seq = id
        .parse()
        .map_err(|_| StaffError::missing("there is no such message to subscribers"))?;
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let flash = match sent.fields.first(Fields::BUTTON) {
        "send" => {
            send_now(&mut posting.change, seq).await?;
            "sending"
        }
        _ => {
            dont_send(&mut posting.change, seq).await?;
            "not-sent"
        }
    };
    let response = lead_to(posting, &flash::path_with(urls::STAFF, flash)).await;
    state.outbox.notify_one();
    response
}

/// Sends or drops what is held.
pub(super) async fn decide_held(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    let sends = sent.fields.first(Fields::BUTTON) == "send";
    let base_url = state.site.current().snapshot().site.base_url.clone();
    release_held(&mut posting.change, &base_url, sends).await?;
    let flash = if sends { "sending" } else { "not-sent" };
    let response = lead_to(posting, &flash::path_with(urls::STAFF, flash)).await;
    state.outbox.notify_one();
    response
}

/// Tries again what was given up.
pub(super) async fn retry(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_button(&state, &sent).await? {
        Ok(posting) => posting,
        Err(done) => return Ok(done),
    };
    retry_failed(&mut posting.change).await?;
    let response = lead_to(posting, &flash::path_with(urls::STAFF, "sending")).await;
    state.outbox.notify_one();
    response
}
