//! Addresses that are read, those that aren't, and what is shown of them.

use super::super::{ChatAddress, ChatService as S, NoChatAddress as No, Secret};

const SECRET: &str = "s3cr3tS3cr3tS3cr3tS3cr3tS3cr3tS3cr3t";

/// A URL, a room and a token; what is empty isn't there.
type Typed<'a> = [&'a str; 3];

fn parse(service: S, [url, room, token]: Typed<'_>) -> Result<ChatAddress, No> {
    ChatAddress::parse(service, &format!(" {url}\n"), Some(room), Some(token))
}

#[track_caller]
fn check(service: S, typed: Typed<'_>, masked: &str) {
    let read = parse(service, typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
    assert_eq!(read.service(), service);
    assert_eq!(read.masked(), masked);
    for shown in [format!("{read:?}"), read.masked()] {
        assert!(!shown.contains(SECRET), "{shown}");
    }
}

#[track_caller]
fn refused(service: S, typed: Typed<'_>, wanted: No) {
    assert_eq!(parse(service, typed), Err(wanted), "{typed:?}");
    let words = wanted.to_string();
    assert!(words.contains(service.name()), "{words}");
    for part in typed[..]
        .iter()
        .filter(|part| part.len() > 4 && !part.contains("slack.com"))
    {
        assert!(!words.contains(part), "{words}");
    }
}

#[test]
fn addresses_are_read_and_shown_without_their_secret() {
    let url = |start: &str| format!("{start}{SECRET}");
    let bot = url("xoxb-");
    let slack = url("https://hooks.slack.com/services/T01/B02/");
    check(S::Slack, [&slack, "", ""], "https://hooks.slack.com/…");
    check(
        S::Slack,
        ["https://slack.com", "C0123456789", &bot],
        "C0123456789",
    );
    check(
        S::Slack,
        ["https://slack.com", "#störung-1", &bot],
        "#störung-1",
    );
    let discord = url("https://discord.com/api/webhooks/1234/");
    check(S::Discord, [&discord, "", ""], "https://discord.com/…");
    let in_thread = format!("https://discordapp.com/api/v10/webhooks/12/{SECRET}?thread_id=77");
    check(S::Discord, [&in_thread, "", ""], "https://discordapp.com/…");
    for server in [
        "https://prod-01.westeurope.logic.azure.com:443",
        "https://defaultab.01.environment.api.powerplatform.com:443",
    ] {
        let flow =
            format!("{server}/workflows/0a/triggers/manual/paths/invoke?sv=1.0&sig={SECRET}");
        check(S::Teams, [&flow, "", ""], &format!("{server}/…"));
    }
    let matrix = "https://matrix.example.com:8448";
    let masked = "https://matrix.example.com:8448 !abc:example.com";
    check(S::Matrix, [matrix, "!abc:example.com", SECRET], masked);
    check(
        S::Matrix,
        ["http://[::1]:8008/", "!a-b_c", SECRET],
        "http://[::1]:8008 !a-b_c",
    );
    let space = url("https://chat.googleapis.com/v1/spaces/AAA-b/messages?key=k&token=");
    check(
        S::GoogleChat,
        [&space, "", ""],
        "https://chat.googleapis.com/…",
    );
    let mattermost = url("https://chat.example.com/team/hooks/");
    check(
        S::Mattermost,
        [&mattermost, "", ""],
        "https://chat.example.com/…",
    );
    let telegram = url("123456789:");
    check(
        S::Telegram,
        ["https://api.telegram.org", "@example_status", &telegram],
        "@example_status",
    );
    let own = "http://127.0.0.1:8081";
    check(
        S::Telegram,
        [own, "-1001234567890", &telegram],
        "-1001234567890",
    );
    check(
        S::Ntfy,
        [&url("https://ntfy.sh/"), "", ""],
        "https://ntfy.sh/…",
    );
    let ntfy = url("http://ntfy.example.com:8080/");
    check(
        S::Ntfy,
        [&ntfy, "", &url("tk_")],
        "http://ntfy.example.com:8080/…",
    );
}

#[test]
fn what_isnt_an_address_of_the_service_is_refused_with_an_example() {
    for service in S::ALL {
        for url in [
            "general",
            "https://evil.example/services/T01/B02/abc",
            "https://hooks.slack.com@evil.example/services/T01/B02/abc",
            "https://discord.com.evil.example/api/webhooks/1/a",
            "ftp://ntfy.sh/topic",
            "https://ntfy.sh/a b",
            "https://ntfy.sh:0/topic",
            "https://ntfy.sh:99999/topic",
            "https:///hooks/abc",
            "https://exämple.com/hooks/abc",
            "https://e.example/hooks/a\u{0}b",
            &"a".repeat(2000),
        ] {
            refused(service, [url, "", ""], No::Url(service));
        }
    }
    for service in [
        S::Slack,
        S::Discord,
        S::Teams,
        S::GoogleChat,
        S::Mattermost,
        S::Ntfy,
        S::Matrix,
        S::Telegram,
    ] {
        refused(service, ["", "", ""], No::Url(service));
    }
    for url in [
        "http://hooks.slack.com/services/T01/B02/abc",
        "https://hooks.slack.com/services/T01",
    ] {
        refused(S::Slack, [url, "", ""], No::Url(S::Slack));
    }
    let unsigned = "https://a.logic.azure.com/workflows/0a/triggers/manual/paths/invoke";
    refused(S::Teams, [unsigned, "", ""], No::Url(S::Teams));
    let keyless = "https://chat.googleapis.com/v1/spaces/A/messages?key=k";
    refused(S::GoogleChat, [keyless, "", ""], No::Url(S::GoogleChat));
    refused(
        S::Matrix,
        ["https://a.example/b", "!a:b", SECRET],
        No::Url(S::Matrix),
    );
}

#[test]
fn a_secret_shows_nothing_of_itself() {
    assert_eq!(format!("{:?}", Secret::from(SECRET)), "…");
}

#[test]
fn each_refusal_knows_its_field() {
    for (field, refusals) in [
        ("url", &[No::Url(S::Slack)][..]),
        (
            "room",
            &[
                No::Room(S::Slack),
                No::MissingRoom(S::Slack),
                No::NeedlessRoom(S::Slack),
            ],
        ),
        (
            "token",
            &[
                No::Token(S::Slack),
                No::MissingToken(S::Slack),
                No::NeedlessToken(S::Slack),
            ],
        ),
    ] {
        for refusal in refusals {
            assert_eq!(refusal.field(), field, "{refusal:?}");
        }
    }
}

#[test]
fn a_room_or_a_token_that_is_missing_wrong_or_needless_is_named() {
    let bot = "xoxb-123456789";
    let hook = "https://hooks.slack.com/services/T01/B02/abc";
    refused(S::Slack, [hook, "", bot], No::NeedlessToken(S::Slack));
    refused(
        S::Slack,
        [hook, "C0123456789", ""],
        No::NeedlessRoom(S::Slack),
    );
    refused(
        S::Slack,
        ["https://slack.com/", "C0123456789", ""],
        No::MissingToken(S::Slack),
    );
    refused(
        S::Slack,
        ["https://slack.com/", "C0123456789", "xoxp-123456789"],
        No::Token(S::Slack),
    );
    refused(
        S::Slack,
        ["https://slack.com/", "", bot],
        No::MissingRoom(S::Slack),
    );
    for room in ["C01 23", "#Up Down", "general"] {
        refused(
            S::Slack,
            ["https://slack.com/", room, bot],
            No::Room(S::Slack),
        );
    }
    let matrix = "https://matrix.example.com";
    refused(
        S::Matrix,
        [matrix, "!abc:example.com", ""],
        No::MissingToken(S::Matrix),
    );
    refused(
        S::Matrix,
        [matrix, "!abc:example.com", "a b c d e"],
        No::Token(S::Matrix),
    );
    refused(
        S::Matrix,
        [matrix, "#abc:example.com", SECRET],
        No::Room(S::Matrix),
    );
    refused(
        S::Telegram,
        ["https://api.telegram.org", "@example", "123:short"],
        No::Token(S::Telegram),
    );
    refused(
        S::Telegram,
        ["https://api.telegram.org", "0", "123456789:a"],
        No::Room(S::Telegram),
    );
    let ntfy = "https://ntfy.sh/topic";
    refused(S::Ntfy, [ntfy, "", "password"], No::Token(S::Ntfy));
    refused(S::Ntfy, [ntfy, "room", ""], No::NeedlessRoom(S::Ntfy));
}
