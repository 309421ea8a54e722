//! Reads what staff typed as the address of a chat, and says what it should look like.

use super::address::{ChatAddress, Secret};
use super::service::ChatService;

/// The most characters of an address or a token. Those of Teams are the longest, with some 350.
const MAX_CHARS: usize = 1000;
/// The address of a bot of Slack; the channel stands beside it.
const SLACK: &str = "https://slack.com";

/// Why a text isn't the address of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoChatAddress {
    /// The URL isn't one of this service.
    Url(ChatService),
    /// The room isn't one of this service.
    Room(ChatService),
    /// The room is missing.
    MissingRoom(ChatService),
    /// The token isn't one of this service.
    Token(ChatService),
    /// The token is missing.
    MissingToken(ChatService),
    /// There is a room, and the URL leads to one already.
    NeedlessRoom(ChatService),
    /// There is a token, and the URL is one itself.
    NeedlessToken(ChatService),
}

impl NoChatAddress {
    /// The field that it is about: `url`, `room` or `token`.
    pub fn field(self) -> &'static str {
        match self {
            Self::Url(_) => "url",
            Self::Room(_) | Self::MissingRoom(_) | Self::NeedlessRoom(_) => "room",
            Self::Token(_) | Self::MissingToken(_) | Self::NeedlessToken(_) => "token",
        }
    }
}

impl std::fmt::Display for NoChatAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::Url(service) => {
                let example = service.example().url;
                write!(f, "an address of {} looks like {example}", service.name())
            }
            Self::Room(service) => {
                let example = service.example().room.unwrap_or_default();
                write!(f, "a room of {} looks like {example}", service.name())
            }
            Self::MissingRoom(service) => {
                let example = service.example().room.unwrap_or_default();
                let name = service.name();
                write!(f, "{name} needs the room, too; one looks like {example}")
            }
            Self::Token(service) => {
                let example = service.example().token.unwrap_or_default();
                write!(f, "a credential of {} looks like {example}", service.name())
            }
            Self::MissingToken(service) => {
                let example = service.example().token.unwrap_or_default();
                let name = service.name();
                write!(
                    f,
                    "{name} needs the credential, too; one looks like {example}"
                )
            }
            Self::NeedlessRoom(service) => write!(
                f,
                "this address of {} leads to a room already; leave the room out",
                service.name()
            ),
            Self::NeedlessToken(service) => write!(
                f,
                "this address of {} needs no credential, because it is one itself; leave the \
                 credential out",
                service.name()
            ),
        }
    }
}

impl std::error::Error for NoChatAddress {}

impl ChatAddress {
    /// Reads the parts of an address as staff typed them, or as the database stores them. The
    /// URL of a bot of Slack is `https://slack.com`.
    ///
    /// # Errors
    /// Which of them is wrong, and what it should look like.
    pub fn parse(
        service: ChatService,
        url: &str,
        room: Option<&str>,
        token: Option<&str>,
    ) -> Result<Self, NoChatAddress> {
        let trimmed = |text: Option<&'_ str>| {
            let text = text.map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned)
        };
        let (room, token) = (trimmed(room), trimmed(token));
        read(service, url.trim(), room.as_deref(), token.as_deref())
    }
}

