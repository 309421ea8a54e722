//! `lightship maintenance`: plans, begins, extends, ends and cancels work with a window.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;

use super::choose;
use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::{Failure, quoted};
use super::output;
use super::send;
use super::telling::Quietly;
use super::template;
use super::times::{Clockwork, Lean, duration};
use super::unsent::{Request, Unsent};
use super::words::{self, Setting};
use crate::client::Client;
use crate::domain::incident::Kind;
use crate::domain::slug::Slug;
use crate::domain::state::StateKey;
use crate::render::markdown::of_typed;
use crate::render::time::machine;
use crate::wire::incident::{IncidentBody, NewIncident};
use crate::wire::maintenance::{Do, MaintenanceStep};
use crate::wire::setting;

/// Plan maintenance, and start, extend, end or cancel it. It begins and ends by itself, with its
/// window.
///
/// Times are in the site's zone: "tomorrow 10pm", "saturday 22:00", a day as YYYY-MM-DD before the
/// time, or "+2h" (from now).
#[derive(Debug, Args)]
pub(super) struct MaintenanceArgs {
    #[command(subcommand)]
    command: MaintenanceCommand,
}

/// What is to become of a maintenance.
#[derive(Debug, Subcommand)]
enum MaintenanceCommand {
    Plan(PlanArgs),
    /// Start one now, ahead of time
    Start(StepArgs),
    /// Give one a new end or, before it has begun, a new start
    Extend(ExtendArgs),
    /// End one now; its components return to what they were
    End(StepArgs),
    /// Cancel one that is planned or in progress
    Cancel(StepArgs),
    /// List what is planned or in progress
    List(ListArgs),
}

/// Plan one
#[derive(Debug, Args)]
struct PlanArgs {
    /// The headline; a template provides one
    #[arg(required_unless_present = "template")]
    title: Option<String>,
    /// Start from a template in the content folder: its headline, text and states; whatever you
    /// give here replaces the template's
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// When it begins
    #[arg(long, value_name = "TIME")]
    starts: String,
    /// When it ends; "+2h" counts from the start
    #[arg(
        long,
        value_name = "TIME",
        allow_hyphen_values = true,
        required_unless_present = "length",
        conflicts_with = "length"
    )]
    ends: Option<String>,
    /// How long it takes, such as 2h, 90m or 1h30m
    #[arg(long = "for", id = "length", value_name = "LENGTH")]
    length: Option<String>,
    /// A component that is under maintenance during that time; may be given several times
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Vec<Slug>,
    /// A component and a different state for that time, such as selma=migrating
    #[arg(long, value_name = "COMPONENT=STATE", value_parser = words::setting)]
    set: Vec<Setting>,
    /// What customers should know, in Markdown, or - for standard input; without it (or --file)
    /// your editor opens
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with = "file"
    )]
    message: Option<String>,
    /// A file with the text
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Allow another maintenance of the same components at the same time
    #[arg(long)]
    overlap: bool,
    /// Save it without publishing it
    #[arg(long)]
    draft: bool,
    /// Post it even if the same was posted a moment ago
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    connection: Connection,
}

/// Which maintenance, and what to say
#[derive(Debug, Args)]
struct StepArgs {
    /// Which one: a part of its slug that no other has; by default the only one
    maintenance: Option<String>,
    /// The same, written as in other commands
    #[arg(long, value_name = "PART", conflicts_with = "maintenance")]
    incident: Option<String>,
    /// What to tell customers, in Markdown; by default a plain sentence
    #[arg(short, long, value_name = "TEXT", allow_hyphen_values = true)]
    message: Option<String>,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    connection: Connection,
}

/// Another window
#[derive(Debug, Args)]
struct ExtendArgs {
    /// The new end; "+2h" counts from the current end
    #[arg(long, value_name = "TIME", required_unless_present = "starts")]
    ends: Option<String>,
    /// The new start; without --ends, the length stays the same
    #[arg(long, value_name = "TIME")]
    starts: Option<String>,
    /// Allow another maintenance of the same components at the same time
    #[arg(long)]
    overlap: bool,
    #[command(flatten)]
    step: StepArgs,
}

