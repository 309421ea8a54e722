//! Posting updates from the desk: what stands in the form, what comes of it, what is never lost.

use chrono::Duration;
use lightship::domain::scope::Scope;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::staff::{Browser, filled, post_again};

const FORM: &str = "/staff/incidents/selma-is-down/update";

/// Selma is down, and somebody is signed in.
async fn start() -> (TestApp, Browser) {
    let mut app = TestApp::new()
        .with_component("selma")
        .with_component("nelson")
        .start()
        .await;
    let incident = json!({"title": "Selma is down", "components": {"selma": "major_outage"},
        "update": {"markdown": "We look.", "phase": "identified"}});
    app.post("/incidents", incident).await.expect(201);
    app.advance(Duration::minutes(10));
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

#[tokio::test]
async fn from_the_desk_two_taps_and_the_text_make_an_update() {
    let (mut app, mut browser) = start().await;
    let desk = browser.get(&app, "/staff").await.expect(200);
    let mut taps = 0;
    let link = format!("<a class=\"button main\" href=\"{FORM}\"");
    assert!(desk.text().contains(&link), "{}", desk.text());
    taps += 1;
    let form = browser.get(&app, FORM).await.expect(200);
    assert!(form.text().contains("Selma is down") && form.text().contains("2:25"));
    // Everything else is as it should be already, so the button is the next thing to tap.
    let posted = browser
        .fill(&app, FORM, &[("markdown", "A disk has *died*.")])
        .await
        .expect(303);
    taps += 1;
    assert!(taps <= 3);
    let result = browser
        .get(&app, posted.header("location"))
        .await
        .expect(200);
    assert!(result.text().contains("Update posted"));
    assert!(result.text().contains("<em>died</em>"));
    assert!(result.text().contains("Selma is down."), "the headline");
    assert!(result.text().contains("/correct\""));
    app.refresh_site().await;
    let update = app.incident("selma-is-down").expect("it is there").updates[1].clone();
    assert_eq!(update.markdown, "A disk has *died*.");
    assert_eq!(update.phase.map(|phase| phase.as_str()), Some("identified"));
    assert!(update.changes.is_empty(), "no state was touched");
}

#[tokio::test]
async fn states_and_phase_go_out_with_the_text() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("markdown", "Mail is up."),
        ("phase", "monitoring"),
        ("state.selma", "degraded"),
        ("note.selma", "Files are being copied."),
        ("state.nelson", "="),
    ];
    browser.fill(&app, FORM, &sent).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "degraded");
    assert!(
        app.get("/")
            .await
            .text()
            .contains("Files are being copied.")
    );
    let incident = app.incident("selma-is-down").expect("it is there");
    let update = incident.updates.last().expect("an update");
    assert_eq!(update.phase.map(|phase| phase.as_str()), Some("monitoring"));
    assert_eq!(update.mentions, [crate::support::slug("nelson")]);
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost() {
    let (app, mut browser) = start().await;
    let sent = [
        ("markdown", "\n  <b>Mail</b> & more\n\nis \"up\"."),
        ("phase", "monitoring"),
        ("state.selma", "degrded"),
        ("note.selma", "copied & <b>done</b>"),
        ("at", "2031-01-01T00:00"),
    ];
    let reply = browser.fill(&app, FORM, &sent).await.expect(422);
    let page = reply.text();
    assert!(page.contains("<title>Error: Post an update"), "{page}");
    assert!(page.contains("id=\"wrong\"") && page.contains("autofocus"));
    assert!(page.contains("href=\"#field-state-selma\""), "{page}");
    assert!(
        page.contains("did you mean &quot;degraded&quot;?"),
        "{page}"
    );
    assert!(page.contains("href=\"#field-at\""));
    let kept = filled(&reply, &[]);
    for (name, value) in sent {
        let found = kept.iter().find(|(known, _)| known == name).expect(name);
        assert_eq!(found.1, value, "{name}");
    }
    let empty = browser
        .fill(&app, FORM, &[("markdown", "  ")])
        .await
        .expect(422);
    assert!(empty.text().contains("href=\"#field-markdown\""));
}

