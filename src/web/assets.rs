//! The files in the binary: stylesheets, scripts, icon and the contract of the admin API.

use chrono::{DateTime, Utc};

use crate::domain::state::Tone;
use crate::metrics::RequestKind;
use crate::render::html::live::tab_icon;
use crate::site::document::{CachePolicy, Document};
use crate::urls;

/// Documents of the files in the binary, compressed once at start.
#[derive(Debug)]
pub struct Assets(Vec<(&'static str, Document)>);

impl Assets {
    /// Builds and compresses them. `started` becomes their modification time; `contract` is the
    /// text of the admin API's contract.
    pub fn new(started: DateTime<Utc>, contract: String) -> Self {
        let file = |path, media_type, body: &'static str| {
            (
                path,
                Document::new(media_type, CachePolicy::Live, started, body.as_bytes())
                    .of_kind(RequestKind::Asset),
            )
        };
        let mut files = vec![
            file(
                urls::STYLESHEET,
                "text/css; charset=utf-8",
                include_str!("../../assets/lightship.css"),
            ),
            file(
                urls::FORM_STYLESHEET,
                "text/css; charset=utf-8",
                include_str!("../../assets/forms.css"),
            ),
            file(
                urls::EMBED_STYLESHEET,
                "text/css; charset=utf-8",
                include_str!("../../assets/embed.css"),
            ),
            file(
                urls::STAFF_STYLESHEET,
                "text/css; charset=utf-8",
                include_str!("../../assets/staff.css"),
            ),
            file(
                urls::STAFF_SCRIPT,
                "text/javascript; charset=utf-8",
                include_str!("../../assets/staff.js"),
            ),
            file(
                urls::COPY_SCRIPT,
                "text/javascript; charset=utf-8",
                include_str!("../../assets/copy.js"),
            ),
            file(
                urls::FAVICON,
                "image/svg+xml",
                include_str!("../../assets/favicon.svg"),
            ),
            file(
                urls::LIVE_SCRIPT,
                "text/javascript; charset=utf-8",
                include_str!("../../assets/live.js"),
            ),
            (
                urls::OPENAPI,
                Document::new("application/json", CachePolicy::Live, started, contract)
                    .of_kind(RequestKind::Asset),
            ),
        ];
        files.extend(Tone::ALL.into_iter().filter_map(|tone| {
            let icon = Document::new("image/svg+xml", CachePolicy::Live, started, tab_icon(tone));
            Some((urls::tone_icon(tone)?, icon.of_kind(RequestKind::Asset)))
        }));
        Self(files)
    }

    /// The document at a path.
    pub fn find(&self, path: &str) -> Option<&Document> {
        self.0
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, document)| document)
    }
}
