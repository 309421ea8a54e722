//! New incidents from the desk: from scratch, from a template, kept as a draft.

use chrono::Duration;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled, post_again};

const FORM: &str = "/staff/new-incident";

async fn start() -> (TestApp, Browser) {
    let template = "---\ntitle: \"{{component}} is down\"\nphase: identified\nstate: major_outage\n---\n\n\
        {{component}} stopped answering at {{time}}. {{7*7}} {% if %}\n";
    let app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .with_file("templates/server-down.md", template)
        .start()
        .await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

#[tokio::test]
async fn an_incident_is_posted_with_its_first_update_and_states() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("title", "Selma is down"),
        ("markdown", "We *look*."),
        ("state.selma", "major_outage"),
        ("impact", "minor"),
    ];
    let posted = browser.fill(&app, FORM, &sent).await.expect(303);
    let result = browser
        .get(&app, posted.header("location"))
        .await
        .expect(200);
    assert!(result.text().contains("Selma is down.") && result.text().contains("<em>look</em>"));
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    let incident = app.incident("selma-is-down").expect("it is there");
    assert_eq!(incident.updates.len(), 1);
    assert_eq!(
        incident.stated_impact.map(|impact| impact.as_str()),
        Some("minor")
    );
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_is_there_kept() {
    let (app, mut browser) = start().await;
    let sent = [
        ("markdown", "Typed."),
        ("state.selma", "degraded"),
        ("note.selma", "Slow"),
    ];
    let reply = browser.fill(&app, FORM, &sent).await.expect(422);
    assert!(
        reply.text().contains("href=\"#field-title\""),
        "{}",
        reply.text()
    );
    let kept = filled(&reply, &[]);
    for (name, value) in sent {
        assert!(
            kept.contains(&(name.to_owned(), value.to_owned())),
            "{name}"
        );
    }
    let reply = post_again(
        &mut browser,
        &app,
        FORM,
        &reply,
        &[("title", "Up"), ("markdown", "")],
    )
    .await;
    assert!(
        reply
            .expect(422)
            .text()
            .contains("href=\"#field-markdown\"")
    );
}

#[tokio::test]
async fn a_template_is_filled_in_with_the_component_and_the_time_and_nothing_more() {
    let (mut app, mut browser) = start().await;
    let form = browser.get(&app, FORM).await.expect(200);
    let path = "/staff/new-incident?template=server-down";
    assert!(form.text().contains(path), "{}", form.text());
    let form = browser.get(&app, path).await.expect(200);
    assert!(
        form.text()
            .contains("template=server-down&amp;component=selma"),
        "{}",
        form.text()
    );
    // The time is that of the clock, though nothing has been posted for long.
    app.advance(Duration::minutes(10));
    let form = browser
        .get(&app, &format!("{path}&component=selma"))
        .await
        .expect(200);
    let stands = filled(&form, &[]);
    for (name, value) in [
        ("title", "Selma is down"),
        ("state.selma", "major_outage"),
        ("phase", "identified"),
        (
            "markdown",
            "Selma stopped answering at 2:25 am MST. {{7*7}} {% if %}",
        ),
    ] {
        assert!(
            stands.contains(&(name.to_owned(), value.to_owned())),
            "{name}: {stands:?}"
        );
    }
    post_again(&mut browser, &app, FORM, &form, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    assert!(app.get("/").await.text().contains("Selma is down."));
}

#[tokio::test]
async fn a_place_that_nobody_filled_is_never_published() {
    let (mut app, mut browser) = start().await;
    let form = browser
        .get(&app, "/staff/new-incident?template=server-down")
        .await
        .expect(200);
    let reply = post_again(&mut browser, &app, FORM, &form, &[])
        .await
        .expect(422);
    assert!(
        reply.text().contains("Choose the component below"),
        "{}",
        reply.text()
    );
    let chosen = [("state.selma", "degraded"), ("state.nelson", "degraded")];
    post_again(&mut browser, &app, FORM, &reply, &chosen)
        .await
        .expect(303);
    app.refresh_site().await;
    assert!(app.incident("selma-and-nelson-is-down").is_some());
}

#[tokio::test]
async fn a_draft_is_nowhere_in_public_and_on_the_desk() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("title", "Secret plans"),
        ("markdown", "Hush."),
        ("state.selma", "degraded"),
        ("do", "draft"),
    ];
    let kept = browser.fill(&app, FORM, &sent).await.expect(303);
    let place = "/staff/incidents/secret-plans?done=kept";
    assert_eq!(kept.header("location"), place);
    app.refresh_site().await;
    for path in ["/", "/history", "/feed.atom", "/incidents/secret-plans"] {
        assert!(!app.get(path).await.text().contains("Hush"), "{path}");
    }
    assert_eq!(app.state_of("selma"), "operational");
    let desk = browser.get(&app, "/staff").await.expect(200);
    assert!(desk.text().contains("Secret plans"));
    let page = browser.get(&app, kept.header("location")).await.expect(200);
    for part in ["Hush.", "A draft.", "Saved as a draft."] {
        assert!(page.text().contains(part), "{part}");
    }
    let main = page.text().matches("class=\"main\"").count();
    let main = main + page.text().matches("button main\"").count();
    assert_eq!(main, 1, "publishing it is what matters: {}", page.text());
}

#[tokio::test]
async fn going_back_and_opening_the_same_incident_again_leads_to_the_first() {
    let (app, mut browser) = start().await;
    let sent = [("title", "Selma is down"), ("markdown", "We look.")];
    let first = browser.fill(&app, FORM, &sent).await.expect(303);
    let again = browser.fill(&app, FORM, &sent).await.expect(303);
    assert_eq!(again.header("location"), first.header("location"));
    let more = [&sent[..], &[("state.selma", "major_outage")]].concat();
    let more = browser.fill(&app, FORM, &more).await.expect(303);
    assert_ne!(
        more.header("location"),
        first.header("location"),
        "it says a state"
    );
    let other = [("title", "Selma is down"), ("markdown", "Again.")];
    let other = browser.fill(&app, FORM, &other).await.expect(303);
    assert!(other.header("location").contains("selma-is-down-3"));
}
