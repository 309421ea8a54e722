//! The list of public pages: what each depends on, and how it is rendered.

use chrono::{DateTime, Utc};
use maud::Markup;

use super::dependence::Dependence;
use super::document::{CachePolicy, Document};
use super::public_page::{Format, Page};
use super::safety::ContentSecurity;
use super::sitemap;
use crate::content::compose;
use crate::domain::coverage::Coverage;
use crate::domain::incident::Incident;
use crate::domain::slug::Slug;
use crate::render::badge::{self, badge};
use crate::render::brand;
use crate::render::feeds::entry::FeedScope;
use crate::render::feeds::{atom, ical, json_feed, rss};
use crate::render::html::subscribe::form::Form;
use crate::render::html::{
    component, component_month, components, embed, error, history, home, incident, subscribe,
};
use crate::render::statuspage::{self, Resource};
use crate::render::{json, markdown, messages};
use crate::snapshot::Snapshot;
use crate::urls;

const HTML: &str = "text/html; charset=utf-8";
const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown; charset=utf-8";
const XML: &str = "application/xml; charset=utf-8";

/// The page at `path`, if the site has it.
pub fn find(snapshot: &Snapshot, path: &str) -> Option<Page> {
    Page::parse(path).filter(|page| is_there(snapshot, page))
}

/// Whether the thing that a page is about exists.
fn is_there(snapshot: &Snapshot, page: &Page) -> bool {
    match page {
        Page::Home
        | Page::History
        | Page::Components
        | Page::Subscribe
        | Page::Feed(FeedScope::Site, _)
        | Page::Statuspage(_)
        | Page::Embed
        | Page::Sitemap
        | Page::Robots => true,
        Page::Month(year, month) => !snapshot.posts.month((*year, *month)).is_empty(),
        Page::SubscribeToIncident(slug) => {
            snapshot.site.sends_mail && snapshot.posts.find(slug).is_some()
        }
        Page::Incident(slug)
        | Page::IncidentMarkdown(slug)
        | Page::IncidentJson(slug)
        | Page::Feed(FeedScope::Incident(slug), _) => snapshot.posts.find(slug).is_some(),
        Page::Component(slug) | Page::Feed(FeedScope::Component(slug), _) => {
            snapshot.find_component(slug).is_some()
        }
        Page::Feed(FeedScope::Group(slug), _) => snapshot.find_group(slug).is_some(),
        Page::Calendar(covered) | Page::Badge(covered) | Page::BadgeJson(covered) => {
            snapshot.covered(covered).is_some()
        }
        Page::ComponentMonth(slug, year, month) => {
            let record = snapshot.find_component(slug);
            record.is_some_and(|record| {
                component_month::months(snapshot, record).contains_key(&(*year, *month))
            })
        }
        Page::SitemapPart(part) => (1..=sitemap_parts(snapshot)).contains(part),
        Page::BrandStylesheet(hash) => {
            brand::stylesheet_hash(&snapshot.site.brand).as_ref() == Some(hash)
        }
    }
}

/// Every public page.
pub fn list(snapshot: &Snapshot) -> Vec<Page> {
    let mut pages = list_but_sitemap_parts(snapshot);
    pages.extend((1..=sitemap_parts(snapshot)).map(Page::SitemapPart));
    pages
}

/// Every public page except the parts of the sitemap, which follow from the others.
fn list_but_sitemap_parts(snapshot: &Snapshot) -> Vec<Page> {
    let mut pages = vec![
        Page::Home,
        Page::History,
        Page::Components,
        Page::Subscribe,
        Page::Embed,
        Page::Sitemap,
        Page::Robots,
    ];
    pages.extend(elsewhere(&Coverage::Site));
    pages.extend(brand::stylesheet_hash(&snapshot.site.brand).map(Page::BrandStylesheet));
    pages.extend(feeds(&FeedScope::Site));
    pages.extend(Resource::ALL.map(Page::Statuspage));
    for ((year, month), _) in snapshot.posts.months().rev() {
        pages.push(Page::Month(year, month));
    }
    for post in snapshot.posts.iter() {
        pages.push(Page::Incident(post.slug.clone()));
        pages.push(Page::IncidentMarkdown(post.slug.clone()));
        pages.push(Page::IncidentJson(post.slug.clone()));
        pages.extend(feeds(&FeedScope::Incident(post.slug.clone())));
        if snapshot.site.sends_mail && (post.is_open() || post.is_planned()) {
            pages.push(Page::SubscribeToIncident(post.slug.clone()));
        }
    }
    for record in &snapshot.components {
        let slug = &record.component.slug;
        pages.push(Page::Component(slug.clone()));
        let months = component_month::months(snapshot, record).into_keys().rev();
        pages.extend(months.map(|(year, month)| Page::ComponentMonth(slug.clone(), year, month)));
        pages.extend(feeds(&FeedScope::Component(slug.clone())));
        if record.component.retired_at.is_none() {
            pages.extend(elsewhere(&Coverage::Component(slug.clone())));
        }
    }
    for group in snapshot.groups.iter() {
        pages.extend(feeds(&FeedScope::Group(group.slug.clone())));
        pages.extend(elsewhere(&Coverage::Group(group.slug.clone())));
    }
    pages
}

/// The pages for people.
pub(super) fn list_for_people(snapshot: &Snapshot) -> Vec<Page> {
    let mut pages = list_but_sitemap_parts(snapshot);
    pages.retain(Page::is_for_people);
    pages
}

