//! Reads `site.toml`: the site, its components, its own states, its zones.

mod brand;
mod delivery;
mod states;
mod texts;
mod zones;

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::{FixedOffset, NaiveDate};
use chrono_tz::Tz;
use toml::de::{DeTable, DeValue};

use self::brand::read_brand;
use self::delivery::read_delivery;
use self::states::state;
use self::texts::{authority, base_url, clock, date_order, time_zone};
use self::zones::read_zones;
use crate::content::problem::{Problem, Severity};
use crate::content::toml_table::{Table, Value};
use crate::content::update_entries::report::Report;
use crate::domain::brand::Brand;
use crate::domain::date_order::DateOrder;
use crate::domain::delivery_settings::DeliverySettings;
use crate::domain::site::Support;
use crate::domain::slug::Slug;
use crate::domain::state::State;
use crate::domain::time_style::{HourClock, StatedTimes};

/// The file's name in the content folder.
pub(in crate::content) const NAME: &str = "site.toml";

/// What `site.toml` says.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteFile {
    /// The page's name.
    pub name: String,
    /// Scheme and host of the page, without a slash at the end.
    pub base_url: Option<String>,
    /// The name used in feed ids.
    pub authority: Option<String>,
    /// The site's zone.
    pub zone: Tz,
    /// How numeric dates are read.
    pub date_order: Option<DateOrder>,
    /// Whether times are written on the 12-hour or the 24-hour clock.
    pub clock: Option<HourClock>,
    /// Where customers can get help.
    pub support: Option<Support>,
    /// Logo, icon, colour and links.
    pub brand: Brand,
    /// How subscribers are told.
    pub delivery: DeliverySettings,
    /// The components, in page order.
    pub components: Vec<ComponentEntry>,
    /// The site's own states, and built-in ones with other labels.
    pub states: Vec<State>,
    /// What ambiguous zone abbreviations mean on this site.
    pub zones: BTreeMap<String, FixedOffset>,
}

impl SiteFile {
    /// Its settings for times.
    pub(in crate::content) fn times(&self) -> StatedTimes {
        StatedTimes {
            zone: self.zone,
            date_order: self.date_order,
            clock: self.clock,
        }
    }
}

/// A component as `site.toml` describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentEntry {
    /// Its slug, which is its id.
    pub slug: Slug,
    /// Its name for people.
    pub name: String,
    /// The heading under which it is listed.
    pub group: Option<String>,
    /// One line for customers.
    pub description: Option<String>,
    /// The day it began.
    pub since: Option<NaiveDate>,
}

/// Reads the file. Returns no site if there is an error in it. `has_file` says whether the content
/// folder has a file of that name.
pub(in crate::content) fn read(
    text: &str,
    has_file: &dyn Fn(&str) -> bool,
) -> (Option<SiteFile>, Vec<Problem>) {
    let mut report = Report::new(NAME, text, 1);
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = error.span().unwrap_or(0..0);
        let message = error.message().lines().collect::<Vec<_>>().join("; ");
        let help = "each line is key = \"value\", such as: name = \"Example status\"".to_owned();
        report.add(Severity::Error, place, message, Some(help));
    }
    // If the text isn't TOML, other problems would only follow from that.
    if report.error_count() > 0 {
        return (None, report.finish());
    }
    let site = site(root.get_ref(), has_file, &mut report);
    let problems = report.finish();
    let broken = problems.iter().any(|p| p.severity == Severity::Error);
    (site.filter(|_| !broken), problems)
}

fn site(
    root: &DeTable<'_>,
    has_file: &dyn Fn(&str) -> bool,
    report: &mut Report<'_>,
) -> Option<SiteFile> {
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
    let clock = table
        .text("clock")
        .and_then(|(text, place)| clock(&text, place, &mut table));
    let support = table.take("support");
    let brand = table.take("brand");
    let delivery = table.take("delivery");
    let components = table.take("components");
    let states = table.take("states");
    let zones = table.take("zones");
    table.finish();
    let support = support.and_then(|value| read_support(&value, report));
    let brand = brand.map(|value| read_brand(&value, has_file, report));
    let delivery = delivery.map(|value| read_delivery(&value, report));
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
        clock,
        support,
        brand: brand.unwrap_or_default(),
        delivery: delivery.unwrap_or_default(),
        components,
        states,
        zones: zones
            .map(|value| read_zones(&value, report))
            .unwrap_or_default(),
    })
}

fn read_support(value: &Value<'_, '_>, report: &mut Report<'_>) -> Option<Support> {
    let Some(inner) = value.value.as_table() else {
        let help = "write support = { text = \"our support\", url = \"https://…\" }".to_owned();
        report.add(
            Severity::Error,
            value.place.clone(),
            "\"support\" must be a table",
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

/// Reads each table in an array of tables, and keeps its place.
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
            format!("\"{name}\" must be a list"),
            Some(help),
        );
        return Vec::new();
    };
    let mut found = Vec::new();
    for item in list.iter() {
        let Some(inner) = item.get_ref().as_table() else {
            let help = format!("begin each with a line: [[{name}]]");
            report.add(
                Severity::Error,
                item.span(),
                "this is not a table",
                Some(help),
            );
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
            let message = format!("\"{name}\" appears twice, first on line {first}");
            let help = "rename one of them, or remove it".to_owned();
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

/// A day, as a TOML date or as a text.
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
            "\"since\" must be a day".to_owned(),
            Some(help),
        );
    }
    day
}
