//! What holds for every message, and what its end says.

use super::*;

/// Messages of every sort.
fn all() -> Vec<Mail> {
    let snapshot = seed().snapshot();
    let everything = following(&[]);
    let reader = Reader {
        following: &everything,
        manage_url: MANAGE,
        unsubscribe_url: UNSUBSCRIBE,
    };
    let disks = find(&snapshot, "clark-disks");
    let (storm, post, news) = hostile();
    let selma = component(&snapshot, &slug("selma")).expect("a component");
    vec![
        about_main(&[News::Post, update("u1"), update("u2"), update("u3")]),
        about_main(&[update("u3")]),
        mail_about(&snapshot, &disks, &[reminder(start_of_disks())]),
        mail_about(&storm, &post, &news),
        sent(&snapshot, &selma),
        confirm(&snapshot, &everything, "https://status.example.com/c/1"),
        already_subscribed(&snapshot, &reader),
        welcome(&snapshot, &reader, &snapshot.open_incidents()),
    ]
}

#[test]
fn nothing_is_loaded_or_runs_and_nothing_breaks_out() {
    for Mail {
        subject,
        text,
        html,
    } in all()
    {
        assert!(!subject.contains(char::is_control), "{subject:?}");
        assert!(subject.chars().count() <= 120, "{subject}");
        for part in [&text, &html] {
            let stray = part.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(stray, None, "{part}");
        }
        for tag in html.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').expect("a whole tag");
            let name = tag.split(' ').next().unwrap_or_default();
            let loads = ["script", "img", "link", "form", "input", "iframe", "base"];
            assert!(!loads.contains(&name), "{tag}");
            for (index, part) in tag.split('"').enumerate() {
                let is_value = index % 2 == 1;
                let starts = ["src=", "srcset=", "background=", "on"];
                let is_bad = match is_value {
                    true => part.contains("url(") || part.starts_with("javascript:"),
                    false => starts.iter().any(|it| part.trim_start().starts_with(it)),
                };
                assert!(!is_bad, "{tag}");
            }
        }
        for word in ["url(", "@import"] {
            let styles = html.split("</head>").next().unwrap_or_default();
            assert!(!styles.contains(word), "{word} in {styles}");
        }
        assert_eq!(html.matches("<title>").count(), 1);
        assert_eq!(html.matches("<style>").count(), 2);
        assert!(
            html.starts_with("<!DOCTYPE html><html lang=\"en\">"),
            "{html}"
        );
    }
}

#[test]
fn every_element_ends_where_it_must_and_headings_leave_no_gap() {
    for Mail { html, .. } in all() {
        let mut open: Vec<&str> = Vec::new();
        let mut level = 0;
        for tag in html.split('<').skip(1) {
            let name = tag.split([' ', '>']).next().unwrap_or_default();
            if let Some(ended) = name.strip_prefix('/') {
                assert_eq!(open.pop(), Some(ended), "{html}");
            } else if !["!DOCTYPE", "meta", "br", "hr", "wbr"].contains(&name) {
                open.push(name);
            }
            let heading = name.strip_prefix('h').and_then(|it| it.parse::<u8>().ok());
            if let Some(next) = heading {
                assert!(next <= level + 1, "h{next} after h{level}: {html}");
                level = next;
            }
        }
        assert_eq!(open, Vec::<&str>::new());
    }
}

#[test]
fn every_link_is_absolute() {
    for Mail { html, .. } in all() {
        for link in html.split(" href=\"").skip(1) {
            let schemes = ["https://", "http://", "mailto:"];
            assert!(schemes.iter().any(|it| link.starts_with(it)), "{link}");
        }
    }
}

#[test]
fn both_texts_say_the_same() {
    for Mail { text, html, .. } in all().iter().take(3) {
        let body = html.split("</head>").nth(1).expect("a body");
        let letters =
            |text: &str| -> String { text.chars().filter(|c| c.is_alphabetic()).collect() };
        let mut rest = letters(text);
        for part in body.split('<').skip(1) {
            let words = part.split_once('>').map_or("", |(_, words)| words);
            let words = words.replace("&amp;", "&").replace("&quot;", "\"");
            let words = letters(&words.replace("&lt;", "<").replace("&gt;", ">"));
            let start = rest.find(&words);
            let start = start.unwrap_or_else(|| panic!("{words} isn't in {rest}"));
            rest.drain(..start + words.len());
        }
    }
}

