//! What chats show of a message: in each service's own form, within its limits, and with every text
//! as the text that it is.

use std::fmt::Write as _;

use lightship::delivery::chat::{Place, Posting, read, request};
use lightship::delivery::outgoing::exchange::ChannelResult;
use lightship::domain::chat::{ChatAddress, ChatService};
use lightship::domain::state::Tone;
use lightship::render::chat::{Change, Link, Message};
use lightship::render::markdown::{Passage, PassageKind, Span, first_sentences, passages};

use crate::chat_doubles::{Double, Posted};

pub(crate) const SECRET: &str = "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t";
const PAGE: &str = "https://status.example.com/incidents/selma#update-7";

/// An address of each kind, as the doubles know them.
pub(crate) fn addresses() -> Vec<ChatAddress> {
    let hook = |service, url: String| ChatAddress::parse(service, &url, None, None);
    let with = |service, url: &str, room, token: String| {
        ChatAddress::parse(service, url, room, Some(&token))
    };
    let flow = "https://a.logic.azure.com/workflows/0a/triggers/manual/paths/invoke?sig=";
    let space = "https://chat.googleapis.com/v1/spaces/AAA-b/messages?key=k&token=";
    [
        hook(
            ChatService::Slack,
            format!("https://hooks.slack.com/services/T1/B2/{SECRET}"),
        ),
        with(
            ChatService::Slack,
            "https://slack.com",
            Some("#status"),
            format!("xoxb-{SECRET}"),
        ),
        hook(
            ChatService::Discord,
            format!("https://discord.com/api/webhooks/1234/{SECRET}"),
        ),
        hook(ChatService::Teams, format!("{flow}{SECRET}")),
        with(
            ChatService::Matrix,
            "https://matrix.example.com",
            Some("!abc:example.com"),
            SECRET.to_owned(),
        ),
        hook(ChatService::GoogleChat, format!("{space}{SECRET}")),
        hook(
            ChatService::Mattermost,
            "https://chat.example.com/hooks/s3cr3t".to_owned(),
        ),
        with(
            ChatService::Telegram,
            "https://api.telegram.org",
            Some("@example_status"),
            format!("123456789:{SECRET}"),
        ),
        with(
            ChatService::Ntfy,
            "https://ntfy.sh/protected-status",
            None,
            format!("tk_{SECRET}"),
        ),
    ]
    .map(|address| address.expect("an address"))
    .to_vec()
}

/// A message whose texts are all this one, as text.
fn saying(text: &str) -> Message {
    let line = text.replace('\n', " ");
    Message {
        summary: line.clone(),
        title: lightship::render::chat::cut(&format!("Title {line}"), 120),
        tone: Tone::Bad,
        phase: Some(line.clone()),
        notes: vec![line.clone()],
        changes: vec![Change {
            words: line.clone(),
            tone: Tone::Mid,
            note: Some(line.clone()),
        }],
        changes_intro: None,
        text: [
            PassageKind::Paragraph,
            PassageKind::Heading,
            PassageKind::Item(None),
            PassageKind::Code,
        ]
        .map(|kind| Passage::new(kind, vec![Span::plain(text)]))
        .into_iter()
        .filter(|passage| !passage.text().trim().is_empty())
        .collect(),
        beginning: text.to_owned(),
        link: Link {
            text: "Read all 3 updates".to_owned(),
            url: PAGE.to_owned(),
        },
        footer: format!("Site {line}"),
    }
}

/// A message whose update is this Markdown.
pub(crate) fn telling(markdown: &str) -> Message {
    let mut message = saying("Selma is down");
    message.text = passages(markdown, PAGE);
    message.beginning = first_sentences(markdown, 600);
    message
}

pub(crate) fn posting<'a>(message: &'a Message, key: &'a str, place: Place<'a>) -> Posting<'a> {
    Posting {
        message,
        key,
        thread: "0190-a",
        place,
    }
}

/// Posts a message at a double; it must be taken. Returns what a reader sees, and the reference.
#[track_caller]
pub(crate) fn posted(
    double: &mut Double,
    address: &ChatAddress,
    posting: &Posting<'_>,
) -> (Posted, Option<String>) {
    let request = request(posting, address);
    let answer = double.take(address, &request);
    let shown = String::from_utf8_lossy(&answer.body).into_owned();
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let reference = match read(address, &answer) {
        ChannelResult::Delivered { reference } => reference,
        other => panic!("{address:?}: {other:?}: {shown}\n{body}"),
    };
    let posted = double.posts.last().cloned().expect("a message");
    assert_eq!(posted.calls, [""; 0], "{address:?}: {body}");
    (posted, reference)
}

/// What is shown, without the spaces of no width that keep names from being names.
pub(crate) fn visible(posted: &Posted) -> String {
    posted.text.replace('\u{200b}', "")
}

#[test]
fn every_service_shows_title_changes_text_and_link() {
    let mut message = telling(
        "Mail works **again**.\n\n- one\n- two\n  1. three\n\n> quoted\n\n```\nfn a() {}\n```\n\n\
         | a | b |\n|---|---|\n| 1 | 2 |\n\nSee [how](https://example.com/a_b?c=(d)&e).\n\n---\n",
    );
    message.changes[0].words = "Selma: Major outage → Migrating".to_owned();
    for address in addresses() {
        let (posted, _) = posted(
            &mut Double::default(),
            &address,
            &posting(&message, "1", Place::New),
        );
        let text = visible(&posted);
        for part in [
            "🔴 Title Selma is down",
            "🔶 Selma: Major outage → Migrating",
            "Mail works again.",
            "one",
            "three",
            "quoted",
            "fn a() {}",
            "1 | 2",
        ] {
            assert!(text.contains(part), "{address:?}: {part}: {text}");
        }
        assert!(
            posted.links.iter().any(|url| url == PAGE),
            "{address:?}: {:?}",
            posted.links
        );
        let leads =
            |url: &String| url.starts_with("https://example.com/a_b?c=") && url.ends_with("&e");
        let is_told =
            posted.links.iter().any(leads) || text.contains("https://example.com/a_b?c=(d)&e");
        assert!(is_told, "{address:?}: {:?}", posted.links);
    }
}

