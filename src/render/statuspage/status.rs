//! The status of the whole page: an indicator for programs and a description for people.
//!
//! Tools compare these words, so they are Statuspage's own and the same in every language.

use serde::Serialize;

use crate::domain::incident::{Impact, Incident, Kind};
use crate::domain::state::STATUSPAGE_VALUES;

/// How the whole page is doing, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// Everything works, and nothing is open.
    Fine,
    /// A maintenance is under way.
    Maintenance,
    /// An incident is open, and no component shows it.
    Incident,
    /// A component is degraded.
    Degraded,
    /// A component is partly down.
    Partial,
    /// A component is down.
    Outage,
}

/// The status of the whole page.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Status {
    indicator: &'static str,
    description: &'static str,
}

impl Level {
    /// The level of a component with this status, one of [`STATUSPAGE_VALUES`].
    pub(super) fn of_component(status: &str) -> Self {
        const LEVELS: [Level; STATUSPAGE_VALUES.len()] = [
            Level::Fine,
            Level::Maintenance,
            Level::Degraded,
            Level::Partial,
            Level::Outage,
        ];
        let index = STATUSPAGE_VALUES.iter().position(|value| *value == status);
        index.map_or(Self::Fine, |index| LEVELS[index])
    }

    /// The level that an open incident gives the page by itself. What it did to components counts
    /// with them, as long as it lasts; so only an impact that staff set counts here.
    pub(super) fn of_open(incident: &Incident) -> Self {
        match (incident.kind, incident.stated_impact) {
            (Kind::Notice, _) => Self::Fine,
            (Kind::Maintenance, _) => Self::Maintenance,
            (Kind::Disruption, None | Some(Impact::None | Impact::Minor)) => Self::Incident,
            (Kind::Disruption, Some(Impact::Major)) => Self::Partial,
            (Kind::Disruption, Some(Impact::Critical)) => Self::Outage,
        }
    }

    /// The words for it.
    pub(super) fn status(self) -> Status {
        let (indicator, description) = match self {
            Self::Fine => ("none", "All Systems Operational"),
            Self::Maintenance => ("maintenance", "Service Under Maintenance"),
            Self::Incident => ("minor", "Minor Service Outage"),
            Self::Degraded => ("minor", "Partially Degraded Service"),
            Self::Partial => ("major", "Partial System Outage"),
            Self::Outage => ("critical", "Major Service Outage"),
        };
        Status {
            indicator,
            description,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_of_a_component_decides_unless_an_incident_is_worse() {
        let levels = STATUSPAGE_VALUES.map(Level::of_component);
        assert!(levels.is_sorted());
        let words = levels.map(|level| level.status().indicator);
        assert_eq!(words, ["none", "maintenance", "minor", "major", "critical"]);
        let words = levels.map(|level| level.status().description);
        let expected = [
            "All Systems Operational",
            "Service Under Maintenance",
            "Partially Degraded Service",
            "Partial System Outage",
            "Major Service Outage",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn an_open_incident_gives_its_own_level() {
        let check = |kind: Kind, impact: Option<Impact>, indicator: &str, description: &str| {
            let mut incident = Incident::example(kind, 60);
            incident.stated_impact = impact;
            let status = Level::of_open(&incident).status();
            let found = (status.indicator, status.description);
            assert_eq!(found, (indicator, description), "{kind:?} {impact:?}");
        };
        let minor = "Minor Service Outage";
        check(Kind::Disruption, None, "minor", minor);
        check(Kind::Disruption, Some(Impact::None), "minor", minor);
        check(Kind::Disruption, Some(Impact::Minor), "minor", minor);
        let (partial, major) = ("Partial System Outage", "Major Service Outage");
        check(Kind::Disruption, Some(Impact::Major), "major", partial);
        check(Kind::Disruption, Some(Impact::Critical), "critical", major);
        let under_way = "Service Under Maintenance";
        check(Kind::Maintenance, None, "maintenance", under_way);
        let critical = Some(Impact::Critical);
        check(Kind::Maintenance, critical, "maintenance", under_way);
        check(Kind::Notice, critical, "none", "All Systems Operational");
    }
}
