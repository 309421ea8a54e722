//! Badges, and the strip that other sites may frame.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lightship::domain::hash::sha256_bytes;
use lightship::site::public_page::Page;
use serde_json::{Value, json};

use crate::support::app::{Reply, TestApp};
use crate::support::every_page::every_page;

const SITE: &str = "\n[[components]]\nslug = \"selma\"\nname = \"Selma\"\ngroup = \"Servers\"\n\
    [[components]]\nslug = \"nelson\"\nname = \"<Nelson> & \\\"Co\\\"\"\ngroup = \"Servers\"\n\
    [[components]]\nslug = \"mail\"\nname = \"Mail\"\n";

async fn app() -> TestApp {
    TestApp::new().with_site(SITE).start().await
}

/// Label, word and colour of a badge; the image must say the same.
async fn badge(app: &TestApp, of: &str) -> [String; 3] {
    let data = app.get(&format!("{of}/badge.json")).await.expect(200);
    assert_eq!(data.header("content-type"), "application/json");
    let data = data.json();
    assert_eq!(data["schemaVersion"], 1);
    let field = |name: &str| data[name].as_str().expect("a text").to_owned();
    let found = ["label", "message", "color"].map(field);
    let image = app.get(&format!("{of}/badge.svg")).await.expect(200);
    assert_eq!(image.header("content-type"), "image/svg+xml; charset=utf-8");
    let mut texts = texts(&image);
    texts.retain(|text| !text.starts_with("text{"));
    assert_eq!(texts[1..], found[..2], "{}", image.text());
    assert!(texts[0].starts_with(&found[0]), "{texts:?}");
    found
}

/// The texts of an image, which must be well-formed.
fn texts(image: &Reply) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_reader(image.bytes.as_slice());
    let mut texts = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Start(_) => text.clear(),
            quick_xml::events::Event::Text(part) => {
                text.push_str(&part.decode().expect("UTF-8"));
            }
            quick_xml::events::Event::GeneralRef(part) => {
                let name = part.decode().expect("UTF-8");
                let whole = format!("&{name};");
                text.push_str(&quick_xml::escape::unescape(&whole).expect("an entity"));
            }
            quick_xml::events::Event::End(_) if !text.is_empty() => {
                texts.push(std::mem::take(&mut text));
            }
            quick_xml::events::Event::Eof => return texts,
            _ => {}
        }
    }
}

async fn open(app: &mut TestApp, title: &str, components: Value) {
    let body = json!({"title": title, "markdown": "We look.", "components": components});
    app.post("/incidents", body).await.expect(201);
}

#[tokio::test]
async fn a_badge_says_how_its_part_of_the_site_is_now() {
    let mut app = app().await;
    let works = ["Operational", "#1c7548"];
    let of = |label: &str, [word, colour]: [&str; 2]| [label, word, colour].map(str::to_owned);
    assert_eq!(badge(&app, "").await, of("Example status", works));
    open(&mut app, "Selma is down", json!({"selma": "major_outage"})).await;
    let down = ["Major outage", "#b3231f"];
    assert_eq!(badge(&app, "").await, of("Example status", down));
    assert_eq!(badge(&app, "/groups/servers").await, of("Servers", down));
    assert_eq!(badge(&app, "/components/selma").await, of("Selma", down));
    assert_eq!(badge(&app, "/components/mail").await, of("Mail", works));
    let nelson = badge(&app, "/components/nelson").await;
    assert_eq!(nelson, of("<Nelson> & \"Co\"", works));
    let image = app.get("/badge.svg").await;
    let title = "Example status: Selma is down. Everything";
    let said = &texts(&image)[0];
    assert!(
        said.starts_with("Example status: Selma is down."),
        "{said} {title}"
    );
    for path in [
        "/groups/mail/badge.svg",
        "/components/nowhere/badge.json",
        "/badge.png",
    ] {
        app.get(path).await.expect(404);
    }
}

#[tokio::test]
async fn while_an_incident_is_open_it_never_says_that_everything_works() {
    let mut app = app().await;
    open(
        &mut app,
        "Mail to two providers bounces",
        json!({"mail": null}),
    )
    .await;
    let found = badge(&app, "").await;
    assert_eq!(found[1..], ["Investigating", "#2a5ba8"]);
    let graver = json!({"title": "Data leak", "markdown": "We look.", "impact": "critical"});
    app.post("/incidents", graver).await.expect(201);
    assert_eq!(badge(&app, "").await[1..], ["Investigating", "#b3231f"]);
    let empty = TestApp::new().start().await;
    assert_eq!(badge(&empty, "").await[1..], ["No problems", "#1c7548"]);
}

