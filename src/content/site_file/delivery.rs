//! `[delivery]`: how subscribers are told.

use std::ops::Range;

use toml::de::DeValue;

use crate::content::problem::Severity;
use crate::content::toml_table::{Table, Value};
use crate::content::update_entries::report::Report;
use crate::domain::delivery_settings::{DeliverySettings, parse_seconds};
use crate::domain::email_address::EmailAddress;

/// The longest delay, in seconds: an hour.
const MAX_DELAY_SECS: i64 = 60 * 60;
/// The earliest reminder, in seconds before a maintenance: 30 days.
const MAX_REMIND_SECS: i64 = 30 * 24 * 60 * 60;
/// The most reminders of one maintenance.
const MAX_REMINDERS: usize = 5;

/// Reads the table.
pub(super) fn read_delivery(value: &Value<'_, '_>, report: &mut Report<'_>) -> DeliverySettings {
    let standard = DeliverySettings::default();
    let Some(inner) = value.value.as_table() else {
        let help = "begin it with a line [delivery], then from = \"status@example.com\"".to_owned();
        let message = "\"delivery\" must be a table";
        report.add(Severity::Error, value.place.clone(), message, Some(help));
        return standard;
    };
    let mut table = Table::new(inner, value.place.clone(), report);
    let from = address(&mut table, "from");
    let reply_to = address(&mut table, "reply_to");
    let feedback_id = feedback_id(&mut table);
    let delay_secs = delay(&mut table).unwrap_or(standard.delay_secs);
    let remind_minutes = table
        .take("remind")
        .map(|value| reminders(&value, &mut table))
        .unwrap_or(standard.remind_minutes);
    table.finish();
    DeliverySettings {
        from,
        reply_to,
        feedback_id,
        delay_secs,
        remind_minutes,
    }
}

fn address(table: &mut Table<'_, '_, '_, '_>, key: &'static str) -> Option<String> {
    let (text, place) = table.text(key)?;
    match EmailAddress::parse(&text) {
        Ok(address) => Some(address.as_str().to_owned()),
        Err(error) => {
            let help = format!("write {key} = \"status@example.com\"; the site's name is added");
            table.error(place, format!("\"{text}\": {error}"), Some(help));
            None
        }
    }
}

fn feedback_id(table: &mut Table<'_, '_, '_, '_>) -> Option<String> {
    let (text, place) = table.text("feedback_id")?;
    let is_plain = |c: char| c.is_ascii_graphic();
    if text.is_empty() || text.len() > 127 || !text.chars().all(is_plain) {
        let help = "ask the provider; it is at most 127 letters, digits and signs, without spaces";
        let message = "\"feedback_id\" can't stand in a mail".to_owned();
        table.error(place, message, Some(help.to_owned()));
        return None;
    }
    Some(text)
}

fn delay(table: &mut Table<'_, '_, '_, '_>) -> Option<i64> {
    let (text, place) = table.text("delay")?;
    let help =
        || Some("write delay = \"30s\"; \"0s\" sends at once, \"1h\" is the most".to_owned());
    match parse_seconds(&text) {
        Some(seconds) if seconds <= MAX_DELAY_SECS => Some(seconds),
        Some(_) => {
            table.error(place, format!("\"{text}\" is over an hour"), help());
            None
        }
        None => {
            let message = format!("\"{text}\" isn't a length of time");
            table.error(place, message, help());
            None
        }
    }
}

fn reminders(value: &Value<'_, '_>, table: &mut Table<'_, '_, '_, '_>) -> Vec<i64> {
    let help = "write remind = [\"24h\", \"1h\"], or [] for none".to_owned();
    let mut wrong = |place: Range<usize>, message: String| {
        table.error(place, message, Some(help.clone()));
    };
    let Some(list) = value.value.as_array() else {
        wrong(value.place.clone(), "\"remind\" must be a list".to_owned());
        return Vec::new();
    };
    if list.len() > MAX_REMINDERS {
        let message = format!("a maintenance has at most {MAX_REMINDERS} reminders");
        wrong(value.place.clone(), message);
        return Vec::new();
    }
    let mut found = Vec::new();
    for item in list.iter() {
        let text = match item.get_ref() {
            DeValue::String(text) => text.as_ref(),
            _ => "",
        };
        match parse_seconds(text) {
            Some(seconds) if (60..=MAX_REMIND_SECS).contains(&seconds) => found.push(seconds / 60),
            Some(_) => wrong(
                item.span(),
                format!("a reminder comes between a minute and 30 days before, not \"{text}\""),
            ),
            None => wrong(item.span(), "this isn't a length of time".to_owned()),
        }
    }
    found.sort_unstable_by(|a, b| b.cmp(a));
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    const HEAD: &str = "name = \"Example status\"\ntime_zone = \"UTC\"\n";

    /// Reads `[delivery]` with these lines; problems as `LINE: message`.
    fn read_with(lines: &str) -> (Option<DeliverySettings>, Vec<String>) {
        let (site, problems) = read(&format!("{HEAD}[delivery]\n{lines}"), &|_| true);
        let problems = problems.into_iter();
        let problems = problems.map(|it| format!("{}: {}", it.line, it.message));
        (site.map(|site| site.delivery), problems.collect())
    }

    #[test]
    fn what_is_stated_counts_and_the_rest_is_as_usual() {
        let (read, problems) = read_with(
            "from = \"status@example.com\"\nreply_to = \"help@example.com\"\n\
             delay = \"0s\"\nremind = [\"1h\", \"7d\", \"60m\"]\nfeedback_id = \"a:b:c\"\n",
        );
        assert_eq!(problems, [] as [&str; 0]);
        let stated = DeliverySettings {
            from: Some("status@example.com".to_owned()),
            reply_to: Some("help@example.com".to_owned()),
            feedback_id: Some("a:b:c".to_owned()),
            delay_secs: 0,
            remind_minutes: vec![10_080, 60],
        };
        assert_eq!(read, Some(stated));
        assert_eq!(read_with(""), (Some(DeliverySettings::default()), vec![]));
        let (read, _) = read_with("remind = []\n");
        assert_eq!(read.map(|it| it.remind_minutes), Some(Vec::new()));
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_line() {
        for (line, problem) in [
            (
                "from = \"Status\"",
                "4: \"Status\": an e-mail address has a name, an @ and a domain, such as dana@example.com",
            ),
            ("delay = \"soon\"", "4: \"soon\" isn't a length of time"),
            ("delay = \"2h\"", "4: \"2h\" is over an hour"),
            ("remind = \"1h\"", "4: \"remind\" must be a list"),
            ("remind = [\"1h\", 2]", "4: this isn't a length of time"),
            (
                "remind = [\"1s\"]",
                "4: a reminder comes between a minute and 30 days before, not \"1s\"",
            ),
            (
                "remind = [\"1h\",\"2h\",\"3h\",\"4h\",\"5h\",\"6h\"]",
                "4: a maintenance has at most 5 reminders",
            ),
            (
                "feedback_id = \"a b\"",
                "4: \"feedback_id\" can't stand in a mail",
            ),
        ] {
            assert_eq!(read_with(line), (None, vec![problem.to_owned()]), "{line}");
        }
    }
}
