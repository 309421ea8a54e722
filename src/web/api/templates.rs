//! Templates for new incidents.

use axum::extract::State;
use axum::response::Response;

use crate::domain::component::Component;
use crate::domain::slug::Slug;
use crate::domain::template::{Filling, joined, sort_by_fit};
use crate::render;
use crate::store::components::list_components;
use crate::store::templates::list_templates;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::extract::Affected;
use crate::web::state::AppState;
use crate::web::writing::shown;
use crate::wire::fields::unknown;
use crate::wire::template::{TemplateBody, TemplateList, TemplateQuery};

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
    Affected(asked): Affected,
) -> Result<Response, AppError> {
    let mut tx = state.store.read().await?;
    let known = list_components(&mut tx).await?;
    let mut templates = list_templates(&mut tx).await?;
    drop(tx);
    let names = names_of(&asked, &known)?;
    sort_by_fit(&mut templates, &asked.component);
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
    let slugs: Vec<Slug> = asked
        .component
        .iter()
        .map(|(slug, _)| slug.clone())
        .collect();
    let templates = templates
        .iter()
        .map(|template| TemplateBody::of(template, &slugs, filling))
        .collect();
    Ok(shown(&TemplateList { templates }))
}

/// The names of the affected components; each must exist.
fn names_of<'a>(asked: &TemplateQuery, known: &'a [Component]) -> Result<Vec<&'a str>, AppError> {
    let slugs = asked.component.iter().map(|(slug, _)| slug);
    slugs
        .map(|slug| {
            let mut active = known.iter().filter(|it| it.retired_at.is_none());
            let found = active.find(|component| component.slug == *slug);
            let name = found.map(|component| component.name.as_str());
            name.ok_or_else(|| {
                let slugs = known.iter().filter(|it| it.retired_at.is_none());
                let slugs: Vec<_> = slugs.map(|it| it.slug.as_str()).collect();
                Affected::refuse(unknown("component", slug.as_str(), &slugs))
            })
        })
        .collect()
}
