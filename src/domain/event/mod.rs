//! Events: what happened, one variant per verb, with its facts. They fill the activity log, which must
//! not keep the addresses of subscribers, so an event has them only masked.

pub mod deed;
pub mod facts;
pub mod line;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};

use self::deed::Deed;
use self::facts::{
    ChannelSettings, FilePost, InNameOf, NewText, Post, SecretChange, StateSaid, Text, WhatIsTold,
    WhichUpdate,
};
use super::component::Component;
use super::dispatch::Decision;
use super::scope::Scope;
use super::slug::Slug;
use super::template::Template;

/// What happened. `id` identifies what it happened to, `before` is what was replaced, and `after`
/// is what it became.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// An incident was created.
    IncidentCreated { id: String, after: Post },
    /// An incident's post was corrected.
    IncidentEdited {
        id: String,
        before: Post,
        after: Post,
    },
    /// An incident was withdrawn.
    IncidentWithdrawn { id: String, before: Post },
    /// A file stated a post. `publishes` is its date, if it became public by this.
    IncidentSynced {
        id: String,
        before: Option<FilePost>,
        after: FilePost,
        publishes: Option<DateTime<Utc>>,
    },
    /// The file of an incident was removed.
    IncidentHidden { id: String, title: String },
    /// An update was added.
    UpdateAdded { which: WhichUpdate, after: NewText },
    /// An update was corrected.
    UpdateCorrected {
        which: WhichUpdate,
        before: Text,
        after: Text,
    },
    /// An update was withdrawn.
    UpdateWithdrawn { which: WhichUpdate, before: Text },
    /// A withdrawn update was brought back.
    UpdateBroughtBack { which: WhichUpdate, after: Text },
    /// A file stated an update.
    UpdateSynced {
        which: WhichUpdate,
        before: Option<Text>,
        after: Text,
    },
    /// A component's state was set by hand, as of `at`; `change` is the id of what was written.
    ComponentStateSet {
        component: Slug,
        name: String,
        change: String,
        at: DateTime<Utc>,
        incident: Option<InNameOf>,
        before: Option<StateSaid>,
        after: StateSaid,
    },
    /// A component was described by request.
    ComponentPut {
        before: Option<Component>,
        after: Component,
    },
    /// `site.toml` described a component.
    ComponentDescribed {
        before: Option<Component>,
        after: Component,
    },
    /// A component was retired.
    ComponentRetired { before: Component, after: Component },
    /// A retired component was brought back.
    ComponentBroughtBack { before: Component, after: Component },
    /// A component was moved to another position in the list.
    ComponentMoved { before: Component, after: Component },
    /// A file stated a template.
    TemplateSet {
        before: Option<Template>,
        after: Template,
    },
    /// The file of a template was removed.
    TemplateRemoved { before: Template },
    /// Staff decided about messages to subscribers: those of a thread, or all of `label`.
    DeliveryDecided {
        id: String,
        label: String,
        decision: Decision,
    },
    /// A token was issued.
    TokenIssued {
        id: String,
        name: String,
        scopes: Vec<Scope>,
        expires_at: Option<DateTime<Utc>>,
    },
    /// A token was revoked.
    TokenRevoked { id: String, name: String },
    /// Somebody signed in to the staff pages with the token of this name.
    SignedIn {
        session: String,
        token: String,
        device: Option<String>,
    },
    /// A session of the token of this name was ended.
    SessionEnded { session: String, token: String },
    /// Staff added a subscriber and stated how they agreed, or had them asked for their consent.
    SubscriberAdded {
        id: String,
        address: String,
        consent: Option<String>,
    },
    /// Staff imported subscribers; `label` says how many.
    SubscribersImported {
        import: String,
        label: String,
        consent: String,
    },
    /// Staff changed what a subscriber is told.
    SubscriberEdited {
        id: String,
        address: String,
        before: Box<WhatIsTold>,
        after: Box<WhatIsTold>,
    },
    /// A subscriber was deleted.
    SubscriberRemoved { id: String, address: String },
    /// Nothing is sent to a subscriber any more.
    SubscriberSuppressed {
        id: String,
        address: String,
        why: String,
    },
    /// A suppressed subscriber is told again.
    SubscriberAllowed { id: String, address: String },
    /// Staff added a channel.
    ChannelAdded {
        id: String,
        after: Box<ChannelSettings>,
    },
    /// Staff changed a channel; `secrets` says what of it changed that isn't shown.
    ChannelEdited {
        id: String,
        before: Box<ChannelSettings>,
        after: Box<ChannelSettings>,
        secrets: Vec<SecretChange>,
    },
    /// Staff made a new secret for a channel.
    ChannelSecretRotated { id: String, name: String },
    /// Staff removed a channel.
    ChannelRemoved { id: String, name: String },
}

