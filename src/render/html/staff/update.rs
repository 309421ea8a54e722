//! The form that posts an update. It must be usable at three in the morning.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::components::{self, Left, STATE};
use super::fields::{Fields, FormState};
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::telling;
use super::tokens::scope_name;
use super::window::{self, which};
use crate::domain::actor::Actor;
use crate::domain::incident::Incident;
use crate::domain::permission::Permission;
use crate::domain::scope::Scope;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::{Phase, Update};
use crate::render;
use crate::render::html::{incident as public, parts};
use crate::render::time::Frame;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the text.
pub const TEXT: &str = "markdown";
/// The field for the phase.
pub const PHASE: &str = "phase";
/// The field for an earlier time.
pub const AT: &str = "at";
/// The field for the newest update that the writer saw.
pub const SEEN: &str = "seen";
/// The field that confirms an unusually early time.
pub const EARLY: &str = "early";
/// The field for each component whose state resolving would revert.
pub const RETURNS: &str = "returns";
/// Prefix of the checkbox that lets a component's state revert.
pub const RETURN: &str = "return.";

/// What the form shows besides its fields.
#[derive(Debug)]
pub struct PostUpdateContext<'a> {
    /// The current time.
    pub now: DateTime<Utc>,
    /// The incident.
    pub incident: &'a Incident,
    /// What resolving the incident now would change.
    pub returning: &'a [(Slug, StateKey)],
    /// Updates that colleagues have posted in the meantime, oldest first.
    pub newer: &'a [&'a Update],
    /// A preview of the update, in its incident.
    pub preview: Option<(&'a Incident, &'a Update)>,
}

