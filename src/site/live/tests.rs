//! Pages are told only what concerns them, whatever the site becomes.

use chrono::DateTime;
use chrono_tz::Tz;

use super::*;
use crate::domain::site::SiteSettings;
use crate::domain::state::States;
use crate::site::Site;
use crate::snapshot::{Snapshot, Unpacked};

fn site(revision: i64, name: &str) -> Site {
    let settings = SiteSettings {
        name: name.to_owned(),
        ..SiteSettings::example(Tz::UTC)
    };
    Site::new(Snapshot::of(Unpacked {
        revision,
        as_of: DateTime::UNIX_EPOCH,
        site: settings,
        states: States::default(),
        components: Vec::new(),
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
        Page::Incident(crate::domain::slug::Slug::parse(&slug).expect("a slug"))
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
