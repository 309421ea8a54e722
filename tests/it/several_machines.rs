//! Several servers over one database.

use std::time::Duration;

use serde_json::json;
use tokio::time::timeout;

use crate::support::app::TestApp;

/// Longer than anything takes; nothing is measured.
const LONG: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_heard_at_once_where_the_engine_says_so() {
    let mut app = TestApp::new().with_component("selma").start().await;
    let store = app.app.state().store.clone();
    let listener = store.listen().await.expect("the database answers");
    let is_postgres = store.engine() == lightship::store::Engine::Postgres;
    assert_eq!(listener.is_some(), is_postgres);
    let Some(mut listener) = listener else { return };
    let heard = tokio::spawn(async move {
        // Other tests may say something in the same database, so one message proves little.
        let mut count = 0;
        while timeout(LONG, listener.next())
            .await
            .is_ok_and(|it| it.is_ok())
        {
            count += 1;
            if count == 3 {
                break;
            }
        }
        count
    });
    for state in ["degraded", "operational", "degraded"] {
        let body = json!({"state": state});
        app.post("/components/selma/state", body).await.expect(200);
    }
    assert_eq!(heard.await.expect("it ends"), 3);
}
