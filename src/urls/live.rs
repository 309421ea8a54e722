//! What keeps an open page up to date.

use crate::domain::state::Tone;

/// The stream of what changes on a page.
pub const LIVE: &str = "/live";
/// The script that puts it into the page.
pub const LIVE_SCRIPT: &str = "/assets/live.js";

/// The icon of a tab while something isn't well; `None` if all is.
pub fn tone_icon(tone: Tone) -> Option<&'static str> {
    match tone {
        Tone::Ok => None,
        Tone::Info => Some("/assets/icon-info.svg"),
        Tone::Warn => Some("/assets/icon-warn.svg"),
        Tone::Mid => Some("/assets/icon-mid.svg"),
        Tone::Bad => Some("/assets/icon-bad.svg"),
    }
}
