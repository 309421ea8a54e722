//! The activity log on the staff pages: in words, searched, in parts, as a table.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::Browser;

async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new()
        .at("2013-02-26T06:30:00Z")
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let body = json!({"title": "Selma is down", "components": {"selma": "major_outage"}});
    app.post("/incidents", body).await.expect(201);
    app.advance(Duration::hours(1));
    let state = json!({"state": "degraded", "note": "Slow <now>."});
    app.post("/components/nelson/state", state)
        .await
        .expect(200);
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

/// The lines of the list.
async fn lines(app: &TestApp, browser: &mut Browser, query: &str) -> Vec<String> {
    let path = format!("/staff/record{query}");
    let page = browser.get(app, &path).await.expect(200);
    let list = page.text().split("<ol").nth(1).unwrap_or_default();
    let list = list.split("</ol>").next().unwrap_or_default();
    list.split("<li>").skip(1).map(str::to_owned).collect()
}

#[tokio::test]
async fn a_line_says_in_words_what_changed() {
    let (mut app, mut browser) = start().await;
    let path = "/incidents/selma-is-down/updates";
    let made = app.post(path, json!({"markdown": "Mail is dwon."})).await;
    let id = made.expect(201).json()["id"].as_str().map(str::to_owned);
    let path = format!("{path}/{}", id.expect("an id"));
    let body = json!({"markdown": "Mail is down."});
    app.api("PATCH", &path, Some(body)).await.expect(200);
    let lines = lines(&app, &mut browser, "").await;
    assert!(lines[0].contains("corrected an update to"), "{}", lines[0]);
    for part in ["dwon.</del>", "down.</ins>", "Mail is "] {
        assert!(lines[0].contains(part), "{}", lines[0]);
    }
    let state = lines
        .iter()
        .find(|line| line.contains("changed the state of"))
        .expect("it is there");
    for part in [
        ">Nelson<",
        "Degraded</ins>",
        "Slow &lt;now&gt;.",
        "February 26 at 12:30 am MST",
        "via the API",
    ] {
        assert!(state.contains(part), "{part}: {state}");
    }
}

#[tokio::test]
async fn it_is_searched_by_actor_component_incident_and_day() {
    let (app, mut browser) = start().await;
    let check = async |browser: &mut Browser, query: &str, expected: &[&str]| {
        let lines = lines(&app, browser, query).await;
        assert_eq!(lines.len(), expected.len(), "{query}: {lines:?}");
        for (line, part) in lines.iter().zip(expected) {
            assert!(line.contains(part), "{query}: {line}");
        }
    };
    check(
        &mut browser,
        "?actor=&component=nelson&incident=&day=2013-02-26",
        &["changed the state"],
    )
    .await;
    check(
        &mut browser,
        "?component=nelson&day=2013-02-25",
        &["Nelson"],
    )
    .await;
    check(&mut browser, "?incident=selma-is-down", &["posted"]).await;
    check(
        &mut browser,
        "?actor=test&day=2013-02-26",
        &["signed in", "changed the state"],
    )
    .await;
    let form = browser
        .get(&app, "/staff/record?component=nelson&day=2013-02-26")
        .await
        .expect(200);
    assert!(form.text().contains("<option value=\"nelson\" selected>"));
    assert!(form.text().contains("value=\"2013-02-26\""));
}

#[tokio::test]
async fn an_incident_is_found_by_a_part_of_its_title_and_days_are_a_span() {
    let (mut app, mut browser) = start().await;
    let body = json!({"title": "50% of Störungen", "markdown": "Mail."});
    app.post("/incidents", body).await.expect(201);
    for (query, count) in [
        ("?incident=selma%20IS", 1),
        ("?incident=is-do", 1),
        ("?incident=50%25%20of", 1),
        ("?incident=st%C3%B6rung", 1),
        ("?component=nelson&from=2013-02-26&to=2013-02-26", 1),
        ("?component=nelson&from=2013-02-20&to=2013-02-24", 0),
        ("?component=nelson&to=2013-02-25", 1),
        ("?component=nelson&from=2013-02-27", 0),
    ] {
        let found = lines(&app, &mut browser, query).await;
        assert_eq!(found.len(), count, "{query}: {found:?}");
    }
    for query in ["?incident=5_%25%20of", "?incident=%25%25"] {
        let path = format!("/staff/record{query}");
        browser.get(&app, &path).await.expect(422);
    }
    let page = browser.get(&app, "/staff/record?day=2013-02-26").await;
    let page = page.text();
    let from = page.split("name=\"from\"").nth(1).expect("a field");
    assert!(from.contains("value=\"2013-02-26\""), "{page}");
    assert!(
        from.contains("for=\"field-from\">Tuesday</output>"),
        "{page}"
    );
}