/// How many parts the sitemap has.
fn sitemap_parts(snapshot: &Snapshot) -> usize {
    // Each incident and component has a page. If there are few, nothing needs counting.
    if (snapshot.posts.len() + snapshot.components.len()) * 10 < sitemap::MOST {
        let changes = snapshot
            .components
            .iter()
            .map(|record| record.history.len());
        if changes.sum::<usize>() < sitemap::MOST / 2 {
            return 0;
        }
    }
    sitemap::parts(list_for_people(snapshot).len())
}

fn feeds(scope: &FeedScope) -> [Page; 3] {
    Format::ALL.map(|format| Page::Feed(scope.clone(), format))
}

/// What is shown elsewhere: in calendars, and on other sites.
fn elsewhere(covered: &Coverage) -> [Page; 3] {
    [Page::Calendar, Page::Badge, Page::BadgeJson].map(|of| of(covered.clone()))
}

/// How many of the newest incidents count as requested most.
const HOT_INCIDENTS: usize = 20;
/// Pages of components count, too, if there are at most this many.
const HOT_COMPONENTS: usize = 60;

/// The pages that are requested most.
pub fn list_hot(snapshot: &Snapshot) -> Vec<Page> {
    let mut pages = vec![
        Page::Home,
        Page::History,
        Page::Statuspage(Resource::Summary),
        Page::Statuspage(Resource::Status),
    ];
    pages.extend(feeds(&FeedScope::Site));
    pages.extend(brand::stylesheet_hash(&snapshot.site.brand).map(Page::BrandStylesheet));
    let newest = snapshot.posts.iter().take(HOT_INCIDENTS);
    pages.extend(newest.map(|post| Page::Incident(post.slug.clone())));
    // If there are many, each is requested rarely, and together they'd take much memory.
    let are_few = snapshot.active_components().nth(HOT_COMPONENTS).is_none();
    let components = snapshot.active_components().filter(|_| are_few);
    pages.extend(components.map(|record| Page::Component(record.component.slug.clone())));
    pages
}

/// What a page depends on, besides the site's settings and states, which change everything.
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
            // The page shows the present states of the components that it names.
            let found = snapshot.find_incident(slug);
            let named = found.iter().flat_map(|found| found.components());
            let mut list: Vec<_> = named.cloned().map(Dependence::Component).collect();
            list.extend([incident(slug), Dependence::Day]);
            list
        }
        Page::IncidentMarkdown(slug) => vec![incident(slug), Dependence::Names],
        Page::SubscribeToIncident(slug) | Page::IncidentJson(slug) => vec![incident(slug)],
        Page::Component(slug) | Page::ComponentMonth(slug, _, _) => vec![
            Dependence::Component(slug.clone()),
            Dependence::IncidentsNaming(slug.clone()),
            Dependence::Day,
        ],
        Page::Feed(FeedScope::Site, _) => vec![Dependence::AnyIncident, Dependence::Names],
        Page::Feed(FeedScope::Component(slug), _) => vec![
            Dependence::Component(slug.clone()),
            Dependence::IncidentsNaming(slug.clone()),
            Dependence::Names,
        ],
        Page::Feed(FeedScope::Group(slug), _) => {
            let components = snapshot
                .find_group(slug)
                .map(|group| group.components.iter());
            let components = components.into_iter().flatten().flat_map(|slug| {
                let naming = Dependence::IncidentsNaming(slug.clone());
                [Dependence::Component(slug.clone()), naming]
            });
            components.chain([Dependence::Names]).collect()
        }
        Page::Feed(FeedScope::Incident(slug), _) => vec![incident(slug), Dependence::Names],
        Page::Calendar(_) => vec![Dependence::Maintenance, Dependence::Names],
        Page::Embed | Page::Badge(Coverage::Site) | Page::BadgeJson(Coverage::Site) => {
            vec![Dependence::AnyComponent, Dependence::AnyIncident]
        }
        Page::Badge(covered) | Page::BadgeJson(covered) => {
            let records = snapshot.covered(covered).unwrap_or_default().into_iter();
            let components = records.map(|it| Dependence::Component(it.component.slug.clone()));
            components.chain([Dependence::Names]).collect()
        }
        // Each says when the page last changed.
        Page::Statuspage(_) | Page::Sitemap | Page::SitemapPart(_) => vec![
            Dependence::AnyIncident,
            Dependence::AnyComponent,
            Dependence::Names,
        ],
        Page::Robots | Page::BrandStylesheet(_) => Vec::new(),
    }
}

/// Renders a page. `None` only if [`find`] wouldn't return the page for this snapshot.
pub fn render(snapshot: &Snapshot, page: &Page) -> Option<Document> {
    let document = render_page(snapshot, page)?.of_kind(page.kind());
    Some(document.sharing_second(snapshot.shares_second))
}

fn render_page(snapshot: &Snapshot, page: &Page) -> Option<Document> {
    let text = |media_type, body: String| {
        let (security, at) = (ContentSecurity::of(page), changed_at(snapshot));
        let document = Document::secured(security, media_type, at, body);
        Some(match page.is_for_other_sites() {
            true => document.for_other_sites(),
            false => document,
        })
    };
    let html = |markup: Markup| text(HTML, markup.into_string());
    match page {
        Page::Home => Some(render_home(snapshot).with_brotli()),
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
        Page::BrandStylesheet(_) => Some(Document::new(
            "text/css; charset=utf-8",
            CachePolicy::Immutable,
            changed_at(snapshot),
            brand::stylesheet(&snapshot.site.brand)?,
        )),
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
    let body = error::not_found(snapshot).into_string();
    Document::new(HTML, CachePolicy::Private, changed_at(snapshot), body)
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
