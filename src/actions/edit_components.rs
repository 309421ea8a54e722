//! Creates, describes, orders and retires components through the API, and brings them back.

use chrono::NaiveDate;

use super::change::Change;
use super::checks::{self, Gathered};
use super::error::ActionError;
use crate::domain::component::Component;
use crate::domain::event::Event;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::store::components::{find_component, list_components, set_component};

/// A component's description. A field that is `None` is removed from an existing component, except
/// `position`, which stays.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its name for people.
    pub name: String,
    /// The heading that it is listed under.
    pub group: Option<String>,
    /// One line for customers.
    pub description: Option<String>,
    /// Its position in the list. By default its present position, and the end for a new component.
    pub position: Option<i64>,
    /// The day that its history begins.
    pub since: Option<NaiveDate>,
}

/// Creates a component, or describes it anew; a retired one comes back. Returns whether it is new.
///
/// # Errors
/// `Invalid` for unusable names; `Conflict` if `site.toml` states it.
pub async fn put_component(
    change: &mut Change,
    slug: &Slug,
    wanted: Description,
) -> Result<bool, ActionError> {
    change.require(Permission::EditComponents)?;
    let old = find_component(&mut change.tx, slug).await?;
    refuse_stated(old.as_ref())?;
    if wanted.name.trim().is_empty() {
        return Err(ActionError::invalid(
            "/name",
            "give it the name that customers know",
        ));
    }
    checks::name("/name", &wanted.name, 100)?;
    checks::name("/group", wanted.group.as_deref().unwrap_or_default(), 100)?;
    checks::line(
        "/description",
        wanted.description.as_deref().unwrap_or_default(),
        300,
    )?;
    let position = match (wanted.position, &old) {
        (Some(position), _) => position,
        (None, Some(old)) => old.position,
        (None, None) => {
            let known = list_components(&mut change.tx).await?;
            known
                .iter()
                .map(|component| component.position + 1)
                .max()
                .unwrap_or(0)
        }
    };
    let component = Component {
        slug: slug.clone(),
        name: wanted.name.trim().to_owned(),
        group: wanted.group.filter(|text| !text.trim().is_empty()),
        description: wanted.description.filter(|text| !text.trim().is_empty()),
        position,
        since: wanted.since,
        created_at: old.as_ref().map_or(change.now, |old| old.created_at),
        retired_at: None,
        from_file: false,
    };
    let is_new = old.is_none();
    if old.as_ref() != Some(&component) {
        write(change, &component).await?;
        change.happened(Event::ComponentPut {
            before: old,
            after: component,
        });
    }
    Ok(is_new)
}

/// Retires a component: it leaves the lists, but its page and its history stay.
///
/// # Errors
/// `NotFound`; `Conflict` if `site.toml` states it.
pub async fn retire_component(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    change.require(Permission::EditComponents)?;
    let old = known_component(change, slug).await?;
    refuse_stated(Some(&old))?;
    if old.retired_at.is_some() {
        return Ok(());
    }
    let retired = Component {
        retired_at: Some(change.now),
        ..old.clone()
    };
    write(change, &retired).await?;
    change.happened(Event::ComponentRetired {
        before: old,
        after: retired,
    });
    Ok(())
}

/// Brings a retired component back with its description. Doing so twice is harmless. A component
/// that `site.toml` dropped belongs to the API from then on.
///
/// # Errors
/// `NotFound`.
pub async fn reinstate_component(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    change.require(Permission::EditComponents)?;
    let old = known_component(change, slug).await?;
    if old.retired_at.is_none() {
        return Ok(());
    }
    let back = Component {
        retired_at: None,
        from_file: false,
        ..old.clone()
    };
    write(change, &back).await?;
    change.happened(Event::ComponentBroughtBack {
        before: old,
        after: back,
    });
    Ok(())
}

/// Orders components. Those of `site.toml` come first, in the file's order; then those named here;
/// then the others, in their present order.
///
/// # Errors
/// `Conflict` if `site.toml` states the position of a named component; `Invalid` for a component
/// that is unknown, retired or named twice.
pub async fn order_components(change: &mut Change, order: &[Slug]) -> Result<(), ActionError> {
    change.require(Permission::EditComponents)?;
    let known = checks::known(change).await?;
    let mut wrong = Gathered::default();
    for (index, slug) in order.iter().enumerate() {
        let pointer = format!("/order/{index}");
        wrong.take(known.component(&pointer, slug))?;
        if order[..index].contains(slug) {
            let how = format!("{:?} is listed twice; leave one out", slug.as_str());
            wrong.take::<()>(Err(ActionError::invalid(pointer, how)))?;
        }
    }
    wrong.finish()?;
    let own = |it: &&Component| it.retired_at.is_none() && !is_stated(it);
    let stated: Vec<_> = known
        .components
        .iter()
        .filter(|it| order.contains(&it.slug) && is_stated(it))
        .map(|it| it.name.as_str())
        .collect();
    if !stated.is_empty() {
        return Err(ActionError::Conflict(format!(
            "site.toml sets the place of {}; order them there, and leave them out here",
            stated.join(", ")
        )));
    }
    let index = |slug: &Slug| order.iter().position(|it| it == slug);
    let mut wanted: Vec<&Component> = known.components.iter().filter(own).collect();
    // The sort is stable: components that aren't named keep their order behind those that are.
    wanted.sort_by_key(|component| index(&component.slug).unwrap_or(order.len()));
    let from_file = known.components.iter().filter(|it| is_stated(it));
    let first = from_file.map(|it| it.position + 1).max().unwrap_or(0);
    for (position, old) in (first..).zip(wanted) {
        if old.position != position {
            let moved = Component {
                position,
                ..old.clone()
            };
            write(change, &moved).await?;
            change.happened(Event::ComponentMoved {
                before: old.clone(),
                after: moved,
            });
        }
    }
    Ok(())
}

async fn known_component(change: &mut Change, slug: &Slug) -> Result<Component, ActionError> {
    find_component(&mut change.tx, slug)
        .await?
        .ok_or_else(|| ActionError::NotFound(format!("there is no component {:?}", slug.as_str())))
}

/// Whether `site.toml` states the component and its position.
fn is_stated(component: &Component) -> bool {
    component.from_file && component.retired_at.is_none()
}

fn refuse_stated(component: Option<&Component>) -> Result<(), ActionError> {
    match component {
        Some(component) if is_stated(component) => Err(ActionError::Conflict(format!(
            "{} is set in site.toml; change it there",
            component.name
        ))),
        Some(_) | None => Ok(()),
    }
}

async fn write(change: &mut Change, component: &Component) -> Result<(), ActionError> {
    set_component(&mut change.tx, component).await?;
    change.touch_component(&component.slug);
    change.touch_site();
    Ok(())
}
