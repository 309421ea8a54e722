//! `lightship incident`: a new incident.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Map, Value};

use super::connection::Connection;
use super::failure::Failure;
use super::send;
use super::text::TextSource;
use super::unsent::{Unsent, Verb};
use super::words::{self, Setting};
use super::world::World;
use crate::domain::incident::{Impact, Kind};
use crate::domain::update::Phase;

/// Tell customers about something new
#[derive(Debug, Args)]
pub(super) struct IncidentArgs {
    /// Its headline
    title: String,
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
    /// What sort of post it is
    #[arg(long, value_parser = words::kind(), ignore_case = true)]
    kind: Option<Kind>,
    /// How bad it is; by default as bad as the worst state that it sets
    #[arg(long, value_parser = words::impact(), ignore_case = true)]
    impact: Option<Impact>,
    /// Where it stands
    #[arg(long, value_parser = words::phase(), ignore_case = true)]
    phase: Option<Phase>,
    /// Of a maintenance: when it begins, such as 2013-02-26T02:15:00-07:00
    #[arg(long, value_name = "TIME", value_parser = words::instant)]
    starts: Option<String>,
    /// Of a maintenance: when it ends
    #[arg(long, value_name = "TIME", value_parser = words::instant)]
    ends: Option<String>,
    /// Keep it without publishing it
    #[arg(long)]
    draft: bool,
    /// The post's date, if it isn't now
    #[arg(long, value_name = "TIME", value_parser = words::instant)]
    at: Option<String>,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &IncidentArgs, world: &mut World) -> Result<(), Failure> {
    let client = args.connection.client(world)?;
    let text = args.stdin.as_ref().or(args.message.as_ref());
    let source = TextSource::of(text, args.file.as_ref(), world)?;
    let body = body(args).map_err(Failure::Usage)?;
    let unsent = Unsent::new(Verb::Incident, body, &client, world);
    let hints = format!("What customers should know, in Markdown: {}", args.title);
    send::change(unsent, Some(&source), &hints, &client, world)
}

fn body(args: &IncidentArgs) -> Result<Map<String, Value>, String> {
    let mut body = Map::new();
    body.insert("title".to_owned(), args.title.trim().into());
    let words = [
        ("kind", args.kind.map(Kind::as_str)),
        ("impact", args.impact.map(Impact::as_str)),
        ("phase", args.phase.map(Phase::as_str)),
        ("starts", args.starts.as_deref()),
        ("ends", args.ends.as_deref()),
        ("published_at", args.at.as_deref()),
    ];
    for (field, word) in words {
        if let Some(word) = word {
            body.insert(field.to_owned(), word.into());
        }
    }
    let components = words::settings(&args.set)?;
    if !components.is_empty() {
        body.insert("components".to_owned(), components.into());
    }
    if args.draft {
        body.insert("draft".to_owned(), true.into());
    }
    Ok(body)
}
