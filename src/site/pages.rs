//! The list: each public path and the function that renders it.

use chrono::{DateTime, Utc};
use maud::Markup;

use super::dependence::Dependence;
use super::document::{CachePolicy, Document};
use super::sitemap;
use crate::content::compose;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::render::brand;
use crate::render::feeds::entry::Scope;
use crate::render::feeds::{atom, json_feed, rss};
use crate::render::html::{
    component, component_month, components, error, history, home, incident, subscribe,
};
use crate::render::{json, markdown, messages};
use crate::snapshot::Snapshot;
use crate::urls;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown; charset=utf-8";

/// What a public path leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// The home page.
    Home,
    /// Every incident.
    History,
    /// The incidents of a month.
    Month(i32, u32),
    /// Every component.
    Components,
    /// How to follow the page.
    Subscribe,
    /// An incident.
    Incident(Slug),
    /// An incident as the file that it could be read from.
    IncidentMarkdown(Slug),
    /// An incident as data.
    IncidentJson(Slug),
    /// A component.
    Component(Slug),
    /// A feed.
    Feed(Scope, Format),
    /// The changes of a component in a month.
    ComponentMonth(Slug, i32, u32),
    /// The list of pages for search engines; of too many, the list of its parts.
    Sitemap,
    /// A part of it, 1 or more.
    SitemapPart(usize),
    /// What search engines may read.
    Robots,
    /// The stylesheet of the site's brand.
    BrandStylesheet,
}

/// A feed's format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RSS 2.0.
    Rss,
    /// Atom 1.0.
    Atom,
    /// JSON Feed 1.1.
    Json,
}

impl Format {
    const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    fn path(self, feeds: &urls::Feeds) -> &str {
        match self {
            Self::Rss => &feeds.rss,
            Self::Atom => &feeds.atom,
            Self::Json => &feeds.json,
        }
    }
}

/// What a path leads to, if it is one of the site's and what it names is there.
pub fn find(snapshot: &Snapshot, path: &str) -> Option<Page> {
    match path {
        urls::HOME => return Some(Page::Home),
        urls::HISTORY => return Some(Page::History),
        urls::COMPONENTS => return Some(Page::Components),
        urls::SUBSCRIBE => return Some(Page::Subscribe),
        urls::SITEMAP => return Some(Page::Sitemap),
        urls::ROBOTS => return Some(Page::Robots),
        _ => {}
    }
    if brand::stylesheet_path(&snapshot.site.brand).as_deref() == Some(path) {
        return Some(Page::BrandStylesheet);
    }
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let format = |name: &str| {
        Format::ALL
            .into_iter()
            .find(|format| format.path(&urls::feeds())[1..] == *name)
    };
    match parts.as_slice() {
        [name] if name.starts_with("sitemap-") => {
            let part = name.strip_prefix("sitemap-")?.strip_suffix(".xml")?;
            let part = part.parse().ok()?;
            let canonical = urls::sitemap_part(part) == path;
            (canonical && (1..=sitemap::parts(snapshot)).contains(&part))
                .then_some(Page::SitemapPart(part))
        }
        [name] => Some(Page::Feed(Scope::Site, format(name)?)),
        ["history", year, month] => {
            let found = (year.parse().ok()?, month.parse().ok()?);
            let canonical = urls::month(found.0, found.1) == path;
            (canonical && !snapshot.posts.month(found).is_empty())
                .then_some(Page::Month(found.0, found.1))
        }
        ["incidents", name] => {
            let (slug, ending) = name.split_once('.').unwrap_or((name, ""));
            let page = match ending {
                "" => Page::Incident,
                "md" => Page::IncidentMarkdown,
                "json" => Page::IncidentJson,
                _ => return None,
            };
            Some(page(known_incident(snapshot, slug)?))
        }
        ["incidents", slug, name] => Some(Page::Feed(
            Scope::Incident(known_incident(snapshot, slug)?),
            format(name)?,
        )),
        ["components", slug] => Some(Page::Component(known_component(snapshot, slug)?)),
        ["components", slug, year, month] => {
            let slug = known_component(snapshot, slug)?;
            let found = (year.parse().ok()?, month.parse().ok()?);
            let months = component_month::months(snapshot, snapshot.find_component(&slug)?);
            let canonical = urls::component_month(&slug, found.0, found.1) == path;
            (canonical && months.contains_key(&found))
                .then_some(Page::ComponentMonth(slug, found.0, found.1))
        }
        ["components", slug, name] => Some(Page::Feed(
            Scope::Component(known_component(snapshot, slug)?),
            format(name)?,
        )),
        _ => None,
    }
}

