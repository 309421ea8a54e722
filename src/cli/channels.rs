//! `lightship channels`: adds, lists, changes, tries, pauses and removes webhooks and chats, and shows
//! what was delivered to them.

use clap::{Args, Subcommand};
use serde_json::json;
use uuid::Uuid;

use super::channel_deliveries::{self, DeliveriesArgs, ResendArgs};
use super::channel_named::{OneArgs, channels, find};
use super::channel_settings::{self, AddArgs, EditArgs, print_secret};
use super::confirm;
use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::Failure;
use super::following::follows;
use super::output::{self, clean};
use crate::client::channel_path;
use crate::wire::channel::{ChannelBody, ChannelList, EditChannel};

/// Add, list, change, try, pause and remove webhooks and chats (needs the scope admin)
#[derive(Debug, Args)]
pub(super) struct ChannelsArgs {
    #[command(subcommand)]
    command: ChannelsCommand,
}

#[derive(Debug, Subcommand)]
enum ChannelsCommand {
    Add(AddArgs),
    Edit(EditArgs),
    /// List the channels, with what they get
    List(Connection),
    /// Send a test, and wait for what becomes of it
    Test(OneArgs),
    /// Make a new secret; prints only the secret, and only this once
    Rotate(OneArgs),
    /// Send nothing to a channel for now
    Pause(OneArgs),
    /// Resume a channel that was paused or disabled
    Resume(OneArgs),
    /// Remove a channel, with what waits for it
    Remove(OneArgs),
    Deliveries(DeliveriesArgs),
    Resend(ResendArgs),
}

impl ChannelsArgs {
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            ChannelsCommand::Add(args) => args.connection.json,
            ChannelsCommand::Edit(args) => args.connection.json,
            ChannelsCommand::List(connection) => connection.json,
            ChannelsCommand::Test(args)
            | ChannelsCommand::Rotate(args)
            | ChannelsCommand::Pause(args)
            | ChannelsCommand::Resume(args)
            | ChannelsCommand::Remove(args) => args.connection.json,
            ChannelsCommand::Deliveries(args) => args.connection.json,
            ChannelsCommand::Resend(args) => args.connection.json,
        }
    }
}

pub(super) fn run(args: &ChannelsArgs, console: &mut Console) -> Result<u8, Failure> {
    let done = match &args.command {
        ChannelsCommand::Add(args) => channel_settings::add(args, console),
        ChannelsCommand::Edit(args) => channel_settings::edit(args, console),
        ChannelsCommand::List(connection) => list(connection, console),
        ChannelsCommand::Test(args) => channel_deliveries::test(args, console),
        ChannelsCommand::Rotate(args) => rotate(args, console),
        ChannelsCommand::Pause(args) => pause(args, true, console),
        ChannelsCommand::Resume(args) => pause(args, false, console),
        ChannelsCommand::Remove(args) => remove(args, console),
        ChannelsCommand::Deliveries(args) => channel_deliveries::deliveries(args, console),
        ChannelsCommand::Resend(args) => channel_deliveries::resend(args, console),
    };
    done.map(|()| 0)
}

fn list(connection: &Connection, console: &mut Console) -> Result<(), Failure> {
    let client = connection.client(console)?;
    let channels = channels(&client)?;
    if console.json {
        let list = serde_json::to_value(ChannelList { channels }).unwrap_or_default();
        output::json(&list, console);
        return Ok(());
    }
    let width = channels.iter().map(|it| it.name.chars().count());
    let width = width.max().unwrap_or_default();
    for one in &channels {
        let name = styled(BOLD, &format!("{:width$}", clean(&one.name)));
        let address = clean(&one.address);
        let status = styled(DIM, &status_of(one));
        let follows = follows(&one.following);
        let kind = clean(&one.kind);
        console.print(&format!("{name}  {kind}  {address}  {follows}{status}"));
    }
    if channels.is_empty() {
        console.print("There is no channel yet.");
    }
    Ok(())
}

/// Why it isn't told, if it isn't, and what waits.
fn status_of(one: &ChannelBody) -> String {
    let waiting = match one.waiting {
        0 => String::new(),
        1 => "  1 message waits".to_owned(),
        many => format!("  {many} messages wait"),
    };
    if let Some(disabled) = &one.disabled {
        format!("  disabled: {}{waiting}", clean(&disabled.why))
    } else if one.paused_at.is_some() {
        format!("  paused{waiting}")
    } else if let Some(failure) = &one.failure {
        format!("  failing: {}{waiting}", clean(failure))
    } else {
        waiting
    }
}

fn rotate(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let path = format!("{}/secret", channel_path(&found.id));
    let key = Uuid::now_v7().to_string();
    let answer = client.post(&path, &json!({}), &key)?;
    if console.json {
        output::json(&answer, console);
        return Ok(());
    }
    print_secret(&answer, console);
    console.eprint("For a day, messages are signed with the former secret, too.");
    Ok(())
}

fn pause(args: &OneArgs, is_paused: bool, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let edit = EditChannel {
        paused: Some(is_paused),
        ..EditChannel::default()
    };
    let answer = client.edit(&channel_path(&found.id), &edit, "")?;
    let done = if is_paused { "Paused" } else { "Resumed" };
    output::named(done, &found.name, &answer, console);
    Ok(())
}

fn remove(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let question = format!("Remove the channel {:?}?", clean(&found.name));
    confirm::ask(&question, "the channel is kept", console)?;
    let answer = client.delete(&channel_path(&found.id), "")?;
    output::named("Removed", &found.name, &answer, console);
    Ok(())
}
