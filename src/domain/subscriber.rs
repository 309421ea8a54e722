//! Subscribers: who is told, where, and what they follow.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::chat::ChatService;
use super::email_address::EmailAddress;
use super::incident::Kind;
use super::slug::Slug;

/// How news goes out: to people, or to a channel that staff added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum Channel {
    /// By e-mail, to people.
    Email,
    /// To a program, as Standard Webhooks.
    Webhook,
    /// To a team, in a chat.
    Chat(ChatService),
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 10] = [
        Self::Email,
        Self::Webhook,
        Self::Chat(ChatService::Slack),
        Self::Chat(ChatService::Discord),
        Self::Chat(ChatService::Teams),
        Self::Chat(ChatService::Matrix),
        Self::Chat(ChatService::GoogleChat),
        Self::Chat(ChatService::Mattermost),
        Self::Chat(ChatService::Telegram),
        Self::Chat(ChatService::Ntfy),
    ];

    /// Those that staff add, in the order in which they are offered.
    pub const ADDED: [Self; 9] = [
        Self::Webhook,
        Self::Chat(ChatService::Slack),
        Self::Chat(ChatService::Discord),
        Self::Chat(ChatService::Teams),
        Self::Chat(ChatService::Matrix),
        Self::Chat(ChatService::GoogleChat),
        Self::Chat(ChatService::Mattermost),
        Self::Chat(ChatService::Telegram),
        Self::Chat(ChatService::Ntfy),
    ];

    /// The word used in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Webhook => "webhook",
            Self::Chat(service) => service.as_str(),
        }
    }

    /// Its name for staff.
    pub fn label(self) -> &'static str {
        match self {
            Self::Email => "E-mail",
            Self::Webhook => "Webhook",
            Self::Chat(service) => service.name(),
        }
    }

    /// The channel that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

impl From<Channel> for &'static str {
    fn from(channel: Channel) -> Self {
        channel.as_str()
    }
}

impl TryFrom<String> for Channel {
    type Error = String;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        Self::parse(&word).ok_or_else(|| format!("unknown channel {word:?}"))
    }
}

/// Something that can be followed by itself.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A component.
    Component(Slug),
    /// Every component of a group, also one that joins it later.
    Group(String),
    /// One incident, by its id.
    Incident(String),
}

impl Target {
    /// The word for each kind, in the database.
    pub const KINDS: [&str; 3] = ["component", "group", "incident"];

    /// The word for its kind, in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Component(_) => "component",
            Self::Group(_) => "group",
            Self::Incident(_) => "incident",
        }
    }

    /// What identifies it among those of its kind.
    pub fn key(&self) -> &str {
        match self {
            Self::Component(slug) => slug.as_str(),
            Self::Group(name) => name,
            Self::Incident(id) => id,
        }
    }

    /// The target of a kind with this key.
    pub fn parse(kind: &str, key: &str) -> Option<Self> {
        match kind {
            "component" => Slug::parse(key).ok().map(Self::Component),
            "group" => Some(Self::Group(key.to_owned())),
            "incident" => Some(Self::Incident(key.to_owned())),
            _ => None,
        }
    }
}

/// What a subscriber wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Following {
    /// Whether they follow everything; if not, only `targets`.
    pub everything: bool,
    /// What they follow by itself.
    pub targets: BTreeSet<Target>,
    /// Whether they hear of disruptions and notices.
    pub incidents: bool,
    /// Whether they hear of maintenance.
    pub maintenance: bool,
    /// Whether they hear of changes of state that come without an incident.
    pub changes: bool,
}

impl Default for Following {
    /// Everything, but no changes of state without an incident.
    fn default() -> Self {
        Self {
            everything: true,
            targets: BTreeSet::new(),
            incidents: true,
            maintenance: true,
            changes: false,
        }
    }
}

impl Following {
    /// Whether there is anything that it would bring.
    pub fn is_empty(&self) -> bool {
        let follows_one = self
            .targets
            .iter()
            .any(|target| matches!(target, Target::Incident(_)));
        let has_kind = self.incidents || self.maintenance || self.changes;
        !follows_one && (!has_kind || (!self.everything && self.targets.is_empty()))
    }
}

impl Following {
    /// Whether it covers an incident of a kind that names these components, each with its group. An
    /// incident that names nothing goes to those who follow everything.
    pub fn covers(&self, id: &str, kind: Kind, named: &[(&Slug, Option<&str>)]) -> bool {
        let follows = |target: &Target| match target {
            Target::Component(slug) => named.iter().any(|(name, _)| *name == slug),
            Target::Group(group) => named.iter().any(|(_, of)| *of == Some(group.as_str())),
            Target::Incident(_) => false,
        };
        let wants = match kind {
            Kind::Disruption | Kind::Notice => self.incidents,
            Kind::Maintenance => self.maintenance,
        };
        let one = Target::Incident(id.to_owned());
        self.targets.contains(&one)
            || (wants && (self.everything || self.targets.iter().any(follows)))
    }
}

/// Why nothing is sent to an address any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why, in the words of staff or of the server that refused.
    pub why: String,
}

