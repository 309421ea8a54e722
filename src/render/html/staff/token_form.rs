//! The form that issues a token, and the page that shows its secret once.

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::tokens::scope_in_words;
use crate::domain::actor::Actor;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;
use crate::render;
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the name.
pub const NAME: &str = "name";
/// The field for the byline.
pub const DISPLAY_NAME: &str = "display_name";
/// Prefix of the checkbox for a scope.
pub const SCOPE: &str = "scope.";
/// The checkboxes for the scopes as a whole.
pub const SCOPES: &str = "scopes";
/// The field for the token's last day.
pub const EXPIRES: &str = "expires_at";

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor, form_state: &FormState) -> Markup {
    let zone = render::frame_of(snapshot).zone_name();
    let name = Ask {
        name: NAME,
        label: "What is it for?",
        hint: "The person or program: “Anna”, “monitoring”. The activity log shows this name.",
        first: true,
    };
    let display_name = Ask {
        name: DISPLAY_NAME,
        label: "Signs as",
        hint: "The name customers see on posts. If empty, the site’s name.",
        ..Ask::default()
    };
    let scopes = Ask {
        name: SCOPES,
        label: "What may it change?",
        ..Ask::default()
    };
    let scopes_offered = [
        Scope::IncidentsWrite,
        Scope::StatesWrite,
        Scope::SubscribersWrite,
        Scope::Admin,
    ];
    let options = scopes_offered.map(|scope| {
        let field = format!("{SCOPE}{}", scope.as_str());
        (field, scope.label(), scope_in_words(scope))
    });
    let expires_hint = format!("Works until the end of this day, {zone}. If empty, until revoked.");
    let expires = Ask {
        name: EXPIRES,
        label: "Last day",
        hint: &expires_hint,
        ..Ask::default()
    };
    let content = html! {
        h1 { "Issue a token" }
        (form::summary(form_state, "Not issued yet"))
        form method="post" action=(urls::STAFF_NEW_TOKEN) {
            (form::key(form_state))
            (form::line(form_state, &name, "text"))
            (form::switches(form_state, &scopes, &options))
            (form::line(form_state, &display_name, "text"))
            (form::line(form_state, &expires, "date"))
            (form::buttons("Issue token", &[]))
            p.hint { "The secret is shown once, on the next page." }
        }
    };
    let title = Page::title_of("Issue a token", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Tokens,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// Renders the page with the secret of a token that was just issued.
pub fn issued(snapshot: &Snapshot, viewer: &Actor, token: &Token, secret: &str) -> Markup {
    let content = html! {
        h1 { "Token issued" }
        p.lead role="status" {
            "This is the secret of " bdi { (token.name) } ". Copy it now: it isn’t stored, and can’t "
            "be shown again."
        }
        div.field {
            label for="secret" { "Secret" }
            input #secret.secret type="text" readonly value=(secret) size="52" spellcheck="false"
                autocomplete="off" autofocus aria-describedby="secret-hint";
            (form::copy(secret, "Copy"))
            p.hint #secret-hint {
                "Pass it on through a password manager or in person. If it gets lost, revoke it "
                "and issue another."
            }
        }
        p.buttons { a.button.main href=(urls::STAFF_TOKENS) { "I’ve copied it" } }
    };
    let page = Page {
        title: "Token issued",
        nav: Nav::Tokens,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
