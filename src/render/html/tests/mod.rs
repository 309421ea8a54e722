//! Every page of several worlds: structure, links, size, and the stylesheet's colours.

mod endings;
mod stale;
mod structure;
mod subscribing;
mod whole;
pub(in crate::render) mod world;
pub(in crate::render) mod worlds;

use std::io::Write as _;

use chrono_tz::Tz;

use self::structure::check;
use self::subscribing::with_mail;
use self::world::{World, at};
use self::worlds::{calm, seed, stormy};
use super::*;
use crate::domain::brand::Theme;
use crate::domain::slug::Slug;
use crate::render::html::subscribe::form::Form;
use crate::snapshot::Snapshot;
use crate::urls;

const STYLESHEET: &str = include_str!("../../../../assets/lightship.css");

/// Each page of a world, with its path.
fn pages(snapshot: &Snapshot) -> Vec<(String, String)> {
    let mut pages = vec![
        ("/".to_owned(), home::page(snapshot)),
        ("/history".to_owned(), history::page(snapshot)),
        ("/components".to_owned(), components::page(snapshot)),
        (
            "/history/1999/12".to_owned(),
            history::month(snapshot, 1999, 12),
        ),
        ("/subscribe".to_owned(), subscribe::page(snapshot)),
        ("/embed".to_owned(), embed::page(snapshot)),
        ("/nowhere".to_owned(), error::not_found(snapshot)),
        (
            "/plain".to_owned(),
            error::plain(503, "Back soon", "The page is being <loaded>."),
        ),
    ];
    for ((year, month), _) in snapshot.posts.months() {
        pages.push((
            format!("/history/{year}/{month:02}"),
            history::month(snapshot, year, month),
        ));
    }
    for record in &snapshot.components {
        let path = format!("/components/{}", record.component.slug);
        pages.push((path, component::page(snapshot, record)));
    }
    for post in snapshot.posts.iter() {
        let incident = post.read();
        let path = format!("/incidents/{}", incident.slug);
        pages.push((path, incident::page(snapshot, &incident)));
        let path = urls::subscribe_to_incident(&incident.slug);
        let page = subscribe::incident::page(snapshot, &incident, &Form::default());
        pages.push((path, page));
    }
    pages.extend(subscribing::pages(snapshot));
    pages
        .into_iter()
        .map(|(path, page)| (path, page.into_string()))
        .collect()
}

#[test]
fn every_page_of_every_world_is_well_made() {
    for (name, world) in [
        ("empty", World::empty()),
        ("calm", calm()),
        ("stormy", stormy()),
        ("seed", seed()),
        ("mail", with_mail()),
    ] {
        let pages = pages(&world.snapshot());
        for (path, html) in &pages {
            check(&format!("{name} {path}"), html, &world.snapshot());
        }
        assert_eq!(
            pages,
            self::pages(&world.snapshot()),
            "the same snapshot gives the same bytes"
        );
        write_out(name, &pages);
    }
}

/// Writes the pages to the folder `LIGHTSHIP_PAGES`, if that is set when the tests are compiled.
fn write_out(world: &str, pages: &[(String, String)]) {
    let Some(folder) = option_env!("LIGHTSHIP_PAGES") else {
        return;
    };
    for (path, html) in pages {
        let name = format!(
            "{world}{}.html",
            path.trim_end_matches('/').replace('/', "_")
        );
        let file = std::path::Path::new(folder).join(name);
        std::fs::write(file, html).expect("the folder can be written to");
    }
}

fn gzipped(text: &str) -> usize {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).expect("memory");
    encoder.finish().expect("memory").len()
}

#[test]
fn the_home_page_stays_small_in_a_storm() {
    let size = gzipped(&home::page(&stormy().snapshot()).into_string());
    assert!(size <= 12 * 1024, "{size} bytes");
    let size = gzipped(STYLESHEET);
    assert!(size <= 4 * 1024, "{size} bytes of stylesheet");
}

#[track_caller]
fn says(html: &str, texts: &[&str]) {
    let words = structure::text(html);
    for text in texts {
        assert!(words.contains(text), "{text:?} isn't in:\n{words}");
    }
}

