//! Channels that staff add: programs and chats that are told, besides people. Their addresses and
//! tokens are secrets, so nothing here shows them by accident.

use std::fmt;
use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};

use super::channel_status::ChannelStatus;
use super::chat::{ChatAddress, ChatService, NoChatAddress};
use super::public_address::is_public;
use super::signing::Signing;
use super::subscriber::{Channel, Following};

/// How long messages and attempts are kept.
pub const KEPT_FOR: Duration = Duration::days(7);
/// The longest address, in bytes.
const MAX_URL_BYTES: usize = 2000;

/// Where a channel leads. What is used of it depends on the kind.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ChannelAddress {
    /// The address of the receiver or service.
    pub url: String,
    /// The room, channel or chat at the service.
    pub room: Option<String>,
    /// What the service asks for as a credential.
    pub token: Option<String>,
}

/// Part of an address that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError {
    /// The field: `url`, `room` or `token`.
    pub field: &'static str,
    /// What is wrong, and how to mend it.
    pub detail: String,
}

/// What a channel's requests may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutgoingRules {
    /// Addresses that aren't public, and plain HTTP.
    pub to_private_networks: bool,
}

impl ChannelAddress {
    /// Checks the address of a channel of a kind.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, kind: Channel, rules: OutgoingRules) -> Result<(), AddressError> {
        match kind {
            Channel::Email => Err(wrong("url", "people are added as subscribers")),
            Channel::Webhook => {
                self.refuse("room", self.room.as_ref())?;
                self.refuse("token", self.token.as_ref())?;
                check_url(&self.url, rules).map_err(|detail| wrong("url", &detail))
            }
            Channel::Chat(service) => {
                let read = self.chat(service);
                read.map_err(|error| wrong(error.field(), &error.to_string()))?;
                check_url(&self.url, rules).map_err(|detail| wrong("url", &detail))
            }
        }
    }

    /// The address in a chat that this is.
    ///
    /// # Errors
    /// Which part is wrong.
    pub fn chat(&self, service: ChatService) -> Result<ChatAddress, NoChatAddress> {
        let (room, token) = (self.room.as_deref(), self.token.as_deref());
        ChatAddress::parse(service, &self.url, room, token)
    }

    fn refuse(&self, field: &'static str, value: Option<&String>) -> Result<(), AddressError> {
        match value {
            None => Ok(()),
            Some(_) => Err(wrong(field, "a webhook has none; leave it out")),
        }
    }

    /// Scheme, host and port: to whom a credential is shown.
    pub fn origin(&self) -> &str {
        let scheme = self.url.find("://").map_or(0, |at| at + 3);
        let end = self.url[scheme..].find(['/', '?', '#']);
        &self.url[..end.map_or(self.url.len(), |end| scheme + end)]
    }

    /// The address for staff, without what makes it secret: `https://hooks.example.com/…`.
    pub fn masked(&self) -> String {
        let Some((scheme, rest)) = self.url.split_once("://") else {
            return "…".to_owned();
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit('@').next().unwrap_or_default();
        match self.room.as_deref() {
            Some(room) => format!("{scheme}://{host}/… ({room})"),
            None => format!("{scheme}://{host}/…"),
        }
    }
}

fn wrong(field: &'static str, detail: &str) -> AddressError {
    let detail = detail.to_owned();
    AddressError { field, detail }
}

/// Checks that requests may go to a URL, as far as it says by itself. What its name leads to is
/// checked whenever something is sent.
///
/// # Errors
/// What is wrong, and how to mend it.
pub fn check_url(url: &str, rules: OutgoingRules) -> Result<(), String> {
    const EXAMPLE: &str = "write it as https://hooks.example.com/status";
    if url.len() > MAX_URL_BYTES {
        return Err(format!("at most {MAX_URL_BYTES} bytes are possible"));
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(format!("this isn't a web address; {EXAMPLE}"));
    };
    match scheme {
        "https" => {}
        "http" if rules.to_private_networks => {}
        "http" => {
            return Err(format!(
                "it must be encrypted; {EXAMPLE}, or start the server with \
                 --webhooks-to-private-networks if it is on a network of your own"
            ));
        }
        other => return Err(format!("{other:?} isn't possible; {EXAMPLE}")),
    }
    if !url.bytes().all(|byte| (b'!'..=b'~').contains(&byte)) {
        return Err(format!(
            "spaces and special letters must be encoded; {EXAMPLE}"
        ));
    }
    if url.contains('#') {
        return Err("the part from # on is never sent; leave it out".to_owned());
    }
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    if authority.contains('@') {
        let how = "a name and password before the host aren't possible; the signature shows who \
                   sends";
        return Err(how.to_owned());
    }
    let Some((host, port)) = host_and_port(authority) else {
        return Err(format!("the host isn't one; {EXAMPLE}"));
    };
    if port == Some(0) {
        return Err("there is no port 0".to_owned());
    }
    let is_local_name = host == "localhost" || host.ends_with(".localhost");
    let ip = host.parse::<IpAddr>().ok();
    if !rules.to_private_networks && (is_local_name || ip.is_some_and(|ip| !is_public(ip))) {
        return Err(format!(
            "{host} isn't on the public internet; start the server with \
             --webhooks-to-private-networks if that is wanted"
        ));
    }
    Ok(())
}

/// The host of an authority, without brackets, and its port.
pub fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (
                host,
                rest.strip_prefix(':').or(rest.is_empty().then_some("")),
            )
        }
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("")),
        },
    };
    let port = match port? {
        "" => None,
        port => Some(port.parse().ok()?),
    };
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | ':');
    (!host.is_empty() && host.chars().all(is_host)).then_some((host, port))
}

