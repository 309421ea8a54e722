//! Loads a snapshot from the database, from one consistent view, read over two connections.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::history::History;
use super::load_parts::{HistoryParts, IncidentParts, read_by_two};
use super::maintenance_log::MaintenanceLog;
use super::post::Post;
use super::posts::Posts;
use super::shown::{Subject, Waiting, history_of, wait};
use super::transition_changes::TransitionChanges;
use super::{ComponentHistory, Snapshot};
use crate::domain::component::Component;
use crate::domain::delivery_settings::DeliverySettings;
use crate::domain::incident::page_time;
use crate::domain::site::{Hosting, SiteSettings, Support, zones_from_text};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::bulk::find_packed_changes;
use crate::store::changes::find_present;
use crate::store::components::list_components;
use crate::store::incidents::list_redirects;
use crate::store::settings::{
    brand_from_text, delivery_from_text, find_meta, list_site_settings, stated_times,
};
use crate::store::states::list_own_states;
use crate::store::{Store, StoreError, Tx};

/// The key under which the database stores the authority of feed ids.
pub const AUTHORITY: &str = "authority";

/// A snapshot, and what time alone will change in it.
#[derive(Debug)]
pub struct Loaded {
    /// Everything public.
    pub snapshot: Snapshot,
    /// What will be shown or will count later.
    pub waiting: Waiting,
}

/// What the process's settings say about the page.
#[derive(Debug, Clone, Default)]
pub struct Deployment {
    /// The base URL that overrides the site's own.
    pub base_url: Option<String>,
    /// The base URL if nothing else states one: the listening address.
    pub fallback_url: String,
    /// Whether a mail server is configured.
    pub has_mail_server: bool,
    /// What is behind the pages.
    pub hosting: Hosting,
}

impl Deployment {
    /// Whether subscribers can be told by mail.
    fn sends_mail(&self, delivery: &DeliverySettings) -> bool {
        match self.hosting {
            Hosting::Server => self.has_mail_server && delivery.from.is_some(),
            Hosting::Files => false,
        }
    }

    /// Gives settings that another process kept what follows from this one's.
    pub(super) fn apply(&self, site: &mut SiteSettings) {
        if let Some(base_url) = &self.base_url {
            site.base_url.clone_from(base_url);
        }
        site.sends_mail = self.sends_mail(&site.delivery);
        site.hosting = self.hosting;
    }
}

/// Loads everything public at the instant `now`.
pub async fn load(
    store: &Store,
    now: DateTime<Utc>,
    deployment: &Deployment,
) -> Result<Loaded, StoreError> {
    let (mut tx, second) = store.read_twice().await?;
    let revision = find_present(&mut tx).await?;
    let as_of = now.max(revision.made_until);
    let site = load_site(&mut tx, deployment).await?;
    let states = States::with_own(list_own_states(&mut tx).await?);
    let redirects = list_redirects(&mut tx).await?;
    let components = list_components(&mut tx).await?;
    let maintenance_log = MaintenanceLog::load(&mut tx).await?;
    let mut waiting = Waiting::new();
    let (mut histories, transitions, second) =
        load_histories(&mut tx, second, as_of, &mut waiting).await?;
    let (packed, second) = load_posts(&mut tx, second, transitions, as_of, &mut waiting).await?;
    for mut view in [Some(tx), second].into_iter().flatten() {
        view.keep_as_usual().await?;
    }
    let mut posts = Posts::new(site.zone);
    posts.fill(packed);
    let components = components.into_iter().map(|component| {
        let history = histories.remove(&component.slug);
        Arc::new(ComponentHistory {
            history: history.unwrap_or_else(|| History::of(&component.slug, Vec::new())),
            component,
        })
    });
    let components = components.collect();
    let snapshot = Snapshot {
        revision: revision.number,
        as_of: page_time(now, revision.made_until),
        until: as_of,
        // Another process may have shown what was there before the latest change.
        shares_second: now.timestamp() <= revision.made_until.timestamp(),
        stale_since: None,
        site,
        states,
        components: Vec::new(),
        posts,
        maintenance_log: Arc::new(maintenance_log),
        groups: Arc::default(),
        redirects: Arc::new(redirects),
        indexes: Arc::default(),
        full_names: Arc::default(),
    };
    Ok(Loaded {
        snapshot: snapshot.with_components(components),
        waiting,
    })
}

