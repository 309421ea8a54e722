//! Components in forms, with the states that each can be set to.

use maud::{Markup, html};

use super::fields::FormState;
use super::form;
use super::tokens::scope_name;
use crate::domain::scope::Scope;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::snapshot::Snapshot;

/// Prefix of the field for a component's state.
pub const STATE: &str = "state.";
/// Prefix of the field for its note.
pub const NOTE: &str = "note.";
/// The value that names a component without setting a state.
pub const NAMED: &str = "=";

/// What it means if a component's choice in the form isn't touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Its state stays: "Degraded (no change)".
    Unchanged,
    /// It isn't mentioned.
    Out,
    /// It isn't mentioned, which is the usual case: unlisted components stay folded away.
    Aside,
}

/// Why a form offers no components: the token lacks the scope.
pub fn refused() -> Markup {
    html! {
        fieldset {
            legend { "Components" }
            p.hint {
                "Your token can’t change states. It needs the scope "
                (scope_name(Scope::StatesWrite)) ": ask an admin for one that has it. "
                "What you post leaves every state as it is."
            }
        }
    }
}

/// The components in `listed`, one row each, and all others folded away.
pub fn list(snapshot: &Snapshot, form_state: &FormState, listed: &[&Slug], left: Left) -> Markup {
    let is_set = |slug: &Slug| {
        let field = format!("{STATE}{slug}");
        !form_state.fields.first(&field).is_empty() || form_state.wrong_with(&field).is_some()
    };
    let active: Vec<_> = snapshot
        .active_components()
        .map(|record| &record.component)
        .collect();
    let (shown, folded): (Vec<_>, Vec<_>) = active
        .into_iter()
        .partition(|component| listed.contains(&&component.slug) || is_set(&component.slug));
    html! {
        @if !shown.is_empty() || !folded.is_empty() {
            fieldset {
                legend { "Components" }
                div.box.components {
                    ul {
                        @for component in &shown {
                            @let left = if listed.contains(&&component.slug) { left } else { Left::Out };
                            (row(snapshot, form_state, &component.slug, left))
                        }
                    }
                    @if !folded.is_empty() {
                        details open[left == Left::Out && shown.is_empty() && (folded.len() <= 8 || !form_state.wrong.is_empty())] {
                            summary {
                                @if shown.is_empty() { "Choose components" } @else { "Add a component" }
                            }
                            ul {
                                @for component in &folded {
                                    (row(snapshot, form_state, &component.slug, Left::Out))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(snapshot: &Snapshot, form_state: &FormState, slug: &Slug, left: Left) -> Markup {
    let chosen = form_state.fields.first(&format!("{STATE}{slug}"));
    let options = options(snapshot, slug, left, chosen);
    form::component_row(
        form_state,
        slug.as_str(),
        snapshot.component_name(slug),
        &options,
    )
}

/// The choices for a component; the first one leaves it alone. Its current state is listed only
/// once, unless the current state was `chosen` before the component entered it.
fn options(snapshot: &Snapshot, slug: &Slug, left: Left, chosen: &str) -> Vec<(String, String)> {
    let states = &snapshot.states;
    let now = snapshot
        .find_component(slug)
        .map_or_else(StateKey::operational, |record| {
            snapshot.standing(record).state
        });
    let label = states.label(&now);
    let mut options = match left {
        Left::Unchanged => vec![(String::new(), format!("{label} (no change)"))],
        Left::Out | Left::Aside => vec![
            (String::new(), "Not affected".to_owned()),
            (
                NAMED.to_owned(),
                format!("Affected, state unchanged ({label})"),
            ),
        ],
    };
    let others = states
        .iter()
        .filter(|state| {
            !state.dropped
                && (left != Left::Unchanged || state.key != now || state.key.as_str() == chosen)
        })
        .map(|state| (state.key.to_string(), state.label.clone()));
    options.extend(others);
    options
}
