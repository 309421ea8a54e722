//! The feeds as readers see them, and the guarantee that nothing later alters an item.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{FeedEntry, FeedScope};
use super::story::{at, change, empty, slug, story, update};
use super::{atom, entry, json_feed, rss};
use crate::domain::component::Origin;
use crate::domain::freshness::FEED_ITEMS;
use crate::domain::incident::Incident;
use crate::domain::update::{Phase, Source};
use crate::render::xml::escaped;
use crate::snapshot::{Snapshot, Unpacked};

type Render = fn(&Unpacked, &FeedScope) -> String;
const FORMATS: [(&str, Render); 3] = [
    ("rss", |whole, scope| rss::render(&packed(whole), scope)),
    ("atom", |whole, scope| atom::render(&packed(whole), scope)),
    ("json", |whole, scope| {
        json_feed::render(&packed(whole), scope)
    }),
];

fn packed(whole: &Unpacked) -> Snapshot {
    Snapshot::of(whole.clone())
}

fn entries(whole: &Unpacked, scope: &FeedScope) -> Vec<FeedEntry> {
    entry::entries(&packed(whole), scope)
}

fn edit(whole: &mut Unpacked, change: impl FnOnce(&mut Incident)) {
    change(&mut whole.incidents[0]);
}

/// The items of a document by id, each as raw text.
fn items(format: &str, document: &str) -> BTreeMap<String, String> {
    let cut = |open: &str, close: &str, id_open: &str, id_close: &str| {
        let pieces = document.split(open).skip(1);
        let item = |piece: &str| {
            let bytes = piece.split(close).next().expect("an end").to_owned();
            let id = bytes
                .split(id_open)
                .nth(1)
                .and_then(|rest| rest.split(id_close).next());
            (id.expect("an id").to_owned(), bytes)
        };
        pieces.map(item).collect()
    };
    match format {
        "rss" => cut(
            "<item>",
            "</item>",
            "<guid isPermaLink=\"false\">",
            "</guid>",
        ),
        "atom" => cut("<entry>", "</entry>", "<id>", "</id>"),
        _ => cut("{\"id\":", "]}", "\"", "\""),
    }
}

#[test]
fn whole_feeds_as_they_were_last_found_good() {
    let snapshot = story();
    for (format, render) in FORMATS {
        insta::assert_snapshot!(format, render(&snapshot, &FeedScope::Site));
    }
    let selma = FeedScope::Component(slug("selma"));
    insta::assert_snapshot!("component-rss", rss::render(&packed(&snapshot), &selma));
}

#[test]
fn whoever_wrote_the_post_did_not_write_what_others_add_to_it() {
    let mut whole = story();
    edit(&mut whole, |incident| {
        incident.updates[0].source = Source::Api;
    });
    let feed = entries(&whole, &FeedScope::Site);
    let update = feed.iter().find(|entry| entry.url.contains("#update-"));
    assert_eq!(update.expect("it is there").author, "Example status");
    let post = feed.iter().find(|entry| !entry.url.contains('#'));
    assert_eq!(post.expect("it is there").author, "Tyler Jacobson");
}

#[test]
fn what_comes_later_alters_no_older_item() {
    let late = |incident: &mut Incident| {
        // It is dated to an earlier hour, and changes the state that a resolution restores.
        let mut late = update(
            "late",
            "26T07:30:00",
            "26T12:00:00",
            Some(Phase::Identified),
            "L.",
        );
        late.changes = vec![change("mail", "26T07:30:00", 9, "degraded", Origin::Update)];
        incident.updates.insert(0, late);
        let restore = change("mail", "26T09:15:00", 10, "operational", Origin::Restore);
        incident.updates[1].changes.push(restore);
    };
    let next = |incident: &mut Incident| {
        let mut next = update(
            "next",
            "26T11:00:00",
            "26T11:00:00",
            Some(Phase::Resolved),
            "Over.",
        );
        next.changes = vec![change(
            "nelson",
            "26T11:00:00",
            9,
            "operational",
            Origin::Update,
        )];
        next.mentions = vec![slug("mail")];
        incident.updates.push(next);
    };
    let scopes = [
        FeedScope::Site,
        FeedScope::Incident(slug("selma-nelson")),
        FeedScope::Component(slug("selma")),
        FeedScope::Component(slug("nelson")),
    ];
    for (what, add) in [("late", &late as &dyn Fn(&mut Incident)), ("next", &next)] {
        let before = story();
        let mut after = story();
        edit(&mut after, add);
        after.as_of = at("27T00:00:00");
        for (format, render) in FORMATS {
            for scope in &scopes {
                let old = items(format, &render(&before, scope));
                let mut new = items(format, &render(&after, scope));
                let added: Vec<_> = new
                    .keys()
                    .filter(|id| !old.contains_key(*id))
                    .cloned()
                    .collect();
                for id in &added {
                    assert!(
                        id.ends_with(&format!("update/{what}")),
                        "{format} {scope:?}: {id}"
                    );
                    new.remove(id);
                }
                assert_eq!(old, new, "{format} {scope:?} {what}");
                let expected =
                    usize::from(what == "next" || *scope != FeedScope::Component(slug("nelson")));
                assert_eq!(added.len(), expected, "{format} {scope:?} {what}");
            }
        }
    }
}