async fn load_histories(
    tx: &mut Tx,
    second: Option<Tx>,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) -> Result<(HashMap<Slug, History>, TransitionChanges, Option<Tx>), StoreError> {
    let parts = Arc::new(HistoryParts::to_read(tx, as_of).await?);
    let (read, second) = read_by_two(tx, second, &parts).await?;
    let mut histories = HashMap::new();
    for part in read {
        let component = part.history.component().clone();
        wait(
            Subject::Component(component.clone()),
            part.due,
            as_of,
            waiting,
        );
        histories.insert(component, part.history);
    }
    Ok((histories, parts.take_transition_changes(), second))
}

async fn load_posts(
    tx: &mut Tx,
    second: Option<Tx>,
    transitions: TransitionChanges,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) -> Result<(Vec<(Post, Vec<Slug>)>, Option<Tx>), StoreError> {
    let parts = Arc::new(IncidentParts::to_read(tx, transitions, as_of).await?);
    let (mut read, second) = read_by_two(tx, second, &parts).await?;
    read.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    let mut posts = Vec::with_capacity(read.len());
    for part in read {
        wait(Subject::Incident(part.id), part.due, as_of, waiting);
        posts.extend(part.post);
    }
    Ok((posts, second))
}

/// A component with the part of its history that may be shown. `is_shown` tells whether an incident
/// is shown.
pub(super) async fn load_component(
    tx: &mut Tx,
    component: Component,
    is_shown: impl Fn(&str) -> bool,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) -> Result<ComponentHistory, StoreError> {
    let packed = find_packed_changes(tx, &component.slug).await?;
    let (history, due) = history_of(&component.slug, packed.read()?, is_shown, as_of);
    wait(
        Subject::Component(component.slug.clone()),
        due,
        as_of,
        waiting,
    );
    Ok(ComponentHistory { component, history })
}

/// Loads only the site's settings.
pub async fn load_site(tx: &mut Tx, deployment: &Deployment) -> Result<SiteSettings, StoreError> {
    let mut settings = list_site_settings(tx).await?;
    let remembered = find_meta(tx, AUTHORITY).await?;
    let base_url = deployment
        .base_url
        .clone()
        .or_else(|| settings.remove("base_url"))
        .unwrap_or_else(|| deployment.fallback_url.clone());
    let authority = settings
        .remove("authority")
        .or(remembered)
        .unwrap_or_else(|| host_of(&base_url).to_owned());
    let support = match (
        settings.remove("support_text"),
        settings.remove("support_url"),
    ) {
        (Some(text), Some(url)) => Some(Support { text, url }),
        _ => None,
    };
    let times = stated_times(&settings);
    let delivery = settings.get("delivery");
    let delivery = delivery
        .map(|text| delivery_from_text(text))
        .unwrap_or_default();
    Ok(SiteSettings {
        name: settings
            .remove("name")
            .unwrap_or_else(|| "Status".to_owned()),
        base_url,
        authority,
        zone: times.zone,
        stated_date_order: times.date_order,
        stated_clock: times.clock,
        support,
        sends_mail: deployment.sends_mail(&delivery),
        hosting: deployment.hosting,
        delivery,
        brand: settings
            .get("brand")
            .map(|text| brand_from_text(text))
            .unwrap_or_default(),
        zones: settings
            .get("zones")
            .map(|text| zones_from_text(text))
            .unwrap_or_default(),
    })
}

/// The host (and port) of a base URL.
pub fn host_of(base_url: &str) -> &str {
    let rest = base_url
        .split_once("://")
        .map_or(base_url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}
