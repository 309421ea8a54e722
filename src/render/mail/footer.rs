//! What comes with every message: why its reader gets it, how to change that, and where to get help.

use super::block::{Block, Span};
use super::reader::Reader;
use crate::domain::slug::Slug;
use crate::domain::subscriber::{Following, Target};
use crate::render::messages::mail::{self as messages, Hears};
use crate::snapshot::Snapshot;

/// What a message is about, as far as it decides who gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    /// The id of the incident.
    pub(super) incident: Option<String>,
    /// The components.
    pub(super) components: Vec<Slug>,
}

/// The end of a message to somebody who follows something.
pub(super) fn blocks(snapshot: &Snapshot, about: &About, reader: &Reader<'_>) -> Vec<Block> {
    let [before, after] = messages::because();
    let reason = vec![
        Span::plain(before),
        Span::strong(reason(snapshot, about, reader.following)),
        Span::plain(after),
        Span::link(messages::change_what_you_hear(), reader.manage_url),
    ];
    let leave = vec![Span::link(messages::unsubscribe(), reader.unsubscribe_url)];
    let mut blocks = vec![Block::Rule, Block::Small(reason), Block::Small(leave)];
    blocks.extend(support(snapshot));
    blocks
}

/// Where to get help, if the site says so.
pub(super) fn support(snapshot: &Snapshot) -> Option<Block> {
    let support = snapshot.site.support.as_ref()?;
    let [before, after] = messages::need_help();
    Some(Block::Small(vec![
        Span::plain(before),
        Span::link(&support.text, &support.url),
        Span::plain(after),
    ]))
}

/// What somebody hears of, with the names that the site has for it. So no text that somebody else
/// may have put into a form goes out.
pub(super) fn hears(snapshot: &Snapshot, following: &Following) -> Hears {
    let mut hears = Hears {
        everything: following.everything,
        incidents: following.incidents,
        maintenance: following.maintenance,
        changes: following.changes,
        ..Hears::default()
    };
    for target in &following.targets {
        match target {
            Target::Component(slug) => {
                let known = snapshot.find_component(slug);
                let name = known.map(|_| snapshot.component_name(slug).to_owned());
                hears.names.extend(name);
            }
            Target::Group(group) => {
                let is_known = snapshot
                    .components
                    .iter()
                    .any(|record| record.component.group.as_ref() == Some(group));
                hears.names.extend(is_known.then(|| group.clone()));
            }
            Target::Incident(id) => {
                let post = snapshot.posts.find_by_id(id);
                hears.titles.extend(post.map(|post| post.read().title));
            }
        }
    }
    hears
}

/// Why somebody gets a message: what they follow of what it is about. If that is nothing any more,
/// because they were told of the incident before, everything that they follow.
fn reason(snapshot: &Snapshot, about: &About, following: &Following) -> String {
    let is_about = |target: &Target| match target {
        Target::Component(slug) => about.components.contains(slug),
        Target::Group(group) => about.components.iter().any(|slug| {
            let record = snapshot.find_component(slug);
            record.is_some_and(|record| record.component.group.as_ref() == Some(group))
        }),
        Target::Incident(_) => false,
    };
    let mut of_it = following.clone();
    of_it.targets.retain(is_about);
    if following.everything || !of_it.targets.is_empty() {
        return messages::subscribed_to(&hears(snapshot, &of_it));
    }
    let one = about.incident.clone().map(Target::Incident);
    if one.is_some_and(|one| following.targets.contains(&one)) {
        return messages::this_incident().to_owned();
    }
    messages::subscribed_to(&hears(snapshot, following))
}
