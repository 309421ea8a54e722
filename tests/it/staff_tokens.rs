//! Tokens and sessions on the staff pages: issued, taken back, ended.

use chrono::Duration;
use lightship::domain::scope::Scope;

use crate::support::app::TestApp;
use crate::support::staff::Browser;

async fn start() -> (TestApp, Browser) {
    let app = TestApp::new()
        .at("2013-02-26T09:15:00Z")
        .with_component("selma")
        .start()
        .await;
    let browser = Browser::signed_in(&app).await;
    (app, browser)
}

fn secret_in(page: &str) -> Option<String> {
    let start = page.find("lsp_")?;
    let secret = page[start..].split('"').next()?;
    Some(secret.to_owned())
}

async fn token_named(app: &TestApp, name: &str) -> serde_json::Value {
    let list = app.api_get("/tokens").await.json();
    let tokens = list["tokens"].as_array().expect("a list").clone();
    let found = tokens.into_iter().find(|token| token["name"] == name);
    found.unwrap_or_default()
}

#[tokio::test]
async fn a_secret_is_shown_once() {
    let (app, mut browser) = start().await;
    let sent = [
        ("name", "Anna"),
        ("display_name", "Anna B."),
        ("scope.incidents:write", "yes"),
        ("expires_at", "2013-03-09"),
        ("key", "once"),
    ];
    let reply = browser.post(&app, "/staff/new-token", &sent).await;
    let page = reply.expect(200);
    let secret = secret_in(page.text()).expect("a secret");
    // It may do what was switched on, and no more.
    let mut anna = Browser::signed_in_with(&app, &secret).await;
    let desk = anna.get(&app, "/staff").await.expect(200);
    assert!(desk.text().contains("New incident"));
    anna.get(&app, "/staff/tokens").await.expect(403);
    let token = token_named(&app, "Anna").await;
    assert_eq!(token["display_name"], "Anna B.");
    // March 9 ends in Denver at 7:00 UTC of the day after.
    assert_eq!(token["expires_at"], "2013-03-10T07:00:00Z");
    // Sent again, it issues nothing, and doesn't show the secret.
    let reply = browser.post(&app, "/staff/new-token", &sent).await;
    let place = reply.expect(303).header("location").to_owned();
    let list = browser.get(&app, &place).await.expect(200);
    assert!(
        list.text().contains("already been issued"),
        "{}",
        list.text()
    );
    assert_eq!(secret_in(list.text()), None);
    let tokens = app.api_get("/tokens").await.json();
    assert_eq!(tokens["tokens"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn what_is_wrong_stands_at_its_field() {
    let (app, mut browser) = start().await;
    let path = "/staff/new-token";
    let scope = ("scope.states:write", "yes");
    for (sent, field) in [
        (vec![("name", ""), scope], "name"),
        (vec![("name", "kept")], "scopes"),
        (
            vec![("name", "kept"), scope, ("expires_at", "2013-02-25")],
            "expires_at",
        ),
        (
            vec![("name", "kept"), scope, ("expires_at", "never")],
            "expires_at",
        ),
    ] {
        let reply = browser.fill(&app, path, &sent).await.expect(422);
        let page = reply.text();
        assert!(page.contains(&format!("href=\"#field-{field}\"")), "{page}");
        assert!(page.contains(&format!("id=\"field-{field}\"")), "{page}");
        assert!(page.contains(&format!("id=\"field-{field}-wrong\"")));
        assert!(page.contains(&format!("value=\"{}\"", sent[0].1)));
    }
    let tokens = app.api_get("/tokens").await.json();
    assert_eq!(tokens["tokens"].as_array().map(Vec::len), Some(1));
    // The last day itself still counts.
    let today = [("name", "today"), scope, ("expires_at", "2013-02-26")];
    browser.fill(&app, path, &today).await.expect(200);
}

#[tokio::test]
async fn a_token_is_taken_back_with_its_sessions() {
    let (app, mut browser) = start().await;
    let secret = app.issue_token("on call", &[Scope::StatesWrite]).await;
    let mut colleague = Browser::signed_in_with(&app, &secret).await;
    colleague.get(&app, "/staff").await.expect(200);
    let token = token_named(&app, "on call").await;
    let id = token["id"].as_str().expect("an id");
    let list = browser.get(&app, "/staff/tokens").await.expect(200);
    assert!(list.text().contains("on call"));
    let path = format!("/staff/tokens/{id}/revoke");
    let reply = browser.post(&app, &path, &[("key", "a")]).await;
    let place = reply.expect(303).header("location").to_owned();
    let list = browser.get(&app, &place).await.expect(200);
    assert!(list.text().contains("on call was revoked"));
    assert!(list.text().contains("No longer valid"));
    colleague.get(&app, "/staff").await.expect(303);
    let reply = browser.post(&app, "/staff/tokens/nobody/revoke", &[]).await;
    reply.expect(404);
}

#[tokio::test]
async fn one_sees_ones_own_sessions_and_admins_all() {
    let (app, mut admin) = start().await;
    let secret = app.issue_token("on call", &[Scope::StatesWrite]).await;
    let mut phone = Browser::signed_in_with(&app, &secret)
        .await
        .with("user-agent", "not told when signing in");
    let mut desk = Browser::signed_in_with(&app, &secret).await;
    let own = phone.get(&app, "/staff/sessions").await.expect(200);
    assert_eq!(own.text().matches("/end\"").count(), 2);
    assert!(own.text().contains("this browser"));
    let all = admin.get(&app, "/staff/sessions").await.expect(200);
    assert_eq!(all.text().matches("/end\"").count(), 3);
    // Nobody ends what isn't theirs, but an admin.
    let of_admin = all.text().split("/staff/sessions/").skip(1);
    let ids: Vec<_> = of_admin.filter_map(|rest| rest.split('/').next()).collect();
    let theirs = ids.iter().find(|id| !own.text().contains(**id));
    let path = format!("/staff/sessions/{}/end", theirs.expect("the admin's"));
    phone.post(&app, &path, &[]).await.expect(403);
    admin.get(&app, "/staff").await.expect(200);
    for id in ids.iter().filter(|id| own.text().contains(**id)) {
        let path = format!("/staff/sessions/{id}/end");
        admin.post(&app, &path, &[]).await.expect(303);
    }
    phone.get(&app, "/staff").await.expect(303);
    desk.get(&app, "/staff").await.expect(303);
    // What has ended by itself isn't listed.
    app.advance(Duration::hours(13));
    let mut again = Browser::signed_in(&app).await;
    let list = again.get(&app, "/staff/sessions").await.expect(200);
    assert_eq!(list.text().matches("/end\"").count(), 1);
}