/// Texts that mean something to one service or another.
const HOSTILE: [&str; 34] = [
    "@everyone",
    "@here",
    "@channel",
    "@all",
    "@room",
    "@example_user",
    "<!channel>",
    "<!everyone|x>",
    "<@U123>",
    "<@&99>",
    "<#C1>",
    "<users/all>",
    "<at>all</at>",
    "*bold*",
    "_it_",
    "~~no~~",
    "**",
    "`",
    "```",
    "[x](http://evil.example)",
    "<http://evil.example|x>",
    "&lt;b&gt;",
    "&amp;",
    "<b>",
    "</a>",
    "||spoiler||",
    ":smile:",
    "# no",
    "> no",
    "- no",
    "1. no",
    "\\",
    "{{x}}",
    "<t:1:R>",
];

#[test]
fn hostile_texts_stay_texts() {
    for address in addresses() {
        for text in HOSTILE {
            for text in [
                text.to_owned(),
                format!("a{text}b"),
                format!("so {text} it\n{text} is"),
            ] {
                let message = saying(&text);
                let place = posting(&message, "1", Place::New);
                let (posted, _) = posted(&mut Double::default(), &address, &place);
                let shown = visible(&posted);
                let line = text.replace('\n', " ");
                assert!(shown.contains(&line), "{address:?}: {line:?}: {shown}");
                for line in text.lines() {
                    assert!(
                        shown.matches(line).count() >= 5,
                        "{address:?}: {line:?}: {shown}"
                    );
                }
                let foreign = posted
                    .links
                    .iter()
                    .filter(|url| !url.starts_with("https://status."));
                assert_eq!(foreign.count(), 0, "{address:?}: {:?}", posted.links);
            }
        }
    }
}

/// A small generator: the same numbers in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).expect("small")
    }

    fn text(&mut self, max_parts: usize) -> String {
        const SIGNS: [&str; 14] = [
            "word ",
            "Selma. ",
            "\n",
            "\n\n",
            "\u{202e}",
            "\u{200b}",
            "\u{200d}",
            "é",
            "e\u{301}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
            "\u{1f1e9}\u{1f1ea}",
            "障害",
            "\u{7}",
            "  ",
        ];
        let parts = 1 + self.below(max_parts);
        let mut text = String::new();
        for _ in 0..parts {
            let part = match self.below(2) {
                0 => HOSTILE[self.below(HOSTILE.len())],
                _ => SIGNS[self.below(SIGNS.len())],
            };
            text.push_str(part);
        }
        text
    }
}

#[test]
fn whatever_staff_write_is_taken_and_calls_nobody() {
    let mut random = Random(0x5eed_0f11_9475);
    for round in 0..150 {
        let max_parts = [6, 60, 900][round % 3];
        let text = random.text(max_parts);
        let mut message = match round % 2 {
            0 => telling(&text),
            _ => saying(&text),
        };
        let hook = &addresses()[random.below(9)];
        if round % 5 == 0 {
            let change = message.changes[0].clone();
            message.changes = vec![change; 40];
        }
        let places = [Place::New, Place::New];
        for (at, address) in addresses().iter().enumerate() {
            let key = format!("{round}-{at}");
            posted(
                &mut Double::default(),
                address,
                &posting(&message, &key, places[round % 2]),
            );
        }
        assert!(!format!("{hook:?}").contains(SECRET));
    }
}

#[test]
fn a_long_post_becomes_a_first_paragraph_and_a_link() {
    let first = "The disks of Selma are being copied. It takes until noon.";
    for filler in [
        "word ",
        "&<>\"",
        "*_`~|[]",
        "\u{1f468}\u{200d}\u{1f469} ",
        "あ",
    ] {
        let mut long = format!("{first}\n\n");
        while long.len() < 40_000 {
            let _ = write!(long, "{filler}");
        }
        let mut message = telling(&long);
        message.changes.clear();
        message.notes.clear();
        for address in addresses() {
            let (posted, _) = posted(
                &mut Double::default(),
                &address,
                &posting(&message, "1", Place::New),
            );
            let text = visible(&posted);
            assert!(text.contains(first), "{address:?}: {text}");
            assert!(text.encode_utf16().count() < 1000, "{address:?}: {text}");
            assert!(posted.links.iter().any(|url| url == PAGE), "{address:?}");
        }
    }
}

#[test]
fn a_first_paragraph_without_end_is_cut_between_signs() {
    let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
    let message = telling(&family.repeat(5000));
    for address in addresses() {
        let (posted, _) = posted(
            &mut Double::default(),
            &address,
            &posting(&message, "1", Place::New),
        );
        let text = visible(&posted);
        let families = text.matches(family).count();
        assert!(families > 10, "{address:?}: {text}");
        let rest = text.replace(family, "");
        for part in ['\u{1f468}', '\u{1f469}', '\u{1f467}'] {
            assert!(!rest.contains(part), "{address:?}: {rest}");
        }
    }
}
