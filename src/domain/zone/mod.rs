//! Time zones as people write them: abbreviations, names, and local times that happen once, twice
//! or not at all in a zone.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, Duration, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use chrono::{LocalResult, Offset, TimeZone, Utc};
use chrono_tz::{GapInfo, OffsetName, TZ_VARIANTS, Tz};

/// One thing that an abbreviation can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// The offset from UTC, in minutes, east positive.
    pub offset_minutes: i32,
    /// Its full name, such as "India Standard Time".
    pub name: &'static str,
}

impl Meaning {
    /// The offset as a chrono type.
    pub fn offset(self) -> FixedOffset {
        offset_of_minutes(self.offset_minutes)
    }
}

/// The result of looking up a local time in a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Local {
    /// It happens once.
    Once(DateTime<Utc>),
    /// The clocks were set back over it: the first and the second time.
    Twice(DateTime<Utc>, DateTime<Utc>),
    /// The clocks were set forward over it.
    Skipped,
}

/// Looks up a local date and time in a zone.
pub fn resolve(zone: Tz, local: NaiveDateTime) -> Local {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(at) => Local::Once(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, second) => {
            Local::Twice(first.with_timezone(&Utc), second.with_timezone(&Utc))
        }
        LocalResult::None => Local::Skipped,
    }
}

/// The first instant of a day in a zone. If the clocks skip midnight or the whole day, this is the
/// first instant after that.
pub fn start_of_day(zone: Tz, day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    zone.from_local_datetime(&midnight)
        .earliest()
        .or_else(|| GapInfo::new(&midnight, &zone)?.end)
        .map_or_else(|| midnight.and_utc(), |at| at.with_timezone(&Utc))
}

/// The abbreviation of a zone at an instant, as files and the command line write it, such as `MST`;
/// if the zone has only digits, `UTC+3` or `UTC+5:45`.
pub fn abbreviation(zone: Tz, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&zone);
    match local.offset().abbreviation() {
        Some(name) if name.starts_with(|c: char| c.is_ascii_alphabetic()) => name.to_owned(),
        Some(_) | None => offset_name(local.offset().fix()),
    }
}

/// An offset for people: `UTC`, `UTC+3`, `UTC-3:30`.
pub fn offset_name(offset: FixedOffset) -> String {
    let minutes = offset.local_minus_utc() / 60;
    if minutes == 0 {
        return "UTC".to_owned();
    }
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, rest) = (minutes.abs() / 60, minutes.abs() % 60);
    if rest == 0 {
        format!("UTC{sign}{hours}")
    } else {
        format!("UTC{sign}{hours}:{rest:02}")
    }
}

/// The offset that a zone itself calls `abbreviation` in the year around `near`, and whether it is
/// in force at `near`. `None` if the zone doesn't use that abbreviation then.
pub fn own_offset(
    zone: Tz,
    abbreviation: &str,
    near: DateTime<Utc>,
) -> Option<(FixedOffset, bool)> {
    let uses = |at: DateTime<Utc>| {
        let local = at.with_timezone(&zone);
        let matches = local
            .offset()
            .abbreviation()
            .is_some_and(|name| name.eq_ignore_ascii_case(abbreviation));
        matches.then(|| local.offset().fix())
    };
    if let Some(offset) = uses(near) {
        return Some((offset, true));
    }
    // The other season's name is used within half a year on either side. Steps of a month find
    // short summers, too.
    (1..=6)
        .flat_map(|month| [month * 30, -month * 30])
        .filter_map(|days| near.checked_add_signed(Duration::days(days)))
        .find_map(uses)
        .map(|offset| (offset, false))
}

/// The offset of a zone that has no abbreviation of its own, such as Dubai's.
pub fn nameless_offset(zone: Tz, at: DateTime<Utc>) -> Option<FixedOffset> {
    let local = at.with_timezone(&zone);
    let name = local.offset().abbreviation();
    name.is_none_or(|name| name.starts_with(['+', '-']))
        .then(|| local.offset().fix())
}

