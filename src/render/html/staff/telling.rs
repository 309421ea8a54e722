//! The switch of a form that says whether subscribers are told. A page without a mail server has
//! none.

use maud::{Markup, html};

use super::fields::FormState;
use super::form;
use crate::snapshot::Snapshot;

/// The name of the switch.
pub const NOTIFY: &str = "notify";
/// The name of a hidden field beside it. Browsers send nothing for a switch that is off, so its
/// value says that there was one: `post` or `correction`.
pub const ASKED: &str = "notify.asked";
/// The value of [`ASKED`] for what subscribers are told of, unless staff say otherwise.
pub const POST: &str = "post";
/// The value of [`ASKED`] for a correction, of which nobody is told, unless staff say otherwise.
pub const CORRECTION: &str = "correction";

/// The switch of a form that posts something; it is on at first.
pub(super) fn of_post(snapshot: &Snapshot, form_state: &FormState) -> Markup {
    let label = html! {
        "Tell subscribers "
        span.meta { "– if you date it back by over an hour, they aren’t told" }
    };
    of(snapshot, form_state, POST, &label)
}

/// The switch of a form that publishes a draft, dated now; it is on at first.
pub(super) fn of_draft(snapshot: &Snapshot) -> Markup {
    of(
        snapshot,
        &FormState::default(),
        POST,
        &html! { "Tell subscribers" },
    )
}

/// The switch of a form that corrects something; it is off at first.
pub(super) fn of_correction(snapshot: &Snapshot, form_state: &FormState) -> Markup {
    let label = html! { "Tell subscribers that this was corrected" };
    of(snapshot, form_state, CORRECTION, &label)
}

fn of(snapshot: &Snapshot, form_state: &FormState, asked: &str, label: &Markup) -> Markup {
    let mut form_state = form_state.clone();
    if asked == POST && !form_state.fields.has(ASKED) {
        form_state.fields.set(NOTIFY, "yes");
    }
    html! {
        @if snapshot.site.sends_mail {
            (form::hidden(ASKED, asked))
            // Without an id, because a page may have several forms.
            label.switch {
                input type="checkbox" name=(NOTIFY) value="yes" checked[form_state.fields.has(NOTIFY)];
                span { (label) }
            }
        }
    }
}
