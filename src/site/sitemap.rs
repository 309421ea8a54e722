//! The list of pages for search engines (<https://www.sitemaps.org/protocol.html>). It may have so
//! many addresses and no more; of a larger site it is a list of lists.

use super::page::Page;
use super::pages::list_but_sitemap_parts;
use crate::snapshot::Snapshot;
use crate::urls;

/// So many addresses stand in one list at most.
const MOST: usize = 50_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The document at `/sitemap.xml`.
pub(super) fn whole(snapshot: &Snapshot) -> String {
    let base_url = &snapshot.site.base_url;
    let pages = list_for_people(snapshot);
    match parts_of(pages.len(), MOST) {
        0 => urlset(base_url, &pages),
        parts => index(base_url, parts),
    }
}

/// How many lists there are beside it; none where one is enough.
pub(super) fn parts(snapshot: &Snapshot) -> usize {
    // Each incident and each component has a page: where there are few, nothing has to be counted.
    if (snapshot.posts.len() + snapshot.components.len()) * 10 < MOST {
        let changes = snapshot
            .components
            .iter()
            .map(|record| record.history.len());
        if changes.sum::<usize>() < MOST / 2 {
            return 0;
        }
    }
    parts_of(list_for_people(snapshot).len(), MOST)
}

/// One of those lists, the first being 1.
pub(super) fn part(snapshot: &Snapshot, part: usize) -> Option<String> {
    let pages = list_for_people(snapshot);
    let part = pages.chunks(MOST).nth(part.checked_sub(1)?)?;
    Some(urlset(&snapshot.site.base_url, part))
}

fn parts_of(pages: usize, most: usize) -> usize {
    if pages > most {
        pages.div_ceil(most)
    } else {
        0
    }
}

/// The pages that people read.
fn list_for_people(snapshot: &Snapshot) -> Vec<Page> {
    let mut pages = list_but_sitemap_parts(snapshot);
    pages.retain(Page::is_for_people);
    pages
}

// Paths are made of slugs and figures and base URLs are checked: nothing needs escaping.

fn urlset(base_url: &str, pages: &[Page]) -> String {
    let mut xml = format!("{HEAD}<urlset xmlns=\"{NAMESPACE}\">\n");
    for page in pages {
        let url = urls::absolute(base_url, &page.path());
        xml.push_str(&format!("<url><loc>{url}</loc></url>\n"));
    }
    xml.push_str("</urlset>\n");
    xml
}

fn index(base_url: &str, parts: usize) -> String {
    let mut xml = format!("{HEAD}<sitemapindex xmlns=\"{NAMESPACE}\">\n");
    for part in 1..=parts {
        let url = urls::absolute(base_url, &Page::SitemapPart(part).path());
        xml.push_str(&format!("<sitemap><loc>{url}</loc></sitemap>\n"));
    }
    xml.push_str("</sitemapindex>\n");
    xml
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::component::Component;
    use crate::domain::site::SiteSettings;
    use crate::domain::slug::Slug;
    use crate::domain::state::States;
    use crate::site::pages;
    use crate::snapshot::Unpacked;

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
            components: (0..MOST).map(|it| (component(it), Vec::new())).collect(),
            incidents: Vec::new(),
        });
        let pages = pages::list(&snapshot);
        let addresses = |path: &str| {
            let page = pages::find(&snapshot, path)?;
            assert!(pages.contains(&page), "{path}");
            let xml = match page {
                Page::SitemapPart(number) => part(&snapshot, number)?,
                _ => whole(&snapshot),
            };
            Some(xml.matches("<loc>").count())
        };
        assert_eq!(addresses("/sitemap.xml"), Some(2));
        assert_eq!(addresses("/sitemap-1.xml"), Some(MOST));
        // Home, history, the components and how to follow are pages, too.
        assert_eq!(addresses("/sitemap-2.xml"), Some(4));
        assert_eq!(addresses("/sitemap-3.xml"), None);
        assert_eq!(addresses("/sitemap-0.xml"), None);
    }

    #[test]
    fn a_list_that_is_too_long_is_a_list_of_lists() {
        let check = |paths, parts| assert_eq!(parts_of(paths, MOST), parts, "{paths}");
        check(0, 0);
        check(50_000, 0);
        check(50_001, 2);
        check(100_000, 2);
        check(100_001, 3);
        let xml = index("https://status.example.com", 2);
        for part in [
            "<sitemapindex xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">",
            "<sitemap><loc>https://status.example.com/sitemap-1.xml</loc></sitemap>",
            "<sitemap><loc>https://status.example.com/sitemap-2.xml</loc></sitemap>",
        ] {
            assert!(xml.contains(part), "{xml}");
        }
    }
}
