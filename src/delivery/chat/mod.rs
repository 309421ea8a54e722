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
mod posting;
mod reading;
mod slack;
mod slack_blocks;
mod teams;
mod telegram;

pub use self::posting::{Place, Posting};
use super::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::domain::chat::ChatAddress;

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
