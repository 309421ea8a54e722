//! A change on its way to the server, kept in a file until the server has answered.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::choose;
use super::failure::{Failure, Kept};
use super::private_file;
use super::repeat;
use super::world::World;
use crate::client::{self, Client, ClientError, IncidentAnswer, Refusal};
use crate::domain::hash::sha256;
use crate::domain::slug::Slug;
use crate::render::time::machine;

/// The server remembers a key for 7 days; an hour is left for clocks that disagree.
const KEY_LIFETIME: TimeDelta = TimeDelta::hours(7 * 24 - 1);

/// What is sent so long after it was typed is dated when it was typed.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// The field of a new incident's first update.
const UPDATE: &str = "update";

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verb {
    /// Set a component's state.
    State,
    /// Open an incident.
    Incident,
    /// Add an update.
    Update,
    /// Add an update that ends the incident.
    Resolve,
    /// Begin, extend, end or cancel a maintenance.
    Maintenance,
}

impl Verb {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::State => "state",
            Self::Incident => "incident",
            Self::Update => "update",
            Self::Resolve => "resolve",
            Self::Maintenance => "maintenance",
        }
    }
}

/// A change as it is sent, however often: the same key and, once it went out, the same body.
/// The token isn't in it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unsent {
    pub(super) verb: Verb,
    /// The server it is for.
    pub(super) server: String,
    pub(super) typed_at: DateTime<Utc>,
    /// Of a state: whose.
    pub(super) component: Option<Slug>,
    /// The incident as it was asked for.
    pub(super) incident_part: Option<String>,
    /// The incident that this turned out to mean.
    pub(super) incident: Option<Slug>,
    pub(super) body: Map<String, Value>,
    pub(super) idempotency_key: String,
    /// A digest of the token with which it may have arrived; `null` if it never did.
    pub(super) perhaps_arrived_as: Option<String>,
    /// The text was typed in an editor or came through a pipe: there is no other copy of it.
    pub(super) only_copy: bool,
    /// When the incident began that this turned out to mean.
    #[serde(skip)]
    pub(super) began: Option<DateTime<Utc>>,
}

impl Unsent {
    pub(super) fn new(
        verb: Verb,
        body: Map<String, Value>,
        client: &Client,
        world: &World,
    ) -> Self {
        Self {
            verb,
            server: client.address().to_string(),
            typed_at: world.clock.now(),
            component: None,
            incident_part: None,
            incident: None,
            body,
            idempotency_key: Uuid::now_v7().to_string(),
            perhaps_arrived_as: None,
            only_copy: false,
            began: None,
        }
    }

    fn needs_incident(&self) -> bool {
        let needs = match self.verb {
            Verb::State => self.incident_part.is_some(),
            Verb::Incident => false,
            Verb::Update | Verb::Resolve | Verb::Maintenance => true,
        };
        needs && self.incident.is_none()
    }

    /// Finds out which incident is meant, unless that is known.
    pub(super) fn settle(&mut self, client: &Client, world: &mut World) -> Result<(), Failure> {
        if !self.needs_incident() {
            return Ok(());
        }
        let known = client.incidents()?;
        let chosen = choose::incident(&known, self.incident_part.as_deref(), world)?;
        self.take(&chosen);
        Ok(())
    }

    fn take(&mut self, incident: &IncidentAnswer) {
        self.incident = Some(incident.slug.clone());
        self.began = Some(incident.began());
        match self.verb {
            Verb::State => {
                let slug = incident.slug.to_string();
                self.body.insert("incident".to_owned(), slug.into());
            }
            Verb::Resolve => {
                let phase = incident.kind.resolving_phase().as_str();
                self.body.insert("phase".to_owned(), phase.into());
            }
            Verb::Incident | Verb::Update | Verb::Maintenance => {}
        }
    }

    /// The path it is posted to, once it is settled.
    fn path(&self) -> Option<String> {
        match self.verb {
            Verb::Incident => Some(client::incidents_path()),
            Verb::State => self.component.as_ref().map(client::state_path),
            Verb::Maintenance => self.incident.as_ref().map(client::maintenance_path),
            Verb::Update | Verb::Resolve => self.incident.as_ref().map(client::updates_path),
        }
    }

