//! Templates: from a file to a post that is half written.

use serde_json::json;

use crate::support::app::TestApp;

const DOWN: &str = "templates/server-down.md";
const TEXT: &str = "---\ntitle: \"{{component}} is down\"\nphase: identified\nstate: major_outage\n\
                    ---\n\n{{component}} left at {{time}}. {{7*7}} {% x %} {{ time }}\n";

async fn start() -> TestApp {
    TestApp::new()
        .at("2013-02-26T09:15:00Z")
        .with_component("selma")
        .with_component("nelson")
        .with_file(DOWN, TEXT)
        .with_file(
            "templates/nelson.md",
            "---\ntitle: Nelson again\ncomponents: {nelson: degraded}\n---\n\nMemory.\n",
        )
        .start()
        .await
}

#[tokio::test]
async fn they_come_filled_in_and_the_most_fitting_first() {
    let app = start().await;
    let list = app.api_get("/templates?component=selma").await.expect(200);
    let templates = &list.json()["templates"];
    assert_eq!(
        templates[0],
        json!({
            "name": "server-down", "title": "Selma is down", "kind": "disruption",
            "phase": "identified", "impact": null, "components": {"selma": "major_outage"},
            "markdown": "Selma left at 2:15 am MST. {{7*7}} {% x %} {{ time }}",
        })
    );
    assert_eq!(templates[1]["name"], "nelson");
    let list = app
        .api_get("/templates?component=nelson&component=selma=degraded")
        .await
        .expect(200);
    let first = &list.json()["templates"][0];
    assert_eq!(first["name"], "nelson");
    assert_eq!(
        first["components"],
        json!({"nelson": "degraded", "selma": null})
    );
    let list = app.api_get("/templates").await.expect(200);
    assert_eq!(
        list.json()["templates"][0]["title"],
        "{{component}} is down"
    );
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_told_so() {
    let app = start().await;
    for (query, told) in [
        ("component=selmo", "did you mean \\\"selma\\\"?"),
        ("component=", "can't be empty"),
        ("componnt=selma", "did you mean \\\"component\\\"?"),
    ] {
        let reply = app
            .api_get(&format!("/templates?{query}"))
            .await
            .expect(422);
        assert!(reply.text().contains(told), "{query}: {}", reply.text());
    }
}

#[tokio::test]
async fn a_broken_file_keeps_its_last_good_version_and_a_vanished_one_takes_its_template_away() {
    let mut app = start().await;
    let titles = async |app: &TestApp| {
        let list = app.api_get("/templates").await.expect(200).json();
        let titles = list["templates"].as_array().expect("a list").iter();
        titles
            .map(|it| it["title"].as_str().expect("a title").to_owned())
            .collect::<Vec<_>>()
    };
    app.write(DOWN, "---\ntitle: [\n---\n");
    app.sync(&[]).await.expect("synced");
    assert_eq!(
        titles(&app).await,
        ["{{component}} is down", "Nelson again"]
    );
    app.write(DOWN, TEXT.replace("is down", "is gone"));
    app.sync(&[]).await.expect("synced");
    assert_eq!(
        titles(&app).await,
        ["{{component}} is gone", "Nelson again"]
    );
    app.remove(DOWN);
    app.sync(&[]).await.expect("synced");
    assert_eq!(titles(&app).await, ["Nelson again"]);
    let record = app.api_get("/audit?limit=1").await.expect(200).json();
    assert_eq!(record["entries"][0]["action"], "remove_template");
    assert_eq!(record["entries"][0]["actor"]["name"], DOWN);
}
