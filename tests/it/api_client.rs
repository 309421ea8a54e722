//! The command line's client against the real server.

use lightship::actions::Change;
use lightship::actions::create_incident::create_incident;
use lightship::actions::new_incident::NewIncident;
use lightship::client::{Client, TokenStanding};
use lightship::domain::actor::Actor;
use lightship::domain::scope::Scope;

use crate::support::app::TestApp;

#[tokio::test]
async fn a_list_is_followed_to_its_end_and_a_token_known_for_what_it_is() {
    let app = TestApp::new().start().await;
    let limited = app.issue_token("pager", &[Scope::StatesWrite]).await;
    let store = &app.app.state().store;
    let mut change = Change::begin(store, &app.clock, Actor::host())
        .await
        .expect("a change begins");
    for number in 0..230 {
        let wanted = NewIncident {
            title: format!("Post {number}"),
            ..NewIncident::default()
        };
        create_incident(&mut change, wanted)
            .await
            .expect("an incident");
    }
    change.commit().await.expect("they are kept");

    let address = format!("http://{}", app.app.address().expect("an address"));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(app.app.run(async {
        let _ = stopped.await;
    }));
    let admin = app.token.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let client = |token: &str| Client::new(&address, Some(token)).expect("a client");
        let slugs: std::collections::BTreeSet<_> = client(&admin)
            .incidents()
            .expect("the list")
            .into_iter()
            .map(|incident| incident.slug)
            .collect();
        assert_eq!(slugs.len(), 230);
        let site = client(&admin).site().expect("the site");
        assert_eq!(site.time_zone, "America/Denver");
        let standing = |token: &str| client(token).check_token();
        assert_eq!(standing(&admin), Ok(TokenStanding::Admin));
        assert_eq!(standing(&limited), Ok(TokenStanding::Limited));
        let unknown = standing("lsp_unknown").expect_err("nobody knows it");
        assert!(unknown.token_advice().is_some(), "{unknown}");
    });
    asked.await.expect("the client is content");
    stop.send(()).expect("the server listens");
    running
        .await
        .expect("it ends")
        .expect("it ends without complaint");
}
