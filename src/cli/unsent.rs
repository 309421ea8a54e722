//! A change on its way to the server, saved in a file until the server has responded.

use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::already_posted;
use super::choose;
use super::console::Console;
use super::failure::{Failure, SavedAs};
use super::private_file;
use crate::client::{self, Client, ClientError};
use crate::domain::hash::sha256;
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::wire::component::SetState;
use crate::wire::incident::{IncidentBody, NewIncident};
use crate::wire::maintenance::MaintenanceStep;
use crate::wire::update::NewUpdate;

/// The server remembers a key for 7 days. An hour less allows for clocks that differ.
const KEY_LIFETIME: TimeDelta = TimeDelta::hours(7 * 24 - 1);

/// If a request is sent this long after it was typed, it is dated to when it was typed.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// The change as the server accepts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "verb", content = "body", rename_all = "lowercase")]
pub(super) enum Request {
    /// Set a component's state.
    State(SetState),
    /// Create an incident.
    Incident(Box<NewIncident>),
    /// Add an update.
    Update(NewUpdate),
    /// Add an update that ends the incident.
    Resolve(NewUpdate),
    /// Begin, extend, end or cancel a maintenance.
    Maintenance(MaintenanceStep),
}

impl Request {
    fn verb(&self) -> &'static str {
        match self {
            Self::State(_) => "state",
            Self::Incident(_) => "incident",
            Self::Update(_) => "update",
            Self::Resolve(_) => "resolve",
            Self::Maintenance(_) => "maintenance",
        }
    }

    fn post(&self, path: &str, key: &str, client: &Client) -> Result<Value, ClientError> {
        match self {
            Self::State(body) => client.post(path, body, key),
            Self::Incident(body) => client.post(path, body, key),
            Self::Update(body) | Self::Resolve(body) => client.post(path, body, key),
            Self::Maintenance(body) => client.post(path, body, key),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::State(_) => "",
            Self::Incident(body) => match &body.update {
                Some(update) => &update.markdown,
                None => &body.markdown,
            },
            Self::Update(body) | Self::Resolve(body) => &body.markdown,
            Self::Maintenance(body) => body.markdown.as_deref().unwrap_or_default(),
        }
    }

    /// The words that help a person recognise it.
    fn words(&self) -> [&str; 2] {
        match self {
            Self::State(body) => [
                body.note.as_deref().unwrap_or_default(),
                body.state.as_str(),
            ],
            Self::Incident(body) => [&body.title, self.text()],
            Self::Update(_) | Self::Resolve(_) => [self.text(), ""],
            Self::Maintenance(body) => [self.text(), body.step.as_str()],
        }
    }

    /// Its date field, if it has one.
    fn date(&mut self) -> Option<&mut Option<DateTime<Utc>>> {
        match self {
            Self::State(body) => Some(&mut body.at),
            Self::Incident(body) => Some(&mut body.published_at),
            Self::Update(body) | Self::Resolve(body) => Some(&mut body.at),
            Self::Maintenance(_) => None,
        }
    }
}

/// A change to send, possibly several times: always with the same key and, once sent, the same
/// body. It doesn't contain the token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Unsent {
    #[serde(flatten)]
    pub(super) request: Request,
    /// The address of its server.
    pub(super) server: String,
    pub(super) typed_at: DateTime<Utc>,
    /// The component, if it sets a state.
    pub(super) component: Option<Slug>,
    /// The incident as the user named it.
    pub(super) incident_part: Option<String>,
    /// The incident that the name was resolved to.
    pub(super) incident: Option<Slug>,
    pub(super) idempotency_key: String,
    /// A digest of the token with which it may have arrived; `null` if it certainly hasn't.
    pub(super) perhaps_arrived_as: Option<String>,
    /// Whether it has the only copy of the text, which came from an editor or a pipe.
    pub(super) only_copy: bool,
    /// When that incident began.
    #[serde(skip)]
    pub(super) began: Option<DateTime<Utc>>,
}

impl Unsent {
    pub(super) fn new(request: Request, client: &Client, console: &Console) -> Self {
        Self {
            request,
            server: client.address().to_string(),
            typed_at: console.clock.now(),
            component: None,
            incident_part: None,
            incident: None,
            idempotency_key: Uuid::now_v7().to_string(),
            perhaps_arrived_as: None,
            only_copy: false,
            began: None,
        }
    }

