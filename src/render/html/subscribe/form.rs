//! The form of a subscription: its fields, what was typed and chosen, and what is wrong with it.

use std::collections::BTreeSet;

use maud::{Markup, html};

use crate::domain::subscriber::{Following, Target};

/// The field for the address.
pub const ADDRESS: &str = "email";
/// The field that says whether to follow everything.
pub const WHAT: &str = "what";
/// The value of [`WHAT`] for everything.
pub const EVERYTHING: &str = "everything";
/// The value of [`WHAT`] for what is chosen.
pub const SOME: &str = "some";
/// A group that is chosen, by its name.
pub const GROUP: &str = "group";
/// A component that is chosen, by its slug.
pub const COMPONENT: &str = "component";
/// An incident that is chosen, by its slug.
pub const INCIDENT: &str = "incident";
/// A kind of news that is chosen: one of the next three.
pub const KIND: &str = "kind";
/// Disruptions and notices.
pub const INCIDENTS: &str = "incidents";
/// Maintenance.
pub const MAINTENANCE: &str = "maintenance";
/// Changes of state without an incident.
pub const CHANGES: &str = "changes";
/// A field that people don't see, so only programs fill it in.
pub const TRAP: &str = "remarks";
/// Which button was pressed.
pub const BUTTON: &str = "do";

/// What somebody typed and chose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// The address, as it was typed.
    pub address: String,
    /// What was chosen.
    pub following: Following,
    /// Everything that can be chosen beside components and groups: single incidents.
    pub single: BTreeSet<Target>,
    /// What is wrong with it.
    pub wrong: Vec<Wrong>,
}

/// A part of the form, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// All of it.
    Whole,
    /// The address.
    Address,
    /// What to follow.
    What,
    /// Which kinds of news.
    Kinds,
}

/// What is wrong with a part of the form, and how to mend it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The part.
    pub part: Part,
    /// A sentence.
    pub detail: String,
}

impl Form {
    /// Notes that something is wrong.
    pub fn refuse(&mut self, part: Part, detail: impl Into<String>) {
        self.wrong.push(Wrong {
            part,
            detail: detail.into(),
        });
        self.wrong.sort_by_key(|wrong| wrong.part);
    }

    fn wrong_with(&self, part: Part) -> Option<&str> {
        let found = self.wrong.iter().find(|wrong| wrong.part == part);
        found.map(|wrong| wrong.detail.as_str())
    }

    /// The id of the error beside a part, if there is one.
    pub(super) fn described_by(&self, part: Part) -> Option<String> {
        self.wrong_with(part)
            .map(|_| format!("{}-wrong", part.id()))
    }

    /// The title of a page with the form; it begins with a note if there are errors.
    pub(super) fn titled(&self, title: &str) -> String {
        match self.wrong.is_empty() {
            true => title.to_owned(),
            false => format!("Error: {title}"),
        }
    }
}

impl Part {
    /// The id of its element.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Address => "field-email",
            Self::What => "field-what",
            Self::Kinds => "field-kind",
            Self::Whole => "wrong",
        }
    }
}

/// What is wrong, at the top of the form and with the focus. `heading` says what hasn't happened.
pub(super) fn summary(form: &Form, heading: &str) -> Markup {
    html! {
        @if !form.wrong.is_empty() {
            div #wrong .wrong role="alert" tabindex="-1" autofocus {
                p { strong { (heading) } }
                ul {
                    @for wrong in &form.wrong {
                        li {
                            @match wrong.part {
                                Part::Whole => (wrong.detail),
                                Part::Address | Part::What | Part::Kinds => {
                                    a href={ "#" (wrong.part.id()) } { (wrong.detail) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The error beside a part.
pub(super) fn wrong_line(form: &Form, part: Part) -> Markup {
    html! {
        @if let Some(wrong) = form.wrong_with(part) {
            p.error id={ (part.id()) "-wrong" } { (wrong) }
        }
    }
}

/// The field for the address.
pub(super) fn address(form: &Form) -> Markup {
    let wrong = form.described_by(Part::Address);
    let id = Part::Address.id();
    html! {
        div.field {
            label for=(id) { "Your e-mail address" }
            (wrong_line(form, Part::Address))
            input id=(id) type="email" name=(ADDRESS) value=(form.address) required
                autocomplete="email" autocapitalize="none" spellcheck="false" maxlength="254"
                aria-describedby=[wrong.as_ref()] aria-invalid=[wrong.as_ref().map(|_| "true")];
        }
    }
}

/// The field that only programs fill in.
pub(super) fn trap() -> Markup {
    html! {
        div.unseen aria-hidden="true" {
            label { "Leave this empty " input type="text" name=(TRAP) tabindex="-1" autocomplete="off"; }
        }
    }
}

/// The button that subscribes, and what then happens.
pub(super) fn subscribe_button() -> Markup {
    html! {
        p.buttons { button.main type="submit" { "Subscribe" } }
        p.hint {
            "We send you one message to confirm. Every message has a link to change this or to \
             unsubscribe. No tracking; your address is used for nothing else."
        }
    }
}
