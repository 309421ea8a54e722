//! The files in the binary: stylesheets, scripts, icon and the contract of the admin API.

use chrono::{DateTime, Utc};

use crate::domain::state::Tone;
use crate::metrics::RequestKind;
use crate::render::html::live::tab_icon;
use crate::site::document::{CachePolicy, Document};
use crate::urls;

/// Those for pages without a form and without what keeps them up to date.
const FOR_FILES: [&str; 4] = [
    urls::STYLESHEET,
    urls::EMBED_STYLESHEET,
    urls::COPY_SCRIPT,
    urls::FAVICON,
];

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

    /// Those that public pages load where there is no server, by path.
    pub fn list_for_files(&self) -> impl Iterator<Item = (&'static str, &Document)> {
        let all = self.0.iter().map(|(path, document)| (*path, document));
        all.filter(|(path, _)| FOR_FILES.contains(path))
    }

    /// The document at a path.
    pub fn find(&self, path: &str) -> Option<&Document> {
        self.0
            .iter()
            .find(|(known, _)| *known == path)
            .map(|(_, document)| document)
    }
}
