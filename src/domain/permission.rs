//! What actors may do. Each action states which permission it needs; a token's scopes grant them.

use super::scope::Scope;

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Change what components are, were or are planned to be.
    SetStates,
    /// Post, correct and withdraw incidents and updates, and plan maintenance.
    WriteIncidents,
    /// Read what isn't public yet, or no longer: drafts and earlier versions.
    ReadDrafts,
    /// Create, describe, order and retire components.
    EditComponents,
    /// Issue, list and revoke tokens.
    ManageTokens,
    /// See and end the sessions of others.
    ManageSessions,
    /// Read the activity log.
    ReadActivity,
    /// See, add, remove and suppress subscribers.
    ManageSubscribers,
    /// See, add, change, try and remove channels.
    ManageChannels,
    /// Decide what becomes of messages that are held or were given up.
    ManageDelivery,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 10] = [
        Self::SetStates,
        Self::WriteIncidents,
        Self::ReadDrafts,
        Self::EditComponents,
        Self::ManageTokens,
        Self::ManageSessions,
        Self::ReadActivity,
        Self::ManageSubscribers,
        Self::ManageChannels,
        Self::ManageDelivery,
    ];

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

/// A set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// All permissions.
    pub fn all() -> Self {
        Self(Permission::ALL.to_vec())
    }

    /// The permissions that scopes grant; the admin scope grants all.
    pub fn of(scopes: &[Scope]) -> Self {
        let is_granted = |permission: &Permission| {
            scopes.contains(&permission.scope()) || scopes.contains(&Scope::Admin)
        };
        Self(Permission::ALL.into_iter().filter(is_granted).collect())
    }

    /// Whether `permission` is among them.
    pub fn include(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
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
