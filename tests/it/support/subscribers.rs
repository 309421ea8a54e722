//! Subscribers, and the links that messages bring them.

use lightship::actions::Change;
use lightship::domain::actor::Actor;
use lightship::domain::email_address::EmailAddress;
use lightship::domain::hash::sha256;
use lightship::domain::subscriber::{Channel, Consent, Following, Subscriber, Target};
use lightship::store::letters::{Letter, Purpose, claim_letters};
use lightship::store::subscribers::{find_subscriber, insert_link, keep_link_key, set_subscriber};
use uuid::Uuid;

use super::app::{Reply, TestApp};
use super::mail::NO_MAIL_SERVER;
use super::slug;
use super::staff::Browser;

const KEY: &str = "the key of this site's links";

pub(crate) const SITE: &str = "[[components]]\nslug = \"selma\"\nname = \"Selma\"\ngroup = \"Servers\"\n\
    [[components]]\nslug = \"nelson\"\nname = \"Nelson\"\ngroup = \"Servers\"\n\
    [[components]]\nslug = \"mail\"\nname = \"Mail delivery\"";

pub(crate) async fn start_with_mail() -> TestApp {
    TestApp::new()
        .with_mail(NO_MAIL_SERVER)
        .with_site(SITE)
        .start()
        .await
}

pub(crate) fn email(text: &str) -> EmailAddress {
    EmailAddress::parse(text).expect("an address")
}

/// What a form sends that wants everything.
pub(crate) fn everything(address: &str) -> Vec<(&str, &str)> {
    vec![
        ("email", address),
        ("what", "everything"),
        ("kind", "incidents"),
        ("kind", "maintenance"),
        ("remarks", ""),
    ]
}

pub(crate) async fn ask(app: &TestApp, fields: &[(&str, &str)]) -> Reply {
    Browser::here().post(app, "/subscribe", fields).await
}

pub(crate) async fn change(app: &TestApp) -> Change {
    let store = &app.app.state().store;
    let begun = Change::begin(store, &app.clock, Actor::subscriber()).await;
    begun.expect("a change begins")
}

/// The letters that wait to be sent.
pub(crate) async fn letters(app: &TestApp) -> Vec<Letter> {
    let mut change = change(app).await;
    let now = app.clock.now();
    let claimed = claim_letters(change.tx(), "test", now, 100).await;
    claimed.expect("letters")
}

/// What was asked for, with the address.
pub(crate) async fn asked_for(app: &TestApp) -> Vec<(String, Following)> {
    let letters = letters(app).await.into_iter();
    let asked = letters.filter_map(|letter| match letter.purpose {
        Purpose::Signup(following) => Some((letter.address.to_string(), following)),
        Purpose::Welcome(_) => None,
    });
    asked.collect()
}

/// Somebody whom the letter with the link to confirm has reached.
pub(crate) struct Reached {
    pub(crate) id: String,
    pub(crate) confirm: String,
    pub(crate) manage: String,
}

impl Reached {
    pub(crate) async fn now(&self, app: &TestApp) -> Option<Subscriber> {
        let mut tx = app.app.state().store.read().await.expect("a view");
        find_subscriber(&mut tx, &self.id).await.expect("read")
    }
}

/// Does what sending the letter does.
pub(crate) async fn reach(app: &TestApp, address: &str, following: Following) -> Reached {
    let mut change = change(app).await;
    let id = Uuid::now_v7().to_string();
    let subscriber = Subscriber {
        id: id.clone(),
        channel: Channel::Email,
        address: email(address),
        following,
        created_at: app.clock.now(),
        confirmed_at: None,
        paused_at: None,
        suppressed: None,
        refusals: 0,
        consent: Consent::Confirmed,
    };
    let written = set_subscriber(change.tx(), &subscriber).await;
    written.expect("a subscriber");
    let token = format!("token-of-{address}");
    let now = app.clock.now();
    let linked = insert_link(change.tx(), &sha256(&token), &id, now).await;
    linked.expect("a link");
    let key = keep_link_key(change.tx(), KEY).await.expect("a key");
    change.commit().await.expect("it is kept");
    let of = key.token_of(&id);
    Reached {
        confirm: format!("/subscribe/confirm/{token}"),
        manage: format!("/subscribe/manage/{of}"),
        id,
    }
}

pub(crate) async fn reach_and_confirm(
    app: &TestApp,
    address: &str,
    following: Following,
) -> Reached {
    let reached = reach(app, address, following).await;
    let mut browser = Browser::here();
    browser.post(app, &reached.confirm, &[]).await.expect(303);
    reached
}

pub(crate) fn following(targets: impl IntoIterator<Item = Target>) -> Following {
    Following {
        everything: false,
        targets: targets.into_iter().collect(),
        ..Following::default()
    }
}

pub(crate) fn component(name: &str) -> Target {
    Target::Component(slug(name))
}

pub(crate) fn servers() -> Target {
    Target::Group("Servers".to_owned())
}

impl TestApp {
    /// Adds a confirmed subscriber, and returns its id.
    pub(crate) async fn with_subscriber(&self, address: &str, following: Following) -> String {
        let now = self.clock.now();
        let subscriber = Subscriber {
            id: Uuid::now_v7().to_string(),
            channel: Channel::Email,
            address: EmailAddress::parse(address).expect("an address"),
            following,
            created_at: now,
            confirmed_at: Some(now),
            paused_at: None,
            suppressed: None,
            refusals: 0,
            consent: Consent::Confirmed,
        };
        let mut tx = self.app.state().store.begin().await.expect("it begins");
        set_subscriber(&mut tx, &subscriber).await.expect("written");
        tx.commit().await.expect("kept");
        subscriber.id
    }
}
