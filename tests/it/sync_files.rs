//! What becomes of incidents as their files come, go and change names.

use chrono::Duration;
use serde_json::json;

use crate::support::app::TestApp;

const SELMA: &str = "incidents/2013-02-25-selma.md";

fn post(title: &str, text: &str) -> String {
    format!("---\ntitle: {title}\ndate: 2013-02-25 08:00\n---\n\n{text}\n")
}

fn down(title: &str) -> String {
    format!(
        "---\ntitle: {title}\ndate: 2013-02-25 08:00\ncomponents: {{selma: major_outage}}\n---\n\n\
         We look.\n\nUPDATE (2013-02-25 09:00 MST): We found the cause.\n"
    )
}

async fn app_with(files: &[(&str, String)]) -> TestApp {
    let mut builder = TestApp::new()
        .with_component("selma")
        .with_component("nelson");
    for (name, text) in files {
        builder = builder.with_file(name, text);
    }
    builder.start().await
}

#[tokio::test]
async fn a_vanished_file_hides_its_incident_and_loses_nothing() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    let update = json!({"markdown": "By hand.", "components": {"nelson": "degraded"}});
    app.post("/incidents/selma/updates", update)
        .await
        .expect(201);
    let before = app.incident("selma").expect("published");
    assert_eq!(before.updates.len(), 2);
    app.remove(SELMA);
    app.advance(Duration::minutes(1));

    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(report.missing.into_iter().collect::<Vec<_>>(), [SELMA]);
    assert!(app.incident("selma").is_some(), "it isn't gone yet");

    let report = app.sync(&[SELMA]).await.expect("synced");
    assert_eq!(report.hidden, 1);
    app.get("/incidents/selma").await.expect(404);
    assert_eq!(app.state_of("selma"), "operational");
    assert_eq!(app.state_of("nelson"), "operational");

    app.write(SELMA, down("Selma is down"));
    app.sync(&[]).await.expect("synced");
    let after = app.incident("selma").expect("published again");
    assert_eq!(*after, *before, "with the same ids and instants");
    assert_eq!(app.state_of("selma"), "major_outage");
    assert_eq!(app.state_of("nelson"), "degraded");
}

#[tokio::test]
async fn a_file_renamed_with_its_id_is_the_same_incident_and_the_old_address_leads_there() {
    let text = |title: &str| down(title).replace("title:", "id: my-own-id\ntitle:");
    let mut app = app_with(&[(SELMA, text("Selma is down"))]).await;
    let before = app.incident("selma").expect("published");
    assert_eq!(before.id, "my-own-id");
    app.remove(SELMA);
    let moved = "incidents/2013-02-25-mail.md";
    app.write(
        moved,
        text("Mail is down").replace("We look.", "All else differs, too."),
    );
    app.sync(&[]).await.expect("synced");
    let after = app.incident("mail").expect("published");
    assert_eq!(after.id, before.id);
    assert_eq!(after.updates, before.updates);
    assert!(app.incident("selma").is_none());
    let old = app.get("/incidents/selma").await.expect(301);
    assert_eq!(old.header("location"), "/incidents/mail");

    // Something else moves in: the address is its own.
    app.write(SELMA, post("Another Selma", "Another one."));
    app.sync(&[]).await.expect("synced");
    let page = app.get("/incidents/selma").await.expect(200);
    assert!(page.text().contains("Another one."));
    // It leaves, and the address leads on again.
    app.remove(SELMA);
    app.sync(&[SELMA]).await.expect("synced");
    app.get("/incidents/selma").await.expect(301);
}

#[tokio::test]
async fn a_draft_at_a_former_address_does_not_show() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    app.remove(SELMA);
    app.write("incidents/mail.md", down("Selma is down"));
    app.sync(&[]).await.expect("synced");
    app.write(
        SELMA,
        post("Secret", "No.").replace("title", "draft: true\ntitle"),
    );
    app.sync(&[]).await.expect("synced");
    app.get("/incidents/selma").await.expect(301);
}

