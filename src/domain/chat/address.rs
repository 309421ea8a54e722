//! Where in a chat messages go. Most addresses are secrets: who has one can post.

use std::fmt;

use super::service::ChatService;

/// A text that is never shown, not even in a log.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text. It goes to its service and into the database, nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Where in a chat messages go. It is checked, so a request can be made of it as it is.
#[derive(Clone, PartialEq, Eq)]
pub enum ChatAddress {
    /// A webhook of Slack.
    SlackWebhook { url: Secret },
    /// A channel of Slack, and the token of a bot that is in it.
    SlackBot { channel: String, token: Secret },
    /// A webhook of Discord, without query; the thread of the channel that it posts to, if any.
    Discord { url: Secret, thread: Option<String> },
    /// A workflow of Teams.
    Teams { url: Secret },
    /// A room of Matrix; `server` has a scheme and no path.
    Matrix {
        server: String,
        room: String,
        token: Secret,
    },
    /// A webhook of Google Chat.
    GoogleChat { url: Secret },
    /// A webhook of Mattermost.
    Mattermost { url: Secret },
    /// A chat of Telegram, and the token of a bot that is in it; `server` has a scheme and no path.
    Telegram {
        server: String,
        chat: String,
        token: Secret,
    },
    /// A topic of ntfy; `server` has a scheme and no path.
    Ntfy {
        server: String,
        topic: String,
        token: Option<Secret>,
    },
}

impl ChatAddress {
    /// Its service.
    pub fn service(&self) -> ChatService {
        match self {
            Self::SlackWebhook { .. } | Self::SlackBot { .. } => ChatService::Slack,
            Self::Discord { .. } => ChatService::Discord,
            Self::Teams { .. } => ChatService::Teams,
            Self::Matrix { .. } => ChatService::Matrix,
            Self::GoogleChat { .. } => ChatService::GoogleChat,
            Self::Mattermost { .. } => ChatService::Mattermost,
            Self::Telegram { .. } => ChatService::Telegram,
            Self::Ntfy { .. } => ChatService::Ntfy,
        }
    }

    /// Whether a message can be changed in its place when it is corrected.
    pub fn can_edit(&self) -> bool {
        match self {
            Self::SlackBot { .. }
            | Self::Discord { .. }
            | Self::Matrix { .. }
            | Self::Telegram { .. } => true,
            Self::SlackWebhook { .. }
            | Self::Teams { .. }
            | Self::GoogleChat { .. }
            | Self::Mattermost { .. }
            | Self::Ntfy { .. } => false,
        }
    }

    /// The address without what is secret, for people: what is left tells one from another.
    pub fn masked(&self) -> String {
        let shown = |url: &Secret| {
            let url = url.expose();
            let after_host = url
                .find("://")
                .and_then(|at| url[at + 3..].find('/').map(|it| at + 3 + it));
            format!("{}/…", &url[..after_host.unwrap_or(url.len())])
        };
        match self {
            Self::SlackWebhook { url }
            | Self::Discord { url, .. }
            | Self::Teams { url }
            | Self::GoogleChat { url }
            | Self::Mattermost { url } => shown(url),
            Self::SlackBot { channel, .. } => channel.clone(),
            Self::Matrix { server, room, .. } => format!("{server} {room}"),
            Self::Telegram { chat, .. } => chat.clone(),
            // Whoever knows a topic can read and post, unless it is protected.
            Self::Ntfy { server, .. } => format!("{server}/…"),
        }
    }
}

impl fmt::Debug for ChatAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ChatAddress({} {})",
            self.service().as_str(),
            self.masked()
        )
    }
}
