//! `lightship update` and `lightship resolve`: add an update to an incident.

use std::path::PathBuf;

use clap::Args;

use super::connection::Connection;
use super::console::Console;
use super::failure::Failure;
use super::telling::Quietly;
use super::text::TextSource;
use super::unsent::{Request, Unsent};
use super::words::{self, Setting};
use super::{choose, confirm_time, output, send, times};
use crate::domain::update::Phase;
use crate::wire::update::NewUpdate;

/// Tell customers what is new about an incident
#[derive(Debug, Args)]
pub(super) struct UpdateArgs {
    /// The text, in Markdown, or - for standard input; without it your editor opens
    text: Option<String>,
    /// The text, as with `incident`
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with_all = ["text", "file"]
    )]
    message: Option<String>,
    /// A file with the text
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Where the incident stands now
    #[arg(long, value_parser = words::phase(), ignore_case = true)]
    phase: Option<Phase>,
    /// A component and what it is now; may be given several times
    #[arg(long, value_name = "COMPONENT=STATE", value_parser = words::setting)]
    set: Vec<Setting>,
    /// Which incident: a part of its slug that no other open incident has; by default the open one
    #[arg(long, value_name = "PART")]
    incident: Option<String>,
    /// The time it refers to, if not now, in the site's zone: "2:15", "yesterday 22:00" or "-20m"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Don't ask for confirmation of a time long before the incident
    #[arg(long)]
    yes: bool,
    /// Post it even if the same was posted a moment ago
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// Tell customers that it is over
#[derive(Debug, Args)]
pub(super) struct ResolveArgs {
    /// The text, in Markdown, or - for standard input; without it your editor opens
    text: Option<String>,
    /// The text, as with `incident`
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with_all = ["text", "file"]
    )]
    message: Option<String>,
    /// A file with the text
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Leave the components as they are
    #[arg(long)]
    no_restore: bool,
    /// Which incident: a part of its slug that no other open incident has; by default the open one
    #[arg(long, value_name = "PART")]
    incident: Option<String>,
    /// When it was over, if not now, in the site's zone: "2:15", "yesterday 22:00" or "-20m"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Only show which components would change, and to what; nothing is sent
    #[arg(long)]
    dry_run: bool,
    /// Don't ask for confirmation of a time long before the incident
    #[arg(long)]
    yes: bool,
    /// Post it even if the same was posted a moment ago
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &UpdateArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let source = TextSource::of(
        args.text.as_ref().or(args.message.as_ref()),
        args.file.as_ref(),
        console,
    )?;
    let components = words::settings(&args.set).map_err(Failure::Usage)?;
    let at = times::at(args.at.as_ref(), &client, console)?;
    let wanted = NewUpdate {
        phase: args.phase,
        components: words::if_any(components),
        at,
        again: Some(args.again),
        notify: args.telling.notify(),
        ..NewUpdate::default()
    };
    let mut unsent = Unsent::new(Request::Update(wanted), &client, console);
    unsent.incident_part = args.incident.clone();
    confirm_time::ask(&mut unsent, at, args.yes, &client, console)?;
    let hints = "What is new, for customers, in Markdown";
    send::change(unsent, Some(&source), hints, &client, console)
}

pub(super) fn run_resolve(args: &ResolveArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    if args.dry_run {
        let chosen = choose::incident(&client.incidents()?, args.incident.as_deref(), console)?;
        let resolution = client.resolution(&chosen.slug)?;
        output::resolution(&chosen.slug, &resolution, console);
        return Ok(());
    }
    let source = TextSource::of(
        args.text.as_ref().or(args.message.as_ref()),
        args.file.as_ref(),
        console,
    )?;
    let at = times::at(args.at.as_ref(), &client, console)?;
    let wanted = NewUpdate {
        restore: args.no_restore.then_some(false),
        at,
        again: Some(args.again),
        notify: args.telling.notify(),
        ..NewUpdate::default()
    };
    let mut unsent = Unsent::new(Request::Resolve(wanted), &client, console);
    unsent.incident_part = args.incident.clone();
    confirm_time::ask(&mut unsent, at, args.yes, &client, console)?;
    let hints = "How it ended, for customers, in Markdown";
    send::change(unsent, Some(&source), hints, &client, console)
}