/// The id of a message to a channel, the same however often it is sent.
pub fn message_id(channel_id: &str, seq: i64) -> String {
    format!("msg_{}_{seq}", channel_id.replace('-', ""))
}

/// The number of the message with this id; `None` if it is none.
pub fn seq_of_message(id: &str) -> Option<i64> {
    id.strip_prefix("msg_")?.rsplit_once('_')?.1.parse().ok()
}

/// Why a channel was disabled by itself, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disabled {
    /// Since when.
    pub at: DateTime<Utc>,
    /// Why.
    pub why: String,
}

/// A channel that staff added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddedChannel {
    /// Its identity.
    pub id: String,
    /// How it is told.
    pub kind: Channel,
    /// Its name for staff.
    pub name: String,
    /// Where it leads.
    pub address: ChannelAddress,
    /// What signs its messages, if they are signed.
    pub signing: Option<Signing>,
    /// What it gets.
    pub following: Following,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when staff want a pause.
    pub paused_at: Option<DateTime<Utc>>,
    /// Whether it was disabled by itself.
    pub disabled: Option<Disabled>,
    /// Since when nothing has arrived, if the last message didn't.
    pub failing_since: Option<DateTime<Utc>>,
    /// Why it didn't.
    pub failure: Option<String>,
}

impl AddedChannel {
    /// Whether it is told now.
    pub fn is_active(&self) -> bool {
        self.paused_at.is_none() && self.disabled.is_none()
    }

    /// The secrets that sign at an instant, the newest first.
    pub fn secrets_at(&self, now: DateTime<Utc>) -> Vec<&str> {
        self.signing
            .as_ref()
            .map_or_else(Vec::new, |signing| signing.secrets_at(now))
    }

    /// How it fares.
    pub fn status(&self) -> ChannelStatus {
        match (&self.disabled, self.paused_at, self.failing_since) {
            (Some(_), _, _) => ChannelStatus::Disabled,
            (None, Some(_), _) => ChannelStatus::Paused,
            (None, None, Some(_)) => ChannelStatus::Failing,
            (None, None, None) => ChannelStatus::Working,
        }
    }
}

impl fmt::Debug for ChannelAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChannelAddress({})", self.masked())
    }
}

#[cfg(test)]
impl AddedChannel {
    /// A webhook that gets everything.
    pub fn example() -> Self {
        Self {
            id: "01939d5e-7b1c-7000-8000-0123456789cd".to_owned(),
            kind: Channel::Webhook,
            name: "Pager".to_owned(),
            address: ChannelAddress {
                url: "https://hooks.example.com/x".to_owned(),
                ..ChannelAddress::default()
            },
            signing: None,
            following: Following::default(),
            created_at: DateTime::UNIX_EPOCH,
            paused_at: None,
            disabled: None,
            failing_since: None,
            failure: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: OutgoingRules = OutgoingRules {
        to_private_networks: false,
    };
    const LOOSE: OutgoingRules = OutgoingRules {
        to_private_networks: true,
    };

    #[test]
    fn addresses_lead_to_the_public_internet_over_https() {
        for (url, strict, loose) in [
            ("https://hooks.example.com/status?x=1", true, true),
            ("https://hooks.example.com:8443", true, true),
            ("https://1.1.1.1/x", true, true),
            ("https://[2606:4700::1111]:8443/x", true, true),
            ("http://hooks.example.com/", false, true),
            ("https://127.0.0.1/", false, true),
            ("https://[::1]/", false, true),
            ("https://[::ffff:10.0.0.1]/", false, true),
            ("https://localhost/", false, true),
            ("https://a.localhost/", false, true),
            ("ftp://hooks.example.com/", false, false),
            ("file:///etc/passwd", false, false),
            ("hooks.example.com/status", false, false),
            ("https://", false, false),
            ("https:///path", false, false),
            ("https://me:secret@hooks.example.com/", false, false),
            ("https://hooks.example.com/#x", false, false),
            ("https://hooks.example.com/a b", false, false),
            ("https://hooks.exämple.com/", false, false),
            ("https://hooks.example.com:0/", false, false),
            ("https://hooks.example.com:99999/", false, false),
            ("https://[::1/", false, false),
            ("https://hooks.example.com\r\nx: y/", false, false),
        ] {
            assert_eq!(check_url(url, STRICT).is_ok(), strict, "{url}");
            assert_eq!(check_url(url, LOOSE).is_ok(), loose, "{url}");
        }
        let long = format!("https://hooks.example.com/{}", "x".repeat(2000));
        assert!(check_url(&long, LOOSE).is_err());
    }

    #[test]
    fn a_message_has_its_number_in_its_id() {
        let id = message_id("01a22f91-1928-758c-9429-863d8801d0e4", 17);
        assert_eq!(id, "msg_01a22f911928758c9429863d8801d0e4_17");
        assert_eq!(seq_of_message(&id), Some(17));
        for text in [
            "01a22f91_17",
            "msg_17",
            "msg_01a22f91_",
            "msg_01a22f91_x",
            "",
        ] {
            assert_eq!(seq_of_message(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_shows_what_is_secret() {
        let address = ChannelAddress {
            url: "https://hooks.example.com/T0/secret?key=secret".to_owned(),
            room: None,
            token: Some("secret".to_owned()),
        };
        assert_eq!(address.masked(), "https://hooks.example.com/…");
        assert!(!format!("{address:?}").contains("secret"));
    }
}
