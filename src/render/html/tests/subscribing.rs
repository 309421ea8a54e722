//! The form for subscribers, and the pages behind their links.

use std::collections::BTreeSet;

use maud::Markup;

use super::structure::text;
use super::world::{World, at};
use super::worlds::seed;
use super::{Snapshot, says};
use crate::domain::subscriber::{Following, Subscriber, Suppression, Target};
use crate::render::html::subscribe::form::{Form, Part};
use crate::render::html::subscribe::{self, confirm, manage, notice};

/// A site that sends mail.
pub(super) fn with_mail() -> World {
    let mut world = seed();
    world.whole.site.sends_mail = true;
    world.whole.site.delivery.from = Some("status@example.com".to_owned());
    world
}

fn subscriber(following: Following) -> Subscriber {
    Subscriber {
        following,
        ..Subscriber::example()
    }
}

/// A component, a group and an incident, as far as there are any.
fn some_of_each(snapshot: &Snapshot) -> Following {
    let first = snapshot.active_components().next();
    let component = first.map(|it| Target::Component(it.component.slug.clone()));
    let mut groups = snapshot.active_components();
    let group = groups.find_map(|it| it.component.group.clone());
    let incident = snapshot.posts.iter().next();
    let incident = incident.map(|post| Target::Incident(post.id.to_string()));
    let targets = [component, group.map(Target::Group), incident];
    Following {
        everything: false,
        targets: targets.into_iter().flatten().collect(),
        ..Following::default()
    }
}

fn form_of(subscriber: &Subscriber) -> Form {
    Form {
        following: subscriber.following.clone(),
        single: subscriber.following.targets.clone(),
        ..Form::default()
    }
}

fn manage(snapshot: &Snapshot, subscriber: &Subscriber) -> Markup {
    manage::page(snapshot, subscriber, "token", &form_of(subscriber), None)
}

/// Each page that a subscriber meets, with a name for it.
pub(super) fn pages(snapshot: &Snapshot) -> Vec<(String, Markup)> {
    let everything = subscriber(Following::default());
    let some = subscriber(some_of_each(snapshot));
    let new = Subscriber {
        confirmed_at: None,
        ..some.clone()
    };
    let paused = Subscriber {
        paused_at: some.confirmed_at,
        ..some.clone()
    };
    let mut wrong = form_of(&some);
    wrong.address = "dana\"><b>".to_owned();
    for part in [Part::What, Part::Whole, Part::Address, Part::Kinds] {
        wrong.refuse(part, format!("{part:?} is <wrong>."));
    }
    let wrong_page = subscribe::filled_page(snapshot, &wrong);
    wrong.wrong.retain(|it| it.part != Part::Address);
    let address = Some(&some.address);
    let pages = [
        ("wrong", wrong_page),
        ("asked", confirm::asked(snapshot)),
        ("confirm", confirm::confirm(snapshot, &new, "token", None)),
        (
            "confirmed",
            confirm::confirm(snapshot, &some, "token", Some("own")),
        ),
        (
            "confirmed-all",
            confirm::confirm(snapshot, &everything, "token", None),
        ),
        ("manage", manage(snapshot, &some)),
        ("manage-all", manage(snapshot, &everything)),
        ("manage-new", manage(snapshot, &new)),
        ("manage-paused", manage(snapshot, &paused)),
        (
            "manage-wrong",
            manage::page(snapshot, &some, "token", &wrong, Some("Done.")),
        ),
        (
            "unsubscribe",
            notice::before_unsubscribing(snapshot, &some, "token"),
        ),
        ("unsubscribed", notice::unsubscribed(snapshot, address)),
        ("not-to-confirm", notice::not_to_confirm(snapshot)),
        ("not-subscribed", notice::not_subscribed(snapshot)),
    ];
    let named = pages.into_iter();
    named
        .map(|(name, page)| (format!("/subscribe/{name}"), page))
        .collect()
}

/// The tag of the input with this name and value.
fn input<'a>(html: &'a str, name: &str, value: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"{value}\"");
    let (before, after) = html
        .split_once(&field)
        .unwrap_or_else(|| panic!("no {field}: {html}"));
    let start = before.rfind('<').expect("a tag");
    let end = after.find('>').expect("its end");
    &html[start..before.len() + field.len() + end]
}

