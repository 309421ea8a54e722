//! Messages about what was just done. The URL has only a keyword; the sentence is made here, so
//! that nobody can put their own text into a URL.

use axum::http::Uri;

use super::reading::said_in;
use crate::domain::slug::Slug;
use crate::site::Site;
use crate::urls;

const DONE: &str = "done";

/// The path with the keyword for a message.
pub(super) fn path_with(path: &str, done: &str) -> String {
    format!("{path}{}", urls::query(&[(DONE, done)]))
}

/// The keyword in a URI; empty if there is none.
pub(super) fn keyword(uri: &Uri) -> String {
    said_in(uri, DONE)
}

/// The message for the dashboard.
pub(super) fn on_dashboard(site: &Site, uri: &Uri) -> Option<String> {
    let snapshot = site.snapshot();
    let done = keyword(uri);
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
            Some(format!(
                "{name} is now “{label}”, and customers can see it."
            ))
        }
        "same" => {
            let (name, label) = component()?;
            Some(format!("Nothing changed: {name} is still “{label}”."))
        }
        "withdrawn" => Some(
            "Incident withdrawn. Customers no longer see it; the activity log keeps it.".to_owned(),
        ),
        "sending" => Some("It is on its way to subscribers.".to_owned()),
        "not-sent" => Some("Subscribers aren’t told of it.".to_owned()),
        "discarded" => Some("Draft discarded. The activity log keeps its text.".to_owned()),
        _ => None,
    }
}

/// The message for an incident's page.
pub(super) fn on_incident(uri: &Uri) -> Option<&'static str> {
    match keyword(uri).as_str() {
        "corrected" => Some("Post corrected. Customers see the new version, marked as edited."),
        "same" => Some("Nothing changed: the post is as it was."),
        "saved" => Some("Draft saved. Only staff can see it."),
        "kept" => Some("Saved as a draft. Only staff can see it."),
        "published" => Some("It is public now."),
        "withdrawn" => Some("Update withdrawn. Customers no longer see it."),
        "back" => Some("The update is back, and customers see it again."),
        _ => None,
    }
}
