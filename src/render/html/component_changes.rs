//! The state changes of a component, as its pages list them.

use maud::{Markup, html};

use crate::domain::component::{Origin, StateChange};
use crate::render;
use crate::render::html::{changes, parts};
use crate::snapshot::{ComponentHistory, Snapshot};
use crate::urls;

/// How many changes are listed, newest first. If a component has more, each month has a page of
/// its own.
pub(super) const LISTED: usize = 100;

/// The changes worth listing, newest first: those that changed the state or its note.
pub(super) fn distinct_changes(record: &ComponentHistory) -> impl Iterator<Item = StateChange> {
    let mut newest_first = record.history.iter().rev().peekable();
    std::iter::from_fn(move || {
        loop {
            let change = newest_first.next()?;
            let says_the_same = newest_first
                .peek()
                .is_some_and(|before| before.state == change.state && before.note == change.note);
            if !says_the_same {
                return Some(change);
            }
        }
    })
}

/// A state change and its cause.
pub(super) fn row(snapshot: &Snapshot, change: &StateChange) -> Markup {
    let frame = render::frame_of(snapshot);
    let states = &snapshot.states;
    let before = changes::state_before(snapshot, change);
    html! {
        li {
            p {
                @if before != change.state { (states.label(&before)) " → " }
                (parts::state_badge(states, &change.state))
            }
            @if let Some(note) = &change.note { p dir="auto" { (note) } }
            p.meta {
                (parts::instant(frame, change.at))
                (cause(snapshot, change))
                // Changes by a post or an update are marked there.
                @if change.origin == Origin::Request {
                    (parts::added_later(frame, change.at, change.public_at))
                }
            }
        }
    }
}

fn cause(snapshot: &Snapshot, change: &StateChange) -> Markup {
    let post = change.incident.as_ref();
    let Some(post) = post.and_then(|id| snapshot.posts.find_by_id(id)) else {
        return html! {};
    };
    let target = match &change.update {
        Some(update) => urls::update(&post.slug, update),
        None => urls::incident(&post.slug),
    };
    let words = match change.origin {
        Origin::Restore => "\u{a0}· at the end of ",
        Origin::Post | Origin::Update | Origin::Request | Origin::Plan | Origin::Begin => {
            "\u{a0}· "
        }
    };
    html! { (words) a href=(target) dir="auto" { (post.title) } }
}
