//! Events as entries of the activity log: what a line says, and what it is about.

use serde_json::{Value, json};

use super::Event;
use super::facts::{
    FilePost, SecretChange, StateSaid, StatedStates, Text, WhichUpdate, template_to_json,
};
use crate::domain::component::Component;
use crate::domain::slug::Slug;

/// What an entry of the activity log says about an event besides what was done.
#[derive(Debug, Clone, PartialEq)]
pub struct Line<'a> {
    /// The id of the thing it was done to.
    pub id: &'a str,
    /// The name of that thing for people.
    pub label: &'a str,
    /// What it was.
    pub before: Option<Value>,
    /// What it became.
    pub after: Option<Value>,
}

/// What an event is about. Without components, it is about all that its incident or update names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About<'a> {
    /// An incident.
    Incident {
        id: &'a str,
        components: Option<Vec<&'a Slug>>,
    },
    /// An update of an incident.
    Update {
        id: &'a str,
        incident: &'a str,
        components: Option<Vec<&'a Slug>>,
    },
    /// A component, possibly in the name of an incident.
    Component {
        slug: &'a Slug,
        incident: Option<&'a str>,
    },
    /// Neither.
    Else,
}

impl Event {
    /// The event as an entry of the activity log.
    pub fn line(&self) -> Line<'_> {
        let (id, label, before, after) = match self {
            Self::IncidentCreated { id, after } => {
                (id.as_str(), &after.title, None, Some(after.to_json()))
            }
            Self::IncidentEdited { id, before, after } => {
                let (before, now) = (before.to_json(), after.to_json());
                (id.as_str(), &after.title, Some(before), Some(now))
            }
            Self::IncidentWithdrawn { id, before } => {
                (id.as_str(), &before.title, Some(before.to_json()), None)
            }
            Self::IncidentSynced {
                id, before, after, ..
            } => {
                let before = before.as_ref().map(FilePost::to_json);
                (id.as_str(), &after.title, before, Some(after.to_json()))
            }
            Self::IncidentHidden { id, title } => (id.as_str(), title, None, None),
            Self::UpdateAdded { which, after } => {
                (which.id.as_str(), &which.title, None, Some(after.to_json()))
            }
            Self::UpdateCorrected {
                which,
                before,
                after,
            } => {
                let (before, after) = (before.to_json(), after.to_json());
                (which.id.as_str(), &which.title, Some(before), Some(after))
            }
            Self::UpdateWithdrawn { which, before } => {
                let before = before.to_json();
                (which.id.as_str(), &which.title, Some(before), None)
            }
            Self::UpdateBroughtBack { which, after } => {
                (which.id.as_str(), &which.title, None, Some(after.to_json()))
            }
            Self::UpdateSynced {
                which,
                before,
                after,
            } => {
                let before = before.as_ref().map(Text::to_json);
                let after = after.to_json();
                (which.id.as_str(), &which.title, before, Some(after))
            }
            Self::ComponentStateSet {
                component,
                name,
                incident,
                before,
                after,
                ..
            } => {
                let before = before.as_ref().map(StateSaid::to_json);
                let mut after = after.to_json();
                if let Some(incident) = incident {
                    after["incident"] = json!(incident.slug);
                }
                (component.as_str(), name, before, Some(after))
            }
            Self::ComponentPut { before, after } | Self::ComponentDescribed { before, after } => {
                let before = before.as_ref().and_then(component_to_json);
                let now = component_to_json(after);
                (after.slug.as_str(), &after.name, before, now)
            }
            Self::ComponentRetired { before, after }
            | Self::ComponentBroughtBack { before, after }
            | Self::ComponentMoved { before, after } => {
                let (before, now) = (component_to_json(before), component_to_json(after));
                (after.slug.as_str(), &after.name, before, now)
            }
            Self::TemplateSet { before, after } => {
                let before = before.as_ref().map(template_to_json);
                let now = template_to_json(after);
                (after.name.as_str(), &after.title, before, Some(now))
            }
            Self::TemplateRemoved { before } => {
                let was = template_to_json(before);
                (before.name.as_str(), &before.title, Some(was), None)
            }
            Self::TokenIssued {
                id,
                name,
                scopes,
                expires_at,
            } => {
                let after = json!({"name": name, "scopes": scopes, "expires_at": expires_at});
                (id.as_str(), name, None, Some(after))
            }
            Self::DeliveryDecided { id, label, .. } => (id.as_str(), label, None, None),
            Self::TokenRevoked { id, name } => (id.as_str(), name, None, None),
            Self::SignedIn {
                session,
                token,
                device,
            } => {
                let after = json!({"device": device});
                (session.as_str(), token, None, Some(after))
            }
            Self::SessionEnded { session, token } => (session.as_str(), token, None, None),
            Self::SubscriberAdded {
                id,
                address,
                consent,
            } => {
                let after = json!({"consent": consent});
                (id.as_str(), address, None, Some(after))
            }
            Self::SubscribersImported {
                import,
                label,
                consent,
            } => {
                let after = json!({"consent": consent});
                (import.as_str(), label, None, Some(after))
            }
            Self::SubscriberEdited {
                id,
                address,
                before,
                after,
            } => {
                let (before, after) = (before.to_json(), after.to_json());
                (id.as_str(), address, Some(before), Some(after))
            }
            Self::SubscriberSuppressed { id, address, why } => {
                (id.as_str(), address, None, Some(json!({"why": why})))
            }
            Self::SubscriberRemoved { id, address } | Self::SubscriberAllowed { id, address } => {
                (id.as_str(), address, None, None)
            }
            Self::ChannelAdded { id, after } => {
                (id.as_str(), &after.name, None, Some(after.to_json()))
            }
            Self::ChannelEdited {
                id,
                before,
                after,
                secrets,
            } => {
                let (before, mut now) = (before.to_json(), after.to_json());
                SecretChange::add_to(&mut now, secrets);
                (id.as_str(), &after.name, Some(before), Some(now))
            }
            Self::ChannelSecretRotated { id, name } | Self::ChannelRemoved { id, name } => {
                (id.as_str(), name, None, None)
            }
        };
        Line {
            id,
            label,
            before,
            after,
        }
    }

    /// What it is about.
    pub fn about(&self) -> About<'_> {
        match self {
            Self::IncidentCreated { id, after: post }
            | Self::IncidentWithdrawn { id, before: post } => About::Incident {
                id,
                components: named([Some(&post.components), None]),
            },
            Self::IncidentEdited { id, before, after } => About::Incident {
                id,
                components: named([Some(&before.components), Some(&after.components)]),
            },
            Self::IncidentSynced { id, .. } | Self::IncidentHidden { id, .. } => About::Incident {
                id,
                components: None,
            },
            Self::UpdateAdded { which, after } => which.about([Some(&after.components), None]),
            Self::UpdateCorrected {
                which,
                before,
                after,
            } => which.about([before.components.as_ref(), after.components.as_ref()]),
            Self::UpdateWithdrawn {
                which,
                before: text,
            }
            | Self::UpdateBroughtBack { which, after: text } => {
                which.about([text.components.as_ref(), None])
            }
            Self::UpdateSynced { which, .. } => which.about([None, None]),
            Self::ComponentStateSet {
                component,
                incident,
                ..
            } => About::Component {
                slug: component,
                incident: incident.as_ref().map(|it| it.id.as_str()),
            },
            Self::ComponentPut { after, .. }
            | Self::ComponentDescribed { after, .. }
            | Self::ComponentRetired { after, .. }
            | Self::ComponentBroughtBack { after, .. }
            | Self::ComponentMoved { after, .. } => About::Component {
                slug: &after.slug,
                incident: None,
            },
            Self::TemplateSet { .. }
            | Self::TemplateRemoved { .. }
            | Self::DeliveryDecided { .. }
            | Self::TokenIssued { .. }
            | Self::TokenRevoked { .. }
            | Self::SignedIn { .. }
            | Self::SessionEnded { .. }
            | Self::SubscriberAdded { .. }
            | Self::SubscribersImported { .. }
            | Self::SubscriberEdited { .. }
            | Self::SubscriberRemoved { .. }
            | Self::SubscriberSuppressed { .. }
            | Self::SubscriberAllowed { .. }
            | Self::ChannelAdded { .. }
            | Self::ChannelEdited { .. }
            | Self::ChannelSecretRotated { .. }
            | Self::ChannelRemoved { .. } => About::Else,
        }
    }
}

impl WhichUpdate {
    fn about<'a>(&'a self, said: [Option<&'a StatedStates>; 2]) -> About<'a> {
        About::Update {
            id: &self.id,
            incident: &self.incident,
            components: named(said),
        }
    }
}

/// The components named on either side; `None` if neither side says which.
fn named(said: [Option<&StatedStates>; 2]) -> Option<Vec<&Slug>> {
    let mut named: Option<Vec<&Slug>> = None;
    for said in said.into_iter().flatten() {
        named
            .get_or_insert_default()
            .extend(said.iter().map(|(slug, _)| slug));
    }
    named
}

fn component_to_json(component: &Component) -> Option<Value> {
    serde_json::to_value(component).ok()
}
