//! A repeated command, from the shell's history or because it was unclear whether it arrived. The
//! server recognises and refuses it; this shows what was posted before.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::client::Client;
use crate::wire::problem::FirstPost;

/// The message that replaces the usual confirmation.
pub(super) fn text(first: &FirstPost, now: DateTime<Utc>) -> String {
    let ago = match (now - first.posted_at).num_minutes() {
        ..=0 => "less than a minute".to_owned(),
        1 => "1 minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    format!(
        "This was already posted {ago} ago, so nothing was sent. To post it again, add --again."
    )
}

/// The earlier post from the server; if that fails, only its address.
pub(super) fn answer(first: &FirstPost, client: &Client) -> Value {
    match client.find(&first.api) {
        Ok(found) => found.value,
        Err(_) => json!({"url": first.url}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_it_was_is_told_in_minutes() {
        let first = FirstPost {
            url: String::new(),
            api: String::new(),
            posted_at: "2013-02-26T09:10:00Z".parse().unwrap(),
        };
        let message = |now: &str| text(&first, now.parse().unwrap());
        assert!(message("2013-02-26T09:10:40Z").contains("less than a minute ago"));
        assert!(message("2013-02-26T09:11:00Z").contains("1 minute ago"));
        assert!(message("2013-02-26T09:12:30Z").contains("2 minutes ago"));
    }
}
