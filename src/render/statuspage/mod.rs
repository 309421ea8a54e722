//! The public API of Atlassian Statuspage (v2), which the field's monitors, chat bots and dashboards
//! read: its paths, shapes and words. What differs is in `docs/statuspage.md`.

mod component;
mod context;
mod entry;
mod id;
mod incident;
mod status;
#[cfg(test)]
mod tests;

use serde::Serialize;

use self::component::{Component, Components};
use self::context::{Context, Page};
use self::incident::{IncidentShape, shape};
use self::status::{Level, Status};
use crate::domain::incident::{Incident, Kind};
use crate::snapshot::Snapshot;
use crate::snapshot::post::Post;

/// A document of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// All that is happening or planned.
    Summary,
    /// The status of the whole page.
    Status,
    /// The components.
    Components,
    /// The newest incidents.
    Incidents,
    /// The open incidents.
    UnresolvedIncidents,
    /// The newest maintenances.
    Maintenances,
    /// The maintenances that are planned, soonest first.
    UpcomingMaintenances,
    /// The maintenances under way.
    ActiveMaintenances,
}

impl Resource {
    /// Every document.
    pub const ALL: [Self; 8] = [
        Self::Summary,
        Self::Status,
        Self::Components,
        Self::Incidents,
        Self::UnresolvedIncidents,
        Self::Maintenances,
        Self::UpcomingMaintenances,
        Self::ActiveMaintenances,
    ];

    /// Its name in its path.
    pub fn name(self) -> &'static str {
        match self {
            Self::Summary => "summary",
            Self::Status => "status",
            Self::Components => "components",
            Self::Incidents => "incidents",
            Self::UnresolvedIncidents => "incidents/unresolved",
            Self::Maintenances => "scheduled-maintenances",
            Self::UpcomingMaintenances => "scheduled-maintenances/upcoming",
            Self::ActiveMaintenances => "scheduled-maintenances/active",
        }
    }

    /// The document with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name() == name)
    }
}

/// How many incidents or maintenances a list has, at most.
const LISTED: usize = 50;

/// Every document has the page and some of the rest.
#[derive(Serialize)]
struct Answer<'a> {
    page: Page<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<&'a [Component<'a>]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incidents: Option<Vec<IncidentShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_maintenances: Option<Vec<IncidentShape<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

/// A document as JSON.
pub fn render(snapshot: &Snapshot, resource: Resource) -> String {
    let context = Context::of(snapshot);
    let components = Components::of(&context);
    let shapes = |incidents: Vec<Incident>| {
        let shapes = incidents.iter().map(|it| shape(&context, &components, it));
        Some(shapes.collect::<Vec<_>>())
    };
    let mut answer = Answer {
        page: context.page(),
        components: None,
        incidents: None,
        scheduled_maintenances: None,
        status: None,
    };
    match resource {
        Resource::Summary => {
            answer.components = Some(&components.list);
            answer.incidents = shapes(open(snapshot, Kind::Disruption));
            let mut maintenances = open(snapshot, Kind::Maintenance);
            maintenances.extend(snapshot.planned_maintenance());
            answer.scheduled_maintenances = shapes(maintenances);
            answer.status = Some(level(snapshot, &components).status());
        }
        Resource::Status => answer.status = Some(level(snapshot, &components).status()),
        Resource::Components => answer.components = Some(&components.list),
        Resource::Incidents => answer.incidents = shapes(newest(snapshot, Kind::Disruption)),
        Resource::UnresolvedIncidents => {
            answer.incidents = shapes(open(snapshot, Kind::Disruption));
        }
        Resource::Maintenances => {
            answer.scheduled_maintenances = shapes(newest(snapshot, Kind::Maintenance));
        }
        Resource::UpcomingMaintenances => {
            answer.scheduled_maintenances = shapes(snapshot.planned_maintenance());
        }
        Resource::ActiveMaintenances => {
            answer.scheduled_maintenances = shapes(open(snapshot, Kind::Maintenance));
        }
    }
    serde_json::to_string(&answer).expect("strings and lists are always JSON")
}

fn level(snapshot: &Snapshot, components: &Components<'_>) -> Level {
    let shown = components.list.iter();
    let shown = shown.map(|component| Level::of_component(component.status));
    let open = snapshot.open_incidents();
    let open = open.iter().map(Level::of_open);
    shown.chain(open).max().unwrap_or(Level::Fine)
}

/// The open incidents of a kind, newest first.
fn open(snapshot: &Snapshot, kind: Kind) -> Vec<Incident> {
    let open = snapshot.posts.open().iter();
    let open = open.filter(|post| post.kind == kind);
    open.map(|post| Post::read(post)).collect()
}

/// The newest incidents of a kind.
fn newest(snapshot: &Snapshot, kind: Kind) -> Vec<Incident> {
    let all = snapshot.posts.iter().filter(|post| post.kind == kind);
    all.take(LISTED).map(|post| Post::read(post)).collect()
}
