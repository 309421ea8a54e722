//! `lightship incident`: creates an incident.

use std::path::PathBuf;

use clap::Args;

use super::connection::Connection;
use super::console::Console;
use super::failure::Failure;
use super::send;
use super::telling::Quietly;
use super::template;
use super::times::{self, Lean};
use super::unsent::{Request, Unsent};
use super::words::{self, Setting};
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::wire::incident::NewIncident;

/// Tell customers about something new
#[derive(Debug, Args)]
pub(super) struct IncidentArgs {
    /// The headline; a template provides one
    #[arg(required_unless_present = "template")]
    title: Option<String>,
    /// Start from a template in the content folder: its headline, text, phase and states; whatever
    /// you give here replaces the template's
    #[arg(long, value_name = "NAME")]
    template: Option<String>,
    /// The component the template is about; may be given several times
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Vec<Slug>,
    /// - to read the text from standard input
    #[arg(value_name = "-", value_parser = ["-"], conflicts_with_all = ["message", "file"])]
    stdin: Option<String>,
    /// The text, in Markdown; without it (or --file or -) your editor opens
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
    /// A component and what it is now; may be given several times
    #[arg(long, value_name = "COMPONENT=STATE", value_parser = words::setting)]
    set: Vec<Setting>,
    /// What kind of post it is
    #[arg(long, value_parser = words::kind(), ignore_case = true)]
    kind: Option<Kind>,
    /// How bad it is; by default, taken from the worst state it sets
    #[arg(long, value_parser = words::impact(), ignore_case = true)]
    impact: Option<Impact>,
    /// Where it stands
    #[arg(long, value_parser = words::phase(), ignore_case = true)]
    phase: Option<Phase>,
    /// For a maintenance: when it begins, in the site's zone: "saturday 22:00" or "+2h"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    starts: Option<String>,
    /// For a maintenance: when it ends
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    ends: Option<String>,
    /// Save it without publishing it
    #[arg(long)]
    draft: bool,
    /// The post's date, if not now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    /// Post it even if the same was posted a moment ago
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &IncidentArgs, console: &mut Console) -> Result<(), Failure> {
    if let (None, Some(component)) = (&args.template, args.component.first()) {
        return Err(Failure::Usage(format!(
            "--component is for templates; to set the state of {component}, use --set \
             {component}=STATE"
        )));
    }
    let client = args.connection.client(console)?;
    let template = match &args.template {
        Some(name) => Some(template::find(name, &args.component, &client)?),
        None => None,
    };
    let title = args
        .title
        .as_ref()
        .or(template.as_ref().map(|it| &it.title));
    let title = title.cloned().unwrap_or_default();
    let text = args.stdin.as_ref().or(args.message.as_ref());
    let source = template::source(template.as_ref(), text, args.file.as_ref(), console)?;
    if let (Some(template), true) = (&template, args.component.is_empty()) {
        template::check_placeholders(template, &[&title, source.text()])?;
    }
    let components = template::components(template.as_ref(), &args.set);
    let components = components.map_err(Failure::Usage)?;
    let template = template.as_ref();
    let kind = args.kind.or(template.map(|it| it.kind));
    let phase = args.phase.or(template.and_then(|it| it.phase));
    // As in the staff pages' form: a disruption starts as "investigating".
    let is_disruption = kind.is_none_or(|kind| kind == Kind::Disruption);
    let wanted = NewIncident {
        title: title.trim().to_owned(),
        kind,
        phase: phase.or(is_disruption.then_some(Phase::Investigating)),
        impact: args.impact.or(template.and_then(|it| it.impact)),
        components: words::if_any(components),
        starts: times::option(
            "--starts",
            args.starts.as_ref(),
            Lean::Ahead,
            &client,
            console,
        )?,
        ends: times::option("--ends", args.ends.as_ref(), Lean::Ahead, &client, console)?,
        published_at: times::at(args.at.as_ref(), &client, console)?,
        draft: args.draft.then_some(true),
        again: Some(args.again),
        notify: args.telling.notify(),
        ..NewIncident::default()
    };
    let unsent = Unsent::new(Request::Incident(Box::new(wanted)), &client, console);
    let hints = format!("What customers should know, in Markdown: {title}");
    send::change(unsent, Some(&source), &hints, &client, console)
}
