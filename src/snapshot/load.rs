//! Reads a snapshot from the database: one view of it, read from two sides at once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};

use super::history::History;
use super::post::Post;
use super::posts::Posts;
use super::{ComponentRecord, Snapshot};
use crate::domain::component::Component;
use crate::domain::incident::{CLOCK_TOLERANCE, Incident, page_time};
use crate::domain::site::{Site, Support};
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::store::bulk::{
    PackedChange, find_packed_changes, list_packed_changes, list_public_incidents_after,
    list_to_come,
};
use crate::store::changes::find_present;
use crate::store::components::{list_component_slugs, list_components};
use crate::store::incidents::list_redirects;
use crate::store::settings::{
    brand_from_text, find_meta, list_site_settings, stated_times, zones_from_text,
};
use crate::store::states::list_own_states;
use crate::store::{Store, StoreError, Tx};

/// The name under which the database remembers the authority of feed ids.
pub const AUTHORITY: &str = "authority";

/// A snapshot, and what time alone will change.
#[derive(Debug)]
pub struct Loaded {
    /// Everything public.
    pub snapshot: Snapshot,
    /// What comes to be shown or to hold later.
    pub waiting: Waiting,
}

/// Something that is stored already, and will be shown or hold from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// An incident, by its id.
    Incident(String),
    /// A component's history.
    Component(Slug),
}

/// When each thing has to be looked at again.
pub type Waiting = BTreeMap<Subject, DateTime<Utc>>;

/// Where readers reach the page, as far as the settings of the process say.
#[derive(Debug, Clone, Default)]
pub struct BaseUrl {
    /// Overrides what the site says.
    pub stated: Option<String>,
    /// Holds if nobody says anything: the address that is listened on.
    pub fallback: String,
}

/// So many incidents are read at once: enough to spare queries, few enough to spare memory.
const PART: i64 = 100;

/// The histories of so many components are.
const RANGE: usize = 10;

/// Everything public at the instant `now`.
pub async fn load(
    store: &Store,
    now: DateTime<Utc>,
    base_url: &BaseUrl,
) -> Result<Loaded, StoreError> {
    let (mut tx, second) = store.read_twice().await?;
    let revision = find_present(&mut tx).await?;
    let as_of = now.max(revision.made_until);
    let site = load_site(&mut tx, base_url).await?;
    let states = States::with_own(list_own_states(&mut tx).await?);
    let redirects = list_redirects(&mut tx).await?;
    let components = list_components(&mut tx).await?;
    let histories = Arc::new(Histories::to_read(&mut tx, as_of).await?);
    // Histories and incidents are read at the same time, which is what a start waits for. Whoever
    // has read the incidents helps with the histories that are left.
    let beside = second.map(|mut tx| {
        let histories = histories.clone();
        tokio::spawn(async move { histories.read(&mut tx).await })
    });
    let (posts, mut waiting) = load_posts(&mut tx, &site, as_of).await?;
    let mut read = histories.read(&mut tx).await?;
    if let Some(beside) = beside {
        read.extend(beside.await.map_err(|_| StoreError::Interrupted)??);
    }
    let mut read: HashMap<Slug, History> = read
        .into_iter()
        .map(|(history, due)| {
            wait(
                Subject::Component(history.component().clone()),
                due,
                as_of,
                &mut waiting,
            );
            (history.component().clone(), history)
        })
        .collect();
    let components = components.into_iter().map(|component| {
        let history = read.remove(&component.slug);
        Arc::new(ComponentRecord {
            history: history.unwrap_or_else(|| History::of(&component.slug, Vec::new())),
            component,
        })
    });
    let components = components.collect();
    let snapshot = Snapshot {
        revision: revision.number,
        as_of: page_time(now, revision.made_until),
        until: as_of,
        site,
        states,
        components: Vec::new(),
        posts,
        redirects: Arc::new(redirects),
        places: Arc::default(),
        full_names: Arc::default(),
    };
    Ok(Loaded {
        snapshot: snapshot.with_components(components),
        waiting,
    })
}

/// The histories of all components, to be read by several.
struct Histories {
    as_of: DateTime<Utc>,
    /// Incidents that are dated later.
    to_come: HashSet<String>,
    /// First and last of the components that nobody has taken yet.
    ranges: Mutex<Vec<(Slug, Slug)>>,
}

impl Histories {
    async fn to_read(tx: &mut Tx, as_of: DateTime<Utc>) -> Result<Self, StoreError> {
        let slugs = list_component_slugs(tx).await?;
        let ranges = slugs
            .chunks(RANGE)
            .filter_map(|range| Some((range.first()?.clone(), range.last()?.clone())));
        Ok(Self {
            as_of,
            to_come: list_to_come(tx, as_of + CLOCK_TOLERANCE).await?,
            ranges: Mutex::new(ranges.collect()),
        })
    }