#[test]
fn the_home_page_answers_first() {
    let html = home::page(&seed().snapshot()).into_string();
    says(
        &html,
        &[
            "Nelson and Mail delivery are degraded, and Selma is migrating. \
             Everything else is working. Last update February 26 at 2:15 am MST.",
            "Monitoring · started February 24 · affects Selma, Nelson, Mail delivery, \
             Shared SSL certificates",
            "February 26 at 2:15 am MST — Our techs were able",
            "All 4 updates",
            "Saturday, March 2 · 10:00 pm – midnight MST · affects Clark New disks for Clark",
            "Nelson ran out of memory Resolved after 40 min · February 20, 2013 · 2 updates",
        ],
    );
    assert!(html.contains("title=\"2/26/13 – 2:15 MST\""));
    assert!(html.contains("90 days: 100\u{a0}% uptime. No data before January 1. No problems."));
    assert!(
        html.contains("February 25: Major outage all day."),
        "{html}"
    );
    says(
        &home::page(&calm().snapshot()).into_string(),
        &["Everything is working."],
    );
    says(
        &home::page(&World::empty().snapshot()).into_string(),
        &["No problems reported."],
    );
    says(
        &home::page(&stormy().snapshot()).into_string(),
        &["Investigating · started February 26 at 1:00 am MST"],
    );
}

#[test]
fn an_incident_says_what_changed_and_what_was_added_later() {
    let world = seed();
    let incident = |slug| {
        let slug = Slug::parse(slug).expect("a slug");
        let incident = world.snapshot().find_incident(&slug).expect("an incident");
        incident::page(&world.snapshot(), &incident).into_string()
    };
    says(
        &incident("selma-nelson-blacklists-and-shared-ssl"),
        &[
            "Written by Tyler Jacobson on February 26, 2013 · Monitoring",
            "Selma: Major outage → Migrating",
            "February 24 at 6:00 pm MST · added later, February 26 at 1:00 am MST",
            "February 25 at 9:40 pm MST · by Dana · edited February 25 at 10:00 pm MST",
            "Don’t you have a backup?",
            "Nelson: Operational → Degraded",
        ],
    );
    says(
        &incident("nelson-memory"),
        &["Nelson is back to Operational"],
    );
    says(
        &incident("clark-disks"),
        &["Planned for Saturday, March 2 · 10:00 pm – midnight MST"],
    );
}

#[test]
fn a_component_says_what_it_was_and_why() {
    let world = seed();
    let slug = Slug::parse("nelson").expect("a slug");
    let snapshot = world.snapshot();
    let record = snapshot.find_component(&slug).expect("a component");
    says(
        &component::page(&snapshot, record).into_string(),
        &[
            "Degraded since February 25 at 8:00 am MST",
            "Ran out of memory twice",
            "Major outage → Operational February 20 at 10:40 am MST · at the end of Nelson ran out",
            "Operational → Degraded January 8 at 3:00 am MST",
        ],
    );
    let world = stormy();
    let snapshot = world.snapshot();
    let retired = snapshot.components.last().expect("a component");
    says(
        &component::page(&snapshot, retired).into_string(),
        &["Retired on January 19, 2013."],
    );
}

#[test]
fn what_repeats_a_state_and_its_note_is_no_change() {
    let mut world = seed();
    let rows = |world: &World| {
        let slug = Slug::parse("nelson").expect("a slug");
        let snapshot = world.snapshot();
        let record = snapshot.find_component(&slug).expect("a component");
        let html = component::page(&snapshot, record).into_string();
        let log = html.split_once("<ol class=\"log\">").expect("changes").1;
        log.split("</ol>")
            .next()
            .map(|log| log.matches("<li>").count())
    };
    world.change("nelson", "2013-02-26T08:00:00Z", "degraded: Slow");
    let before = rows(&world);
    world.change("nelson", "2013-02-26T08:30:00Z", "degraded: Slow");
    assert_eq!(rows(&world), before);
    world.change("nelson", "2013-02-26T09:00:00Z", "degraded: Slower");
    assert_eq!(rows(&world), before.map(|rows| rows + 1));
}

