//! The dashboard: what customers see now, and what staff can do about it.

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::delivery;
use super::flash;
use super::html_response::html_response;
use super::reading::new_key;
use super::session::Visit;
use super::staff_error::StaffError;
use crate::domain::permission::Permission;
use crate::render::html::staff::dashboard::{self, Draft, Withdrawn};
use crate::render::html::staff::delivery::section;
use crate::store::drafts::list_withdrawn;
use crate::store::incidents::list_drafts;
use crate::web::state::AppState;

/// How many withdrawn incidents are listed.
const WITHDRAWN: i64 = 20;

/// Shows the page.
pub(super) async fn show(
    State(state): State<AppState>,
    visit: Visit,
    uri: Uri,
) -> Result<Response, StaffError> {
    let site = state.latest.find().await?;
    let (mut drafts, mut withdrawn) = (Vec::new(), Vec::new());
    if visit.staff.actor.may(Permission::ReadDrafts) {
        let mut tx = state.store.read().await?;
        drafts = list_drafts(&mut tx).await?;
        let gone = list_withdrawn(&mut tx, WITHDRAWN).await?.into_iter();
        withdrawn = gone
            .map(|(id, title, withdrawn_at)| Withdrawn {
                id,
                title,
                withdrawn_at,
            })
            .collect();
    }
    let drafts: Vec<_> = drafts
        .iter()
        .map(|(slug, title)| Draft { slug, title })
        .collect();
    let mut tx = state.store.read().await?;
    let outbox = delivery::outbox(&mut tx, &site).await?;
    drop(tx);
    let now = state.clock.now();
    let actor = &visit.staff.actor;
    let outbox = section(site.snapshot(), actor, &outbox, now, &new_key());
    let flash = flash::on_dashboard(&site, &uri);
    let page = dashboard::page(
        site.snapshot(),
        &visit.staff.actor,
        &drafts,
        &withdrawn,
        &outbox,
        flash.as_deref(),
    );
    Ok(html_response(StatusCode::OK, page.into_string()))
}
