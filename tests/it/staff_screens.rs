//! What the screens of the staff pages say before anything is done: what returns, what is missing,
//! what opens again, what begins.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, fields_of, post_again};

const PAGE: &str = "/staff/incidents/selma-is-down";
const FORM: &str = "/staff/incidents/selma-is-down/update";

async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"},
        "update": {"markdown": "We look.", "phase": "identified"}});
    app.post("/incidents", body).await.expect(201);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

/// The texts between tags, one space between them.
fn words(page: &str) -> String {
    let texts = page
        .split('<')
        .map(|part| part.split_once('>').map_or(part, |(_, text)| text));
    texts
        .collect::<Vec<_>>()
        .join(" ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[tokio::test]
async fn a_preview_has_an_address_and_after_posting_going_back_posts_nothing() {
    let (mut app, mut browser) = start().await;
    let sent = [("markdown", "Mail is up."), ("phase", "monitoring")];
    let asked = [&sent[..], &[("do", "preview")]].concat();
    let kept = browser.fill(&app, FORM, &asked).await.expect(303);
    let address = kept.header("location").to_owned();
    let shown = browser.get(&app, &address).await.expect(200);
    assert!(shown.text().contains("Preview: not posted yet"));
    assert!(shown.text().contains("Mail is up."));
    // Asked for once more, as browsers do, it is still there.
    let again = browser.get(&app, &address).await.expect(200);
    assert!(again.text().contains("Preview: not posted yet"));
    let done = post_again(&mut browser, &app, FORM, &shown, &[])
        .await
        .expect(303);
    let place = done.header("location").to_owned();
    // Back: a page by its address, with an empty form.
    let back = browser.get(&app, &address).await.expect(200);
    assert!(!back.text().contains("Mail is up."), "{}", back.text());
    // Back to a page that the browser kept, and sent from there.
    let twice = post_again(&mut browser, &app, FORM, &shown, &[])
        .await
        .expect(303);
    assert_eq!(twice.header("location"), place);
    app.refresh_site().await;
    let incident = app.incident("selma-is-down").expect("it is public");
    let said = incident
        .updates
        .iter()
        .filter(|it| it.markdown == "Mail is up.");
    assert_eq!(said.count(), 1);
    // What is only looked at isn’t what waits for whoever opens the form.
    browser.preview(&app, FORM, &sent).await.expect(200);
    let fresh = browser.get(&app, FORM).await.expect(200);
    assert!(!fresh.text().contains("Mail is up."));
}

#[tokio::test]
async fn a_state_that_is_chosen_counts_instead_of_the_return_and_the_form_says_so() {
    let (mut app, mut browser) = start().await;
    let form = browser.get(&app, FORM).await.expect(200);
    assert!(
        fields_of(form.text())
            .iter()
            .any(|(name, _)| name == "return.selma")
    );
    let sent = [
        ("markdown", "It runs, slowly."),
        ("phase", "resolved"),
        ("return.selma", "yes"),
        ("state.selma", "degraded"),
    ];
    let shown = browser.preview(&app, FORM, &sent).await.expect(200);
    let said = words(shown.text());
    assert!(
        said.contains("Selma doesn’t return: it becomes Degraded , as you chose"),
        "{said}"
    );
    let fields = fields_of(shown.text());
    assert!(
        !fields.iter().any(|(name, _)| name == "return.selma"),
        "{fields:?}"
    );
    post_again(&mut browser, &app, FORM, &shown, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
}

#[tokio::test]
async fn without_the_scope_a_form_says_what_is_missing_and_by_which_name() {
    let (app, mut browser) = start().await;
    let token = app.issue_token("writer", &[Scope::IncidentsWrite]).await;
    let mut writer = Browser::signed_in_with(&app, &token).await;
    let name = "“States” (states:write)";
    for path in [FORM, "/staff/new-incident", "/staff/new-maintenance"] {
        let page = writer.get(&app, path).await.expect(200);
        assert!(
            page.text().contains("Your token can’t change states"),
            "{path}"
        );
        assert!(page.text().contains(name), "{path}: {}", page.text());
        let mine = browser.get(&app, path).await.expect(200);
        assert!(
            !mine.text().contains("Your token can’t change states"),
            "{path}"
        );
    }
    let refused = writer
        .get(&app, "/staff/components/selma/state")
        .await
        .expect(403);
    assert!(refused.text().contains("Your token can’t do this"));
    assert!(refused.text().contains(name), "{}", refused.text());
    let refused = writer.get(&app, "/staff/record").await.expect(403);
    assert!(
        refused.text().contains("“Everything” (admin)"),
        "{}",
        refused.text()
    );
}

#[tokio::test]
async fn withdrawing_the_end_says_what_it_opens_again() {
    let (mut app, mut browser) = start().await;
    let end = json!({"markdown": "Up again.", "phase": "resolved"});
    let path = "/incidents/selma-is-down/updates";
    let made = app.post(path, end).await.expect(201).json();
    app.refresh_site().await;
    let id = made["id"].as_str().expect("an id");
    let page = format!("{PAGE}/updates/{id}/correct");
    let said = words(browser.get(&app, &page).await.expect(200).text());
    for part in [
        "This update ended the incident. Without it, the incident is open again : Identified",
        "Withdrawing it changes: Selma : Operational → Major outage",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let first = app.incident("selma-is-down").expect("it is public").updates[0]
        .id
        .clone();
    let page = format!("{PAGE}/updates/{first}/correct");
    let said = words(browser.get(&app, &page).await.expect(200).text());
    assert!(!said.contains("open again"), "{said}");
}

#[tokio::test]
async fn the_dashboard_begins_with_a_new_incident_and_finds_the_withdrawn() {
    let (app, mut browser) = start().await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    let main = desk.text().split("<main").nth(1).expect("a page");
    let (button, headline) = (main.find("New incident"), main.find("<h1"));
    assert!(button.is_some() && button < headline, "{main}");
    assert!(!main.contains("Withdrawn incidents"));
    let key = [("key", "a")];
    browser
        .post(&app, &format!("{PAGE}/withdraw"), &key)
        .await
        .expect(303);
    let desk = browser.get(&app, "/staff").await.expect(200);
    let list = desk
        .text()
        .split("Withdrawn incidents")
        .nth(1)
        .expect("a list");
    assert!(list.contains("Selma is down"), "{list}");
    let way = list.split("href=\"").nth(1).expect("a link");
    let way = way.split('"').next().expect("its end");
    let log = browser.get(&app, way).await.expect(200);
    assert!(log.text().contains("withdrew"), "{}", log.text());
}

#[tokio::test]
async fn an_update_of_a_file_says_where_it_stands() {
    let file = "incidents/2013-02-25-ruby.md";
    let text = "---\ntitle: Ruby is slow\ndate: 2013-02-25 02:00\n---\n\nWe look.\n\n\
        ## UPDATE 2/25/13 2:10 MST: identified\n\nA disk.\n";
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file(file, text)
        .start()
        .await;
    let path = "/incidents/ruby/updates";
    app.post(path, json!({"markdown": "A new disk."}))
        .await
        .expect(201);
    let mut browser = Browser::signed_in(&app).await;
    let page = browser.get(&app, "/staff/incidents/ruby").await.expect(200);
    let said = words(page.text());
    assert!(
        said.contains(&format!("In the file {file}:8 Copy the path")),
        "{said}"
    );
    assert!(page.text().contains(&format!("data-copy=\"{file}\"")));
    assert_eq!(page.text().matches(">Correct<").count(), 1, "{said}");
}

#[tokio::test]
async fn beginning_a_maintenance_asks_and_shows_what_will_be_said() {
    let (mut app, mut browser) = start().await;
    let plan = json!({"title": "New disks", "kind": "maintenance",
        "components": {"nelson": "maintenance"},
        "starts": "2013-02-28T05:00:00Z", "ends": "2013-02-28T07:00:00Z"});
    app.post("/incidents", plan).await.expect(201);
    app.refresh_site().await;
    let path = "/staff/incidents/new-disks/maintenance";
    let page = browser.get(&app, path).await.expect(200);
    let asked = page.text().split("<summary>Start now</summary>").nth(1);
    let asked = words(asked.expect("a question"));
    for part in [
        "Start now. The end time stays the same.",
        "Nelson becomes Maintenance",
        "Customers will read: “Maintenance on Nelson has started.”",
        "Yes, start now",
    ] {
        assert!(asked.contains(part), "{part}: {asked}");
    }
    // Beside a date stands its day.
    assert!(
        page.text()
            .contains("for=\"field-starts\">Wednesday</output>"),
        "{}",
        page.text()
    );
    let sent = [("step", "start"), ("key", "a")];
    browser.post(&app, path, &sent).await.expect(303);
    app.advance(Duration::minutes(1));
    app.refresh_site().await;
    let home = app.get("/incidents/new-disks").await;
    assert!(home.text().contains("Maintenance on Nelson has started."));
}

#[tokio::test]
async fn templates_are_offered_where_their_kind_is_written_and_stay_on_offer() {
    let work = "---\ntitle: \"Work on {{component}}\"\nkind: maintenance\n---\n\nWe work on {{component}}.\n";
    let down = "---\ntitle: \"{{component}} is down\"\nstate: major_outage\n---\n\nWe look.\n";
    let mut app = TestApp::new()
        .with_component("selma")
        .with_file("templates/planned-work.md", work)
        .with_file("templates/server-down.md", down)
        .start()
        .await;
    let mut browser = Browser::signed_in(&app).await;
    for (path, own, other) in [
        ("/staff/new-maintenance", "planned-work", "server-down"),
        ("/staff/new-incident", "server-down", "planned-work"),
    ] {
        let page = browser.get(&app, path).await.expect(200);
        let way = format!("{path}?template={own}");
        assert!(
            page.text().contains(&format!("href=\"{way}\"")),
            "{}",
            page.text()
        );
        assert!(!page.text().contains(other));
        let begun = browser.get(&app, &way).await.expect(200);
        assert!(begun.text().contains(&format!("href=\"{way}\"")), "{way}");
        assert!(begun.text().contains("Which component?"));
    }
    let way = "/staff/new-maintenance?template=planned-work&component=selma";
    let form = browser.get(&app, way).await.expect(200);
    let fields = fields_of(form.text());
    let value = |name: &str| {
        let found = fields.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str()).unwrap_or_default()
    };
    assert_eq!(value("title"), "Work on Selma");
    assert!(!value("starts").is_empty());
    let sent = [("state.selma", "maintenance")];
    post_again(&mut browser, &app, "/staff/new-maintenance", &form, &sent)
        .await
        .expect(303);
    app.refresh_site().await;
    let made = app.incident("work-on-selma").expect("it is planned");
    assert_eq!(made.markdown.trim(), "We work on Selma.");
}

#[tokio::test]
async fn a_new_component_takes_the_place_that_is_chosen() {
    let (mut app, mut browser) = start().await;
    let form = "/staff/new-component";
    let first = browser.get(&app, form).await.expect(200);
    assert!(
        !first.text().contains("name=\"before\""),
        "those of the file stay first"
    );
    browser
        .fill(&app, form, &[("name", "Ruby")])
        .await
        .expect(303);
    let sent = [("name", "Clark"), ("before", "ruby")];
    browser.fill(&app, form, &sent).await.expect(303);
    browser
        .fill(&app, form, &[("name", "Zoe")])
        .await
        .expect(303);
    app.refresh_site().await;
    let home = app.get("/").await;
    let place = |name: &str| home.text().find(&format!("dir=\"auto\">{name}</a>"));
    assert!(place("Clark").is_some(), "{}", home.text());
    assert!(place("Nelson") < place("Clark") && place("Clark") < place("Ruby"));
    assert!(place("Ruby") < place("Zoe"));
}

#[tokio::test]
async fn a_postmortem_is_offered_once_there_is_an_end() {
    let (mut app, mut browser) = start().await;
    let offers = async |browser: &mut Browser, app: &TestApp, path: &str| {
        let page = browser.get(app, path).await.expect(200);
        page.text().contains("value=\"postmortem\"")
    };
    assert!(!offers(&mut browser, &app, "/staff/new-incident").await);
    assert!(!offers(&mut browser, &app, FORM).await);
    let end = json!({"markdown": "Up again.", "phase": "resolved"});
    app.post("/incidents/selma-is-down/updates", end)
        .await
        .expect(201);
    assert!(offers(&mut browser, &app, FORM).await);
}
