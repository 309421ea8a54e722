//! Snapshots of whole pages, unpacked. `cargo insta review` accepts changed ones.

use super::subscribing::with_mail;
use super::world::World;
use super::worlds::{calm, seed, stormy};
use super::{Snapshot, pages};

/// A page with one tag per line, so that a difference is easy to find.
fn page(snapshot: &Snapshot, path: &str) -> String {
    let found = pages(snapshot).into_iter().find(|(other, _)| other == path);
    let (_, html) = found.unwrap_or_else(|| panic!("no page {path}"));
    // Each change of the stylesheet or the script has another one.
    let build = format!("data-build=\"{:x}\"", crate::render::html::live::BUILD);
    html.replace("><", ">\n<").replace(&build, "data-build")
}

#[test]
fn home_pages() {
    insta::assert_snapshot!("home-empty", page(&World::empty().snapshot(), "/"));
    insta::assert_snapshot!("home-calm", page(&calm().snapshot(), "/"));
    insta::assert_snapshot!("home-stormy", page(&stormy().snapshot(), "/"));
    insta::assert_snapshot!("home-seed", page(&seed().snapshot(), "/"));
}

#[test]
fn every_sort_of_page() {
    let seed = seed().snapshot();
    let newest = seed.posts.iter().next().expect("an incident");
    let incident = format!("/incidents/{}", newest.slug);
    insta::assert_snapshot!("incident", page(&seed, &incident));
    insta::assert_snapshot!("component", page(&seed, "/components/selma"));
    insta::assert_snapshot!("history", page(&seed, "/history"));
    insta::assert_snapshot!("month", page(&seed, "/history/2013/02"));
    insta::assert_snapshot!("subscribe", page(&seed, "/subscribe"));
    let mail = with_mail().snapshot();
    insta::assert_snapshot!("subscribe-by-mail", page(&mail, "/subscribe"));
    insta::assert_snapshot!("manage", page(&mail, "/subscribe/manage"));
    insta::assert_snapshot!("not-found", page(&seed, "/nowhere"));
}
