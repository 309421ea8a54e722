//! The forms that correct a posted update or the post of an incident.

use maud::{Markup, html};

use super::components::{self, Left};
use super::fields::{Fields, FormState};
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::telling;
use super::update::{self, AT, PHASE, TEXT};
use super::versions;
use super::window::{self, ENDS, STARTS, which};
use crate::domain::actor::Actor;
use crate::domain::incident::{Impact, Incident, Kind};
use crate::domain::permission::Permission;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Update;
use crate::render;
use crate::render::html::{incident as public, parts};
use crate::snapshot::Snapshot;
use crate::urls;
use crate::wire::audit::AuditBody;

/// The field that identifies the version that the writer saw.
pub const WAS: &str = "was";
/// The field for the title of a post.
pub const TITLE: &str = "title";
/// The field for the byline.
pub const AUTHOR: &str = "author";
/// The field for the date of a post.
pub const PUBLISHED_AT: &str = "published_at";
/// The field for the impact of an incident.
pub const IMPACT: &str = "impact";

/// What the form for an update shows besides its fields.
#[derive(Debug)]
pub struct CorrectUpdateContext<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// The update as it stands.
    pub update: &'a Update,
    /// Whether somebody else has corrected it in the meantime.
    pub is_other: bool,
    /// A preview of the corrected update, in its incident.
    pub preview: Option<(&'a Incident, &'a Update)>,
    /// Its earlier versions: entries of the activity log, newest first.
    pub versions: &'a [AuditBody],
    /// The components that would change if it were withdrawn: from which state, to which.
    pub without: &'a [(Slug, StateKey, StateKey)],
}

/// What the form for a post shows besides its fields.
#[derive(Debug)]
pub struct CorrectPostContext<'a> {
    /// The incident.
    pub incident: &'a Incident,
    /// Whether somebody else has corrected it in the meantime.
    pub is_other: bool,
    /// Its earlier versions: entries of the activity log, newest first.
    pub versions: &'a [AuditBody],
}

/// Renders the form that corrects an update.
pub fn update_page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &CorrectUpdateContext<'_>,
    form_state: &FormState,
) -> Markup {
    let (incident, update) = (context.incident, context.update);
    let zone = render::frame_of(snapshot).zone_name();
    let text = Ask {
        name: TEXT,
        label: "Text",
        hint: "Markdown. The page says that it was edited, and when. Staff can still read the old text below.",
        first: context.preview.is_none(),
    };
    let mut phases = vec![("", "Leave the status as it is")];
    phases.extend(
        incident
            .kind
            .phases()
            .iter()
            .map(|phase| (phase.as_str(), phase.label())),
    );
    let phase = Ask {
        name: PHASE,
        label: "Status it set",
        ..Ask::default()
    };
    let named: Vec<_> = update
        .changes
        .iter()
        .map(|change| &change.component)
        .chain(&update.mentions)
        .collect();
    let content = html! {
        h1 { "Correct an update" }
        (of(incident))
        (form::summary(form_state, "Not corrected yet"))
        @if context.is_other {
            section.told aria-labelledby="wrong" {
                h2 #wrong tabindex="-1" autofocus { "Someone corrected it while you were writing" }
                p { "This is the current version. Yours is below, and isn’t public yet." }
                ol.updates { (public::entry(snapshot, incident, update)) }
            }
        }
        form method="post" action=(urls::staff_correct_update(&incident.slug, &update.id)) {
            (form::key(form_state))
            (form::hidden(WAS, form_state.fields.first(WAS)))
            (form::text_area(form_state, &text, 5))
            (form::pills(form_state, &phase, &phases))
            @if viewer.may(Permission::SetStates) {
                (components::list(snapshot, form_state, &named, Left::Aside))
            }
            (time_and_author(form_state, AT, &zone))
            (form::preview(context.preview.map(|(incident, update)| update::preview(snapshot, incident, update))))
            (telling::of_correction(snapshot, form_state))
            (form::buttons("Correct it", &[("preview", "Preview")]))
        }
        // A separate form, so that it isn't mistaken for a second attempt at the correction.
        details.more {
            summary { "Withdraw it" }
            form.one method="post" action=(urls::staff_correct_update(&incident.slug, &update.id)) {
                (form::hidden(Fields::KEY, &format!("{}.withdraw", form_state.fields.first(Fields::KEY))))
                (without(snapshot, context))
                p.hint { "It disappears from the page and the feeds, and so does what it set. The activity log keeps it." }
                p.buttons { button.danger type="submit" name="do" value="withdraw" { "Withdraw this update" } }
            }
        }
        (versions::earlier(snapshot, context.versions))
    };
    page(snapshot, viewer, "Correct an update", form_state, content)
}

/// What withdrawing an update would change.
fn without(snapshot: &Snapshot, context: &CorrectUpdateContext<'_>) -> Markup {
    let mut rest = context.incident.clone();
    rest.updates.retain(|other| other.id != context.update.id);
    let phase = rest.phase(snapshot.until);
    let ended_it = context.incident.phase(snapshot.until).is_final();
    html! {
        @if ended_it && !phase.is_final() {
            p.told {
                "This update ended the incident. Without it, the incident is "
                strong { "open again" } ": " (parts::phase_badge(phase)) "."
            }
        }
        @if !context.without.is_empty() {
            p { "Withdrawing it changes:" }
            ul {
                @for (slug, from, to) in context.without {
                    li {
                        bdi { (snapshot.component_name(slug)) } ": "
                        (snapshot.states.label(from)) " → "
                        (parts::state_badge(&snapshot.states, to))
                    }
                }
            }
        }
    }
}

