//! Components of one name in several groups, and groups that stand for all that is in them.

use lightship::app::content_sync;
use serde_json::json;

use crate::support::app::TestApp;

const GROUPS: &str = "\n[[components]]\nslug = \"api-us\"\nname = \"API\"\ngroup = \"United States\"\n\
    [[components]]\nslug = \"api-eu\"\nname = \"API\"\ngroup = \"Europe\"\n\
    [[components]]\nslug = \"mail\"\nname = \"Mail\"\ngroup = \"Europe\"\n\
    [[components]]\nslug = \"power\"\nname = \"Power\"\n\
    [[components]]\nslug = \"web\"\nname = \"Web\"\ngroup = \"Power\"\n";

const FILE: &str = "incidents/2013-02-25-out.md";

fn post(components: &str, body: &str) -> String {
    format!(
        "---\ntitle: Out\ndate: 2013-02-25 08:00\ncomponents: {components}\n---\n\nWe look.\n\n{body}\n"
    )
}

async fn app() -> TestApp {
    TestApp::new().with_site(GROUPS).start().await
}

fn states(app: &TestApp) -> [String; 5] {
    ["api-us", "api-eu", "mail", "power", "web"].map(|slug| app.state_of(slug))
}

#[tokio::test]
async fn where_a_name_is_not_unique_its_group_is_said() {
    let mut app = app().await;
    let made = json!({"title": "Out", "markdown": "We look.",
        "components": {"api-us": "major_outage", "api-eu": "major_outage", "mail": "degraded"}});
    app.post("/incidents", made).await.expect(201);
    let home = app.get("/").await.expect(200);
    assert!(
        home.text()
            .contains("API (United States) and API (Europe) are down, and Mail is degraded."),
        "{}",
        home.text()
    );
    for path in [
        "/incidents/out",
        "/components/api-eu",
        "/subscribe",
        "/feed.atom",
        "/components/api-eu/feed.rss",
    ] {
        let page = app.get(path).await.expect(200);
        assert!(
            page.text().contains("API (Europe)"),
            "{path}: {}",
            page.text()
        );
        assert!(!page.text().contains("Mail (Europe)"), "{path}");
    }
    // In files and for machines it stays its name.
    let file = app.get("/incidents/out.md").await.expect(200);
    assert!(
        file.text().contains("api-eu: major_outage"),
        "{}",
        file.text()
    );
    let public = app.api("GET", "/components", None).await.expect(200);
    assert!(!public.text().contains("API ("), "{}", public.text());
}

#[tokio::test]
async fn a_name_that_may_be_several_is_an_error_that_names_the_slugs() {
    let mut app = app().await;
    for text in [
        post("{API: degraded}", ""),
        post("[Mail, api]", ""),
        post(
            "mail",
            "UPDATE 2013-02-25 09:00 MST: It is worse.\n\n- API: degraded\n",
        ),
        post(
            "mail",
            "## UPDATE 2013-02-25 09:00 MST\n\nIt is worse.\n\n- api: degraded\n",
        ),
    ] {
        app.write(FILE, &text);
        let store = &app.app.state().store;
        let folder = app.content();
        let read = content_sync::read(store, &app.clock, &folder, Default::default());
        let content = read.await.expect("read");
        let told: Vec<_> = content
            .problems
            .iter()
            .map(|it| it.render("", false))
            .collect();
        if text.contains("UPDATE 2013-02-25 09:00 MST: It") && told.is_empty() {
            // A list behind the short form is text of the post.
            continue;
        }
        assert!(
            told.iter()
                .any(|it| it.starts_with("error: ") && it.contains("api-us, api-eu")),
            "{text}: {told:?}"
        );
        app.sync(&[]).await.expect("synced");
        assert!(app.incident("out").is_none());
    }
    for clear in ["api-eu", "\"API (Europe)\""] {
        app.write(FILE, post(&format!("{{{clear}: degraded}}"), ""));
        app.sync(&[]).await.expect("synced");
        assert_eq!(app.state_of("api-eu"), "degraded");
        app.remove(FILE);
        app.sync(&[FILE]).await.expect("synced");
    }
}

#[tokio::test]
async fn a_group_stands_for_all_of_its_components() {
    let mut app = app().await;
    for word in ["Europe", "europe"] {
        let components = format!("{{{word}: degraded, mail: major_outage}}");
        app.write(FILE, post(&components, ""));
        let report = app.sync(&[]).await.expect("synced");
        assert!(report.problems.is_empty(), "{:?}", report.problems);
        let wanted = [
            "operational",
            "degraded",
            "major_outage",
            "operational",
            "operational",
        ];
        assert_eq!(states(&app), wanted);
    }
    app.write(
        FILE,
        post(
            "[united-states]",
            "## UPDATE 2013-02-25 09:00 MST\n\nWorse.\n\n- Europe: degraded\n",
        ),
    );
    app.sync(&[]).await.expect("synced");
    let wanted = [
        "operational",
        "degraded",
        "degraded",
        "operational",
        "operational",
    ];
    assert_eq!(states(&app), wanted);
    let named = app.incident("out").expect("shown");
    assert!(named.mentions.iter().any(|slug| slug.as_str() == "api-us"));
}

#[tokio::test]
async fn a_component_goes_before_a_group_of_its_name_with_a_warning() {
    let mut app = app().await;
    app.write(FILE, post("{power: degraded}", ""));
    let store = &app.app.state().store;
    let folder = app.content();
    let read = content_sync::read(store, &app.clock, &folder, Default::default());
    let told = read.await.expect("read").problems[0].render("", false);
    assert!(
        told.starts_with("warning: ") && told.contains("a component and a group"),
        "{told}"
    );
    app.sync(&[]).await.expect("synced");
    assert_eq!(
        (app.state_of("power"), app.state_of("web")),
        ("degraded".into(), "operational".into())
    );
}

#[tokio::test]
async fn requests_name_groups_too() {
    let mut app = app().await;
    let made = json!({"title": "Out", "components": {"europe": "degraded", "mail": "major_outage"},
        "markdown": "We look."});
    app.post("/incidents", made).await.expect(201);
    let wanted = [
        "operational",
        "degraded",
        "major_outage",
        "operational",
        "operational",
    ];
    assert_eq!(states(&app), wanted);
    let update = json!({"markdown": "All.", "components": {"united-states": "degraded", "power": "degraded"}});
    app.post("/incidents/out/updates", update).await.expect(201);
    let wanted = [
        "degraded",
        "degraded",
        "major_outage",
        "degraded",
        "operational",
    ];
    assert_eq!(states(&app), wanted);
    let unknown = json!({"markdown": "All.", "components": {"asia": "degraded"}});
    app.post("/incidents/out/updates", unknown)
        .await
        .expect(422);
}
