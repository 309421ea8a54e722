//! What chats show of a message: in each service's own form, within its limits, and with every text
//! as the text that it is.

use std::fmt::Write as _;

use lightship::delivery::chat::{Place, Posting, read, request};
use lightship::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use lightship::domain::chat::{ChatAddress, ChatService};
use lightship::domain::state::Tone;
use lightship::render::chat::{Change, Link, Message};
use lightship::render::markdown::{Passage, PassageKind, Span, first_sentences, passages};

use crate::chat_doubles::{Double, Posted};

const SECRET: &str = "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t";
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
fn telling(markdown: &str) -> Message {
    let mut message = saying("Selma is down");
    message.text = passages(markdown, PAGE);
    message.beginning = first_sentences(markdown, 600);
    message
}

fn posting<'a>(message: &'a Message, key: &'a str, place: Place<'a>) -> Posting<'a> {
    Posting {
        message,
        key,
        thread: "0190-a",
        place,
    }
}

/// Posts a message at a double; it must be taken. Returns what a reader sees, and the reference.
#[track_caller]
fn posted(
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
fn visible(posted: &Posted) -> String {
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

/// The addresses whose service has threads by a reference, and those that edit.
fn threads(address: &ChatAddress) -> bool {
    match address {
        ChatAddress::SlackBot { .. }
        | ChatAddress::Matrix { .. }
        | ChatAddress::GoogleChat { .. }
        | ChatAddress::Telegram { .. } => true,
        ChatAddress::SlackWebhook { .. }
        | ChatAddress::Discord { .. }
        | ChatAddress::Teams { .. }
        | ChatAddress::Mattermost { .. }
        | ChatAddress::Ntfy { .. } => false,
    }
}

#[test]
fn an_update_goes_into_the_thread_and_a_correction_into_its_place() {
    let [first, second, corrected] =
        ["Selma is down.", "Selma is migrating.", "Selma is moving."].map(telling);
    for address in addresses() {
        let mut double = Double::default();
        let (root, reference) = posted(&mut double, &address, &posting(&first, "1", Place::New));
        let reference = reference.unwrap_or_default();
        let place = match reference.as_str() {
            "" => Place::New,
            reference => Place::Reply(reference),
        };
        let (reply, own) = posted(&mut double, &address, &posting(&second, "2", place));
        let wanted = threads(&address).then(|| root.id.clone());
        assert_eq!(reply.thread, wanted, "{address:?}");
        if !address.can_edit() {
            continue;
        }
        let own = own.expect("a reference");
        let edit = posting(&corrected, "3", Place::Edit(&own));
        posted(&mut double, &address, &edit);
        assert_eq!(double.posts.len(), 2, "{address:?}");
        let edited = &double.posts[1];
        assert_eq!(
            (edited.edits, edited.thread.clone()),
            (1, wanted),
            "{address:?}"
        );
        assert!(
            visible(edited).contains("Selma is moving."),
            "{address:?}: {}",
            edited.text
        );
        assert!(
            !visible(edited).contains("migrating"),
            "{address:?}: {}",
            edited.text
        );
    }
}

#[test]
fn the_same_message_sent_again_is_one_in_matrix() {
    let message = telling("Selma is down.");
    for address in addresses() {
        let ChatAddress::Matrix { .. } = address else {
            continue;
        };
        let mut double = Double::default();
        let place = posting(&message, "1", Place::New);
        let (_, one) = posted(&mut double, &address, &place);
        let (_, other) = posted(&mut double, &address, &place);
        assert_eq!((one, double.posts.len()), (other, 1));
    }
}

/// What an address's service says to a request that was changed.
fn said(address: &ChatAddress, change: impl Fn(&mut HttpRequest)) -> (ChannelResult, HttpAnswer) {
    let message = telling("Selma is down.");
    let mut request = request(&posting(&message, "1", Place::New), address);
    change(&mut request);
    let answer = Double::default().take(address, &request);
    (read(address, &answer), answer)
}

#[test]
fn doubles_refuse_what_isnt_json_is_too_long_or_has_an_unknown_field() {
    for address in addresses() {
        let (reading, _) = said(&address, |_| {});
        assert!(
            matches!(reading, ChannelResult::Delivered { .. }),
            "{address:?}"
        );
        for breaking in 0..3 {
            let (reading, answer) = said(&address, |request| match breaking {
                0 => request.body.truncate(request.body.len() - 1),
                1 => {
                    let body = String::from_utf8(request.body.clone()).expect("UTF-8");
                    let long = "Selma is down. ".repeat(6000);
                    request.body = body.replace("Selma is down.", &long).into_bytes();
                }
                _ => {
                    let body = String::from_utf8(request.body.clone()).expect("UTF-8");
                    let body = body.replace("\"TextRun\"", "\"TextBlock\"");
                    let body = body.replacen('{', "{\"extra\": 1, \"msgtype\": 1,", 1);
                    request.body = body.replace("\"m.text\"", "\"m.nothing\"").into_bytes();
                }
            });
            let is_failure = match &reading {
                ChannelResult::Delivered { .. } => false,
                ChannelResult::Later { why, .. }
                | ChannelResult::Refused { why }
                | ChannelResult::Gone { why } => why.starts_with("HTTP ") && !why.contains(SECRET),
                ChannelResult::Lost => false,
            };
            let words = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(is_failure, "{address:?} {breaking}: {reading:?}: {words}");
        }
    }
}

#[test]
fn an_address_that_was_removed_or_revoked_is_gone() {
    for address in addresses() {
        let (reading, answer) = said(&address, |request| {
            request.url = request.url.replace("s3cr3t", "0ld").replace(SECRET, "0ld");
            for (_, value) in &mut request.headers {
                *value = value.replace("xoxb-", "").replace(SECRET, "0ld");
            }
        });
        let words = String::from_utf8_lossy(&answer.body).into_owned();
        match address {
            // Its rights can be given back; and a webhook of Slack is known by its form only.
            ChatAddress::Ntfy { .. } => {
                let wanted = |it: &ChannelResult| matches!(it, ChannelResult::Later { .. });
                assert!(wanted(&reading), "{address:?}: {reading:?}: {words}");
            }
            ChatAddress::SlackWebhook { .. } => {}
            _ => {
                let wanted = |it: &ChannelResult| matches!(it, ChannelResult::Gone { .. });
                assert!(wanted(&reading), "{address:?}: {reading:?}: {words}");
            }
        }
    }
}

#[test]
fn what_was_deleted_at_the_service_is_lost_and_posted_anew() {
    let message = telling("Selma is down.");
    for address in addresses().iter().filter(|address| address.can_edit()) {
        let lost = match address {
            ChatAddress::Matrix { .. } => "$9999",
            ChatAddress::SlackBot { .. } => "C0123456789 9999",
            _ => "9999",
        };
        let request = request(&posting(&message, "1", Place::Edit(lost)), address);
        let answer = Double::default().take(address, &request);
        let reading = read(address, &answer);
        match address {
            // A server keeps what was redacted, so an edit is taken.
            ChatAddress::Matrix { .. } => {
                let wanted = matches!(reading, ChannelResult::Refused { .. });
                assert!(wanted, "{reading:?}");
            }
            _ => assert_eq!(reading, ChannelResult::Lost, "{address:?}"),
        }
    }
}

#[test]
fn a_service_that_asks_to_wait_is_given_time() {
    let answer = |status, body: &str| HttpAnswer {
        status,
        retry_after: Some(std::time::Duration::from_secs(30)),
        body: body.as_bytes().to_vec(),
    };
    for address in addresses() {
        let (body, wanted) = match address.service() {
            ChatService::Discord => (
                r#"{"message":"slow","retry_after":64.57,"global":false}"#,
                65,
            ),
            ChatService::Matrix => (r#"{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2000}"#, 2),
            ChatService::Telegram => (
                r#"{"ok":false,"error_code":429,"parameters":{"retry_after":7}}"#,
                7,
            ),
            ChatService::GoogleChat => (
                r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"quota"}}"#,
                30,
            ),
            ChatService::Slack
            | ChatService::Teams
            | ChatService::Mattermost
            | ChatService::Ntfy => ("", 30),
        };
        let ChannelResult::Later { after, .. } = read(&address, &answer(429, body)) else {
            panic!("{address:?}");
        };
        assert_eq!(after.map(|it| it.as_secs()), Some(wanted), "{address:?}");
        for status in [500, 502, 503, 504, 529] {
            let later = read(&address, &answer(status, "<html>down</html>"));
            assert!(matches!(later, ChannelResult::Later { .. }), "{address:?}");
        }
    }
}
