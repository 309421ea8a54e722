//! The frame of every page: head, header, navigation, footer.

use maud::{DOCTYPE, Markup, html};

use crate::domain::brand::Brand;
use crate::domain::site::{Hosting, SiteSettings};
use crate::domain::state::Tone;
use crate::render::html::{live, parts};
use crate::render::{self, brand};
use crate::snapshot::Snapshot;
use crate::urls;
use crate::urls::Feeds;

/// The section of the navigation that a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// The home page.
    Status,
    /// Past incidents.
    History,
    /// How to subscribe.
    Subscribe,
    /// No section.
    Elsewhere,
}

/// The parts of a page that differ from the other pages.
#[derive(Debug)]
pub struct Page<'a> {
    /// The title without the site's name; `None` on the home page.
    pub title: Option<&'a str>,
    /// One or two sentences for link previews and search engines.
    pub description: &'a str,
    /// The path; `None` if the page has no address of its own.
    pub path: Option<&'a str>,
    /// The section of the navigation.
    pub nav: Nav,
    /// Feeds that are about this page only, and their subject.
    pub feeds: Option<(&'a str, Feeds)>,
    /// The main content.
    pub content: Markup,
}

/// Renders the whole document.
pub fn page(snapshot: &Snapshot, page: &Page<'_>) -> Markup {
    document(snapshot, page, &[], None)
}

/// The same for a page that is kept up to date while it is open, if a server can do that. `tone` is
/// that of what it is about, as it is now.
pub fn live_page(snapshot: &Snapshot, page: &Page<'_>, tone: Tone) -> Markup {
    let live = match snapshot.site.hosting {
        Hosting::Server => Some(tone),
        Hosting::Files => None,
    };
    document(snapshot, page, &[], live)
}

/// The same for a page with a form.
pub fn form_page(snapshot: &Snapshot, page: &Page<'_>) -> Markup {
    document(snapshot, page, &[urls::FORM_STYLESHEET], None)
}

fn document(
    snapshot: &Snapshot,
    page: &Page<'_>,
    stylesheets: &[&str],
    live: Option<Tone>,
) -> Markup {
    let site = &snapshot.site;
    let tone = live.map(Tone::as_str);
    let main = html! {
        main #main data-tone=[tone] {
            (stale(snapshot))
            (page.content)
        }
    };
    html! {
        (DOCTYPE)
        html lang="en" {
            (head(site, page, stylesheets))
            body {
                a.skip href="#main" { "Skip to content" }
                (header(site, page.nav))
                (main)
                (footer(snapshot))
                @if live.is_some() { (live::script(&main, site)) }
            }
        }
    }
}

fn head(site: &SiteSettings, page: &Page<'_>, stylesheets: &[&str]) -> Markup {
    let title = match page.title {
        Some(title) => format!("{title} · {}", site.name),
        None => site.name.clone(),
    };
    let url = page.path.map(|path| urls::absolute(&site.base_url, path));
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            title { (title) }
            meta name="description" content=(page.description);
            @match &url {
                Some(url) => {
                    link rel="canonical" href=(url);
                    meta property="og:url" content=(url);
                }
                None => meta name="robots" content="noindex";,
            }
            meta property="og:type" content="website";
            meta property="og:site_name" content=(site.name);
            meta property="og:title" content=(page.title.unwrap_or(&site.name));
            meta property="og:description" content=(page.description);
            meta name="twitter:card" content="summary";
            link rel="stylesheet" href=(urls::STYLESHEET);
            @for path in stylesheets { link rel="stylesheet" href=(path); }
            (branding(&site.brand))
            (discovery(&site.name, &urls::feeds()))
            @if let Some((about, feeds)) = &page.feeds { (discovery(about, feeds)) }
        }
    }
}

/// Says that the page may be out of date, if it may.
fn stale(snapshot: &Snapshot) -> Markup {
    let Some(since) = snapshot.stale_since else {
        return html! {};
    };
    html! {
        aside #stale .card.warn aria-label="Out of date" {
            p {
                strong { "This page may be out of date. " }
                "It shows what was known on "
                (parts::instant(render::frame_of(snapshot), since))
                ". We can’t get news onto it at the moment."
            }
        }
    }
}

/// Links that let feed readers find the feeds of a page.
fn discovery(about: &str, feeds: &Feeds) -> Markup {
    let rows = [
        ("application/rss+xml", "RSS", &feeds.rss),
        ("application/atom+xml", "Atom", &feeds.atom),
        ("application/feed+json", "JSON Feed", &feeds.json),
    ];
    html! {
        @for (kind, name, path) in rows {
            link rel="alternate" type=(kind) title=(format!("{about} ({name})")) href=(path);
        }
    }
}

/// How the head begins of a page that no search engine lists.
pub(super) fn unlisted(title: &str) -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        meta name="robots" content="noindex";
        title { (title) }
    }
}

/// The brand's part of the head: its stylesheet and its icon, or else the default icon.
pub(super) fn branding(brand: &Brand) -> Markup {
    html! {
        @if let Some(hash) = brand::stylesheet_hash(brand) {
            link rel="stylesheet" href=(urls::brand_stylesheet(&hash));
        }
        @match &brand.favicon {
            Some(name) => link rel="icon" href=(urls::content_file(name));,
            None => link rel="icon" type="image/svg+xml" href=(urls::FAVICON);,
        }
    }
}

/// The logo with the name as its alternative text, or the name if there is no logo.
fn logo(site: &SiteSettings) -> Markup {
    let Some(logo) = &site.brand.logo else {
        return html! { (site.name) };
    };
    let image = html! { img src=(urls::content_file(logo)) alt=(site.name) height="40"; };
    html! {
        @match &site.brand.logo_dark {
            Some(dark) => picture {
                source srcset=(urls::content_file(dark)) media="screen and (prefers-color-scheme: dark)";
                (image)
            },
            None => (image),
        }
    }
}

fn header(site: &SiteSettings, current: Nav) -> Markup {
    let rows = [
        (Nav::Status, "Status", urls::HOME),
        (Nav::History, "History", urls::HISTORY),
        (Nav::Subscribe, "Subscribe", urls::SUBSCRIBE),
    ];
    html! {
        header.top {
            div.in {
                a.site href=(urls::HOME) dir="auto" { (logo(site)) }
                nav aria-label="Main" {
                    @for (nav, name, path) in rows {
                        a href=(path) aria-current=[(nav == current).then_some("page")] { (name) }
                    }
                    @if let Some(support) = &site.support {
                        a href=(support.url) { "Support" }
                    }
                }
            }
        }
    }
}

fn footer(snapshot: &Snapshot) -> Markup {
    let feeds = urls::feeds();
    html! {
        footer.end {
            div.in {
                @if let Some(support) = &snapshot.site.support {
                    p { "Need help? Contact " a href=(support.url) dir="auto" { (support.text) } "." }
                }
                @if !snapshot.site.brand.links.is_empty() {
                    p.feeds {
                        @for link in &snapshot.site.brand.links {
                            a href=(link.url) dir="auto" { (link.text) }
                        }
                    }
                }
                p { "All times are " (render::frame_of(snapshot).zone_name()) "." }
                p {
                    "Follow via "
                    a href=(feeds.rss) { "RSS" } ", "
                    a href=(feeds.atom) { "Atom" } " or "
                    a href=(feeds.json) { "JSON Feed" } "."
                }
            }
        }
    }
}
