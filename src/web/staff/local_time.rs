//! Times in forms, in the site's zone. A time that the clocks skip or have twice is asked about,
//! never guessed.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::settings::time_of;
use crate::domain::zone::{Local, abbreviation, resolve};
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
                "The clocks go back that night, so there are two: {} and {}. Say which one.",
                clock(first, frame.zone),
                clock(second, frame.zone)
            ),
        }),
    }
}

fn clock(at: DateTime<Utc>, zone: Tz) -> String {
    let local = at.with_timezone(&zone).format("%-H:%M");
    format!("{local} {}", abbreviation(zone, at))
}
