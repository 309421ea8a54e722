//! Who is told of what.

use std::collections::BTreeSet;

use lightship::domain::email_address::EmailAddress;
use lightship::domain::subscriber::{Channel, Following, Target};
use lightship::store::subscribers::{
    SubscriberFilter, find_subscriber_by_address, list_subscribers, set_subscriber,
};
use serde_json::{Value, json};

use crate::delivery::{later, post_incident};
use crate::support::app::TestApp;
use crate::support::mail::MailServer;
use crate::support::slug;

fn only(targets: &[Target]) -> Following {
    Following {
        everything: false,
        targets: targets.iter().cloned().collect::<BTreeSet<_>>(),
        ..Following::default()
    }
}

fn component(name: &str) -> Target {
    Target::Component(slug(name))
}

/// Who got a message, in order of their addresses.
fn readers(server: &MailServer) -> Vec<String> {
    let taken = server.taken();
    let to = |message: &Value| {
        let address = message["to"].as_str().expect("an address");
        address.trim_end_matches("@example.com").to_owned()
    };
    let mut readers: Vec<String> = taken.iter().map(to).collect();
    readers.sort();
    readers
}

/// Selma and Nelson are servers, mail stands alone. Each reader is named after what they follow.
async fn world(server: &MailServer) -> TestApp {
    let site = "[[components]]\nslug = \"selma\"\nname = \"Selma\"\ngroup = \"Servers\"\n\
                [[components]]\nslug = \"nelson\"\nname = \"Nelson\"\ngroup = \"Servers\"\n\
                [[components]]\nslug = \"mail\"\nname = \"Mail\"\n";
    let app = TestApp::new()
        .with_site(site)
        .with_mail(&server.url)
        .start()
        .await;
    let group = Target::Group("Servers".to_owned());
    let everything = Following::default();
    for (name, following) in [
        ("all", everything.clone()),
        ("selma", only(&[component("selma")])),
        ("nelson", only(&[component("nelson")])),
        ("mail", only(&[component("mail")])),
        ("servers", only(&[group])),
        (
            "no-incidents",
            Following {
                incidents: false,
                ..everything.clone()
            },
        ),
        (
            "changes",
            Following {
                changes: true,
                incidents: false,
                maintenance: false,
                ..everything
            },
        ),
    ] {
        let address = format!("{name}@example.com");
        app.with_subscriber(&address, following).await;
    }
    app
}

fn titled(title: &str, components: &Value) -> Value {
    json!({"title": title, "markdown": "We are looking into it.", "components": components})
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_goes_to_those_who_follow_what_its_incident_has_named_so_far() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, titled("Selma", &json!({"selma": "degraded"}))).await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "selma", "servers"]);
    let updates = format!("{incident}/updates");
    let update = json!({"markdown": "Mail, too.", "components": {"mail": "degraded"}});
    app.post(&updates, update).await.expect(201);
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "mail", "selma", "servers"]);
    app.post(&updates, json!({"markdown": "Still."})).await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "mail", "selma", "servers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_names_nothing_goes_to_those_who_want_everything() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    post_incident(&mut app, titled("The office has no power", &json!({}))).await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_of_an_incident_is_told_of_its_end() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, titled("Selma", &json!({"selma": "degraded"}))).await;
    later(&mut app).await;
    readers(&server);
    // Somebody who was told now follows other things.
    let mut tx = app.app.state().store.begin().await.expect("it begins");
    let selma = EmailAddress::parse("selma@example.com").expect("an address");
    let found = find_subscriber_by_address(&mut tx, Channel::Email, &selma).await;
    let mut subscriber = found.expect("an answer").expect("a subscriber");
    subscriber.following = only(&[component("mail")]);
    set_subscriber(&mut tx, &subscriber).await.expect("written");
    tx.commit().await.expect("kept");
    let updates = format!("{incident}/updates");
    app.post(&updates, json!({"markdown": "Still."})).await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "servers"]);
    let end = json!({"markdown": "It is over.", "phase": "resolved"});
    app.post(&updates, end).await.expect(201);
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "selma", "servers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_incident_can_be_followed_by_itself() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let incident = post_incident(&mut app, titled("Selma", &json!({"selma": "degraded"}))).await;
    later(&mut app).await;
    readers(&server);
    let id = app.api_get(&incident).await.json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let one = only(&[Target::Incident(id)]);
    app.with_subscriber("one@example.com", one).await;
    let updates = format!("{incident}/updates");
    app.post(&updates, json!({"markdown": "Still."})).await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "one", "selma", "servers"]);
    post_incident(
        &mut app,
        titled("Selma again", &json!({"selma": "degraded"})),
    )
    .await;
    later(&mut app).await;
    assert_eq!(readers(&server), ["all", "selma", "servers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_without_an_incident_goes_to_those_who_ask_for_such_changes() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let state = json!({"state": "degraded", "note": "The disk is slow."});
    app.post("/components/selma/state", state).await.expect(200);
    later(&mut app).await;
    assert_eq!(readers(&server), ["changes"]);
    let quiet = json!({"state": "major_outage", "notify": false});
    app.post("/components/selma/state", quiet).await.expect(200);
    later(&mut app).await;
    assert_eq!(readers(&server), [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn maintenance_goes_to_those_who_want_it() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    let plan = json!({
        "title": "New disks", "markdown": "Selma gets new disks.", "kind": "maintenance",
        "starts": "2013-02-28T05:00:00Z", "ends": "2013-02-28T06:00:00Z",
        "components": {"selma": "maintenance"},
    });
    post_incident(&mut app, plan).await;
    later(&mut app).await;
    assert_eq!(
        readers(&server),
        ["all", "no-incidents", "selma", "servers"]
    );
}

/// The database chooses an audience by a statement, and the letter that welcomes by a function.
#[tokio::test(flavor = "multi_thread")]
async fn both_ways_to_say_who_hears_of_an_incident_agree() {
    let server = MailServer::start();
    let mut app = world(&server).await;
    for (title, components) in [
        ("Selma", json!({"selma": "degraded"})),
        ("Both servers", json!({"selma": "degraded", "nelson": null})),
        ("Mail", json!({"mail": "degraded"})),
        ("All", json!({"selma": null, "nelson": null, "mail": null})),
        ("Nothing", json!({})),
    ] {
        let made = app.post("/incidents", titled(title, &components)).await;
        let made = made.expect(201).json();
        let slug = slug(made["slug"].as_str().expect("a slug"));
        later(&mut app).await;
        let site = app.app.state().site.current();
        let snapshot = site.snapshot();
        let incident = snapshot.find_incident(&slug).expect("an incident");
        let named = incident.components().into_iter().map(|component| {
            let record = snapshot.find_component(component).expect("a component");
            (component, record.component.group.as_deref())
        });
        let named: Vec<_> = named.collect();
        let mut tx = app.app.state().store.read().await.expect("it begins");
        let filter = SubscriberFilter {
            limit: 100,
            ..SubscriberFilter::default()
        };
        let all = list_subscribers(&mut tx, &filter).await.expect("an answer");
        let covered = all.iter().filter(|it| {
            let following = &it.following;
            following.covers(&incident.id, incident.kind, &named)
        });
        let mut covered: Vec<String> = covered
            .map(|it| {
                it.address
                    .as_str()
                    .trim_end_matches("@example.com")
                    .to_owned()
            })
            .collect();
        covered.sort();
        assert_eq!(readers(&server), covered, "{title}");
    }
}