#[test]
fn a_form_shows_what_is_chosen() {
    let snapshot = with_mail().snapshot();
    let is_checked = |html: &str, name: &str, value: &str| {
        let tag = input(html, name, value);
        tag.ends_with(" checked")
    };
    let html = subscribe::page(&snapshot).into_string();
    assert!(is_checked(&html, "what", "everything") && !is_checked(&html, "what", "some"));
    assert!(is_checked(&html, "kind", "incidents") && is_checked(&html, "kind", "maintenance"));
    assert!(!is_checked(&html, "kind", "changes") && !is_checked(&html, "component", "selma"));
    assert!(!html.contains("<details open"));
    let following = Following {
        everything: false,
        targets: BTreeSet::from([Target::Component(super::world::slug("selma"))]),
        maintenance: false,
        ..Following::default()
    };
    let html = manage(&snapshot, &subscriber(following)).into_string();
    assert!(is_checked(&html, "what", "some") && is_checked(&html, "component", "selma"));
    assert!(!is_checked(&html, "component", "nelson") && !is_checked(&html, "kind", "maintenance"));
    assert!(html.contains("<details open"), "what is chosen is in sight");
}

#[test]
fn without_mail_there_are_only_feeds() {
    let html = subscribe::page(&seed().snapshot()).into_string();
    assert!(
        !html.contains("<form") && !html.contains("forms.css"),
        "{html}"
    );
    says(&html, &["We don’t send e-mail.", "By feed reader"]);
    let incident = seed().snapshot().posts.iter().next().expect("one").read();
    let html = crate::render::html::incident::page(&seed().snapshot(), &incident).into_string();
    assert!(!html.contains("/subscribe/incident/"), "{html}");
}

#[test]
fn a_page_says_why_nothing_is_sent() {
    let snapshot = with_mail().snapshot();
    let fine = subscriber(Following::default());
    let check = |subscriber: &Subscriber, says: Option<&str>| {
        let words = text(&manage(&snapshot, subscriber).into_string());
        for known in [
            "Nothing is sent to this address.",
            "Not confirmed yet.",
            "Paused since",
        ] {
            assert_eq!(
                words.contains(known),
                says == Some(known),
                "{known}: {words}"
            );
        }
        assert!(!words.contains("secret words of staff"), "{words}");
    };
    check(&fine, None);
    let paused_at = fine.confirmed_at;
    check(
        &Subscriber {
            paused_at,
            ..fine.clone()
        },
        Some("Paused since"),
    );
    check(
        &Subscriber {
            confirmed_at: None,
            ..fine.clone()
        },
        Some("Not confirmed yet."),
    );
    let suppressed = Some(Suppression {
        at: at("2013-02-26T09:00:00Z"),
        why: "secret words of staff".to_owned(),
    });
    check(
        &Subscriber { suppressed, ..fine },
        Some("Nothing is sent to this address."),
    );
}

#[test]
fn what_somebody_will_hear_is_said_in_the_order_of_the_page() {
    let snapshot = with_mail().snapshot();
    let heard = |following: Following| {
        let page = confirm::confirm(&snapshot, &subscriber(following), "token", None);
        let words = text(&page.into_string());
        let (_, after) = words.split_once("hears of: ").expect("a list");
        let (list, _) = after.split_once(" Current status").expect("an end");
        list.to_owned()
    };
    let maintenance = "Planned maintenance, a day before and an hour before";
    assert_eq!(
        heard(Following::default()),
        format!("Everything Incidents {maintenance}")
    );
    let post = snapshot.posts.iter().next().expect("an incident");
    let incident = Target::Incident(post.id.to_string());
    let only = |targets: Vec<Target>| Following {
        everything: false,
        targets: targets.into_iter().collect(),
        ..Following::default()
    };
    assert_eq!(
        heard(only(vec![incident])),
        format!("{} All that happens in this incident", post.read().title)
    );
    let [nelson, selma] = ["nelson", "selma"].map(|it| Target::Component(super::world::slug(it)));
    assert_eq!(
        heard(only(vec![nelson, selma])),
        format!("Selma , Nelson Incidents {maintenance}").replace(" ,", ",")
    );
}
