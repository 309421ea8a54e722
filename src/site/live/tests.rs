//! Pages are told only what concerns them, whatever the site becomes.

use chrono::DateTime;
use chrono_tz::Tz;

use super::*;
use crate::domain::component::{Component, StateChange};
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::site::Site;
use crate::snapshot::{Snapshot, Unpacked};

/// A site without components, whose home page therefore says that nothing is listed.
fn site(revision: i64, name: &str) -> Site {
    site_of(revision, name, Vec::new())
}

/// The same with a component.
fn with_component(revision: i64) -> Site {
    let component = Component {
        slug: Slug::trusted("selma".to_owned()),
        name: "Selma".to_owned(),
        group: None,
        description: None,
        position: 0,
        since: None,
        created_at: DateTime::UNIX_EPOCH,
        retired_at: None,
        from_file: false,
    };
    site_of(revision, "One", vec![(component, Vec::new())])
}

fn site_of(revision: i64, name: &str, components: Vec<(Component, Vec<StateChange>)>) -> Site {
    let settings = SiteSettings {
        name: name.to_owned(),
        ..SiteSettings::example(Tz::UTC)
    };
    Site::new(Snapshot::of(Unpacked {
        revision,
        as_of: DateTime::UNIX_EPOCH,
        site: settings,
        states: States::default(),
        components,
        incidents: Vec::new(),
    }))
}

fn live_of(handle: &SiteHandle) -> Live {
    Live::new(handle.clone(), Renderer::start().expect("a thread"))
}

/// What somebody is told next, if that is soon.
async fn soon(listener: &mut Listener) -> Option<News> {
    timeout(Duration::from_millis(200), listener.next())
        .await
        .ok()
}

#[tokio::test]
async fn a_version_that_shows_the_same_is_told_to_nobody() {
    let handle = SiteHandle::new(site(7, "One"));
    let live = live_of(&handle);
    let running = tokio::spawn(live.clone().run());
    let (mut listener, missed) = live.join(&Page::Home, &Seen::default()).await;
    assert!(
        matches!(missed, Some(News::Event(_))),
        "nothing was known of it"
    );
    assert_eq!(
        listener.version().map(|it| it.to_string()).as_deref(),
        Some("7.0")
    );
    handle.replace(site(8, "One"));
    assert_eq!(soon(&mut listener).await, None);
    running.abort();
}

#[tokio::test]
async fn the_clock_counts_in_ids() {
    let handle = SiteHandle::new(site(7, "One"));
    let live = live_of(&handle);
    let running = tokio::spawn(live.clone().run());
    let (mut listener, _) = live.join(&Page::Home, &Seen::default()).await;
    let mut next = async |site: Site| {
        handle.replace(site);
        match timeout(BEHIND, listener.next()).await.expect("in time") {
            News::Event(event) => String::from_utf8_lossy(&event)
                .lines()
                .next()
                .map(str::to_owned),
            News::Reload => None,
        }
    };
    // The home page says that there is nothing yet, until there is a component.
    assert_eq!(next(with_component(7)).await.as_deref(), Some("id: 7.1"));
    assert_eq!(next(site(7, "One")).await.as_deref(), Some("id: 7.2"));
    assert_eq!(next(with_component(9)).await.as_deref(), Some("id: 9.0"));
    running.abort();
}

#[tokio::test]
async fn who_listens_is_told_though_nobody_runs_it_for_them_at_that_moment() {
    let handle = SiteHandle::new(site(7, "One"));
    let live = live_of(&handle);
    let (first, _) = live.join(&Page::Home, &Seen::default()).await;
    let seen = Seen {
        version: first.version(),
        hash: None,
    };
    handle.replace(site(8, "One"));
    // Another one comes, and the page is brought up to date for both.
    let (_, missed) = live.join(&Page::Home, &seen).await;
    assert_eq!(missed, None, "it shows the same");
}

#[tokio::test]
async fn only_so_many_pages_are_kept_and_those_that_nobody_has_open_go_first() {
    let handle = SiteHandle::new(site(7, "One"));
    let live = live_of(&handle);
    let page = |number: usize| {
        let slug = format!("incident-{number}");
        Page::Incident(Slug::parse(&slug).expect("a slug"))
    };
    let mut open = Vec::new();
    for number in 0..MOST_PAGES {
        assert!(live.has_room_for(&page(number)));
        open.push(Listener::of(live.watch(&page(number))));
    }
    assert!(!live.has_room_for(&page(MOST_PAGES)));
    assert!(live.has_room_for(&page(3)), "it is kept already");
    open.pop();
    assert!(live.has_room_for(&page(MOST_PAGES)));
}
