//! The site itself.

use axum::extract::State;
use axum::response::Response;

use crate::render::{self, messages};
use crate::urls;
use crate::web::auth::Staff;
use crate::web::error::AppError;
use crate::web::state::AppState;
use crate::web::writing::shown;
use crate::wire::site::SiteBody;

/// Show the site: its name and time zone. Any token will do.
#[utoipa::path(
    get,
    path = "/site",
    tag = "site",
    operation_id = "show_site",
    responses((status = OK, description = "The site.", body = SiteBody)),
)]
pub(in crate::web) async fn show(
    State(state): State<AppState>,
    _staff: Staff,
) -> Result<Response, AppError> {
    let site = state.site.current();
    let snapshot = site.snapshot();
    let site = &snapshot.site;
    let body = SiteBody {
        name: site.name.clone(),
        time_zone: site.zone.name().to_owned(),
        headline: messages::headline(&render::headline_of(snapshot)),
        clock: site.time_style().clock.as_str().to_owned(),
        url: urls::absolute(&site.base_url, urls::HOME),
    };
    Ok(shown(&body))
}
