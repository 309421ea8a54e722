//! Every kind of public page, and an application that has all of them.

use chrono::{DateTime, Duration, Utc};
use lightship::actions::Change;
use lightship::actions::set_component_state::{NewState, set_component_state};
use lightship::domain::actor::Actor;
use lightship::domain::coverage::Coverage;
use lightship::domain::state::StateKey;
use lightship::render::feeds::entry::FeedScope;
use lightship::render::statuspage::Resource;
use lightship::site::public_page::{Format, Page};
use lightship::site::public_pages;

use super::app::{TestApp, TestAppBuilder};
use super::mail::NO_MAIL_SERVER;
use super::slug;

/// A kind of page.
pub(crate) struct Kind {
    /// An example of the kind.
    pub(crate) example: Page,
    includes: fn(&Page) -> bool,
}

/// Lists each kind with an example. A variant that is missing here doesn't compile.
macro_rules! kinds {
    ($($kind:pat => $example:expr,)*) => {{
        let _each_has_a_line = |page: &Page| match page { $($kind => {})* };
        vec![$(Kind { example: $example, includes: |page| matches!(page, $kind) }),*]
    }};
}

/// All kinds of pages.
pub(crate) fn kinds() -> Vec<Kind> {
    let selma = || slug("selma");
    kinds! {
        Page::Home => Page::Home,
        Page::History => Page::History,
        Page::Month(..) => Page::Month(2013, 2),
        Page::Components => Page::Components,
        Page::Subscribe => Page::Subscribe,
        Page::SubscribeToIncident(_) => Page::SubscribeToIncident(selma()),
        Page::Incident(_) => Page::Incident(selma()),
        Page::IncidentMarkdown(_) => Page::IncidentMarkdown(selma()),
        Page::IncidentJson(_) => Page::IncidentJson(selma()),
        Page::Component(_) => Page::Component(selma()),
        Page::ComponentMonth(..) => Page::ComponentMonth(selma(), 2013, 2),
        Page::Feed(FeedScope::Site, Format::Rss) => Page::Feed(FeedScope::Site, Format::Rss),
        Page::Feed(FeedScope::Site, Format::Atom) => Page::Feed(FeedScope::Site, Format::Atom),
        Page::Feed(FeedScope::Site, Format::Json) => Page::Feed(FeedScope::Site, Format::Json),
        Page::Feed(FeedScope::Component(_), _) => Page::Feed(FeedScope::Component(selma()), Format::Rss),
        Page::Feed(FeedScope::Group(_), _) => Page::Feed(FeedScope::Group(selma()), Format::Json),
        Page::Feed(FeedScope::Incident(_), _) => Page::Feed(FeedScope::Incident(selma()), Format::Atom),
        Page::Statuspage(_) => Page::Statuspage(Resource::UpcomingMaintenances),
        Page::Calendar(Coverage::Site) => Page::Calendar(Coverage::Site),
        Page::Calendar(Coverage::Group(_)) => Page::Calendar(Coverage::Group(selma())),
        Page::Calendar(Coverage::Component(_)) => Page::Calendar(Coverage::Component(selma())),
        Page::Badge(Coverage::Site) => Page::Badge(Coverage::Site),
        Page::Badge(Coverage::Group(_)) => Page::Badge(Coverage::Group(selma())),
        Page::Badge(Coverage::Component(_)) => Page::Badge(Coverage::Component(selma())),
        Page::BadgeJson(Coverage::Site) => Page::BadgeJson(Coverage::Site),
        Page::BadgeJson(Coverage::Group(_)) => Page::BadgeJson(Coverage::Group(selma())),
        Page::BadgeJson(Coverage::Component(_)) => Page::BadgeJson(Coverage::Component(selma())),
        Page::Embed => Page::Embed,
        Page::Sitemap => Page::Sitemap,
        Page::SitemapPart(_) => Page::SitemapPart(1),
        Page::Robots => Page::Robots,
        Page::BrandStylesheet(_) => Page::BrandStylesheet("0123456789ab".to_owned()),
    }
}

/// The public pages of an application started with every kind of page.
#[track_caller]
pub(crate) fn every_page(app: &TestApp) -> Vec<Page> {
    let pages = public_pages::list(app.app.state().site.current().snapshot());
    let is_missing = |kind: &Kind| !pages.iter().any(kind.includes);
    let missing = kinds().into_iter().filter(is_missing);
    let missing: Vec<Page> = missing.map(|kind| kind.example).collect();
    assert_eq!(missing, [Page::SitemapPart(1)], "only a huge site has that");
    pages
}

impl TestAppBuilder {
    /// Starts it with a brand, a group, an incident and a server with a long history, so that every kind of
    /// page occurs.
    pub(crate) async fn start_with_every_page(self) -> TestApp {
        let post = "---\ntitle: Ada moves\ndate: 2013-01-01\n---\n\nIts disks are old.\n";
        let mut app = self
            .with_mail(NO_MAIL_SERVER)
            .with_component("ada")
            .with_site("\n[brand]\naccent = \"#7a1fa2\"\n")
            .with_site("[[components]]\nslug = \"zoe\"\nname = \"Zoe\"\ngroup = \"Others\"\n")
            .with_file("incidents/2013-01-01-ada-moves.md", post)
            .start()
            .await;
        let mut change = Change::begin(&app.app.state().store, &app.clock, Actor::host())
            .await
            .expect("a change begins");
        let began: DateTime<Utc> = "2013-01-02T08:00:00Z".parse().expect("an instant");
        for number in 0..102 {
            let state = NewState {
                component: slug("ada"),
                state: StateKey::new(["degraded", "operational"][number % 2]),
                note: None,
                incident: None,
                at: Some(began + Duration::hours(number as i64)),
                seen: None,
            };
            set_component_state(&mut change, state)
                .await
                .expect("a state");
        }
        change.commit().await.expect("it is kept");
        app.refresh_site().await;
        app
    }
}