fn read(
    service: ChatService,
    url: &str,
    room: Option<&str>,
    token: Option<&str>,
) -> Result<ChatAddress, NoChatAddress> {
    let no_url = NoChatAddress::Url(service);
    let no_room = NoChatAddress::Room(service);
    let no_token = NoChatAddress::Token(service);
    let is_short = |text: &str| text.chars().count() <= MAX_CHARS && text.chars().all(is_visible);
    for (text, error) in [(Some(url), no_url), (room, no_room), (token, no_token)] {
        if text.is_some_and(|text| !is_short(text)) {
            return Err(error);
        }
    }
    let is_hook = match service {
        ChatService::Slack => url.trim_end_matches('/') != SLACK,
        ChatService::Discord
        | ChatService::Teams
        | ChatService::GoogleChat
        | ChatService::Mattermost => true,
        ChatService::Matrix | ChatService::Telegram | ChatService::Ntfy => false,
    };
    if is_hook {
        let read = match service {
            ChatService::Slack => slack_webhook(url),
            ChatService::Discord => discord(url),
            ChatService::Teams => teams(url),
            ChatService::GoogleChat => google_chat(url),
            ChatService::Mattermost => mattermost(url),
            ChatService::Matrix | ChatService::Telegram | ChatService::Ntfy => None,
        };
        let read = read.ok_or(no_url)?;
        return match (room, token) {
            (Some(_), _) => Err(NoChatAddress::NeedlessRoom(service)),
            (None, Some(_)) => Err(NoChatAddress::NeedlessToken(service)),
            (None, None) => Ok(read),
        };
    }
    let secret = |is_one: fn(&str) -> bool| {
        let token = token.ok_or(NoChatAddress::MissingToken(service))?;
        match is_one(token) {
            true => Ok(Secret::from(token)),
            false => Err(no_token),
        }
    };
    let place = |read: fn(&str) -> Option<String>| {
        let room = room.ok_or(NoChatAddress::MissingRoom(service))?;
        read(room).ok_or(no_room)
    };
    match service {
        ChatService::Matrix => Ok(ChatAddress::Matrix {
            server: server(url).ok_or(no_url)?,
            room: place(matrix_room)?,
            token: secret(|token| token.len() >= 8)?,
        }),
        ChatService::Telegram => Ok(ChatAddress::Telegram {
            server: server(url).ok_or(no_url)?,
            chat: place(telegram_chat)?,
            token: secret(is_telegram_token)?,
        }),
        ChatService::Ntfy => {
            let (server, topic) = ntfy(url).ok_or(no_url)?;
            if room.is_some() {
                return Err(NoChatAddress::NeedlessRoom(service));
            }
            let token = match token {
                Some(_) => Some(secret(|token| token.starts_with("tk_"))?),
                None => None,
            };
            Ok(ChatAddress::Ntfy {
                server,
                topic,
                token,
            })
        }
        ChatService::Slack
        | ChatService::Discord
        | ChatService::Teams
        | ChatService::GoogleChat
        | ChatService::Mattermost => Ok(ChatAddress::SlackBot {
            channel: place(slack_channel)?,
            token: secret(|token| token.starts_with("xoxb-") && token.len() > 10)?,
        }),
    }
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !"<>\"\\^`{|}".contains(c)
}

/// The parts of a URL with `https`, or with `http` on a host of one's own.
struct Parts<'a> {
    is_https: bool,
    /// The host without its port.
    host: &'a str,
    /// The scheme, the host and the port.
    server: &'a str,
    /// What comes after the slash behind the host.
    path: &'a str,
    query: Option<&'a str>,
}

fn split(url: &str) -> Option<Parts<'_>> {
    let url = url.split('#').next().unwrap_or(url);
    let is_https = url.starts_with("https://");
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))?;
    let place = rest.find(['/', '?']).map_or(rest, |end| &rest[..end]);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]".contains(c);
    if !url.is_ascii() || !place.chars().all(is_plain) {
        return None;
    }
    let host = match place.starts_with('[') {
        true => place.find(']').map(|end| &place[..=end])?,
        false => place.split(':').next().unwrap_or(place),
    };
    let port = place[host.len()..].strip_prefix(':');
    let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
    if host.is_empty() || !is_port || place.len() > host.len() && port.is_none() {
        return None;
    }
    let server = &url[..url.len() - rest.len() + place.len()];
    let after = rest[place.len()..]
        .strip_prefix('/')
        .unwrap_or(&rest[place.len()..]);
    let (path, query) = match after.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (after, None),
    };
    Some(Parts {
        is_https,
        host,
        server,
        path,
        query,
    })
}

fn is_word(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c))
}

fn slack_webhook(address: &str) -> Option<ChatAddress> {
    let parts = split(address)?;
    let is_slack = ["hooks.slack.com", "hooks.slack-gov.com"].contains(&parts.host);
    let mut steps = parts.path.split('/');
    let is_hook = matches!(steps.next(), Some("services" | "triggers" | "workflows"));
    let is_whole = steps.filter(|step| is_word(step)).count() >= 3;
    (parts.is_https && is_slack && is_hook && is_whole && parts.query.is_none()).then(|| {
        ChatAddress::SlackWebhook {
            url: Secret::from(address),
        }
    })
}

/// The id of a channel, or its name.
fn slack_channel(address: &str) -> Option<String> {
    let name = address.strip_prefix('#');
    let is_id = address.len() >= 9
        && address.starts_with(['C', 'G'])
        && address
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let is_name = name.is_some_and(|name| {
        let is_part = |c: char| c.is_alphanumeric() && !c.is_uppercase() || "-_".contains(c);
        !name.is_empty() && name.chars().count() <= 80 && name.chars().all(is_part)
    });
    (is_id || is_name).then(|| address.to_owned())
}

