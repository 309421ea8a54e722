//! The list of public pages, and what each depends on.

use super::dependence::Dependence;
use super::public_page::{Format, Page};
use super::sitemap;
use crate::domain::coverage::Coverage;
use crate::domain::slug::Slug;
use crate::render::brand;
use crate::render::feeds::entry::FeedScope;
use crate::render::html::component_month;
use crate::render::statuspage::Resource;
use crate::snapshot::Snapshot;

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
        pages.extend(documents_of_incident(&post.slug));
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

/// What each incident has for programs, besides its page.
pub(super) fn documents_of_incident(slug: &Slug) -> impl Iterator<Item = Page> + use<> {
    let own = [Page::IncidentMarkdown, Page::IncidentJson].map(|of| of(slug.clone()));
    let feeds = feeds(&FeedScope::Incident(slug.clone()));
    own.into_iter().chain(feeds)
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