/// What is planned
#[derive(Debug, Args)]
struct ListArgs {
    /// Include those that are over
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    connection: Connection,
}

impl StepArgs {
    fn part(&self) -> Option<&str> {
        self.maintenance.as_deref().or(self.incident.as_deref())
    }
}

impl MaintenanceArgs {
    pub(super) fn connection(&self) -> &Connection {
        match &self.command {
            MaintenanceCommand::Plan(args) => &args.connection,
            MaintenanceCommand::Extend(args) => &args.step.connection,
            MaintenanceCommand::List(args) => &args.connection,
            MaintenanceCommand::Start(args)
            | MaintenanceCommand::End(args)
            | MaintenanceCommand::Cancel(args) => &args.connection,
        }
    }
}

pub(super) fn run(args: &MaintenanceArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection().client(console)?;
    match &args.command {
        MaintenanceCommand::Plan(args) => plan(args, &client, console),
        MaintenanceCommand::Start(args) => step(Do::Start, args, &client, console),
        MaintenanceCommand::End(args) => step(Do::End, args, &client, console),
        MaintenanceCommand::Cancel(args) => step(Do::Cancel, args, &client, console),
        MaintenanceCommand::Extend(args) => extend(args, &client, console),
        MaintenanceCommand::List(args) => list(args, &client, console),
    }
}

fn plan(args: &PlanArgs, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let template = match &args.template {
        Some(name) => Some(template::find(name, &args.component, client)?),
        None => None,
    };
    if let Some(wrong) = template.as_ref().filter(|it| it.kind != Kind::Maintenance) {
        return Err(Failure::Usage(format!(
            "the template {} makes a {}; use `lightship incident --template {}`",
            wrong.name.as_str(),
            wrong.kind.as_str(),
            wrong.name.as_str()
        )));
    }
    let brought = template.as_ref().map(|it| &it.title);
    let title = args.title.as_ref().or(brought).cloned().unwrap_or_default();
    let title = title.trim();
    let (text, file) = (args.message.as_ref(), args.file.as_ref());
    let source = template::source(template.as_ref(), text, file, console)?;
    if let (Some(template), true) = (&template, args.component.is_empty()) {
        template::check_placeholders(template, &[title, source.text()])?;
    }
    let clockwork = Clockwork::of(client, console)?;
    let read = |name: &str, text: &str, base| {
        clockwork
            .read(text, Lean::Ahead, base)
            .map_err(|why| Failure::Usage(format!("{name}: {why}")))
    };
    let starts = read("--starts", &args.starts, clockwork.now)?;
    let ends = match (&args.ends, &args.length) {
        (Some(ends), _) => read("--ends", ends, starts)?,
        (None, Some(length)) => {
            let length = length.strip_prefix('+').unwrap_or(length);
            let length = duration(length);
            starts + length.map_err(|why| Failure::Usage(format!("--for: {why}")))?
        }
        (None, None) => return Err(Failure::Usage("say when it ends: --for 2h".to_owned())),
    };
    tell_window(clockwork, Some(starts), Some(ends), console);
    if starts < clockwork.now && !args.draft {
        return Err(Failure::Usage(past_plan(
            title,
            starts,
            ends,
            clockwork.now,
        )));
    }
    let components = template::components(template.as_ref(), &args.set);
    let mut components = components.map_err(Failure::Usage)?;
    for slug in &args.component {
        if components.find(slug).is_none() {
            let state = StateKey::new("maintenance");
            components.set(slug, Some(setting::Setting::State(state)));
        }
    }
    let wanted = NewIncident {
        title: title.to_owned(),
        kind: Some(Kind::Maintenance),
        starts: Some(starts),
        ends: Some(ends),
        components: words::if_any(components),
        overlap: args.overlap.then_some(true),
        draft: args.draft.then_some(true),
        again: Some(args.again),
        notify: args.telling.notify(),
        ..NewIncident::default()
    };
    let unsent = Unsent::new(Request::Incident(Box::new(wanted)), client, console);
    let hints = format!("What customers should know, in Markdown: {title}");
    send::change(unsent, Some(&source), &hints, client, console)
}

