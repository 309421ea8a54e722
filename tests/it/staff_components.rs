//! Components on the staff pages: listed, added, described, moved, retired, brought back.

use lightship::domain::scope::Scope;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled};

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new().with_component("selma").start().await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

async fn add(app: &TestApp, browser: &mut Browser, name: &str, group: &str) {
    let fields = [("name", name), ("group", group)];
    browser
        .fill(app, "/staff/new-component", &fields)
        .await
        .expect(303);
}

/// Presses the button of the list that says this.
async fn press(app: &TestApp, browser: &mut Browser, button: &str) -> String {
    let list = browser.get(app, "/staff/components").await.expect(200);
    assert!(list.text().contains(&format!("value=\"{button}\"")));
    let fields = filled(&list, &[("move", button)]);
    // Buttons of other forms aren't pressed.
    let key = fields.iter().find(|(name, _)| name == "key").expect("one");
    let sent = [("key", key.1.as_str()), ("move", button)];
    let reply = browser.post(app, "/staff/components", &sent).await;
    reply.expect(303).header("location").to_owned()
}

async fn order(app: &TestApp) -> String {
    let list = app.api_get("/components").await.json();
    let list = list["components"].as_array().expect("a list");
    let slugs: Vec<_> = list.iter().filter_map(|it| it["slug"].as_str()).collect();
    slugs.join(" ")
}

