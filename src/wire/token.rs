//! Tokens on the wire. A secret is shown once, when its token is created.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::instant;
use super::request_macro::request;
use super::words;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;

/// A credential of the admin API.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenBody {
    /// Its id.
    pub id: String,
    /// Its name for its owner.
    #[schema(example = "on call")]
    pub name: String,
    /// The byline for what is posted with it.
    #[schema(required)]
    pub display_name: Option<String>,
    /// What it may do.
    #[schema(schema_with = words::scopes)]
    pub scopes: Vec<Scope>,
    /// When it was created.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub revoked_at: Option<DateTime<Utc>>,
    /// What to send as `Authorization: Bearer …`; only in the answer that creates the token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub secret: Option<String>,
}

impl TokenBody {
    /// A token, without its secret.
    pub fn of(token: &Token) -> Self {
        Self {
            id: token.id.clone(),
            name: token.name.clone(),
            display_name: token.display_name.clone(),
            scopes: token.scopes.clone(),
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
            secret: None,
        }
    }
}

/// Every token, including revoked ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenList {
    /// The tokens.
    pub tokens: Vec<TokenBody>,
}

request! {
    /// A token to create.
    pub struct NewToken {
        /// Its name for its owner.
        #[schema(example = "on call", min_length = 1, max_length = 100)]
        required name: String = line,
        /// What it may do; at least one.
        #[schema(schema_with = words::scopes)]
        required scopes: Vec<Scope> = scopes,
        /// The byline for what is posted with it.
        optional display_name: String = line,
        /// When it stops working; by default never.
        optional expires_at: DateTime<Utc> = instant,
    }
}
