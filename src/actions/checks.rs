//! Checks that several actions share: known components and states, lengths, times.

use chrono::{DateTime, Utc};

use super::change::Change;
use super::error::{ActionError, FieldError};
use crate::domain::component::Component;
use crate::domain::component_name::names_group;
use crate::domain::event::facts::StatedStates;
use crate::domain::nearest::nearest;
use crate::domain::slug::Slug;
use crate::domain::state::{StateKey, States};
use crate::domain::time_style::TimeStyle;
use crate::store::components::{find_component, list_components};
use crate::store::settings::{list_site_settings, stated_times};
use crate::store::states::list_own_states;

/// The longest text of a post or an update, in bytes.
pub(super) const MAX_MARKDOWN_BYTES: usize = 200_000;
/// The longest title, in characters.
pub(super) const MAX_TITLE_CHARS: usize = 200;
/// The longest byline, in characters.
const MAX_AUTHOR_CHARS: usize = 100;
/// The longest note, in characters.
pub(super) const MAX_NOTE_CHARS: usize = 500;

/// How the site writes times.
pub(super) async fn time_style(change: &mut Change) -> Result<TimeStyle, ActionError> {
    let settings = list_site_settings(&mut change.tx).await?;
    Ok(stated_times(&settings).style())
}

/// Up to this many components are read one by one; more are read together.
const FEW: usize = 20;

/// The components and states that requests may name.
#[derive(Default)]
pub(super) struct KnownNames {
    pub(super) components: Vec<Component>,
    pub(super) states: States,
}

/// Reads all components and states.
pub(super) async fn known(change: &mut Change) -> Result<KnownNames, ActionError> {
    let components = list_components(&mut change.tx).await?;
    let states = States::with_own(list_own_states(&mut change.tx).await?);
    Ok(KnownNames { components, states })
}

/// Reads all states, for requests that name no components.
pub(super) async fn known_states(change: &mut Change) -> Result<KnownNames, ActionError> {
    let states = States::with_own(list_own_states(&mut change.tx).await?);
    Ok(KnownNames {
        components: Vec::new(),
        states,
    })
}

/// Reads what a request that names `components` may name. If all of them exist, only these are
/// read. Otherwise all are, because the error suggests known ones.
pub(super) async fn known_for(
    change: &mut Change,
    components: &StatedStates,
) -> Result<KnownNames, ActionError> {
    if components.is_empty() {
        return Ok(KnownNames::default());
    }
    if components.len() > FEW {
        return known(change).await;
    }
    let mut known_ones = known_states(change).await?;
    for (slug, _) in components {
        match find_component(&mut change.tx, slug).await? {
            Some(component) => known_ones.components.push(component),
            None => return known(change).await,
        }
    }
    Ok(known_ones)
}

impl KnownNames {
    /// The state that a word stands for.
    pub(super) fn state(&self, pointer: &str, word: &StateKey) -> Result<StateKey, ActionError> {
        if let Some(state) = self.states.find_by_word(word.as_str()) {
            return Ok(state.key.clone());
        }
        let keys = self
            .states
            .iter()
            .filter(|state| !state.dropped)
            .map(|state| state.key.as_str());
        let word: String = word.as_str().chars().take(40).collect();
        let hint = suggestion(&word, keys);
        Err(ActionError::invalid(
            pointer,
            format!("unknown state {word:?}{hint}"),
        ))
    }

    /// Replaces each group that a request names by its components. A component that is also named
    /// by itself takes only what is said about it alone.
    pub(super) fn with_groups(&self, components: &StatedStates) -> StatedStates {
        let is_known = |slug: &Slug| self.components.iter().any(|it| it.slug == *slug);
        let is_named = |slug: &Slug| components.iter().any(|(other, _)| other == slug);
        let mut all: StatedStates = Vec::with_capacity(components.len());
        for (word, setting) in components {
            let in_it = |it: &&Component| {
                let group = it.group.as_deref();
                it.retired_at.is_none()
                    && group.is_some_and(|group| names_group(word.as_str(), group))
            };
            let group: Vec<&Component> = match is_known(word) {
                true => Vec::new(),
                false => self.components.iter().filter(in_it).collect(),
            };
            if group.is_empty() {
                all.push((word.clone(), setting.clone()));
            }
            for component in group.into_iter().filter(|it| !is_named(&it.slug)) {
                all.push((component.slug.clone(), setting.clone()));
            }
        }
        all
    }

    /// The error for an unknown component, with a suggestion: the component of that name, or the
    /// one with the most similar spelling.
    fn unknown_component(&self, slug: &Slug) -> String {
        let active = || self.components.iter().filter(|c| c.retired_at.is_none());
        let hint = active()
            .find(|component| Slug::from_title(&component.name).as_ref() == Some(slug))
            .map_or_else(
                || suggestion(slug.as_str(), active().map(|c| c.slug.as_str())),
                |named| format!("; did you mean {:?}?", named.slug.as_str()),
            );
        format!("unknown component {:?}{hint}", slug.as_str())
    }

    /// Checks that a component exists and isn't retired.
    pub(super) fn component(&self, pointer: &str, slug: &Slug) -> Result<(), ActionError> {
        let found = self
            .components
            .iter()
            .find(|component| component.slug == *slug);
        match found {
            Some(component) if component.retired_at.is_none() => Ok(()),
            Some(component) => Err(ActionError::invalid(
                pointer,
                format!("the component {} is retired", component.name),
            )),
            None => Err(ActionError::invalid(pointer, self.unknown_component(slug))),
        }
    }
}

