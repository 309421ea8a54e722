//! Messages to one person about their subscription.

use super::block::{Block, Link, PostLine, Span};
use super::broadcast::{Broadcast, Mail};
use super::footer::{self, About};
use super::reader::Reader;
use super::subject::line;
use crate::domain::incident::Incident;
use crate::domain::subscriber::Following;
use crate::render;
use crate::render::markdown::first_sentences;
use crate::render::messages::{mail as messages, text_of};
use crate::snapshot::Snapshot;
use crate::urls;

/// Maximum length of what is said of an open incident, in characters.
const SUMMARY_CHARS: usize = 240;

/// Asks somebody to confirm that they want to be told.
pub fn confirm(snapshot: &Snapshot, following: &Following, confirm_url: &str) -> Mail {
    let site = line(&snapshot.site.name);
    let subject = messages::confirm_subject(&site);
    let [before, after] = messages::confirm(&site);
    let blocks = [
        Block::Meta(site),
        Block::Title(messages::confirm_title().to_owned()),
        hears(snapshot, following, &before, &after),
        Block::Button(Link::new(messages::confirm_button(), confirm_url)),
        Block::Small(vec![Span::plain(messages::not_you())]),
    ];
    let help = footer::support(snapshot).into_iter();
    let end: Vec<Block> = help.flat_map(|help| [Block::Rule, help]).collect();
    Broadcast::new(snapshot, &subject, &blocks, About::default()).ending_in(snapshot, &end)
}

/// Says to a subscriber who asked once more that they are subscribed already.
pub fn already_subscribed(snapshot: &Snapshot, reader: &Reader<'_>) -> Mail {
    let site = line(&snapshot.site.name);
    let subject = messages::already_subject(&site);
    let [before, after] = messages::is_already_subscribed();
    let blocks = [
        Block::Meta(site),
        Block::Title(messages::already_title().to_owned()),
        hears(snapshot, reader.following, before, after),
        Block::Button(Link::new(
            messages::change_what_you_hear(),
            reader.manage_url,
        )),
    ];
    Broadcast::new(snapshot, &subject, &blocks, About::default()).to_reader(snapshot, reader)
}

/// Welcomes a subscriber, and says what is open of what they follow.
pub fn welcome(snapshot: &Snapshot, reader: &Reader<'_>, open: &[Incident]) -> Mail {
    let site = line(&snapshot.site.name);
    let subject = messages::welcome_subject(&site);
    let [before, after] = messages::is_subscribed();
    let mut blocks = vec![
        Block::Meta(site),
        Block::Title(messages::welcome_title().to_owned()),
        hears(snapshot, reader.following, before, after),
    ];
    if open.is_empty() {
        let nothing = vec![Span::plain(messages::nothing_open())];
        blocks.push(Block::Paragraph(nothing));
    } else {
        blocks.push(Block::Heading(messages::open_now().to_owned()));
        let posts = open.iter().map(|incident| post(snapshot, incident));
        blocks.push(Block::Posts(posts.collect()));
    }
    let home = urls::absolute(&snapshot.site.base_url, urls::HOME);
    blocks.push(Block::Button(Link::new(messages::see_site(), home)));
    Broadcast::new(snapshot, &subject, &blocks, About::default()).to_reader(snapshot, reader)
}

/// A paragraph that says what somebody hears of.
fn hears(snapshot: &Snapshot, following: &Following, before: &str, after: &str) -> Block {
    let hears = footer::hears(snapshot, following);
    Block::Paragraph(vec![
        Span::plain(before),
        Span::strong(line(&messages::hears_of(&hears))),
        Span::plain(after),
    ])
}

/// An open incident: where it stands since when, and what was said last.
fn post(snapshot: &Snapshot, incident: &Incident) -> PostLine {
    let frame = render::frame_of(snapshot);
    let last = incident.updates.last();
    let (at, precision) = last.map_or((incident.published_at, incident.precision), |update| {
        (update.at, update.precision)
    });
    let phase = incident.phase(snapshot.until).label();
    let window = incident.window();
    let meta = match frame.window(window.starts, window.ends) {
        Some(window) => messages::planned_for(&window),
        None => frame.moment(at, precision),
    };
    let text = match last {
        Some(update) => first_sentences(&text_of(update), SUMMARY_CHARS),
        None => first_sentences(&incident.markdown, SUMMARY_CHARS),
    };
    let url = urls::absolute(&snapshot.site.base_url, &urls::incident(&incident.slug));
    PostLine {
        link: Link::new(line(&incident.title), url),
        meta: format!("{phase} · {meta}"),
        text,
    }
}
