//! The company's own logo, icon, colour and links on its pages.

use crate::support::app::TestApp;
use crate::support::staff::Browser;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 1\"/>";

const BRAND: &str = "\n[brand]\nlogo = \"media/our logo.svg\"\nlogo_dark = \"media/dark.svg\"\n\
    favicon = \"media/icon.svg\"\naccent = \"#7a1fa2\"\n\
    links = [{ text = \"Control panel\", url = \"https://panel.example.com\" }]\n";

async fn branded() -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_site(BRAND)
        .with_file("media/our logo.svg", SVG)
        .with_file("media/dark.svg", SVG)
        .with_file("media/icon.svg", SVG)
        .start()
        .await
}

/// The addresses of the stylesheets of a page.
fn stylesheets(page: &str) -> Vec<String> {
    let links = page.split("<link rel=\"stylesheet\" href=\"").skip(1);
    links
        .filter_map(|rest| rest.split('"').next())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_logo_stands_in_the_header_with_the_name_as_its_text() {
    let app = branded().await;
    for path in ["/", "/history", "/components/selma", "/nowhere"] {
        let page = app.get(path).await;
        let page = page.text();
        let logo = "<a class=\"site\" href=\"/\" dir=\"auto\"><picture>\
            <source srcset=\"/media/dark.svg\" media=\"screen and (prefers-color-scheme: dark)\">\
            <img src=\"/media/our%20logo.svg\" alt=\"Example status\" height=\"40\"></picture></a>";
        assert!(page.contains(logo), "{page}");
        assert!(page.contains("<link rel=\"icon\" href=\"/media/icon.svg\">"));
        assert!(
            page.contains("<a href=\"https://panel.example.com\" dir=\"auto\">Control panel</a>")
        );
        assert!(!page.contains("style="), "{page}");
    }
    for path in [
        "/media/our%20logo.svg",
        "/media/dark.svg",
        "/media/icon.svg",
    ] {
        assert_eq!(app.get(path).await.expect(200).text(), SVG);
    }
}

#[tokio::test]
async fn the_accent_comes_in_a_stylesheet_that_is_kept_for_good() {
    let app = branded().await;
    let home = app.get("/").await.expect(200);
    assert!(
        home.header("content-security-policy")
            .contains("style-src 'self';")
    );
    let sheets = stylesheets(home.text());
    let [_, brand] = &sheets[..] else {
        panic!("{sheets:?}");
    };
    let sheet = app.get(brand).await.expect(200);
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert!(sheet.header("cache-control").contains("immutable"));
    assert!(
        sheet.text().contains(":root{--link:#7a1fa2}"),
        "{}",
        sheet.text()
    );
    assert!(
        sheet.text().contains("dark){:root{--link:#"),
        "{}",
        sheet.text()
    );
    app.get("/assets/brand-000000000000.css").await.expect(404);
    let sitemap = app.get("/sitemap.xml").await;
    assert!(!sitemap.text().contains(".css"), "{}", sitemap.text());
    // Staff have it, too: buttons take the same colour.
    let mut browser = Browser::signed_in(&app).await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    assert!(stylesheets(desk.text()).contains(brand));
}

#[tokio::test]
async fn another_accent_is_another_stylesheet_and_no_brand_none() {
    let mut app = branded().await;
    let before = stylesheets(app.get("/").await.text());
    let plain = TestApp::new().with_component("selma").start().await;
    let site = |app: &TestApp| {
        std::fs::read_to_string(app.content().join("site.toml")).expect("it is there")
    };
    app.write("site.toml", site(&app).replace("#7a1fa2", "#0b5a94"));
    app.sync(&[]).await.expect("synced");
    let after = stylesheets(app.get("/").await.text());
    assert_eq!((before.len(), after.len()), (2, 2));
    assert_ne!(before[1], after[1]);
    app.get(&before[1]).await.expect(404);
    app.get(&after[1]).await.expect(200);
    // A process that reads only the database has it, too.
    app.restart().await;
    assert_eq!(stylesheets(app.get("/").await.text()), after);
    // Taken out again, the page is what it was without.
    app.write("site.toml", site(&plain));
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.get("/").await.text(), plain.get("/").await.text());
    assert!(!plain.get("/").await.text().contains("brand"));
}

#[tokio::test]
async fn a_colour_that_cannot_be_read_leaves_the_last_good_page() {
    let mut app = branded().await;
    let before = app.get("/").await.text().to_owned();
    let site = std::fs::read_to_string(app.content().join("site.toml")).expect("it is there");
    app.write("site.toml", site.replace("#7a1fa2", "#ffcc00"));
    let report = app.sync(&[]).await;
    let said = match report {
        Ok(report) => format!("{:?}", report.problems),
        Err(error) => format!("{error:#}"),
    };
    assert!(said.contains("#ffcc00"), "{said}");
    assert_eq!(app.get("/").await.text(), before);
}
