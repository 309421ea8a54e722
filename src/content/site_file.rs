//! `site.toml`: the company, its components, its own states, its zones.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{FixedOffset, NaiveDate};
use chrono_tz::{TZ_VARIANTS, Tz};
use toml::de::{DeTable, DeValue};

use super::nearest::nearest;
use super::problem::{Problem, Severity};
use super::toml_table::{Table, Value};
use super::update_entries::report::Report;
use super::{ComponentEntry, SiteFile};
use crate::domain::site::{DateOrder, Support};
use crate::domain::slug::Slug;
use crate::domain::state::{STATUSPAGE_VALUES, State, StateKey, Tone, built_in};
use crate::domain::zone;

/// The name of the file, in the content folder.
pub(super) const NAME: &str = "site.toml";

/// Reads the file. `None` if there is an error in it.
pub(super) fn read(text: &str) -> (Option<SiteFile>, Vec<Problem>) {
    let mut report = Report::new(NAME, text, 1);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        report.add(Severity::Error, place, message, None);
    }
    let site = site(root.get_ref(), &mut report);
    let problems = report.finish();
    let broken = problems.iter().any(|p| p.severity == Severity::Error);
    (site.filter(|_| !broken), problems)
}

fn site(root: &DeTable<'_>, report: &mut Report<'_>) -> Option<SiteFile> {
    let mut table = Table::new(root, 0..0, report);
    let name = table.required_text("name").map(|(name, _)| name);
    let zone = table
        .required_text("time_zone")
        .and_then(|(text, place)| time_zone(&text, place, &mut table));
    let base_url = table
        .text("base_url")
        .and_then(|(text, place)| base_url(&text, place, &mut table));
    let authority = table
        .text("authority")
        .and_then(|(text, place)| authority(text, place, &mut table));
    let date_order = table
        .text("date_order")
        .and_then(|(text, place)| date_order(&text, place, &mut table));
    let support = table.take("support");
    let components = table.take("components");
    let states = table.take("states");
    let zones = table.take("zones");
    table.finish();
    let support = support.and_then(|value| read_support(&value, report));
    let components = each(components.as_ref(), "components", report, component);
    let components = without_twins(components, report, |component| component.slug.to_string());
    let states = each(states.as_ref(), "states", report, state);
    let states = without_twins(states, report, |state| state.key.to_string());
    Some(SiteFile {
        name: name?,
        base_url,
        authority,
        zone: zone?,
        date_order,
        support,
        components,
        states,
        zones: zones
            .map(|value| read_zones(&value, report))
            .unwrap_or_default(),
    })
}

fn time_zone(text: &str, place: Range<usize>, table: &mut Table<'_, '_, '_, '_>) -> Option<Tz> {
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
fn base_url(text: &str, place: Range<usize>, table: &mut Table<'_, '_, '_, '_>) -> Option<String> {
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
        let help = "write scheme and host alone: \"https://status.example.com\"".to_owned();
        table.error(
            place,
            format!("\"{text}\" can't be the base of the page's addresses"),
            Some(help),
        );
    }
    good.then_some(lower)
}

