//! Files whose names would give them the same address: each is shown, and none moves.

use serde_json::json;

use crate::support::app::TestApp;

const OLD: &str = "incidents/2011-03-01-network.md";
const NEW: &str = "incidents/2013-02-25-network.md";

fn post(title: &str, day: &str, text: &str) -> String {
    format!("---\ntitle: {title}\ndate: {day} 08:00\n---\n\n{text}\n")
}

fn with(key: &str, text: &str) -> String {
    text.replacen("title:", &format!("{key}\ntitle:"), 1)
}

fn old() -> String {
    post("Old outage", "2011-03-01", "A cable.")
}

fn new() -> String {
    post("New outage", "2013-02-25", "A switch.")
}

async fn app_with(files: &[(&str, String)]) -> TestApp {
    let mut builder = TestApp::new();
    for (name, text) in files {
        builder = builder.with_file(name, text);
    }
    builder.start().await
}

#[track_caller]
fn title_at(app: &TestApp, slug: &str) -> String {
    let incident = app.incident(slug);
    incident.map_or_else(|| format!("nothing at {slug}"), |it| it.title.clone())
}

#[track_caller]
fn check_places(app: &TestApp) {
    assert_eq!(title_at(app, "network"), "Old outage");
    assert_eq!(title_at(app, "network-2013-02-25"), "New outage");
}

#[tokio::test]
async fn a_name_that_is_used_again_is_shown_under_its_date_and_a_warning_says_so() {
    let mut app = app_with(&[(OLD, old())]).await;
    app.write(NEW, new());
    let report = app.sync(&[]).await.expect("synced");
    check_places(&app);
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    let told = report.moved[0].render("", false);
    for words in [
        "warning: ",
        NEW,
        "/incidents/network-2013-02-25",
        OLD,
        "\"slug:\" and \"id:\" into both files",
    ] {
        assert!(told.contains(words), "{told}");
    }
    let page = app.get("/incidents/network-2013-02-25").await.expect(200);
    assert!(page.text().contains("A switch."));
    // Once more, and with the newer one first in the folder's order.
    app.sync(&[]).await.expect("synced");
    check_places(&app);
    app.write(
        "incidents/2012-01-01-network.md",
        post("Between", "2012-01-01", "Between."),
    );
    app.sync(&[]).await.expect("synced");
    check_places(&app);
    assert_eq!(title_at(&app, "network-2012-01-01"), "Between");
}

#[tokio::test]
async fn in_a_new_database_the_older_post_has_the_name_alone() {
    // By date, not by name.
    let app = app_with(&[
        ("incidents/Network.md", new()),
        ("incidents/network.md", old()),
        (
            "incidents/network_.md",
            post("Third", "2013-02-25", "Once more."),
        ),
    ])
    .await;
    check_places(&app);
    assert_eq!(title_at(&app, "network-2013-02-25-2"), "Third");
}

#[tokio::test]
async fn an_address_stays_whatever_becomes_of_the_other_file() {
    let mut app = app_with(&[(OLD, old()), (NEW, new())]).await;
    check_places(&app);
    let id = app
        .incident("network-2013-02-25")
        .expect("shown")
        .id
        .clone();
    // It goes.
    app.remove(OLD);
    app.sync(&[]).await.expect("synced");
    app.sync(&[OLD]).await.expect("synced");
    assert_eq!(title_at(&app, "network-2013-02-25"), "New outage");
    app.get("/incidents/network").await.expect(404);
    // Another takes neither's place.
    let third = "incidents/2013-02-20-network.md";
    app.write(third, post("Third", "2013-02-20", "Once more."));
    app.sync(&[]).await.expect("synced");
    assert_eq!(title_at(&app, "network-2013-02-20"), "Third");
    // It comes back, under another name.
    app.write("incidents/2011-03-01-cable.md", old());
    app.sync(&[]).await.expect("synced");
    assert_eq!(title_at(&app, "cable"), "Old outage");
    assert_eq!(title_at(&app, "network-2013-02-25"), "New outage");
    // Its date is corrected, and its text.
    app.write(NEW, post("New outage", "2013-02-24", "Another switch."));
    app.sync(&[]).await.expect("synced");
    let after = app.incident("network-2013-02-25").expect("shown");
    assert_eq!(
        (after.id.as_str(), after.markdown.as_str()),
        (id.as_str(), "Another switch.")
    );
    // Its file is renamed to another day: the same post.
    app.remove(NEW);
    let moved = "incidents/2013-02-24-network.md";
    app.write(moved, post("New outage", "2013-02-24", "Another switch."));
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.incident("network-2013-02-25").expect("shown").id, id);
}

#[tokio::test]
async fn another_outage_is_not_the_one_whose_file_has_just_gone() {
    let mut app = app_with(&[(OLD, old())]).await;
    let id = app.incident("network").expect("shown").id.clone();
    app.remove(OLD);
    app.write(NEW, post("Old outage", "2013-02-25", "A switch."));
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.incident("network").expect("not gone yet").id, id);
    let new = app.incident("network-2013-02-25").expect("shown");
    assert_ne!(new.id, id);
}