    /// The folder of what couldn't be sent.
    pub(super) fn folder(world: &World) -> Option<PathBuf> {
        Some(world.surroundings.state_folder()?.join("unsent"))
    }

    fn name(&self) -> String {
        let key = &self.idempotency_key;
        let tail = &key[key.len().saturating_sub(8)..];
        let time = self.typed_at.format("%Y-%m-%dT%H%M%SZ");
        format!("{time}-{}-{tail}", self.verb.as_str())
    }

    /// What it is, for someone who has several: `2013-02-26 09:15 UTC, update of selma: "Mail …"`.
    pub(super) fn summary(&self) -> String {
        let time = self.typed_at.format("%Y-%m-%d %H:%M UTC");
        let named = |key: &str| self.body.get(key).and_then(Value::as_str);
        let about = match (&self.component, &self.incident, &self.incident_part) {
            (Some(component), _, _) => format!(" of {component}"),
            (None, Some(incident), _) => format!(" of {incident}"),
            (None, None, Some(part)) => format!(" of the incident named {part:?}"),
            (None, None, None) => String::new(),
        };
        let words = [
            named("title"),
            Some(self.text()),
            named("note"),
            named("state"),
            named("do"),
        ]
        .into_iter()
        .flatten()
        .find_map(|text| text.lines().find(|line| !line.trim().is_empty()))
        .unwrap_or_default();
        let start: String = words.trim().chars().take(50).collect();
        let dots = if start.len() < words.trim().len() {
            " …"
        } else {
            ""
        };
        let verb = self.verb.as_str();
        format!("{time}, {verb}{about}: \"{start}{dots}\"")
    }

    /// Orders what is waiting as it was typed: the key, too, begins with its time.
    pub(super) fn age(&self) -> (DateTime<Utc>, String) {
        (self.typed_at, self.idempotency_key.clone())
    }

