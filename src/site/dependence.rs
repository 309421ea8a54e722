//! What pages depend on, so that a change renders only the pages that show it.
//! [`super::public_pages::depends_on`] lists what each page depends on.

use crate::domain::slug::Slug;
use crate::snapshot::patch::Touched;
use crate::snapshot::posts::Month;

/// Something that can change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dependence {
    /// Anything at all: such a page is rendered anew after each change.
    Anything,
    /// An incident, by its id.
    Incident(String),
    /// Any incident.
    AnyIncident,
    /// Any maintenance, even one that is withdrawn.
    Maintenance,
    /// The incidents of a month.
    Month(Month),
    /// Which months have incidents.
    Months,
    /// The incidents that name a component.
    IncidentsNaming(Slug),
    /// A component's description and history.
    Component(Slug),
    /// Any component's description or history.
    AnyComponent,
    /// The names of components, and which components there are.
    Names,
    /// The calendar day in the site's zone.
    Day,
}

/// What differs between a site and the one before.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// What differs between their snapshots.
    pub touched: Touched,
    /// Whether the day is a different one.
    pub day: bool,
}

impl Changed {
    /// Whether a page that depends on this is stale now.
    pub fn affects(&self, dependence: &Dependence) -> bool {
        let touched = &self.touched;
        match dependence {
            Dependence::Anything => true,
            Dependence::Incident(id) => touched.incidents.contains(id),
            Dependence::AnyIncident => !touched.incidents.is_empty(),
            Dependence::Maintenance => touched.maintenance,
            Dependence::Month(month) => touched.months.contains(month),
            Dependence::Months => touched.calendar,
            Dependence::IncidentsNaming(slug) => touched.named.contains(slug),
            Dependence::Component(slug) => touched.components.contains(slug),
            Dependence::AnyComponent => !touched.components.is_empty(),
            Dependence::Names => touched.names,
            Dependence::Day => self.day,
        }
    }

    /// All dependences that have changed.
    pub fn list(&self) -> Vec<Dependence> {
        let touched = &self.touched;
        let incidents = touched.incidents.iter().cloned().map(Dependence::Incident);
        let months = touched.months.iter().copied().map(Dependence::Month);
        let named = touched.named.iter().cloned();
        let components = touched.components.iter().cloned();
        let mut list = vec![Dependence::Anything];
        list.extend(incidents);
        list.extend(months);
        list.extend(named.map(Dependence::IncidentsNaming));
        list.extend(components.map(Dependence::Component));
        list.extend((!touched.incidents.is_empty()).then_some(Dependence::AnyIncident));
        list.extend((!touched.components.is_empty()).then_some(Dependence::AnyComponent));
        list.extend(touched.maintenance.then_some(Dependence::Maintenance));
        list.extend(touched.calendar.then_some(Dependence::Months));
        list.extend(touched.names.then_some(Dependence::Names));
        list.extend(self.day.then_some(Dependence::Day));
        list
    }
}
