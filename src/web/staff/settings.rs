//! What forms say of components, phases and days.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::event::facts::StatedStates;
use crate::domain::incident::Impact;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render::html::staff::components::{NAMED, NOTE, STATE};
use crate::render::html::staff::fields::{Fields, Wrong};

/// What a form says of components. What is left as it is isn't among it.
pub(super) fn settings_of(fields: &Fields) -> Result<StatedStates, Vec<Wrong>> {
    let mut settings = StatedStates::new();
    let mut wrong = Vec::new();
    for (name, state) in fields.under(STATE).filter(|(_, state)| !state.is_empty()) {
        let Ok(slug) = Slug::parse(name) else {
            wrong.push(Wrong {
                field: format!("{STATE}{name}"),
                detail: format!("There is no component {name:?}."),
            });
            continue;
        };
        let note = fields.filled(&format!("{NOTE}{name}"));
        let setting = (state != NAMED).then(|| (StateKey::new(state), note.map(str::to_owned)));
        settings.push((slug, setting));
    }
    if wrong.is_empty() {
        Ok(settings)
    } else {
        Err(wrong)
    }
}

/// The same in the order of the components, so that two can be compared.
pub(super) fn sorted(mut settings: StatedStates) -> StatedStates {
    settings.sort_by(|(one, _), (other, _)| one.cmp(other));
    settings
}

/// A day in a field; none if it is empty.
pub(super) fn day_of(fields: &Fields, name: &str) -> Result<Option<NaiveDate>, Wrong> {
    let Some(text) = fields.filled(name) else {
        return Ok(None);
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.map(Some).map_err(|_| no_day(name, text))
}

/// That a field holds no day.
pub(super) fn no_day(name: &str, text: &str) -> Wrong {
    Wrong {
        field: name.to_owned(),
        detail: format!("{text:?} isn’t a date; write it as 2013-02-26."),
    }
}

/// What a part of a form says; what is wrong with it goes to `wrong`, and it says nothing then.
pub(super) fn gather<T: Default>(
    read: Result<T, impl Into<Vec<Wrong>>>,
    wrong: &mut Vec<Wrong>,
) -> T {
    read.unwrap_or_else(|found| {
        wrong.extend(found.into());
        T::default()
    })
}

/// The phase in a field; none if it is empty.
pub(super) fn phase_of(fields: &Fields, name: &str) -> Result<Option<Phase>, Wrong> {
    let Some(word) = fields.filled(name) else {
        return Ok(None);
    };
    Phase::parse(word).map(Some).ok_or_else(|| Wrong {
        field: name.to_owned(),
        detail: format!("There is no status {word:?}."),
    })
}

/// The impact in a field; none if it is empty.
pub(super) fn impact_of(fields: &Fields, name: &str) -> Result<Option<Impact>, Wrong> {
    let Some(word) = fields.filled(name) else {
        return Ok(None);
    };
    Impact::parse(word).map(Some).ok_or_else(|| Wrong {
        field: name.to_owned(),
        detail: format!("There is no severity {word:?}."),
    })
}

/// A time as a field holds it, in the site's zone.
pub(super) fn time_text(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}
