//! The public site as files: which there are, their names, and what is in each.

use std::borrow::Cow;

use super::dependence::Changed;
use super::document::CachePolicy;
use super::public_page::{Format, Page};
use super::public_pages::{depends_on, documents_of_incident, find, list};
use super::rendering::{HTML, not_found_text, render_text};
use crate::domain::slug::Slug;
use crate::render::feeds::entry::FeedScope;
use crate::render::html::moved;
use crate::snapshot::Snapshot;
use crate::urls;

/// The file for whatever isn't there; hosts know it by this name.
const NOT_FOUND: &str = "404.html";

/// How files are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// In a folder, where a page is the file `index.html` of a folder of its own.
    Files,
    /// In an object store, whose names are paths without folders, so that a page has its own path.
    Objects,
}

/// A file of the site.
#[derive(Debug)]
pub struct StaticFile {
    /// Its name, such as `history/index.html`, or `history` as an object.
    pub name: String,
    /// When it is written: after all with a lower number, which it may link to.
    pub place: u8,
    content: StaticContent,
}

/// What is in a file, and what a web server says of it.
#[derive(Debug)]
pub struct StaticText {
    /// The text.
    pub body: String,
    /// How it is served.
    pub headers: FileHeaders,
}

/// What a web server says of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHeaders {
    /// The value of the `Content-Type` header.
    pub media_type: Cow<'static, str>,
    /// How long it may be cached.
    pub policy: CachePolicy,
}

#[derive(Debug)]
enum StaticContent {
    /// A page.
    Page(Page),
    /// A document for programs, once more at a former address.
    Former(Page),
    /// A page that leads on from a former address to that of this incident.
    Moved(Slug),
    /// The page for paths that lead nowhere.
    NotFound,
}

/// Every file of the site, in the order in which they are written: pages before those that link to
/// them, the home page last.
pub fn list_files(snapshot: &Snapshot, naming: Naming) -> Vec<StaticFile> {
    let mut pages = list(snapshot);
    pages.sort_by_key(place);
    let home = pages.pop_if(|page| *page == Page::Home);
    let of_page = |page: Page| StaticFile {
        name: file_name(&page.path(), naming),
        place: place(&page),
        content: StaticContent::Page(page),
    };
    let mut files: Vec<StaticFile> = pages.into_iter().map(of_page).collect();
    files.extend(list_moved(snapshot, naming));
    files.push(StaticFile {
        name: NOT_FOUND.to_owned(),
        place: AFTER_PAGES,
        content: StaticContent::NotFound,
    });
    files.extend(home.map(of_page));
    files
}

/// The name of the file for a path. Where a path names a folder, hosts look for `index.html` in it.
pub fn file_name(path: &str, naming: Naming) -> String {
    let path = path.trim_start_matches('/');
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.is_empty() {
        return format!("{path}index.html");
    }
    match naming {
        Naming::Files if !last.contains('.') => format!("{path}/index.html"),
        Naming::Files | Naming::Objects => path.to_owned(),
    }
}

/// Two names that can't be in one folder: both are the same, or one is a file and, for the other,
/// a folder.
pub fn find_clash<'n>(names: impl Iterator<Item = &'n str>) -> Option<(&'n str, &'n str)> {
    let mut sorted: Vec<&str> = names.collect();
    sorted.sort_unstable();
    if let Some(same) = sorted.windows(2).find(|two| two[0] == two[1]) {
        return Some((same[0], same[1]));
    }
    let folder_of = |name: &'n str| name.rsplit_once('/').map(|(folder, _)| folder);
    sorted.iter().find_map(|name| {
        let folders = std::iter::successors(folder_of(name), |folder| folder_of(folder));
        let is_file = |folder: &&str| sorted.binary_search(folder).is_ok();
        folders.filter(is_file).map(|file| (file, *name)).next()
    })
}

/// What is at former addresses. A program makes nothing of a page that leads on, so documents for
/// programs are there once more.
fn list_moved(snapshot: &Snapshot, naming: Naming) -> Vec<StaticFile> {
    let file = |path: &str, content| StaticFile {
        name: file_name(path, naming),
        place: AFTER_PAGES,
        content,
    };
    let feed = |format| StaticContent::Former(Page::Feed(FeedScope::Site, format));
    let mut moved = vec![
        file(urls::STATUSPAGE_RSS, feed(Format::Rss)),
        file(urls::STATUSPAGE_ATOM, feed(Format::Atom)),
    ];
    for (former, present) in snapshot.redirects.iter() {
        let path = urls::incident(former);
        let is_taken = find(snapshot, &path).is_some();
        if is_taken || snapshot.posts.find(present).is_none() {
            continue;
        }
        moved.push(file(&path, StaticContent::Moved(present.clone())));
        let documents = documents_of_incident(former).zip(documents_of_incident(present));
        moved.extend(documents.map(|(at, page)| file(&at.path(), StaticContent::Former(page))));
    }
    moved
}

