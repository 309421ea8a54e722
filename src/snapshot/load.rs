//! Reads a snapshot from the database, in one read transaction.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::{ComponentRecord, Snapshot};
use crate::domain::component::StateChange;
use crate::domain::incident::{CLOCK_TOLERANCE, Incident};
use crate::domain::site::{DateOrder, Site, Support};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::changes::find_revision;
use crate::store::components::list_components;
use crate::store::incidents::{list_public_incidents, list_redirects};
use crate::store::settings::{find_meta, list_site_settings, zones_from_text};
use crate::store::states::{list_changes, list_own_states};
use crate::store::{Store, StoreError, Tx};

/// The name under which the database remembers the authority of feed ids.
pub const AUTHORITY: &str = "authority";

/// A snapshot, and when time alone will make it untrue.
#[derive(Debug)]
pub struct Loaded {
    /// Everything public.
    pub snapshot: Snapshot,
    /// The next instant at which something stored becomes due.
    pub next_due: Option<DateTime<Utc>>,
}

/// Where readers reach the page, as far as the settings of the process say.
#[derive(Debug, Clone, Default)]
pub struct BaseUrl {
    /// Overrides what the site says.
    pub stated: Option<String>,
    /// Holds if nobody says anything: the address that is listened on.
    pub fallback: String,
}

/// Everything public at the instant `as_of`.
pub async fn load(
    store: &Store,
    as_of: DateTime<Utc>,
    base_url: &BaseUrl,
) -> Result<Loaded, StoreError> {
    let mut tx = store.read().await?;
    let revision = find_revision(&mut tx).await?;
    let site = load_site(&mut tx, base_url).await?;
    let states = States::with_own(list_own_states(&mut tx).await?);
    let redirects = list_redirects(&mut tx).await?;
    let all = list_public_incidents(&mut tx).await?;
    let changes = list_changes(&mut tx).await?;
    let next_due = next_due(&all, &changes, as_of);
    let mut incidents: Vec<Arc<Incident>> = all
        .into_iter()
        .filter_map(|incident| due(incident, as_of))
        .map(Arc::new)
        .collect();
    incidents.sort_by(|a, b| (b.started(), &b.id).cmp(&(a.started(), &a.id)));
    let components = load_components(&mut tx, &incidents, changes, as_of).await?;
    let snapshot = Snapshot {
        revision,
        as_of,
        site,
        states,
        components,
        incidents,
        redirects,
    };
    Ok(Loaded { snapshot, next_due })
}

/// The next instant after `as_of` at which something that is stored already comes to be shown or
/// to hold.
fn next_due(
    incidents: &[Incident],
    changes: &[StateChange],
    as_of: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let shown = incidents.iter().flat_map(|incident| {
        let updates = incident.updates.iter().map(|update| update.at);
        updates.chain([incident.published_at])
    });
    let holding = changes.iter().map(|change| change.at);
    shown
        .map(|at| at - CLOCK_TOLERANCE)
        .chain(holding)
        .filter(|at| *at > as_of)
        .min()
}

/// The site's settings alone, as they stand in the database.
pub async fn load_site(tx: &mut Tx, base_url: &BaseUrl) -> Result<Site, StoreError> {
    let mut settings = list_site_settings(tx).await?;
    let remembered = find_meta(tx, AUTHORITY).await?;
    let base_url = base_url
        .stated
        .clone()
        .or_else(|| settings.remove("base_url"))
        .unwrap_or_else(|| base_url.fallback.clone());
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
    let zone = settings
        .get("time_zone")
        .and_then(|name| name.parse::<Tz>().ok())
        .unwrap_or(Tz::UTC);
    Ok(Site {
        name: settings
            .remove("name")
            .unwrap_or_else(|| "Status".to_owned()),
        base_url,
        authority,
        zone,
        stated_date_order: settings
            .get("date_order")
            .and_then(|word| DateOrder::parse(word)),
        support,
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

/// The incident as far as it may be shown at `as_of`: nothing that runs further ahead of the clock
/// than is tolerated.
fn due(mut incident: Incident, as_of: DateTime<Utc>) -> Option<Incident> {
    let horizon = as_of + CLOCK_TOLERANCE;
    if incident.published_at > horizon {
        return None;
    }
    incident.updates.retain(|update| update.at <= horizon);
    incident.changes.retain(|change| change.at <= horizon);
    Some(incident)
}

async fn load_components(
    tx: &mut Tx,
    incidents: &[Arc<Incident>],
    all_changes: Vec<StateChange>,
    as_of: DateTime<Utc>,
) -> Result<Vec<ComponentRecord>, StoreError> {
    let shown: std::collections::HashSet<&str> = incidents
        .iter()
        .map(|incident| incident.id.as_str())
        .collect();
    let mut changes: HashMap<Slug, Vec<StateChange>> = HashMap::new();
    for change in all_changes {
        let is_due = change.at <= as_of + CLOCK_TOLERANCE
            && change
                .incident
                .as_deref()
                .is_none_or(|id| shown.contains(id));
        if is_due {
            changes
                .entry(change.component.clone())
                .or_default()
                .push(change);
        }
    }
    Ok(list_components(tx)
        .await?
        .into_iter()
        .map(|component| ComponentRecord {
            changes: changes.remove(&component.slug).unwrap_or_default(),
            component,
        })
        .collect())
}
