//! Messages to chats in the story of 2013.

use super::{Detail, Form, Message, component, news};
use crate::domain::dispatch::News;
use crate::domain::state::Tone;
use crate::render::html::tests::world::{at, slug};
use crate::render::html::tests::worlds::seed;
use crate::render::markdown::Passage;
use crate::snapshot::Snapshot;

const MAIN: &str = "selma-nelson-blacklists-and-shared-ssl";

fn update(id: &str) -> News {
    News::Update { id: id.to_owned() }
}

fn amendment(id: &str) -> News {
    News::Amendment {
        id: id.to_owned(),
        at_ms: at("2013-02-26T09:50:00Z").timestamp_millis(),
    }
}

fn told(snapshot: &Snapshot, key: &str, about: &News, form: Form) -> Option<Message> {
    let incident = snapshot.find_incident(&slug(key));
    news(snapshot, incident.as_ref(), about, form)
}

fn lines(message: &Message) -> Vec<String> {
    let body = message.body(Detail::Whole).expect("a body");
    body.iter().map(Passage::text).collect()
}

#[test]
fn an_update_says_what_changed_and_links_to_itself() {
    let snapshot = seed().snapshot();
    let message = told(&snapshot, MAIN, &update("u3"), Form::Own).expect("a message");
    assert_eq!(message.heading(), format!("🔧 {}", message.title));
    assert_eq!(message.tone, Tone::Info);
    let said = lines(&message);
    assert_eq!(said[0], "Monitoring");
    assert!(
        said[1].starts_with("🔧 Selma: Major outage → Migrating"),
        "{said:?}"
    );
    assert!(
        said[1].ends_with("\nMail is up. Files are being copied to new hardware."),
        "{said:?}"
    );
    let url =
        "https://status.example.com/incidents/selma-nelson-blacklists-and-shared-ssl#update-u3";
    assert_eq!(message.link.url, url);
    assert!(message.end().contains("2:15"), "{}", message.end());
}

#[test]
fn a_correction_is_a_message_of_its_own_or_stands_in_the_place_of_the_update() {
    let snapshot = seed().snapshot();
    let own = told(&snapshot, MAIN, &amendment("u3"), Form::Own).expect("a message");
    let said = lines(&own);
    assert!(
        said[0].starts_with("This corrects what we wrote on"),
        "{said:?}"
    );
    let edit = told(&snapshot, MAIN, &amendment("u3"), Form::Edit).expect("a message");
    let said = lines(&edit);
    assert_eq!(said[0], "Monitoring");
    assert!(said[1].starts_with("Corrected on"), "{said:?}");
    let plain = told(&snapshot, MAIN, &update("u3"), Form::Own).expect("a message");
    assert_eq!(
        (edit.title, edit.text, edit.link),
        (plain.title, plain.text, plain.link)
    );
}

#[test]
fn what_isnt_public_is_withdrawn_or_not_told() {
    let snapshot = seed().snapshot();
    let withdrawal = |id: &str| News::Withdrawal {
        id: id.to_owned(),
        at_ms: 0,
    };
    let gone = told(&snapshot, MAIN, &withdrawal("gone"), Form::Edit).expect("a message");
    assert_eq!(lines(&gone), ["An update was withdrawn."]);
    let all = told(&snapshot, "no-such-post", &withdrawal(""), Form::Own).expect("a message");
    assert_eq!(lines(&all), ["A post was withdrawn."]);
    assert_eq!(all.title, snapshot.site.name);
    for (key, news) in [
        // They are public again.
        (MAIN, withdrawal("u3")),
        (MAIN, withdrawal("")),
        (MAIN, update("gone")),
        (MAIN, amendment("gone")),
        ("no-such-post", News::Post),
    ] {
        assert_eq!(
            told(&snapshot, key, &news, Form::Own),
            None,
            "{key} {news:?}"
        );
    }
}

#[test]
fn a_post_without_a_word_leaves_it_to_its_first_update() {
    let mut world = seed();
    let mut post = world.incident("a", "Selma is slow", "2013-02-26T09:20:00Z");
    world.publish(post.clone());
    assert!(told(&world.snapshot(), "a", &News::Post, Form::Own).is_some());
    post.updates = vec![world.update("a1", "2013-02-26T09:20:00Z", None, "Slow.", &[])];
    let snapshot = world.snapshot();
    assert_eq!(news(&snapshot, Some(&post), &News::Post, Form::Own), None);
    assert!(news(&snapshot, Some(&post), &update("a1"), Form::Own).is_some());
}

#[test]
fn a_maintenance_says_when_and_a_resolved_incident_how_long() {
    let snapshot = seed().snapshot();
    let planned = told(&snapshot, "clark-disks", &News::Post, Form::Own).expect("a message");
    assert!(
        lines(&planned)[0].starts_with("Planned for Saturday, March 2"),
        "{:?}",
        lines(&planned)
    );
    let over = told(&snapshot, "nelson-memory", &update("n2"), Form::Own).expect("a message");
    assert_eq!(over.tone, Tone::Ok);
    assert!(
        lines(&over)[0].starts_with("Resolved after"),
        "{:?}",
        lines(&over)
    );
    assert_eq!(over.summary, "Resolved – Nelson ran out of memory");
}

#[test]
fn a_component_says_what_it_is_now() {
    let snapshot = seed().snapshot();
    let message = component(&snapshot, &slug("selma")).expect("a message");
    assert_eq!(message.title, "Selma is migrating");
    assert_eq!(
        message.link.url,
        "https://status.example.com/components/selma"
    );
    assert_eq!(component(&snapshot, &slug("gone")), None);
}
