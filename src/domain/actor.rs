//! Who acts: an identity, how it was shown, and what it may do.

use super::permission::{Permission, Permissions};
use super::staff::Token;

/// Who makes a change. Kept in the activity log, never shown in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub identity: Identity,
    /// How a member of staff showed it; the host, its files and its clock need nothing.
    pub credential: Option<Credential>,
    /// What it may do.
    pub permissions: Permissions,
}

/// Who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A member of staff: whoever a token was issued to.
    Staff {
        /// The token's id.
        id: String,
        /// Its name.
        name: String,
        /// Its display name: the byline of what is posted with it.
        display_name: Option<String>,
    },
    /// Someone at the command line of the host itself.
    Host,
    /// A file in the content folder.
    File {
        /// Its name.
        name: String,
    },
    /// The clock: a maintenance's window opened or closed.
    Clock,
}

/// How a member of staff showed who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// By a token, in the request itself.
    Token,
    /// By a session of the staff pages, opened with a token.
    Session,
}

/// Somebody lacks a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token {name:?} lacks the scope {}", .permission.scope().named())]
pub struct Lacking {
    /// What is lacking.
    pub permission: Permission,
    /// The name of who lacks it.
    pub name: String,
}

impl Actor {
    /// Whoever holds a token.
    pub fn staff(token: &Token, credential: Credential) -> Self {
        Self {
            identity: Identity::Staff {
                id: token.id.clone(),
                name: token.name.clone(),
                display_name: token.display_name.clone(),
            },
            credential: Some(credential),
            permissions: token.permissions(),
        }
    }

    /// Someone at the command line of the host itself.
    pub fn host() -> Self {
        Self::unlimited(Identity::Host)
    }

    /// A file in the content folder, by its name.
    pub fn file(name: impl Into<String>) -> Self {
        Self::unlimited(Identity::File { name: name.into() })
    }

    /// The clock.
    pub fn clock() -> Self {
        Self::unlimited(Identity::Clock)
    }

    /// Whoever has the host, its files or its clock may do all.
    fn unlimited(identity: Identity) -> Self {
        Self {
            identity,
            credential: None,
            permissions: Permissions::all(),
        }
    }

    /// The sort of actor, as the activity log calls it.
    pub fn kind(&self) -> &'static str {
        match (&self.identity, self.credential) {
            (Identity::Staff { .. }, Some(Credential::Session)) => "staff",
            (Identity::Staff { .. }, Some(Credential::Token) | None) => "token",
            (Identity::Host, _) => "host",
            (Identity::File { .. }, _) => "file",
            (Identity::Clock, _) => "clock",
        }
    }

    /// The id of a member of staff.
    pub fn id(&self) -> Option<&str> {
        match &self.identity {
            Identity::Staff { id, .. } => Some(id),
            Identity::Host | Identity::File { .. } | Identity::Clock => None,
        }
    }

    /// The name under which the activity log lists it.
    pub fn name(&self) -> &str {
        match &self.identity {
            Identity::Staff { name, .. } | Identity::File { name } => name,
            Identity::Host => "command line",
            Identity::Clock => "clock",
        }
    }

    /// The byline of what it posts, where nothing else is said.
    pub fn display_name(&self) -> Option<&str> {
        match &self.identity {
            Identity::Staff { display_name, .. } => display_name.as_deref(),
            Identity::Host | Identity::File { .. } | Identity::Clock => None,
        }
    }

    /// Whether it may do something.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.include(permission)
    }

    /// Refuses whoever may not do something.
    ///
    /// # Errors
    /// `Lacking`, if it may not.
    pub fn require(&self, permission: Permission) -> Result<(), Lacking> {
        if self.may(permission) {
            return Ok(());
        }
        Err(Lacking {
            permission,
            name: self.name().to_owned(),
        })
    }
}