/// What an upper-case abbreviation can mean; empty if it isn't known.
pub fn meanings(abbreviation: &str) -> &'static [Meaning] {
    MEANINGS
        .iter()
        .find(|(name, _)| *name == abbreviation)
        .map_or(&[], |(_, meanings)| meanings)
}

/// The zone whose rules decide between the standard and the daylight time of a family, such as New
/// York for `EST` and `EDT`. `None` for an abbreviation that some place uses all year.
pub fn family(abbreviation: &str) -> Option<Tz> {
    Some(match abbreviation {
        "EST" | "EDT" => Tz::America__New_York,
        "CDT" => Tz::America__Chicago,
        "MDT" => Tz::America__Denver,
        "PST" | "PDT" => Tz::America__Los_Angeles,
        "AKST" | "AKDT" => Tz::America__Anchorage,
        "ADT" => Tz::America__Halifax,
        "NST" | "NDT" => Tz::America__St_Johns,
        "CET" | "CEST" | "MEZ" | "MESZ" => Tz::Europe__Berlin,
        "EEST" => Tz::Europe__Helsinki,
        "WEST" => Tz::Europe__Lisbon,
        "AEDT" => Tz::Australia__Sydney,
        "NZST" | "NZDT" => Tz::Pacific__Auckland,
        _ => return None,
    })
}

/// The zone that a name means, if its offset depends on the day: `et`, `eastern`, `uk`,
/// `america/denver`. Expects lower case, without "time".
pub fn by_name(name: &str) -> Option<Tz> {
    let known = match name {
        "et" | "eastern" | "us eastern" | "eastern us" | "new york" => Tz::America__New_York,
        "ct" | "central" | "us central" | "central us" => Tz::America__Chicago,
        "mt" | "mountain" | "us mountain" | "mountain us" => Tz::America__Denver,
        "pt" | "pacific" | "us pacific" | "pacific us" => Tz::America__Los_Angeles,
        "akt" | "alaska" => Tz::America__Anchorage,
        "ht" | "hawaii" => Tz::Pacific__Honolulu,
        "at" | "atlantic" => Tz::America__Halifax,
        "arizona" => Tz::America__Phoenix,
        "greenwich mean" | "universal" | "coordinated universal" => Tz::UTC,
        "uk" | "british" => Tz::Europe__London,
        "irish" => Tz::Europe__Dublin,
        "central european" => Tz::Europe__Berlin,
        "eastern european" => Tz::Europe__Helsinki,
        "western european" => Tz::Europe__Lisbon,
        "aet" => Tz::Australia__Sydney,
        "nzt" | "new zealand" => Tz::Pacific__Auckland,
        "india" | "indian" => Tz::Asia__Kolkata,
        "japan" => Tz::Asia__Tokyo,
        "israel" => Tz::Asia__Jerusalem,
        _ => return by_place(name),
    };
    Some(known)
}

/// The abbreviation of a family's standard or daylight time: "Pacific Standard Time" is `PST` on
/// every day of the year. Expects lower case, without "standard time". `None` for a family that has
/// none or whose abbreviation is ambiguous.
pub fn seasonal(name: &str, standard: bool) -> Option<&'static str> {
    let (winter, summer) = match name.strip_prefix("us ").unwrap_or(name) {
        "eastern" => ("EST", "EDT"),
        "central" => return (!standard).then_some("CDT"),
        "mountain" => ("MST", "MDT"),
        "pacific" => ("PST", "PDT"),
        "alaska" => ("AKST", "AKDT"),
        "hawaii" => ("HST", "HDT"),
        "central european" => ("CET", "CEST"),
        "eastern european" => ("EET", "EEST"),
        "western european" => ("WET", "WEST"),
        "new zealand" => ("NZST", "NZDT"),
        _ => return None,
    };
    Some(if standard { winter } else { summer })
}