#[tokio::test]
async fn only_a_slug_that_is_stated_is_refused_and_takes_nobody_down() {
    let mut app = app_with(&[(OLD, old())]).await;
    app.write(NEW, with("slug: network", &new()));
    app.write(
        "incidents/nelson.md",
        post("Nelson", "2013-02-25", "A neighbour."),
    );
    let report = app.sync(&[]).await.expect("synced");
    let told = report.problems[0].render("", false);
    assert!(
        told.starts_with("error: ") && told.contains(NEW) && told.contains(OLD),
        "{told}"
    );
    assert_eq!(title_at(&app, "network"), "Old outage");
    assert_eq!(title_at(&app, "nelson"), "Nelson");
    // Two new ones that state the same: the older has it.
    app.write(
        "incidents/1.md",
        with("slug: same", &post("Younger", "2013-02-25", "B.")),
    );
    app.write(
        "incidents/2.md",
        with("slug: same", &post("Older", "2013-02-24", "A.")),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(title_at(&app, "same"), "Older");
    assert_eq!(report.problems.len(), 2, "{:?}", report.problems);
    // The same with ids.
    app.write(
        "incidents/1.md",
        with("id: same", &post("Younger", "2013-02-25", "B.")),
    );
    app.write(
        "incidents/2.md",
        with("id: same", &post("Older", "2013-02-24", "A.")),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(report.problems.len(), 3, "{:?}", report.problems);
}

#[tokio::test]
async fn one_that_is_refused_keeps_what_it_had_and_so_does_who_wanted_that() {
    let files = [
        ("incidents/a.md", "A"),
        ("incidents/b.md", "B"),
        ("incidents/c.md", "C"),
    ];
    let text = |title: &str| post(title, "2013-02-25", title);
    let mut app = app_with(&files.map(|(file, title)| (file, text(title)))).await;
    app.write("incidents/a.md", with("slug: b", &text("A")));
    app.write("incidents/b.md", with("slug: c", &text("B")));
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(report.problems.len(), 2, "{:?}", report.problems);
    for (slug, title) in [("a", "A"), ("b", "B"), ("c", "C")] {
        assert_eq!(title_at(&app, slug), title);
    }
}

#[tokio::test]
async fn a_file_gives_way_to_an_incident_made_by_api() {
    let mut app = app_with(&[("incidents/known.md", post("Known", "2013-02-24", "Good."))]).await;
    for title in ["Network", "Network 2013-02-25"] {
        let made = json!({"title": title, "markdown": "By hand."});
        app.post("/incidents", made).await.expect(201);
    }
    app.write(NEW, new());
    app.write(
        "incidents/known.md",
        with("slug: network", &post("Known", "2013-02-24", "Moved.")),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(title_at(&app, "network-2013-02-25-2"), "New outage");
    let told = report.problems[0].render("", false);
    assert!(
        told.contains("incidents/known.md") && told.contains("\"Network\""),
        "{told}"
    );
    assert_eq!(report.problems.len(), 1);
    let page = app.get("/incidents/network").await.expect(200);
    assert!(page.text().contains("By hand."));
    let page = app.get("/incidents/known").await.expect(200);
    assert!(page.text().contains("Good."), "the last good version stays");
    // Withdrawn, it gives the address free to who asks for it.
    app.api("DELETE", "/incidents/network", None)
        .await
        .expect(200);
    let report = app.sync(&[]).await.expect("synced");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert!(
        app.get("/incidents/network")
            .await
            .text()
            .contains("Moved.")
    );
    assert_eq!(title_at(&app, "network-2013-02-25-2"), "New outage");
}

#[tokio::test]
async fn thousands_of_one_name_take_no_time_each_for_all_others() {
    let mut app = app_with(&[]).await;
    for number in 0..1500 {
        let day = format!("2012-{:02}-{:02}", number % 12 + 1, number / 12 % 28 + 1);
        let text = post("Network", &day, &format!("Number {number}."));
        app.write(
            &format!("incidents/{day}-network{}.md", "_".repeat(number / 336)),
            text,
        );
    }
    let report = app.sync(&[]).await.expect("synced");
    let files = std::fs::read_dir(app.content().join("incidents")).expect("a folder");
    assert_eq!(report.added, files.count());
    assert!(report.problems.is_empty());
}

#[tokio::test]
async fn signs_capitals_and_letters_of_any_script_make_an_address() {
    let mut app = app_with(&[]).await;
    for (name, slug) in [
        (
            "2013-02-25-Networking_problems v1.2.md",
            "networking-problems-v1-2",
        ),
        ("2013-02-25-Störung.md", "storung"),
        ("2013-02-25-Résolu (fin).md", "resolu-fin"),
        ("2013-02-25-сбой.md", "sboy"),
        ("2013-02-25-….md", "disruption-2013-02-25"),
    ] {
        app.write(
            &format!("incidents/{name}"),
            post(name, "2013-02-25", "Text."),
        );
        app.sync(&[]).await.expect("synced");
        assert_eq!(title_at(&app, slug), name);
    }
    for (title, slug) in [
        ("Störung", "storung-2"),
        ("Сбой почты", "sboy-pochty"),
        ("…", "disruption-2013-02-26"),
    ] {
        let made = json!({"title": title, "markdown": "Text."});
        let made = app.post("/incidents", made).await.expect(201).json();
        assert_eq!(made["slug"], slug);
    }
}
