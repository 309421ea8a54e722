//! The program's own sentences: facts in, words out. Each language is a file with the same
//! functions; so far, English is the only one.

use std::borrow::Cow;

use serde_json::Value;

use crate::domain::fact::Fact;
use crate::domain::update::Update;

mod elsewhere;
mod english;
pub mod mail;
mod name;

pub use elsewhere::{
    affects, badge_title, calendar_name, cancelled_event, component_now, ended_after, no_problems,
    now, planned_for, withdrawn_event,
};
pub use english::{begun, fact, headline, rest_is_working, unknown_state};

/// The text of an update, as Markdown: its own, or its fact in words.
pub fn text_of(update: &Update) -> Cow<'_, str> {
    match &update.fact {
        Some(stated) => Cow::Owned(fact(stated)),
        None => Cow::Borrowed(&update.markdown),
    }
}

/// Puts the fact of an update that the activity log stores into words, if it has one.
pub fn put_in_words(kept: &mut Value) {
    let Some(kept) = kept.as_object_mut() else {
        return;
    };
    let stated = kept.remove("fact");
    let stated = stated.and_then(|stated| serde_json::from_value::<Fact>(stated).ok());
    if let Some(stated) = stated {
        kept.insert("markdown".to_owned(), fact(&stated).into());
    }
}

#[cfg(test)]
mod tests;