    fn needs_incident(&self) -> bool {
        let needs = match self.request {
            Request::State(_) => self.incident_part.is_some(),
            Request::Incident(_) => false,
            Request::Update(_) | Request::Resolve(_) | Request::Maintenance(_) => true,
        };
        needs && self.incident.is_none()
    }

    /// Finds the incident, unless it is known.
    pub(super) fn settle(&mut self, client: &Client, console: &mut Console) -> Result<(), Failure> {
        if !self.needs_incident() {
            return Ok(());
        }
        let known = client.incidents()?;
        let chosen = choose::incident(&known, self.incident_part.as_deref(), console)?;
        self.take(&chosen);
        Ok(())
    }

    fn take(&mut self, incident: &IncidentBody) {
        self.incident = Some(incident.slug.clone());
        self.began = Some(incident.began());
        match &mut self.request {
            Request::State(body) => body.incident = Some(incident.slug.clone()),
            Request::Resolve(body) => body.phase = Some(incident.kind.resolving_phase()),
            Request::Incident(_) | Request::Update(_) | Request::Maintenance(_) => {}
        }
    }

    /// The path for the POST, once the incident is known.
    fn path(&self) -> Option<String> {
        let incident = self.incident.as_ref();
        match self.request {
            Request::Incident(_) => Some(client::incidents_path()),
            Request::State(_) => self.component.as_ref().map(client::state_path),
            Request::Maintenance(_) => incident.map(client::maintenance_path),
            Request::Update(_) | Request::Resolve(_) => incident.map(client::updates_path),
        }
    }

    /// The folder of unsent requests.
    pub(super) fn folder(console: &Console) -> Option<PathBuf> {
        Some(console.environment.state_folder()?.join("unsent"))
    }

    fn name(&self) -> String {
        let key = &self.idempotency_key;
        let tail = &key[key.len().saturating_sub(8)..];
        let time = self.typed_at.format("%Y-%m-%dT%H%M%SZ");
        format!("{time}-{}-{tail}", self.request.verb())
    }

    /// A line that identifies it: `2013-02-26 09:15 UTC, update of selma: "Mail …"`.
    pub(super) fn summary(&self) -> String {
        let time = self.typed_at.format("%Y-%m-%d %H:%M UTC");
        let about = match (&self.component, &self.incident, &self.incident_part) {
            (Some(component), _, _) => format!(" of {component}"),
            (None, Some(incident), _) => format!(" of {incident}"),
            (None, None, Some(part)) => format!(" of the incident named {part:?}"),
            (None, None, None) => String::new(),
        };
        let words = self.request.words();
        let words = words
            .into_iter()
            .find_map(|text| text.lines().find(|line| !line.trim().is_empty()))
            .unwrap_or_default();
        let start: String = words.trim().chars().take(50).collect();
        let dots = if start.len() < words.trim().len() {
            " …"
        } else {
            ""
        };
        let verb = self.request.verb();
        format!("{time}, {verb}{about}: \"{start}{dots}\"")
    }

    /// Sorts waiting requests by when they were typed. The key, too, begins with its time.
    pub(super) fn age(&self) -> (DateTime<Utc>, String) {
        (self.typed_at, self.idempotency_key.clone())
    }

