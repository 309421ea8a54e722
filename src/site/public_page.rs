//! A public page and its path. Each can be derived from the other.

use crate::domain::coverage::Coverage;
use crate::domain::slug::Slug;
use crate::metrics::RequestKind;
use crate::render::feeds::entry::FeedScope;
use crate::render::statuspage::Resource;
use crate::urls;

/// A public page, whether or not a site has it.
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
    /// How to follow one incident by e-mail.
    SubscribeToIncident(Slug),
    /// An incident.
    Incident(Slug),
    /// An incident as a content file.
    IncidentMarkdown(Slug),
    /// An incident as data.
    IncidentJson(Slug),
    /// A component.
    Component(Slug),
    /// The changes of a component in a month.
    ComponentMonth(Slug, i32, u32),
    /// A feed.
    Feed(FeedScope, Format),
    /// A document of the API of Statuspage.
    Statuspage(Resource),
    /// The calendar of maintenance.
    Calendar(Coverage),
    /// A badge.
    Badge(Coverage),
    /// A badge as data.
    BadgeJson(Coverage),
    /// The strip that other sites may frame.
    Embed,
    /// The sitemap, or the index of its parts if it is too long.
    Sitemap,
    /// A part of the sitemap, 1 or more.
    SitemapPart(usize),
    /// The rules for search engines.
    Robots,
    /// The stylesheet of the site's brand, by its hash.
    BrandStylesheet(String),
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

impl Page {
    /// Its only path.
    pub fn path(&self) -> String {
        match self {
            Self::Home => urls::HOME.to_owned(),
            Self::History => urls::HISTORY.to_owned(),
            Self::Month(year, month) => urls::month(*year, *month),
            Self::Components => urls::COMPONENTS.to_owned(),
            Self::Subscribe => urls::SUBSCRIBE.to_owned(),
            Self::SubscribeToIncident(slug) => urls::subscribe_to_incident(slug),
            Self::Incident(slug) => urls::incident(slug),
            Self::IncidentMarkdown(slug) => urls::incident_markdown(slug),
            Self::IncidentJson(slug) => urls::incident_json(slug),
            Self::Component(slug) => urls::component(slug),
            Self::ComponentMonth(slug, year, month) => urls::component_month(slug, *year, *month),
            Self::Feed(scope, format) => format.of(match scope {
                FeedScope::Site => urls::feeds(),
                FeedScope::Component(slug) => urls::component_feeds(slug),
                FeedScope::Group(slug) => urls::group_feeds(slug),
                FeedScope::Incident(slug) => urls::incident_feeds(slug),
            }),
            Self::Statuspage(resource) => urls::statuspage(resource.name()),
            Self::Calendar(covered) => urls::calendar(covered),
            Self::Badge(covered) => urls::badge(covered),
            Self::BadgeJson(covered) => urls::badge_json(covered),
            Self::Embed => urls::EMBED.to_owned(),
            Self::Sitemap => urls::SITEMAP.to_owned(),
            Self::SitemapPart(part) => urls::sitemap_part(*part),
            Self::Robots => urls::ROBOTS.to_owned(),
            Self::BrandStylesheet(hash) => urls::brand_stylesheet(hash),
        }
    }

    /// The page with this path.
    pub fn parse(path: &str) -> Option<Self> {
        let page = match path {
            urls::HOME => return Some(Self::Home),
            urls::HISTORY => return Some(Self::History),
            urls::COMPONENTS => return Some(Self::Components),
            urls::SUBSCRIBE => return Some(Self::Subscribe),
            urls::SITEMAP => return Some(Self::Sitemap),
            urls::ROBOTS => return Some(Self::Robots),
            urls::EMBED => return Some(Self::Embed),
            _ => match Self::parse_part(path, FeedScope::Site, Coverage::Site) {
                Some(page) => return Some(page),
                None => Self::parse_named(path)?,
            },
        };
        // A number can be written in several ways, but a page has only one path.
        (page.path() == path).then_some(page)
    }

    /// A page about something that its path names.
    fn parse_named(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let Some((folder, rest)) = path.split_once('/') else {
            let part = path.strip_prefix("sitemap-")?.strip_suffix(".xml")?;
            return part.parse().ok().map(Self::SitemapPart);
        };
        let slug_and_end = || {
            let end = rest.find(['/', '.']).unwrap_or(rest.len());
            Some((Slug::parse(&rest[..end]).ok()?, &rest[end..]))
        };
        match folder {
            "history" => {
                let (year, month) = parse_month(rest)?;
                Some(Self::Month(year, month))
            }
            "incidents" => match slug_and_end()? {
                (slug, "") => Some(Self::Incident(slug)),
                (slug, ".md") => Some(Self::IncidentMarkdown(slug)),
                (slug, ".json") => Some(Self::IncidentJson(slug)),
                (slug, feed) => Some(Self::Feed(FeedScope::Incident(slug), Format::parse(feed)?)),
            },
            "components" => match slug_and_end()? {
                (slug, "") => Some(Self::Component(slug)),
                (slug, end) => {
                    let (scope, covered) = (FeedScope::Component, Coverage::Component);
                    Self::parse_part(end, scope(slug.clone()), covered(slug.clone())).or_else(
                        || {
                            let (year, month) = parse_month(end.strip_prefix('/')?)?;
                            Some(Self::ComponentMonth(slug, year, month))
                        },
                    )
                }
            },
            "api" => {
                let name = rest.strip_prefix("v2/")?.strip_suffix(".json")?;
                Resource::parse(name).map(Self::Statuspage)
            }
            "groups" => {
                let (slug, end) = slug_and_end()?;
                Self::parse_part(end, FeedScope::Group(slug.clone()), Coverage::Group(slug))
            }
            "subscribe" => {
                let slug = rest.strip_prefix("incident/")?;
                Slug::parse(slug).ok().map(Self::SubscribeToIncident)
            }
            "assets" => {
                let hash = rest.strip_prefix("brand-")?.strip_suffix(".css")?;
                Some(Self::BrandStylesheet(hash.to_owned()))
            }
            _ => None,
        }
    }

