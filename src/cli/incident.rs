//! `lightship incident`: a new incident.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::connection::Connection;
use super::failure::Failure;
use super::send;
use super::template;
use super::times::{self, Lean};
use super::unsent::{Unsent, Verb};
use super::words::{self, Setting};
use super::world::World;
use crate::domain::incident::{Impact, Kind};
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::wire::template::TemplateBody;

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
    pub(super) connection: Connection,
}

pub(super) fn run(args: &IncidentArgs, world: &mut World) -> Result<(), Failure> {
    if let (None, Some(component)) = (&args.template, args.component.first()) {
        return Err(Failure::Usage(format!(
            "--component is for templates; to set the state of {component}, use --set \
             {component}=STATE"
        )));
    }
    let client = args.connection.client(world)?;
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
    let source = template::source(template.as_ref(), text, args.file.as_ref(), world)?;
    if let (Some(template), true) = (&template, args.component.is_empty()) {
        template::refuse_blanks(template, &[&title, source.text()])?;
    }
    let mut body = body(args, &title, template.as_ref()).map_err(Failure::Usage)?;
    let times = [
        ("starts", "--starts", &args.starts, Lean::Ahead),
        ("ends", "--ends", &args.ends, Lean::Ahead),
        ("published_at", "--at", &args.at, Lean::Back),
    ];
    for (field, option, text, lean) in times {
        if let Some(text) = text {
            let at = times::option(option, text, lean, &client, world)?;
            body.insert(field.to_owned(), at.into());
        }
    }
    let mut unsent = Unsent::new(Verb::Incident, body, &client, world);
    unsent.post_again(args.again);
    let hints = format!("What customers should know, in Markdown: {title}");
    send::change(unsent, Some(&source), &hints, &client, world)
}

fn body(
    args: &IncidentArgs,
    title: &str,
    template: Option<&TemplateBody>,
) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    body.insert("title".to_owned(), title.trim().into());
    let kind = args.kind.or(template.map(|it| it.kind));
    let impact = args.impact.or(template.and_then(|it| it.impact));
    let phase = args.phase.or(template.and_then(|it| it.phase));
    // As in the form: the first update says where it stands.
    let is_disruption = kind.is_none_or(|kind| kind == Kind::Disruption);
    let phase = phase.or(is_disruption.then_some(Phase::Investigating));
    let words = [
        ("kind", kind.map(Kind::as_str)),
        ("impact", impact.map(Impact::as_str)),
        ("phase", phase.map(Phase::as_str)),
    ];
    for (field, word) in words {
        if let Some(word) = word {
            body.insert(field.to_owned(), word.into());
        }
    }
    let components = template::components(template, &args.set)?;
    words::put_components(&mut body, components);
    if args.draft {
        body.insert("draft".to_owned(), true.into());
    }
    Ok(body)
}
