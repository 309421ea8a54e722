//! The facts of events: posts, updates, states and templates as they were stated, and how the
//! record stores them.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::domain::added_channel::ChannelAddress;
use crate::domain::fact::Fact;
use crate::domain::incident::{Impact, Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::subscriber::Following;
use crate::domain::template::Template;
use crate::domain::update::{Phase, Update};
use crate::domain::window::Window;

/// What is said about components, in order: a state with its note, or only the name.
pub type StatedStates = Vec<(Slug, Option<(StateKey, Option<String>)>)>;

/// A post, with what it says about components.
#[derive(Debug, Clone, PartialEq)]
pub struct Post {
    /// The incident's address.
    pub slug: Slug,
    /// The headline.
    pub title: String,
    /// What sort of post it is.
    pub kind: Kind,
    /// The text.
    pub markdown: String,
    /// How bad it is, if that was stated.
    pub impact: Option<Impact>,
    /// The byline.
    pub author: Option<String>,
    /// For a maintenance: the window that the post states.
    pub window: Window,
    /// The post's date.
    pub published_at: DateTime<Utc>,
    /// Only staff can see it.
    pub draft: bool,
    /// What it says about components.
    pub components: StatedStates,
}

impl Post {
    /// The post of an incident, with what it says about components.
    pub fn of(incident: &Incident, components: StatedStates) -> Self {
        Self {
            slug: incident.slug.clone(),
            title: incident.title.clone(),
            kind: incident.kind,
            markdown: incident.markdown.clone(),
            impact: incident.stated_impact,
            author: incident.author.clone(),
            window: incident.stated_window(),
            published_at: incident.published_at,
            draft: incident.draft,
            components,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "slug": self.slug, "title": self.title, "kind": self.kind, "markdown": self.markdown,
            "impact": self.impact, "author": self.author, "starts": self.window.starts,
            "ends": self.window.ends, "published_at": self.published_at, "draft": self.draft,
            "components": said_to_json(&self.components),
        })
    }
}

/// A post as its file states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePost {
    /// The headline.
    pub title: String,
    /// The text.
    pub markdown: String,
    /// The incident's address.
    pub slug: Slug,
    /// The file; `None` if the incident had none so far.
    pub file: Option<String>,
}

impl FilePost {
    /// The post of an incident, stated by this file.
    pub fn of(incident: &Incident, file: Option<&str>) -> Self {
        Self {
            title: incident.title.clone(),
            markdown: incident.markdown.clone(),
            slug: incident.slug.clone(),
            file: file.map(str::to_owned),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"title": self.title, "markdown": self.markdown, "slug": self.slug, "file": self.file})
    }
}

/// Identifies an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhichUpdate {
    /// Its id.
    pub id: String,
    /// The id of its incident.
    pub incident: String,
    /// The headline of its incident.
    pub title: String,
}

impl WhichUpdate {
    /// The update of an incident with this id.
    pub fn of(incident: &Incident, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            incident: incident.id.clone(),
            title: incident.title.clone(),
        }
    }
}

/// A new update.
#[derive(Debug, Clone, PartialEq)]
pub struct NewText {
    /// The instant it refers to.
    pub at: DateTime<Utc>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The text.
    pub markdown: String,
    /// The fact that it states instead of a text.
    pub fact: Option<Fact>,
    /// What it says about components.
    pub components: StatedStates,
    /// For a maintenance: the window, as far as the update moves it.
    pub window: Window,
    /// Only staff can see the incident.
    pub draft: bool,
}

impl NewText {
    pub(super) fn to_json(&self) -> Value {
        let value = json!({
            "at": self.at, "phase": self.phase, "markdown": self.markdown,
            "components": said_to_json(&self.components), "starts": self.window.starts,
            "ends": self.window.ends, "draft": self.draft.then_some(true),
        });
        with_fact(value, self.fact.as_ref())
    }
}

/// An existing update, before or after a change.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// The instant it refers to.
    pub at: DateTime<Utc>,
    /// The phase that it sets.
    pub phase: Option<Phase>,
    /// The text.
    pub markdown: String,
    /// The fact that it states instead of a text.
    pub fact: Option<Fact>,
    /// The byline.
    pub author: Option<String>,
    /// What it says about components; this isn't stored for an entry of a file.
    pub components: Option<StatedStates>,
}