/// The error for a plan whose start has passed: it suggests the command for such work.
fn past_plan(
    title: &str,
    starts: DateTime<Utc>,
    ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> String {
    let (what, phase) = if ends <= now {
        ("is over", "completed")
    } else {
        ("has begun", "in_progress")
    };
    format!(
        "--starts: this is in the past; a plan needs a future time. To post work that {what}, \
         use\n  lightship incident {} --kind maintenance --phase {phase} --starts {} --ends {}",
        quoted(title),
        machine(starts),
        machine(ends)
    )
}

fn extend(args: &ExtendArgs, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let chosen = choose(args.step.part(), client, console)?;
    let clockwork = Clockwork::of(client, console)?;
    let read = |name: &str, text: &Option<String>, base: DateTime<Utc>| {
        let text = text.as_ref();
        let at = text.map(|text| clockwork.read(text, Lean::Ahead, base));
        let at = at.transpose();
        at.map_err(|why| Failure::Usage(format!("{name}: {why}")))
    };
    let starts = read("--starts", &args.starts, clockwork.now)?;
    let ends = read("--ends", &args.ends, chosen.ends.unwrap_or(clockwork.now))?;
    tell_window(clockwork, starts, ends, console);
    let wanted = MaintenanceStep {
        starts,
        ends,
        overlap: args.overlap.then_some(true),
        ..step_of(Do::Extend, &args.step)
    };
    send_step(wanted, chosen.slug, client, console)
}

/// Tells how a window was understood.
fn tell_window(
    clockwork: Clockwork,
    starts: Option<DateTime<Utc>>,
    ends: Option<DateTime<Utc>>,
    console: &mut Console,
) {
    for (word, at) in [("from ", starts), ("until", ends)] {
        if let Some(at) = at {
            console.eprint(&format!("{word} {}", clockwork.said(at)));
        }
    }
}

fn step(step: Do, args: &StepArgs, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let chosen = choose(args.part(), client, console)?;
    send_step(step_of(step, args), chosen.slug, client, console)
}

/// A step with its message.
fn step_of(step: Do, args: &StepArgs) -> MaintenanceStep {
    MaintenanceStep {
        step,
        starts: None,
        ends: None,
        markdown: args.message.as_ref().map(|text| of_typed(text)),
        author: None,
        overlap: None,
        seen: None,
        notify: args.telling.notify(),
    }
}

fn send_step(
    wanted: MaintenanceStep,
    incident: Slug,
    client: &Client,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut unsent = Unsent::new(Request::Maintenance(wanted), client, console);
    unsent.incident = Some(incident);
    send::change(unsent, None, "", client, console)
}

fn choose(
    part: Option<&str>,
    client: &Client,
    console: &mut Console,
) -> Result<IncidentBody, Failure> {
    choose::maintenance(&client.incidents()?, part, console)
}

fn list(args: &ListArgs, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let mut found = client.incidents()?;
    found.retain(|it| it.is_maintenance() && (args.all || !it.phase.is_final()));
    found.sort_by_key(|it| it.starts);
    if console.json {
        output::json(&json!({"incidents": output::incidents(&found)}), console);
        return Ok(());
    }
    if found.is_empty() {
        console.print("No maintenance is planned.");
        return Ok(());
    }
    let clockwork = Clockwork::of(client, console)?;
    for incident in &found {
        let phase = if incident.draft {
            "draft".to_owned()
        } else {
            output::spaced(incident.phase.as_str())
        };
        console.print(&format!("{} ({phase})", styled(BOLD, &incident.title)));
        for (word, at) in [("from ", incident.starts), ("until", incident.ends)] {
            if let Some(at) = at {
                console.print(&format!("  {word} {}", clockwork.said(at)));
            }
        }
        console.print(&format!("  {}", styled(DIM, incident.slug.as_str())));
    }
    Ok(())
}
