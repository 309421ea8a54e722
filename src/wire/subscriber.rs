//! Subscribers on the wire. Staff need whole addresses, so these are the only answers that have them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::fields::Fields;
use super::instant;
use super::request_macro::request;
use super::words;
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Subscriber, Target};

/// What a subscriber hears of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FollowingBody {
    /// Whether they follow everything.
    pub everything: bool,
    /// The components that they follow by themselves.
    #[schema(value_type = Vec<String>, example = json!(["selma"]))]
    pub components: Vec<Slug>,
    /// The groups of components that they follow.
    #[schema(example = json!(["Servers"]))]
    pub groups: Vec<String>,
    /// The incidents that they follow by themselves.
    #[schema(value_type = Vec<String>, example = json!([]))]
    pub incidents: Vec<Slug>,
    /// Which news they hear.
    #[schema(schema_with = words::news_kinds)]
    pub kinds: Vec<NewsKind>,
}

impl FollowingBody {
    /// What a subscriber follows. `slug_of` gives the slug of an incident by its id.
    pub fn of(following: &Following, slug_of: impl Fn(&str) -> Option<Slug>) -> Self {
        let mut body = Self {
            everything: following.everything,
            components: Vec::new(),
            groups: Vec::new(),
            incidents: Vec::new(),
            kinds: Vec::new(),
        };
        for target in &following.targets {
            match target {
                Target::Component(slug) => body.components.push(slug.clone()),
                Target::Group(name) => body.groups.push(name.clone()),
                Target::Incident(id) => body.incidents.extend(slug_of(id)),
            }
        }
        let wanted = [
            following.incidents,
            following.maintenance,
            following.changes,
        ];
        let kinds = NewsKind::ALL.into_iter().zip(wanted);
        body.kinds = kinds.filter(|(_, is)| *is).map(|(kind, _)| kind).collect();
        body
    }
}

/// Since when, and why nothing is sent to an address any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SuppressionBody {
    /// Since when.
    #[serde(with = "instant")]
    pub at: DateTime<Utc>,
    /// Why, in the words of staff or of the server that refused.
    #[schema(example = "mail was refused: 550 no such user")]
    pub why: String,
}

/// Somebody who is told, or who has asked to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubscriberBody {
    /// Its id; later subscribers have higher ids.
    pub id: String,
    /// How they are reached: `email`.
    #[schema(example = "email")]
    pub channel: String,
    /// Where. Only masked if the request that added them is repeated with its `Idempotency-Key`,
    /// so that nothing keeps the addresses of those who leave.
    #[schema(example = "dana@example.com")]
    pub address: String,
    /// What they hear of.
    pub following: FollowingBody,
    /// When they asked, or were added.
    #[serde(with = "instant")]
    pub created_at: DateTime<Utc>,
    /// When they confirmed, or staff stated their consent; nothing is sent before.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub confirmed_at: Option<DateTime<Utc>>,
    /// Since when they want a pause.
    #[serde(with = "instant::nullable")]
    #[schema(required)]
    pub paused_at: Option<DateTime<Utc>>,
    /// Whether nothing is sent to the address any more.
    #[schema(required)]
    pub suppressed: Option<SuppressionBody>,
    /// How they agreed: `confirmed`, by the link in a mail; or `stated: …`, as staff stated it.
    #[schema(example = "stated: customers, by contract")]
    pub consent: String,
}

impl SubscriberBody {
    /// A subscriber. `slug_of` gives the slug of an incident by its id.
    pub fn of(subscriber: &Subscriber, slug_of: impl Fn(&str) -> Option<Slug>) -> Self {
        let suppressed = subscriber.suppressed.as_ref();
        Self {
            id: subscriber.id.clone(),
            channel: subscriber.channel.as_str().to_owned(),
            address: subscriber.address.as_str().to_owned(),
            following: FollowingBody::of(&subscriber.following, slug_of),
            created_at: subscriber.created_at,
            confirmed_at: subscriber.confirmed_at,
            paused_at: subscriber.paused_at,
            suppressed: suppressed.map(|it| SuppressionBody {
                at: it.at,
                why: it.why.clone(),
            }),
            consent: subscriber.consent.to_text(),
        }
    }
}