impl Event {
    /// What was done.
    pub fn deed(&self) -> Deed {
        match self {
            Self::IncidentCreated { after, .. } => Deed::CreateIncident {
                is_draft: after.draft,
            },
            Self::IncidentEdited { before, after, .. } => Deed::EditIncident {
                publishes: before.draft && !after.draft,
            },
            Self::IncidentWithdrawn { before, .. } => Deed::WithdrawIncident {
                was_draft: before.draft,
            },
            Self::IncidentSynced { before, .. } => Deed::SyncIncident {
                is_new: before.is_none(),
            },
            Self::IncidentHidden { .. } => Deed::HideIncident,
            Self::UpdateAdded { after, .. } => Deed::AddUpdate {
                is_draft: after.draft,
                phase: after.phase,
                moves: !after.window.is_empty(),
            },
            Self::UpdateCorrected { .. } => Deed::CorrectUpdate,
            Self::UpdateWithdrawn { .. } => Deed::WithdrawUpdate,
            Self::UpdateBroughtBack { .. } => Deed::BringBackUpdate,
            Self::UpdateSynced { before, .. } => Deed::SyncUpdate {
                is_new: before.is_none(),
            },
            Self::ComponentStateSet { .. } => Deed::SetComponentState,
            Self::ComponentPut { before, .. } => Deed::PutComponent {
                is_new: before.is_none(),
            },
            Self::ComponentDescribed { before, .. } => Deed::DescribeComponent {
                is_new: before.is_none(),
            },
            Self::ComponentRetired { .. } => Deed::RetireComponent,
            Self::ComponentBroughtBack { .. } => Deed::BringBackComponent,
            Self::ComponentMoved { .. } => Deed::MoveComponent,
            Self::TemplateSet { .. } => Deed::SetTemplate,
            Self::TemplateRemoved { .. } => Deed::RemoveTemplate,
            Self::DeliveryDecided { decision, .. } => Deed::DecideDelivery(*decision),
            Self::TokenIssued { .. } => Deed::IssueToken,
            Self::TokenRevoked { .. } => Deed::RevokeToken,
            Self::SignedIn { .. } => Deed::SignIn,
            Self::SessionEnded { .. } => Deed::EndSession,
            Self::SubscriberAdded { consent, .. } => Deed::AddSubscriber {
                is_asked: consent.is_none(),
            },
            Self::SubscribersImported { .. } => Deed::ImportSubscribers,
            Self::SubscriberEdited { .. } => Deed::EditSubscriber,
            Self::SubscriberRemoved { .. } => Deed::RemoveSubscriber,
            Self::SubscriberSuppressed { .. } => Deed::SuppressSubscriber,
            Self::SubscriberAllowed { .. } => Deed::AllowSubscriber,
            Self::ChannelAdded { .. } => Deed::AddChannel,
            Self::ChannelEdited { .. } => Deed::EditChannel,
            Self::ChannelSecretRotated { .. } => Deed::RotateChannelSecret,
            Self::ChannelRemoved { .. } => Deed::RemoveChannel,
        }
    }
}