/// Every zone by its IANA name, and by the city in it, in lower case.
static PLACES: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let city_of = |zone: &Tz| {
        let (area, city) = zone.name().rsplit_once('/')?;
        (area != "Etc").then(|| city.to_ascii_lowercase())
    };
    let names = TZ_VARIANTS
        .iter()
        .map(|zone| (zone.name().to_ascii_lowercase(), *zone));
    let cities = TZ_VARIANTS
        .iter()
        .filter_map(|zone| Some((city_of(zone)?, *zone)));
    let mut places = HashMap::new();
    for (name, zone) in names.chain(cities) {
        places.entry(name).or_insert(zone);
    }
    places
});

/// A zone by its IANA name or the city in it, in any case.
fn by_place(name: &str) -> Option<Tz> {
    let name = name.replace(' ', "_").to_ascii_lowercase();
    PLACES.get(&name).copied()
}

/// The offset `minutes` east of UTC; UTC itself if that isn't a valid offset.
pub fn offset_of_minutes(minutes: i32) -> FixedOffset {
    FixedOffset::east_opt(minutes.saturating_mul(60)).unwrap_or_else(|| Utc.fix())
}

/// The name of a day's weekday.
pub fn weekday_name(day: NaiveDate) -> &'static str {
    match day.weekday() {
        chrono::Weekday::Mon => "Monday",
        chrono::Weekday::Tue => "Tuesday",
        chrono::Weekday::Wed => "Wednesday",
        chrono::Weekday::Thu => "Thursday",
        chrono::Weekday::Fri => "Friday",
        chrono::Weekday::Sat => "Saturday",
        chrono::Weekday::Sun => "Sunday",
    }
}

const fn m(offset_minutes: i32, name: &'static str) -> Meaning {
    Meaning {
        offset_minutes,
        name,
    }
}

const fn h(hours: i32, name: &'static str) -> Meaning {
    m(hours * 60, name)
}