#[tokio::test]
async fn only_the_strip_may_be_framed_and_only_one_page_frames() {
    let app = TestApp::new()
        .with_component("selma")
        .start_with_every_page()
        .await;
    for page in every_page(&app) {
        let path = page.path();
        let reply = app.get(&path).await.expect(200);
        let policy = reply.header("content-security-policy");
        let anyone = policy.contains("frame-ancestors *");
        assert_eq!(anyone, page == Page::Embed, "{path}: {policy}");
        assert_eq!(
            policy.contains("frame-ancestors 'none'"),
            !anyone,
            "{path}: {policy}"
        );
        let frames = policy.contains("frame-src");
        assert_eq!(frames, page == Page::Subscribe, "{path}: {policy}");
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(reply.header("x-frame-options"), "", "{path}");
        // A browser that has it applies the policy that confirms it.
        let again = axum::http::Request::get(&path)
            .header("if-none-match", reply.header("etag"))
            .body("".into())
            .expect("a request");
        let again = app.send(again).await.expect(304);
        let confirmed = again.header("content-security-policy");
        assert!(
            confirmed.is_empty() || confirmed == policy,
            "{path}: {confirmed}"
        );
        let is_usual = !anyone && !frames && !path.ends_with(".svg");
        assert!(is_usual || confirmed == policy, "{path}: {confirmed}");
    }
    for path in [
        "/nowhere",
        "/staff/sign-in",
        "/api/v1/site",
        "/healthz",
        "/embed/",
        "/media/x",
    ] {
        let reply = app.get(path).await;
        let policy = reply.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
    // The form's answer shows the same preview.
    let form = axum::http::Request::post("/subscribe")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("origin", "https://status.example.com")
        .body("email=nobody&what=everything&kind=incidents".into())
        .expect("a request");
    let reply = app.send(form).await.expect(422);
    assert!(reply.text().contains("src=\"/embed\""));
    assert!(
        reply
            .header("content-security-policy")
            .contains("frame-src 'self'")
    );
}

#[tokio::test]
async fn the_policy_of_a_badge_allows_its_own_stylesheet_and_nothing_else() {
    let app = app().await;
    let image = app.get("/badge.svg").await.expect(200);
    let css = image.text().split("<style>").nth(1).expect("a stylesheet");
    let css = css.split("</style>").next().expect("its end");
    let hash = STANDARD.encode(sha256_bytes(css));
    assert_eq!(
        image.header("content-security-policy"),
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
        )
    );
    assert!(!css.contains("url(") && !css.contains("@import"), "{css}");
}

#[tokio::test]
async fn the_strip_names_what_is_open_and_its_links_leave_the_frame() {
    let mut app = app().await;
    let calm = app.get("/embed").await.expect(200);
    assert!(
        calm.text().contains("Everything is working."),
        "{}",
        calm.text()
    );
    for (title, state) in [
        ("Selma <is> down", "major_outage"),
        ("Mail is slow", "degraded"),
        ("Mail bounces", "degraded"),
        ("Mail waits", "degraded"),
    ] {
        let part = if title.starts_with("Selma") {
            "selma"
        } else {
            "mail"
        };
        open(&mut app, title, json!({part: state})).await;
    }
    let strip = app.get("/embed").await.expect(200);
    let text = strip.text();
    assert!(
        text.contains("Selma is down and Mail is degraded."),
        "{text}"
    );
    assert!(
        text.contains("Selma &lt;is&gt; down") && text.contains("and 2 more"),
        "{text}"
    );
    assert!(text.contains("Mail waits"), "the newest of equals: {text}");
    let links: Vec<&str> = text.split("<a ").skip(1).collect();
    assert_eq!(links.len(), 3);
    for link in links {
        assert!(
            link.starts_with("href=\"https://status.example.com/"),
            "{link}"
        );
        assert!(
            link.contains("target=\"_blank\" rel=\"noopener\""),
            "{link}"
        );
    }
    assert!(text.contains("noindex"));
}
