//! Components, phases and days in forms.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::event::facts::StatedStates;
use crate::domain::incident::Impact;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::domain::update::Phase;
use crate::render::html::staff::components::{NAMED, NOTE, STATE};
use crate::render::html::staff::fields::{Fields, Wrong};

/// The components that a form sets or names; the others are left out.
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
        let note = fields.nonblank(&format!("{NOTE}{name}"));
        let setting = (state != NAMED).then(|| (StateKey::new(state), note.map(str::to_owned)));
        settings.push((slug, setting));
    }
    if wrong.is_empty() {
        Ok(settings)
    } else {
        Err(wrong)
    }
}

/// The same, sorted by component, so that two can be compared.
pub(super) fn sorted(mut settings: StatedStates) -> StatedStates {
    settings.sort_by(|(one, _), (other, _)| one.cmp(other));
    settings
}

/// The day in a field; `None` if the field is empty.
pub(super) fn day_of(fields: &Fields, name: &str) -> Result<Option<NaiveDate>, Wrong> {
    let Some(text) = fields.nonblank(name) else {
        return Ok(None);
    };
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    day.map(Some).map_err(|_| no_day(name, text))
}

/// The error if a field isn't a day.
pub(super) fn no_day(name: &str, text: &str) -> Wrong {
    Wrong {
        field: name.to_owned(),
        detail: format!("{text:?} isn’t a date; write it as 2013-02-26."),
    }
}

/// The parsed part of a form. If it has errors, they are added to `wrong`, and the part is empty.
pub(super) fn gather<T: Default>(
    read: Result<T, impl Into<Vec<Wrong>>>,
    wrong: &mut Vec<Wrong>,
) -> T {
    read.unwrap_or_else(|found| {
        wrong.extend(found.into());
        T::default()
    })
}

/// The phase in a field; `None` if the field is empty.
pub(super) fn phase_of(fields: &Fields, name: &str) -> Result<Option<Phase>, Wrong> {
    let Some(word) = fields.nonblank(name) else {
        return Ok(None);
    };
    Phase::parse(word).map(Some).ok_or_else(|| Wrong {
        field: name.to_owned(),
        detail: format!("There is no status {word:?}."),
    })
}

/// The impact in a field; `None` if the field is empty.
pub(super) fn impact_of(fields: &Fields, name: &str) -> Result<Option<Impact>, Wrong> {
    let Some(word) = fields.nonblank(name) else {
        return Ok(None);
    };
    Impact::parse(word).map(Some).ok_or_else(|| Wrong {
        field: name.to_owned(),
        detail: format!("There is no severity {word:?}."),
    })
}

/// A time in the format of a field, in the site's zone.
pub(super) fn time_text(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%dT%H:%M").to_string()
}
