//! What becomes of updates as the entries of a file are edited.

use chrono::{DateTime, Duration, Utc};
use lightship::store::audit::{AuditEntry, AuditFilter, list_entries};
use serde_json::json;

use crate::support::app::TestApp;

const FILE: &str = "incidents/2013-02-25-selma.md";
const ONE: &str = "UPDATE (2013-02-25 09:00 MST): We found the cause.";
const TWO: &str = "UPDATE (2013-02-25 10:00 MST): Mail is up.";
const THREE: &str = "UPDATE (2013-02-25 11:00 MST): All is well.";

fn file(entries: &[&str]) -> String {
    let entries = entries.join("\n\n");
    format!("---\ntitle: Selma is down\ndate: 2013-02-25 08:00\n---\n\nWe look.\n\n{entries}\n")
}

async fn app_with(entries: &[&str]) -> TestApp {
    TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_file(FILE, file(entries))
        .start()
        .await
}

impl TestApp {
    async fn edit(&mut self, text: &str) {
        self.advance(Duration::minutes(1));
        self.write(FILE, text);
        let report = self.sync(&[]).await.expect("synced");
        assert!(report.problems.is_empty(), "{:?}", report.problems);
    }

    /// The id of the update whose text holds `text`, oldest first.
    fn id_of(&self, text: &str) -> String {
        let incident = self.incident("selma").expect("published");
        let found = incident.updates.iter().find(|u| u.markdown.contains(text));
        found
            .unwrap_or_else(|| panic!("{text:?} in {incident:?}"))
            .id
            .clone()
    }

    fn texts(&self) -> Vec<String> {
        let incident = self.incident("selma").expect("published");
        incident
            .updates
            .iter()
            .map(|u| u.markdown.clone())
            .collect()
    }
}

