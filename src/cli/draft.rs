//! `lightship draft`: lists, publishes and discards drafts.

use clap::{Args, Subcommand};
use serde_json::json;

use super::confirm;
use super::connection::Connection;
use super::console::{BOLD, Console, styled};
use super::failure::Failure;
use super::output;
use super::telling::Quietly;
use crate::client::Client;
use crate::urls;
use crate::wire::incident::{EditIncident, IncidentBody};

/// List drafts, publish or discard one
///
/// Make one with `lightship incident --draft`, and edit it with `lightship correct --post`.
#[derive(Debug, Args)]
pub(super) struct DraftArgs {
    #[command(subcommand)]
    command: DraftCommand,
}

#[derive(Debug, Subcommand)]
enum DraftCommand {
    /// List the drafts
    List(ListArgs),
    /// Publish a draft, dated now
    Publish(PublishArgs),
    /// Discard a draft; it stays in the activity log
    Discard(OneArgs),
}

#[derive(Debug, Args)]
struct ListArgs {
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct OneArgs {
    /// Which draft: a part of its slug that no other draft has; by default the only one
    part: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct PublishArgs {
    #[command(flatten)]
    telling: Quietly,
    #[command(flatten)]
    one: OneArgs,
}

impl DraftArgs {
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            DraftCommand::List(args) => args.connection.json,
            DraftCommand::Publish(args) => args.one.connection.json,
            DraftCommand::Discard(args) => args.connection.json,
        }
    }
}

pub(super) fn run(args: &DraftArgs, console: &mut Console) -> Result<(), Failure> {
    match &args.command {
        DraftCommand::List(args) => list(&args.connection.client(console)?, console),
        DraftCommand::Publish(args) => {
            let client = args.one.connection.client(console)?;
            publish(args, &client, console)
        }
        DraftCommand::Discard(args) => {
            let client = args.connection.client(console)?;
            discard(args.part.as_deref(), &client, console)
        }
    }
}

fn drafts(client: &Client) -> Result<Vec<IncidentBody>, Failure> {
    let mut incidents = client.incidents()?;
    incidents.retain(|incident| incident.draft);
    Ok(incidents)
}

fn list(client: &Client, console: &mut Console) -> Result<(), Failure> {
    let drafts = drafts(client)?;
    if console.json {
        output::json(&json!({"incidents": output::incidents(&drafts)}), console);
        return Ok(());
    }
    let width = drafts.iter().map(|it| it.slug.as_str().len()).max();
    for draft in &drafts {
        let slug = format!("{:width$}", draft.slug, width = width.unwrap_or(0));
        console.print(&format!(
            "{}  {}",
            styled(BOLD, &slug),
            output::clean(&draft.title)
        ));
    }
    if drafts.is_empty() {
        console.print("There is no draft. `lightship incident --draft` makes one.");
    }
    Ok(())
}

fn publish(args: &PublishArgs, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let draft = choose(drafts(client)?, args.one.part.as_deref())?;
    let path = urls::api_incident(&draft.slug);
    let found = client.find::<IncidentBody>(&path)?;
    let wanted = EditIncident {
        draft: Some(false),
        notify: args.telling.notify(),
        ..EditIncident::default()
    };
    let answer = client.edit(&path, &wanted, &found.etag)?;
    output::published(&answer, console);
    Ok(())
}

fn discard(part: Option<&str>, client: &Client, console: &mut Console) -> Result<(), Failure> {
    let draft = choose(drafts(client)?, part)?;
    let question = format!("Discard {:?}?", output::clean(&draft.title));
    confirm::ask(&question, "the draft is kept", console)?;
    let path = urls::api_incident(&draft.slug);
    let found = client.find::<IncidentBody>(&path)?;
    // If a colleague has published it in the meantime, the ETag no longer matches.
    let answer = client.delete(&path, &found.etag)?;
    if console.json {
        output::json(&answer, console);
    } else {
        console.print(&format!("Discarded: {}", styled(BOLD, draft.slug.as_str())));
    }
    Ok(())
}

/// The draft that is meant. If several match, it is an error.
fn choose(drafts: Vec<IncidentBody>, part: Option<&str>) -> Result<IncidentBody, Failure> {
    let part = part.unwrap_or_default().trim().to_lowercase();
    let exact = drafts.iter().find(|it| it.slug.as_str() == part).cloned();
    let fitting: Vec<_> = drafts
        .into_iter()
        .filter(|it| it.slug.as_str().contains(&part))
        .collect();
    if let Some(exact) = exact {
        return Ok(exact);
    }
    let listed = |heading: String| {
        fitting.iter().fold(heading, |listed, draft| {
            format!(
                "{listed}\n  {}   {}",
                draft.slug,
                output::clean(&draft.title)
            )
        })
    };
    match fitting.as_slice() {
        [one] => Ok(one.clone()),
        [] if part.is_empty() => Err(Failure::Refused("there is no draft".to_owned())),
        [] => Err(Failure::Refused(format!(
            "no draft has {part:?} in its slug; see `lightship draft list`"
        ))),
        [..] => Err(Failure::Usage(listed(format!(
            "{} drafts match; choose one, by any part that only it has:",
            fitting.len()
        )))),
    }
}
