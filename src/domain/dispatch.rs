//! Dispatches: what goes out to subscribers. One states a fact, never a text; what is sent is put
//! into words when it goes out.

use chrono::{DateTime, Duration, Utc};

use super::slug::Slug;
use super::subscriber::Channel;

/// After how long something that is due isn't news any more.
pub const STALE_AFTER: Duration = Duration::days(1);

/// What belongs together: each subscriber gets the messages of a thread in order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thread {
    /// An incident, by its id.
    Incident(String),
    /// A component whose state changed without an incident.
    Component(Slug),
}

/// The beginning of a component's thread in the database; ids of incidents hold no slash.
const COMPONENT: &str = "component/";

impl Thread {
    /// As the database stores it.
    pub fn to_text(&self) -> String {
        match self {
            Self::Incident(id) => id.clone(),
            Self::Component(slug) => format!("{COMPONENT}{slug}"),
        }
    }

    /// The inverse of [`Thread::to_text`].
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(COMPONENT) {
            Some(slug) => Slug::parse(slug).ok().map(Self::Component),
            None => Some(Self::Incident(text.to_owned())),
        }
    }
}

/// What there is to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum News {
    /// The incident's post became public.
    Post,
    /// An update did.
    Update { id: String },
    /// An update was corrected, and staff asked to tell so. `at` is when, in milliseconds.
    Correction { id: String, at_ms: i64 },
    /// A maintenance starts soon: at `starts_ms`, so many minutes later.
    Reminder { starts_ms: i64, minutes: i64 },
    /// A component's state changed without an incident; the id of the change.
    State { id: String },
    /// An update that was told, or the post if `id` is empty, was corrected or brought back, at
    /// `at_ms`. Channels are told whether or not people are, so that what they show stays right.
    Amendment { id: String, at_ms: i64 },
    /// An update that was told, or the whole incident if `id` is empty, was withdrawn at `at_ms`.
    Withdrawal { id: String, at_ms: i64 },
    /// A component is in another state since a change at `at_ms`, whatever brought that about.
    Shift { at_ms: i64 },
}

/// Whom a kind of news is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// People and channels.
    Everybody,
    /// People.
    People,
    /// Channels that staff added, if they were told what it changes.
    Channels,
    /// Programs.
    Webhooks,
}

impl News {
    /// The words for all kinds.
    pub const KINDS: [&'static str; 8] = [
        "post",
        "update",
        "correction",
        "reminder",
        "state",
        "amendment",
        "withdrawal",
        "shift",
    ];

