//! `lightship record`: shows the activity log.

use clap::Args;
use serde_json::Value;

use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::Failure;
use super::output::{self, clean, spaced};
use super::times::Clockwork;
use super::words;
use crate::domain::field_change::{field_changes, value_in_words};
use crate::domain::slug::Slug;
use crate::wire::audit::{ActivityLogQuery, AuditBody, AuditList};

/// Maximum length of a shown value, in characters.
const MAX_VALUE_CHARS: usize = 300;

/// Show the activity log: who did what and when, newest first (needs an admin token)
#[derive(Debug, Args)]
pub(super) struct ActivityLogArgs {
    /// Only what this actor did: a token's name or id, a file, or one of token, host, file or clock
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only entries about this component
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Option<Slug>,
    /// Only entries about this incident, by its slug
    #[arg(long, value_name = "SLUG")]
    incident: Option<String>,
    /// Only what was done on this day, in the site's zone, such as 2013-02-26
    #[arg(long, value_name = "DAY")]
    day: Option<String>,
    /// Only what was done from this day or time on; a time needs its offset
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Only what was done before this time, or up to and including this day
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How many entries at most; --csv gives all of them
    #[arg(long, value_name = "COUNT", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=10_000), conflicts_with = "csv")]
    limit: u16,
    /// Print the whole log as a table for spreadsheets (CSV)
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &ActivityLogArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let asked = asked(args);
    if args.csv {
        let table = client.activity_log_csv(&asked)?;
        console.write(&table);
        return Ok(());
    }
    let entries = client.activity_log(&asked, usize::from(args.limit))?;
    if console.json {
        let json = serde_json::to_value(AuditList { entries }).unwrap_or_default();
        output::json(&json, console);
        return Ok(());
    }
    let clockwork = Clockwork::or_utc(&client, console);
    for entry in &entries {
        print_entry(entry, clockwork, console);
    }
    if entries.is_empty() {
        console.print("Nothing in the activity log matches.");
    }
    if entries.len() == usize::from(args.limit) {
        let more = format!(
            "There may be older entries; --limit {} shows more, --csv shows all.",
            args.limit.saturating_mul(4).min(10_000)
        );
        console.eprint(&more);
    }
    Ok(())
}

fn asked(args: &ActivityLogArgs) -> ActivityLogQuery {
    ActivityLogQuery {
        actor: args.actor.clone(),
        component: args.component.as_ref().map(Slug::to_string),
        incident: args.incident.clone(),
        day: args.day.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
    }
}

/// Prints `2013-02-26 02:15 MST (09:15 UTC)  on call: correct update, Selma is down`, and below it
/// the changes.
fn print_entry(entry: &AuditBody, clockwork: Clockwork, console: &mut Console) {
    let at = styled(DIM, &clockwork.stamp(entry.at));
    let actor = match (entry.actor.kind.as_str(), entry.actor.name.as_str()) {
        ("file", name) => format!("the file {}", clean(name)),
        (_, name) => clean(name),
    };
    let label = styled(BOLD, &clean(&entry.label));
    console.print(&format!(
        "{at}  {actor}: {}, {label}",
        spaced(&entry.action)
    ));
    for change in field_changes(entry.before.as_ref(), entry.after.as_ref()) {
        let field = spaced(&change.field);
        let (before, after) = (shown(&change.before), shown(&change.after));
        let line = match (before.is_empty(), after.is_empty()) {
            (true, _) => after,
            (false, true) => format!("{before} → (nothing)"),
            (false, false) => format!("{before} → {after}"),
        };
        if !line.is_empty() {
            console.print(&format!("    {}: {line}", styled(DIM, &field)));
        }
    }
}

/// A value on one line, shortened if it is long.
fn shown(value: &Value) -> String {
    let text = clean(&value_in_words(value));
    if text.chars().count() <= MAX_VALUE_CHARS {
        return text;
    }
    let start: String = text.chars().take(MAX_VALUE_CHARS).collect();
    format!("{start}…")
}
