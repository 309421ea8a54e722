//! The chat services that are known, and what each can do.

/// A chat service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChatService {
    Slack,
    Discord,
    Teams,
    Matrix,
    GoogleChat,
    Mattermost,
    Telegram,
    Ntfy,
}

impl ChatService {
    /// Every service.
    pub const ALL: [Self; 8] = [
        Self::Slack,
        Self::Discord,
        Self::Teams,
        Self::Matrix,
        Self::GoogleChat,
        Self::Mattermost,
        Self::Telegram,
        Self::Ntfy,
    ];

    /// The word for it, in the database, the API and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Teams => "teams",
            Self::Matrix => "matrix",
            Self::GoogleChat => "google_chat",
            Self::Mattermost => "mattermost",
            Self::Telegram => "telegram",
            Self::Ntfy => "ntfy",
        }
    }

    /// The service that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// Its name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Slack => "Slack",
            Self::Discord => "Discord",
            Self::Teams => "Microsoft Teams",
            Self::Matrix => "Matrix",
            Self::GoogleChat => "Google Chat",
            Self::Mattermost => "Mattermost",
            Self::Telegram => "Telegram",
            Self::Ntfy => "ntfy",
        }
    }

    /// What its address looks like.
    pub fn example(self) -> Example {
        let hook = |url| Example {
            url,
            room: None,
            token: None,
        };
        match self {
            Self::Slack => Example {
                url: "https://hooks.slack.com/services/T…/B…/…, or https://slack.com for a bot",
                room: Some("C0123456789 or #status"),
                token: Some("xoxb-…"),
            },
            Self::Discord => hook("https://discord.com/api/webhooks/…/…"),
            Self::Teams => hook(
                "https://….powerplatform.com:443/…/workflows/…/triggers/manual/paths/invoke?…&sig=…",
            ),
            Self::Matrix => Example {
                url: "https://matrix.example.com",
                room: Some("!AbCdEf:example.com"),
                token: Some("syt_…"),
            },
            Self::GoogleChat => {
                hook("https://chat.googleapis.com/v1/spaces/…/messages?key=…&token=…")
            }
            Self::Mattermost => hook("https://mattermost.example.com/hooks/…"),
            Self::Telegram => Example {
                url: "https://api.telegram.org",
                room: Some("@channel or -1001234567890"),
                token: Some("123456789:AA…"),
            },
            Self::Ntfy => Example {
                url: "https://ntfy.sh/topic",
                room: None,
                token: Some("tk_…"),
            },
        }
    }
}

/// What the parts of an address look like. `None` for what a service hasn't.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The URL.
    pub url: &'static str,
    /// The room, channel or chat.
    pub room: Option<&'static str>,
    /// The token.
    pub token: Option<&'static str>,
}

#[cfg(test)]
mod tests {
    use super::ChatService;

    #[test]
    fn words_are_read_as_they_are_written() {
        for service in ChatService::ALL {
            assert_eq!(ChatService::parse(service.as_str()), Some(service));
        }
        assert_eq!(ChatService::parse("pigeon"), None);
    }
}