#[tokio::test]
async fn the_preview_is_what_will_be_published_and_publishes_nothing() {
    let (mut app, mut browser) = start().await;
    let text = "Mail is **up**. <script>alert(1)</script>\n\n- one";
    let sent = [("markdown", text), ("state.selma", "degraded")];
    let preview = browser.preview(&app, FORM, &sent).await.expect(200);
    assert!(!app.refresh_site().await, "nothing has changed");
    let part = |page: &str| {
        let text = page.split("<div class=\"text\"").nth(1).expect("a text");
        text.split("<aside").next().unwrap_or_default().to_owned()
    };
    let shown = preview
        .text()
        .split("id=\"preview\"")
        .nth(1)
        .expect("a preview");
    let shown = part(shown);
    assert!(
        shown.starts_with(" dir=\"auto\"><p>Mail is <strong>up</strong>."),
        "{shown}"
    );
    post_again(&mut browser, &app, FORM, &preview, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    let public = part(app.get("/incidents/selma-is-down").await.text());
    let body = public.split("</li>").next().unwrap_or_default();
    assert!(shown.starts_with(body), "{shown}\n{body}");
}

#[tokio::test]
async fn a_script_gets_the_preview_alone() {
    let (app, mut browser) = start().await;
    let part = browser
        .fill(&app, FORM, &[("markdown", "Up."), ("do", "part")])
        .await
        .expect(200);
    assert!(part.text().starts_with("<h2>Preview") && part.text().contains("<p>Up.</p>"));
    let none = browser
        .fill(&app, FORM, &[("do", "part"), ("at", "x")])
        .await
        .expect(200);
    assert_eq!(none.text(), "");
}

#[tokio::test]
async fn resolving_says_what_returns_and_each_can_be_held_back() {
    let (mut app, mut browser) = start().await;
    let more = json!({"markdown": "Nelson, too.", "components": {"nelson": "degraded"}});
    app.post("/incidents/selma-is-down/updates", more)
        .await
        .expect(201);
    let form = browser.get(&app, FORM).await.expect(200);
    assert!(
        form.text().contains("name=\"return.selma\""),
        "{}",
        form.text()
    );
    assert!(form.text().contains("name=\"return.nelson\""));
    let sent = [
        ("markdown", "It is over."),
        ("phase", "resolved"),
        ("return.nelson", "-"),
    ];
    browser.fill(&app, FORM, &sent).await.expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "operational");
    assert_eq!(app.state_of("nelson"), "degraded");
}

#[tokio::test]
async fn a_colleagues_update_is_seen_before_yours_goes_out() {
    let (mut app, mut browser) = start().await;
    let form = browser.get(&app, FORM).await.expect(200);
    let theirs = json!({"markdown": "A colleague was faster."});
    app.post("/incidents/selma-is-down/updates", theirs)
        .await
        .expect(201);
    let mine = [("markdown", "Mine."), ("phase", "monitoring")];
    let held = post_again(&mut browser, &app, FORM, &form, &mine)
        .await
        .expect(409);
    assert!(held.text().contains("A colleague was faster."));
    assert!(held.text().contains("Mine."));
    app.refresh_site().await;
    assert_eq!(
        app.incident("selma-is-down")
            .expect("it is there")
            .updates
            .len(),
        2
    );
    post_again(&mut browser, &app, FORM, &held, &[])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(
        app.incident("selma-is-down")
            .expect("it is there")
            .updates
            .len(),
        3
    );
}

#[tokio::test]
async fn a_time_long_before_the_incident_is_asked_about_once() {
    let (mut app, mut browser) = start().await;
    let sent = [("markdown", "It began."), ("at", "2013-02-25T01:00")];
    let asked = browser.fill(&app, FORM, &sent).await.expect(422);
    assert!(
        asked
            .text()
            .contains("before the incident began. Correct the time, or post it once more"),
        "{}",
        asked.text()
    );
    app.refresh_site().await;
    let count = app.incident("selma-is-down").expect("it").updates.len();
    let meant = [
        ("markdown", "It began."),
        ("at", "2013-02-25T01:00"),
        ("early", "2013-02-25T01:00"),
    ];
    browser.fill(&app, FORM, &meant).await.expect(303);
    app.refresh_site().await;
    let now = app.incident("selma-is-down").expect("it").updates.len();
    assert_eq!(now, count + 1);
    // Another early time is asked about, too.
    let other = [
        ("markdown", "Before."),
        ("at", "2013-02-24T01:00"),
        ("early", "2013-02-25T01:00"),
    ];
    browser.fill(&app, FORM, &other).await.expect(422);
}

