//! Who gets a dispatch, by what is public now.

use super::Snapshot;
use crate::domain::dispatch::{Dispatch, News, Thread};
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::subscriber::Target;
use crate::store::outbox::{Audience, Wanted};

impl Snapshot {
    /// Who gets a dispatch; `None` if it isn't public any more.
    pub fn audience_of(&self, dispatch: &Dispatch) -> Option<Audience> {
        match &dispatch.thread {
            Thread::Incident(id) => {
                let incident = self.posts.find_by_id(id)?.read();
                let is_end = is_end(&incident, &dispatch.news)?;
                let named = incident.components();
                let mut targets = targets_of(self, &named);
                targets.push(Target::Incident(id.clone()));
                Some(Audience {
                    targets,
                    wants: match incident.kind {
                        Kind::Disruption | Kind::Notice => Wanted::Incidents,
                        Kind::Maintenance => Wanted::Maintenance,
                    },
                    and_whoever_was_told: is_end,
                })
            }
            Thread::Component(slug) => {
                self.find_component(slug)?;
                Some(Audience {
                    targets: targets_of(self, &[slug]),
                    wants: Wanted::Changes,
                    and_whoever_was_told: false,
                })
            }
        }
    }
}

/// Whether the news ends the incident; `None` if it isn't public any more.
fn is_end(incident: &Incident, news: &News) -> Option<bool> {
    match news {
        News::Post | News::Reminder { .. } => Some(false),
        News::Correction { id, .. } if id.is_empty() => Some(false),
        // They go to whoever was told of what they put right.
        News::Amendment { .. } | News::Withdrawal { .. } => None,
        News::Update { id } | News::Correction { id, .. } => {
            let update = incident.updates.iter().find(|update| update.id == *id)?;
            Some(update.phase.is_some_and(|phase| phase.is_final()))
        }
        News::State { .. } | News::Shift { .. } => None,
    }
}

/// The components, and their groups.
fn targets_of(snapshot: &Snapshot, named: &[&Slug]) -> Vec<Target> {
    let mut targets = Vec::new();
    for slug in named {
        targets.push(Target::Component((*slug).clone()));
        let record = snapshot.find_component(slug);
        let group = record.and_then(|record| record.component.group.clone());
        targets.extend(group.map(Target::Group));
    }
    targets.sort();
    targets.dedup();
    targets
}