/// The most known names that an error lists.
const MOST_KNOWN: usize = 20;

/// `; did you mean "migrating"?`, or a list of the known names.
fn suggestion<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.collect();
    match nearest(word, known.iter().copied()) {
        Some(near) => format!("; did you mean {near:?}?"),
        None if known.is_empty() => "; there are none yet".to_owned(),
        None if known.len() > MOST_KNOWN => format!(
            "; there are {} and {} more",
            known[..MOST_KNOWN].join(", "),
            known.len() - MOST_KNOWN
        ),
        None => format!("; there are {}", known.join(", ")),
    }
}

/// The component with this slug, if it isn't retired.
pub(super) async fn active_component(
    change: &mut Change,
    slug: &Slug,
) -> Result<Component, ActionError> {
    match find_component(&mut change.tx, slug).await? {
        Some(component) if component.retired_at.is_none() => Ok(component),
        Some(component) => Err(ActionError::Conflict(format!(
            "the component {} is retired; describe it again to bring it back",
            component.name
        ))),
        None => {
            let known = known(change).await?;
            Err(ActionError::NotFound(known.unknown_component(slug)))
        }
    }
}

/// Checks that a note is one line and not too long.
pub(super) fn note(pointer: &str, note: Option<&str>) -> Result<(), ActionError> {
    line(pointer, note.unwrap_or_default(), MAX_NOTE_CHARS)
}

/// A note as it is stored: trimmed, and `None` if nothing is left.
pub(super) fn kept_note(note: Option<&str>) -> Option<String> {
    let note = note.map(str::trim).filter(|note| !note.is_empty());
    note.map(str::to_owned)
}

/// Checks that a byline is one line and not too long.
pub(super) fn author(author: Option<&str>) -> Result<(), ActionError> {
    line("/author", author.unwrap_or_default(), MAX_AUTHOR_CHARS)
}

/// Checks that a text is one line of at most `max` characters.
pub(super) fn line(pointer: &str, text: &str, max: usize) -> Result<(), ActionError> {
    let count = text.chars().count();
    if count > max {
        return Err(ActionError::invalid(
            pointer,
            format!("this is too long: {count} characters, at most {max}"),
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(ActionError::invalid(
            pointer,
            "write it on one line, without control characters",
        ));
    }
    Ok(())
}

/// Checks that a name is one line of at most `max` characters, and reads as it is stored: nothing in
/// it turns the direction of what stands around it.
pub(super) fn name(pointer: &str, text: &str, max: usize) -> Result<(), ActionError> {
    line(pointer, text, max)?;
    // Embeddings, overrides and isolates (UAX #9). Right-to-left letters don't need them.
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match text.chars().find(|c| turns(*c)) {
        None => Ok(()),
        Some(found) => Err(ActionError::invalid(
            pointer,
            format!(
                "it has an invisible character that turns the direction of text (U+{:04X}); leave \
                 it out",
                u32::from(found)
            ),
        )),
    }
}

/// Checks that a text isn't too long and contains nothing that can't be stored.
pub(super) fn markdown(pointer: &str, text: &str) -> Result<(), ActionError> {
    if text.len() > MAX_MARKDOWN_BYTES {
        return Err(ActionError::invalid(
            pointer,
            format!(
                "this is too long: {} bytes, at most {MAX_MARKDOWN_BYTES}",
                text.len()
            ),
        ));
    }
    if text.contains('\0') {
        return Err(ActionError::invalid(
            pointer,
            "the text contains a NUL character; remove it",
        ));
    }
    Ok(())
}

/// Checks that an instant isn't in the future.
pub(super) fn not_future(
    pointer: &str,
    at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), ActionError> {
    match at {
        Some(at) if at > now => Err(ActionError::invalid(
            pointer,
            format!(
                "{} is in the future; leave it out to use the current time",
                at.format("%Y-%m-%dT%H:%M:%SZ")
            ),
        )),
        Some(_) | None => Ok(()),
    }
}

/// The most errors that are collected.
const MOST_ERRORS: usize = 30;

/// Collects the errors of several fields, so that one answer reports them all.
#[derive(Debug, Default)]
pub(super) struct Gathered(Vec<FieldError>);

impl Gathered {
    /// The value, or `None` after noting the error. Errors that aren't about fields are returned.
    pub(super) fn take<T>(
        &mut self,
        result: Result<T, ActionError>,
    ) -> Result<Option<T>, ActionError> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(ActionError::Invalid(fields)) => {
                let room = MOST_ERRORS.saturating_sub(self.0.len());
                self.0.extend(fields.into_iter().take(room));
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// Fails if anything was wrong.
    pub(super) fn finish(self) -> Result<(), ActionError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(ActionError::Invalid(self.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_is_near_to_none_is_told_what_there_is() {
        let check = |word: &str, said: &str| {
            assert_eq!(suggestion(word, ["ns1", "selma"].into_iter()), said);
        };
        check("slma", "; did you mean \"selma\"?");
        check("ns", "; there are ns1, selma");
        check("slm", "; there are ns1, selma");
    }
}