    fn take(&self) -> Option<(Slug, Slug)> {
        let mut ranges = self.ranges.lock().unwrap_or_else(PoisonError::into_inner);
        ranges.pop()
    }

    /// Reads what nobody has taken; each history with when it has to be looked at again.
    async fn read(&self, tx: &mut Tx) -> Result<Vec<(History, Moments)>, StoreError> {
        let mut read = Vec::new();
        while let Some((first, last)) = self.take() {
            for packed in list_packed_changes(tx, &first, &last).await? {
                let is_shown = |id: &str| !self.to_come.contains(id);
                let changes = packed.read()?;
                read.push(history_of(&packed.component, changes, is_shown, self.as_of));
            }
        }
        Ok(read)
    }
}

/// When something has to be looked at again.
type Moments = Vec<DateTime<Utc>>;

/// Of a component's history, what may be shown, and when that will be otherwise.
fn history_of(
    component: &Slug,
    mut changes: Vec<PackedChange<'_>>,
    is_shown: impl Fn(&str) -> bool,
    as_of: DateTime<Utc>,
) -> (History, Moments) {
    let to_come = changes
        .iter()
        .filter(|change| change.at_ms > as_of.timestamp_millis())
        .filter_map(|change| DateTime::from_timestamp_millis(change.at_ms));
    let due = to_come.flat_map(moments).collect();
    let horizon = (as_of + CLOCK_TOLERANCE).timestamp_millis();
    changes.retain(|change| change.at_ms <= horizon && change.incident.is_none_or(&is_shown));
    (History::of(component, changes), due)
}

async fn load_posts(
    tx: &mut Tx,
    site: &Site,
    as_of: DateTime<Utc>,
) -> Result<(Posts, Waiting), StoreError> {
    let mut waiting = Waiting::new();
    let mut packed = Vec::new();
    let mut after = String::new();
    loop {
        let part = list_public_incidents_after(tx, &after, PART).await?;
        let Some(last) = part.last() else { break };
        after.clone_from(&last.id);
        for incident in part {
            wait_for_incident(&incident, as_of, &mut waiting);
            if let Some(incident) = due(incident, as_of) {
                let named = incident.components().into_iter().cloned().collect();
                packed.push((Post::of(&incident, as_of), named));
            }
        }
    }
    let mut posts = Posts::new(site.zone);
    posts.fill(packed);
    Ok((posts, waiting))
}

/// A component with its history, as far as that may be shown; `is_shown` says of an incident
/// whether it is.
pub(super) async fn load_component(
    tx: &mut Tx,
    component: Component,
    is_shown: impl Fn(&str) -> bool,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) -> Result<ComponentRecord, StoreError> {
    let packed = find_packed_changes(tx, &component.slug).await?;
    let (history, due) = history_of(&component.slug, packed.read()?, is_shown, as_of);
    wait(
        Subject::Component(component.slug.clone()),
        due,
        as_of,
        waiting,
    );
    Ok(ComponentRecord { component, history })
}

/// Notes when an incident has to be looked at again.
pub(super) fn wait_for_incident(incident: &Incident, as_of: DateTime<Utc>, waiting: &mut Waiting) {
    let updates = incident.updates.iter().map(|update| update.at);
    let said = updates.chain([incident.published_at]).flat_map(moments);
    wait(Subject::Incident(incident.id.clone()), said, as_of, waiting);
}

/// What is dated `at` is shown a little before, and counts from then on.
fn moments(at: DateTime<Utc>) -> [DateTime<Utc>; 2] {
    [at - CLOCK_TOLERANCE, at]
}

fn wait(
    subject: Subject,
    moments: impl IntoIterator<Item = DateTime<Utc>>,
    as_of: DateTime<Utc>,
    waiting: &mut Waiting,
) {
    match moments.into_iter().filter(|at| *at > as_of).min() {
        Some(next) => waiting.insert(subject, next),
        None => waiting.remove(&subject),
    };
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
    let times = stated_times(&settings);
    Ok(Site {
        name: settings
            .remove("name")
            .unwrap_or_else(|| "Status".to_owned()),
        base_url,
        authority,
        zone: times.zone,
        stated_date_order: times.date_order,
        stated_clock: times.clock,
        support,
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

/// The incident as far as it may be shown at `as_of`: nothing that runs further ahead of the clock
/// than is tolerated.
pub(super) fn due(mut incident: Incident, as_of: DateTime<Utc>) -> Option<Incident> {
    let horizon = as_of + CLOCK_TOLERANCE;
    if incident.published_at > horizon {
        return None;
    }
    incident.updates.retain(|update| update.at <= horizon);
    incident.changes.retain(|change| change.at <= horizon);
    Some(incident)
}
