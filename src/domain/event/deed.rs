//! What was done, as read from an entry of the activity log: the verb, and what its facts add.

use serde_json::Value;

use crate::domain::dispatch::Decision;
use crate::domain::update::Phase;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// An incident was created.
    CreateIncident {
        /// Only staff can see it.
        is_draft: bool,
    },
    /// An incident's post was corrected.
    EditIncident {
        /// It was a draft and no longer is one.
        publishes: bool,
    },
    /// An incident was withdrawn.
    WithdrawIncident {
        /// Only staff could see it.
        was_draft: bool,
    },
    /// A file stated a post.
    SyncIncident {
        /// There was none before.
        is_new: bool,
    },
    /// The file of an incident was removed.
    HideIncident,
    /// An update was added.
    AddUpdate {
        /// Only staff can see the incident.
        is_draft: bool,
        /// The phase that it sets.
        phase: Option<Phase>,
        /// It moves the window of its maintenance.
        moves: bool,
    },
    /// An update was corrected.
    CorrectUpdate,
    /// An update was withdrawn.
    WithdrawUpdate,
    /// A withdrawn update was brought back.
    BringBackUpdate,
    /// A file stated an update.
    SyncUpdate {
        /// There was none before.
        is_new: bool,
    },
    /// A component's state was set by hand.
    SetComponentState,
    /// A component was described by request.
    PutComponent {
        /// There was none before.
        is_new: bool,
    },
    /// `site.toml` described a component.
    DescribeComponent {
        /// There was none before.
        is_new: bool,
    },
    /// A component was retired.
    RetireComponent,
    /// A retired component was brought back.
    BringBackComponent,
    /// A component was moved to another position in the list.
    MoveComponent,
    /// A file stated a template.
    SetTemplate,
    /// The file of a template was removed.
    RemoveTemplate,
    /// Staff decided about messages to subscribers.
    DecideDelivery(Decision),
    /// A token was issued.
    IssueToken,
    /// A token was revoked.
    RevokeToken,
    /// Somebody signed in to the staff pages.
    SignIn,
    /// A session of the staff pages was ended.
    EndSession,
    /// A subscriber was added.
    AddSubscriber {
        /// No consent was stated, so they are asked for it.
        is_asked: bool,
    },
    /// Subscribers were imported.
    ImportSubscribers,
    /// What a subscriber is told was changed.
    EditSubscriber,
    /// A subscriber was deleted.
    RemoveSubscriber,
    /// Nothing is sent to a subscriber any more.
    SuppressSubscriber,
    /// A suppressed subscriber is told again.
    AllowSubscriber,
    /// A channel was added.
    AddChannel,
    /// A channel was changed.
    EditChannel,
    /// A channel got a new secret.
    RotateChannelSecret,
    /// A channel was removed.
    RemoveChannel,
}