    /// Parses a saved file.
    pub(super) fn parse(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Sets the text. For a new incident, it becomes the first update, with the incident's phase,
    /// states and time. For a maintenance, it becomes the post, which announces it.
    pub(super) fn set_text(&mut self, text: String) {
        match &mut self.request {
            Request::State(_) => {}
            Request::Incident(body) if body.kind == Some(Kind::Maintenance) || text.is_empty() => {
                body.markdown = text;
            }
            Request::Incident(body) => {
                body.update = Some(NewUpdate {
                    markdown: text,
                    phase: body.phase.take(),
                    components: body.components.take(),
                    at: body.published_at,
                    ..NewUpdate::default()
                });
            }
            Request::Update(body) | Request::Resolve(body) => body.markdown = text,
            Request::Maintenance(body) => body.markdown = Some(text),
        }
    }

    /// Dates a late request to when it was typed, unless it may have arrived already: then it must
    /// be sent unchanged.
    pub(super) fn date_as_typed(&mut self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let is_late = now - self.typed_at > LATE;
        let date = self.request.date()?;
        if !is_late || date.is_some() || self.perhaps_arrived_as.is_some() {
            return None;
        }
        let at = self.typed_at.trunc_subsecs(0);
        *date = Some(at);
        // It is news, however late it comes.
        match &mut self.request {
            Request::State(body) => body.notify.get_or_insert(true),
            Request::Incident(body) => body.notify.get_or_insert(true),
            Request::Update(body) | Request::Resolve(body) => body.notify.get_or_insert(true),
            Request::Maintenance(body) => body.notify.get_or_insert(true),
        };
        if let Request::Incident(body) = &mut self.request
            && let Some(update) = &mut body.update
        {
            update.at = Some(at);
        }
        Some(self.typed_at)
    }

    /// Saves it, so that neither a lost connection nor a crash loses it.
    pub(super) fn keep(&self, file: Option<&Path>, console: &Console) -> SavedAs {
        let nowhere = |why: String| SavedAs::Nowhere {
            text: self.request.text().to_owned(),
            why,
        };
        let file = match (file, Self::folder(console)) {
            (Some(file), _) => file.to_owned(),
            (None, Some(folder)) => folder.join(format!("{}.json", self.name())),
            (None, None) => return nowhere("there is no home folder".to_owned()),
        };
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        match private_file::write(&file, &text) {
            Ok(()) => SavedAs::Request(file),
            Err(error) => nowhere(format!("{}: {error}", file.display())),
        }
    }

    /// Why sending it again could post it twice, if so.
    pub(super) fn danger(&self, client: &Client, console: &Console) -> Option<String> {
        let arrived_as = self.perhaps_arrived_as.as_ref()?;
        let look = "Check with `lightship status` whether it arrived; if it did, delete the file, \
                    otherwise post it again";
        if console.clock.now() - self.typed_at > KEY_LIFETIME {
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

    /// Sends it. It stays in `file` until the server has responded; only a success or a final
    /// refusal removes it.
    pub(super) fn send(
        &mut self,
        client: &Client,
        file: Option<&Path>,
        console: &mut Console,
    ) -> Result<Value, Failure> {
        if let Err(failure) = self.settle(client, console) {
            return Err(self.failed(failure, file, console));
        }
        let Some(path) = self.path() else {
            let why = "it doesn't say what it is about".to_owned();
            return Err(self.failed(Failure::Refused(why), file, console));
        };
        let before = self.perhaps_arrived_as.take();
        self.server = client.address().to_string();
        self.perhaps_arrived_as = digest(client);
        // Saved before it is sent: from now on, key, body and address stay the same.
        if file.is_some() {
            self.keep(file, console);
        }
        match self.request.post(&path, &self.idempotency_key, client) {
            Ok(answer) => {
                remove(file);
                Ok(answer)
            }
            Err(error) => {
                if let Some(first) = error.first_post() {
                    console.eprint(&already_posted::text(first, console.clock.now()));
                    remove(file);
                    return Ok(already_posted::answer(first, client));
                }
                if !error.perhaps_done() {
                    self.perhaps_arrived_as = before;
                }
                Err(self.failed(Failure::Server(error), file, console))
            }
        }
    }

    fn failed(&self, failure: Failure, file: Option<&Path>, console: &Console) -> Failure {
        let is_final = match &failure {
            Failure::Server(error) => error.is_final(),
            // A command line is easily repeated; text that exists only here isn't.
            Failure::Usage(_) | Failure::Refused(_) | Failure::AfterTyping(..) => !self.only_copy,
        };
        if !is_final {
            return Failure::AfterTyping(Box::new(failure), self.keep(file, console));
        }
        if !self.only_copy || self.request.text().is_empty() {
            remove(file);
            return failure;
        }
        let text_file = Self::folder(console).map(|it| it.join(format!("{}.md", self.name())));
        let kept =
            match text_file.map(|path| (private_file::write(&path, self.request.text()), path)) {
                Some((Ok(()), path)) => {
                    remove(file);
                    SavedAs::Text(path)
                }
                Some((Err(_), _)) | None => self.keep(file, console),
            };
        Failure::AfterTyping(Box::new(failure), kept)
    }
}

/// Removes the file. If that fails, no harm is done, because the key is used up.
fn remove(file: Option<&Path>) {
    if let Some(file) = file {
        let _ = fs::remove_file(file);
    }
}

fn digest(client: &Client) -> Option<String> {
    Some(sha256(client.token()?)[..16].to_owned())
}
