//! Times without a label that announce something: they stay text when their time has come.

use chrono::Duration;
use lightship::store::settings::set_meta;
use serde_json::json;

use crate::support::app::TestApp;

const FILE: &str = "incidents/2013-02-25-switch.md";
const RENAMED: &str = "incidents/2013-02-25-new-switch.md";
const PLAN: &str = "We replace the switch:\n\n**Wednesday, February 27, 2013, 22:00 MST**\n\nAll \
                    servers are down.";

fn file(body: &str) -> String {
    format!("---\ntitle: A new switch\ndate: 2013-02-25 08:00\nkind: notice\n---\n\n{body}\n")
}

async fn app_with(body: &str) -> TestApp {
    TestApp::new().with_file(FILE, file(body)).start().await
}

fn texts(app: &TestApp, slug: &str) -> (String, Vec<String>) {
    let incident = app.incident(slug).expect("published");
    let updates = incident.updates.iter().map(|it| it.markdown.clone());
    (incident.markdown.clone(), updates.collect())
}

#[tokio::test]
async fn what_a_file_announces_stays_text_when_its_time_has_come() {
    let mut app = app_with(PLAN).await;
    assert_eq!(texts(&app, "switch"), (PLAN.to_owned(), Vec::new()));
    let page = app.get("/incidents/switch").await.expect(200);
    assert!(page.text().contains("All servers are down."));
    // Written as a file for another database, it says that it is text.
    let written = app.get("/incidents/switch.md").await.expect(200);
    let literal = format!("<!-- text -->\n{PLAN}\n<!-- end of text -->");
    assert!(written.text().contains(&literal), "{}", written.text());
    app.advance(Duration::days(3));
    app.sync(&[]).await.expect("synced");
    assert_eq!(texts(&app, "switch"), (PLAN.to_owned(), Vec::new()));
    // An edit elsewhere in the file changes nothing about it, and neither does a start.
    let longer = format!("{PLAN}\n\nUPDATE 2013-02-28 09:00 MST: It is done.");
    app.write(FILE, file(&longer));
    app.sync(&[]).await.expect("synced");
    let done = (PLAN.to_owned(), vec!["It is done.".to_owned()]);
    assert_eq!(texts(&app, "switch"), done);
    app.remove(FILE);
    app.write(RENAMED, file(&longer));
    app.sync(&[]).await.expect("synced");
    assert_eq!(texts(&app, "new-switch"), done);
}

#[tokio::test]
async fn a_line_that_is_new_is_judged_by_the_clock() {
    let mut app = app_with(PLAN).await;
    app.advance(Duration::days(3));
    app.write(FILE, file("We look.\n\n2013-02-26 09:00 MST – It is here."));
    app.sync(&[]).await.expect("synced");
    let told = ("We look.".to_owned(), vec!["It is here.".to_owned()]);
    assert_eq!(texts(&app, "switch"), told);
    // What was announced and is gone is forgotten: in a new database the clock judges, too.
    app.write(FILE, file(PLAN));
    app.sync(&[]).await.expect("synced");
    let (_, updates) = texts(&app, "switch");
    assert_eq!(updates, ["All servers are down."]);
}

#[tokio::test]
async fn what_a_file_announced_is_forgotten_once_the_file_is_gone() {
    let mut app = app_with(PLAN).await;
    app.advance(Duration::days(3));
    // Away for a moment only, such as while it is renamed.
    app.remove(FILE);
    app.sync(&[]).await.expect("synced");
    app.write(FILE, file(PLAN));
    app.sync(&[]).await.expect("synced");
    assert_eq!(texts(&app, "switch"), (PLAN.to_owned(), Vec::new()));
    app.remove(FILE);
    app.sync(&[FILE]).await.expect("synced");
    app.write(FILE, file(PLAN));
    app.sync(&[]).await.expect("synced");
    let (_, updates) = texts(&app, "switch");
    assert_eq!(updates, ["All servers are down."]);
}

#[tokio::test]
async fn lines_that_cannot_be_read_stop_the_sync() {
    let mut app = app_with(PLAN).await;
    let mut tx = app.app.state().store.begin().await.expect("begun");
    let broken = set_meta(&mut tx, "announced", "{").await;
    broken.expect("written");
    tx.commit().await.expect("committed");
    app.write(FILE, file("We look."));
    let error = app.sync(&[]).await.expect_err("refused");
    let said = format!("{error:#}");
    assert!(
        said.contains("the database contains something unreadable: announced"),
        "{said}"
    );
    assert_eq!(texts(&app, "switch"), (PLAN.to_owned(), Vec::new()));
}

#[tokio::test]
async fn what_a_post_of_the_api_announces_stays_text_when_it_is_edited() {
    let mut app = TestApp::new().start().await;
    let post = json!({"title": "A new switch", "kind": "notice", "markdown": PLAN});
    app.post("/incidents", post).await.expect(201);
    app.advance(Duration::days(3));
    let longer = format!("{PLAN}\n\nThank you.");
    let edit = json!({"markdown": longer});
    app.api("PATCH", "/incidents/a-new-switch", Some(edit))
        .await
        .expect(200);
    app.refresh_site().await;
    assert_eq!(texts(&app, "a-new-switch"), (longer, Vec::new()));
}

#[tokio::test]
async fn a_file_without_times_that_runs_backwards_is_over() {
    let body = "*Resolved* - Mail is up.\n\n*Monitoring* - We watch.\n\n*Investigating* - We look.";
    let text =
        format!("---\ntitle: Mail\ndate: 2013-02-25 08:00\nphase: resolved\n---\n\n{body}\n");
    let app = TestApp::new()
        .with_file("incidents/2013-02-25-mail.md", text)
        .start()
        .await;
    let body = app.get("/incidents/mail.json").await.json();
    assert_eq!(body["phase"], "resolved", "{body}");
}
