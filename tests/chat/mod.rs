//! Doubles of chat services. Each takes a request as its service does, by the limits and forms that
//! the service publishes, refuses what it refuses, in its words, and keeps what a reader would see.

mod discord;
mod google_chat;
mod html;
mod markdown;
mod matrix;
mod mattermost;
mod ntfy;
pub(crate) mod server;
mod slack;
mod teams;
mod telegram;

use http::Method;
use lightship::delivery::outgoing::exchange::{HttpAnswer, HttpRequest};
use lightship::domain::chat::ChatAddress;
use serde_json::Value;

/// A message as a reader sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Posted {
    /// Its id at the service.
    pub(crate) id: String,
    /// All text that is shown, without markup.
    pub(crate) text: String,
    /// The URLs that it leads to.
    pub(crate) links: Vec<String>,
    /// Whom it calls: `@everyone` and the like. Empty, or something is wrong.
    pub(crate) calls: Vec<String>,
    /// The first message of the thread that it is in.
    pub(crate) thread: Option<String>,
    /// How often it was changed.
    pub(crate) edits: usize,
}

/// A service with what was posted to it.
#[derive(Debug, Default)]
pub(crate) struct Double {
    pub(crate) posts: Vec<Posted>,
    /// Requests that were taken already, for services that take the same one once.
    pub(crate) keys: Vec<(String, String)>,
}

/// What is wrong with a request, as the service answers it.
type Wrong = HttpAnswer;

impl Double {
    /// Takes a request for an address.
    pub(crate) fn take(&mut self, address: &ChatAddress, request: &HttpRequest) -> HttpAnswer {
        let taken = match address {
            ChatAddress::SlackWebhook { .. } => slack::webhook(self, request),
            ChatAddress::SlackBot { .. } => slack::api(self, request),
            ChatAddress::Discord { .. } => discord::take(self, request),
            ChatAddress::Teams { .. } => teams::take(self, request),
            ChatAddress::Matrix { .. } => matrix::take(self, request),
            ChatAddress::GoogleChat { .. } => google_chat::take(self, request),
            ChatAddress::Mattermost { .. } => mattermost::take(self, request),
            ChatAddress::Telegram { .. } => telegram::take(self, request),
            ChatAddress::Ntfy { .. } => ntfy::take(self, request),
        };
        taken.unwrap_or_else(|wrong| wrong)
    }

    /// Keeps a new message, with the next id.
    fn post(&mut self, mut posted: Posted) -> String {
        let id = format!("{}", 1000 + self.posts.len());
        posted.id.clone_from(&id);
        self.posts.push(posted);
        id
    }

    fn find(&mut self, id: &str) -> Option<&mut Posted> {
        self.posts.iter_mut().find(|posted| posted.id == id)
    }

    /// Replaces a message.
    fn edit(&mut self, id: &str, posted: Posted) -> bool {
        let Some(kept) = self.find(id) else {
            return false;
        };
        *kept = Posted {
            id: kept.id.clone(),
            thread: kept.thread.clone(),
            edits: kept.edits + 1,
            ..posted
        };
        true
    }
}

fn answer(status: u16, body: &str) -> HttpAnswer {
    HttpAnswer {
        status,
        retry_after: None,
        body: body.as_bytes().to_vec(),
    }
}

fn json_of(request: &HttpRequest) -> Option<Value> {
    let is_json = request
        .headers
        .iter()
        .any(|(name, value)| *name == "content-type" && value.starts_with("application/json"));
    serde_json::from_slice(&request.body)
        .ok()
        .filter(|_| is_json)
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    let found = request.headers.iter().find(|(it, _)| *it == name);
    found.map_or("", |(_, value)| value.as_str())
}

/// The path and the query of a request's URL.
fn path_of(request: &HttpRequest) -> (&str, &str) {
    let after = request.url.split_once("://").map_or("", |(_, rest)| rest);
    let path = after.split_once('/').map_or("", |(_, path)| path);
    path.split_once('?').unwrap_or((path, ""))
}

fn is_post(request: &HttpRequest) -> bool {
    request.method == Method::POST
}

/// The first field of an object that isn't one of these.
fn unknown_field(value: &Value, known: &[&str]) -> Option<String> {
    let fields = value.as_object()?;
    fields
        .keys()
        .find(|key| !known.contains(&key.as_str()))
        .cloned()
}

fn is_web(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://"))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Words after an `@` that begins one: whom a service that looks for them calls.
fn mentions(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let is_start = !text[..at].ends_with(char::is_alphanumeric);
        let name: String = text[at + 1..].chars().take_while(|c| is_word(*c)).collect();
        if is_start && !name.is_empty() {
            found.push(format!("@{name}"));
        }
    }
    found
}
