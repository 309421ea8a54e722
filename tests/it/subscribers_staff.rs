//! Subscribers on the staff pages: seen, searched, added, imported, suppressed, removed.

use lightship::domain::scope::Scope;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::staff::Browser;

const LIST: &str = "/staff/subscribers";
const ADD: &str = "/staff/new-subscriber";
const IMPORT: &str = "/staff/import-subscribers";

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let token = app.issue_token("desk", &[Scope::SubscribersWrite]).await;
    let browser = Browser::signed_in_with(&app, &token).await;
    (app, browser)
}

async fn subscribers(app: &TestApp) -> Vec<Value> {
    let list = app.api_get("/subscribers?limit=200").await.expect(200);
    list.json()["subscribers"]
        .as_array()
        .expect("a list")
        .clone()
}

#[tokio::test]
async fn a_subscriber_is_added_with_what_they_follow_and_how_they_agreed() {
    let (app, mut browser) = start().await;
    let empty = browser.get(&app, LIST).await.expect(200);
    assert!(empty.text().contains("Nobody is subscribed yet."));
    assert!(empty.text().contains("No mail is sent from here yet"));
    assert!(
        empty
            .text()
            .contains("href=\"/staff/subscribers\" aria-current")
    );
    let sent = [
        ("address", "dana@example.com"),
        ("consent", "by telephone"),
        ("follow.component.selma", "yes"),
    ];
    let done = browser.fill(&app, ADD, &sent).await.expect(303);
    let list = browser.get(&app, done.header("location")).await.expect(200);
    for text in [
        "Added. They are told from now on.",
        "1 subscriber has agreed.",
        "<bdi>dana@example.com</bdi>",
        "Follows Selma",
        ": by telephone",
    ] {
        assert!(list.text().contains(text), "{text}: {}", list.text());
    }
    let one = &subscribers(&app).await[0];
    assert_eq!(one["following"]["components"], json!(["selma"]));
    assert_eq!(one["consent"], "stated: by telephone");
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_what_was_typed_stays() {
    let (app, mut browser) = start().await;
    let typed = ("consent", "by telephone");
    for (sent, field) in [
        (vec![("address", "dana"), typed], "address"),
        (vec![("address", ""), typed], "address"),
        (
            vec![("address", "dana@example.com"), ("consent", "")],
            "consent",
        ),
        (
            vec![
                ("address", "dana@example.com"),
                typed,
                ("follow.component.clark", "yes"),
            ],
            "following",
        ),
    ] {
        let page = browser.fill(&app, ADD, &sent).await.expect(422);
        let page = page.text();
        assert!(
            page.contains(&format!("href=\"#field-{field}\"")),
            "{field}: {page}"
        );
        assert!(
            page.contains(&format!("id=\"field-{field}-wrong\"")),
            "{field}: {page}"
        );
        assert!(page.contains(&format!("value=\"{}\"", sent[0].1)), "{page}");
    }
    for (sent, field) in [
        (vec![("table", ""), typed], "table"),
        (vec![("table", "name\nDana"), typed], "table"),
        (
            vec![("table", "dana@example.com"), ("consent", "")],
            "consent",
        ),
    ] {
        let page = browser.fill(&app, IMPORT, &sent).await.expect(422);
        let page = page.text();
        assert!(
            page.contains(&format!("id=\"field-{field}-wrong\"")),
            "{field}: {page}"
        );
        assert!(page.contains(sent[0].1), "{page}");
    }
    let many = "x@example.com\n".to_owned()
        + &(0..2_001)
            .map(|n| format!("{n}@a.example\n"))
            .collect::<String>();
    let sent = [("table", many.as_str()), typed];
    let page = browser.fill(&app, IMPORT, &sent).await.expect(422);
    assert!(page.text().contains("These are 2,002 lines"));
    assert_eq!(subscribers(&app).await, [json!(null); 0]);
}

#[tokio::test]
async fn pasted_lines_are_imported_and_those_that_can_t_be_are_listed() {
    let (app, mut browser) = start().await;
    let sent = [
        ("table", "dana@example.com\nlee@example.com\n"),
        ("consent", "by contract"),
    ];
    let done = browser.fill(&app, IMPORT, &sent).await.expect(303);
    let list = browser.get(&app, done.header("location")).await.expect(200);
    assert!(list.text().contains("2 added, 0 already there, 0 refused."));
    let table = "email,components\nkim@example.com,Selma\nnobody,\nlee@example.com,\n\
                 sam@example.com,clark\n";
    let sent = [
        ("table", table),
        ("consent", "by contract"),
        ("key", "once"),
    ];
    let page = browser.post(&app, IMPORT, &sent).await.expect(200);
    for text in [
        "1 added, 1 already there, 2 refused.",
        "Line 3: ",
        "<bdi>nobody</bdi>",
        "Line 5: ",
        "<bdi>sam@example.com</bdi>",
    ] {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let all = subscribers(&app).await;
    assert_eq!(all.len(), 3);
    assert_eq!(all[2]["following"]["components"], json!(["selma"]));
    // The form sent again does nothing, and leads to the list.
    let again = browser.post(&app, IMPORT, &sent).await.expect(303);
    let list = browser
        .get(&app, again.header("location"))
        .await
        .expect(200);
    assert!(list.text().contains("1 added, 1 already there, 2 refused."));
    assert_eq!(subscribers(&app).await, all);
}

#[tokio::test]
async fn buttons_suppress_allow_and_remove_once() {
    let (app, mut browser) = start().await;
    let sent = [("table", "dana@example.com"), ("consent", "by contract")];
    browser.fill(&app, IMPORT, &sent).await.expect(303);
    let id = subscribers(&app).await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let path = |what: &str| format!("{LIST}/{id}/{what}");
    let search = ("search", "dana");
    browser
        .post(&app, &path("suppress"), &[("key", "0")])
        .await
        .expect(422);
    let sent = [("key", "1"), ("reason", "asked by telephone"), search];
    let done = browser
        .post(&app, &path("suppress"), &sent)
        .await
        .expect(303);
    let place = done.header("location").to_owned();
    assert_eq!(place, "/staff/subscribers?search=dana&done=suppressed");
    let list = browser.get(&app, &place).await.expect(200);
    assert!(list.text().contains("Suppressed. Nothing is sent"));
    assert!(list.text().contains(": asked by telephone"));
    assert!(list.text().contains("Not told: 1 suppressed."));
    assert!(list.text().contains(&path("allow")));
    browser
        .post(&app, &path("allow"), &[("key", "2")])
        .await
        .expect(303);
    // Pressed again, the first button leads to the same list, without the address that was searched.
    let again = browser
        .post(&app, &path("suppress"), &sent)
        .await
        .expect(303);
    assert_eq!(
        again.header("location"),
        "/staff/subscribers?done=suppressed"
    );
    assert_eq!(subscribers(&app).await[0]["suppressed"], Value::Null);
    let done = browser
        .post(&app, &path("remove"), &[("key", "3")])
        .await
        .expect(303);
    let list = browser.get(&app, done.header("location")).await.expect(200);
    assert!(
        list.text()
            .contains("Removed, with all that was known of them.")
    );
    assert!(!list.text().contains("dana@example.com"));
    browser
        .post(&app, &path("remove"), &[("key", "4")])
        .await
        .expect(404);
    let mut admin = Browser::signed_in(&app).await;
    let log = admin.get(&app, "/staff/record").await.expect(200);
    for words in [
        "imported",
        "suppressed the subscriber",
        "allowed again",
        "removed the subscriber",
    ] {
        assert!(log.text().contains(words), "{words}");
    }
    assert!(log.text().contains("d***@example.com") && !log.text().contains("dana@"));
}

#[tokio::test]
async fn a_long_list_is_searched_comes_in_pages_and_is_exported() {
    let (app, mut browser) = start().await;
    let many: String = (10..63).map(|n| format!("n{n}@example.com\n")).collect();
    let sent = [("table", many.as_str()), ("consent", "by contract")];
    browser.fill(&app, IMPORT, &sent).await.expect(303);
    let first = browser.get(&app, LIST).await.expect(200);
    assert!(first.text().contains("53 subscribers have agreed."));
    assert!(first.text().contains("n59@example.com") && !first.text().contains("n60@example.com"));
    let next = first
        .text()
        .split("href=\"/staff/subscribers?after=")
        .nth(1);
    let next = next
        .and_then(|it| it.split('"').next())
        .expect("a next page");
    let page = format!("{LIST}?after={next}");
    let second = browser.get(&app, &page).await.expect(200);
    assert!(
        second.text().contains("n60@example.com") && !second.text().contains("n59@example.com")
    );
    assert!(!second.text().contains(">More<"));
    let found = browser
        .get(&app, &format!("{LIST}?search=N42%40"))
        .await
        .expect(200);
    assert!(found.text().contains("n42@example.com") && !found.text().contains("n43@example.com"));
    let found = browser
        .get(&app, &format!("{LIST}?search=%00&after=odd"))
        .await;
    found.expect(200);
    let table = browser
        .get(&app, "/staff/subscribers.csv")
        .await
        .expect(200);
    assert_eq!(table.text().lines().count(), 54);
    assert!(
        table
            .header("content-disposition")
            .contains("subscribers.csv")
    );
}

#[tokio::test]
async fn without_the_scope_nothing_of_it_is_seen_or_done() {
    let (app, mut browser) = start().await;
    let sent = [("table", "dana@example.com"), ("consent", "by contract")];
    browser.fill(&app, IMPORT, &sent).await.expect(303);
    let before = subscribers(&app).await;
    let id = before[0]["id"].as_str().expect("an id");
    let scopes = [Scope::StatesWrite, Scope::IncidentsWrite];
    let token = app.issue_token("writer", &scopes).await;
    let mut writer = Browser::signed_in_with(&app, &token).await;
    let desk = writer.get(&app, "/staff").await.expect(200);
    assert!(!desk.text().contains(LIST));
    for path in [LIST, ADD, IMPORT, "/staff/subscribers.csv"] {
        let page = writer.get(&app, path).await.expect(403);
        assert!(
            page.text().contains("“Subscribers” (subscribers:write)"),
            "{path}"
        );
        assert!(!page.text().contains("dana@example.com"), "{path}");
    }
    let sent = [
        ("address", "lee@example.com"),
        ("table", "lee@example.com"),
        ("consent", "by contract"),
        ("reason", "none"),
    ];
    let mut forms = vec![ADD.to_owned(), IMPORT.to_owned()];
    forms.extend(["suppress", "allow", "remove"].map(|what| format!("{LIST}/{id}/{what}")));
    for path in &forms {
        let page = writer.post(&app, path, &sent).await.expect(403);
        assert!(!page.text().contains("dana@example.com"), "{path}");
    }
    let one = format!("/subscribers/{id}");
    let row = || json!({"address": "lee@example.com"});
    for (method, path, body) in [
        ("GET", "/subscribers", None),
        ("GET", "/subscribers/export", None),
        ("GET", one.as_str(), None),
        (
            "POST",
            "/subscribers",
            Some(json!({"address": "lee@example.com", "consent": "x"})),
        ),
        (
            "POST",
            "/subscribers/import",
            Some(json!({"consent": "x", "subscribers": [row()]})),
        ),
        (
            "POST",
            "/subscribers/bounces",
            Some(json!({"address": "dana@example.com", "kind": "complaint"})),
        ),
        ("PATCH", one.as_str(), Some(json!({"paused": true}))),
        ("DELETE", one.as_str(), None),
        (
            "POST",
            &format!("{one}/suppress"),
            Some(json!({"reason": "none"})),
        ),
        ("POST", &format!("{one}/allow"), None),
    ] {
        let reply = app.api_as(&token, method, path, &[], body).await;
        assert_eq!(reply.status, 403, "{method} {path}: {}", reply.text());
        assert!(
            reply.text().contains("subscribers:write"),
            "{method} {path}"
        );
        assert!(!reply.text().contains("dana@"), "{method} {path}");
    }
    assert_eq!(subscribers(&app).await, before);
}