#[tokio::test]
async fn everybody_has_one_name_in_the_search() {
    let (mut app, mut browser) = start().await;
    let plan = json!({"title": "New disks", "kind": "maintenance",
        "starts": "2013-02-26T07:31:00Z", "ends": "2013-02-26T07:40:00Z"});
    app.post("/incidents", plan).await.expect(201);
    app.advance(Duration::hours(1));
    app.refresh_site().await;
    let page = browser.get(&app, "/staff/record").await.expect(200);
    let (page, search) = (page.text(), page.text().split("</select>").next());
    assert!(page.contains("<strong>The clock</strong>"), "{page}");
    let search = search.expect("a list");
    assert!(search.contains("<option value=\"clock\">The clock</option>"));
    assert_eq!(search.matches("clock").count(), 2, "{search}");
}

#[tokio::test]
async fn what_is_added_to_a_draft_reads_as_that() {
    let (mut app, mut browser) = start().await;
    let body = json!({"title": "Ruby is slow", "draft": true, "update": {"markdown": "We look."}});
    app.post("/incidents", body).await.expect(201);
    let lines = lines(&app, &mut browser, "?incident=ruby").await.join("");
    assert!(lines.contains("saved a draft of"), "{lines}");
    assert!(lines.contains("added an update to the draft of"), "{lines}");
    assert!(!lines.contains("posted an update"), "{lines}");
}

#[tokio::test]
async fn the_table_has_two_columns_for_each_field_that_changed() {
    let (app, mut browser) = start().await;
    let body = json!({"title": "Selma is slow"});
    let path = "/incidents/selma-is-down";
    app.api("PATCH", path, Some(body)).await.expect(200);
    let reply = browser.get(&app, "/staff/record.csv").await.expect(200);
    let text = reply.text();
    let heading = text.lines().next().expect("a heading");
    let column = |name: &str| heading.split(',').position(|it| it == name);
    for name in ["title before", "title after", "state before", "state after"] {
        assert!(column(name).is_some(), "{name}: {heading}");
    }
    let edited = text.lines().find(|line| line.contains("edit_incident"));
    let cells: Vec<_> = edited.expect("a line").split(',').collect();
    assert_eq!(cells[column("title before").expect("it")], "Selma is down");
    assert_eq!(cells[column("title after").expect("it")], "Selma is slow");
    assert!(!text.contains('{'), "{text}");
}

#[tokio::test]
async fn what_means_nothing_is_said_at_its_field_and_kept() {
    let (app, mut browser) = start().await;
    for (query, field) in [
        ("?day=yesterday&incident=selma-is-down", "from"),
        ("?to=2013-02-30", "to"),
        ("?incident=nowhere", "incident"),
        ("?component=ruby", "component"),
        ("?actor=nobody", "actor"),
    ] {
        let path = format!("/staff/record{query}");
        let page = browser.get(&app, &path).await.expect(422);
        let text = page.text();
        assert!(
            text.contains(&format!("id=\"field-{field}-wrong\"")),
            "{text}"
        );
        assert!(text.contains(&format!("href=\"#field-{field}\"")), "{text}");
    }
    let page = browser
        .get(&app, "/staff/record?day=yesterday&incident=selma-is-down")
        .await;
    assert!(page.text().contains("value=\"yesterday\""));
    assert!(page.text().contains("value=\"selma-is-down\""));
    for query in ["?before=x", "?colour=red", "?limit=0"] {
        let path = format!("/staff/record{query}");
        browser.get(&app, &path).await.expect(422);
    }
}

