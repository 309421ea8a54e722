//! Messages to chats in each service's own form, and what its answers mean. Nothing here sends: a
//! service is two pure functions, one that makes a request and one that reads the answer.

mod discord;
mod fitting;
mod google_chat;
mod html;
mod markdown;
mod markup;
mod matrix;
mod mattermost;
mod ntfy;
mod plain;
mod reading;
mod slack;
mod slack_blocks;
mod teams;
mod telegram;

use http::Method;
use serde_json::Value;

use super::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::domain::chat::ChatAddress;
use crate::render::chat::Message;

/// How much of an answer is read. Some services repeat the whole message, and end with its id.
const ANSWER_BYTES: usize = 64 << 10;

/// A message, and where among others it goes.
#[derive(Debug, Clone, Copy)]
pub struct Posting<'a> {
    /// The message.
    pub message: &'a Message,
    /// The same for the same message, however often it is sent.
    pub key: &'a str,
    /// The same for all messages of a thread.
    pub thread: &'a str,
    /// Where it goes.
    pub place: Place<'a>,
}

/// Where a message goes. References are those that [`read`] gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// At the end, as the first of its thread.
    New,
    /// Into the thread of this first message, where the service has threads.
    Reply(&'a str),
    /// In the place of this message. Only for an address that can edit.
    Edit(&'a str),
}

/// The request that posts a message.
pub fn request(posting: &Posting<'_>, address: &ChatAddress) -> HttpRequest {
    match address {
        ChatAddress::SlackWebhook { url } => slack::to_webhook(posting, url.expose()),
        ChatAddress::SlackBot { channel, token } => {
            slack::to_channel(posting, channel, token.expose())
        }
        ChatAddress::Discord { url, thread } => {
            discord::request(posting, url.expose(), thread.as_deref())
        }
        ChatAddress::Teams { url } => teams::request(posting.message, url.expose()),
        ChatAddress::Matrix {
            server,
            room,
            token,
        } => matrix::request(posting, server, room, token.expose()),
        ChatAddress::GoogleChat { url } => google_chat::request(posting, url.expose()),
        ChatAddress::Mattermost { url } => mattermost::request(posting.message, url.expose()),
        ChatAddress::Telegram {
            server,
            chat,
            token,
        } => telegram::request(posting, server, chat, token.expose()),
        ChatAddress::Ntfy {
            server,
            topic,
            token,
        } => {
            let token = token.as_ref().map(|token| token.expose());
            ntfy::request(posting.message, server, topic, token)
        }
    }
}

/// What an answer of an address's service means.
pub fn read(address: &ChatAddress, answer: &HttpAnswer) -> ChannelResult {
    match address {
        ChatAddress::SlackWebhook { .. } => slack::read_webhook(answer),
        ChatAddress::SlackBot { .. } => slack::read(answer),
        ChatAddress::Discord { .. } => discord::read(answer),
        ChatAddress::Teams { .. } => teams::read(answer),
        ChatAddress::Matrix { .. } => matrix::read(answer),
        ChatAddress::GoogleChat { .. } => google_chat::read(answer),
        ChatAddress::Mattermost { .. } => mattermost::read(answer),
        ChatAddress::Telegram { .. } => telegram::read(answer),
        ChatAddress::Ntfy { .. } => ntfy::read(answer),
    }
}

/// A request with a body of JSON.
fn json_request(method: Method, url: String, token: Option<&str>, body: &Value) -> HttpRequest {
    let mut headers = vec![("content-type", "application/json; charset=utf-8".to_owned())];
    headers.extend(token.map(|token| ("authorization", format!("Bearer {token}"))));
    HttpRequest {
        method,
        url,
        headers,
        body: body.to_string().into_bytes(),
        answer_bytes: ANSWER_BYTES,
    }
}
