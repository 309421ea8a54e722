//! What subscribers are told of a change: a dispatch for each event that is news to them.
//!
//! Only facts are written, in the change's own transaction, so a publish costs the same whatever
//! the number of subscribers. `delivery` spreads them.

use chrono::{DateTime, Duration, Utc};

use super::change::Change;
use super::error::ActionError;
use crate::domain::actor::Identity;
use crate::domain::dispatch::{Dispatch, News, Reach, Status, Telling, Thread};
use crate::domain::event::Event;
use crate::domain::slug::Slug;
use crate::store::channel_queue::has_told_channels;
use crate::store::channels::has_channels;
use crate::store::outbox::insert_dispatch;

/// What staff date back by more than this isn't news.
const BACKDATED: Duration = Duration::hours(1);

/// What the clock made isn't news if it is late by more than this.
const LATE: Duration = Duration::days(1);

impl Change {
    /// Says whether subscribers are told of what happens from now on.
    pub fn tell(&mut self, telling: Telling) {
        self.telling = telling;
    }

    /// Says from which instant on entries of files are news: those of today and yesterday.
    pub(super) fn news_since(&mut self, since: DateTime<Utc>) {
        self.files_news_since = since;
    }

    /// Notes what is to be told of an event.
    pub(super) fn dispatch(&mut self, event: &Event, identity: &Identity) {
        if let Some((thread, news)) = amends(event, self.now) {
            let seq = self.next_seq();
            self.dispatches.push((seq, thread, news));
        }
        let Some(told) = told_of(event, self.now) else {
            return;
        };
        let is_news = match self.telling {
            Telling::Quietly => false,
            Telling::Surely => true,
            Telling::AsUsual => match told.at {
                None => false,
                Some(at) => at >= self.earliest_news(identity),
            },
        };
        if is_news {
            let seq = self.next_seq();
            self.dispatches.push((seq, told.thread, told.news));
        }
    }

    /// Notes that a component is in another state now.
    pub(super) fn shifted(&mut self, component: &Slug) {
        let (seq, at_ms) = (self.next_seq(), self.now.timestamp_millis());
        let thread = Thread::Component(component.clone());
        self.dispatches.push((seq, thread, News::Shift { at_ms }));
    }

    fn earliest_news(&self, identity: &Identity) -> DateTime<Utc> {
        match identity {
            Identity::Staff { .. } | Identity::Host | Identity::Subscriber => self.now - BACKDATED,
            Identity::Clock => self.now - LATE,
            Identity::File { .. } => self.files_news_since,
        }
    }

    /// Whether this change creates the incident without a text of its own, and with an update.
    fn is_said_by_its_update(&self, thread: &Thread) -> bool {
        let Thread::Incident(incident) = thread else {
            return false;
        };
        let is_created_empty = |event: &Event| match event {
            Event::IncidentCreated { id, after } => id == incident && after.markdown.is_empty(),
            _ => false,
        };
        let is_update = |event: &Event| match event {
            Event::UpdateAdded { which, .. } => which.incident == *incident,
            _ => false,
        };
        let mut events = self.events.iter().map(|(_, event)| event);
        events.clone().any(is_created_empty) && events.any(is_update)
    }

    /// Writes the dispatches into the outbox. `revision` is the first that shows them.
    pub(super) async fn write_dispatches(&mut self, revision: i64) -> Result<(), ActionError> {
        let dispatches = std::mem::take(&mut self.dispatches);
        let is_for_channels = |news: &News| match news.reach() {
            Reach::Channels | Reach::Webhooks => true,
            Reach::Everybody | Reach::People => false,
        };
        let has_channels = dispatches.iter().any(|(.., news)| is_for_channels(news))
            && has_channels(&mut self.tx).await?;
        for (seq, thread, news) in dispatches {
            if is_for_channels(&news) && !has_channels {
                continue;
            }
            if news == News::Post && self.is_said_by_its_update(&thread) {
                continue;
            }
            // What nobody was told yet goes out as it stands then.
            if let News::Amendment { id, .. } | News::Withdrawal { id, .. } = &news
                && !has_told_channels(&mut self.tx, &thread, id).await?
            {
                continue;
            }
            let dispatch = Dispatch {
                seq,
                thread,
                news,
                created_at: self.now,
                due_at: None,
                revision,
                status: Status::Waiting,
            };
            insert_dispatch(&mut self.tx, &dispatch).await?;
        }
        Ok(())
    }
}