/// Subscribers, in the order in which they asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SubscriberList {
    /// The subscribers.
    pub subscribers: Vec<SubscriberBody>,
}

/// Somebody who gets a mail with a link to confirm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AskedBody {
    /// Where the mail goes, masked.
    #[schema(example = "d***@example.com")]
    pub asked: String,
}

request! {
    /// What to follow.
    #[derive(Default)]
    pub struct SetFollowing {
        /// Whether to follow everything; by default, if nothing else is named. `true` goes with no
        /// components and no groups.
        optional everything: bool = flag,
        /// The slugs of components.
        #[schema(schema_with = words::slugs)]
        defaulted components: Vec<Slug> = slugs,
        /// The names of groups.
        #[schema(schema_with = words::lines)]
        defaulted groups: Vec<String> = lines,
        /// The slugs of single incidents.
        #[schema(schema_with = words::slugs)]
        defaulted incidents: Vec<Slug> = slugs,
        /// Which news to hear; by default incidents and maintenance.
        #[schema(schema_with = words::news_kinds_or_null)]
        optional kinds: Vec<NewsKind> = news_kinds,
    }
    check either_everything_or_parts;
}

impl SetFollowing {
    fn either_everything_or_parts(&self, fields: &mut Fields<'_>) {
        let has_parts = !self.components.is_empty() || !self.groups.is_empty();
        if self.everything == Some(true) && has_parts {
            let how = "everything includes the components and groups that are named; leave out \
                       either them or this";
            fields.wrong("everything", how);
        }
    }

    /// What it means. `id_of` gives the id of an incident by its slug.
    pub fn to_following(&self, id_of: impl Fn(&Slug) -> String) -> Following {
        let components = self.components.iter().cloned().map(Target::Component);
        let groups = self.groups.iter().cloned().map(Target::Group);
        let incidents = self.incidents.iter().map(|it| Target::Incident(id_of(it)));
        let targets = components.chain(groups).chain(incidents).collect();
        let usual = Following::default();
        let wants = |kind: NewsKind, usually: bool| {
            let kinds = self.kinds.as_ref();
            kinds.map_or(usually, |kinds| kinds.contains(&kind))
        };
        let is_empty =
            self.components.is_empty() && self.groups.is_empty() && self.incidents.is_empty();
        Following {
            everything: self.everything.unwrap_or(is_empty),
            targets,
            incidents: wants(NewsKind::Incidents, usual.incidents),
            maintenance: wants(NewsKind::Maintenance, usual.maintenance),
            changes: wants(NewsKind::Changes, usual.changes),
        }
    }
}

impl From<FollowingBody> for SetFollowing {
    /// A request to follow the same.
    fn from(body: FollowingBody) -> Self {
        let parts = !body.everything;
        Self {
            everything: Some(body.everything),
            components: if parts { body.components } else { Vec::new() },
            groups: if parts { body.groups } else { Vec::new() },
            incidents: body.incidents,
            kinds: Some(body.kinds),
        }
    }
}

request! {
    /// A subscriber to add.
    pub struct NewSubscriber {
        /// The address.
        #[schema(example = "dana@example.com")]
        required address: String = line,
        /// What they hear of; by default everything.
        optional following: SetFollowing = body,
        /// How they agreed to get mail. Without it, they get a mail with a link to confirm first.
        #[schema(example = "asked for it by telephone")]
        optional consent: String = line,
    }
}

request! {
    /// What to change about a subscriber.
    #[derive(Default)]
    pub struct EditSubscriber {
        /// What they hear of.
        replaced following: SetFollowing = body,
        /// Whether they want a pause.
        replaced paused: bool = flag,
    }
}

request! {
    /// Subscribers to import.
    pub struct ImportSubscribers {
        /// How all of them agreed to get mail.
        #[schema(example = "customers, by contract")]
        required consent: String = line,
        /// The subscribers.
        required subscribers: Vec<ImportedSubscriber> = imported_subscribers,
        /// Whether to import nothing, and only say what would happen.
        optional dry_run: bool = flag,
    }
}

