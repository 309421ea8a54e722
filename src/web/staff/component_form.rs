//! Adding a component, and editing its description.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::components::path_with_flash;
use super::html_response::html_response;
use super::posting::{BegunForm, begin_form, lead_to};
use super::reading::{SlugOf, again, fresh, sent_before, wrong_fields};
use super::session::Visit;
use super::settings::{day_of, gather};
use super::staff_error::{StaffError, sentence};
use super::submission::Submission;
use crate::actions::edit_components::{Description, order_components, put_component};
use crate::actions::{ActionError, Change};
use crate::domain::component::Component;
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::render::html::staff::component_form::{
    self as form, BEFORE, Choices, DESCRIPTION, GROUP, NAME, SINCE, SLUG,
};
use crate::render::html::staff::fields::{Fields, FormState, Wrong};
use crate::store::components::{find_component, list_components};
use crate::web::state::AppState;

/// Shows the form for a new component.
pub(super) async fn show_new(
    State(state): State<AppState>,
    visit: Visit,
) -> Result<Response, StaffError> {
    let form_state = fresh(visit.kept().unwrap_or_default());
    page(&state, &visit, None, StatusCode::OK, &form_state).await
}

/// Shows the form for an existing component.
pub(super) async fn show(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    visit: Visit,
) -> Result<Response, StaffError> {
    let mut tx = state.store.read().await?;
    let component = find_component(&mut tx, &slug).await?;
    drop(tx);
    let component = editable(component)?;
    let fields = visit.kept().unwrap_or_else(|| as_it_is(&component));
    let form_state = fresh(fields);
    page(
        &state,
        &visit,
        Some(&component),
        StatusCode::OK,
        &form_state,
    )
    .await
}

/// Adds a component.
pub(super) async fn create(
    State(state): State<AppState>,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = write(&state, None, &sent).await;
    done.map_err(|error| sent.keeping(error))
}

/// Edits a component's description.
pub(super) async fn edit(
    State(state): State<AppState>,
    SlugOf(slug): SlugOf,
    sent: Submission,
) -> Result<Response, StaffError> {
    let done = write(&state, Some(&slug), &sent).await;
    done.map_err(|error| sent.keeping(error))
}

