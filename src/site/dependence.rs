//! What a page depends on, so that a change renders anew only what shows it. The list of who depends
//! on what is [`super::pages::depends_on`].

use crate::domain::slug::Slug;
use crate::snapshot::patch::Touched;
use crate::snapshot::posts::Month;

/// Something that can change.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Dependence {
    /// Anything at all: it is rendered anew each time.
    Anything,
    /// An incident, by its id.
    Incident(String),
    /// Any incident.
    AnyIncident,
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
    /// The names of components, and which there are.
    Names,
    /// The calendar day in the site's zone.
    Day,
}

/// What became otherwise from one site to the next.
#[derive(Debug, Clone, Default)]
pub struct Changed {
    /// What the snapshots say otherwise.
    pub touched: Touched,
    /// The day is another.
    pub day: bool,
}

impl Changed {
    /// Whether what depends on this is another now.
    pub fn affects(&self, dependence: &Dependence) -> bool {
        let touched = &self.touched;
        match dependence {
            Dependence::Anything => true,
            Dependence::Incident(id) => touched.incidents.contains(id),
            Dependence::AnyIncident => !touched.incidents.is_empty(),
            Dependence::Month(month) => touched.months.contains(month),
            Dependence::Months => touched.calendar,
            Dependence::IncidentsNaming(slug) => touched.named.contains(slug),
            Dependence::Component(slug) => touched.components.contains(slug),
            Dependence::AnyComponent => !touched.components.is_empty(),
            Dependence::Names => touched.names,
            Dependence::Day => self.day,
        }
    }

    /// Everything whose dependents are otherwise now.
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
        list.extend(touched.calendar.then_some(Dependence::Months));
        list.extend(touched.names.then_some(Dependence::Names));
        list.extend(self.day.then_some(Dependence::Day));
        list
    }
}
