//! What staff can do with a draft: preview, publish or discard it.

use maud::{Markup, html};

use super::fields::{Fields, FormState};
use super::form;
use super::telling;
use crate::domain::incident::Incident;
use crate::snapshot::Snapshot;
use crate::urls;

/// Why a draft wasn't published. Each line links to the field to correct.
pub fn refused(incident: &Incident, form_state: &FormState) -> Markup {
    let form = urls::staff_correct_incident(&incident.slug);
    html! {
        @if !form_state.wrong.is_empty() {
            div #wrong .wrong role="alert" tabindex="-1" autofocus {
                h2 { "Not published yet" }
                ul {
                    @for wrong in &form_state.wrong {
                        li { a href={ (form) "#" (form::id_of(&wrong.field)) } { (wrong.detail) } }
                    }
                }
            }
        }
    }
}

/// The actions for a draft; `key` makes each button work only once.
pub fn ways(snapshot: &Snapshot, incident: &Incident, key: &str) -> Markup {
    html! {
        form.one method="post" action=(urls::staff_publish_draft(&incident.slug)) {
            (form::hidden(Fields::KEY, &format!("{key}.publish")))
            (telling::of_draft(snapshot))
            p.buttons {
                button.main type="submit" { "Publish" }
                a.button href=(urls::staff_draft_preview(&incident.slug)) { "Preview" }
            }
            p.hint { "Goes to the page and the feeds at once, dated now." }
        }
        details.more {
            summary { "Discard it" }
            form.one method="post" action=(urls::staff_discard_draft(&incident.slug)) {
                (form::hidden(Fields::KEY, &format!("{key}.discard")))
                p { "It disappears from the dashboard for good. The activity log keeps its text." }
                p.buttons { button.danger type="submit" { "Discard the draft" } }
            }
        }
    }
}
