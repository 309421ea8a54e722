//! Pages while the database is away: they say so, and those from a copy on disk are the same.

use chrono::Duration;

use super::pages;
use super::structure::check;
use super::subscribing::with_mail;
use super::world::World;
use super::worlds::{calm, seed, stormy};
use crate::domain::site::Hosting;
use crate::snapshot::disk_copy;
use crate::snapshot::load::Deployment;

const SAID: &str = "This page may be out of date.";

#[test]
fn each_page_says_since_when_it_may_be_stale() {
    let snapshot = stormy().snapshot();
    let since = snapshot.as_of - Duration::minutes(7);
    let stale = snapshot.as_stale_since(since);
    let mut framed = 0;
    for ((path, fresh), (_, html)) in pages(&snapshot).into_iter().zip(pages(&stale)) {
        assert!(!fresh.contains(SAID), "{path}");
        // Some stand in other sites, or alone.
        if !fresh.contains("class=\"skip\"") {
            assert_eq!(fresh, html, "{path}");
            continue;
        }
        framed += 1;
        check(&path, &html, &stale);
        assert!(html.contains(SAID), "{path}");
        assert!(html.contains("February 26 at 2:48 am MST"), "{path}");
    }
    assert!(framed > 6, "{framed}");
}

#[test]
fn a_copy_from_disk_shows_the_same_pages() {
    let worlds = [World::empty(), calm(), stormy(), seed(), with_mail()];
    for (number, world) in worlds.iter().enumerate() {
        let snapshot = world.snapshot();
        let mut copy = Vec::new();
        disk_copy::write(&snapshot, &mut copy).expect("memory");
        let deployment = Deployment {
            has_mail_server: snapshot.site.sends_mail,
            hosting: Hosting::Server,
            ..Deployment::default()
        };
        let read = disk_copy::read(copy.as_slice(), &deployment).expect("it is whole");
        assert_eq!(read.revision, snapshot.revision);
        assert!(!pages(&snapshot).is_empty());
        assert_eq!(pages(&read), pages(&snapshot), "world {number}");
    }
}

#[test]
fn a_copy_that_is_damaged_or_of_another_layout_is_refused() {
    let mut copy = Vec::new();
    disk_copy::write(&stormy().snapshot(), &mut copy).expect("memory");
    let read = |bytes: &[u8]| disk_copy::read(bytes, &Deployment::default()).map(|_| ());
    assert!(read(&copy).is_ok());
    assert!(read(&copy[..copy.len() / 2]).is_err(), "half of it");
    for place in [40, copy.len() / 3, copy.len() - 3] {
        let mut other = copy.clone();
        other[place] ^= 4;
        assert!(read(&other).is_err(), "another byte at {place}");
    }
    assert!(read(b"").is_err() && read(b"the pages").is_err());
}
