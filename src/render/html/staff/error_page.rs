//! Error pages for staff, which keep what was typed.

use maud::{Markup, html};

use super::fields::Fields;
use super::{form, frame};
use crate::domain::brand::Brand;
use crate::urls;

/// An error of a staff page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorPage {
    /// The HTTP status.
    pub status: u16,
    /// The title: a few words.
    pub title: String,
    /// What happened, and what to do.
    pub text: String,
    /// The form that couldn't be processed: its path and its contents.
    pub form: Option<(String, Fields)>,
}

/// Renders the page without a snapshot, so that it works when nothing else does.
pub fn page(error_page: &ErrorPage) -> Markup {
    let body = html! {
        main #main {
            h1 { (error_page.title) }
            p.lead { (error_page.text) }
            @if let Some((path, fields)) = &error_page.form { (kept(path, fields)) }
            p.more { a href=(urls::STAFF) { "Go to the dashboard" } }
            p.note { "Error " (error_page.status) }
        }
    };
    frame::document(&error_page.title, &Brand::default(), &body)
}

/// What was typed, to send again or to copy.
fn kept(path: &str, fields: &Fields) -> Markup {
    let longest = fields
        .pairs()
        .iter()
        .map(|(_, value)| value)
        .max_by_key(|value| value.len());
    html! {
        form method="post" action=(path) {
            @for (name, value) in fields.pairs() { (form::hidden(name, value)) }
            p.buttons { button.main type="submit" { "Send it again" } }
            p.hint { "However often you send it, it is posted only once." }
        }
        @if let Some(text) = longest.filter(|text| text.contains(char::is_whitespace)) {
            div.field {
                label for="kept" { "What you wrote" }
                textarea #kept readonly rows="6" dir="auto" { "\n" (text) }
            }
        }
    }
}
