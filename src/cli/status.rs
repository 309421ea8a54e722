//! `lightship status`: what customers see now.

use clap::Args;
use serde_json::json;

use super::connection::Connection;
use super::failure::Failure;
use super::said::{self, spaced, state_label};
use super::world::{BOLD, DIM, World, styled};
use crate::client::{ComponentAnswer, IncidentAnswer};
use crate::domain::state::States;
use crate::domain::update::Phase;

/// Show what customers see now
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &StatusArgs, world: &mut World) -> Result<(), Failure> {
    let client = args.connection.client_of_anybody(world)?;
    let mut components = client.components()?;
    components.retain(|component| component.retired_at.is_none());
    let mut incidents = client.incidents()?;
    let now = world.clock.now();
    incidents.retain(|incident| incident.is_open(now) || incident.is_planned(now));
    if world.json {
        let told = json!({"components": components, "incidents": incidents});
        said::json(&told, world);
        return Ok(());
    }
    table(&components, world);
    let open = incidents.iter().filter(|it| it.is_open(now));
    list("Open", &open.collect::<Vec<_>>(), world);
    let planned = incidents.iter().filter(|it| it.is_planned(now));
    list("Planned", &planned.collect::<Vec<_>>(), world);
    if !incidents.iter().any(|it| it.is_open(now)) {
        world.say("No incident is open.");
    }
    world.say(&styled(DIM, &client.address().join("/")));
    Ok(())
}

fn table(components: &[ComponentAnswer], world: &mut World) {
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
                world.say(&styled(DIM, group));
            }
        }
        let name = format!("{:name_width$}", component.name);
        let label = state_label(component.state.as_str(), label_width);
        let note = component.note.as_deref().unwrap_or_default();
        let line = format!("  {}  {label}  {note}", styled(BOLD, &name));
        world.say(line.trim_end());
    }
    if components.is_empty() {
        world.say("No component is known yet.");
    }
    world.say("");
}

fn list(heading: &str, incidents: &[&IncidentAnswer], world: &mut World) {
    if incidents.is_empty() {
        return;
    }
    world.say(&styled(DIM, heading));
    let width = incidents.iter().map(|it| it.phase.label().len()).max();
    let width = width.unwrap_or(0);
    for incident in incidents {
        let phase = spaced(incident.phase.label());
        let title = styled(BOLD, &incident.title);
        world.say(&format!("  {phase:width$}  {title}"));
        let starts = match &incident.starts {
            Some(starts) if incident.phase == Phase::Scheduled => format!("from {starts}  "),
            Some(_) | None => String::new(),
        };
        let url = styled(DIM, &incident.url);
        world.say(&format!("  {:width$}  {starts}{url}", ""));
    }
    world.say("");
}
