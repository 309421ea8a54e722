//! The sign-in page of staff. Each way to sign in is a section; a token is the first.

use maud::{Markup, html};

use super::fields::{Fields, FormState};
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use crate::snapshot::Snapshot;
use crate::urls;

/// The field for the token.
pub const TOKEN: &str = "token";
/// The field for the path to continue to.
pub const NEXT: &str = "next";
/// A field that only password managers read.
pub const USERNAME: &str = "username";
/// Prefix of the fields of a form that is waiting to be sent.
pub const KEPT: &str = "kept.";

/// Renders the page. `kept` is a form that was sent while nobody was signed in.
pub fn page(snapshot: &Snapshot, form_state: &FormState, next: &str, kept: &Fields) -> Markup {
    let ask = Ask {
        name: TOKEN,
        label: "Token",
        ..Ask::default()
    };
    let content = html! {
        h1 { "Sign in" }
        @if !kept.pairs().is_empty() {
            p.told role="status" {
                strong { "Nothing is lost." }
                " Your session had ended, so what you wrote isn’t posted yet. Sign in, and it "
                "will be back in the form."
            }
        }
        section aria-label="With a token" {
            form method="post" action=(urls::STAFF_SIGN_IN) {
                (form::hidden(NEXT, next))
                @for (name, value) in kept.pairs() {
                    (form::hidden(&format!("{KEPT}{name}"), value))
                }
                // Password managers need a username for the password.
                input.unseen type="text" name=(USERNAME) value="staff" autocomplete="username"
                    tabindex="-1" aria-hidden="true" readonly;
                (password(form_state, &ask))
                p.buttons { button.main type="submit" { "Sign in" } }
            }
        }
    };
    let title = Page::title_of("Sign in", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Elsewhere,
        content,
    };
    frame::page(snapshot, None, &page)
}

/// The field for the token, which is never written back into the page.
fn password(form_state: &FormState, ask: &Ask<'_>) -> Markup {
    let wrong = form_state.wrong_with(ask.name);
    let described = if wrong.is_some() {
        "field-token-wrong field-token-hint"
    } else {
        "field-token-hint"
    };
    html! {
        div.field {
            label for="field-token" { (ask.label) }
            @if let Some(wrong) = wrong { p.error #field-token-wrong role="alert" { (wrong) } }
            input #field-token type="password" name=(ask.name) autocomplete="current-password"
                required autofocus aria-describedby=(described)
                aria-invalid=[wrong.map(|_| "true")];
            p.hint #field-token-hint { "Starts with " code { "lsp_" } ". Whoever runs the page can create one with " code { "lightship token create" } "." }
        }
    }
}