#[tokio::test]
async fn a_rename_within_one_sync_is_recognised_by_the_text() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    let before = app.incident("selma").expect("published");
    app.remove(SELMA);
    let moved = down("Selma is down").replace("major_outage", "degraded");
    app.write("incidents/2013-02-25-mail.md", moved);
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!((report.added, report.changed), (0, 1));
    assert!(report.missing.is_empty());
    let after = app.incident("mail").expect("published");
    assert_eq!(after.id, before.id);
    assert_eq!(after.edited_at, None, "its text is what it was");
    app.get("/incidents/selma").await.expect(301);
}

#[tokio::test]
async fn a_file_with_another_date_in_its_name_is_the_same_incident() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    let before = app.incident("selma").expect("published");
    app.remove(SELMA);
    app.write("incidents/2013-02-24-selma.md", post("Selma", "Rewritten."));
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.incident("selma").expect("published").id, before.id);
}

#[tokio::test]
async fn a_new_post_at_the_address_of_one_long_gone_is_another_incident() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    let before = app.incident("selma").expect("published");
    app.remove(SELMA);
    app.sync(&[SELMA]).await.expect("synced");
    app.advance(Duration::minutes(5));
    let new = "---\ntitle: Selma again\ndate: 2013-02-26 02:00\n---\n\nAnother outage.\n";
    app.write("incidents/2013-02-26-selma.md", new);
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(report.added, 1, "{report:?}");
    let told = report.moved[0].render("", false);
    assert!(
        told.contains("selma-2013-02-26") && told.contains(SELMA),
        "{told}"
    );
    let after = app.incident("selma-2013-02-26").expect("published");
    assert_ne!(after.id, before.id);
    assert!(after.updates.is_empty());
    // The old one comes back to where it was.
    app.write(SELMA, down("Selma is down"));
    app.sync(&[]).await.expect("synced");
    let again = app.incident("selma-2013-02-26").expect("published");
    assert_eq!(again.id, after.id);
    let back = app.incident("selma").expect("published");
    assert_eq!(back.id, before.id);
    assert_eq!(back.updates, before.updates);
}