#[tokio::test]
async fn an_update_may_speak_of_an_earlier_time_in_the_sites_zone() {
    let (mut app, mut browser) = start().await;
    let at = "2013-02-26T01:00";
    let sent = [("markdown", "It began."), ("at", at), ("early", at)];
    browser.fill(&app, FORM, &sent).await.expect(303);
    app.refresh_site().await;
    let incident = app.incident("selma-is-down").expect("it is there");
    assert_eq!(
        incident.updates[0].at.to_rfc3339(),
        "2013-02-26T08:00:00+00:00"
    );
    let skipped = [("markdown", "x"), ("at", "2012-03-11T02:30")];
    let reply = browser.fill(&app, FORM, &skipped).await.expect(422);
    assert!(
        reply.text().contains("the clocks go forward"),
        "{}",
        reply.text()
    );
}

#[tokio::test]
async fn a_double_tap_and_a_reload_post_once() {
    let (mut app, mut browser) = start().await;
    let form = browser.get(&app, FORM).await.expect(200);
    let mine = [("markdown", "Once.")];
    let first = post_again(&mut browser, &app, FORM, &form, &mine)
        .await
        .expect(303);
    let second = post_again(&mut browser, &app, FORM, &form, &mine)
        .await
        .expect(303);
    assert_eq!(first.header("location"), second.header("location"));
    let other = [("markdown", "Once more.")];
    let asked = post_again(&mut browser, &app, FORM, &form, &other)
        .await
        .expect(409);
    assert!(asked.text().contains("already sent") && asked.text().contains("Once more."));
    app.refresh_site().await;
    assert_eq!(
        app.incident("selma-is-down")
            .expect("it is there")
            .updates
            .len(),
        2
    );
}

#[tokio::test]
async fn whoever_may_not_set_states_is_not_offered_them_and_refused() {
    let (mut app, _) = start().await;
    let words = app.issue_token("words", &[Scope::IncidentsWrite]).await;
    let mut browser = Browser::signed_in_with(&app, &words).await;
    let form = browser.get(&app, FORM).await.expect(200);
    assert!(!form.text().contains("name=\"state."));
    let tried = [("markdown", "Typed."), ("state.selma", "degraded")];
    let reply = browser.fill(&app, FORM, &tried).await.expect(403);
    assert!(reply.text().contains("states:write") && reply.text().contains("Typed."));
    browser
        .fill(&app, FORM, &[("markdown", "Words.")])
        .await
        .expect(303);
    app.refresh_site().await;
    assert_eq!(app.state_of("selma"), "major_outage");
    let states = app.issue_token("states", &[Scope::StatesWrite]).await;
    let mut browser = Browser::signed_in_with(&app, &states).await;
    browser.get(&app, FORM).await.expect(403);
}

#[tokio::test]
async fn going_back_and_posting_the_same_words_again_leads_to_what_was_posted() {
    let (mut app, mut browser) = start().await;
    let sent = [
        ("markdown", "A disk has died."),
        ("state.selma", "degraded"),
    ];
    let first = browser.fill(&app, FORM, &sent).await.expect(303);
    app.advance(Duration::minutes(14));
    // Each time the form is asked for, it has another key.
    let again = browser.fill(&app, FORM, &sent).await.expect(303);
    assert_eq!(again.header("location"), first.header("location"));
    app.refresh_site().await;
    let updates = |app: &TestApp| {
        app.incident("selma-is-down")
            .expect("it is there")
            .updates
            .len()
    };
    assert_eq!(updates(&app), 2);
    // So do the words as they were before a typo was mended.
    let location = first.header("location").to_owned();
    let mended = [("markdown", "A disk has died, it seems.")];
    let correct = format!("{location}/correct");
    browser.fill(&app, &correct, &mended).await.expect(303);
    let again = browser.fill(&app, FORM, &sent).await.expect(303);
    assert_eq!(again.header("location"), location);
    app.refresh_site().await;
    assert_eq!(updates(&app), 2);
    // Other words, another state, or the same words later say something new.
    let other = [
        ("markdown", "A disk has died."),
        ("state.selma", "major_outage"),
    ];
    browser.fill(&app, FORM, &other).await.expect(303);
    app.advance(Duration::minutes(15));
    browser.fill(&app, FORM, &other).await.expect(303);
    app.refresh_site().await;
    assert_eq!(
        app.incident("selma-is-down")
            .expect("it is there")
            .updates
            .len(),
        4
    );
}
