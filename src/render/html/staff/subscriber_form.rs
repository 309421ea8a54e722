//! The form that adds a subscriber.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use crate::domain::actor::Actor;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the address.
pub const ADDRESS: &str = "address";
/// The field that says how they agreed.
pub const CONSENT: &str = "consent";
/// What they follow, as a whole.
pub const FOLLOWING: &str = "following";
/// Prefix of the checkbox for a component.
pub const COMPONENT: &str = "follow.component.";
/// The checkboxes for groups; the value of each is its name.
pub const GROUP: &str = "follow.group";

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor, form_state: &FormState) -> Markup {
    let address = Ask {
        name: ADDRESS,
        label: "E-mail address",
        first: true,
        ..Ask::default()
    };
    let consent = Ask {
        name: CONSENT,
        label: "How did they agree?",
        hint: match snapshot.site.sends_mail {
            true => {
                "Such as “asked for it by telephone”. If empty, they get a mail with a link, and \
                 are subscribed once they confirm."
            }
            false => {
                "Such as “asked for it by telephone”. No mail can be sent from here, so nobody can \
                 be asked to confirm."
            }
        },
        ..Ask::default()
    };
    let content = html! {
        h1 { "Add a subscriber" }
        (form::summary(form_state, "Not added yet"))
        form method="post" action=(urls::STAFF_NEW_SUBSCRIBER) {
            (form::key(form_state))
            (form::line(form_state, &address, "email"))
            (form::line(form_state, &consent, "text"))
            (following(snapshot, form_state, "What do they follow?"))
            (form::buttons("Add", &[]))
        }
    };
    let title = Page::title_of("Add a subscriber", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Subscribers,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// What to follow, under a heading: groups first, single components folded away.
pub(super) fn following(snapshot: &Snapshot, form_state: &FormState, heading: &str) -> Markup {
    let active: Vec<_> = snapshot.active_components().collect();
    let groups: BTreeSet<_> = active
        .iter()
        .filter_map(|it| it.component.group.as_deref())
        .collect();
    let wrong = form_state.wrong_with(FOLLOWING);
    let id = form::id_of(FOLLOWING);
    let is_open = groups.is_empty() || form_state.fields.under(COMPONENT).next().is_some();
    html! {
        @if !active.is_empty() {
            fieldset id=(id) tabindex=[wrong.map(|_| "-1")]
                aria-describedby={ (id) "-hint" @if wrong.is_some() { " " (id) "-wrong" } } {
                legend { (heading) }
                @if let Some(wrong) = wrong { p.error id={ (id) "-wrong" } { (wrong) } }
                p.hint id={ (id) "-hint" } { "If nothing is chosen, everything." }
                @for group in &groups {
                    label.switch {
                        input type="checkbox" name=(GROUP) value=(group)
                            checked[form_state.fields.under(GROUP).any(|(_, chosen)| chosen == *group)];
                        span { bdi { (group) } }
                    }
                }
                details.more open[is_open] {
                    summary { "Single components" }
                    @for record in &active {
                        @let slug = &record.component.slug;
                        @let name = snapshot.component_name(slug);
                        (form::switch(form_state, &format!("{COMPONENT}{slug}"), &html! { bdi { (name) } }))
                    }
                }
            }
        }
    }
}