#[rustfmt::skip]
const MEANINGS: &[(&str, &[Meaning])] = &[
    ("UTC", &[h(0, "Coordinated Universal Time")]), ("GMT", &[h(0, "Greenwich Mean Time")]),
    ("Z", &[h(0, "Coordinated Universal Time")]), ("WET", &[h(0, "Western European Time")]),
    ("WEST", &[h(1, "Western European Summer Time")]), ("WAT", &[h(1, "West Africa Time")]),
    ("CET", &[h(1, "Central European Time")]), ("CEST", &[h(2, "Central European Summer Time")]),
    ("MET", &[h(1, "Middle European Time")]), ("MEST", &[h(2, "Middle European Summer Time")]),
    ("MEZ", &[h(1, "Central European Time")]), ("MESZ", &[h(2, "Central European Summer Time")]),
    ("EET", &[h(2, "Eastern European Time")]), ("EEST", &[h(3, "Eastern European Summer Time")]),
    ("CAT", &[h(2, "Central Africa Time")]), ("SAST", &[h(2, "South Africa Standard Time")]),
    ("EAT", &[h(3, "East Africa Time")]), ("IDT", &[h(3, "Israel Daylight Time")]),
    ("MSK", &[h(3, "Moscow Time")]), ("TRT", &[h(3, "Turkey Time")]),
    ("IRST", &[m(210, "Iran Standard Time")]), ("SAMT", &[h(4, "Samara Time")]),
    ("PKT", &[h(5, "Pakistan Standard Time")]), ("YEKT", &[h(5, "Yekaterinburg Time")]),
    ("NPT", &[m(345, "Nepal Time")]), ("OMST", &[h(6, "Omsk Time")]),
    ("MMT", &[m(390, "Myanmar Time")]), ("ICT", &[h(7, "Indochina Time")]),
    ("WIB", &[h(7, "Western Indonesia Time")]), ("KRAT", &[h(7, "Krasnoyarsk Time")]),
    ("WITA", &[h(8, "Central Indonesia Time")]), ("SGT", &[h(8, "Singapore Time")]),
    ("MYT", &[h(8, "Malaysia Time")]), ("HKT", &[h(8, "Hong Kong Time")]),
    ("PHT", &[h(8, "Philippine Time")]), ("AWST", &[h(8, "Australian Western Standard Time")]),
    ("JST", &[h(9, "Japan Standard Time")]), ("KST", &[h(9, "Korea Standard Time")]),
    ("WIT", &[h(9, "Eastern Indonesia Time")]),
    ("ACST", &[m(570, "Australian Central Standard Time")]),
    ("ACDT", &[m(630, "Australian Central Daylight Time")]),
    ("AEST", &[h(10, "Australian Eastern Standard Time")]),
    ("AEDT", &[h(11, "Australian Eastern Daylight Time")]),
    ("CHST", &[h(10, "Chamorro Standard Time")]), ("VLAT", &[h(10, "Vladivostok Time")]),
    ("NZST", &[h(12, "New Zealand Standard Time")]),
    ("NZDT", &[h(13, "New Zealand Daylight Time")]),
    ("NST", &[m(-210, "Newfoundland Standard Time")]),
    ("NDT", &[m(-150, "Newfoundland Daylight Time")]),
    ("ADT", &[h(-3, "Atlantic Daylight Time")]), ("ART", &[h(-3, "Argentina Time")]),
    ("BRT", &[h(-3, "Brasília Time")]), ("BRST", &[h(-2, "Brasília Summer Time")]),
    ("UYT", &[h(-3, "Uruguay Time")]), ("CLST", &[h(-3, "Chile Summer Time")]),
    ("CLT", &[h(-4, "Chile Standard Time")]), ("BOT", &[h(-4, "Bolivia Time")]),
    ("VET", &[h(-4, "Venezuelan Time")]), ("EDT", &[h(-4, "Eastern Daylight Time")]),
    ("EST", &[h(-5, "Eastern Standard Time")]), ("COT", &[h(-5, "Colombia Time")]),
    ("PET", &[h(-5, "Peru Time")]), ("CDT", &[h(-5, "Central Daylight Time")]),
    ("MDT", &[h(-6, "Mountain Daylight Time")]), ("MST", &[h(-7, "Mountain Standard Time")]),
    ("PDT", &[h(-7, "Pacific Daylight Time")]), ("PST", &[h(-8, "Pacific Standard Time")]),
    ("AKDT", &[h(-8, "Alaska Daylight Time")]), ("AKST", &[h(-9, "Alaska Standard Time")]),
    ("HDT", &[h(-9, "Hawaii–Aleutian Daylight Time")]),
    ("HST", &[h(-10, "Hawaii–Aleutian Standard Time")]),
    ("CST", &[h(-6, "Central Standard Time"), h(8, "China Standard Time"), h(-5, "Cuba Standard Time")]),
    ("IST", &[m(330, "India Standard Time"), h(2, "Israel Standard Time"), h(1, "Irish Standard Time")]),
    ("BST", &[h(1, "British Summer Time"), h(6, "Bangladesh Standard Time"), h(11, "Bougainville Standard Time")]),
    ("AST", &[h(-4, "Atlantic Standard Time"), h(3, "Arabia Standard Time")]),
    ("GST", &[h(4, "Gulf Standard Time"), h(-2, "South Georgia Time")]),
    ("SST", &[h(-11, "Samoa Standard Time"), h(8, "Singapore Standard Time")]),
    ("AMT", &[h(-4, "Amazon Time"), h(4, "Armenia Time")]),
    ("ECT", &[h(-5, "Ecuador Time"), h(-4, "Eastern Caribbean Time")]),
    ("WST", &[h(8, "Western Standard Time, Australia"), h(13, "West Samoa Time")]),
    ("BDT", &[h(6, "Bangladesh Time"), h(8, "Brunei Time")]),
];

#[cfg(test)]
mod tests;
