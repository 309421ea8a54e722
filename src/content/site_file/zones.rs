//! `[zones]`: what ambiguous zone abbreviations mean on this site.

use std::collections::BTreeMap;

use chrono::FixedOffset;

use crate::content::problem::Severity;
use crate::content::toml_table::Value;
use crate::content::update_entries::report::Report;
use crate::domain::zone;

/// Reads the table.
pub(super) fn read_zones(
    value: &Value<'_, '_>,
    report: &mut Report<'_>,
) -> BTreeMap<String, FixedOffset> {
    let mut zones = BTreeMap::new();
    let Some(table) = value.value.as_table() else {
        report.add(
            Severity::Error,
            value.place.clone(),
            "\"zones\" must be a table",
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

/// Reads `+05:30`, `-7`, `UTC+2`, `Z`.
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
