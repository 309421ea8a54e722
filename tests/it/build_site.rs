//! The public site as files: which there are, what is in them, and what is written when.

use std::collections::BTreeSet;
use std::fs;

use chrono::Duration;
use lightship::site::public_page::Page;
use lightship::site::static_files::{Naming, list_files};
use percent_encoding::percent_decode_str;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::every_page::every_page;
use crate::support::static_folder::{StaticFolder, assert_current, catch_up, file_of, write};

const BASE_URL: &str = "https://status.example.com";
const SELMA: &str = "incidents/2013-02-25-selma.md";
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"/>";

fn post(title: &str, components: &str, text: &str) -> String {
    format!(
        "---\ntitle: {title}\ndate: 2013-02-25 08:00\ncomponents: {{{components}}}\n---\n\n{text}\n"
    )
}

/// An application with every kind of page, media, and an incident whose address has changed.
async fn app() -> TestApp {
    let text = "See ![the disk](media/disks/old%20disk.svg) and [the list](media/list.txt).";
    let selma = post("Selma is down", "selma: degraded", text);
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(SELMA, selma.replace("title:", "id: selma-id\ntitle:"))
        .with_file("media/disks/old disk.svg", SVG)
        .with_file("media/list.txt", "A, B")
        .with_file("media/.hidden", "no")
        .start_with_every_page()
        .await;
    app.remove(SELMA);
    let moved = post("Selma & mail are down", "selma: degraded", text);
    app.write(
        "incidents/2013-02-25-selma-and-mail.md",
        moved.replace("title:", "id: selma-id\ntitle:"),
    );
    app.sync(&[]).await.expect("synced");
    app
}

/// A page without what needs a server.
fn without_server(html: &str) -> String {
    let mut html = html.to_owned();
    for (begin, end) in [
        ("<script src=\"/assets/live.js\"", "</script>"),
        (" data-tone=\"", "\""),
        ("<p><a href=\"/subscribe/incident/", "</a></p>"),
    ] {
        while let Some(from) = html.find(begin) {
            let inner = from + begin.len();
            let to = inner + html[inner..].find(end).expect("its end") + end.len();
            html.replace_range(from..to, "");
        }
    }
    html
}

#[tokio::test]
async fn every_page_is_a_file_with_what_the_server_gives_but_for_what_needs_it() {
    let app = app().await;
    let folder = StaticFolder::new();
    let report = folder.build(&app).await;
    let names = folder.names();
    assert_eq!((report.files, report.written), (names.len(), names.len()));
    let mut expected: BTreeSet<String> = [
        "404.html",
        "assets/copy.js",
        "assets/embed.css",
        "assets/lightship.css",
        "favicon.svg",
        "history.atom",
        "history.rss",
        "incidents/selma.json",
        "incidents/selma.md",
        "incidents/selma/feed.atom",
        "incidents/selma/feed.json",
        "incidents/selma/feed.rss",
        "incidents/selma/index.html",
        "media/disks/old disk.svg",
        "media/list.txt",
    ]
    .map(str::to_owned)
    .into();
    for page in every_page(&app) {
        let path = page.path();
        let served = app.get(&path).await.expect(200);
        let found = file_of(&path, &names);
        if matches!(page, Page::SubscribeToIncident(_)) {
            assert_eq!(found, None, "{path}");
            continue;
        }
        let name = found.unwrap_or_else(|| panic!("{path} isn't there"));
        let text = folder.text(&name);
        if page == Page::Subscribe {
            assert!(served.text().contains("By e-mail") && served.text().contains("<form"));
            assert!(
                text.contains("By feed reader") && !text.contains("mail</h2>"),
                "{text}"
            );
        } else {
            assert_eq!(text, without_server(served.text()), "{path}");
        }
        expected.insert(name);
    }
    assert_eq!(names, expected);
    for (name, path) in [
        ("404.html", "/nowhere"),
        ("assets/lightship.css", "/assets/lightship.css"),
        ("favicon.svg", "/favicon.svg"),
        ("media/disks/old disk.svg", "/media/disks/old%20disk.svg"),
        (
            "incidents/selma/feed.atom",
            "/incidents/selma-and-mail/feed.atom",
        ),
        ("history.rss", "/feed.rss"),
    ] {
        assert_eq!(folder.text(name), app.get(path).await.text(), "{name}");
    }
    let home = app.get("/").await;
    assert_ne!(
        home.text(),
        without_server(home.text()),
        "something is left out"
    );
}

