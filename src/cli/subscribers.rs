//! `lightship subscribers`: lists, adds, imports, exports, removes and suppresses subscribers.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::confirm;
use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::Failure;
use super::following::follows;
use super::import_subscribers::{self, ImportArgs};
use super::output::{self, clean};
use super::private_file;
use super::words;
use crate::client::{Client, subscriber_path, subscribers_path};
use crate::domain::email_address::EmailAddress;
use crate::domain::slug::Slug;
use crate::wire::subscriber::{
    NewSubscriber, SetFollowing, SubscriberBody, SubscriberList, SuppressSubscriber,
};

/// List, add, import, export, remove and suppress subscribers (needs the scope subscribers:write)
#[derive(Debug, Args)]
pub(super) struct SubscribersArgs {
    #[command(subcommand)]
    command: SubscribersCommand,
}

#[derive(Debug, Subcommand)]
enum SubscribersCommand {
    List(ListArgs),
    Add(AddArgs),
    Import(ImportArgs),
    Export(ExportArgs),
    /// Remove a subscriber, and everything that is known of them
    Remove(OneArgs),
    Suppress(SuppressArgs),
    /// Send to a suppressed address again
    Allow(OneArgs),
}

/// List subscribers, with what they follow
#[derive(Debug, Args)]
struct ListArgs {
    /// Only those whose address contains this
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// How many at most; `export` gives all of them
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    #[command(flatten)]
    connection: Connection,
}

/// Add a subscriber; without --consent, they get a mail with a link to confirm first
#[derive(Debug, Args)]
struct AddArgs {
    /// The address
    address: String,
    /// How they agreed to get mail, such as "asked for it by telephone"
    #[arg(long, value_name = "TEXT")]
    consent: Option<String>,
    /// A component to follow; may be given several times. By default everything
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Vec<Slug>,
    /// A group to follow, by its name; may be given several times
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    #[command(flatten)]
    connection: Connection,
}

/// Save all subscribers as a table (CSV), which `import` reads again
#[derive(Debug, Args)]
struct ExportArgs {
    /// The file to write, readable only by you; by default standard output
    file: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct OneArgs {
    /// The address
    address: String,
    #[command(flatten)]
    connection: Connection,
}

/// Send nothing to an address any more, even if it is imported again
#[derive(Debug, Args)]
struct SuppressArgs {
    /// The address
    address: String,
    /// Why, for staff
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    connection: Connection,
}

impl SubscribersArgs {
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            SubscribersCommand::List(args) => args.connection.json,
            SubscribersCommand::Add(args) => args.connection.json,
            SubscribersCommand::Import(args) => args.connection.json,
            SubscribersCommand::Export(args) => args.connection.json,
            SubscribersCommand::Remove(args) | SubscribersCommand::Allow(args) => {
                args.connection.json
            }
            SubscribersCommand::Suppress(args) => args.connection.json,
        }
    }
}

pub(super) fn run(args: &SubscribersArgs, console: &mut Console) -> Result<u8, Failure> {
    let done = match &args.command {
        SubscribersCommand::List(args) => list(args, console),
        SubscribersCommand::Add(args) => add(args, console),
        SubscribersCommand::Import(args) => return import_subscribers::run(args, console),
        SubscribersCommand::Export(args) => export(args, console),
        SubscribersCommand::Remove(args) => remove(args, console),
        SubscribersCommand::Suppress(args) => suppress(args, console),
        SubscribersCommand::Allow(args) => allow(args, console),
    };
    done.map(|()| 0)
}

fn list(args: &ListArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let limit = usize::from(args.limit);
    let subscribers = client.subscribers(args.search.as_deref(), limit)?;
    let is_full = subscribers.len() == limit;
    if console.json {
        let list = serde_json::to_value(SubscriberList { subscribers }).unwrap_or_default();
        output::json(&list, console);
        return Ok(());
    }
    let width = subscribers.iter().map(|it| it.address.chars().count());
    let width = width.max().unwrap_or_default();
    for one in &subscribers {
        let address = styled(BOLD, &format!("{:width$}", clean(&one.address)));
        let status = styled(DIM, &status_of(one));
        console.print(&format!("{address}  {}{status}", follows(&one.following)));
    }
    if subscribers.is_empty() {
        console.print(match args.search {
            Some(_) => "No subscriber's address contains that.",
            None => "There is no subscriber yet.",
        });
    }
    if is_full {
        let more = args.limit.saturating_mul(4).min(10_000);
        console.eprint(&format!(
            "There may be more; --limit {more} shows more, `lightship subscribers export` all."
        ));
    }
    Ok(())
}

/// Why they aren't told, if they aren't.
fn status_of(one: &SubscriberBody) -> String {
    if let Some(suppressed) = &one.suppressed {
        format!("  suppressed: {}", clean(&suppressed.why))
    } else if one.confirmed_at.is_none() {
        "  waiting for confirmation".to_owned()
    } else if one.paused_at.is_some() {
        "  paused".to_owned()
    } else {
        String::new()
    }
}

fn add(args: &AddArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let following = SetFollowing {
        components: args.component.clone(),
        groups: args.group.clone(),
        ..SetFollowing::default()
    };
    let wanted = NewSubscriber {
        address: args.address.clone(),
        following: Some(following),
        consent: args.consent.clone(),
    };
    let answer = client.post(&subscribers_path(), &wanted, &new_key())?;
    let told = match answer["asked"].is_string() {
        true => "Asked to confirm, by mail",
        false => "Added",
    };
    output::named(told, &args.address, &answer, console);
    Ok(())
}

fn export(args: &ExportArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let table = client.subscriber_table()?;
    match args.file.as_deref().filter(|it| *it != Path::new("-")) {
        None => console.write(&table),
        Some(file) => {
            private_file::write(file, &table)
                .map_err(|error| Failure::io(file.display(), &error))?;
            console.print(&format!("Saved: {}", file.display()));
        }
    }
    Ok(())
}

fn remove(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.address, &client)?;
    let question = format!(
        "Delete {:?} and all that is known of them?",
        clean(&found.address)
    );
    confirm::ask(&question, "the subscriber is kept", console)?;
    let answer = client.delete(&subscriber_path(&found.id), "")?;
    output::named("Removed", &found.address, &answer, console);
    Ok(())
}

fn suppress(args: &SuppressArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.address, &client)?;
    let path = format!("{}/suppress", subscriber_path(&found.id));
    let reason = SuppressSubscriber {
        reason: args.reason.clone(),
    };
    let answer = client.post(&path, &reason, &new_key())?;
    output::named("Suppressed", &found.address, &answer, console);
    Ok(())
}

fn allow(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.address, &client)?;
    let path = format!("{}/allow", subscriber_path(&found.id));
    let answer = client.post(&path, &json!({}), &new_key())?;
    output::named("Allowed", &found.address, &answer, console);
    Ok(())
}

/// The subscriber with just this address.
fn find(address: &str, client: &Client) -> Result<SubscriberBody, Failure> {
    let address = EmailAddress::parse(address).map_err(|why| Failure::Usage(why.to_string()))?;
    let key = address.key();
    let found = client.subscribers(Some(&key), usize::MAX)?;
    let is_meant = |one: &SubscriberBody| one.address.to_lowercase() == key;
    let missing = || Failure::Refused(format!("nobody is subscribed as {address}"));
    found.into_iter().find(is_meant).ok_or_else(missing)
}

fn new_key() -> String {
    Uuid::now_v7().to_string()
}
