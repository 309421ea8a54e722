//! Templates for new incidents.

use axum::extract::State;
use axum::response::Response;
use utoipa::IntoParams;

use crate::domain::component::Component;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::template::{Filling, joined, sort_by_fit};
use crate::render;
use crate::store::components::list_components;
use crate::store::templates::list_templates;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract::Affected;
use crate::web::state::AppState;
use crate::web::writing::shown;
use crate::wire;
use crate::wire::template::{TemplateBody, TemplateList};

/// What a list of templates is for.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(
    dead_code,
    reason = "it only stands in the contract; `Affected` reads the query"
)]
struct TemplateQuery {
    /// An affected component, with its state if known: `selma` or `selma=major_outage`. May be
    /// given several times.
    component: Option<Vec<String>>,
}

/// List templates for new incidents, filled in, best match first. Any token will do.
#[utoipa::path(
    get,
    path = "/templates",
    tag = "templates",
    operation_id = "list_templates",
    params(TemplateQuery),
    responses((status = OK, description = "Templates.", body = TemplateList)),
)]
pub(in crate::web) async fn list_all(
    State(state): State<AppState>,
    _staff: Staff,
    affected: Affected,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let known = list_components(&mut tx).await?;
    let mut templates = list_templates(&mut tx).await?;
    drop(tx);
    let names = names_of(&affected, &known)?;
    sort_by_fit(&mut templates, &affected.0);
    let site = state.site.current();
    let frame = render::time::Frame {
        as_of: state.clock.now(),
        ..render::frame_of(site.snapshot())
    };
    let time = frame.clock(state.clock.now());
    let component = joined(&names);
    let filling = Filling {
        component: component.as_deref(),
        time: &time,
    };
    let slugs: Vec<Slug> = affected.0.iter().map(|(slug, _)| slug.clone()).collect();
    let templates = templates
        .iter()
        .map(|template| TemplateBody::of(template, &slugs, filling))
        .collect();
    Ok(shown(&TemplateList { templates }))
}

/// The names of what is affected; each must be there.
fn names_of<'a>(affected: &Affected, known: &'a [Component]) -> Result<Vec<&'a str>, AppError> {
    affected
        .0
        .iter()
        .map(|(slug, _): &(Slug, Option<StateKey>)| {
            let found = known.iter().find(|component| component.slug == *slug);
            let name = found.map(|component| component.name.as_str());
            name.ok_or_else(|| {
                let slugs: Vec<_> = known.iter().map(|it| it.slug.as_str()).collect();
                Affected::refuse(wire::fields::unknown("component", slug.as_str(), &slugs))
            })
        })
        .collect()
}
