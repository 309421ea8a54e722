//! The part of the sync that handles `site.toml`: settings, states, components.

use super::change::Change;
use super::error::ActionError;
use crate::content::SiteFile;
use crate::domain::component::Component;
use crate::domain::date_order::DateOrder;
use crate::domain::event::Event;
use crate::domain::site::zones_as_text;
use crate::domain::state::{State, StateKey, States, built_in};
use crate::store::{components, settings, states};

/// Writes what `site.toml` says, as far as it differs from what is stored.
pub(super) async fn sync_site(change: &mut Change, site: &SiteFile) -> Result<(), ActionError> {
    sync_settings(change, site).await?;
    sync_states(change, site).await?;
    sync_components(change, site).await
}

async fn sync_settings(change: &mut Change, site: &SiteFile) -> Result<(), ActionError> {
    let support = site.support.as_ref();
    let wanted: [(&str, Option<String>); 11] = [
        ("name", Some(site.name.clone())),
        ("base_url", site.base_url.clone()),
        ("authority", site.authority.clone()),
        ("time_zone", Some(site.zone.name().to_owned())),
        (
            "date_order",
            site.date_order.map(DateOrder::as_str).map(str::to_owned),
        ),
        ("clock", site.clock.map(|clock| clock.as_str().to_owned())),
        ("support_text", support.map(|support| support.text.clone())),
        ("support_url", support.map(|support| support.url.clone())),
        ("brand", settings::brand_as_text(&site.brand)),
        ("delivery", settings::delivery_as_text(&site.delivery)),
        ("zones", Some(zones_as_text(&site.zones))),
    ];
    let known = settings::list_site_settings(&mut change.tx).await?;
    for (key, value) in wanted {
        if known.get(key) != value.as_ref() {
            settings::set_site_setting(&mut change.tx, key, value.as_deref()).await?;
            change.touch_site();
        }
    }
    Ok(())
}

async fn sync_states(change: &mut Change, site: &SiteFile) -> Result<(), ActionError> {
    let known = states::list_own_states(&mut change.tx).await?;
    for (position, state) in (0_i64..).zip(&site.states) {
        let index = known.iter().position(|other| other == state);
        if index.and_then(|index| i64::try_from(index).ok()) != Some(position) {
            states::set_own_state(&mut change.tx, position, state, change.now).await?;
            change.touch_site();
        }
    }
    for old in &known {
        if old.dropped || site.states.iter().any(|state| state.key == old.key) {
            continue;
        }
        // A new label of a built-in state is simply removed.
        let is_built_in = built_in().iter().any(|state| state.key == old.key);
        let used = states::find_component_ever_in_state(&mut change.tx, &old.key).await?;
        if is_built_in || used.is_none() {
            states::delete_own_state(&mut change.tx, &old.key).await?;
        } else {
            let dropped = State {
                dropped: true,
                ..old.clone()
            };
            states::set_own_state(&mut change.tx, i64::MAX, &dropped, change.now).await?;
        }
        change.touch_site();
    }
    settle_ranks(change, known).await
}

/// Recomputes all histories if the order of existing states has changed, because it decides which
/// claim is the worst.
async fn settle_ranks(change: &mut Change, before: Vec<State>) -> Result<(), ActionError> {
    let after = States::with_own(states::list_own_states(&mut change.tx).await?);
    let before = States::with_own(before);
    let ranks = |states: &States, known: &States| -> Vec<StateKey> {
        let shared = states
            .iter()
            .filter(|state| known.find(&state.key).is_some());
        shared.map(|state| state.key.clone()).collect()
    };
    if ranks(&before, &after) == ranks(&after, &before) {
        return Ok(());
    }
    for component in components::list_component_slugs(&mut change.tx).await? {
        change.touch_history(&component);
    }
    Ok(())
}

async fn sync_components(change: &mut Change, site: &SiteFile) -> Result<(), ActionError> {
    let known = components::list_components(&mut change.tx).await?;
    for (position, entry) in (0_i64..).zip(&site.components) {
        let old = known.iter().find(|component| component.slug == entry.slug);
        let wanted = Component {
            slug: entry.slug.clone(),
            name: entry.name.clone(),
            group: entry.group.clone(),
            description: entry.description.clone(),
            position,
            since: entry.since,
            created_at: old.map_or(change.now, |old| old.created_at),
            retired_at: None,
            from_file: true,
        };
        if old != Some(&wanted) {
            write_component(change, &wanted).await?;
            change.happened(Event::ComponentDescribed {
                before: old.cloned(),
                after: wanted,
            });
        }
    }
    for old in &known {
        let stated = site.components.iter().any(|entry| entry.slug == old.slug);
        if old.from_file && !stated && old.retired_at.is_none() {
            let retired = Component {
                retired_at: Some(change.now),
                ..old.clone()
            };
            write_component(change, &retired).await?;
            change.happened(Event::ComponentRetired {
                before: old.clone(),
                after: retired,
            });
        }
    }
    Ok(())
}

async fn write_component(change: &mut Change, wanted: &Component) -> Result<(), ActionError> {
    components::set_component(&mut change.tx, wanted).await?;
    change.touch_component(&wanted.slug);
    change.touch_site();
    Ok(())
}
