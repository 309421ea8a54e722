//! `lightship channels`: adds, lists, tries, pauses and removes webhooks and chats, and shows what
//! was delivered to them.

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::connection::Connection;
use super::console::{BOLD, Console, DIM, styled};
use super::failure::Failure;
use super::output::{self, clean};
use super::words;
use crate::client::{Client, channel_path, channels_path};
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::domain::subscriber::Channel;
use crate::urls;
use crate::wire::channel::{
    ChannelBody, ChannelList, DeliveryBody, DeliveryList, EditChannel, NewChannel,
};
use crate::wire::subscriber::SetFollowing;

/// How long a test may take until it is known what became of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to ask what became of a test.
const ASK: Duration = Duration::from_millis(500);

/// Add, list, try, pause and remove webhooks and chats (needs the scope admin)
#[derive(Debug, Args)]
pub(super) struct ChannelsArgs {
    #[command(subcommand)]
    command: ChannelsCommand,
}

#[derive(Debug, Subcommand)]
enum ChannelsCommand {
    Add(AddArgs),
    /// List the channels, with what they get
    List(Connection),
    /// Send a test, and wait for what becomes of it
    Test(OneArgs),
    /// Make a new secret; prints only the secret, and only this once
    Rotate(OneArgs),
    /// Send nothing to a channel for now
    Pause(OneArgs),
    /// Let a channel go on that was paused or disabled
    Resume(OneArgs),
    /// Remove a channel, with what waits for it
    Remove(OneArgs),
    /// List the attempts of the last week, newest first
    Deliveries(OneArgs),
    Resend(ResendArgs),
}

/// Add a channel; prints the secret that signs its messages, and only this once
#[derive(Debug, Args)]
struct AddArgs {
    /// How it is told
    #[arg(value_parser = kind)]
    kind: Channel,
    /// Its name for staff
    name: String,
    /// Where it leads, such as https://hooks.example.com/status
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The room or chat at the service, if its kind has one
    #[arg(long, value_name = "ROOM")]
    room: Option<String>,
    /// What the service asks for as a credential, if it does; better in the variable
    #[arg(
        long = "credential",
        env = "LIGHTSHIP_CHANNEL_CREDENTIAL",
        value_name = "TEXT",
        hide_env_values = true
    )]
    credential: Option<String>,
    /// A component to follow; may be given several times. By default everything
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Vec<Slug>,
    /// A group to follow, by its name; may be given several times
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// A kind of news: incidents, maintenance or changes; may be given several times. By default the
    /// first two
    #[arg(long = "news", value_name = "KIND", value_parser = news_kind)]
    news: Vec<NewsKind>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Args)]
struct OneArgs {
    /// Its name or id
    channel: String,
    #[command(flatten)]
    connection: Connection,
}

/// Send a message of the last week again
#[derive(Debug, Args)]
struct ResendArgs {
    /// The channel's name or id
    channel: String,
    /// The message, as `deliveries` shows it
    message: String,
    #[command(flatten)]
    connection: Connection,
}

fn kind(word: &str) -> Result<Channel, String> {
    let mut all = Channel::ADDED.into_iter();
    all.find(|kind| kind.as_str() == word).ok_or_else(|| {
        let known: Vec<_> = Channel::ADDED.iter().map(|kind| kind.as_str()).collect();
        format!("the kinds are {}", known.join(", "))
    })
}

fn news_kind(word: &str) -> Result<NewsKind, String> {
    let mut all = NewsKind::ALL.into_iter();
    let found = all.find(|kind| kind.as_str() == word);
    found.ok_or_else(|| "the kinds are incidents, maintenance, changes".to_owned())
}

impl ChannelsArgs {
    pub(super) fn wants_json(&self) -> bool {
        match &self.command {
            ChannelsCommand::Add(args) => args.connection.json,
            ChannelsCommand::List(connection) => connection.json,
            ChannelsCommand::Test(args)
            | ChannelsCommand::Rotate(args)
            | ChannelsCommand::Pause(args)
            | ChannelsCommand::Resume(args)
            | ChannelsCommand::Remove(args)
            | ChannelsCommand::Deliveries(args) => args.connection.json,
            ChannelsCommand::Resend(args) => args.connection.json,
        }
    }
}

pub(super) fn run(args: &ChannelsArgs, console: &mut Console) -> Result<u8, Failure> {
    let done = match &args.command {
        ChannelsCommand::Add(args) => add(args, console),
        ChannelsCommand::List(connection) => list(connection, console),
        ChannelsCommand::Test(args) => test(args, console),
        ChannelsCommand::Rotate(args) => rotate(args, console),
        ChannelsCommand::Pause(args) => pause(args, true, console),
        ChannelsCommand::Resume(args) => pause(args, false, console),
        ChannelsCommand::Remove(args) => remove(args, console),
        ChannelsCommand::Deliveries(args) => deliveries(args, console),
        ChannelsCommand::Resend(args) => resend(args, console),
    };
    done.map(|()| 0)
}

