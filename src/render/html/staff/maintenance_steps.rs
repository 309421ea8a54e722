//! What staff can do with a maintenance: begin, end, move, extend or cancel it. Each step is a form
//! of its own, so that no button does two things.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::fields::{Fields, FormState};
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::telling;
use super::update::SEEN;
use super::window::{self, ENDS, STARTS};
use crate::domain::actor::Actor;
use crate::domain::headline::named_of;
use crate::domain::incident::{Incident, is_open};
use crate::render::html::parts;
use crate::render::{self, messages};
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the step.
pub const STEP: &str = "step";
/// Prefix of the field for the text of a step.
pub const TEXT: &str = "markdown.";
/// Begins the maintenance now.
pub const START: &str = "start";
/// Completes it now.
pub const END: &str = "end";
/// Gives it another window.
pub const EXTEND: &str = "extend";
/// Cancels it, before or after it began.
pub const CANCEL: &str = "cancel";

/// What the page shows besides the fields.
#[derive(Debug)]
pub struct MaintenanceStepsContext<'a> {
    /// The maintenance.
    pub incident: &'a Incident,
    /// The time.
    pub now: DateTime<Utc>,
    /// What was just done.
    pub flash: Option<&'a str>,
}

/// Renders the page. `nonblank` is the form of the attempted step, `usual` that of all others.
pub fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &MaintenanceStepsContext<'_>,
    form_state: &FormState,
    usual: &FormState,
) -> Markup {
    let incident = context.incident;
    let frame = render::frame_of(snapshot);
    let phase = incident.phase(context.now);
    let has_begun = is_open(incident.kind, phase);
    let is_over = phase.is_final();
    let form_of = |step: &str| {
        if form_state.fields.first(STEP) == step {
            form_state
        } else {
            usual
        }
    };
    let told = |step: &str| telling::of_post(snapshot, form_of(step));
    let content = html! {
        (parts::title(&incident.title))
        p.lead { (parts::phase_badge(phase)) }
        @if let Some(flash) = context.flash { p.told role="status" { (flash) } }
        (form::summary(form_state, "Not done yet"))
        div.when { (window::times(frame, incident.window())) }
        p.more {
            a href=(urls::staff_incident(&incident.slug)) { "Post and updates" } " · "
            a href=(urls::incident(&incident.slug)) { "See it as customers do" }
        }
        @if is_over {
            p { "It is over, so nothing can be changed here. To add something, post an update." }
        } @else {
            @if has_begun {
                (step(incident, form_of(END), END, "End now", "main",
                    "Its components go back to what they were.", &told(END)))
            }
            (step(incident, form_of(EXTEND), EXTEND,
                if has_begun { "Extend" } else { "Reschedule" }, "",
                if has_begun { "Change the end. Customers will see an update." }
                else { "Change the time. Customers will see an update." }, &html! {
                    (times(form_of(EXTEND), has_begun, &frame.zone_name()))
                    (told(EXTEND))
                }))
            @if !has_begun {
                details.more open[form_of(START).fields.first(STEP) == START] {
                    summary { "Start now" }
                    (step(incident, form_of(START), START, "Yes, start now", "main",
                        "Start now. The end time stays the same.", &html! {
                            (planned_states(snapshot, incident))
                            p.hint { "Customers will read: “" (said(snapshot, incident)) "”" }
                            (told(START))
                        }))
                }
            }
            details.more open[form_of(CANCEL).fields.first(STEP) == CANCEL] {
                summary { "Cancel the maintenance" }
                (step(incident, form_of(CANCEL), CANCEL, "Yes, cancel it", "danger",
                    if has_begun { "Cancel it for good? Its components go back to what they were." }
                    else { "Cancel it for good? It won’t happen, and its components stay as they are." },
                    &told(CANCEL)))
            }
        }
    };
    let title = Page::title_of(&incident.title, form_state);
    let page = Page {
        title: &title,
        nav: Nav::Maintenance,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// The states that the maintenance will set.
fn planned_states(snapshot: &Snapshot, incident: &Incident) -> Markup {
    html! {
        @if !incident.changes.is_empty() {
            ul {
                @for change in &incident.changes {
                    li {
                        bdi { (snapshot.component_name(&change.component)) } " becomes "
                        (parts::state_badge(&snapshot.states, &change.state))
                    }
                }
            }
        }
    }
}

/// What customers are told when it begins, if staff write no text.
fn said(snapshot: &Snapshot, incident: &Incident) -> String {
    let components = incident.components();
    let named = named_of(components.len());
    let names = components.iter().take(named);
    let names = names.map(|slug| snapshot.component_name(slug).to_owned());
    let more = components.len().saturating_sub(named);
    messages::begun(names.collect(), more)
}

fn times(form_state: &FormState, has_begun: bool, zone: &str) -> Markup {
    let hint = format!("In {zone}.");
    html! {
        div.two {
            @if !has_begun { (window::field(form_state, STARTS, "Starts", &hint)) }
            (window::field(form_state, ENDS, "Ends", if has_begun { &hint } else { "" }))
        }
        (window::overlap(form_state))
    }
}

fn step(
    incident: &Incident,
    form_state: &FormState,
    step: &str,
    label: &str,
    class: &str,
    hint: &str,
    fields: &Markup,
) -> Markup {
    let name = format!("{TEXT}{step}");
    let text = Ask {
        name: &name,
        label: "What customers will read",
        hint: "Markdown. If empty, a standard sentence is posted.",
        ..Ask::default()
    };
    let key = format!(
        "{}.{step}",
        form_state
            .fields
            .first(Fields::KEY)
            .split('.')
            .next()
            .unwrap_or_default()
    );
    let is_open =
        form_state.fields.nonblank(&name).is_some() || form_state.wrong_with(&name).is_some();
    html! {
        section.step aria-label=(label) {
            form method="post" action=(urls::staff_maintenance(&incident.slug)) {
                (form::hidden(Fields::KEY, &key))
                (form::hidden(STEP, step))
                (form::hidden(SEEN, form_state.fields.first(SEEN)))
                p { (hint) }
                (fields)
                details.more open[is_open] {
                    summary { "Write your own text" }
                    (form::text_area(form_state, &text, 3))
                }
                p.buttons { button.(class) type="submit" { (label) } }
            }
        }
    }
}