    /// The word for its kind, in the database.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Post => "post",
            Self::Update { .. } => "update",
            Self::Correction { .. } => "correction",
            Self::Reminder { .. } => "reminder",
            Self::State { .. } => "state",
            Self::Amendment { .. } => "amendment",
            Self::Withdrawal { .. } => "withdrawal",
            Self::Shift { .. } => "shift",
        }
    }

    /// Whom it is for.
    pub fn reach(&self) -> Reach {
        match self {
            Self::Post | Self::Update { .. } | Self::Reminder { .. } | Self::State { .. } => {
                Reach::Everybody
            }
            Self::Correction { .. } => Reach::People,
            Self::Amendment { .. } | Self::Withdrawal { .. } => Reach::Channels,
            Self::Shift { .. } => Reach::Webhooks,
        }
    }

    /// Whether a channel of a kind that staff added is told, if it follows what this is about.
    pub fn is_for(&self, kind: Channel) -> bool {
        match self {
            Self::Post
            | Self::Update { .. }
            | Self::Reminder { .. }
            | Self::Amendment { .. }
            | Self::Withdrawal { .. } => true,
            Self::Correction { .. } => false,
            // Programs hear of every change of state, so not once more of those set by hand.
            Self::State { .. } => kind != Channel::Webhook,
            Self::Shift { .. } => kind == Channel::Webhook,
        }
    }

    /// What it is about, unique among those of its thread and kind.
    pub fn subject(&self) -> String {
        match self {
            Self::Post => String::new(),
            Self::Update { id } | Self::State { id } => id.clone(),
            Self::Correction { id, at_ms }
            | Self::Amendment { id, at_ms }
            | Self::Withdrawal { id, at_ms } => format!("{id}@{at_ms}"),
            Self::Shift { at_ms } => at_ms.to_string(),
            Self::Reminder { starts_ms, minutes } => format!("{starts_ms}-{minutes}"),
        }
    }

    /// The news of a kind about this subject.
    pub fn parse(kind: &str, subject: &str) -> Option<Self> {
        let id = || subject.to_owned();
        match kind {
            "post" => Some(Self::Post),
            "update" => Some(Self::Update { id: id() }),
            "state" => Some(Self::State { id: id() }),
            "correction" | "amendment" | "withdrawal" => {
                let (id, at) = subject.rsplit_once('@')?;
                let at_ms = at.parse().ok()?;
                let id = id.to_owned();
                Some(match kind {
                    "correction" => Self::Correction { id, at_ms },
                    "amendment" => Self::Amendment { id, at_ms },
                    _ => Self::Withdrawal { id, at_ms },
                })
            }
            "shift" => Some(Self::Shift {
                at_ms: subject.parse().ok()?,
            }),
            "reminder" => {
                let (starts, minutes) = subject.rsplit_once('-')?;
                Some(Self::Reminder {
                    starts_ms: starts.parse().ok()?,
                    minutes: minutes.parse().ok()?,
                })
            }
            _ => None,
        }
    }
}

/// How far a dispatch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// It waits until it is due, or is being spread to subscribers.
    Waiting,
    /// Every subscriber who gets it has it in their queue.
    Spread,
    /// It doesn't go out: staff said so, or it was no news any more.
    Dropped,
}

impl Status {
    const ALL: [Self; 3] = [Self::Waiting, Self::Spread, Self::Dropped];

    /// The word used in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Spread => "spread",
            Self::Dropped => "dropped",
        }
    }

    /// The status that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

/// Something that goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// Its place in the order of all.
    pub seq: i64,
    /// What it belongs to.
    pub thread: Thread,
    /// What there is to say.
    pub news: News,
    /// When it was first committed; the delay counts from here.
    pub created_at: DateTime<Utc>,
    /// When it is due, if staff decided so.
    pub due_at: Option<DateTime<Utc>>,
    /// The first revision that shows it.
    pub revision: i64,
    /// How far it has come.
    pub status: Status,
}

impl Dispatch {
    /// When it goes out on a site that waits for `delay` first.
    pub fn due(&self, delay: Duration) -> DateTime<Utc> {
        // What was told already is put right at once.
        let delay = match self.news.reach() {
            Reach::Everybody | Reach::People => delay,
            Reach::Channels | Reach::Webhooks => Duration::zero(),
        };
        self.due_at.unwrap_or(self.created_at + delay)
    }

    /// Whether it is no news any more.
    pub fn is_stale(&self, delay: Duration, now: DateTime<Utc>) -> bool {
        self.due(delay) + STALE_AFTER < now
    }
}

/// What staff decided about messages to subscribers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Not to wait any longer.
    SendNow,
    /// To tell nobody.
    DontSend,
    /// To try what was given up once more.
    RetryFailed,
    /// To send what was held.
    SendHeld,
    /// To drop what was held.
    DropHeld,
    /// To hold everything, because the database was restored.
    Hold,
}

impl Decision {
    /// Every decision.
    pub const ALL: [Self; 6] = [
        Self::SendNow,
        Self::DontSend,
        Self::RetryFailed,
        Self::SendHeld,
        Self::DropHeld,
        Self::Hold,
    ];

    /// The word for it, in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SendNow => "send_now",
            Self::DontSend => "dont_send",
            Self::RetryFailed => "retry_failed",
            Self::SendHeld => "send_held",
            Self::DropHeld => "drop_held",
            Self::Hold => "hold",
        }
    }
}