impl Text {
    /// The content of an update.
    pub fn of(update: &Update, components: Option<StatedStates>) -> Self {
        Self {
            at: update.at,
            phase: update.phase,
            markdown: update.markdown.clone(),
            fact: update.fact.clone(),
            author: update.author.clone(),
            components,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({"at": self.at, "phase": self.phase, "markdown": self.markdown, "author": self.author});
        if let Some(said) = &self.components {
            value["components"] = said_to_json(said);
        }
        with_fact(value, self.fact.as_ref())
    }
}

/// Adds an update's fact, if it has one, to what is stored about it.
fn with_fact(mut kept: Value, fact: Option<&Fact>) -> Value {
    if let Some(fact) = fact {
        kept["fact"] = json!(fact);
    }
    kept
}

/// A state, and the line for customers that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateSaid {
    /// The state.
    pub state: StateKey,
    /// The line.
    pub note: Option<String>,
}

impl StateSaid {
    pub(super) fn to_json(&self) -> Value {
        json!({"state": self.state, "note": self.note})
    }
}

/// The incident in whose name a state was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InNameOf {
    /// Its id.
    pub id: String,
    /// Its address.
    pub slug: Slug,
}

/// What a subscriber is told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIsTold {
    /// What they follow.
    pub following: Following,
    /// Whether they want a pause.
    pub is_paused: bool,
}

impl WhatIsTold {
    pub(super) fn to_json(&self) -> Value {
        let following = &self.following;
        let targets = following.targets.iter();
        let targets: Vec<_> = targets
            .map(|it| format!("{} {}", it.kind(), it.key()))
            .collect();
        json!({
            "everything": following.everything, "follows": targets,
            "incidents": following.incidents, "maintenance": following.maintenance,
            "changes": following.changes, "paused": self.is_paused,
        })
    }
}

/// A channel that staff added, as far as everybody who reads the activity log may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSettings {
    /// The word for its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Where it leads, masked.
    pub address: String,
    /// What it is told of.
    pub told: WhatIsTold,
}

impl ChannelSettings {
    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({"kind": self.kind, "name": self.name, "address": self.address});
        if let (Value::Object(all), Value::Object(told)) = (&mut value, self.told.to_json()) {
            all.extend(told);
        }
        value
    }
}

/// A change of what is secret about where a channel leads. No event has the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretChange {
    /// It has another URL, maybe one that looks the same when it is masked.
    UrlReplaced,
    /// It has a credential, and had none.
    CredentialAdded,
    /// It has another credential.
    CredentialReplaced,
    /// It has no credential any more.
    CredentialRemoved,
}

impl SecretChange {
    /// The changes from one address to another.
    pub fn between(before: &ChannelAddress, after: &ChannelAddress) -> Vec<Self> {
        let credential = match (&before.token, &after.token) {
            (None, Some(_)) => Some(Self::CredentialAdded),
            (Some(_), None) => Some(Self::CredentialRemoved),
            (Some(before), Some(after)) if before != after => Some(Self::CredentialReplaced),
            (Some(_), Some(_)) | (None, None) => None,
        };
        let url = (before.url != after.url).then_some(Self::UrlReplaced);
        url.into_iter().chain(credential).collect()
    }

    /// What was done, and to what.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::UrlReplaced => ("replaced", "address"),
            Self::CredentialAdded => ("added", "credential"),
            Self::CredentialReplaced => ("replaced", "credential"),
            Self::CredentialRemoved => ("removed", "credential"),
        }
    }

    /// Adds changes to what is stored about a channel after them.
    pub(super) fn add_to(after: &mut Value, changes: &[Self]) {
        for (done, part) in changes.iter().map(|change| change.words()) {
            match &mut after[done] {
                Value::Array(parts) => parts.push(json!(part)),
                none => *none = json!([part]),
            }
        }
    }
}

/// A template as the activity log stores it: everything but its name.
pub(super) fn template_to_json(template: &Template) -> Value {
    json!({
        "title": template.title, "kind": template.kind, "phase": template.phase,
        "impact": template.impact, "state": template.state, "components": template.components,
        "markdown": template.markdown,
    })
}

/// What is said, by component: a state, a state with its note, or `null` for a name alone.
fn said_to_json(said: &StatedStates) -> Value {
    let said = said.iter().map(|(slug, setting)| {
        let said = match setting {
            None => Value::Null,
            Some((state, None)) => json!(state),
            Some((state, Some(note))) => json!({"state": state, "note": note}),
        };
        (slug.to_string(), said)
    });
    said.collect::<Map<_, _>>().into()
}
