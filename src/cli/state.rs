//! `lightship state`: sets a component's state.

use clap::Args;

use super::connection::Connection;
use super::console::Console;
use super::failure::Failure;
use super::send;
use super::telling::Quietly;
use super::times;
use super::unsent::{Request, Unsent};
use super::words;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::wire::component::SetState;

/// Set the state of a component
#[derive(Debug, Args)]
pub(super) struct StateArgs {
    /// Which component: its slug, as in its address
    #[arg(value_parser = words::component)]
    component: Slug,
    /// What it is now, such as operational, degraded or major_outage
    state: String,
    /// A line for customers; without one, an earlier note is cleared
    #[arg(long)]
    note: Option<String>,
    /// The incident it belongs to: a part of its slug that no other open incident has
    #[arg(long, value_name = "PART")]
    incident: Option<String>,
    /// When this began, if not now, in the site's zone: "2:15", "yesterday 22:00" or "-20m"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &StateArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let wanted = SetState {
        state: StateKey::new(args.state.trim()),
        note: args.note.clone(),
        incident: None,
        at: times::at(args.at.as_ref(), &client, console)?,
        seen: None,
        notify: args.telling.notify(),
    };
    let mut unsent = Unsent::new(Request::State(wanted), &client, console);
    unsent.component = Some(args.component.clone());
    unsent.incident_part = args.incident.clone();
    send::change(unsent, None, "", &client, console)
}
