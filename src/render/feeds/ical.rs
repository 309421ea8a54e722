//! Calendars (iCalendar, RFC 5545 and 7986): an event for each planned and past maintenance.
//!
//! Every property follows from the data, so a calendar's bytes stay the same until something
//! changes.

use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};

use super::ids::{authority, uri};
use super::plain;
use crate::domain::coverage::Coverage;
use crate::domain::incident::{Incident, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::domain::window::Window;
use crate::render::html::listing::preview;
use crate::render::html::parts::components_of;
use crate::render::messages;
use crate::snapshot::Snapshot;
use crate::snapshot::maintenance_log::{Revised, Withdrawn};
use crate::urls;

/// How often a calendar program should look for changes.
const REFRESH: TimeDelta = TimeDelta::hours(1);
/// How long a line may be, in bytes, without its end (RFC 5545, section 3.1).
const LINE_BYTES: usize = 75;

/// The calendar of what `covered` covers; `None` if there is no such part of the site.
pub fn render(snapshot: &Snapshot, covered: &Coverage) -> Option<String> {
    let site = &snapshot.site;
    let about = match covered {
        Coverage::Site => None,
        Coverage::Group(slug) => Some(snapshot.find_group(slug)?.name.as_str()),
        Coverage::Component(slug) => Some(snapshot.component_name(slug)),
    };
    let name = plain(&messages::calendar_name(&site.name, about));
    let mut calendar = Calendar::empty();
    for (key, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Lightship//Lightship//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    // The library knows the name's type only if it is said.
    let mut standard = Property::new("NAME", name.as_str());
    calendar.append_property(standard.add_parameter("VALUE", "TEXT").done());
    calendar.append_property(Property::new("X-WR-CALNAME", name));
    calendar.ttl(&REFRESH);
    let mut events = events(snapshot, covered)?;
    events.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    calendar.extend(events.into_iter().map(|(_, _, event)| event));
    Some(fold(&calendar.to_string()))
}

/// Folds the lines that the library leaves a byte too long: it doesn't count the space before the
/// last part of a line.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len() + text.len() / 32);
    for line in text.split_inclusive("\r\n") {
        let end = match line.len() > LINE_BYTES + 2 {
            true => line.floor_char_boundary(LINE_BYTES),
            false => line.len(),
        };
        folded.push_str(&line[..end]);
        if end < line.len() {
            folded.push_str("\r\n ");
            folded.push_str(&line[end..]);
        }
    }
    folded
}

/// An event after what it is sorted by: its beginning and its id.
type Sorted = (DateTime<Utc>, String, Event);

fn events(snapshot: &Snapshot, covered: &Coverage) -> Option<Vec<Sorted>> {
    let components: Option<Vec<&Slug>> = match covered {
        Coverage::Site => None,
        Coverage::Group(_) | Coverage::Component(_) => {
            let records = snapshot.covered(covered)?.into_iter();
            Some(records.map(|it| &it.component.slug).collect())
        }
    };
    let posts: Vec<_> = match &components {
        None => snapshot.posts.iter().collect(),
        Some(slugs) => snapshot.posts.naming_any(slugs.iter().copied()),
    };
    let posts = posts.into_iter().filter(|it| it.kind == Kind::Maintenance);
    let mut events: Vec<Sorted> = posts
        .filter_map(|post| event(snapshot, &post.read()))
        .collect();
    let withdrawn = snapshot.maintenance_log.withdrawn().filter(|(_, it)| {
        let named = |slugs: &Vec<&Slug>| it.components.iter().any(|slug| slugs.contains(&slug));
        components.as_ref().is_none_or(named)
    });
    events.extend(withdrawn.filter_map(|(id, it)| cancelled(snapshot, id, it)));
    Some(events)
}

/// A public maintenance; `None` while its date isn't known.
fn event(snapshot: &Snapshot, incident: &Incident) -> Option<Sorted> {
    let phase = incident.phase(snapshot.until);
    let is_cancelled = match phase {
        Phase::Cancelled => true,
        Phase::Scheduled
        | Phase::InProgress
        | Phase::Verifying
        | Phase::Completed
        | Phase::Postmortem
        | Phase::Investigating
        | Phase::Identified
        | Phase::Monitoring
        | Phase::Resolved => false,
    };
    let page = urls::incident(&incident.slug);
    let page = uri(&urls::absolute(&snapshot.site.base_url, &page));
    let revised = snapshot.maintenance_log.revised(&incident.id);
    let (begins, mut event) = bare(
        snapshot,
        &incident.id,
        when(snapshot, incident),
        revised,
        revised.at.unwrap_or_else(|| last_said(incident)),
    )?;
    let title = plain(&incident.title);
    match is_cancelled {
        true => event
            .status(EventStatus::Cancelled)
            .summary(&messages::cancelled_event(&title)),
        false => event.status(EventStatus::Confirmed).summary(&title),
    };
    event
        .created(incident.public_at)
        .description(&description(snapshot, incident, &page))
        .url(&page);
    Some((begins, incident.id.clone(), event.done()))
}

/// When a maintenance takes place: its window until it is over, then from when to when it lasted.
fn when(snapshot: &Snapshot, incident: &Incident) -> Window {
    let lasted = incident.lasted(snapshot.until);
    let window = incident.window();
    Window {
        starts: lasted.map(|it| it.from.0).or(window.starts),
        ends: lasted.map(|it| it.to.0).or(window.ends),
    }
}

/// What was withdrawn: that it doesn't take place, and nothing that it said.
fn cancelled(snapshot: &Snapshot, id: &str, withdrawn: &Withdrawn) -> Option<Sorted> {
    let revised = snapshot.maintenance_log.revised(id);
    let (begins, mut event) = bare(snapshot, id, withdrawn.window, revised, withdrawn.at)?;
    event
        .status(EventStatus::Cancelled)
        .summary(messages::withdrawn_event())
        .created(withdrawn.public_at);
    Some((begins, id.to_owned(), event.done()))
}

/// An event without words. `changed` is when it last changed.
fn bare(
    snapshot: &Snapshot,
    id: &str,
    window: Window,
    revised: Revised,
    changed: DateTime<Utc>,
) -> Option<(DateTime<Utc>, Event)> {
    let begins = window.starts?;
    let uid = format!(
        "{}@{}",
        urls::encoded(id),
        authority(&snapshot.site.authority)
    );
    let mut event = Event::new();
    event
        .uid(&uid)
        .sequence(revised.times.saturating_sub(1))
        .timestamp(changed)
        .last_modified(changed)
        .starts(begins)
        // Nobody is busy because a server is.
        .add_property("TRANSP", "TRANSPARENT");
    if let Some(ends) = window.ends.filter(|ends| *ends > begins) {
        event.ends(ends);
    }
    Some((begins, event))
}

/// When something was last said or corrected, as far as the incident itself tells.
fn last_said(incident: &Incident) -> DateTime<Utc> {
    let updates = incident.updates.iter();
    let said = updates.flat_map(|it| [Some(it.public_at), it.edited_at]);
    let said = said.chain([incident.edited_at]).flatten();
    said.fold(incident.public_at, Ord::max)
}

/// How it is or went, what it affects, and where to read on.
fn description(snapshot: &Snapshot, incident: &Incident, page: &str) -> String {
    let components = components_of(snapshot, incident).into_iter();
    let names = components.filter_map(|slug| {
        let record = snapshot.find_component(slug)?;
        let is_active = record.component.retired_at.is_none();
        is_active.then(|| plain(snapshot.component_name(slug)))
    });
    let names: Vec<String> = names.collect();
    let mut paragraphs = vec![plain(&preview(snapshot, incident))];
    if !names.is_empty() {
        paragraphs.push(messages::affects(&names));
    }
    paragraphs.push(page.to_owned());
    paragraphs.retain(|it| !it.is_empty());
    paragraphs.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_too_long_and_every_text_comes_back() {
        for length in 0..400 {
            for letter in ["a", "é", "🚧"] {
                let text = letter.repeat(length);
                let mut calendar = Calendar::empty();
                calendar.append_property(Property::new("X-TEXT", text.as_str()));
                let folded = fold(&calendar.to_string());
                let lines = folded.split("\r\n");
                assert!(lines.map(str::len).max() <= Some(LINE_BYTES), "{folded}");
                let whole = folded.replace("\r\n ", "");
                assert!(whole.contains(&format!("\r\nX-TEXT:{text}\r\n")), "{whole}");
            }
        }
    }
}