/// When the files are written that no page links to.
const AFTER_PAGES: u8 = 10;

/// When a page is written: one that others link to comes before them.
fn place(page: &Page) -> u8 {
    match page {
        Page::BrandStylesheet(_) | Page::Badge(_) | Page::BadgeJson(_) => 0,
        Page::IncidentMarkdown(_)
        | Page::IncidentJson(_)
        | Page::Feed(FeedScope::Incident(_), _)
        | Page::SubscribeToIncident(_) => 1,
        Page::Incident(_) => 2,
        Page::ComponentMonth(..) => 3,
        Page::Component(_) => 4,
        Page::Month(..) | Page::Components | Page::Embed => 5,
        Page::Feed(FeedScope::Site | FeedScope::Group(_) | FeedScope::Component(_), _)
        | Page::Calendar(_)
        | Page::Statuspage(_) => 6,
        Page::History | Page::Subscribe => 7,
        Page::SitemapPart(_) | Page::Robots => 8,
        Page::Sitemap => 9,
        Page::Home => AFTER_PAGES + 1,
    }
}

impl StaticFile {
    /// Whether it may be different now. `None` as `changed` means that everything may be.
    pub fn is_affected(&self, snapshot: &Snapshot, changed: Option<&Changed>) -> bool {
        let Some(changed) = changed else {
            return true;
        };
        match &self.content {
            StaticContent::Page(page) => {
                let mut depends_on = depends_on(snapshot, page).into_iter();
                depends_on.any(|on| changed.affects(&on))
            }
            // Something else may have been at that address until now.
            StaticContent::Former(_) | StaticContent::Moved(_) => true,
            // It says how things are now.
            StaticContent::NotFound => true,
        }
    }

    /// What is in it; `None` only if the snapshot isn't the one that it was listed for.
    pub fn render(&self, snapshot: &Snapshot) -> Option<StaticText> {
        match &self.content {
            StaticContent::Page(page) | StaticContent::Former(page) => {
                let text = render_text(snapshot, page)?;
                Some(StaticText {
                    body: text.body,
                    headers: FileHeaders::new(text.media_type, text.policy),
                })
            }
            StaticContent::Moved(slug) => {
                let post = snapshot.posts.find(slug)?;
                let page = moved::page(snapshot, &urls::incident(slug), &post.title);
                Some(StaticText::html(page.into_string()))
            }
            StaticContent::NotFound => Some(StaticText::html(not_found_text(snapshot))),
        }
    }
}

impl StaticText {
    fn html(body: String) -> Self {
        let headers = FileHeaders::new(HTML, CachePolicy::Live);
        Self { body, headers }
    }
}

impl FileHeaders {
    /// Headers with this `Content-Type`.
    pub fn new(media_type: impl Into<Cow<'static, str>>, policy: CachePolicy) -> Self {
        Self {
            media_type: media_type.into(),
            policy,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_an_ending_is_a_folder_or_an_object() {
        let check = |path: &str, file: &str, object: &str| {
            assert_eq!(file_name(path, Naming::Files), file);
            assert_eq!(file_name(path, Naming::Objects), object);
        };
        check("/", "index.html", "index.html");
        check("/history", "history/index.html", "history");
        check(
            "/history/2013/02",
            "history/2013/02/index.html",
            "history/2013/02",
        );
        for name in [
            "incidents/selma.json",
            "incidents/selma/feed.rss",
            "api/v2/summary.json",
        ] {
            check(&format!("/{name}"), name, name);
        }
    }

    #[test]
    fn a_file_and_a_folder_of_one_name_clash() {
        let check = |names: &[&str], clash: Option<(&str, &str)>| {
            assert_eq!(find_clash(names.iter().copied()), clash, "{names:?}");
        };
        check(&["a/index.html", "a.json", "a/b/c", "index.html"], None);
        check(&["a/b", "a.b", "a"], Some(("a", "a/b")));
        check(&["x/y/z/w", "a", "x/y"], Some(("x/y", "x/y/z/w")));
        check(&["b", "a", "b"], Some(("b", "b")));
    }
}
