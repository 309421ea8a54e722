//! `lightship status`: shows what customers see now.

use std::cmp::Reverse;

use clap::Args;
use serde_json::json;

use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::Failure;
use super::output::{self, spaced, state_label};
use super::times::Clockwork;
use crate::domain::state::States;
use crate::domain::update::Phase;
use crate::domain::worst_state::worst_state;
use crate::wire::component::ComponentBody;
use crate::wire::incident::IncidentBody;

/// Show what customers see now
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &StatusArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client_of_anybody(console)?;
    let mut components = client.components()?;
    components.retain(|component| component.retired_at.is_none());
    let mut incidents = client.incidents()?;
    let now = console.clock.now();
    incidents.retain(|incident| incident.is_open(now) || incident.is_planned(now));
    let mail = client.mail_status();
    let headline = client.site().map(|site| site.headline).unwrap_or_default();
    if console.json {
        let json = json!({
            "headline": headline,
            "components": output::components(&components),
            "incidents": output::incidents(&incidents),
            "mail": mail,
        });
        output::json(&json, console);
        return Ok(());
    }
    let clockwork = Clockwork::or_utc(&client, console);
    if !headline.is_empty() {
        console.print(&format!("{}\n", styled(BOLD, &headline)));
    }
    table(&components, console);
    let open = incidents.iter().filter(|it| it.is_open(now)).collect();
    let open = worst_first(open, &components);
    list("Open", &open, clockwork, console);
    let planned = incidents.iter().filter(|it| it.is_planned(now));
    let mut planned: Vec<_> = planned.collect();
    planned.sort_by_key(|it| it.starts);
    list("Planned", &planned, clockwork, console);
    if !incidents.iter().any(|it| it.is_open(now)) {
        console.print("No incident is open.");
    }
    if let Some(mail) = mail {
        console.print(&format!("Mail: {}", output::clean(&mail)));
    }
    console.print(&styled(DIM, &client.address().join("/")));
    Ok(())
}

/// The open incidents in the order of the page: the worst first; among equals, the newest.
fn worst_first<'a>(
    mut open: Vec<&'a IncidentBody>,
    components: &[ComponentBody],
) -> Vec<&'a IncidentBody> {
    let states = States::default();
    open.sort_by_cached_key(|incident| {
        let set = incident.components.0.iter();
        let pairs = set.filter_map(|(slug, set)| {
            let component = components.iter().find(|it| it.slug == *slug)?;
            Some([set.as_ref()?, &component.state])
        });
        let worst = worst_state(pairs, &states).map(|state| states.severity(state));
        Reverse((worst, incident.impact))
    });
    open
}

fn table(components: &[ComponentBody], console: &mut Console) {
    let states = States::default();
    let width_of = |text: &str| text.chars().count();
    let name_width = components.iter().map(|it| width_of(&it.name)).max();
    let label_width = components
        .iter()
        .map(|it| width_of(states.label(&it.state)))
        .max();
    let (name_width, label_width) = (name_width.unwrap_or(0), label_width.unwrap_or(0));
    let mut group = None;
    for component in components {
        if component.group.as_deref() != group {
            group = component.group.as_deref();
            if let Some(group) = group {
                console.print(&styled(DIM, group));
            }
        }
        let name = format!("{:name_width$}", component.name);
        let label = state_label(component.state.as_str(), label_width);
        let note = component.note.as_deref().unwrap_or_default();
        let line = format!("  {}  {label}  {note}", styled(BOLD, &name));
        console.print(line.trim_end());
    }
    if components.is_empty() {
        console.print("There are no components yet.");
    }
    console.print("");
}

fn list(heading: &str, incidents: &[&IncidentBody], clockwork: Clockwork, console: &mut Console) {
    if incidents.is_empty() {
        return;
    }
    console.print(&styled(DIM, heading));
    let width = incidents.iter().map(|it| it.phase.label().len()).max();
    let width = width.unwrap_or(0);
    for incident in incidents {
        let phase = spaced(incident.phase.label());
        let title = styled(BOLD, &incident.title);
        console.print(&format!("  {phase:width$}  {title}"));
        if let Some(times) = times_of(incident, clockwork) {
            console.print(&format!("  {:width$}  {times}", ""));
        }
        let url = styled(DIM, &incident.url);
        console.print(&format!("  {:width$}  {url}", ""));
    }
    console.print("");
}

/// When a planned maintenance takes place, or when the last update was made.
fn times_of(incident: &IncidentBody, clockwork: Clockwork) -> Option<String> {
    if incident.phase == Phase::Scheduled {
        let starts = clockwork.stamp(incident.starts?);
        let ends = incident
            .ends
            .map(|at| format!(" until {}", clockwork.stamp(at)));
        return Some(format!("from {starts}{}", ends.unwrap_or_default()));
    }
    let last = incident.updates.last().map(|update| update.at);
    let at = clockwork.stamp(last.unwrap_or(incident.published_at));
    Some(format!("last update {at}"))
}
