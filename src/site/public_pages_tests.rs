//! Tests of the list of public pages.

use chrono::DateTime;
use chrono_tz::Tz;

use super::public_page::Page;
use super::public_pages::{find, list, list_for_people};
use super::sitemap;
use crate::domain::component::Component;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;
use crate::domain::state::States;
use crate::snapshot::{Snapshot, Unpacked};

#[test]
fn of_a_huge_site_its_parts_are_pages_too() {
    let component = |number: usize| Component {
        slug: Slug::trusted(format!("server-{number}")),
        name: format!("Server {number}"),
        group: None,
        description: None,
        position: 0,
        since: None,
        created_at: DateTime::UNIX_EPOCH,
        retired_at: None,
        from_file: false,
    };
    let snapshot = Snapshot::of(Unpacked {
        revision: 1,
        as_of: DateTime::UNIX_EPOCH,
        site: SiteSettings::example(Tz::UTC),
        states: States::default(),
        components: (0..sitemap::MOST)
            .map(|it| (component(it), Vec::new()))
            .collect(),
        incidents: Vec::new(),
    });
    let pages = list(&snapshot);
    let for_people = list_for_people(&snapshot);
    let base_url = &snapshot.site.base_url;
    let addresses = |path: &str| {
        let page = find(&snapshot, path)?;
        assert!(pages.contains(&page), "{path}");
        let xml = match page {
            Page::SitemapPart(number) => sitemap::part(base_url, &for_people, number)?,
            _ => sitemap::whole(base_url, &for_people),
        };
        Some(xml.matches("<loc>").count())
    };
    assert_eq!(addresses("/sitemap.xml"), Some(2));
    assert_eq!(addresses("/sitemap-1.xml"), Some(sitemap::MOST));
    // Home, history, components and subscribe are pages, too.
    assert_eq!(addresses("/sitemap-2.xml"), Some(4));
    assert_eq!(addresses("/sitemap-3.xml"), None);
    assert_eq!(addresses("/sitemap-0.xml"), None);
}
