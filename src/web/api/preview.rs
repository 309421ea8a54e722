//! Previews of Markdown.

use axum::response::Response;

use crate::render::markdown;
use crate::web::auth::Staff;
use crate::web::call::Call;
use crate::web::error::AppError;
use crate::web::extract;
use crate::web::writing::shown;
use crate::wire::preview::{Preview, PreviewBody};

/// Show the HTML that Markdown becomes in a post. Any token will do.
#[utoipa::path(
    post,
    path = "/preview",
    tag = "preview",
    operation_id = "preview",
    request_body = Preview,
    responses((status = OK, description = "The HTML.", body = PreviewBody)),
)]
pub(in crate::web) async fn create(_staff: Staff, call: Call) -> Result<Response, AppError> {
    let said: Preview = extract::body(&call)?;
    let html = markdown::to_html(&said.markdown, "post-", markdown::TOP_HEADING);
    let body = PreviewBody {
        html: html.as_str().to_owned(),
    };
    Ok(shown(&body))
}
