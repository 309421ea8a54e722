//! Creates, describes and retires components by API.

use chrono::NaiveDate;

use super::checks;
use super::{ActionError, Change, Deed};
use crate::domain::component::Component;
use crate::domain::slug::Slug;
use crate::store::components::{find_component, list_components, set_component};

/// How a component is to be described. What is `None` of one that exists is taken out, but its
/// place, which stays.
#[derive(Debug, Clone)]
pub struct Description {
    /// Its name for people.
    pub name: String,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// One line for customers.
    pub description: Option<String>,
    /// Its place in the list; by default where it is, a new one at the end.
    pub position: Option<i64>,
    /// The day on which it began.
    pub since: Option<NaiveDate>,
}

/// Creates a component, or describes one anew; a retired one comes back. Returns whether it is
/// new.
///
/// # Errors
/// `Invalid` for names that can't be used; `Conflict` if `site.toml` states it.
pub async fn put_component(
    change: &mut Change,
    slug: &Slug,
    wanted: Description,
) -> Result<bool, ActionError> {
    let old = find_component(&mut change.tx, slug).await?;
    refuse_stated(old.as_ref())?;
    if wanted.name.trim().is_empty() {
        return Err(ActionError::invalid(
            "/name",
            "give it the name that customers know",
        ));
    }
    checks::line("/name", &wanted.name, 100)?;
    checks::line("/group", wanted.group.as_deref().unwrap_or_default(), 100)?;
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
    if old.as_ref() != Some(&component) {
        write(change, "put_component", old.as_ref(), &component).await?;
    }
    Ok(old.is_none())
}

/// Retires a component: it leaves the lists, its page and its past stay.
///
/// # Errors
/// `NotFound`; `Conflict` if `site.toml` states it.
pub async fn retire_component(change: &mut Change, slug: &Slug) -> Result<(), ActionError> {
    let old = find_component(&mut change.tx, slug).await?;
    refuse_stated(old.as_ref())?;
    let old = match old {
        Some(old) if old.retired_at.is_none() => old,
        Some(_) => return Ok(()),
        None => {
            return Err(ActionError::NotFound(format!(
                "there is no component {:?}",
                slug.as_str()
            )));
        }
    };
    let retired = Component {
        retired_at: Some(change.now),
        ..old.clone()
    };
    write(change, "retire_component", Some(&old), &retired).await
}

fn refuse_stated(component: Option<&Component>) -> Result<(), ActionError> {
    match component {
        Some(component) if component.from_file && component.retired_at.is_none() => {
            Err(ActionError::Conflict(format!(
                "{} is stated by site.toml; change it there",
                component.name
            )))
        }
        Some(_) | None => Ok(()),
    }
}

async fn write(
    change: &mut Change,
    action: &'static str,
    old: Option<&Component>,
    component: &Component,
) -> Result<(), ActionError> {
    set_component(&mut change.tx, component).await?;
    change.touch_component(&component.slug);
    change.touch_site();
    let deed = Deed {
        action,
        kind: "component",
        id: component.slug.as_str(),
        label: &component.name,
        before: old.and_then(|old| serde_json::to_value(old).ok()),
        after: serde_json::to_value(component).ok(),
    };
    change.record(deed).await
}