async fn record(app: &TestApp) -> Vec<AuditEntry> {
    let mut tx = app.app.state().store.read().await.expect("a view");
    list_entries(&mut tx, &AuditFilter::default(), 1000, None)
        .await
        .expect("the activity log")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[tokio::test]
async fn no_edit_of_an_entry_changes_its_id() {
    let mut app = app_with(&[ONE, TWO, THREE]).await;
    let ids = ["cause", "Mail", "well"].map(|text| app.id_of(text));
    for (what, entries) in [
        (
            "a typo mended",
            [&ONE.replace("found", "have found"), TWO, THREE].join("\n\n"),
        ),
        (
            "a time corrected",
            [ONE, &TWO.replace("10:00", "10:30"), THREE].join("\n\n"),
        ),
        ("two moved", [THREE, ONE, TWO].join("\n\n")),
        ("newest first", [THREE, TWO, ONE].join("\n\n")),
        (
            "an earlier one",
            ["UPDATE (2013-02-25 08:30 MST): Hm.", ONE, TWO, THREE].join("\n\n"),
        ),
        (
            "another form",
            format!("## UPDATE 2013-02-25 09:00 MST\n\nWe found the cause.\n\n{TWO}\n\n{THREE}"),
        ),
    ] {
        app.edit(&file(&[&entries])).await;
        assert_eq!(
            ["cause", "Mail", "well"].map(|text| app.id_of(text)),
            ids,
            "{what}"
        );
    }
}

#[tokio::test]
async fn an_entry_that_vanishes_is_withdrawn_and_comes_back_as_it_was() {
    let down = "## UPDATE 2013-02-25 10:00 MST\n\nMail is up.\n\n- Selma: migrating\n";
    let mut app = app_with(&[ONE, down]).await;
    app.edit(&file(&[
        ONE,
        &down.replace("Mail is up", "Mail is up again"),
    ]))
    .await;
    let before = app.incident("selma").expect("published");
    let id = app.id_of("Mail is up again");
    assert_eq!(app.state_of("selma"), "migrating");

    app.edit(&file(&[ONE])).await;
    assert_eq!(app.texts(), ["We found the cause."]);
    assert_eq!(app.state_of("selma"), "operational");
    assert!(!app.get("/feed.atom").await.text().contains("Mail is up"));
    let record = record(&app).await;
    let kept = record.iter().any(|line| {
        let before = line.before.as_deref().unwrap_or_default();
        line.action == "withdraw_update" && before.contains("Mail is up again")
    });
    assert!(kept, "{record:?}");

    app.edit(&file(&[
        ONE,
        &down.replace("Mail is up", "Mail is up again"),
    ]))
    .await;
    assert_eq!(app.id_of("Mail is up again"), id);
    assert_eq!(app.state_of("selma"), "migrating");
    let after = app.incident("selma").expect("published");
    assert_eq!(after.updates[1].public_at, before.updates[1].public_at);
    // Without its list it is the same entry, but does nothing to Selma.
    app.edit(&file(&[ONE])).await;
    app.edit(&file(&[
        ONE,
        "## UPDATE 2013-02-25 10:00 MST\n\nMail is up again.\n",
    ]))
    .await;
    assert_eq!(app.id_of("Mail is up again"), id);
    assert_eq!(app.state_of("selma"), "operational");
}

#[tokio::test]
async fn an_entry_without_a_time_in_a_known_file_gets_the_instant_it_was_first_seen() {
    let mut app = app_with(&[ONE, "**UPDATE:** It was there from the start."]).await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(incident.updates[1].at, incident.updates[0].at);

    app.advance(Duration::hours(1));
    let undated = "**UPDATE:** A second disk is broken as well.";
    app.edit(&file(&[ONE, undated])).await;
    let seen = instant("2013-02-26T10:16:00Z");
    let id = app.id_of("second disk");
    let find = |app: &TestApp| {
        let incident = app.incident("selma").expect("published");
        incident
            .updates
            .iter()
            .find(|u| u.id == id)
            .cloned()
            .expect("the same")
    };
    assert_eq!(find(&app).at, seen);
    // It keeps that instant and its id, also when a typo is mended and as other entries come.
    app.edit(&file(&[
        ONE,
        "**UPDATE:** A second disk is broken, too.",
        TWO,
    ]))
    .await;
    assert_eq!(find(&app).at, seen);
    assert!(find(&app).edited_at.is_some());
    let other = "**UPDATE:** Everyone has got their mail.";
    app.edit(&file(&[
        ONE,
        "**UPDATE:** A second disk is broken, too.",
        other,
    ]))
    .await;
    assert_eq!(find(&app).at, seen);
    assert_ne!(app.id_of("Everyone"), id);
}

#[tokio::test]
async fn a_text_changed_after_publication_is_marked_with_the_time() {
    let mut app = app_with(&[ONE, TWO]).await;
    let page = app.get("/incidents/selma").await;
    assert!(
        !page.text().to_lowercase().contains("edited"),
        "{}",
        page.text()
    );
    app.edit(&file(&[ONE, &TWO.replace("Mail", "All mail")]))
        .await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(incident.edited_at, None);
    assert_eq!(incident.updates[0].edited_at, None);
    assert_eq!(
        incident.updates[1].edited_at,
        Some(instant("2013-02-26T09:16:00Z"))
    );
    let page = app.get("/incidents/selma").await;
    assert!(
        page.text().to_lowercase().contains("edited"),
        "{}",
        page.text()
    );

    app.edit(&file(&[
        &ONE.replace("09:00", "09:10"),
        &TWO.replace("Mail", "All mail"),
    ]))
    .await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(
        incident.updates[0].edited_at,
        Some(instant("2013-02-26T09:17:00Z"))
    );
    assert_eq!(
        incident.updates[1].edited_at,
        Some(instant("2013-02-26T09:16:00Z"))
    );

    app.edit(&file(&[ONE, TWO]).replace("We look.", "We looked."))
        .await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(incident.edited_at, Some(instant("2013-02-26T09:18:00Z")));
    // Spaces that change nothing mark nothing.
    let spaced = file(&[ONE, TWO]).replace("We look.", "We looked.") + "\n\n";
    app.edit(&spaced).await;
    assert_eq!(*app.incident("selma").expect("published"), *incident);
}

#[tokio::test]
async fn old_texts_are_kept_in_the_record() {
    let mut app = app_with(&[ONE]).await;
    app.edit(&file(&[&ONE.replace("cause", "culprit")]).replace("We look.", "We looked."))
        .await;
    let record = record(&app).await;
    for old in ["We found the cause.", "We look."] {
        let keeps = |line: &AuditEntry| line.before.as_ref().is_some_and(|b| b.contains(old));
        assert!(record.iter().any(keeps), "{old}");
    }
}

#[tokio::test]
async fn a_feed_item_of_a_new_file_has_its_own_time_and_a_later_one_that_of_its_discovery() {
    let mut app = app_with(&[ONE]).await;
    app.edit(&file(&[ONE, TWO])).await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(incident.public_at, instant("2013-02-25T15:00:00Z"));
    assert_eq!(
        incident.updates[0].public_at,
        instant("2013-02-25T16:00:00Z")
    );
    assert_eq!(
        incident.updates[1].public_at,
        instant("2013-02-26T09:16:00Z")
    );
    assert_eq!(incident.updates[1].at, instant("2013-02-25T17:00:00Z"));
}

#[tokio::test]
async fn an_entry_in_the_future_is_shown_and_published_when_its_time_has_come() {
    let later = "UPDATE (2013-02-26 04:15 MST): The night is over.";
    let mut app = app_with(&[ONE]).await;
    app.edit(&file(&[ONE, later])).await;
    assert_eq!(app.texts(), ["We found the cause."]);
    app.advance(Duration::hours(2));
    app.refresh_site().await;
    let incident = app.incident("selma").expect("published");
    assert_eq!(
        incident.updates[1].public_at,
        instant("2013-02-26T11:15:00Z")
    );
}

#[tokio::test]
async fn ids_in_comments_are_kept_and_one_that_is_taken_is_a_warning() {
    let stated =
        |id: &str| format!("## UPDATE 2013-02-25 09:00 MST\n\n<!-- id: {id} -->\n\nText {id}.");
    let mut app = app_with(&[&stated("one"), &stated("two")]).await;
    assert_eq!(
        (app.id_of("one"), app.id_of("two")),
        ("one".to_owned(), "two".to_owned())
    );
    app.write(
        "incidents/copy.md",
        file(&["## UPDATE 2013-02-25 09:00 MST\n\n<!-- id: three -->\n\nText."]),
    );
    app.sync(&[]).await.expect("synced");
    // Everything about it is another, but the comment says that it is the same.
    let moved = "## UPDATE 2013-02-25 10:10 MST\n\n<!-- id: one -->\n\nQuite different.";
    app.edit(&file(&[&stated("two"), moved])).await;
    assert_eq!(app.id_of("Quite different."), "one");
    // The entry moves to the other file: there it is another update.
    app.edit(&file(&[&stated("two")])).await;
    app.write("incidents/copy.md", file(&[moved]));
    let report = app.sync(&[]).await.expect("synced");
    assert!(
        report.problems[0].message.contains("\"one\""),
        "{:?}",
        report.problems
    );
    let copy = app.incident("copy").expect("published");
    assert_ne!(copy.updates[0].id, "one");
    assert_eq!(app.texts(), ["Text two."]);
}

#[tokio::test]
async fn an_entry_that_states_the_id_of_an_update_made_by_api_takes_it_over() {
    let mut app = app_with(&[ONE]).await;
    let update = json!({"markdown": "By hand.", "components": {"selma": "degraded"}});
    let made = app
        .post("/incidents/selma/updates", update)
        .await
        .expect(201)
        .json();
    let id = made["id"].as_str().expect("an id").to_owned();
    let entry = format!(
        "## UPDATE 2013-02-26 02:15 MST\n\n<!-- id: {id} -->\n\nBy hand.\n\n- Selma: degraded\n"
    );
    app.edit(&file(&[ONE, &entry])).await;
    assert_eq!(app.texts(), ["We found the cause.", "By hand."]);
    assert_eq!(app.id_of("By hand."), id);
    let path = format!("/incidents/selma/updates/{id}");
    let refused = app
        .api("PATCH", &path, Some(json!({"markdown": "No."})))
        .await
        .expect(409);
    assert!(refused.text().contains(FILE));
    assert_eq!(app.state_of("selma"), "degraded");
}

#[tokio::test]
async fn a_comment_that_names_no_component_takes_nothing_down() {
    let mut app = app_with(&[ONE]).await;
    let entry =
        "## UPDATE 2013-02-25 10:00 MST\n\n<!-- id: a; names: selma, nowhere -->\n\nText.\n";
    app.edit(&file(&[ONE, entry])).await;
    let incident = app.incident("selma").expect("published");
    let names: Vec<_> = incident.updates[1]
        .mentions
        .iter()
        .map(|slug| slug.as_str())
        .collect();
    assert_eq!(names, ["selma"]);
}