#[test]
fn what_is_wide_is_left_to_the_post_itself() {
    let mut world = seed();
    let mut incident = world.incident("wide", "A cut line", "2013-02-26T09:00:00Z");
    incident.updates = vec![world.update(
        "w1",
        "2013-02-26T09:10:00Z",
        None,
        "The carrier says this:\n\n| a | b |\n|---|---|\n| 1 | 2 |",
        &[],
    )];
    world.publish(incident);
    let html = home::page(&world.snapshot()).into_string();
    says(
        &html,
        &["February 26 at 2:10 am MST — The carrier says this:"],
    );
    assert!(!html.contains("class=\"scroll\""));
}

#[test]
fn a_long_headline_is_set_smaller() {
    let is_long = |world: World| {
        home::page(&world.snapshot())
            .into_string()
            .contains("<h1 class=\"long\"")
    };
    assert!(is_long(stormy()));
    assert!(!is_long(calm()));
}

#[test]
fn history_leads_from_month_to_month() {
    let world = seed();
    says(
        &history::page(&world.snapshot()).into_string(),
        &[
            "4 posts since January 2013.",
            "February 2013 2 posts",
            "March 2013 1 post",
        ],
    );
    let html = history::month(&world.snapshot(), 2013, 2).into_string();
    assert!(html.contains("rel=\"prev\" href=\"/history/2013/01\""));
    assert!(html.contains("rel=\"next\" href=\"/history/2013/03\""));
    says(&html, &["Nelson is back after a reboot."]);
    says(
        &history::month(&world.snapshot(), 2011, 5).into_string(),
        &["No posts in this month.", "January 2013 →"],
    );
}

#[test]
fn a_wrong_address_still_says_what_is_down() {
    let html = error::not_found(&seed().snapshot()).into_string();
    says(&html, &["Nelson and Mail delivery are degraded"]);
    assert!(html.contains("noindex") && !html.contains("canonical"));
}

#[test]
fn the_zone_of_the_site_is_that_of_the_pages() {
    let mut world = seed();
    world.whole.site.zone = Tz::Europe__Berlin;
    world.whole.as_of = at("2014-07-01T00:00:00Z");
    says(
        &home::page(&world.snapshot()).into_string(),
        &[
            "Last update February 26, 2013 at 10:15 CET.",
            "Central European Time (CEST)",
        ],
    );
}

#[test]
fn text_is_readable_on_every_background() {
    // Each block of custom properties: light, then dark.
    let blocks: Vec<_> = STYLESHEET.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), 2);
    for (block, theme) in blocks.into_iter().zip([Theme::Light, Theme::Dark]) {
        // The same rules apply to brands' accent colours.
        for (name, ground) in ["paper", "card"].into_iter().zip(theme.grounds()) {
            let [red, green, blue] = ground.0;
            let is_grey = red == green && green == blue && red % 17 == 0;
            let short = format!("#{:x}{:x}{:x}", red % 16, green % 16, blue % 16);
            let value = if is_grey { short } else { ground.hex() };
            assert!(
                block.contains(&format!("--{name}: {value};")),
                "{name} {value}"
            );
        }
        let colour = |name: &str| {
            let start = block.find(&format!("--{name}: #")).expect(name) + name.len() + 5;
            let hex: String = block[start..]
                .chars()
                .take_while(char::is_ascii_hexdigit)
                .collect();
            luminance(&hex)
        };
        for name in ["ink", "soft", "link", "ok", "info", "warn", "mid", "bad"] {
            let contrasts = ["paper", "card"].map(|ground| contrast(colour(name), colour(ground)));
            let lowest = contrasts[0].min(contrasts[1]);
            let said = format!("{lowest:.1}");
            assert!(lowest >= 4.5, "{name}: {said}");
            assert!(
                STYLESHEET[..600].contains(&said),
                "the comment doesn't say {name} {said}"
            );
        }
        // The background of code has the colour of lines.
        assert!(contrast(colour("ink"), colour("line")) >= 4.5);
    }
}

/// Relative luminance, <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>.
fn luminance(hex: &str) -> f64 {
    let wide: String = match hex.len() {
        3 => hex.chars().flat_map(|c| [c, c]).collect(),
        _ => hex.to_owned(),
    };
    let channel = |at: usize| {
        let value = u8::from_str_radix(&wide[at..at + 2], 16).expect("hexadecimal");
        let share = f64::from(value) / 255.0;
        if share <= 0.040_45 {
            share / 12.92
        } else {
            ((share + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}

fn contrast(a: f64, b: f64) -> f64 {
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}