/// What channels are told of an event whether or not people are: it changes what they were told.
fn amends(event: &Event, now: DateTime<Utc>) -> Option<(Thread, News)> {
    let at_ms = now.timestamp_millis();
    let thread = |id: &str| Thread::Incident(id.to_owned());
    let amendment = |id: &str| {
        let id = id.to_owned();
        News::Amendment { id, at_ms }
    };
    let withdrawal = |id: &str| {
        let id = id.to_owned();
        News::Withdrawal { id, at_ms }
    };
    match event {
        Event::IncidentEdited { id, before, after } if !before.draft && !after.draft => {
            Some((thread(id), amendment("")))
        }
        Event::IncidentSynced {
            id,
            before: Some(_),
            publishes: None,
            ..
        } => Some((thread(id), amendment(""))),
        Event::IncidentWithdrawn { id, before } if !before.draft => {
            Some((thread(id), withdrawal("")))
        }
        Event::IncidentHidden { id, .. } => Some((thread(id), withdrawal(""))),
        Event::UpdateCorrected { which, .. }
        | Event::UpdateBroughtBack { which, .. }
        | Event::UpdateSynced {
            which,
            before: Some(_),
            ..
        } => Some((thread(&which.incident), amendment(&which.id))),
        Event::UpdateWithdrawn { which, .. } => {
            Some((thread(&which.incident), withdrawal(&which.id)))
        }
        Event::IncidentCreated { .. }
        | Event::IncidentEdited { .. }
        | Event::IncidentWithdrawn { .. }
        | Event::IncidentSynced { .. }
        | Event::UpdateAdded { .. }
        | Event::UpdateSynced { .. }
        | Event::ComponentStateSet { .. }
        | Event::ComponentPut { .. }
        | Event::ComponentDescribed { .. }
        | Event::ComponentRetired { .. }
        | Event::ComponentBroughtBack { .. }
        | Event::ComponentMoved { .. }
        | Event::TemplateSet { .. }
        | Event::TemplateRemoved { .. }
        | Event::DeliveryDecided { .. }
        | Event::TokenIssued { .. }
        | Event::TokenRevoked { .. }
        | Event::SignedIn { .. }
        | Event::SessionEnded { .. }
        | Event::SubscriberAdded { .. }
        | Event::SubscribersImported { .. }
        | Event::SubscriberEdited { .. }
        | Event::SubscriberRemoved { .. }
        | Event::SubscriberSuppressed { .. }
        | Event::SubscriberAllowed { .. }
        | Event::ChannelAdded { .. }
        | Event::ChannelEdited { .. }
        | Event::ChannelSecretRotated { .. }
        | Event::ChannelRemoved { .. } => None,
    }
}

/// What an event could tell subscribers.
struct Told {
    thread: Thread,
    news: News,
    /// The date of what became public. `None` for what isn't told unless staff ask for it.
    at: Option<DateTime<Utc>>,
}

fn told_of(event: &Event, now: DateTime<Utc>) -> Option<Told> {
    let of_incident = |id: &str, news: News, at: Option<DateTime<Utc>>| {
        Some(Told {
            thread: Thread::Incident(id.to_owned()),
            news,
            at,
        })
    };
    let correction = |id: &str| News::Correction {
        id: id.to_owned(),
        at_ms: now.timestamp_millis(),
    };
    match event {
        Event::IncidentCreated { id, after } if !after.draft => {
            of_incident(id, News::Post, Some(after.published_at))
        }
        Event::IncidentEdited { id, before, after } if !after.draft => match before.draft {
            true => of_incident(id, News::Post, Some(after.published_at)),
            false => of_incident(id, correction(""), None),
        },
        Event::IncidentSynced {
            id,
            publishes: Some(at),
            ..
        } => of_incident(id, News::Post, Some(*at)),
        Event::UpdateAdded { which, after } if !after.draft => {
            let id = which.id.clone();
            of_incident(&which.incident, News::Update { id }, Some(after.at))
        }
        Event::UpdateSynced {
            which,
            before: None,
            after,
        } => {
            let id = which.id.clone();
            of_incident(&which.incident, News::Update { id }, Some(after.at))
        }
        Event::UpdateCorrected { which, .. } => {
            of_incident(&which.incident, correction(&which.id), None)
        }
        Event::ComponentStateSet {
            component,
            incident: None,
            change,
            at,
            ..
        } => Some(Told {
            thread: Thread::Component(component.clone()),
            news: News::State { id: change.clone() },
            at: Some(*at),
        }),
        Event::IncidentCreated { .. }
        | Event::IncidentEdited { .. }
        | Event::IncidentWithdrawn { .. }
        | Event::IncidentSynced { .. }
        | Event::IncidentHidden { .. }
        | Event::UpdateAdded { .. }
        | Event::UpdateWithdrawn { .. }
        | Event::UpdateBroughtBack { .. }
        | Event::UpdateSynced { .. }
        | Event::ComponentStateSet { .. }
        | Event::ComponentPut { .. }
        | Event::ComponentDescribed { .. }
        | Event::ComponentRetired { .. }
        | Event::ComponentBroughtBack { .. }
        | Event::ComponentMoved { .. }
        | Event::TemplateSet { .. }
        | Event::TemplateRemoved { .. }
        | Event::DeliveryDecided { .. }
        | Event::TokenIssued { .. }
        | Event::TokenRevoked { .. }
        | Event::SignedIn { .. }
        | Event::SessionEnded { .. }
        | Event::SubscriberAdded { .. }
        | Event::SubscribersImported { .. }
        | Event::SubscriberEdited { .. }
        | Event::SubscriberRemoved { .. }
        | Event::SubscriberSuppressed { .. }
        | Event::SubscriberAllowed { .. }
        | Event::ChannelAdded { .. }
        | Event::ChannelEdited { .. }
        | Event::ChannelSecretRotated { .. }
        | Event::ChannelRemoved { .. } => None,
    }
}
