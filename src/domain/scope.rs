//! Scopes: what a token may be issued for, and which permissions each gives.

use serde::{Deserialize, Serialize};

use super::permission::{Permission, Permissions};

/// What a token may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Change states.
    #[serde(rename = "states:write")]
    StatesWrite,
    /// Write and read incidents, drafts included.
    #[serde(rename = "incidents:write")]
    IncidentsWrite,
    /// See, add and remove subscribers.
    #[serde(rename = "subscribers:write")]
    SubscribersWrite,
    /// Everything, tokens and the activity log included.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [
        Self::StatesWrite,
        Self::IncidentsWrite,
        Self::SubscribersWrite,
        Self::Admin,
    ];

    /// The word used in the API, the command line and the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StatesWrite => "states:write",
            Self::IncidentsWrite => "incidents:write",
            Self::SubscribersWrite => "subscribers:write",
            Self::Admin => "admin",
        }
    }

    /// The name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::StatesWrite => "States",
            Self::IncidentsWrite => "Incidents",
            Self::SubscribersWrite => "Subscribers",
            Self::Admin => "Everything",
        }
    }

    /// Both names, for refusals: `"States" (states:write)`.
    pub fn named(self) -> String {
        format!("{:?} ({})", self.label(), self.as_str())
    }

    /// The scope that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

impl Permission {
    /// The narrowest scope that grants the permission.
    pub fn scope(self) -> Scope {
        match self {
            Self::SetStates => Scope::StatesWrite,
            Self::WriteIncidents | Self::ReadDrafts => Scope::IncidentsWrite,
            Self::ManageSubscribers => Scope::SubscribersWrite,
            Self::EditComponents
            | Self::ManageChannels
            | Self::ManageDelivery
            | Self::ManageTokens
            | Self::ManageSessions
            | Self::ReadActivity => Scope::Admin,
        }
    }
}

impl Permissions {
    /// The permissions that scopes grant; the admin scope grants all.
    pub fn of(scopes: &[Scope]) -> Self {
        Self::that(|permission| {
            scopes.contains(&permission.scope()) || scopes.contains(&Scope::Admin)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(scopes: &[Scope]) -> Vec<Permission> {
        let permissions = Permissions::of(scopes);
        let all = Permission::ALL.into_iter();
        all.filter(|it| permissions.include(*it)).collect()
    }

    #[test]
    fn scopes_grant_what_they_are_for_and_admin_grants_all() {
        assert_eq!(granted(&[]), []);
        assert_eq!(granted(&[Scope::StatesWrite]), [Permission::SetStates]);
        assert_eq!(
            granted(&[Scope::IncidentsWrite]),
            [Permission::WriteIncidents, Permission::ReadDrafts]
        );
        assert_eq!(
            granted(&[Scope::SubscribersWrite]),
            [Permission::ManageSubscribers]
        );
        assert_eq!(granted(&[Scope::Admin]), Permission::ALL);
        assert_eq!(Permissions::of(&[Scope::Admin]), Permissions::all());
    }

    #[test]
    fn scopes_are_read_as_they_are_written() {
        for (scope, word, named) in [
            (
                Scope::StatesWrite,
                "states:write",
                "\"States\" (states:write)",
            ),
            (
                Scope::IncidentsWrite,
                "incidents:write",
                "\"Incidents\" (incidents:write)",
            ),
            (
                Scope::SubscribersWrite,
                "subscribers:write",
                "\"Subscribers\" (subscribers:write)",
            ),
            (Scope::Admin, "admin", "\"Everything\" (admin)"),
        ] {
            assert_eq!((scope.as_str(), Scope::parse(word)), (word, Some(scope)));
            assert_eq!(
                (serde_json::json!(scope), scope.named()),
                (word.into(), named.into())
            );
        }
    }
}
