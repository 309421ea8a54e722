//! Messages of the story of 2013, whole and in part.

mod holds;
mod news;
mod whole;

use super::*;
use crate::domain::dispatch::News;
use crate::domain::incident::Incident;
use crate::domain::subscriber::{Following, Target};
use crate::render::html::tests::world::{World, at, slug};
use crate::render::html::tests::worlds::seed;
use crate::snapshot::Snapshot;

const MAIN: &str = "selma-nelson-blacklists-and-shared-ssl";
const UNSUBSCRIBE: &str = "https://status.example.com/subscribe/unsubscribe/0190a";
const MANAGE: &str = "https://status.example.com/subscribe/manage/0190a";

fn update(id: &str) -> News {
    News::Update { id: id.to_owned() }
}

fn find(snapshot: &Snapshot, key: &str) -> Incident {
    snapshot.find_incident(&slug(key)).expect("an incident")
}

fn following(targets: &[Target]) -> Following {
    Following {
        everything: targets.is_empty(),
        targets: targets.iter().cloned().collect(),
        ..Following::default()
    }
}

fn servers() -> Following {
    following(&[Target::Group("Servers".to_owned())])
}

/// A message as somebody gets it who follows the servers.
fn sent(snapshot: &Snapshot, broadcast: &Broadcast) -> Mail {
    let following = servers();
    let reader = Reader {
        following: &following,
        manage_url: MANAGE,
        unsubscribe_url: UNSUBSCRIBE,
    };
    broadcast.to_reader(snapshot, &reader)
}

/// The message about an incident as somebody gets it who follows the servers.
fn mail_about(snapshot: &Snapshot, about: &Incident, news: &[News]) -> Mail {
    let broadcast = incident(snapshot, about, news).expect("something to say");
    sent(snapshot, &broadcast)
}

fn about_main(news: &[News]) -> Mail {
    let snapshot = seed().snapshot();
    mail_about(&snapshot, &find(&snapshot, MAIN), news)
}

/// When the maintenance of the story starts, in milliseconds.
fn start_of_disks() -> i64 {
    at("2013-03-03T05:00:00Z").timestamp_millis()
}

fn reminder(starts_ms: i64) -> News {
    News::Reminder {
        starts_ms,
        minutes: 60,
    }
}

/// An incident whose every text was written by somebody who means harm.
fn hostile() -> (Snapshot, Incident, Vec<News>) {
    let mut world = World::empty();
    world.component("selma", "</p><script>x()</script>", "Servers", "");
    let mut post = world.incident(
        "hostile",
        "</title><img src=//evil.example/t.gif>\r\nBcc: a@evil.example\u{0}\u{1b}[2J\u{202e}",
        "2013-02-26T08:00:00Z",
    );
    post.updates = vec![world.update(
        "\"><script>",
        "2013-02-26T09:00:00Z",
        None,
        "<script>x()</script><style>@import '//evil.example'</style>\n\n\
         ![open](https://evil.example/t.gif) <img src=\"https://evil.example/u.gif\">\n\n\
         [go](javascript:x()) [home](/) \u{0}\u{1b}[2J\u{7} <b onclick=x()>bold</b>\n\n\
         <form action=//evil.example><input name=q></form>",
        &["selma=degraded"],
    )];
    let note = "<a href=\"javascript:x()\" style=\"color:red\">note</a>\u{0}";
    post.updates[0].changes[0].note = Some(note.to_owned());
    world.publish(post);
    world.whole.site.name = "Status <b>&\u{0}</b>".to_owned();
    let snapshot = world.snapshot();
    let post = find(&snapshot, "hostile");
    (snapshot, post, vec![News::Post, update("\"><script>")])
}