#[test]
fn a_correction_keeps_id_and_date_of_publication() {
    let before = story();
    let mut after = story();
    edit(&mut after, |incident| {
        incident.updates[0].markdown = "Mail is up again.".into();
        incident.updates[0].edited_at = Some(at("26T13:00:00"));
        incident.updates[0].at = at("25T09:15:00");
    });
    let (old, new) = (
        entries(&before, &FeedScope::Site),
        entries(&after, &FeedScope::Site),
    );
    assert_eq!(old[1..], new[1..]);
    assert_eq!(
        (&old[0].id, old[0].published),
        (&new[0].id, new[0].published)
    );
    assert_eq!(new[0].updated, at("26T13:00:00"));
    assert!(
        new[0]
            .html
            .contains("February 25, 2013 at 2:15 am MST · edited February 26, 2013 at 6:00 am")
    );
    assert!(
        rss::render(&packed(&after), &FeedScope::Site)
            .contains("26 Feb 2013 13:00:00 GMT</lastBuildDate>")
    );
}

#[test]
fn items_stand_newest_first_by_the_instant_they_became_public() {
    let titles = |snapshot: &Unpacked, scope| -> Vec<String> {
        entries(snapshot, &scope)
            .into_iter()
            .map(|entry| entry.title)
            .collect()
    };
    let story = story();
    let all = ["Selma & Nelson: Monitoring", "Selma & Nelson"];
    assert_eq!(titles(&story, FeedScope::Site), all);
    assert_eq!(
        titles(&story, FeedScope::Incident(slug("selma-nelson"))),
        all
    );
    assert_eq!(titles(&story, FeedScope::Component(slug("mail"))), all);
    assert_eq!(
        titles(&story, FeedScope::Component(slug("nelson"))),
        ["Nelson: Degraded"]
    );
    assert!(titles(&story, FeedScope::Component(slug("nobody"))).is_empty());

    let mut same_instant = story.clone();
    edit(&mut same_instant, |incident| {
        incident.updates[0].public_at = incident.public_at;
        incident.updates[0].at = at("25T00:00:00");
        incident.updates[0].phase = None;
    });
    let after_its_post = ["Selma & Nelson: Mail is up", "Selma & Nelson"];
    assert_eq!(titles(&same_instant, FeedScope::Site), after_its_post);

    let mut many = story;
    edit(&mut many, |incident| {
        let minute = |n: i64| format!("26T10:{n:02}:00");
        let one = |n| update(&format!("m{n}"), &minute(n), &minute(n), None, "x");
        incident.updates.extend((0..60).map(one));
    });
    let newest = entries(&many, &FeedScope::Site);
    assert_eq!(newest.len(), FEED_ITEMS);
    assert!(newest[0].id.ends_with("update/m59") && newest[49].id.ends_with("update/m10"));
}

#[test]
fn an_item_says_all_that_was_said_and_no_more() {
    let story = story();
    let all = entries(&story, &FeedScope::Site);
    let (update, post) = (&all[0], &all[1]);
    assert_eq!(post.id, "tag:status.example.com,2013-02-26:incident/i1");
    assert_eq!(post.tags, ["Selma", "Mail"]);
    assert_eq!(post.summary, "It’s been quite a week.");
    assert!(
        post.html
            .starts_with("<p><em>Incident · February 26, 2013</em></p>"),
        "{}",
        post.html
    );
    assert!(
        post.html.contains("<li>Selma: Major outage</li>"),
        "{}",
        post.html
    );
    assert_eq!(
        update.url,
        "https://status.example.com/incidents/selma-nelson#update-u1"
    );
    assert_eq!(
        update.html,
        "<p><em>Monitoring · February 26, 2013 at 2:15 am MST</em></p>\n\
         <ul><li>Selma: Migrating</li></ul>\n<p>Mail is up.</p>\n"
    );
    assert_eq!(
        (update.author.as_str(), update.tags.len()),
        ("Tyler Jacobson", 1)
    );

    let change = &entries(&story, &FeedScope::Component(slug("nelson")))[0];
    assert_eq!(
        change.id,
        "tag:status.example.com,2013-02-26:state/nelson-1361865600000-3"
    );
    assert_eq!(change.author, "Example status");
    assert_eq!(change.summary, "Nelson is degraded. Rebooted <twice>.");
    assert!(
        change
            .html
            .ends_with("<p>Nelson is degraded.</p>\n<p>Rebooted &lt;twice&gt;.</p>\n")
    );
}

