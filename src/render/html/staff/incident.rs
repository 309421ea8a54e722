//! An incident as staff see it: all its updates, and what they can do with each.

use std::collections::HashMap;

use maud::{Markup, html};

use super::drafts;
use super::fields::{Fields, FormState};
use super::form;
use super::frame::{self, Nav, Page};
use super::versions;
use crate::domain::actor::Actor;
use crate::domain::incident::{Incident, Kind};
use crate::domain::permission::Permission;
use crate::domain::update::{Source, Update};
use crate::render::html::{incident as public, listing, parts};
use crate::render::{self, markdown, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// How much of a withdrawn update is shown, in characters.
const SAID_CHARS: usize = 200;

/// What the page shows.
#[derive(Debug)]
pub struct IncidentContext<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The file that states it, if one does.
    pub file: Option<&'a str>,
    /// For updates from the file: the line of each, by the update's id.
    pub lines: &'a HashMap<String, usize>,
    /// Withdrawn updates, which can be reinstated.
    pub withdrawn: &'a [Update],
    /// What was just done.
    pub flash: Option<&'a str>,
}

/// Renders the page. `nonblank` has the key that makes each button work only once, and the reasons
/// why a draft wasn't published.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &IncidentContext<'_>,
    form_state: &FormState,
) -> Markup {
    let (incident, file) = (context.incident, context.file);
    let may_write = viewer.may(Permission::WriteIncidents);
    let key = form_state.fields.first(Fields::KEY);
    let content = html! {
        @if let Some(flash) = context.flash { p.told role="status" { (flash) } }
        (parts::title(&incident.title))
        p.lead { (parts::phase_badge(incident.phase(snapshot.until))) }
        (drafts::refused(incident, form_state))
        @if incident.draft {
            p.told { strong { "A draft." } " Only staff can see it." }
            @if may_write && file.is_none() { (drafts::ways(snapshot, incident, key)) }
        }
        @if may_write { (ways_on(incident)) }
        @if !incident.updates.is_empty() {
            section {
                h2 { "Updates" }
                ol.updates {
                    @for update in listing::newest_first(incident) {
                        (public::entry(snapshot, incident, update))
                        @if may_write { (ways(context, update)) }
                    }
                }
            }
        }
        @if may_write { (withdrawn(snapshot, context, key)) }
        section {
            h2 { "The post" }
            @if let Some(file) = file {
                p.hint {
                    "The post and its entries come from the file " code { (file) } ". Edit them there, "
                    "or post an update."
                }
            }
            @if !incident.markdown.is_empty() {
                details.more {
                    summary { "Read it" }
                    div.text dir="auto" { (parts::raw(&public::text(incident))) }
                }
            }
            @if may_write && file.is_none() {
                p.buttons {
                    a.button href=(urls::staff_correct_incident(&incident.slug)) { "Correct the post" }
                    @if !incident.draft {
                        a.button.danger href=(urls::staff_withdraw_incident(&incident.slug)) { "Withdraw the incident" }
                    }
                }
            }
        }
        @if !incident.draft {
            p.more { a href=(urls::incident(&incident.slug)) { "See it as customers do" } }
        }
    };
    let page = Page {
        title: &Page::title_of(&incident.title, form_state),
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// The next steps. For a draft, publishing is the main button.
fn ways_on(incident: &Incident) -> Markup {
    let path = urls::staff_post_update(&incident.slug);
    html! {
        p.buttons {
            @if incident.draft {
                a.button href=(path) { "Add an update" }
            } @else {
                a.button.main href=(path) { "Post an update" }
                @if incident.kind == Kind::Maintenance {
                    a.button href=(urls::staff_maintenance(&incident.slug)) { "Start, end or reschedule it" }
                }
            }
        }
    }
}

/// What staff can do with an update. For one from a file: the file's name, for copying.
fn ways(context: &IncidentContext<'_>, update: &Update) -> Markup {
    let path = urls::staff_correct_update(&context.incident.slug, &update.id);
    let file = context.file.filter(|_| update.source == Source::File);
    let line = context.lines.get(&update.id);
    html! {
        li.ways-of {
            @match file {
                Some(file) => {
                    span.meta {
                        "In the file "
                        code { (file) @if let Some(line) = line { ":" (line) } }
                    }
                    " "
                    (form::copy(file, "Copy the path"))
                }
                None => a href=(path) { "Correct" span.unseen { " this update" } },
            }
            @if update.edited_at.is_some() {
                a href={ (path) "#" (versions::ANCHOR) } { "Earlier versions" }
            }
        }
    }
}

fn withdrawn(snapshot: &Snapshot, context: &IncidentContext<'_>, key: &str) -> Markup {
    let frame = render::frame_of(snapshot);
    let slug = &context.incident.slug;
    html! {
        @if !context.withdrawn.is_empty() {
            details.more {
                summary { "Withdrawn updates (" (context.withdrawn.len()) ")" }
                ul.box {
                    @for update in context.withdrawn {
                        li.standing {
                            div {
                                p.meta { (parts::instant(frame, update.at)) }
                                p dir="auto" { (markdown::first_sentences(&messages::text_of(update), SAID_CHARS)) }
                            }
                            form.one method="post" action=(urls::staff_bring_back_update(slug, &update.id)) {
                                (form::hidden(Fields::KEY, &format!("{key}.{}", update.id)))
                                button type="submit" { "Bring back" span.unseen { " this update" } }
                            }
                        }
                    }
                }
            }
        }
    }
}
