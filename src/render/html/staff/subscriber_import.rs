//! The form that imports subscribers, and the page that says which lines weren't taken.

use maud::{Markup, html};

use super::fields::FormState;
use super::form::{self, Ask};
use super::frame::{self, Nav, Page};
use super::subscriber_form::CONSENT;
use crate::domain::actor::Actor;
use crate::render::number::grouped;
use crate::snapshot::Snapshot;
use crate::urls;
use crate::wire::subscriber_table::RefusedLine;

/// The field for the table.
pub const TABLE: &str = "table";
/// The most lines that the form takes. A change with more would keep others waiting.
pub const MAX_ROWS: usize = 2_000;

/// Renders the page.
pub fn page(snapshot: &Snapshot, viewer: &Actor, form_state: &FormState) -> Markup {
    let table = Ask {
        name: TABLE,
        label: "Addresses",
        hint: "One on each line. Or a table (CSV) whose first line names its columns: email and, if \
               you like, components and groups, each with several names separated by semicolons.",
        first: true,
    };
    let consent = Ask {
        name: CONSENT,
        label: "How did all of them agree?",
        hint: "Such as “customers, by contract”. It is recorded with each of them.",
        ..Ask::default()
    };
    let most = grouped(MAX_ROWS);
    let content = html! {
        h1 { "Import subscribers" }
        p.lead {
            "Only those who have agreed to get mail. They are subscribed at once, and get no mail "
            "about it. Whoever is subscribed already keeps what they chose, and whoever is "
            "suppressed stays so."
        }
        (form::summary(form_state, "Not imported yet"))
        form method="post" action=(urls::STAFF_IMPORT_SUBSCRIBERS) {
            (form::key(form_state))
            // Without scripts, a file can’t be put into the field below; its content can be pasted.
            div.field.from-file hidden {
                label for="from-file" { "From a file" }
                input #from-file type="file" accept=".csv,.txt,text/csv,text/plain"
                    data-into=(form::id_of(TABLE));
            }
            (form::text_area(form_state, &table, 10))
            (form::line(form_state, &consent, "text"))
            (form::buttons("Import", &[]))
            p.hint {
                "Up to " (most) " lines. For more, use the command line: "
                code { "lightship subscribers import FILE.csv --consent \"…\"" }
            }
        }
    };
    let title = Page::title_of("Import subscribers", form_state);
    let page = Page {
        title: &title,
        nav: Nav::Subscribers,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}

/// What an import did, in words: "1,198 added, 4 already there, 2 refused".
pub fn in_words(added: usize, present: usize, refused: usize) -> String {
    let [added, present, refused] = [added, present, refused].map(grouped);
    format!("{added} added, {present} already there, {refused} refused")
}

/// Renders the page after an import of which some lines weren't taken.
pub fn done(
    snapshot: &Snapshot,
    viewer: &Actor,
    [added, present]: [usize; 2],
    refused: &[RefusedLine],
) -> Markup {
    let content = html! {
        h1 { @if added == 0 { "Nobody was added" } @else { "Imported, but not all" } }
        p.lead role="status" { (in_words(added, present, refused.len())) "." }
        section {
            h2 { "Refused" }
            ul.box {
                @for one in refused {
                    li {
                        p {
                            span.meta { "Line " (one.line) ": " }
                            strong { bdi { (one.address) } }
                        }
                        p.meta dir="auto" { (one.detail) }
                    }
                }
            }
        }
        p.hint { "Correct these lines and import them again; those that were taken are skipped." }
        p.buttons {
            a.button.main href=(urls::STAFF_SUBSCRIBERS) { "To the subscribers" }
            a.button href=(urls::STAFF_IMPORT_SUBSCRIBERS) { "Import more" }
        }
    };
    let page = Page {
        title: "Import subscribers",
        nav: Nav::Subscribers,
        content,
    };
    frame::page(snapshot, Some(viewer), &page)
}
