//! Forms and bodies that are none of ours: little of them is read, and nothing is written back.

use axum::body::Body;
use axum::http::Request;
use lightship::render::html::staff::known_fields::is_known;

use crate::faults_requests::world;
use crate::support::app::TestApp;
use crate::support::staff::Browser;

#[tokio::test]
async fn a_form_that_is_not_ours_is_neither_read_nor_written_back() {
    let app = TestApp::new().with_component("selma").start().await;
    let mut browser = Browser::here();
    let send = async |browser: &mut Browser, path: &str, body: String| {
        browser.post_raw(&app, path, body).await
    };
    for path in ["/staff/new-incident", "/staff/sign-in"] {
        let huge = send(&mut browser, path, "a&".repeat(512 * 1024))
            .await
            .expect(413);
        assert!(huge.bytes.len() < 8 * 1024, "{path}: {}", huge.bytes.len());
        let many = send(&mut browser, path, "a&".repeat(30_000))
            .await
            .expect(400);
        assert!(many.bytes.len() < 8 * 1024, "{path}: {}", many.bytes.len());
    }
    let body = "title=Mail+is+slow&markdown=We+look.&evil=%22%22%22&kept.x=1".to_owned();
    let kept = send(&mut browser, "/staff/new-incident", body)
        .await
        .expect(401);
    assert!(kept.text().contains("Mail is slow") && kept.text().contains("We look."));
    assert!(!kept.text().contains("evil") && !kept.text().contains("&quot;"));
    // Who is signed in sends no more of it.
    let mut browser = Browser::signed_in(&app).await;
    let many = send(&mut browser, "/staff/new-incident", "a&".repeat(30_000))
        .await
        .expect(400);
    assert!(many.bytes.len() < 8 * 1024);
}

#[tokio::test]
async fn every_field_of_every_form_is_known() {
    let (app, _) = world().await;
    let mut browser = Browser::signed_in(&app).await;
    let mut seen = 0;
    for path in [
        "/staff",
        "/staff/new-incident",
        "/staff/new-incident?component=selma",
        "/staff/incidents/selma-is-down",
        "/staff/incidents/selma-is-down/update",
        "/staff/incidents/selma-is-down/correct",
        "/staff/incidents/selma-is-down/withdraw",
        "/staff/incidents/new-disks/maintenance",
        "/staff/incidents/secret-breach",
        "/staff/components",
        "/staff/components/new",
        "/staff/components/selma",
        "/staff/components/selma/state",
        "/staff/maintenance",
        "/staff/maintenance/new",
        "/staff/tokens",
        "/staff/tokens/new",
        "/staff/sessions",
        "/staff/sign-in",
    ] {
        let reply = browser.get(&app, path).await;
        let page = reply.text().to_owned();
        for form in page
            .split("<form ")
            .skip(1)
            .filter(|form| form.starts_with("method=\"post\""))
        {
            let form = form.split("</form>").next().unwrap_or_default();
            for name in form
                .split(" name=\"")
                .skip(1)
                .filter_map(|rest| rest.split('"').next())
            {
                assert!(
                    is_known(name),
                    "{path} has a field {name:?} that isn't listed"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 60, "{seen}");
    assert!(!is_known("evil") && !is_known(&"state.".repeat(100)));
}

#[tokio::test]
async fn a_body_full_of_mistakes_gets_a_short_answer() {
    let app = TestApp::new().with_component("selma").start().await;
    let key = "K".repeat(100 * 1024);
    let twice = format!("{{\"{key}\":{{{}}}}}", vec!["\"\":0"; 20_000].join(","));
    let unknown: Vec<String> = (0..20_000)
        .map(|number| format!("\"u{number}\":0"))
        .collect();
    let unknown = format!("{{{}}}", unknown.join(","));
    let components: Vec<String> = (0..15_000)
        .map(|number| format!("\"c{number}\":null"))
        .collect();
    let components = format!(
        "{{\"title\":\"a\",\"components\":{{{}}}}}",
        components.join(",")
    );
    for body in [twice, unknown, components] {
        let request = Request::post("/api/v1/incidents")
            .header("authorization", format!("Bearer {}", app.token))
            .header("content-type", "application/json")
            .body(Body::from(body));
        let reply = app.send(request.expect("a request")).await.expect(422);
        assert!(reply.bytes.len() < 32 * 1024, "{}", reply.bytes.len());
    }
    let query = format!("/audit?{}", "a&".repeat(5000));
    let reply = app.api_get(&query).await.expect(422);
    assert!(reply.bytes.len() < 4096, "{}", reply.bytes.len());
}
