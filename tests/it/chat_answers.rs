//! Where messages go in chats, and what the answers of the services mean.

use lightship::delivery::chat::{Place, read, request};
use lightship::delivery::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use lightship::domain::chat::{ChatAddress, ChatService};

use crate::chat_doubles::Double;
use crate::chat_messages::{SECRET, addresses, posted, posting, telling, visible};

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