async fn write(
    state: &AppState,
    slug: Option<&Slug>,
    sent: &Submission,
) -> Result<Response, StaffError> {
    let mut posting = match begin_form(state, sent).await? {
        BegunForm::Fresh(posting) => posting,
        BegunForm::Done(response) => return Ok(response),
        BegunForm::Changed(path) => {
            let form_state = sent_before(sent.fields.clone(), path);
            return show_again(state, slug, sent, StatusCode::CONFLICT, &form_state).await;
        }
    };
    let (target, wanted) = match read(slug, &sent.fields) {
        Ok(read) => read,
        Err(wrong) => {
            drop(posting);
            return refuse(state, slug, sent, wrong).await;
        }
    };
    let known = find_component(posting.change.tx(), &target).await?;
    if slug.is_some() {
        editable(known)?;
    } else if let Some(known) = known {
        drop(posting);
        return refuse(state, slug, sent, vec![taken(&known)]).await;
    }
    match put_component(&mut posting.change, &target, wanted).await {
        Ok(is_new) => {
            if let Some(before) = sent.fields.nonblank(BEFORE).filter(|_| is_new) {
                put_before(&mut posting.change, &target, before).await?;
            }
            let word = if is_new { "added" } else { "described" };
            lead_to(posting, &path_with_flash(&format!("{word}.{target}"))).await
        }
        Err(ActionError::Invalid(errors)) => {
            drop(posting);
            refuse(state, slug, sent, wrong_fields(errors)).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Moves a component before another one, if that still exists.
async fn put_before(change: &mut Change, slug: &Slug, before: &str) -> Result<(), StaffError> {
    let known = list_components(change.tx()).await?;
    let others = movable(known).into_iter().map(|it| it.slug);
    let mut order: Vec<Slug> = others.filter(|other| other != slug).collect();
    if let Some(index) = order.iter().position(|other| other.as_str() == before) {
        order.insert(index, slug.clone());
        order_components(change, &order).await?;
    }
    Ok(())
}

/// The components whose order can be changed: not those of `site.toml`, nor retired ones.
fn movable(components: Vec<Component>) -> Vec<Component> {
    let is_movable = |it: &Component| !it.from_file && it.retired_at.is_none();
    let mut movable: Vec<_> = components.into_iter().filter(is_movable).collect();
    movable.sort_by_key(|it| it.position);
    movable
}

/// Parses the form, and collects all errors.
fn read(slug: Option<&Slug>, fields: &Fields) -> Result<(Slug, Description), Vec<Wrong>> {
    let mut wrong = Vec::new();
    let name = fields.first(NAME).trim();
    let target = match (slug, fields.nonblank(SLUG)) {
        (Some(slug), _) => Some(slug.clone()),
        (None, Some(text)) => Slug::parse(text)
            .map_err(|error| wrong.push(wrong_at(SLUG, &error.to_string())))
            .ok(),
        (None, None) => {
            let made = Slug::from_title(name);
            if made.is_none() && !name.is_empty() {
                let how = "this name has no letter from a to z and no digit, so enter an address";
                wrong.push(wrong_at(SLUG, how));
            }
            made
        }
    };
    if name.is_empty() {
        wrong.insert(0, wrong_at(NAME, "give it the name that customers know"));
    }
    let since = gather(day_of(fields, SINCE), &mut wrong);
    let line = |field| fields.nonblank(field).map(str::to_owned);
    let description = Description {
        name: name.to_owned(),
        group: line(GROUP),
        description: line(DESCRIPTION),
        position: None,
        since,
    };
    match target {
        Some(target) if wrong.is_empty() => Ok((target, description)),
        Some(_) | None => Err(wrong),
    }
}

fn wrong_at(field: &str, detail: &str) -> Wrong {
    Wrong {
        field: field.to_owned(),
        detail: sentence(detail),
    }
}

/// The slug belongs to another component.
fn taken(known: &Component) -> Wrong {
    let (name, slug) = (&known.name, &known.slug);
    let how = if known.retired_at.is_some() {
        "it is retired, so bring it back from the list, or choose another address"
    } else {
        "if yours is a different component, choose another address"
    };
    wrong_at(
        SLUG,
        &format!("the address {slug} belongs to {name}; {how}"),
    )
}

/// Returns the component if it can be edited here.
fn editable(component: Option<Component>) -> Result<Component, StaffError> {
    let component = component.ok_or_else(|| StaffError::missing("there is no such component"))?;
    if component.retired_at.is_some() {
        let how = format!(
            "{} is retired. Bring it back first, from the list of components.",
            component.name
        );
        return Err(StaffError::error_page(
            StatusCode::CONFLICT,
            "It is retired",
            &how,
        ));
    }
    if component.from_file {
        let how = format!(
            "{} comes from site.toml in the content folder. Edit it there, under [[components]] \
             with slug = \"{}\".",
            component.name, component.slug
        );
        return Err(StaffError::error_page(
            StatusCode::CONFLICT,
            "It comes from site.toml",
            &how,
        ));
    }
    Ok(component)
}

fn as_it_is(component: &Component) -> Fields {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let since = component.since.map(|day| day.to_string());
    Fields::default()
        .with(NAME, component.name.as_str())
        .with(GROUP, text(&component.group))
        .with(DESCRIPTION, text(&component.description))
        .with(SINCE, since.unwrap_or_default())
}

async fn refuse(
    state: &AppState,
    slug: Option<&Slug>,
    sent: &Submission,
    wrong: Vec<Wrong>,
) -> Result<Response, StaffError> {
    let form_state = again(sent.fields.clone(), wrong);
    show_again(
        state,
        slug,
        sent,
        StatusCode::UNPROCESSABLE_ENTITY,
        &form_state,
    )
    .await
}

async fn show_again(
    state: &AppState,
    slug: Option<&Slug>,
    sent: &Submission,
    status: StatusCode,
    form_state: &FormState,
) -> Result<Response, StaffError> {
    let component = match slug {
        Some(slug) => {
            let mut tx = state.store.read().await?;
            find_component(&mut tx, slug).await?
        }
        None => None,
    };
    page(state, &sent.visit, component.as_ref(), status, form_state).await
}

async fn page(
    state: &AppState,
    visit: &Visit,
    component: Option<&Component>,
    status: StatusCode,
    form_state: &FormState,
) -> Result<Response, StaffError> {
    visit.staff.require(Permission::EditComponents)?;
    let site = state.latest.find().await?;
    let mut tx = state.store.read().await?;
    let components = list_components(&mut tx).await?;
    drop(tx);
    let mut groups: Vec<String> = components
        .iter()
        .filter_map(|it| it.group.clone())
        .collect();
    groups.sort();
    groups.dedup();
    let page = form::page(
        site.snapshot(),
        &visit.staff.actor,
        component,
        &Choices {
            groups: &groups,
            movable: &movable(components),
        },
        form_state,
    );
    Ok(html_response(status, page.into_string()))
}
