//! Times in forms, in the site's zone. A time that the clocks skip or have twice is asked about,
//! never guessed.

use chrono::{DateTime, Utc};

use super::settings::{time_of, time_text};
use crate::domain::zone::{Local, resolve};
use crate::render::html::staff::fields::{Fields, Wrong};
use crate::render::html::staff::window::{FIRST, SECOND, which};
use crate::render::time::Frame;

/// The time in a field; none if it is empty. Of a time that happens twice, the field beside it
/// says which is meant.
pub(super) fn local_time(
    fields: &Fields,
    name: &str,
    frame: Frame,
) -> Result<Option<DateTime<Utc>>, Wrong> {
    let Some(first) = time_of(fields, name, frame.zone)? else {
        return Ok(None);
    };
    let local = first.with_timezone(&frame.zone).naive_local();
    let Local::Twice(first, second) = resolve(frame.zone, local) else {
        return Ok(Some(first));
    };
    let field = which(name);
    match fields.first(&field) {
        FIRST => Ok(Some(first)),
        SECOND => Ok(Some(second)),
        _ => Err(Wrong {
            field,
            detail: format!(
                "The clocks go back then, so there are two: {} and {}. Say which one.",
                frame.clock(first),
                frame.clock(second)
            ),
        }),
    }
}

/// Puts a time into a field; of one that happens twice, the field beside it says which it is.
pub(super) fn set_time(fields: &mut Fields, name: &str, at: Option<DateTime<Utc>>, frame: Frame) {
    let Some(at) = at else { return };
    fields.set(name, time_text(at, frame.zone));
    let local = at.with_timezone(&frame.zone).naive_local();
    if let Local::Twice(first, _) = resolve(frame.zone, local) {
        fields.set(which(name), if at == first { FIRST } else { SECOND });
    }
}

/// Whether two times are one in a form, which has no seconds.
pub(super) fn is_same_minute(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> bool {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    one.map(minute) == other.map(minute)
}
