//! The keys of `site.toml` that hold a single text.

use std::ops::Range;

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::content::toml_table::Table;
use crate::domain::date_order::DateOrder;
use crate::domain::nearest::nearest;
use crate::domain::time_style::HourClock;

/// The name of a zone in the IANA database.
pub(super) fn time_zone(
    text: &str,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<Tz> {
    let zone = text.parse().ok();
    if zone.is_none() {
        let names = TZ_VARIANTS.iter().map(|zone| zone.name());
        let near = nearest(text, names).map(|near| format!("did you mean \"{near}\"?"));
        table.error(
            place,
            format!("\"{text}\" is not a time zone"),
            near.or(Some(
                "use a name of the IANA database: \"America/Denver\"".to_owned(),
            )),
        );
    }
    zone
}

/// Scheme and host, with nothing after them.
pub(super) fn base_url(
    text: &str,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<String> {
    let trimmed = text.trim_end_matches('/');
    let lower = trimmed.to_ascii_lowercase();
    let host = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let good = host.is_some_and(|host| {
        !host.is_empty()
            && !host.starts_with([':', '.', '-'])
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    });
    if !good {
        let help = "write only the scheme and host: \"https://status.example.com\"".to_owned();
        table.error(
            place,
            format!("\"{text}\" can't be the base of the page's addresses"),
            Some(help),
        );
    }
    good.then_some(lower)
}

/// The name used in feed ids.
pub(super) fn authority(
    text: String,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<String> {
    let good = text.contains('.')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if !good {
        let help = "write only a host name: \"status.example.com\"".to_owned();
        table.error(
            place,
            format!("\"{text}\" can't be the name in feed ids"),
            Some(help),
        );
    }
    good.then_some(text)
}

/// How numeric dates are read.
pub(super) fn date_order(
    text: &str,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<DateOrder> {
    let order = DateOrder::parse(&text.to_lowercase());
    if order.is_none() {
        let help = "write \"mdy\" (month first) or \"dmy\" (day first)".to_owned();
        table.error(place, format!("\"{text}\" is not a date order"), Some(help));
    }
    order
}

/// Whether times are written on the 12-hour or the 24-hour clock.
pub(super) fn clock(
    text: &str,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<HourClock> {
    let clock = HourClock::parse(&text.to_lowercase());
    if clock.is_none() {
        let help = "write \"12h\" for \"2:15 am\", or \"24h\" for \"02:15\"".to_owned();
        table.error(place, format!("\"{text}\" is not a clock"), Some(help));
    }
    clock
}