#[test]
fn the_end_says_what_of_the_message_somebody_subscribed_to() {
    let snapshot = seed().snapshot();
    let main = find(&snapshot, MAIN);
    let mail = incident(&snapshot, &main, &[update("u3")]).expect("something to say");
    let check = |targets: &[Target], wanted: &str| {
        let following = following(targets);
        let reader = Reader {
            following: &following,
            manage_url: MANAGE,
            unsubscribe_url: UNSUBSCRIBE,
        };
        let sent = mail.to_reader(&snapshot, &reader);
        let because = format!("You get this because you subscribed to {wanted}. ");
        assert!(sent.text.contains(&because), "{wanted}: {}", sent.text);
        let because = format!("because you subscribed to <strong>{wanted}</strong>. ");
        assert!(sent.html.contains(&because), "{wanted}: {}", sent.html);
    };
    let group = |name: &str| Target::Group(name.to_owned());
    let one = |key: &str| Target::Component(slug(key));
    let this = Target::Incident(main.id.clone());
    let other = Target::Incident("id-nelson-memory".to_owned());
    check(&[], "everything");
    check(&[group("Servers")], "Servers");
    check(&[one("selma"), one("clark"), other.clone()], "Selma");
    check(&[one("clark"), this.clone()], "this incident");
    check(&[group("Servers"), this], "Servers");
    // They were told of it before they chose something else.
    check(&[one("clark"), one("ruby")], "Clark and Ruby");
    check(&[other], "“Nelson ran out of memory”");
    // Nothing that somebody else typed goes out.
    check(
        &[group("Buy at evil.example"), one("no-more")],
        "our messages",
    );
}

#[test]
fn other_components_that_dont_work_are_named() {
    let mail = about_main(&[update("u3")]);
    let others = "Still going on: Nelson and Mail delivery are degraded.";
    assert!(mail.text.contains(others), "{}", mail.text);
    // It doesn't say what Selma is, so that is in it, too.
    let mail = about_main(&[update("u2")]);
    let others = "Still going on: Nelson and Mail delivery are degraded, and Selma is migrating.";
    assert!(mail.text.contains(others), "{}", mail.text);
    let mut calm = seed();
    for (component, changes) in &mut calm.whole.components {
        changes.retain(|_| component.slug == slug("selma"));
    }
    let calm = calm.snapshot();
    let mail = mail_about(&calm, &find(&calm, MAIN), &[update("u3")]);
    assert!(!mail.text.contains("Still going on"), "{}", mail.text);
}

#[test]
fn a_component_that_isnt_listed_any_more_is_no_news() {
    let mut world = seed();
    assert_eq!(component(&world.snapshot(), &slug("no-more")), None);
    world.whole.components[0].0.retired_at = Some(at("2013-02-26T09:00:00Z"));
    assert_eq!(component(&world.snapshot(), &slug("selma")), None);
}

#[test]
fn a_component_is_shown_with_what_it_was_and_its_note() {
    let mut world = seed();
    world.change("clark", "2013-02-26T09:30:00Z", "degraded: Disks are slow.");
    let snapshot = world.snapshot();
    let clark = sent(
        &snapshot,
        &component(&snapshot, &slug("clark")).expect("it"),
    );
    assert_eq!(clark.subject, "Clark: Degraded – Disks are slow.");
    let change = "* Clark: Operational → Degraded\n  Disks are slow.\n";
    assert!(clark.text.contains(change), "{}", clark.text);
    let ruby = sent(&snapshot, &component(&snapshot, &slug("ruby")).expect("it"));
    assert_eq!(ruby.subject, "Ruby: Operational – MacHighway Status");
    assert!(ruby.text.contains("Ruby is working"), "{}", ruby.text);
}

#[test]
fn a_picture_is_a_link_and_a_relative_link_is_absolute() {
    let snapshot = seed().snapshot();
    let mut main = find(&snapshot, MAIN);
    let last = main.updates.len() - 1;
    main.updates[last].markdown = "![A disk](media/disk.png) [past](/history)".to_owned();
    let mail = mail_about(&snapshot, &main, &[update("u3")]);
    let picture = "<a href=\"https://status.example.com/media/disk.png\">[A disk]</a>";
    assert!(mail.html.contains(picture), "{}", mail.html);
    let line = "[A disk] <https://status.example.com/media/disk.png> \
                past <https://status.example.com/history>";
    assert!(mail.text.contains(line), "{}", mail.text);
}