#[test]
fn readers_understand_every_feed() {
    let hostile = "</b>]]> & \u{0}\u{8}\u{FFFE}&#xD800; <script>x</script> “\u{1F6A2}” &#1; <b>b";
    let mut stormy = story();
    edit(&mut stormy, |incident| {
        incident.title = format!("Selma\n{hostile}");
        incident.author = Some(hostile.into());
        incident.summary = Some(hostile.into());
        incident.markdown = hostile.into();
        incident.updates[0].id = "weird id/ü".into();
        incident.updates[0].markdown = hostile.into();
        incident.updates[0].changes[0].note = Some(hostile.into());
    });
    stormy.site.name = hostile.into();
    stormy.components[0].0.name = hostile.into();
    stormy.components[1].1[0].note = Some(hostile.into());
    for (world, snapshot) in [("empty", empty()), ("calm", story()), ("stormy", stormy)] {
        for (format, render) in FORMATS {
            for (path, scope) in [
                ("", FeedScope::Site),
                ("/components/nelson", FeedScope::Component(slug("nelson"))),
                (
                    "/incidents/selma-nelson",
                    FeedScope::Incident(slug("selma-nelson")),
                ),
            ] {
                let document = render(&snapshot, &scope);
                assert_eq!(document, render(&snapshot, &scope));
                let name = format!("{world} {format} {scope:?}");
                let expected = entries(&snapshot, &scope);
                check_document(&name, &document, &expected);
                let own = format!("\"https://status.example.com{path}/feed.{format}\"");
                assert!(document.contains(&own), "{name}: no link to itself");
            }
        }
    }
}

fn check_document(name: &str, document: &str, expected: &[FeedEntry]) {
    let forbidden = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{FFFD}'..='\u{FFFF}')
    };
    assert!(!document.contains(forbidden), "{name}");
    let feed =
        feed_rs::parser::parse(document.as_bytes()).unwrap_or_else(|e| panic!("{name}: {e}"));
    assert!(
        feed.title.is_some_and(|title| !title.content.is_empty()),
        "{name}"
    );
    assert_eq!(feed.entries.len(), expected.len(), "{name}");
    let mut ids = BTreeSet::new();
    for (found, entry) in feed.entries.iter().zip(expected) {
        assert!(ids.insert(&found.id), "{name}: {} stands twice", found.id);
        assert_eq!(found.id, entry.id, "{name}");
        assert!(
            found.id.is_ascii() && !found.id.contains(' '),
            "{name}: {}",
            found.id
        );
        assert_eq!(found.published, Some(entry.published), "{name}");
        assert_eq!(found.links[0].href, entry.url, "{name}");
        let title = found.title.as_ref().expect("a title");
        let as_html = name.contains("atom") && title.content_type.subty() == "html";
        let wanted = if as_html {
            escaped(&entry.title)
        } else {
            entry.title.clone()
        };
        assert_eq!(title.content, wanted, "{name}");
        let body = found
            .content
            .as_ref()
            .and_then(|content| content.body.as_deref());
        assert_eq!(body.map(str::trim), Some(entry.html.trim()), "{name}");
        for attribute in ["href=\"", "src=\""] {
            let urls = entry.html.split(attribute).skip(1);
            urls.for_each(|url| assert!(url.starts_with("https://"), "{name}: {url}"));
        }
        assert!(!entry.html.contains("<script"), "{name}");
    }
}

#[test]
fn what_a_channel_says_of_itself_is_text_though_readers_take_it_for_html() {
    let mut whole = story();
    whole.site.name = "A <b>bold</b> & company".into();
    let document = rss::render(&packed(&whole), &FeedScope::Site);
    let channel = ::rss::Channel::read_from(document.as_bytes()).expect("a channel");
    let shown = "A &lt;b&gt;bold&lt;/b&gt; &amp; company";
    assert!(
        channel.description().contains(shown),
        "{}",
        channel.description()
    );
}