request! {
    /// A subscriber to import.
    pub struct ImportedSubscriber {
        /// The address.
        #[schema(example = "dana@example.com")]
        required address: String = text,
        /// What they hear of; by default everything.
        optional following: SetFollowing = body,
    }
}

/// What became of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImportedBody {
    /// How many are subscribers now and weren't before.
    pub added: usize,
    /// How many were subscribers already; they keep what they chose.
    pub present: usize,
    /// Those that weren't taken.
    pub refused: Vec<RefusedBody>,
}

/// A subscriber of an import that wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefusedBody {
    /// Its place in the list, counted from 0.
    pub row: usize,
    /// Why, and how to fix it.
    #[schema(example = "it is suppressed: a mail was reported as spam")]
    pub detail: String,
}

request! {
    /// Why nothing is to be sent any more.
    pub struct SuppressSubscriber {
        /// The reason, for staff.
        #[schema(example = "asked by telephone", max_length = 500)]
        required reason: String = line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Unusable, parse};

    fn following(body: &str) -> Following {
        let said = parse::<SetFollowing>(body.as_bytes()).expect(body);
        said.to_following(|slug| format!("id of {slug}"))
    }

    #[test]
    fn whoever_names_nothing_follows_everything_and_else_what_is_named() {
        assert_eq!(following("{}"), Following::default());
        assert_eq!(
            following(r#"{"everything": null, "components": null, "kinds": null}"#),
            Following::default()
        );
        let some = following(
            r#"{"components": ["selma"], "groups": [" Mail "], "incidents": ["selma-is-down"],
                "kinds": ["maintenance", "changes"]}"#,
        );
        let selma = Slug::parse("selma").expect("a slug");
        let targets = [
            Target::Component(selma),
            Target::Group("Mail".to_owned()),
            Target::Incident("id of selma-is-down".to_owned()),
        ];
        let wanted = Following {
            everything: false,
            targets: targets.into(),
            incidents: false,
            maintenance: true,
            changes: true,
        };
        assert_eq!(some, wanted);
        let body = FollowingBody::of(&some, |id| {
            let slug = id.strip_prefix("id of ")?;
            Slug::parse(slug).ok()
        });
        let written = serde_json::to_string(&body).expect("JSON");
        assert_eq!(following(&written), wanted);
        assert!(!following(r#"{"everything": false}"#).everything);
    }

    #[test]
    fn whoever_follows_everything_names_no_part_of_it() {
        let check = |body: &str, places: &[&str]| {
            let found = match parse::<SetFollowing>(body.as_bytes()) {
                Ok(_) => Vec::new(),
                Err(Unusable::Mistaken(errors)) => {
                    errors.into_iter().map(|it| it.pointer).collect()
                }
                Err(Unusable::NotJson(why)) => panic!("{why}"),
            };
            assert_eq!(found, places, "{body}");
        };
        check(
            r#"{"everything": true, "components": ["selma"]}"#,
            &["/everything"],
        );
        check(
            r#"{"everything": true, "groups": ["Mail"]}"#,
            &["/everything"],
        );
        check(
            r#"{"everything": true, "incidents": ["selma-is-down"]}"#,
            &[],
        );
        check(r#"{"everything": true, "components": []}"#, &[]);
        check(r#"{"everything": false, "components": ["selma"]}"#, &[]);
        check(r#"{"everything": null, "components": ["selma"]}"#, &[]);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let body = r#"{"consent": "x", "subscribers": [{"address": "a@b.example"},
            {"address": 7, "following": {"components": ["No Slug"], "kinds": ["maintainance"]}}]}"#;
        let Err(Unusable::Mistaken(errors)) = parse::<ImportSubscribers>(body.as_bytes()) else {
            panic!("taken");
        };
        let places: Vec<_> = errors.iter().map(|it| it.pointer.as_str()).collect();
        let row = "/subscribers/1";
        assert_eq!(
            places,
            [
                format!("{row}/address"),
                format!("{row}/following/components/0"),
                format!("{row}/following/kinds/0"),
            ]
        );
        assert!(errors[2].detail.contains("did you mean \"maintenance\"?"));
    }
}