#[tokio::test]
async fn one_is_added_and_is_public() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("name", "Mail delivery"),
        ("group", "Shared services"),
        ("description", "To and from <others>"),
        ("since", "2009-05-01"),
    ];
    let reply = browser
        .fill(&app, "/staff/new-component", &sent)
        .await
        .expect(303);
    let list = browser
        .get(&app, reply.header("location"))
        .await
        .expect(200);
    assert!(list.text().contains("Mail delivery added (Operational)."));
    app.refresh_site().await;
    let page = app.get("/components/mail-delivery").await.expect(200);
    assert!(page.text().contains("To and from &lt;others&gt;"));
    let body = app.api_get("/components/mail-delivery").await.json();
    assert_eq!(body["since"], "2009-05-01");
    assert_eq!(body["group"], "Shared services");
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost() {
    let (app, mut browser) = start().await;
    let path = "/staff/new-component";
    let sent = [("name", " "), ("description", "kept"), ("since", "soon")];
    let reply = browser.fill(&app, path, &sent).await.expect(422);
    let page = reply.text();
    for part in [
        "href=\"#field-name\"",
        "id=\"field-name-wrong\"",
        "id=\"field-since-wrong\"",
        "value=\"kept\"",
        "value=\"soon\"",
        "autofocus",
        "<title>Error: ",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // The address of another one isn't written over.
    let reply = browser.fill(&app, path, &[("name", "Selma!")]).await;
    let reply = reply.expect(422);
    assert!(reply.text().contains("belongs to Selma"));
    let sent = filled(&reply, &[("slug", "selma-2")]);
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    browser.post(&app, path, &sent).await.expect(303);
    assert_eq!(order(&app).await, "selma selma-2");
    let reply = browser.fill(&app, path, &[("name", "…!")]).await;
    assert!(reply.expect(422).text().contains("id=\"field-slug-wrong\""));
}

#[tokio::test]
async fn one_is_described_anew_and_keeps_its_place() {
    let (app, mut browser) = start().await;
    add(&app, &mut browser, "Ruby", "Servers").await;
    add(&app, &mut browser, "Ida", "Servers").await;
    let path = "/staff/components/ruby";
    let form = browser.get(&app, path).await.expect(200);
    assert!(form.text().contains("value=\"Servers\""));
    let sent = [("name", "Ruby the second"), ("group", "")];
    browser.fill(&app, path, &sent).await.expect(303);
    let body = app.api_get("/components/ruby").await.json();
    assert_eq!(body["name"], "Ruby the second");
    assert!(body["group"].is_null());
    assert_eq!(order(&app).await, "selma ruby ida");
}

#[tokio::test]
async fn they_move_by_buttons_that_keep_the_focus() {
    let (app, mut browser) = start().await;
    for (name, group) in [("A", "One"), ("B", "One"), ("C", "Two"), ("D", "One")] {
        add(&app, &mut browser, name, group).await;
    }
    let place = press(&app, &mut browser, "up.d").await;
    assert_eq!(order(&app).await, "selma a d b c");
    let list = browser.get(&app, &place).await.expect(200);
    let button = list.text().split("value=\"up.d\"").nth(1).expect("there");
    let button = button.split('>').next().expect("its end");
    assert!(button.contains("autofocus"), "{button}");
    assert!(list.text().contains("D was moved."));
    let place = press(&app, &mut browser, "up.d").await;
    assert_eq!(order(&app).await, "selma d a b c");
    // It can't go on, so the other button has the focus.
    let list = browser.get(&app, &place).await.expect(200);
    let button = list.text().split("value=\"down.d\"").nth(1).expect("there");
    let button = button.split('>').next().expect("its end");
    assert!(button.contains("autofocus"), "{button}");
    press(&app, &mut browser, "group-up.Two").await;
    assert_eq!(order(&app).await, "selma c d a b");
}

#[tokio::test]
async fn a_double_tap_moves_once() {
    let (app, mut browser) = start().await;
    for name in ["A", "B", "C"] {
        add(&app, &mut browser, name, "").await;
    }
    let sent = [("key", "once"), ("move", "up.c")];
    for _ in 0..2 {
        let reply = browser.post(&app, "/staff/components", &sent).await;
        reply.expect(303);
    }
    assert_eq!(order(&app).await, "selma a c b");
    let other = [("key", "once"), ("move", "up.b")];
    let reply = browser.post(&app, "/staff/components", &other).await;
    assert!(reply.expect(409).text().contains("already sent"));
    assert_eq!(order(&app).await, "selma a c b");
}

#[tokio::test]
async fn one_is_retired_and_brought_back() {
    let (mut app, mut browser) = start().await;
    add(&app, &mut browser, "Ruby", "").await;
    let retire = "/staff/components/ruby/retire";
    let reply = browser.post(&app, retire, &[("key", "a")]).await;
    let place = reply.expect(303).header("location").to_owned();
    let list = browser.get(&app, &place).await.expect(200);
    assert!(list.text().contains("Ruby was retired."));
    assert!(list.text().contains("Bring back"));
    app.refresh_site().await;
    assert!(!app.get("/").await.text().contains("Ruby"));
    let form = browser.get(&app, "/staff/components/ruby").await;
    assert!(form.expect(409).text().contains("Bring it back first"));
    let back = "/staff/components/ruby/bring-back";
    browser.post(&app, back, &[("key", "b")]).await.expect(303);
    app.refresh_site().await;
    assert!(app.get("/").await.text().contains("Ruby"));
}

#[tokio::test]
async fn those_of_the_file_say_so_and_where() {
    let (app, mut browser) = start().await;
    let list = browser.get(&app, "/staff/components").await.expect(200);
    assert!(list.text().contains("in site.toml"));
    assert!(!list.text().contains("up.selma"));
    let path = "/staff/components/selma";
    let form = browser.get(&app, path).await.expect(409);
    assert!(form.text().contains("slug = &quot;selma&quot;"));
    let sent = [("name", "Other"), ("key", "a")];
    let reply = browser.post(&app, path, &sent).await.expect(409);
    assert!(reply.text().contains("site.toml"));
    let retire = "/staff/components/selma/retire";
    browser.post(&app, retire, &[]).await.expect(409);
    assert_eq!(order(&app).await, "selma");
}

#[tokio::test]
async fn only_admins_see_to_them() {
    let (app, mut admin) = start().await;
    for name in ["Nelson", "Ruby"] {
        add(&app, &mut admin, name, "").await;
    }
    let secret = app
        .issue_token("words", &[Scope::IncidentsWrite, Scope::StatesWrite])
        .await;
    let mut browser = Browser::signed_in_with(&app, &secret).await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    for path in [
        "/staff/components",
        "/staff/new-component",
        "/staff/tokens",
        "/staff/new-token",
        "/staff/record",
        "/staff/record.csv",
    ] {
        assert!(!desk.text().contains(&format!("\"{path}\"")), "{path}");
        browser.get(&app, path).await.expect(403);
    }
    let sent = [
        ("name", "Clark"),
        ("key", "a"),
        ("scope.admin", "yes"),
        ("move", "up.ruby"),
    ];
    for path in [
        "/staff/new-component",
        "/staff/components",
        "/staff/components/selma/retire",
        "/staff/new-token",
        "/staff/tokens/x/revoke",
    ] {
        browser.post(&app, path, &sent).await.expect(403);
    }
    assert_eq!(order(&app).await, "selma nelson ruby");
}
