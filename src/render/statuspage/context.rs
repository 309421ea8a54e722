//! What every shape of a document needs: the snapshot, the page, and how times are written.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use super::id::{Kind, id};
use crate::snapshot::{ComponentHistory, Snapshot};

/// What all shapes of a document need.
#[derive(Debug)]
pub(super) struct Context<'s> {
    pub(super) snapshot: &'s Snapshot,
    pub(super) page_id: String,
}

/// The page itself, which is in every document.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    id: &'a str,
    name: &'a str,
    url: &'a str,
    time_zone: &'a str,
    updated_at: String,
}

impl<'s> Context<'s> {
    /// The context of a snapshot's documents.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        Self {
            // The authority stays the same when the domain changes.
            page_id: id(Kind::Page, &snapshot.site.authority),
            snapshot,
        }
    }

    /// An instant in the site's zone, with milliseconds.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.snapshot.site.zone);
        local.to_rfc3339_opts(SecondsFormat::Millis, true)
    }

    /// When a component was first seen or first spoken of, whichever is earlier.
    pub(super) fn made_at(&self, record: &ComponentHistory) -> DateTime<Utc> {
        let made = record.component.created_at;
        let first = record.history.first();
        first.map_or(made, |first| first.at.min(made))
    }

    /// When a component's state last changed, else when the component was first seen.
    pub(super) fn changed_at(&self, record: &ComponentHistory) -> DateTime<Utc> {
        let changed = record.history.last_change(self.snapshot.until);
        changed.unwrap_or(record.component.created_at)
    }

    /// The page.
    pub(super) fn page(&self) -> Page<'_> {
        let site = &self.snapshot.site;
        Page {
            id: &self.page_id,
            name: &site.name,
            url: &site.base_url,
            time_zone: site.zone.name(),
            updated_at: self.time(self.updated_at()),
        }
    }

    /// When something last became public: an incident, an update, a component or its state.
    fn updated_at(&self) -> DateTime<Utc> {
        let components = self.snapshot.active_components();
        let components = components.map(|record| self.changed_at(record));
        let latest = components.chain(self.snapshot.posts.last_public()).max();
        latest.unwrap_or_default()
    }
}
