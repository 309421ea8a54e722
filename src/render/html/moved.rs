//! A page at a former address, where nothing can answer with a redirect. It leads on by itself.

use maud::{DOCTYPE, Markup, html};

use crate::render::html::layout;
use crate::snapshot::Snapshot;
use crate::urls;

/// Renders the page that leads on to `path`, whose title is `title`.
pub fn page(snapshot: &Snapshot, path: &str, title: &str) -> Markup {
    let site = &snapshot.site;
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                (layout::unlisted(title))
                meta http-equiv="refresh" content=(format!("0; url={path}"));
                link rel="canonical" href=(urls::absolute(&site.base_url, path));
                link rel="stylesheet" href=(urls::STYLESHEET);
                (layout::branding(&site.brand))
            }
            body {
                main #main {
                    h1 { "This page has moved" }
                    p.lead dir="auto" { a href=(path) { (title) } }
                }
            }
        }
    }
}