fn add(args: &AddArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let following = SetFollowing {
        components: args.component.clone(),
        groups: args.group.clone(),
        kinds: Some(args.news.clone()).filter(|news| !news.is_empty()),
        ..SetFollowing::default()
    };
    let wanted = NewChannel {
        kind: args.kind,
        name: args.name.clone(),
        url: args.address.clone(),
        room: args.room.clone(),
        token: args.credential.clone(),
        following: Some(following),
    };
    let answer = client.post(&channels_path(), &wanted, &new_key())?;
    if console.json {
        output::json(&answer, console);
        return Ok(());
    }
    console.eprint(&format!("Added: {}", styled(BOLD, &clean(&args.name))));
    print_secret(&answer, console);
    Ok(())
}

/// Prints the secret alone, so that it can be piped.
fn print_secret(answer: &Value, console: &mut Console) {
    if let Some(secret) = answer["secret"].as_str() {
        console.eprint("Its secret, which isn't shown again:");
        console.print(secret);
    }
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
        console.print(&format!("{name}  {}  {address}{status}", clean(&one.kind)));
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

fn test(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let path = format!("{}/test", channel_path(&found.id));
    let answer = client.post(&path, &json!({}), &new_key())?;
    let id = answer["id"].as_str().unwrap_or_default();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let attempts = attempts(&found.id, &client)?;
        if let Some(attempt) = attempts.into_iter().find(|it| it.id == id) {
            return report(&found, &attempt, console);
        }
        sleep(ASK);
    }
    let name = clean(&found.name);
    Err(Failure::Refused(format!(
        "nothing is known of the test yet; `lightship channels deliveries {name:?}` shows it later"
    )))
}

fn report(
    channel: &ChannelBody,
    attempt: &DeliveryBody,
    console: &mut Console,
) -> Result<(), Failure> {
    if let Some(failure) = &attempt.failure {
        return Err(Failure::Refused(format!(
            "{} didn't take it: {}",
            clean(&channel.name),
            clean(failure)
        )));
    }
    if console.json {
        let body = serde_json::to_value(attempt).unwrap_or_default();
        output::json(&body, console);
    } else {
        let name = styled(BOLD, &clean(&channel.name));
        console.print(&format!("Delivered: {name}, in {} ms", attempt.duration_ms));
    }
    Ok(())
}

fn rotate(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let path = format!("{}/secret", channel_path(&found.id));
    let answer = client.post(&path, &json!({}), &new_key())?;
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
    let done = if is_paused { "Paused" } else { "Goes on" };
    tell(done, &found.name, &answer, console);
    Ok(())
}

fn remove(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    if console.interactive && !console.json {
        let question = format!("Remove the channel {:?}? [y/N]", clean(&found.name));
        let answer = console
            .ask(&question)
            .map_err(|error| Failure::io("couldn't read an answer", &error))?;
        if !answer.is_some_and(|it| it.to_lowercase().starts_with('y')) {
            return Err(Failure::Refused("the channel is kept".to_owned()));
        }
    }
    let answer = client.delete(&channel_path(&found.id), "")?;
    tell("Removed", &found.name, &answer, console);
    Ok(())
}

fn deliveries(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let attempts = attempts(&found.id, &client)?;
    if console.json {
        let deliveries = attempts;
        let list = serde_json::to_value(DeliveryList { deliveries }).unwrap_or_default();
        output::json(&list, console);
        return Ok(());
    }
    for one in &attempts {
        let outcome = match &one.failure {
            None => "delivered".to_owned(),
            Some(why) => clean(why),
        };
        let at = one.at.format("%Y-%m-%d %H:%M:%SZ");
        console.print(&format!(
            "{at}  {}  {}  attempt {}, {} ms: {outcome}",
            clean(&one.id),
            clean(&one.event),
            one.attempt,
            one.duration_ms
        ));
    }
    if attempts.is_empty() {
        console.print("Nothing was sent to it in the last week.");
    }
    Ok(())
}

fn resend(args: &ResendArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let message = urls::encoded(&args.message);
    let path = format!("{}/deliveries/{message}/again", channel_path(&found.id));
    let answer = client.post(&path, &json!({}), &new_key())?;
    tell("Is sent again", &args.message, &answer, console);
    Ok(())
}

fn channels(client: &Client) -> Result<Vec<ChannelBody>, Failure> {
    Ok(client.find::<ChannelList>(&channels_path())?.value.channels)
}

fn attempts(id: &str, client: &Client) -> Result<Vec<DeliveryBody>, Failure> {
    let path = format!("{}/deliveries", channel_path(id));
    Ok(client.find::<DeliveryList>(&path)?.value.deliveries)
}

/// The channel with this name or id.
fn find(wanted: &str, client: &Client) -> Result<ChannelBody, Failure> {
    let channels = channels(client)?;
    let is_meant = |one: &ChannelBody| one.id == wanted || one.name == wanted;
    let mut found = channels.into_iter().filter(is_meant);
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(Failure::Refused(format!(
            "there is no channel {wanted:?}; `lightship channels list` shows them"
        ))),
        (Some(_), Some(_)) => Err(Failure::Refused(format!(
            "several channels are called {wanted:?}; give the id instead, which \
             `lightship channels list --json` shows"
        ))),
    }
}

fn tell(done: &str, name: &str, answer: &Value, console: &mut Console) {
    if console.json {
        output::json(answer, console);
    } else {
        console.print(&format!("{done}: {}", styled(BOLD, &clean(name))));
    }
}

fn new_key() -> String {
    Uuid::now_v7().to_string()
}