fn discord(address: &str) -> Option<ChatAddress> {
    let parts = split(address)?;
    let hosts = [
        "discord.com",
        "discordapp.com",
        "canary.discord.com",
        "ptb.discord.com",
    ];
    let steps: Vec<&str> = parts.path.trim_end_matches('/').split('/').collect();
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_hook = match steps.as_slice() {
        ["api", "webhooks", id, token] => is_number(id) && is_word(token),
        ["api", version, "webhooks", id, token] => {
            version.strip_prefix('v').is_some_and(is_number) && is_number(id) && is_word(token)
        }
        _ => false,
    };
    let thread = match parts.query {
        None => None,
        Some(query) => Some(
            query
                .strip_prefix("thread_id=")
                .filter(|id| is_number(id))?,
        ),
    };
    (parts.is_https && hosts.contains(&parts.host) && is_hook).then(|| ChatAddress::Discord {
        url: Secret::from(format!("{}/{}", parts.server, steps.join("/")).as_str()),
        thread: thread.map(str::to_owned),
    })
}

fn teams(address: &str) -> Option<ChatAddress> {
    let parts = split(address)?;
    let ends = [
        ".logic.azure.com",
        ".logic.azure.us",
        ".logic.azure.cn",
        ".powerplatform.com",
        ".powerplatform.us",
        ".powerplatform.cn",
    ];
    let is_teams = ends.iter().any(|end| parts.host.ends_with(end));
    let is_signed = parts
        .query
        .is_some_and(|query| query.split('&').any(|part| part.starts_with("sig=")));
    let is_hook = parts.path.contains("workflows/") && is_signed;
    (parts.is_https && is_teams && is_hook).then(|| ChatAddress::Teams {
        url: Secret::from(address),
    })
}

fn google_chat(address: &str) -> Option<ChatAddress> {
    let parts = split(address)?;
    let steps: Vec<&str> = parts.path.split('/').collect();
    let is_hook = matches!(steps.as_slice(), ["v1", "spaces", space, "messages"] if is_word(space));
    let has = |name: &str| {
        let query = parts.query.unwrap_or_default();
        query.split('&').any(|part| part.starts_with(name))
    };
    let is_whole = is_hook && has("key=") && has("token=");
    (parts.is_https && parts.host == "chat.googleapis.com" && is_whole).then(|| {
        ChatAddress::GoogleChat {
            url: Secret::from(address),
        }
    })
}

fn mattermost(address: &str) -> Option<ChatAddress> {
    let parts = split(address)?;
    // A server may live under a path.
    let (before, key) = parts.path.rsplit_once('/')?;
    let is_hook = before == "hooks" || before.ends_with("/hooks");
    (is_hook && is_word(key) && parts.query.is_none()).then(|| ChatAddress::Mattermost {
        url: Secret::from(address),
    })
}

/// A server's own address.
fn server(url: &str) -> Option<String> {
    let parts = split(url)?;
    (parts.path.is_empty() && parts.query.is_none()).then(|| parts.server.to_owned())
}

fn matrix_room(room: &str) -> Option<String> {
    // Newer rooms have no server in their id.
    let is_room = room.strip_prefix('!').is_some_and(|id| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || "-_.:[]".contains(c);
        !id.is_empty() && id.len() < 255 && id.chars().all(is_part)
    });
    is_room.then(|| room.to_owned())
}

fn telegram_chat(address: &str) -> Option<String> {
    let is_name = address.strip_prefix('@').is_some_and(|name| {
        name.len() >= 4 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    });
    let is_id = address.parse::<i64>().is_ok_and(|id| id != 0);
    (is_name || is_id).then(|| address.to_owned())
}

fn is_telegram_token(token: &str) -> bool {
    token.split_once(':').is_some_and(|(id, secret)| {
        id.len() >= 6
            && id.chars().all(|c| c.is_ascii_digit())
            && secret.len() >= 30
            && is_word(secret)
    })
}

fn ntfy(address: &str) -> Option<(String, String)> {
    let parts = split(address)?;
    let is_topic = is_word(parts.path) && parts.path.len() <= 64;
    (is_topic && parts.query.is_none()).then(|| (parts.server.to_owned(), parts.path.to_owned()))
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