/// Renders the page.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &PostUpdateContext<'_>,
    form_state: &FormState,
) -> Markup {
    let incident = context.incident;
    let phase = incident.phase(context.now);
    let frame = Frame {
        as_of: context.now,
        ..render::frame_of(snapshot)
    };
    let content = html! {
        h1 { "Post an update" }
        p.lead {
            "to " a href=(urls::staff_incident(&incident.slug)) dir="auto" { (incident.title) } ", "
            (parts::phase_badge(phase)) " since "
            (parts::instant(frame, since(incident, phase)))
        }
        (form::summary(form_state, "Not posted yet"))
        (newer(snapshot, context))
        form method="post" action=(urls::staff_post_update(&incident.slug)) {
            (form::key(form_state))
            (form::hidden(SEEN, form_state.fields.first(SEEN)))
            @if form_state.fields.has(EARLY) { (form::hidden(EARLY, form_state.fields.first(EARLY))) }
            (text(form_state, context.preview.is_none(), &frame.clock(context.now), snapshot))
            (phases(form_state, incident))
            (returning(snapshot, viewer, context, form_state))
            @if viewer.may(Permission::SetStates) {
                (components::list(snapshot, form_state, &incident.components(), Left::Unchanged))
            } @else {
                (components::refused())
            }
            (earlier(form_state, &frame.zone_name()))
            (form::preview(context.preview.map(|(incident, update)| html! {
                (preview(snapshot, incident, update))
                (instead(snapshot, form_state, update))
            })))
            (telling::of_post(snapshot, form_state))
            (form::buttons("Post update", &[("preview", "Preview")]))
            p.hint { "Goes to the page and the feeds at once." }
        }
    };
    let title = Page::title_of("Post an update", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// When the incident entered its current phase.
fn since(incident: &Incident, phase: Phase) -> DateTime<Utc> {
    let mut at = incident.published_at;
    let mut before = None;
    for update in &incident.updates {
        let Some(now) = update.phase else { continue };
        if before != Some(now) && now == phase {
            at = update.at;
        }
        before = Some(now);
    }
    at
}

fn text(form_state: &FormState, is_first: bool, clock: &str, snapshot: &Snapshot) -> Markup {
    let ask = Ask {
        name: TEXT,
        label: "What do customers need to know now?",
        first: is_first,
        ..Ask::default()
    };
    let (time, zone) = clock.split_once(' ').unwrap_or((clock, ""));
    html! {
        (form::text_area(form_state, &ask, 5))
        p.hint {
            "Markdown. Shown with the time you post it: "
            span data-clock=(snapshot.site.zone.name()) { (time) } " " (zone) "."
        }
    }
}

fn phases(form_state: &FormState, incident: &Incident) -> Markup {
    // A postmortem comes after the end.
    let is_over = incident
        .updates
        .iter()
        .any(|update| update.phase.is_some_and(Phase::is_final))
        || incident.stated_phase.is_some_and(Phase::is_final)
        || form_state.fields.first(PHASE) == Phase::Postmortem.as_str();
    let words = incident.kind.phases().iter();
    let words = words.filter(|phase| is_over || **phase != Phase::Postmortem);
    let options: Vec<_> = words.map(|phase| (phase.as_str(), phase.label())).collect();
    let ask = Ask {
        name: PHASE,
        label: "Status",
        ..Ask::default()
    };
    form::pills(form_state, &ask, &options)
}

/// Which components' states revert when the incident is resolved; shown once that phase is chosen.
fn returning(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &PostUpdateContext<'_>,
    form_state: &FormState,
) -> Markup {
    html! {
        @if !viewer.may(Permission::SetStates) {
            @if !context.returning.is_empty() {
                fieldset.returns {
                    legend { "When you post this:" }
                    p {
                        @for (number, (slug, _)) in context.returning.iter().enumerate() {
                            @if number > 0 { ", " }
                            bdi { (snapshot.component_name(slug)) }
                        }
                        @if context.returning.len() == 1 { " stays as it is." }
                        @else { " stay as they are." }
                        " To change that, your token needs the scope "
                        (scope_name(Scope::StatesWrite)) "."
                    }
                }
            }
        } @else if !context.returning.is_empty() {
            fieldset.returns {
                legend { "When you post this:" }
                @for (slug, state) in context.returning {
                    (form::hidden(RETURNS, slug.as_str()))
                    (form::switch(form_state, &format!("{RETURN}{slug}"), &html! {
                        bdi { (snapshot.component_name(slug)) } " returns to "
                        (parts::state_badge(&snapshot.states, state))
                    }))
                }
                p.hint { "A state you choose below, under Components, counts instead." }
            }
        }
    }
}

/// The form without contradictions: if a state is chosen, the component's state doesn't revert.
pub fn settled(mut fields: Fields) -> Fields {
    let chosen: Vec<String> = fields
        .under(STATE)
        .filter(|(_, state)| !state.is_empty())
        .map(|(slug, _)| slug.to_owned())
        .collect();
    for slug in chosen {
        fields.remove(&format!("{RETURN}{slug}"));
    }
    fields
}

/// The components that a form both reverts and sets to a state.
fn said_twice(form_state: &FormState) -> Vec<Slug> {
    let returns = form_state
        .fields
        .pairs()
        .iter()
        .filter(|(name, _)| name == RETURNS);
    returns
        .filter(|(_, slug)| {
            let state = form_state.fields.first(&format!("{STATE}{slug}"));
            !state.is_empty() && !form_state.fields.has(&format!("{RETURN}{slug}"))
        })
        .filter_map(|(_, slug)| Slug::parse(slug).ok())
        .collect()
}

/// The field for an earlier time.
pub(super) fn earlier(form_state: &FormState, zone: &str) -> Markup {
    let hint = format!("In {zone}. The page marks it as added later.");
    let is_wrong =
        form_state.wrong_with(AT).is_some() || form_state.wrong_with(&which(AT)).is_some();
    let is_open = form_state.fields.nonblank(AT).is_some() || is_wrong;
    html! {
        details.more open[is_open] {
            summary { "Use an earlier time" }
            (window::field(form_state, AT, "When it happened", &hint))
        }
    }
}

fn newer(snapshot: &Snapshot, context: &PostUpdateContext<'_>) -> Markup {
    html! {
        @if !context.newer.is_empty() {
            section.told aria-labelledby="wrong" {
                h2 #wrong tabindex="-1" autofocus { "A colleague posted while you were writing" }
                p { "Yours isn’t public yet, and nothing is lost. Check that it still holds, then post it." }
                ol.updates {
                    @for update in context.newer { (public::entry(snapshot, context.incident, update)) }
                }
            }
        }
    }
}

/// For an update that ends its incident: the components that get the chosen state instead of
/// reverting.
fn instead(snapshot: &Snapshot, form_state: &FormState, update: &Update) -> Markup {
    let is_end = update.phase.is_some_and(Phase::is_final);
    html! {
        @for slug in said_twice(form_state).iter().filter(|_| is_end) {
            @let state = StateKey::new(form_state.fields.first(&format!("{STATE}{slug}")));
            p.hint {
                bdi { (snapshot.component_name(slug)) } " doesn’t return: it becomes "
                (parts::state_badge(&snapshot.states, &state)) ", as you chose under Components."
            }
        }
    }
}

/// A preview of the update, rendered by the code of the public page.
pub fn preview(snapshot: &Snapshot, incident: &Incident, update: &Update) -> Markup {
    html! {
        h2 { "Preview: not posted yet" }
        ol.updates { (public::entry(snapshot, incident, update)) }
    }
}
