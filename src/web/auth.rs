//! Authentication by a token in the `Authorization` header, and what the token permits.

use std::net::{IpAddr, Ipv4Addr};

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{Request, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::AppError;
use super::layers::reader_address;
use super::state::AppState;
use super::token_uses::write_uses;
use crate::actions::tokens::hash_of;
use crate::domain::actor::{Actor, Credential, Lacking};
use crate::domain::permission::Permission;
use crate::domain::staff::Token;
use crate::metrics::{Metrics, SignInWay};
use crate::store::tokens::find_token_by_hash;
use crate::store::{Store, StoreError};

/// An authenticated member of staff. As a parameter, it restricts a handler to staff.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    pub(super) token: Token,
    /// The actor for changes.
    pub(super) actor: Actor,
}

impl Staff {
    pub(super) fn of(token: Token, credential: Credential) -> Self {
        Self {
            actor: Actor::staff(&token, credential),
            token,
        }
    }

    /// Refuses a read without the permission. Actions check changes themselves.
    pub(super) fn require(&self, permission: Permission) -> Result<(), Lacking> {
        self.actor.require(permission)
    }
}

/// Maximum length of a secret. A longer one isn't valid, and isn't worth hashing.
const MAX_SECRET_BYTES: usize = 200;

/// Finds the token with this secret.
pub(super) async fn find_token(store: &Store, secret: &str) -> Result<Option<Token>, StoreError> {
    if secret.len() > MAX_SECRET_BYTES {
        return Ok(None);
    }
    find_token_by_hash(store, &hash_of(secret)).await
}

/// Counts and logs that a token from this address was refused. Tools that block guessers, such as fail2ban,
/// parse this line, so its format is fixed (docs/deploy.md): the message, then the way, and the
/// address at the end.
pub(super) fn note_failure(metrics: &Metrics, address: IpAddr, way: SignInWay) {
    metrics.failed_sign_ins.add(way);
    tracing::warn!(way = way.as_str(), %address, "failed sign-in");
}

impl FromRequestParts<AppState> for Staff {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        let now = state.clock.now();
        let address =
            reader_address(parts, &state.proxies).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        let secret = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, secret)| secret.trim().to_owned())
            .ok_or(AppError::NoToken)?;
        let token = find_token(&state.store, &secret).await?;
        if token.as_ref().is_none_or(|token| !token.is_valid(now)) {
            note_failure(&state.metrics, address, SignInWay::Api);
        }
        match token {
            Some(token) if token.is_valid(now) => {
                state.uses.note(&token, now);
                Ok(Self::of(token, Credential::Token))
            }
            Some(_) | None if state.failures.is_exceeded_by(address) => Err(AppError::Throttled),
            Some(_) => Err(AppError::Unauthorized(
                "this token has expired or was revoked",
            )),
            None => Err(AppError::Unauthorized(
                "token not recognised; was it copied completely?",
            )),
        }
    }
}

/// Stores which tokens were used, in a task of its own after the response is ready, so that no
/// request waits for it or fails because of it.
pub(super) async fn note_uses(
    State(state): State<AppState>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let response = next.run(request).await;
    let uses = state.uses.take();
    if !uses.is_empty() {
        tokio::spawn(async move {
            if let Err(error) = write_uses(&state.store, &uses).await {
                tracing::debug!(%error, "when tokens were used last isn't written down");
            }
        });
    }
    response
}
