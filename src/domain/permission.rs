//! What actors may do. Each action states which permission it needs; `scope` says which scope of a
//! token grants it.

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
}

/// A set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permissions(Vec<Permission>);

impl Permissions {
    /// All permissions.
    pub fn all() -> Self {
        Self(Permission::ALL.to_vec())
    }

    /// The permissions that `is_granted` chooses.
    pub(super) fn that(is_granted: impl Fn(&Permission) -> bool) -> Self {
        Self(Permission::ALL.into_iter().filter(is_granted).collect())
    }

    /// Whether `permission` is among them.
    pub fn include(&self, permission: Permission) -> bool {
        self.0.contains(&permission)
    }
}