#[tokio::test]
async fn pages_come_before_those_that_link_to_them_and_the_home_page_comes_last() {
    let app = app().await;
    let site = app.app.state().site.current();
    let files = list_files(site.snapshot(), Naming::Files)
        .into_iter()
        .map(|file| file.name);
    let files: Vec<String> = files.collect();
    let place = |part: &str| {
        let found = files.iter().position(|name| name.contains(part));
        found.unwrap_or_else(|| panic!("{part} in {files:?}"))
    };
    for (first, then) in [
        ("assets/brand-", "incidents/selma-and-mail/index.html"),
        (
            "incidents/selma-and-mail/feed.rss",
            "incidents/selma-and-mail/index.html",
        ),
        (
            "incidents/selma-and-mail/index.html",
            "components/selma/index.html",
        ),
        (
            "components/ada/2013/01/index.html",
            "components/ada/index.html",
        ),
        ("components/selma/index.html", "history/2013/02/index.html"),
        ("history/2013/02/index.html", "history/index.html"),
        (
            "incidents/selma-and-mail/index.html",
            "incidents/selma/index.html",
        ),
        ("history/index.html", "sitemap.xml"),
    ] {
        assert!(place(first) < place(then), "{first} before {then}");
    }
    assert_eq!(files.last().map(String::as_str), Some("index.html"));
}

