//! Tokens: issued once, stored only as a hash, revoked at any time.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::Change;
use super::checks;
use super::error::ActionError;
use crate::domain::event::Event;
use crate::domain::hash::sha256;
use crate::domain::permission::Permission;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;
use crate::random;
use crate::store::{sessions, tokens};

/// The prefix of a token's secret, so that a leaked one is recognised.
pub const PREFIX: &str = "lsp_";

/// The longest name of a token, in characters.
const MAX_NAME_CHARS: usize = 100;

/// A token to issue.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// Its name for its owner.
    pub name: String,
    /// The byline for what is posted with it.
    pub display_name: Option<String>,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it stops working.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Issues a token and returns it with its secret, which can't be read again later.
///
/// # Errors
/// `Invalid` for an empty or overlong name, no scope, or an expiry in the past.
pub async fn issue_token(
    change: &mut Change,
    wanted: NewToken,
) -> Result<(Token, String), ActionError> {
    change.require(Permission::ManageTokens)?;
    let name = wanted.name.trim();
    if name.is_empty() {
        let how = "give the token a name you will recognise";
        return Err(ActionError::invalid("/name", how));
    }
    checks::name("/name", name, MAX_NAME_CHARS)?;
    let display_name = wanted.display_name.unwrap_or_default().trim().to_owned();
    checks::name("/display_name", &display_name, MAX_NAME_CHARS)?;
    if wanted.scopes.is_empty() {
        let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        let detail = format!("say what it may do: {}", scopes.join(", "));
        return Err(ActionError::invalid("/scopes", detail));
    }
    if wanted
        .expires_at
        .is_some_and(|expires| expires <= change.now)
    {
        return Err(ActionError::invalid(
            "/expires_at",
            "this time has already passed",
        ));
    }
    let secret = random_secret(PREFIX)?;
    let token = Token {
        id: Uuid::now_v7().to_string(),
        name: name.to_owned(),
        display_name: Some(display_name).filter(|name| !name.is_empty()),
        scopes: wanted.scopes,
        created_at: change.now,
        expires_at: wanted.expires_at,
        last_used_at: None,
        revoked_at: None,
    };
    tokens::insert_token(&mut change.tx, &token, &hash_of(&secret)).await?;
    change.happened(Event::TokenIssued {
        id: token.id.clone(),
        name: token.name.clone(),
        scopes: token.scopes.clone(),
        expires_at: token.expires_at,
    });
    Ok((token, secret))
}

/// Revokes a token. Doing so twice is harmless.
///
/// # Errors
/// `NotFound` if no token has this id.
pub async fn revoke_token(change: &mut Change, id: &str) -> Result<Token, ActionError> {
    change.require(Permission::ManageTokens)?;
    let token = tokens::find_token(&mut change.tx, id)
        .await?
        .ok_or_else(|| ActionError::NotFound(format!("there is no token with the id {id:?}")))?;
    if token.revoked_at.is_some() {
        return Ok(token);
    }
    tokens::set_token_revoked(&mut change.tx, id, change.now).await?;
    sessions::delete_sessions_of(&mut change.tx, id).await?;
    change.happened(Event::TokenRevoked {
        id: id.to_owned(),
        name: token.name.clone(),
    });
    Ok(Token {
        revoked_at: Some(change.now),
        ..token
    })
}

/// SHA-256 of a secret, in hexadecimal. A secret is 256 random bits, so it needs no salt and no
/// slow hash.
pub fn hash_of(secret: &str) -> String {
    sha256(secret)
}

/// 256 random bits as text, after a prefix.
pub(super) fn random_secret(prefix: &str) -> Result<String, ActionError> {
    let secret = random::secret().map_err(|error| ActionError::Conflict(error.to_string()))?;
    Ok(format!("{prefix}{secret}"))
}