/// Whether subscribers are told of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Telling {
    /// As the change suggests: not of what is backdated, nor of corrections.
    #[default]
    AsUsual,
    /// Nobody is told.
    Quietly,
    /// They are told, whatever it is.
    Surely,
}

impl Telling {
    /// What a request's `notify` means.
    pub fn of(notify: Option<bool>) -> Self {
        match notify {
            None => Self::AsUsual,
            Some(true) => Self::Surely,
            Some(false) => Self::Quietly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::chat::ChatService;

    #[test]
    fn threads_news_and_status_are_read_as_they_are_written() {
        let slug = Slug::parse("selma").expect("a slug");
        for thread in [
            Thread::Incident("0190-a".to_owned()),
            Thread::Component(slug),
        ] {
            assert_eq!(Thread::parse(&thread.to_text()), Some(thread));
        }
        assert_eq!(Thread::parse("component/No Slug"), None);
        let id = || "0190-a@b".to_owned();
        let all = [
            News::Post,
            News::Update { id: id() },
            News::Correction {
                id: id(),
                at_ms: 1_361_869_560_000,
            },
            News::Reminder {
                starts_ms: 1_361_869_560_000,
                minutes: 60,
            },
            News::State { id: id() },
            News::Amendment {
                id: id(),
                at_ms: 1_361_869_560_000,
            },
            News::Withdrawal {
                id: String::new(),
                at_ms: 1_361_869_560_000,
            },
            News::Shift {
                at_ms: 1_361_869_560_000,
            },
        ];
        assert_eq!(all.each_ref().map(News::kind), News::KINDS);
        for news in all {
            assert_eq!(News::parse(news.kind(), &news.subject()), Some(news));
        }
        assert_eq!(News::parse("correction", "no-instant"), None);
        assert_eq!(News::parse("reminder", "soon"), None);
        assert_eq!(News::parse("rumour", ""), None);
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Some(status));
        }
    }

    #[test]
    fn a_channel_hears_of_a_change_of_state_once_and_of_corrections_as_amendments() {
        let check = |news: News, programs: bool, chats: bool| {
            let told =
                [Channel::Webhook, Channel::Chat(ChatService::Ntfy)].map(|it| news.is_for(it));
            assert_eq!(told, [programs, chats], "{news:?}");
        };
        let (id, at_ms) = (String::new, 1_361_869_560_000);
        check(News::Post, true, true);
        check(News::State { id: id() }, false, true);
        check(News::Shift { at_ms }, true, false);
        check(News::Correction { id: id(), at_ms }, false, false);
        check(News::Amendment { id: id(), at_ms }, true, true);
    }

    #[test]
    fn the_delay_counts_from_the_first_commit_unless_staff_decide() {
        let at = |minute: i64| DateTime::from_timestamp(minute * 60, 0).expect("an instant");
        let mut dispatch = Dispatch {
            seq: 1,
            thread: Thread::Incident("0190".to_owned()),
            news: News::Post,
            created_at: at(10),
            due_at: None,
            revision: 1,
            status: Status::Waiting,
        };
        let delay = Duration::minutes(2);
        assert_eq!(dispatch.due(delay), at(12));
        assert!(!dispatch.is_stale(delay, at(12 + 24 * 60)));
        assert!(dispatch.is_stale(delay, at(13 + 24 * 60)));
        dispatch.due_at = Some(at(20));
        assert_eq!(dispatch.due(delay), at(20));
        assert!(!dispatch.is_stale(delay, at(20 + 24 * 60)));
    }

    #[test]
    fn a_request_says_whether_subscribers_are_told() {
        assert_eq!(Telling::of(None), Telling::AsUsual);
        assert_eq!(Telling::of(Some(true)), Telling::Surely);
        assert_eq!(Telling::of(Some(false)), Telling::Quietly);
    }
}
