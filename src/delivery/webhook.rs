//! Webhooks, as Standard Webhooks has them: a body in JSON, with an id, a time and signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use http::Method;
use serde_json::Value;

use super::outgoing::exchange::{ChannelResult, HttpAnswer, HttpRequest};
use crate::domain::added_channel::AddedChannel;
use crate::domain::hash::hmac_sha256;

/// How much of an answer is read.
const ANSWER_BYTES: usize = 4 << 10;
/// Before the base64 of a secret.
const PREFIX: &str = "whsec_";

/// The request that tells an event. `id` is the same for the same message, however often it is
/// sent.
///
/// # Errors
/// If the secret can't be read.
pub(super) fn request(
    channel: &AddedChannel,
    id: &str,
    event: &Value,
    now: DateTime<Utc>,
) -> Result<HttpRequest, String> {
    let body = event.to_string();
    let seconds = now.timestamp();
    let signatures = channel.secrets_at(now).into_iter();
    let signatures = signatures.map(|secret| sign(secret, id, seconds, &body));
    let signatures = signatures.collect::<Option<Vec<_>>>();
    let signatures = signatures.filter(|all| !all.is_empty());
    let signatures = signatures.ok_or("its secret can't be read; make a new one")?;
    Ok(HttpRequest {
        method: Method::POST,
        url: channel.address.url.clone(),
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ],
        body: body.into_bytes(),
        answer_bytes: ANSWER_BYTES,
    })
}

/// The signature of a message, with its version. `None` if the secret can't be read.
fn sign(secret: &str, id: &str, seconds: i64, body: &str) -> Option<String> {
    let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
    let signed = hmac_sha256(&key, format!("{id}.{seconds}.{body}").as_bytes());
    Some(format!("v1,{}", STANDARD.encode(signed)))
}

/// What an answer means: any status of success is one, and 410 ends it.
pub(super) fn read(answer: &HttpAnswer) -> ChannelResult {
    let status = answer.status;
    match status {
        200..=299 => ChannelResult::Delivered { reference: None },
        410 => ChannelResult::Gone {
            why: "it answered 410: it wants no more messages".to_owned(),
        },
        300..=399 => ChannelResult::Later {
            why: format!("it answered {status}; redirects aren't followed"),
            after: answer.retry_after,
        },
        _ => ChannelResult::Later {
            why: format!("it answered {status}"),
            after: answer.retry_after,
        },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the specification.
        let signature = sign(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        let wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signature.as_deref(), Some(wanted));
        assert_eq!(sign("secret", "id", 0, ""), None);
    }

    #[test]
    fn success_is_any_2xx_and_410_is_the_end() {
        let read_status = |status| {
            read(&HttpAnswer {
                status,
                retry_after: Some(Duration::from_secs(7)),
                body: Vec::new(),
            })
        };
        for status in [200, 202, 204, 299] {
            let taken = ChannelResult::Delivered { reference: None };
            assert_eq!(read_status(status), taken);
        }
        for status in [301, 307, 400, 404, 429, 500, 503] {
            let later = read_status(status);
            let ChannelResult::Later { why, after } = later else {
                panic!("{later:?}");
            };
            assert!(why.contains(&status.to_string()), "{why}");
            assert_eq!(after, Some(Duration::from_secs(7)));
        }
        assert!(matches!(read_status(410), ChannelResult::Gone { .. }));
    }
}
