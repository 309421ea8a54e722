//! Who acts: an identity, how it was proved, and what it may do.

use super::permission::{Permission, Permissions};
use super::staff::Token;

/// Who makes a change. Kept in the activity log, never shown in public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Who it is.
    pub identity: Identity,
    /// How a member of staff proved it; the host, its files and its clock need no proof.
    pub credential: Option<Credential>,
    /// What it may do.
    pub permissions: Permissions,
}

/// Who an actor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A member of staff: the holder of a token.
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
    /// Somebody who subscribes, or has subscribed.
    Subscriber,
}

/// How a member of staff proved who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    /// By a token, in the request itself.
    Token,
    /// By a session of the staff pages, opened with a token.
    Session,
}

/// An actor lacks a permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the token {name:?} lacks the scope {}", .permission.scope().named())]
pub struct Lacking {
    /// The permission that is lacking.
    pub permission: Permission,
    /// The name of the actor.
    pub name: String,
}

impl Actor {
    /// The holder of a token.
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

    /// Somebody who subscribes. They may do nothing but what the secret in their link is for.
    pub fn subscriber() -> Self {
        Self {
            identity: Identity::Subscriber,
            credential: None,
            permissions: Permissions::of(&[]),
        }
    }

    /// The host, its files and its clock may do everything.
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
            (Identity::Subscriber, _) => "subscriber",
        }
    }

    /// The id of a member of staff.
    pub fn id(&self) -> Option<&str> {
        match &self.identity {
            Identity::Staff { id, .. } => Some(id),
            Identity::Host | Identity::File { .. } | Identity::Clock | Identity::Subscriber => None,
        }
    }

    /// The name under which the activity log lists it.
    pub fn name(&self) -> &str {
        match &self.identity {
            Identity::Staff { name, .. } | Identity::File { name } => name,
            Identity::Host => "command line",
            Identity::Clock => "clock",
            Identity::Subscriber => "subscriber",
        }
    }

    /// The byline of what it posts, unless another is stated.
    pub fn display_name(&self) -> Option<&str> {
        match &self.identity {
            Identity::Staff { display_name, .. } => display_name.as_deref(),
            Identity::Host | Identity::File { .. } | Identity::Clock | Identity::Subscriber => None,
        }
    }

    /// Whether it has a permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.include(permission)
    }

    /// Refuses an actor that lacks a permission.
    ///
    /// # Errors
    /// `Lacking`, if it does.
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn token() -> Token {
        Token {
            id: "t1".to_owned(),
            name: "on call".to_owned(),
            display_name: Some("Anna".to_owned()),
            scopes: vec![Permission::SetStates.scope()],
            created_at: DateTime::UNIX_EPOCH,
            expires_at: None,
            last_used_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn the_activity_log_and_the_byline_call_each_actor_by_its_names() {
        let check = |actor: &Actor, kind: &str, name: &str, staff: Option<(&str, &str)>| {
            assert_eq!((actor.kind(), actor.name()), (kind, name));
            assert_eq!(actor.id().zip(actor.display_name()), staff);
        };
        let anna = Some(("t1", "Anna"));
        let by_token = Actor::staff(&token(), Credential::Token);
        let by_session = Actor::staff(&token(), Credential::Session);
        check(&by_token, "token", "on call", anna);
        check(&by_session, "staff", "on call", anna);
        check(&Actor::host(), "host", "command line", None);
        check(&Actor::file("selma.md"), "file", "selma.md", None);
        check(&Actor::clock(), "clock", "clock", None);
        check(&Actor::subscriber(), "subscriber", "subscriber", None);
    }

    #[test]
    fn staff_may_do_what_their_token_says_and_the_host_may_do_all() {
        let staff = Actor::staff(&token(), Credential::Session);
        assert!(staff.may(Permission::SetStates));
        assert_eq!(staff.require(Permission::SetStates), Ok(()));
        let lacking = staff.require(Permission::ReadDrafts);
        let refusal = lacking.map_err(|lacking| lacking.to_string());
        let due = "the token \"on call\" lacks the scope \"Incidents\" (incidents:write)";
        assert_eq!(refusal, Err(due.to_owned()));
        for actor in [Actor::host(), Actor::file("selma.md"), Actor::clock()] {
            let may = |permission: &Permission| actor.may(*permission);
            assert!(Permission::ALL.iter().all(may), "{actor:?}");
        }
        let subscriber = Actor::subscriber();
        assert!(!Permission::ALL.iter().any(|it| subscriber.may(*it)));
    }
}
