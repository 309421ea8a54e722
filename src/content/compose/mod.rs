//! Writes incidents as files: the inverse of reading. What is written reads back the same.

mod brand;
mod entry;
mod front;
mod writer;

use self::writer::{KnownNames, Writer};
use crate::domain::incident::Incident;
use crate::domain::site::SiteSettings;
use crate::domain::slug::Slug;

pub use self::brand::brand;

/// Writes a whole incident file. `name_of` returns a component's name, for the lists of states.
pub fn incident(
    incident: &Incident,
    site: &SiteSettings,
    name_of: &dyn Fn(&Slug) -> String,
) -> String {
    let known = KnownNames::of(incident, name_of);
    let writer = Writer {
        incident,
        site,
        known: &known,
    };
    let mut text = format!("---\n{}---\n", front::matter(&writer));
    let post = writer.post();
    if !post.is_empty() {
        text.push('\n');
        text.push_str(&post);
        text.push('\n');
    }
    let mut updates: Vec<_> = incident.updates.iter().collect();
    updates.sort_by_key(|update| (update.at, update.seq));
    for update in updates {
        text.push('\n');
        text.push_str(&entry::render(update, &writer));
        text.push('\n');
    }
    text
}

/// The name of an incident's file: `2013-02-26-selma.md`.
pub fn file_name(incident: &Incident, site: &SiteSettings) -> String {
    let day = incident.published_at.with_timezone(&site.zone);
    format!("{}-{}.md", day.format("%Y-%m-%d"), incident.slug)
}

#[cfg(test)]
mod tests;