#[tokio::test]
async fn it_is_read_in_parts() {
    let (app, mut browser) = start().await;
    let all = lines(&app, &mut browser, "").await;
    let mut query = "?limit=2".to_owned();
    let mut found = Vec::new();
    loop {
        found.extend(lines(&app, &mut browser, &query).await);
        let path = format!("/staff/record{query}");
        let page = browser.get(&app, &path).await.expect(200);
        let Some(older) = page.text().split("\">Older").next() else {
            break;
        };
        if !page.text().contains("\">Older") {
            break;
        }
        let older = older.rsplit("/staff/record").next().expect("a link");
        query = older.replace("&amp;", "&");
    }
    assert_eq!(found, all);
}

#[tokio::test]
async fn it_is_saved_as_a_table_of_what_was_asked_for() {
    let (app, mut browser) = start().await;
    let page = browser
        .get(&app, "/staff/record?incident=selma-is-down")
        .await
        .expect(200);
    assert!(
        page.text()
            .contains("/staff/record.csv?incident=selma-is-down")
    );
    let reply = browser
        .get(&app, "/staff/record.csv?incident=selma-is-down")
        .await
        .expect(200);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        reply
            .header("content-disposition")
            .contains("activity-log.csv")
    );
    assert_eq!(reply.text().lines().count(), 2);
    assert!(reply.text().contains("Selma is down"));
    let reply = browser.get(&app, "/staff/record.csv?day=x").await;
    reply.expect(422);
}

#[tokio::test]
async fn files_and_steps_of_maintenance_have_words_of_their_own() {
    let file = |text: &str, update: &str| {
        format!(
            "---\ntitle: Ruby is slow\ndate: 2013-02-25 02:00\n---\n\n{text}\n\n\
             ## UPDATE 2/25/13 2:10 MST: identified\n\n{update}\n"
        )
    };
    let name = "incidents/2013-02-25-ruby-is-slow.md";
    let mut app = TestApp::new()
        .at("2013-02-26T06:30:00Z")
        .with_component("selma")
        .with_file(name, file("We lok.", "A disk."))
        .start()
        .await;
    app.write(name, file("We look.", "A disk."));
    app.sync(&[]).await.expect("it syncs");
    let plan = json!({"title": "New disks", "kind": "maintenance", "components": {"selma": "maintenance"},
        "starts": "2013-02-26T08:00:00Z", "ends": "2013-02-26T09:00:00Z"});
    app.post("/incidents", plan).await.expect(201);
    let steps = "/incidents/new-disks/maintenance";
    for body in [
        json!({"do": "extend", "ends": "2013-02-26T10:00:00Z"}),
        json!({"do": "start"}),
        json!({"do": "end"}),
    ] {
        app.post(steps, body).await.expect(201);
    }
    let mut browser = Browser::signed_in(&app).await;
    let all = lines(&app, &mut browser, "").await.join("\n");
    for (actor, deed, what) in [
        ("The file <bdi>", "posted", "Ruby is slow"),
        ("The file <bdi>", "corrected the post of", "Ruby is slow"),
        ("The file <bdi>", "added an update to", "Ruby is slow"),
        ("<bdi>test", "rescheduled", "New disks"),
        ("<bdi>test", "started", "New disks"),
        ("<bdi>test", "completed", "New disks"),
    ] {
        let line = all.lines().find(|line| {
            line.contains(actor) && line.contains(&format!("</strong> {deed} <strong"))
        });
        assert!(
            line.is_some_and(|line| line.contains(what)),
            "{deed}: {all}"
        );
    }
    assert!(!all.contains("did “"), "{all}");
    assert!(
        all.contains("<bdi>Selma</bdi>") || all.contains("Selma: Maintenance"),
        "{all}"
    );
    assert!(!all.contains("selma: maintenance"), "{all}");
}

#[tokio::test]
async fn a_page_of_it_is_short_enough_for_a_phone() {
    let (mut app, mut browser) = start().await;
    for number in 0..30 {
        let body = json!({"state": "degraded", "note": format!("Slow, {number}.")});
        app.post("/components/nelson/state", body).await.expect(200);
    }
    assert_eq!(lines(&app, &mut browser, "").await.len(), 20);
    let all = lines(&app, &mut browser, "?limit=100").await;
    assert!(all.len() > 30);
}