/// Renders the form that corrects the post of an incident.
pub fn post_page(
    snapshot: &Snapshot,
    viewer: &Actor,
    context: &CorrectPostContext<'_>,
    form_state: &FormState,
) -> Markup {
    let incident = context.incident;
    let zone = render::frame_of(snapshot).zone_name();
    let set = incident.changes.iter().map(|change| &change.component);
    let named: Vec<_> = set.chain(&incident.mentions).collect();
    let title = Ask {
        name: TITLE,
        label: "Headline",
        first: true,
        ..Ask::default()
    };
    let text = Ask {
        name: TEXT,
        label: "The post",
        hint: "Markdown. Optional. Shown below the updates.",
        ..Ask::default()
    };
    let content = html! {
        h1 { "Correct a post" }
        (of(incident))
        (form::summary(form_state, "Not corrected yet"))
        @if context.is_other {
            section.told aria-labelledby="wrong" {
                h2 #wrong tabindex="-1" autofocus { "Someone corrected it while you were writing" }
                p { "It now says “" bdi { (incident.title) } "”. Yours is below, and isn’t public yet." }
            }
        }
        form method="post" action=(urls::staff_correct_incident(&incident.slug)) {
            (form::key(form_state))
            (form::hidden(WAS, form_state.fields.first(WAS)))
            (form::line(form_state, &title, "text"))
            (form::text_area(form_state, &text, 6))
            @if has_window(incident) { (window_fields(snapshot, form_state)) }
            @if viewer.may(Permission::SetStates) && has_components(incident) {
                (components::list(snapshot, form_state, &named, Left::Out))
            }
            (impact(form_state))
            (time_and_author(form_state, PUBLISHED_AT, &zone))
            @if !incident.draft { (telling::of_correction(snapshot, form_state)) }
            (form::buttons(if incident.draft { "Save" } else { "Correct it" }, &[]))
        }
        (versions::earlier(snapshot, context.versions))
        p.more {
            @if incident.draft {
                a href=(urls::staff_incident(&incident.slug)) { "Back to the draft" }
            } @else {
                a.danger href=(urls::staff_withdraw_incident(&incident.slug)) { "Withdraw the whole incident" }
            }
        }
    };
    page(snapshot, viewer, "Correct a post", form_state, content)
}

/// Whether the form has fields for a window: only for an unpublished maintenance. A published one
/// is moved by an update, so that customers hear of it.
pub fn has_window(incident: &Incident) -> bool {
    incident.draft && incident.kind == Kind::Maintenance
}

/// Whether the post itself names components. For an incident from the dashboard, its first update
/// names them.
pub fn has_components(incident: &Incident) -> bool {
    incident.kind == Kind::Maintenance
        || !incident.changes.is_empty()
        || !incident.mentions.is_empty()
}

/// The time and the author, folded away.
fn time_and_author(form_state: &FormState, time: &str, zone: &str) -> Markup {
    let hint = format!("In {zone}. The page marks it as added later.");
    let author = Ask {
        name: AUTHOR,
        label: "Author",
        hint: "Customers see it beside the time. Optional.",
        ..Ask::default()
    };
    let is_wrong = |name: &str| form_state.wrong_with(name).is_some();
    let is_open = is_wrong(time) || is_wrong(&which(time)) || is_wrong(AUTHOR);
    html! {
        details.more open[is_open] {
            summary { "Change time or author" }
            (window::field(form_state, time, "When it happened", &hint))
            (form::line(form_state, &author, "text"))
        }
    }
}

fn window_fields(snapshot: &Snapshot, form_state: &FormState) -> Markup {
    let zone = render::frame_of(snapshot).zone_name();
    let hint = format!("In {zone}.");
    html! {
        div.two {
            (window::field(form_state, STARTS, "Starts", &hint))
            (window::field(form_state, ENDS, "Ends", ""))
        }
        (window::overlap(form_state))
    }
}

/// Renders the page for text from a file: it must be edited there. `versions` are earlier ones.
pub fn file_page(
    snapshot: &Snapshot,
    viewer: &Actor,
    incident: &Incident,
    file: &str,
    versions: &[AuditBody],
) -> Markup {
    let content = html! {
        h1 { "This comes from a file" }
        (of(incident))
        p.told {
            "Edit " code { (file) } " in the content folder, and the page follows. Or post an "
            "update, which appears at once."
        }
        p.buttons {
            a.button.main href=(urls::staff_post_update(&incident.slug)) { "Post an update instead" }
        }
        (versions::earlier(snapshot, versions))
    };
    page(
        snapshot,
        viewer,
        "This comes from a file",
        &FormState::default(),
        content,
    )
}

/// The fields for the impact, if the states alone shouldn't determine it.
pub(super) fn impact(form_state: &FormState) -> Markup {
    let ask = Ask {
        name: IMPACT,
        label: "Severity",
        ..Ask::default()
    };
    let mut options = vec![(String::new(), "Automatic".to_owned())];
    options.extend(Impact::ALL.iter().map(|impact| {
        let word = impact.as_str();
        let (first, rest) = word.split_at(1);
        (word.to_owned(), first.to_uppercase() + rest)
    }));
    form::choice(form_state, &ask, &options)
}

fn of(incident: &Incident) -> Markup {
    html! {
        p.lead {
            a href=(urls::staff_incident(&incident.slug)) dir="auto" { (incident.title) }
        }
    }
}

fn page(
    snapshot: &Snapshot,
    viewer: &Actor,
    title: &str,
    form_state: &FormState,
    content: Markup,
) -> Markup {
    let title = Page::title_of(title, form_state);
    let page = Page {
        title: &title,
        nav: Nav::Dashboard,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
