//! How public pages are rendered: as text, and as documents.

use chrono::{DateTime, Utc};
use maud::Markup;

use super::document::{CachePolicy, Document};
use super::public_page::{Format, Page};
use super::public_pages::list_for_people;
use super::safety::ContentSecurity;
use super::sitemap;
use crate::content::compose;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::render::badge::{self, badge};
use crate::render::brand;
use crate::render::feeds::{atom, ical, json_feed, rss};
use crate::render::html::subscribe::form::Form;
use crate::render::html::{
    component, component_month, components, embed, error, history, home, incident, subscribe,
};
use crate::render::statuspage;
use crate::render::{json, markdown, messages};
use crate::snapshot::Snapshot;
use crate::urls;

pub(super) const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// A page as text, before it is packed.
#[derive(Debug)]
pub struct PageText {
    /// The value of the `Content-Type` header.
    pub(super) media_type: &'static str,
    /// How long it may be cached.
    pub(super) policy: CachePolicy,
    /// The text.
    pub body: String,
}

/// Renders a page. `None` only if [`find`] wouldn't return the page for this snapshot.
///
/// [`find`]: super::public_pages::find
pub fn render(snapshot: &Snapshot, page: &Page) -> Option<Document> {
    let text = render_text(snapshot, page)?;
    let described = (text.media_type, text.policy, ContentSecurity::of(page));
    let document = Document::secured(described, changed_at(snapshot), text.body)
        .of_kind(page.kind())
        .sharing_second(snapshot.shares_second);
    Some(match page.is_for_other_sites() {
        true => document.for_other_sites(),
        false => document,
    })
}

/// Renders the text of a page.
pub fn render_text(snapshot: &Snapshot, page: &Page) -> Option<PageText> {
    let text = |media_type, body| {
        Some(PageText {
            media_type,
            policy: CachePolicy::Live,
            body,
        })
    };
    let html = |markup: Markup| text(HTML, markup.into_string());
    match page {
        Page::Home => html(home::page(snapshot)),
        Page::History => html(history::page(snapshot)),
        Page::Month(year, month) => html(history::month(snapshot, *year, *month)),
        Page::Components => html(components::page(snapshot)),
        Page::Subscribe => html(subscribe::page(snapshot)),
        Page::SubscribeToIncident(slug) => {
            let found = snapshot.find_incident(slug)?;
            html(subscribe::incident::page(
                snapshot,
                &found,
                &Form::default(),
            ))
        }
        Page::Incident(slug) => html(incident::page(snapshot, &snapshot.find_incident(slug)?)),
        Page::IncidentMarkdown(slug) => {
            let found = without_comments(snapshot.find_incident(slug)?);
            let name_of = |slug: &Slug| snapshot.component_name_in_files(slug).to_owned();
            text(
                MARKDOWN,
                compose::incident(&found, &snapshot.site, &name_of),
            )
        }
        Page::IncidentJson(slug) => {
            let found = without_comments(snapshot.find_incident(slug)?);
            let body = json::incident(&found, snapshot.until, &snapshot.states, &snapshot.site);
            text(JSON, serde_json::to_string_pretty(&body).ok()?)
        }
        Page::Component(slug) => html(component::page(snapshot, snapshot.find_component(slug)?)),
        Page::Feed(scope, Format::Rss) => text(
            "application/rss+xml; charset=utf-8",
            rss::render(snapshot, scope),
        ),
        Page::Feed(scope, Format::Atom) => text(
            "application/atom+xml; charset=utf-8",
            atom::render(snapshot, scope),
        ),
        Page::Feed(scope, Format::Json) => text(
            "application/feed+json; charset=utf-8",
            json_feed::render(snapshot, scope),
        ),
        Page::Statuspage(resource) => text(JSON, statuspage::render(snapshot, *resource)),
        Page::Calendar(covered) => text(
            "text/calendar; charset=utf-8",
            ical::render(snapshot, covered)?,
        ),
        Page::Badge(covered) => {
            let badge = badge(snapshot, covered)?;
            text("image/svg+xml; charset=utf-8", badge::svg::render(&badge))
        }
        Page::BadgeJson(covered) => {
            let badge = badge(snapshot, covered)?;
            text(JSON, badge::data::render(&badge).ok()?)
        }
        Page::Embed => html(embed::page(snapshot)),
        Page::ComponentMonth(slug, year, month) => {
            let record = snapshot.find_component(slug)?;
            html(component_month::page(snapshot, record, (*year, *month)))
        }
        Page::Sitemap => text(
            XML,
            sitemap::whole(&snapshot.site.base_url, &list_for_people(snapshot)),
        ),
        Page::SitemapPart(part) => text(
            XML,
            sitemap::part(&snapshot.site.base_url, &list_for_people(snapshot), *part)?,
        ),
        Page::BrandStylesheet(_) => Some(PageText {
            media_type: "text/css; charset=utf-8",
            policy: CachePolicy::Immutable,
            body: brand::stylesheet(&snapshot.site.brand)?,
        }),
        Page::Robots => text("text/plain; charset=utf-8", robots(snapshot)),
    }
}

/// An incident whose texts anybody may read.
fn without_comments(mut incident: Incident) -> Incident {
    incident.markdown = markdown::without_comments(&incident.markdown);
    for update in &mut incident.updates {
        update.markdown = markdown::without_comments(&messages::text_of(update));
        update.fact = None;
    }
    incident
}

/// The home page, made in haste because everyone waits for it.
pub(super) fn render_home(snapshot: &Snapshot) -> Document {
    let mut body = home::page(snapshot).into_string();
    // The spare capacity would stay allocated with it. Other pages are copied instead.
    body.shrink_to_fit();
    Document::in_haste(HTML, CachePolicy::Live, changed_at(snapshot), body)
        .of_kind(Page::Home.kind())
        .sharing_second(snapshot.shares_second)
}

/// The page for each path that leads nowhere. It still says what is down.
pub fn render_not_found(snapshot: &Snapshot) -> Document {
    let body = not_found_text(snapshot);
    Document::new(HTML, CachePolicy::Private, changed_at(snapshot), body)
}

/// The text of the same page.
pub(super) fn not_found_text(snapshot: &Snapshot) -> String {
    error::not_found(snapshot).into_string()
}

/// A snapshot is made when something changes or comes due, so its instant is the time of change.
fn changed_at(snapshot: &Snapshot) -> DateTime<Utc> {
    snapshot.as_of
}

fn robots(snapshot: &Snapshot) -> String {
    let sitemap = urls::absolute(&snapshot.site.base_url, urls::SITEMAP);
    format!(
        "User-agent: *\nAllow: /\nDisallow: /api/\nDisallow: /live\nDisallow: /staff/\n\
         Sitemap: {sitemap}\n"
    )
}
