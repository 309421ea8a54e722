//! The ids and URLs of items, in the form that their standards require.

use chrono::{DateTime, Utc};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::snapshot::Snapshot;
use crate::urls;

/// The ASCII characters that must be escaped in a URL.
const NOT_IN_URL: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A URL as RFC 3986 allows it. Ids can contain any text.
pub(super) fn uri(url: &str) -> String {
    utf8_percent_encode(url, NOT_IN_URL).to_string()
}

/// A `tag:` URI (RFC 4151): authority, day of publication in UTC, kind and id.
pub(super) fn tag(snapshot: &Snapshot, public_at: DateTime<Utc>, kind: &str, id: &str) -> String {
    let specific = urls::encoded(id);
    let day = public_at.format("%Y-%m-%d");
    format!(
        "tag:{},{day}:{kind}/{specific}",
        authority(&snapshot.site.authority)
    )
}

/// The authority in the form that RFC 4151 requires: a domain in lower case, without a port.
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
