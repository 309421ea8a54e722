//! What a page needs to be kept up to date while it is open.
//!
//! The main element of such a page consists of parts: elements with an id, in which there may be
//! others. What changes is sent part by part (`site::live`).

use maud::{Markup, html};

use crate::domain::hash::sha256;
use crate::domain::site::SiteSettings;
use crate::domain::state::Tone;
use crate::render::html::parts::icon_path;
use crate::urls;

/// The stylesheet and the script. A page that was made for others is loaded anew.
const ASSETS: [&[u8]; 2] = [
    include_bytes!("../../../assets/lightship.css"),
    include_bytes!("../../../assets/live.js"),
];

/// Recognises the assets.
pub const BUILD: u32 = fnv(fnv(0x811c_9dc5, ASSETS[0]), ASSETS[1]);

/// How many hexadecimal digits of a hash recognise a page's main element.
const DIGITS: usize = 12;

/// The hash FNV-1a, which the compiler can compute.
const fn fnv(mut hash: u32, bytes: &[u8]) -> u32 {
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// Recognises the main element of a page, start tag and end tag included.
pub fn hash_of(main: &[u8]) -> String {
    let mut hash = sha256(main);
    hash.truncate(DIGITS);
    hash
}

/// The icon of a tab while something has this tone. Its colours can be told apart in light and dark.
pub fn tab_icon(tone: Tone) -> String {
    let colour = match tone {
        Tone::Ok => "#2e9e68",
        Tone::Info => "#3f7ad6",
        Tone::Warn => "#c78a17",
        Tone::Mid => "#e0662a",
        Tone::Bad => "#d9362f",
    };
    let icon = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" {
            path fill=(colour) fill-rule="evenodd" d=(icon_path(tone)) {}
        }
    };
    icon.into_string()
}

/// The script, with what it needs to know: what the page shows, what it was made for, and the zone
/// of its times.
pub(super) fn script(main: &Markup, site: &SiteSettings) -> Markup {
    html! {
        script src=(urls::LIVE_SCRIPT) async data-page=(hash_of(main.0.as_bytes()))
            data-build=(format!("{BUILD:x}")) data-zone=(site.zone.name()) {}
    }
}