#[tokio::test]
async fn a_former_address_leads_on() {
    let app = app().await;
    let folder = StaticFolder::new();
    folder.build(&app).await;
    let location = app.get("/incidents/selma").await.expect(301);
    assert_eq!(location.header("location"), "/incidents/selma-and-mail");
    let page = folder.text("incidents/selma/index.html");
    for part in [
        "<meta http-equiv=\"refresh\" content=\"0; url=/incidents/selma-and-mail\">",
        "<link rel=\"canonical\" href=\"https://status.example.com/incidents/selma-and-mail\">",
        "<a href=\"/incidents/selma-and-mail\">Selma &amp; mail are down</a>",
        "<meta name=\"robots\" content=\"noindex\">",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
}

/// The values of attributes that lead somewhere.
fn links(html: &str) -> Vec<String> {
    let names = [" href=\"", " src=\"", " srcset=\"", " action=\"", "; url="];
    let found = names.into_iter().flat_map(|name| html.split(name).skip(1));
    let values = found.filter_map(|rest| rest.split(['"', ' ']).next());
    values.map(|value| value.replace("&amp;", "&")).collect()
}

#[tokio::test]
async fn every_link_leads_to_a_file() {
    let app = app().await;
    let folder = StaticFolder::new();
    folder.build(&app).await;
    let names = folder.names();
    let mut count = 0;
    let mut check = |file: &str, link: &str| {
        let path = link.split(['#', '?']).next().unwrap_or_default();
        let path = percent_decode_str(path).decode_utf8().expect("UTF-8");
        assert!(file_of(&path, &names).is_some(), "{file} leads to {link}");
        count += 1;
    };
    for (name, bytes) in folder.files() {
        let text = String::from_utf8(bytes).expect("UTF-8");
        if name.ends_with(".html") {
            assert!(!text.contains("<form"), "{name}");
            assert!(!text.contains("/assets/live.js"), "{name}");
            for link in links(&text) {
                let link = link.strip_prefix(BASE_URL).unwrap_or(&link);
                match link {
                    "" => check(&name, "/"),
                    _ if link.starts_with('/') => check(&name, link),
                    _ => assert!(
                        link.starts_with('#') || link.contains(':'),
                        "{name} leads to {link}"
                    ),
                }
            }
        }
        // Feeds, data and the sitemap name absolute URLs.
        for rest in text
            .split(BASE_URL)
            .skip(1)
            .filter(|rest| rest.starts_with('/'))
        {
            let end = rest.find(|c: char| c.is_whitespace() || "\"<>'&)\\;,".contains(c));
            check(&name, &rest[..end.unwrap_or(rest.len())]);
        }
    }
    assert!(count > 500, "{count} links");
}

#[tokio::test]
async fn what_is_the_same_stays_untouched() {
    let app = app().await;
    let folder = StaticFolder::new();
    folder.build(&app).await;
    let before = folder.stamps();
    let manifest = fs::metadata(folder.path.join(".lightship-build.json")).expect("a file");
    let report = folder.build(&app).await;
    assert_eq!((report.written, report.deleted, report.kept), (0, 0, 0));
    assert_eq!(report.files, before.len());
    assert_eq!(folder.written_since(&before), BTreeSet::new());
    let after = fs::metadata(folder.path.join(".lightship-build.json")).expect("a file");
    let written = |it: &fs::Metadata| it.modified().expect("a time");
    assert_eq!(written(&after), written(&manifest));
    // What something else has changed is mended.
    folder.write("index.html", "Hacked.");
    let report = folder.build(&app).await;
    assert_eq!(report.written, 1);
    assert_eq!(
        folder.written_since(&before),
        ["index.html".to_owned()].into()
    );
}

#[tokio::test]
async fn a_change_writes_what_shows_it_and_nothing_else() {
    let nelson = post("Nelson is slow", "nelson: degraded", "A disk.");
    let clark = post("Clark was down", "clark: degraded", "A fuse.");
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_component("clark")
        .with_file(
            "incidents/2013-01-25-clark.md",
            clark.replace("02-25", "01-25"),
        )
        .with_file("incidents/2013-02-25-nelson.md", nelson)
        .start()
        .await;
    let folder = StaticFolder::new();
    let mut site = folder.open(&app).await.expect("it opens");
    write(&mut site).await.expect("all of it");
    assert_eq!(catch_up(&mut site).await, None, "nothing has changed");

    let before = folder.stamps();
    let body = json!({"markdown": "It is replaced.", "components": {"nelson": "degraded"}});
    app.post("/incidents/nelson/updates", body)
        .await
        .expect(201);
    catch_up(&mut site).await.expect("an update");
    let written = folder.written_since(&before);
    for name in [
        "index.html",
        "feed.rss",
        "history/index.html",
        "history/2013/02/index.html",
        "incidents/nelson/index.html",
        "incidents/nelson.md",
        "incidents/nelson/feed.json",
        "components/nelson/feed.atom",
        "api/v2/summary.json",
    ] {
        assert!(written.contains(name), "{name} of {written:?}");
    }
    let is_other = |name: &String| {
        [
            "selma",
            "clark",
            "history/2013/01",
            "assets",
            "sitemap",
            "calendar",
        ]
        .iter()
        .any(|part| name.contains(part))
    };
    let others: Vec<_> = written.iter().filter(|name| is_other(name)).collect();
    assert!(others.is_empty(), "{others:?}");
    assert_current(&folder, &app).await;

    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    catch_up(&mut site).await.expect("an incident");
    assert!(
        folder
            .names()
            .contains("incidents/selma-is-down/index.html")
    );
    assert_current(&folder, &app).await;

    // Time alone: a day ends.
    app.advance(Duration::days(1));
    app.refresh_site().await;
    catch_up(&mut site).await.expect("another day");
    assert_current(&folder, &app).await;

    // Settings change everything.
    app.write(
        "site.toml",
        "name = \"Other\"\nbase_url = \"https://status.example.com\"\ntime_zone = \"UTC\"\n\
         [[components]]\nslug = \"selma\"\nname = \"Selma 2\"\n",
    );
    app.sync(&[]).await.expect("synced");
    catch_up(&mut site).await.expect("other settings");
    assert!(folder.text("index.html").contains("<title>Other</title>"));
    assert_current(&folder, &app).await;
}

#[tokio::test]
async fn an_address_that_another_incident_had_for_a_while_leads_on_again() {
    let mut app = app().await;
    let folder = StaticFolder::new();
    let mut site = folder.open(&app).await.expect("it opens");
    write(&mut site).await.expect("all of it");
    let page = "incidents/selma/index.html";
    assert!(folder.text(page).contains("has moved"));
    app.write(SELMA, post("Another", "selma: degraded", "Another one."));
    app.sync(&[]).await.expect("synced");
    catch_up(&mut site).await.expect("another incident");
    assert!(folder.text(page).contains("Another one."));
    app.remove(SELMA);
    app.sync(&[SELMA]).await.expect("synced");
    catch_up(&mut site).await.expect("it is gone");
    assert!(folder.text(page).contains("has moved"));
    assert_current(&folder, &app).await;
}
