//! Who asks: a token in the `Authorization` header, and what it may be used for.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use chrono::{DateTime, Duration, Utc};

use super::error::AppError;
use super::layers::reader_address;
use super::state::AppState;
use crate::actions::tokens::hash_of;
use crate::domain::staff::{Actor, Scope, Token};
use crate::store::tokens::find_token_by_hash;

/// A member of staff, signed in by token. As a parameter it means: only for staff.
#[derive(Debug, Clone)]
pub(super) struct Staff {
    pub(super) token: Token,
}

impl Staff {
    /// Checks that the token may be used for `scope`.
    pub(super) fn must(&self, scope: Scope) -> Result<(), AppError> {
        if self.token.allows(scope) {
            return Ok(());
        }
        Err(AppError::Forbidden(format!(
            "the token {:?} has no scope {}; use one that has, or make one with \
             `lightship token create NAME --scope {}`",
            self.token.name,
            scope.as_str(),
            scope.as_str()
        )))
    }

    /// Who makes the change.
    pub(super) fn actor(&self) -> Actor {
        Actor::Token {
            id: self.token.id.clone(),
            name: self.token.name.clone(),
            display_name: self.token.display_name.clone(),
        }
    }
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
            .ok_or(AppError::Unauthorized(
                "send a token in the header: Authorization: Bearer lsp_…",
            ))?;
        let mut tx = state.store.read().await?;
        let token = find_token_by_hash(&mut tx, &hash_of(&secret)).await?;
        match token {
            Some(token) if token.is_valid(now) => Ok(Self { token }),
            Some(_) | None if state.failures.are_too_many(address, now) => Err(AppError::Throttled),
            Some(_) => Err(AppError::Unauthorized(
                "this token has expired or was revoked",
            )),
            None => Err(AppError::Unauthorized("this token opens nothing here")),
        }
    }
}

/// Failed tokens by address. A valid token is never held up by them.
#[derive(Debug, Default)]
pub struct Failures(Mutex<HashMap<IpAddr, (DateTime<Utc>, u32)>>);

/// So many may fail in a minute before an address is told to wait.
const MAX_FAILURES: u32 = 20;
/// So many addresses are remembered; past that, the old ones are forgotten.
const MAX_ADDRESSES: usize = 10_000;

impl Failures {
    /// Counts one more failure; whether there were too many within the minute.
    fn are_too_many(&self, address: IpAddr, now: DateTime<Utc>) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute_ago = now - Duration::minutes(1);
        if counts.len() >= MAX_ADDRESSES {
            counts.retain(|_, (since, _)| *since > minute_ago);
        }
        let (since, count) = counts.entry(address).or_insert((now, 0));
        if *since <= minute_ago {
            (*since, *count) = (now, 0);
        }
        *count += 1;
        *count > MAX_FAILURES
    }
}