    /// As what requests for it are counted.
    pub fn kind(&self) -> RequestKind {
        match self {
            Self::Home => RequestKind::Home,
            Self::History | Self::Month(..) => RequestKind::History,
            Self::Components | Self::Component(_) | Self::ComponentMonth(..) => {
                RequestKind::Component
            }
            Self::Subscribe | Self::SubscribeToIncident(_) => RequestKind::Subscribe,
            Self::Incident(_) => RequestKind::Incident,
            Self::IncidentMarkdown(_) | Self::IncidentJson(_) => RequestKind::IncidentData,
            Self::Feed(..) => RequestKind::Feed,
            Self::Statuspage(_) => RequestKind::Statuspage,
            Self::Calendar(_) => RequestKind::Calendar,
            Self::Badge(_) | Self::BadgeJson(_) | Self::Embed => RequestKind::Badge,
            Self::Sitemap | Self::SitemapPart(_) | Self::Robots => RequestKind::Search,
            Self::BrandStylesheet(_) => RequestKind::Asset,
        }
    }

    /// What the site as a whole, a group and a component each have: feeds, a calendar, a badge.
    /// `path` is what follows the path of the part.
    fn parse_part(path: &str, scope: FeedScope, covered: Coverage) -> Option<Self> {
        match path {
            urls::CALENDAR => Some(Self::Calendar(covered)),
            urls::BADGE => Some(Self::Badge(covered)),
            urls::BADGE_JSON => Some(Self::BadgeJson(covered)),
            feed => Format::parse(feed).map(|format| Self::Feed(scope, format)),
        }
    }

    /// Whether search engines should find it: it is for people, and more than a form.
    pub fn is_for_people(&self) -> bool {
        match self {
            Self::Home
            | Self::History
            | Self::Month(..)
            | Self::Components
            | Self::Subscribe
            | Self::Incident(_)
            | Self::Component(_)
            | Self::ComponentMonth(..) => true,
            Self::SubscribeToIncident(_)
            | Self::IncidentMarkdown(_)
            | Self::IncidentJson(_)
            | Self::Feed(..)
            | Self::Statuspage(_)
            | Self::Calendar(_)
            | Self::Badge(_)
            | Self::BadgeJson(_)
            | Self::Embed
            | Self::Sitemap
            | Self::SitemapPart(_)
            | Self::Robots
            | Self::BrandStylesheet(_) => false,
        }
    }
}

impl Page {
    /// Whether scripts of other sites may read it (CORS): it is for programs, and says nothing that
    /// isn't the same for everybody.
    pub fn is_for_other_sites(&self) -> bool {
        match self {
            Self::Feed(..) | Self::Statuspage(_) | Self::Badge(_) | Self::BadgeJson(_) => true,
            Self::Home
            | Self::History
            | Self::Month(..)
            | Self::Components
            | Self::Subscribe
            | Self::SubscribeToIncident(_)
            | Self::Incident(_)
            | Self::IncidentMarkdown(_)
            | Self::IncidentJson(_)
            | Self::Component(_)
            | Self::ComponentMonth(..)
            | Self::Calendar(_)
            | Self::Embed
            | Self::Sitemap
            | Self::SitemapPart(_)
            | Self::Robots
            | Self::BrandStylesheet(_) => false,
        }
    }
}

impl Format {
    /// Every format.
    pub(super) const ALL: [Self; 3] = [Self::Rss, Self::Atom, Self::Json];

    /// The path of the feed in this format.
    fn of(self, feeds: urls::Feeds) -> String {
        match self {
            Self::Rss => feeds.rss,
            Self::Atom => feeds.atom,
            Self::Json => feeds.json,
        }
    }

    /// Parses a feed's path, or what follows the path of the thing that the feed is about.
    fn parse(path: &str) -> Option<Self> {
        match path {
            urls::FEED_RSS => Some(Self::Rss),
            urls::FEED_ATOM => Some(Self::Atom),
            urls::FEED_JSON => Some(Self::Json),
            _ => None,
        }
    }
}

/// Parses year and month, as in `2013/02`.
fn parse_month(text: &str) -> Option<(i32, u32)> {
    let (year, month) = text.split_once('/')?;
    Some((year.parse().ok()?, month.parse().ok()?))
}