    /// Reads a file that was kept.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    fn text(&self) -> &str {
        let update = self.body.get(UPDATE);
        let text = update.unwrap_or(&Value::Null)["markdown"].as_str();
        text.or(self.body.get("markdown").and_then(Value::as_str))
            .unwrap_or_default()
    }

    /// Puts a text in. That of a new incident is its first update, with the phase, the states and the
    /// time that it has; that of a maintenance announces it, and is its post.
    pub(super) fn set_text(&mut self, text: String) {
        let is_plan = self
            .body
            .get("kind")
            .is_some_and(|kind| kind == "maintenance");
        if self.verb != Verb::Incident || is_plan || text.is_empty() {
            self.body.insert("markdown".to_owned(), text.into());
            return;
        }
        let mut update = Map::new();
        update.insert("markdown".to_owned(), text.into());
        for field in ["phase", "components"] {
            if let Some(value) = self.body.remove(field) {
                update.insert(field.to_owned(), value);
            }
        }
        if let Some(at) = self.body.get("published_at") {
            update.insert("at".to_owned(), at.clone());
        }
        self.body.insert(UPDATE.to_owned(), update.into());
    }

    /// Don't post it if the same was posted a moment ago, unless that is meant.
    pub(super) fn post_again(&mut self, again: bool) {
        self.body.insert("again".to_owned(), again.into());
    }

    /// What is sent late is dated when it was typed, if it can't have arrived: what may have is sent
    /// as it was.
    pub(super) fn date_as_typed(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let fields: &[&str] = match self.verb {
            Verb::State | Verb::Update | Verb::Resolve => &["at"],
            Verb::Incident => &["published_at"],
            Verb::Maintenance => return None,
        };
        let is_late = now - self.typed_at > LATE;
        let is_dated = fields.iter().any(|field| self.body.contains_key(*field));
        if !is_late || is_dated || self.perhaps_arrived_as.is_some() {
            return None;
        }
        let at = Value::from(machine(self.typed_at));
        for field in fields {
            self.body.insert((*field).to_owned(), at.clone());
        }
        if let Some(Value::Object(update)) = self.body.get_mut(UPDATE) {
            update.insert("at".to_owned(), at);
        }
        Some(self.typed_at)
    }

    /// Writes it down, so that neither a lost connection nor a lost process loses it.
    pub(super) fn keep(&self, file: Option<&Path>, world: &World) -> Kept {
        let nowhere = |why: String| Kept::Nowhere {
            text: self.text().to_owned(),
            why,
        };
        let file = match (file, Self::folder(world)) {
            (Some(file), _) => file.to_owned(),
            (None, Some(folder)) => folder.join(format!("{}.json", self.name())),
            (None, None) => return nowhere("there is no home folder".to_owned()),
        };
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        match private_file::write(&file, &text) {
            Ok(()) => Kept::Request(file),
            Err(error) => nowhere(format!("{}: {error}", file.display())),
        }
    }

    /// Why sending it again could post it twice, if it could.
    pub(super) fn danger(&self, client: &Client, world: &World) -> Option<String> {
        let arrived_as = self.perhaps_arrived_as.as_ref()?;
        let look = "Check with `lightship status` whether it arrived; if it did, delete the file, \
                    otherwise post it again";
        if world.clock.now() - self.typed_at > KEY_LIFETIME {
            return Some(format!(
                "this was typed more than seven days ago, and the server may have forgotten \
                 whether it arrived. {look}"
            ));
        }
        if Some(arrived_as) != digest(client).as_ref() {
            return Some(format!(
                "this was sent with another token, and may have arrived; the server can only tell \
                 with that token. Sign in with it. Otherwise: {look}"
            ));
        }
        let server = client.address();
        (self.server != server.to_string()).then(|| {
            format!(
                "this may have arrived at {}, and {server} can't know; give --url {}",
                self.server, self.server
            )
        })
    }

    /// Sends it. It stands in `file` until the server has answered; only an answer that
    /// would always be the same removes it.
    pub(super) fn send(
        &mut self,
        client: &Client,
        file: Option<&Path>,
        world: &mut World,
    ) -> Result<Value, Failure> {
        if let Err(failure) = self.settle(client, world) {
            return Err(self.failed(failure, file, world));
        }
        let Some(path) = self.path() else {
            let why = "it doesn't say what it is about".to_owned();
            return Err(self.failed(Failure::Refused(why), file, world));
        };
        let before = self.perhaps_arrived_as.take();
        self.server = client.address().to_string();
        self.perhaps_arrived_as = digest(client);
        // Written before it goes out: from then on key, body and address stay as they are.
        if file.is_some() {
            self.keep(file, world);
        }
        let body = Value::Object(self.body.clone());
        match client.post(&path, &body, &self.idempotency_key) {
            Ok(answer) => {
                remove(file);
                Ok(answer)
            }
            Err(ClientError::Refused(Refusal {
                first: Some(first), ..
            })) => {
                world.tell(&repeat::told(&first, world.clock.now()));
                remove(file);
                Ok(repeat::answer(&first, client))
            }
            Err(error) => {
                if !error.perhaps_done() {
                    self.perhaps_arrived_as = before;
                }
                Err(self.failed(Failure::Server(error), file, world))
            }
        }
    }

    fn failed(&self, failure: Failure, file: Option<&Path>, world: &World) -> Failure {
        let is_final = match &failure {
            Failure::Server(error) => error.is_final(),
            // What stands on the command line is soon typed again, and rightly; the rest isn't.
            Failure::Usage(_) | Failure::Refused(_) | Failure::AfterTyping(..) => !self.only_copy,
        };
        if !is_final {
            return Failure::AfterTyping(Box::new(failure), self.keep(file, world));
        }
        if !self.only_copy || self.text().is_empty() {
            remove(file);
            return failure;
        }
        let text_file = Self::folder(world).map(|it| it.join(format!("{}.md", self.name())));
        let kept = match text_file.map(|path| (private_file::write(&path, self.text()), path)) {
            Some((Ok(()), path)) => {
                remove(file);
                Kept::Text(path)
            }
            Some((Err(_), _)) | None => self.keep(file, world),
        };
        Failure::AfterTyping(Box::new(failure), kept)
    }
}

/// The file has done its duty; one that can't be removed does no harm, as its key is spent.
fn remove(file: Option<&Path>) {
    if let Some(file) = file {
        let _ = fs::remove_file(file);
    }
}

fn digest(client: &Client) -> Option<String> {
    Some(sha256(client.token()?)[..16].to_owned())
}
