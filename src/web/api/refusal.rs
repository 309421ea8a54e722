//! How the API refuses a post: with the newer or repeated post, if that is the reason.

use crate::actions::ActionError;
use crate::render::json;
use crate::urls;
use crate::web::error::AppError;
use crate::web::state::AppState;
use crate::wire::problem::FirstPost;

/// Converts an action's error. If a newer or repeated post is the reason, the error includes it.
pub(super) fn refusal(state: &AppState, error: ActionError) -> AppError {
    let detail = error.to_string();
    let site = state.site.current();
    let site = &site.snapshot().site;
    match error {
        ActionError::Meanwhile(meanwhile) => {
            let newer = meanwhile.newer.iter();
            let newer = newer.map(|update| json::update(&meanwhile.incident, update, site));
            AppError::Newer(detail, newer.collect())
        }
        ActionError::Repeated(repeated) => {
            let slug = &repeated.incident.slug;
            let (page, api) = match &repeated.update {
                Some(update) => (
                    urls::update(slug, &update.id),
                    urls::api_update(slug, &update.id),
                ),
                None => (urls::incident(slug), urls::api_incident(slug)),
            };
            let url = urls::absolute(&site.base_url, &page);
            let detail = format!("{detail}: {url}; to post it again, send \"again\": true");
            let first = FirstPost {
                url,
                api,
                posted_at: repeated.posted_at,
            };
            AppError::Repeated(detail, first)
        }
        other => AppError::Action(other),
    }
}