/// Every public path.
pub fn list(snapshot: &Snapshot) -> Vec<String> {
    let mut paths = list_but_sitemap_parts(snapshot);
    paths.extend((1..=sitemap::parts(snapshot)).map(urls::sitemap_part));
    paths
}

pub(super) fn list_but_sitemap_parts(snapshot: &Snapshot) -> Vec<String> {
    let mut paths: Vec<String> = [
        urls::HOME,
        urls::HISTORY,
        urls::COMPONENTS,
        urls::SUBSCRIBE,
        urls::SITEMAP,
        urls::ROBOTS,
    ]
    .map(str::to_owned)
    .to_vec();
    paths.extend(brand::stylesheet_path(&snapshot.site.brand));
    let mut feeds = vec![urls::feeds()];
    for ((year, month), _) in snapshot.posts.months().rev() {
        paths.push(urls::month(year, month));
    }
    for post in snapshot.posts.iter() {
        paths.push(urls::incident(&post.slug));
        paths.push(urls::incident_markdown(&post.slug));
        paths.push(urls::incident_json(&post.slug));
        feeds.push(urls::incident_feeds(&post.slug));
    }
    for record in &snapshot.components {
        let slug = &record.component.slug;
        paths.push(urls::component(slug));
        let months = component_month::months(snapshot, record).into_keys().rev();
        paths.extend(months.map(|(year, month)| urls::component_month(slug, year, month)));
        feeds.push(urls::component_feeds(&record.component.slug));
    }
    paths.extend(
        feeds
            .into_iter()
            .flat_map(|feeds| [feeds.rss, feeds.atom, feeds.json]),
    );
    paths
}

/// So many of the newest incidents are asked for most.
const HOT_INCIDENTS: usize = 20;
/// So are the pages of components, if there are at most so many.
const HOT_COMPONENTS: usize = 60;

/// The public paths that are asked for most.
pub fn list_hot(snapshot: &Snapshot) -> Vec<String> {
    let feeds = urls::feeds();
    let mut paths = vec![
        urls::HOME.to_owned(),
        urls::HISTORY.to_owned(),
        feeds.rss,
        feeds.atom,
        feeds.json,
    ];
    paths.extend(brand::stylesheet_path(&snapshot.site.brand));
    let newest = snapshot.posts.iter().take(HOT_INCIDENTS);
    paths.extend(newest.map(|post| urls::incident(&post.slug)));
    // Of many, each is asked for seldom, and together they'd take much memory.
    let are_few = snapshot.active_components().nth(HOT_COMPONENTS).is_none();
    let components = snapshot.active_components().filter(|_| are_few);
    paths.extend(components.map(|record| urls::component(&record.component.slug)));
    paths
}

/// What a page depends on, beside the site's settings and states: those change everything.
pub fn depends_on(snapshot: &Snapshot, page: &Page) -> Vec<Dependence> {
    let incident = |slug: &Slug| {
        let post = snapshot.posts.find(slug);
        Dependence::Incident(post.map_or_else(String::new, |post| post.id.to_string()))
    };
    match page {
        Page::Home => vec![Dependence::Anything],
        Page::History => vec![Dependence::AnyIncident, Dependence::Day],
        Page::Month(year, month) => vec![
            Dependence::Month((*year, *month)),
            Dependence::Months,
            Dependence::Names,
            Dependence::Day,
        ],
        Page::Components => vec![Dependence::AnyComponent, Dependence::Day],
        Page::Subscribe => vec![Dependence::Names, Dependence::Day],
        Page::Incident(slug) => {
            // It says what the components are now that it names.
            let found = snapshot.find_incident(slug);
            let named = found.iter().flat_map(|found| found.components());
            let mut list: Vec<_> = named.cloned().map(Dependence::Component).collect();
            list.extend([incident(slug), Dependence::Day]);
            list
        }
        Page::IncidentMarkdown(slug) => vec![incident(slug), Dependence::Names],
        Page::IncidentJson(slug) => vec![incident(slug)],
        Page::Component(slug) | Page::ComponentMonth(slug, _, _) => vec![
            Dependence::Component(slug.clone()),
            Dependence::IncidentsNaming(slug.clone()),
            Dependence::Day,
        ],
        Page::Feed(Scope::Site, _) => vec![Dependence::AnyIncident, Dependence::Names],
        Page::Feed(Scope::Component(slug), _) => vec![
            Dependence::Component(slug.clone()),
            Dependence::IncidentsNaming(slug.clone()),
            Dependence::Names,
        ],
        Page::Feed(Scope::Incident(slug), _) => vec![incident(slug), Dependence::Names],
        Page::Sitemap | Page::SitemapPart(_) => vec![
            Dependence::AnyIncident,
            Dependence::AnyComponent,
            Dependence::Names,
        ],
        Page::Robots | Page::BrandStylesheet => Vec::new(),
    }
}