/// How a subscriber agreed to be written to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consent {
    /// By the form, confirmed by the link in a message.
    Confirmed,
    /// Staff brought the address, and stated how it was agreed.
    Stated(String),
}

impl Consent {
    /// As the database stores it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Confirmed => "confirmed".to_owned(),
            Self::Stated(how) => format!("stated: {how}"),
        }
    }

    /// The inverse of [`Consent::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("stated: ") {
            Some(how) => Some(Self::Stated(how.to_owned())),
            None => (text == "confirmed").then_some(Self::Confirmed),
        }
    }
}

/// Somebody who is told, or who has asked to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscriber {
    /// Its identity.
    pub id: String,
    /// How they are reached.
    pub channel: Channel,
    /// Where.
    pub address: EmailAddress,
    /// What they want to hear of.
    pub following: Following,
    /// When they asked.
    pub created_at: DateTime<Utc>,
    /// When they confirmed; nothing is sent before.
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Since when they want a pause.
    pub paused_at: Option<DateTime<Utc>>,
    /// Whether the address doesn't take messages any more.
    pub suppressed: Option<Suppression>,
    /// Permanent refusals in a row.
    pub refusals: i64,
    /// How they agreed.
    pub consent: Consent,
}

impl Subscriber {
    /// Whether they are told now.
    pub fn is_active(&self) -> bool {
        self.confirmed_at.is_some() && self.paused_at.is_none() && self.suppressed.is_none()
    }
}

#[cfg(test)]
impl Subscriber {
    /// Dana, who has confirmed, and follows everything.
    pub fn example() -> Self {
        Self {
            id: "01939d5e-7b1c-7000-8000-0123456789ab".to_owned(),
            channel: Channel::Email,
            address: EmailAddress::parse("dana@example.com").expect("an address"),
            following: Following::default(),
            created_at: DateTime::UNIX_EPOCH,
            confirmed_at: Some(DateTime::UNIX_EPOCH),
            paused_at: None,
            suppressed: None,
            refusals: 0,
            consent: Consent::Confirmed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        for channel in Channel::ALL {
            assert_eq!(Channel::parse(channel.as_str()), Some(channel));
            assert_eq!(serde_json::json!(channel), channel.as_str());
        }
        assert_eq!(Channel::parse("pigeon"), None);
        let slug = Slug::parse("selma").expect("a slug");
        for target in [
            Target::Component(slug),
            Target::Group("Servers".to_owned()),
            Target::Incident("0190".to_owned()),
        ] {
            let read = Target::parse(target.kind(), target.key());
            assert_eq!(read, Some(target));
        }
        assert_eq!(Target::parse("component", "No Slug"), None);
        assert_eq!(Target::parse("region", "west"), None);
        for consent in [
            Consent::Confirmed,
            Consent::Stated("customers since 2009".to_owned()),
        ] {
            assert_eq!(Consent::parse(&consent.to_text()), Some(consent));
        }
        assert_eq!(Consent::parse("perhaps"), None);
    }

    #[test]
    fn an_incident_is_covered_by_what_it_names() {
        let [selma, nelson] = ["selma", "nelson"].map(|name| Slug::parse(name).expect("a slug"));
        let named = [(&selma, Some("Servers"))];
        let all = Following::default();
        assert!(all.covers("1", Kind::Disruption, &[]));
        assert!(all.covers("1", Kind::Maintenance, &named));
        let only = |target: Target| Following {
            everything: false,
            targets: BTreeSet::from([target]),
            ..Following::default()
        };
        let check = |target: Target, covers: bool| {
            let following = only(target);
            assert_eq!(following.covers("1", Kind::Disruption, &named), covers);
            assert!(!following.covers("2", Kind::Disruption, &[]));
        };
        check(Target::Component(selma.clone()), true);
        check(Target::Component(nelson), false);
        check(Target::Group("Servers".to_owned()), true);
        check(Target::Group("Mail".to_owned()), false);
        check(Target::Incident("1".to_owned()), true);
        let no_maintenance = Following {
            maintenance: false,
            ..all
        };
        assert!(!no_maintenance.covers("1", Kind::Maintenance, &named));
        assert!(no_maintenance.covers("1", Kind::Notice, &named));
        let one = Following {
            maintenance: false,
            ..only(Target::Incident("1".to_owned()))
        };
        assert!(one.covers("1", Kind::Maintenance, &[]));
    }

    #[test]
    fn following_nothing_is_empty() {
        let all = Following::default();
        assert!(!all.is_empty());
        let nothing = Following {
            everything: false,
            ..all.clone()
        };
        assert!(nothing.is_empty());
        let one = Following {
            targets: BTreeSet::from([Target::Group("Servers".to_owned())]),
            ..nothing.clone()
        };
        assert!(!one.is_empty());
        let of_no_kind = Following {
            incidents: false,
            maintenance: false,
            ..one
        };
        assert!(of_no_kind.is_empty());
        let of_one_incident = Following {
            targets: BTreeSet::from([Target::Incident("0190".to_owned())]),
            ..of_no_kind
        };
        assert!(!of_one_incident.is_empty());
    }
}