fn authority(
    text: String,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<String> {
    let good = text.contains('.')
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    if !good {
        let help = "write a host name alone: \"status.example.com\"".to_owned();
        table.error(
            place,
            format!("\"{text}\" can't be the name in feed ids"),
            Some(help),
        );
    }
    good.then_some(text)
}

fn date_order(
    text: &str,
    place: Range<usize>,
    table: &mut Table<'_, '_, '_, '_>,
) -> Option<DateOrder> {
    let order = DateOrder::parse(&text.to_lowercase());
    if order.is_none() {
        let help = "write \"mdy\" where the month comes first, or \"dmy\"".to_owned();
        table.error(
            place,
            format!("\"{text}\" is not an order of dates"),
            Some(help),
        );
    }
    order
}

fn read_support(value: &Value<'_, '_>, report: &mut Report<'_>) -> Option<Support> {
    let Some(inner) = value.value.as_table() else {
        let help = "write support = { text = \"our support\", url = \"https://…\" }".to_owned();
        report.add(
            Severity::Error,
            value.place.clone(),
            "\"support\" is a table",
            Some(help),
        );
        return None;
    };
    let mut table = Table::new(inner, value.place.clone(), report);
    let text = table.required_text("text");
    let url = table.required_text("url");
    if let Some((url, place)) = &url {
        let lower = url.to_ascii_lowercase();
        let good = ["https://", "http://", "mailto:"].iter().any(|scheme| {
            lower
                .strip_prefix(scheme)
                .is_some_and(|rest| !rest.is_empty())
        }) && !url.contains(|c: char| c.is_whitespace() || c.is_control());
        if !good {
            let help = "an address begins with https://, http:// or mailto:".to_owned();
            table.error(
                place.clone(),
                format!("\"{url}\" can't be linked to"),
                Some(help),
            );
        }
    }
    table.finish();
    Some(Support {
        text: text?.0,
        url: url?.0,
    })
}

/// Reads each table of a list of tables, and keeps the place of each.
fn each<T>(
    value: Option<&Value<'_, '_>>,
    name: &str,
    report: &mut Report<'_>,
    read: fn(&mut Table<'_, '_, '_, '_>) -> Option<T>,
) -> Vec<(T, Range<usize>)> {
    let Some(value) = value else {
        return Vec::new();
    };
    let Some(list) = value.value.as_array() else {
        let help = format!("begin each with a line: [[{name}]]");
        report.add(
            Severity::Error,
            value.place.clone(),
            format!("\"{name}\" is a list"),
            Some(help),
        );
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in list.iter() {
        let Some(inner) = item.get_ref().as_table() else {
            let help = format!("begin each with a line: [[{name}]]");
            report.add(Severity::Error, item.span(), "this is no table", Some(help));
            continue;
        };
        let mut table = Table::new(inner, item.span(), report);
        let entry = read(&mut table);
        table.finish();
        found.extend(entry.map(|entry| (entry, item.span())));
    }
    found
}

fn without_twins<T>(
    found: Vec<(T, Range<usize>)>,
    report: &mut Report<'_>,
    key: fn(&T) -> String,
) -> Vec<T> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for (entry, place) in found {
        let name = key(&entry);
        if let Some(first) = seen.get(&name) {
            let message = format!("\"{name}\" is there twice, first on line {first}");
            let help = "give one of them another name, or take it out".to_owned();
            report.add(Severity::Error, place, message, Some(help));
            continue;
        }
        seen.insert(name, report.line_of(place.start));
        kept.push(entry);
    }
    kept
}

fn component(table: &mut Table<'_, '_, '_, '_>) -> Option<ComponentEntry> {
    let slug = table.required_text("slug");
    let name = table.required_text("name").map(|(name, _)| name);
    let group = table.text("group").map(|(group, _)| group);
    let description = table.text("description").map(|(text, _)| text);
    let since = table.take("since").and_then(|value| day(&value, table));
    let (slug, place) = slug?;
    match Slug::parse(&slug) {
        Ok(slug) => Some(ComponentEntry {
            slug,
            name: name?,
            group,
            description,
            since,
        }),
        Err(error) => {
            let help = Slug::from_title(&slug).map(|near| format!("write slug = \"{near}\""));
            table.error(place, error.to_string(), help);
            None
        }
    }
}

/// A day, as TOML's own or as a text.
fn day(value: &Value<'_, '_>, table: &mut Table<'_, '_, '_, '_>) -> Option<NaiveDate> {
    let day = match value.value {
        DeValue::Datetime(datetime) => datetime.date.and_then(|date| {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }),
        DeValue::String(text) => text.trim().parse().ok(),
        DeValue::Integer(_)
        | DeValue::Float(_)
        | DeValue::Boolean(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    if day.is_none() {
        let help = "write since = 2009-05-01".to_owned();
        table.error(
            value.place.clone(),
            "\"since\" is a day".to_owned(),
            Some(help),
        );
    }
    day
}

fn state(table: &mut Table<'_, '_, '_, '_>) -> Option<State> {
    let key = table.required_text("key");
    let (key, place) = key?;
    let good = key.len() <= 40
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !good {
        let help = "use small letters, digits and underscores: \"rescue_mode\"".to_owned();
        table.error(
            place,
            format!("\"{key}\" can't be the key of a state"),
            Some(help),
        );
        return None;
    }
    // A built-in state keeps what isn't said anew.
    let known = built_in()
        .into_iter()
        .find(|state| state.key.as_str() == key);
    let label = stated(table, "label", known.as_ref().map(|s| s.label.clone()));
    let reads = stated(table, "reads", known.as_ref().map(|s| s.reads.clone()));
    let tone = one_of(table, "tone", &Tone::ALL.map(Tone::as_str))
        .and_then(|word| Tone::parse(&word))
        .or(known.as_ref().map(|state| state.tone));
    let statuspage = one_of(table, "statuspage", &STATUSPAGE_VALUES);
    let down = table.take("down").and_then(|value| permille(&value, table));
    let Some(tone) = tone else {
        let place = place.clone();
        table.error(
            place,
            format!("the state \"{key}\" needs a tone"),
            Some(format!(
                "add tone = one of {}",
                Tone::ALL.map(Tone::as_str).join(", ")
            )),
        );
        return None;
    };
    let down_permille = down
        .or(known.as_ref().map(|s| s.down_permille))
        .unwrap_or(0);
    Some(State {
        key: StateKey::new(key),
        label: label?,
        reads: reads?,
        tone,
        down_permille,
        statuspage: statuspage
            .or(known.map(|state| state.statuspage))
            .unwrap_or_else(|| usual_statuspage(tone).to_owned()),
        dropped: false,
    })
}

fn stated(
    table: &mut Table<'_, '_, '_, '_>,
    key: &'static str,
    known: Option<String>,
) -> Option<String> {
    match known {
        Some(known) => Some(table.text(key).map_or(known, |(text, _)| text)),
        None => table.required_text(key).map(|(text, _)| text),
    }
}

fn usual_statuspage(tone: Tone) -> &'static str {
    match tone {
        Tone::Ok => "operational",
        Tone::Info => "under_maintenance",
        Tone::Warn => "degraded_performance",
        Tone::Mid => "partial_outage",
        Tone::Bad => "major_outage",
    }
}

fn one_of(table: &mut Table<'_, '_, '_, '_>, key: &'static str, words: &[&str]) -> Option<String> {
    let (word, place) = table.text(key)?;
    if words.contains(&word.as_str()) {
        return Some(word);
    }
    let near = nearest(&word, words.iter().copied());
    let help = match near {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("it is one of: {}", words.join(", ")),
    };
    table.error(place, format!("\"{word}\" can't be a {key}"), Some(help));
    None
}

/// 0 to 1, in thousandths.
fn permille(value: &Value<'_, '_>, table: &mut Table<'_, '_, '_, '_>) -> Option<u16> {
    let number: Option<f64> = match value.value {
        DeValue::Float(float) => float.as_str().replace('_', "").parse().ok(),
        DeValue::Integer(integer) => integer.as_str().parse().ok(),
        DeValue::String(_)
        | DeValue::Boolean(_)
        | DeValue::Datetime(_)
        | DeValue::Array(_)
        | DeValue::Table(_) => None,
    };
    let Some(number) = number.filter(|number| (0.0..=1.0).contains(number)) else {
        let help = "1.0 counts every minute as down, 0.0 none".to_owned();
        table.error(
            value.place.clone(),
            "\"down\" is a number from 0.0 to 1.0".to_owned(),
            Some(help),
        );
        return None;
    };
    let thousandths = (number * 1000.0).round();
    (0..=1000).find(|whole| f64::from(*whole) == thousandths)
}

fn read_zones(value: &Value<'_, '_>, report: &mut Report<'_>) -> BTreeMap<String, FixedOffset> {
    let mut zones = BTreeMap::new();
    let Some(table) = value.value.as_table() else {
        report.add(
            Severity::Error,
            value.place.clone(),
            "\"zones\" is a table",
            None,
        );
        return zones;
    };
    for (key, offset) in table.iter() {
        let name = key.get_ref().to_uppercase();
        let letters = (2..=5).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_uppercase());
        if !letters {
            let message = format!("\"{name}\" can't be the abbreviation of a zone");
            report.add(Severity::Error, key.span(), message, None);
        }
        match offset.get_ref().as_str().and_then(parse_offset) {
            Some(offset) => {
                zones.insert(name, offset);
            }
            None => {
                let help = format!("write {name} = \"+05:30\"");
                report.add(
                    Severity::Error,
                    offset.span(),
                    "this is not an offset",
                    Some(help),
                );
            }
        }
    }
    zones
}

/// `+05:30`, `-7`, `UTC+2`, `Z`
fn parse_offset(text: &str) -> Option<FixedOffset> {
    let text = text
        .trim()
        .trim_start_matches("UTC")
        .trim_start_matches("GMT");
    if text.is_empty() || text == "Z" {
        return Some(zone::offset_of_minutes(0));
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = match rest.split_once(':') {
        Some(parts) => parts,
        None if rest.len() == 4 => rest.split_at_checked(2)?,
        None => (rest, "0"),
    };
    let figures = |text: &str| {
        let good = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        good.then(|| text.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (figures(hours)?, figures(minutes)?);
    (hours <= 14 && minutes <= 59).then(|| zone::offset_of_minutes(sign * (hours * 60 + minutes)))
}
