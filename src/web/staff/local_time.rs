//! Times in forms, in the site's zone. If a local time doesn't exist or occurs twice, the form
//! asks; it never guesses.

use chrono::{DateTime, Utc};

use super::settings::time_text;
use crate::actions::spoken_times::{Lean, SpokenContext, SpokenTime, read_spoken};
use crate::domain::window::Window;
use crate::domain::zone::{Local, resolve};
use crate::render;
use crate::render::html::staff::fields::{Fields, Wrong};
use crate::render::html::staff::window::{ENDS, FIRST, SECOND, STARTS, which};
use crate::render::time::Frame;
use crate::web::state::AppState;

/// The frame for times in forms: the site's zone and the current time.
pub(super) fn frame_now(state: &AppState) -> Frame {
    Frame {
        as_of: state.clock.now(),
        ..render::frame_of(state.site.current().snapshot())
    }
}

/// The time in a field; `None` if the field is empty. If the local time occurs twice, a second
/// field says which occurrence is meant.
pub(super) fn local_time(
    fields: &Fields,
    name: &str,
    frame: Frame,
) -> Result<Option<DateTime<Utc>>, Wrong> {
    let Some(text) = fields.nonblank(name) else {
        return Ok(None);
    };
    let wrong = |detail: String| Wrong {
        field: name.to_owned(),
        detail,
    };
    let ground = SpokenContext {
        zone: frame.zone,
        now: frame.as_of,
        lean: match name {
            STARTS | ENDS => Lean::Ahead,
            _ => Lean::Back,
        },
    };
    let read = read_spoken(text, ground).map_err(|_| {
        let now = frame.as_of.with_timezone(&frame.zone);
        let example = now.format("%Y-%m-%d %H:%M");
        wrong(format!(
            "{text:?} isn’t a time; write it as {example}, “today 14:00” or “20 minutes ago”."
        ))
    })?;
    let (first, second) = match read {
        SpokenTime::Once(at) => return Ok(Some(at)),
        SpokenTime::Skipped(local) => {
            return Err(wrong(format!(
                "There is no {}: the clocks go forward then. Choose a time before or after.",
                local.format("%-H:%M on %B %-d")
            )));
        }
        SpokenTime::Twice(_, first, second) => (first, second),
    };
    let field = which(name);
    match fields.first(&field) {
        FIRST => Ok(Some(first)),
        SECOND => Ok(Some(second)),
        _ => Err(Wrong {
            field,
            detail: format!(
                "The clocks go back then, so this time comes twice: {} and {}. Choose one.",
                frame.clock(first),
                frame.clock(second)
            ),
        }),
    }
}

/// The window in a form, as far as it is filled in.
pub(super) fn window_of(fields: &Fields, frame: Frame) -> Result<Window, Vec<Wrong>> {
    let starts = local_time(fields, STARTS, frame);
    let ends = local_time(fields, ENDS, frame);
    match (starts, ends) {
        (Ok(starts), Ok(ends)) => Ok(Window { starts, ends }),
        (starts, ends) => Err([starts.err(), ends.err()].into_iter().flatten().collect()),
    }
}

/// Sets the field for a time, and the second field if the local time occurs twice.
pub(super) fn set_time(fields: &mut Fields, name: &str, at: Option<DateTime<Utc>>, frame: Frame) {
    let Some(at) = at else { return };
    fields.set(name, time_text(at, frame.zone));
    let local = at.with_timezone(&frame.zone).naive_local();
    if let Local::Twice(first, _) = resolve(frame.zone, local) {
        fields.set(which(name), if at == first { FIRST } else { SECOND });
    }
}

/// Whether two times look the same in a form, which has no seconds.
pub(super) fn is_same_minute(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> bool {
    let minute = |at: DateTime<Utc>| at.timestamp().div_euclid(60);
    one.map(minute) == other.map(minute)
}