#[tokio::test]
async fn files_may_trade_their_addresses() {
    let one = ("incidents/one.md", post("One", "First."));
    let two = ("incidents/two.md", post("Two", "Second."));
    let mut app = app_with(&[one, two]).await;
    let (one, two) = (
        app.incident("one").expect("one"),
        app.incident("two").expect("two"),
    );
    app.write(
        "incidents/one.md",
        post("One", "First.").replace("title", "slug: two\ntitle"),
    );
    app.write(
        "incidents/two.md",
        post("Two", "Second.").replace("title", "slug: one\ntitle"),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
    assert_eq!(app.incident("two").expect("two").id, one.id);
    assert_eq!(app.incident("one").expect("one").id, two.id);
    // One moves on and a new file takes its place, in one go.
    app.write(
        "incidents/one.md",
        post("One", "First.").replace("title", "slug: three\ntitle"),
    );
    app.write(
        "incidents/0.md",
        post("New", "New.").replace("title", "slug: two\ntitle"),
    );
    app.sync(&[]).await.expect("synced");
    assert_eq!(app.incident("three").expect("three").id, one.id);
    let new = app.incident("two").expect("two");
    assert!(new.id != one.id && new.id != two.id && new.title == "New");
}

#[tokio::test]
async fn a_file_does_not_take_the_id_of_another() {
    let mut app = app_with(&[(SELMA, post("Selma", "We look."))]).await;
    let made = json!({"title": "By hand", "markdown": "By hand."});
    let made = app.post("/incidents", made).await.expect(201).json();
    let own = app.incident("selma").expect("published").id.clone();
    for (id, owner) in [
        (made["id"].as_str().expect("an id"), "By hand"),
        (&own, SELMA),
    ] {
        let text = post("Thief", "No.").replace("title", &format!("id: {id}\ntitle"));
        app.write("incidents/thief.md", text);
        let report = app.sync(&[]).await.expect("synced");
        let told = report.problems[0].render("", false);
        assert!(
            told.contains("incidents/thief.md") && told.contains(owner),
            "{told}"
        );
        assert!(app.incident("thief").is_none());
        assert_eq!(app.incident("selma").expect("still there").id, own);
    }
}

#[tokio::test]
async fn an_id_that_comes_too_late_is_a_warning() {
    let mut app = app_with(&[(SELMA, post("Selma", "We look."))]).await;
    let own = app.incident("selma").expect("published").id.clone();
    app.write(
        SELMA,
        post("Selma", "We look.").replace("title", "id: late\ntitle"),
    );
    let report = app.sync(&[]).await.expect("synced");
    assert!(report.problems[0].render("", false).contains(&own));
    assert_eq!(app.incident("selma").expect("published").id, own);
}

#[tokio::test]
async fn a_broken_edit_keeps_the_last_good_version_while_neighbours_go_on() {
    let nelson = "incidents/nelson.md";
    let mut app = app_with(&[
        (SELMA, post("Selma is down", "We look.")),
        (nelson, post("Nelson", "Old.")),
    ])
    .await;
    for broken in [
        "---\ntitle: Selma\n",
        "",
        "---\ntitle: [\ndate: never\n---\nBad.\n",
    ] {
        app.write(SELMA, broken);
        app.write(nelson, post("Nelson", &format!("New {}.", broken.len())));
        let report = app.sync(&[]).await.expect("synced");
        assert_eq!((report.changed, report.hidden), (1, 0));
        let page = app.get("/incidents/selma").await.expect(200);
        assert!(page.text().contains("We look."));
        let page = app.get("/incidents/nelson").await.expect(200);
        assert!(page.text().contains(&format!("New {}.", broken.len())));
    }
    app.write(SELMA, post("Selma is down", "Mended."));
    app.sync(&[]).await.expect("synced");
    assert!(app.get("/incidents/selma").await.text().contains("Mended."));
}

#[tokio::test]
async fn a_sync_that_finds_nothing_new_changes_nothing() {
    let mut app = app_with(&[(SELMA, down("Selma is down"))]).await;
    app.advance(Duration::minutes(1));
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(report.revision, None);
    assert_eq!((report.added, report.changed, report.hidden), (0, 0, 0));
}

#[tokio::test]
async fn a_state_dated_before_one_set_by_hand_is_history_and_a_warning_says_so() {
    let mut app = app_with(&[("incidents/nelson.md", post("Nelson", "Well."))]).await;
    app.post("/components/selma/state", json!({"state": "degraded"}))
        .await
        .expect(200);
    app.write(SELMA, down("Selma is down"));
    let report = app.sync(&[]).await.expect("synced");
    let told: Vec<_> = report
        .problems
        .iter()
        .map(|it| it.render("", false))
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("selma has been degraded since") && told[0].contains(SELMA),
        "{told:?}"
    );
    assert_eq!(app.state_of("selma"), "degraded");
    // Said once: what stands isn't news.
    app.write(SELMA, down("Selma was down"));
    let report = app.sync(&[]).await.expect("synced");
    assert!(report.problems.is_empty(), "{:?}", report.problems);
}

#[tokio::test]
async fn a_broken_file_that_was_never_good_is_told_apart_from_one_that_was() {
    let mut app = app_with(&[(SELMA, post("Selma is down", "We look."))]).await;
    app.write(SELMA, "---\ntitle: Selma\n");
    app.write("incidents/nelson.md", "---\ntitle: Nelson\n");
    let report = app.sync(&[]).await.expect("synced");
    assert_eq!(Vec::from_iter(report.unread), ["incidents/nelson.md"]);
}
