//! The ids and addresses of items, as their standards want them.

use chrono::{DateTime, Utc};

use crate::snapshot::Snapshot;

/// A URL as RFC 3986 allows it: ids are anyone's text.
pub(super) fn uri(url: &str) -> String {
    encoded(url, |byte| {
        byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte)
    })
}

fn encoded(text: &str, stays: impl Fn(u8) -> bool) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if stays(byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// A `tag:` URI (RFC 4151): authority, day of publication in UTC, and what is named.
pub(super) fn tag(snapshot: &Snapshot, public_at: DateTime<Utc>, kind: &str, id: &str) -> String {
    let specific = encoded(id, |byte| {
        byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
    });
    let day = public_at.format("%Y-%m-%d");
    format!(
        "tag:{},{day}:{kind}/{specific}",
        authority(&snapshot.site.authority)
    )
}

/// The authority as RFC 4151 wants it: a domain in lower case, without a port.
pub(super) fn authority(stated: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let mapped = stated.chars().map(|c| {
        if allowed(c) {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    });
    mapped.collect()
}
