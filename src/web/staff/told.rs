//! What was just done, said on the page that it leads to. The address carries a word; the sentence
//! is made here, so that nobody can put their own into an address.

use axum::http::Uri;

use super::reading::said_in;
use crate::domain::slug::Slug;
use crate::site::Site;
use crate::urls;

const DONE: &str = "done";

/// A path that says what was done.
pub(super) fn after(path: &str, done: &str) -> String {
    format!("{path}{}", urls::query(&[(DONE, done)]))
}

/// The word in an address that says what was done; empty without one.
pub(super) fn said(uri: &Uri) -> String {
    said_in(uri, DONE)
}

/// The sentence for the desk.
pub(super) fn on_desk(site: &Site, uri: &Uri) -> Option<String> {
    let snapshot = site.snapshot();
    let done = said(uri);
    let (word, slug) = done.split_once('.').unwrap_or((&done, ""));
    let component = || {
        let record = snapshot.find_component(&Slug::parse(slug).ok()?)?;
        let state = snapshot.standing(record).state;
        let label = snapshot.states.label(&state);
        let name = snapshot.component_name(&record.component.slug);
        Some((name.to_owned(), label.to_owned()))
    };
    match word {
        "state" => {
            let (name, label) = component()?;
            Some(format!("{name} is now “{label}”, and customers see it."))
        }
        "same" => {
            let (name, label) = component()?;
            Some(format!(
                "Nothing was changed: {name} is “{label}”, as it was."
            ))
        }
        "withdrawn" => Some(
            "The incident is withdrawn: customers don’t see it any more. The activity log keeps it."
                .to_owned(),
        ),
        "discarded" => Some("The draft is thrown away. The activity log keeps what it said.".to_owned()),
        _ => None,
    }
}

/// The sentence for the page of an incident.
pub(super) fn on_incident(uri: &Uri) -> Option<&'static str> {
    match said(uri).as_str() {
        "corrected" => Some("The post is corrected. Customers see it so, and that it was edited."),
        "same" => Some("Nothing was changed: the post says what it said."),
        "saved" => Some("The draft is saved. Nobody but staff sees it."),
        "kept" => Some("It is kept as a draft. Nobody but staff sees it."),
        "published" => Some("It is public now."),
        "withdrawn" => Some("The update is withdrawn: customers don’t see it any more."),
        "back" => Some("The update is back, and customers see it again."),
        _ => None,
    }
}