/// Renders what a path leads to. `None` only for a page that [`find`] wouldn't give for this
/// snapshot.
pub fn render(snapshot: &Snapshot, page: &Page) -> Option<Document> {
    let text = |media_type, body: String| {
        Some(Document::new(
            media_type,
            CachePolicy::Live,
            changed_at(snapshot),
            body,
        ))
    };
    let html = |markup: Markup| text(HTML, markup.into_string());
    match page {
        Page::Home => Some(render_home(snapshot).with_brotli()),
        Page::History => html(history::page(snapshot)),
        Page::Month(year, month) => html(history::month(snapshot, *year, *month)),
        Page::Components => html(components::page(snapshot)),
        Page::Subscribe => html(subscribe::page(snapshot)),
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
        Page::ComponentMonth(slug, year, month) => {
            let record = snapshot.find_component(slug)?;
            html(component_month::page(snapshot, record, (*year, *month)))
        }
        Page::Sitemap => text("application/xml; charset=utf-8", sitemap::whole(snapshot)),
        Page::SitemapPart(part) => text(
            "application/xml; charset=utf-8",
            sitemap::part(snapshot, *part)?,
        ),
        Page::BrandStylesheet => Some(Document::new(
            "text/css; charset=utf-8",
            CachePolicy::Immutable,
            changed_at(snapshot),
            brand::stylesheet(&snapshot.site.brand)?,
        )),
        Page::Robots => text("text/plain; charset=utf-8", robots(snapshot)),
    }
}

/// An incident as anybody may read its texts.
fn without_comments(mut incident: Incident) -> Incident {
    incident.markdown = markdown::without_comments(&incident.markdown);
    for update in &mut incident.updates {
        update.markdown = markdown::without_comments(&messages::text_of(update));
        update.fact = None;
    }
    incident
}

/// The home page, made in haste: everyone waits for it.
pub(super) fn render_home(snapshot: &Snapshot) -> Document {
    let mut body = home::page(snapshot).into_string();
    // The room that it grew into would be kept with it; of other pages a copy is kept.
    body.shrink_to_fit();
    Document::in_haste(HTML, CachePolicy::Live, changed_at(snapshot), body)
}

/// The page for every path that leads nowhere; it still says what is down.
pub fn render_not_found(snapshot: &Snapshot) -> Document {
    let body = error::not_found(snapshot).into_string();
    Document::new(HTML, CachePolicy::Private, changed_at(snapshot), body)
}

fn known_incident(snapshot: &Snapshot, slug: &str) -> Option<Slug> {
    let slug = Slug::parse(slug).ok()?;
    snapshot.posts.find(&slug).map(|_| slug)
}

fn known_component(snapshot: &Snapshot, slug: &str) -> Option<Slug> {
    let slug = Slug::parse(slug).ok()?;
    snapshot.find_component(&slug).map(|_| slug)
}

/// A snapshot is made when something has changed or come due, so that its instant is when.
fn changed_at(snapshot: &Snapshot) -> DateTime<Utc> {
    snapshot.as_of
}

fn robots(snapshot: &Snapshot) -> String {
    let sitemap = urls::absolute(&snapshot.site.base_url, urls::SITEMAP);
    format!("User-agent: *\nAllow: /\nDisallow: /api/\nDisallow: /staff/\nSitemap: {sitemap}\n")
}
