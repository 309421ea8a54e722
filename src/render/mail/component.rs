//! The message about a component whose state changed without an incident, and what is said of
//! components at the end of others.

use super::block::{Block, Link, Span};
use super::broadcast::Broadcast;
use super::changes;
use super::footer::About;
use super::subject::line;
use crate::domain::headline::News;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, Tone};
use crate::render;
use crate::render::messages::{self, mail};
use crate::snapshot::Snapshot;
use crate::urls;

/// What a component is now, after a change without an incident. `None` if it isn't listed any more.
pub fn component(snapshot: &Snapshot, slug: &Slug) -> Option<Broadcast> {
    let record = snapshot.find_component(slug)?;
    let component = &record.component;
    if component.retired_at.is_some() {
        return None;
    }
    let name = snapshot.component_name(&component.slug);
    let standing = snapshot.standing(record);
    let state = &standing.state;
    let label = snapshot.states.label(state);
    let reads = match snapshot.states.find(state) {
        Some(known) => known.reads.clone(),
        None => messages::unknown_state(state),
    };
    let changes = record.history.iter().rev();
    let change = changes.into_iter().find(|it| it.at <= snapshot.until);
    let frame = render::frame_of(snapshot);
    let site = line(&snapshot.site.name);
    let meta = match &change {
        Some(change) => format!("{site} · {}", frame.instant(change.at)),
        None => site.clone(),
    };
    let mut blocks = vec![
        Block::Meta(meta),
        Block::Title(line(&mail::reads(name, &reads))),
    ];
    if let Some(change) = &change {
        let shown = changes::line(snapshot, change.at, change);
        blocks.push(Block::Changes(vec![shown]));
    }
    let url = urls::absolute(&snapshot.site.base_url, &urls::component(slug));
    blocks.push(Block::Button(Link::new(mail::see_component(name), url)));
    blocks.extend(still_going_on(snapshot, &[(slug, state)]));
    let what = mail::change(name, None, label);
    let note = standing.note.as_deref().unwrap_or(&site);
    let about = About {
        incident: None,
        components: vec![slug.clone()],
    };
    let subject = mail::subject(&what, note);
    Some(Broadcast::new(snapshot, &subject, &blocks, about))
}

/// The components that don't work, without those whose state the message shows.
pub(super) fn still_going_on(snapshot: &Snapshot, shown: &[(&Slug, &StateKey)]) -> Option<Block> {
    let mut others = render::list_present(snapshot);
    others.retain(|present| {
        let is_shown = shown.contains(&(&present.record.component.slug, present.state));
        present.tone != Tone::Ok && !is_shown
    });
    let headline = render::headline_with(snapshot, &others, &[]);
    match headline.news {
        News::Affected(_) => {
            let words = mail::still_going_on(&messages::headline(&headline));
            Some(Block::Small(vec![Span::plain(words)]))
        }
        News::Nothing | News::AllWork | News::Open(_) => None,
    }
}
