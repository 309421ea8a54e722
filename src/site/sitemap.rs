//! The sitemap for search engines (<https://www.sitemaps.org/protocol.html>). A file may have a
//! limited number of addresses, so a larger site has an index of parts.

use super::public_page::Page;
use crate::urls;

/// The most addresses in one file.
pub(super) const MOST: usize = 50_000;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// The document at `/sitemap.xml`, for a site with these pages for people.
pub(super) fn whole(base_url: &str, pages: &[Page]) -> String {
    match parts(pages.len()) {
        0 => urlset(base_url, pages),
        parts => index(base_url, parts),
    }
}

/// One of its parts; the first is 1.
pub(super) fn part(base_url: &str, pages: &[Page], part: usize) -> Option<String> {
    let part = pages.chunks(MOST).nth(part.checked_sub(1)?)?;
    Some(urlset(base_url, part))
}

/// How many parts this many pages need; 0 if one file is enough.
pub(super) fn parts(pages: usize) -> usize {
    if pages > MOST {
        pages.div_ceil(MOST)
    } else {
        0
    }
}

// Paths consist of slugs and numbers, and base URLs are checked, so nothing needs escaping.

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
    use super::*;

    #[test]
    fn a_list_that_is_too_long_is_a_list_of_lists() {
        let check = |pages, wanted| assert_eq!(parts(pages), wanted, "{pages}");
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
