//! A request together with its body.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, StatusCode, Uri};

use super::error::AppError;

/// Maximum size of a request's body, in bytes.
pub(super) const MAX_BODY_BYTES: usize = 256 * 1024;

/// The parts of a request that decide whether another one repeats it.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = AppError;

    async fn from_request(request: Request, state: &S) -> Result<Self, AppError> {
        let (parts, body) = request.into_parts();
        let (method, uri, headers) = (
            parts.method.clone(),
            parts.uri.clone(),
            parts.headers.clone(),
        );
        let request = Request::from_parts(parts, body);
        let body =
            Bytes::from_request(request, state)
                .await
                .map_err(|rejection| match rejection.status() {
                    StatusCode::PAYLOAD_TOO_LARGE => AppError::TooLarge {
                        max_bytes: MAX_BODY_BYTES,
                    },
                    _ => AppError::BadRequest("the body broke off before its end".to_owned()),
                })?;
        Ok(Self {
            method,
            uri,
            headers,
            body,
        })
    }
}