impl Deed {
    /// The word for the verb, in the database and the API.
    pub fn action(self) -> &'static str {
        match self {
            Self::CreateIncident { .. } => "create_incident",
            Self::EditIncident { .. } => "edit_incident",
            Self::WithdrawIncident { .. } => "withdraw_incident",
            Self::SyncIncident { .. } => "sync_incident",
            Self::HideIncident => "hide_incident",
            Self::AddUpdate { .. } => "add_update",
            Self::CorrectUpdate => "correct_update",
            Self::WithdrawUpdate => "withdraw_update",
            Self::BringBackUpdate => "reinstate_update",
            Self::SyncUpdate { .. } => "sync_update",
            Self::SetComponentState => "set_component_state",
            Self::PutComponent { .. } => "put_component",
            Self::DescribeComponent { .. } => "describe_component",
            Self::RetireComponent => "retire_component",
            Self::BringBackComponent => "reinstate_component",
            Self::MoveComponent => "move_component",
            Self::SetTemplate => "set_template",
            Self::RemoveTemplate => "remove_template",
            Self::DecideDelivery(decision) => decision.as_str(),
            Self::IssueToken => "issue_token",
            Self::RevokeToken => "revoke_token",
            Self::SignIn => "sign_in",
            Self::EndSession => "end_session",
            Self::AddSubscriber { .. } => "add_subscriber",
            Self::ImportSubscribers => "import_subscribers",
            Self::EditSubscriber => "edit_subscriber",
            Self::RemoveSubscriber => "remove_subscriber",
            Self::SuppressSubscriber => "suppress_subscriber",
            Self::AllowSubscriber => "allow_subscriber",
            Self::AddChannel => "add_channel",
            Self::EditChannel => "edit_channel",
            Self::RotateChannelSecret => "rotate_channel_secret",
            Self::RemoveChannel => "remove_channel",
        }
    }

    /// The word for the kind of thing it was done to.
    pub fn kind(self) -> &'static str {
        match self {
            Self::CreateIncident { .. }
            | Self::EditIncident { .. }
            | Self::WithdrawIncident { .. }
            | Self::SyncIncident { .. }
            | Self::HideIncident => "incident",
            Self::AddUpdate { .. }
            | Self::CorrectUpdate
            | Self::WithdrawUpdate
            | Self::BringBackUpdate
            | Self::SyncUpdate { .. } => "update",
            Self::SetComponentState
            | Self::PutComponent { .. }
            | Self::DescribeComponent { .. }
            | Self::RetireComponent
            | Self::BringBackComponent
            | Self::MoveComponent => "component",
            Self::SetTemplate | Self::RemoveTemplate => "template",
            Self::DecideDelivery(_) => "delivery",
            Self::IssueToken | Self::RevokeToken => "token",
            Self::SignIn | Self::EndSession => "session",
            Self::AddSubscriber { .. }
            | Self::ImportSubscribers
            | Self::EditSubscriber
            | Self::RemoveSubscriber
            | Self::SuppressSubscriber
            | Self::AllowSubscriber => "subscriber",
            Self::AddChannel
            | Self::EditChannel
            | Self::RotateChannelSecret
            | Self::RemoveChannel => "channel",
        }
    }

    /// What an entry of the activity log says was done; `None` for a verb of another version. A
    /// fact that a line of an earlier version lacks counts as false.
    pub fn read(action: &str, before: Option<&Value>, after: Option<&Value>) -> Option<Self> {
        let is_draft = |side: Option<&Value>| side.is_some_and(|it| it["draft"] == true);
        let is_new = before.is_none();
        Some(match action {
            "create_incident" => Self::CreateIncident {
                is_draft: is_draft(after),
            },
            "edit_incident" => Self::EditIncident {
                publishes: is_draft(before) && !is_draft(after),
            },
            "withdraw_incident" => Self::WithdrawIncident {
                was_draft: is_draft(before),
            },
            "sync_incident" => Self::SyncIncident { is_new },
            "hide_incident" => Self::HideIncident,
            "add_update" => Self::AddUpdate {
                is_draft: is_draft(after),
                phase: after.and_then(|it| Phase::parse(it["phase"].as_str()?)),
                moves: after.is_some_and(|it| !it["starts"].is_null() || !it["ends"].is_null()),
            },
            "correct_update" => Self::CorrectUpdate,
            "withdraw_update" => Self::WithdrawUpdate,
            "reinstate_update" => Self::BringBackUpdate,
            "sync_update" => Self::SyncUpdate { is_new },
            "set_component_state" => Self::SetComponentState,
            "put_component" => Self::PutComponent { is_new },
            "describe_component" => Self::DescribeComponent { is_new },
            "retire_component" => Self::RetireComponent,
            "reinstate_component" => Self::BringBackComponent,
            "move_component" => Self::MoveComponent,
            "set_template" => Self::SetTemplate,
            "remove_template" => Self::RemoveTemplate,
            "issue_token" => Self::IssueToken,
            "revoke_token" => Self::RevokeToken,
            "sign_in" => Self::SignIn,
            "end_session" => Self::EndSession,
            "add_subscriber" => Self::AddSubscriber {
                is_asked: after.is_none_or(|it| it["consent"].is_null()),
            },
            "import_subscribers" => Self::ImportSubscribers,
            "edit_subscriber" => Self::EditSubscriber,
            "remove_subscriber" => Self::RemoveSubscriber,
            "suppress_subscriber" => Self::SuppressSubscriber,
            "allow_subscriber" => Self::AllowSubscriber,
            "add_channel" => Self::AddChannel,
            "edit_channel" => Self::EditChannel,
            "rotate_channel_secret" => Self::RotateChannelSecret,
            "remove_channel" => Self::RemoveChannel,
            other => {
                let mut decisions = Decision::ALL.into_iter();
                Self::DecideDelivery(decisions.find(|it| it.as_str() == other)?)
            }
        })
    }
}
