//! What an update of a maintenance tells without a text: what happened to it, with the names and
//! times that the sentence needs, as they are now.

use super::change::Change;
use super::checks;
use super::error::ActionError;
use crate::domain::component_name::full_names;
use crate::domain::fact::{Became, Fact};
use crate::domain::headline::named_of;
use crate::domain::incident::Incident;

/// The fact that this happened to a maintenance.
pub(super) async fn fact_of(
    change: &mut Change,
    incident: &Incident,
    became: Became,
) -> Result<Fact, ActionError> {
    let known = checks::known(change).await?;
    let full = full_names(known.components.iter());
    let components = incident.components();
    let named = components.iter().take(named_of(components.len()));
    let names = named.map(|slug| {
        let found = known.components.iter().find(|known| known.slug == **slug);
        let own = found.map_or(slug.as_str(), |component| &component.name);
        full.get(slug).map_or(own, String::as_str).to_owned()
    });
    let names: Vec<String> = names.collect();
    let style = checks::time_style(change).await?;
    Ok(Fact {
        became,
        more: components.len() - names.len(),
        components: names,
        said_at: change.now,
        zone: style.zone.name().to_owned(),
        clock: style.clock.as_str().to_owned(),
    })
}
