//! `lightship channels add` and `edit`.

use clap::Args;
use serde_json::Value;
use uuid::Uuid;

use super::channel_named::find;
use super::connection::Connection;
use super::console::{BOLD, Console, styled};
use super::failure::Failure;
use super::output::{self, clean};
use super::words;
use crate::client::{channel_path, channels_path};
use crate::domain::news_kind::NewsKind;
use crate::domain::slug::Slug;
use crate::domain::subscriber::Channel;
use crate::wire::channel::{EditChannel, NewChannel};
use crate::wire::subscriber::{FollowingBody, SetFollowing};

/// Add a channel; prints the secret that signs its messages, and only this once
#[derive(Debug, Args)]
pub(super) struct AddArgs {
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
    pub(super) connection: Connection,
}

/// Change a channel; what isn't named stays as it is
#[derive(Debug, Args)]
pub(super) struct EditArgs {
    /// Its name or id
    channel: String,
    /// Another name for staff
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Where it leads from now on
    #[arg(long, value_name = "ADDRESS")]
    address: Option<String>,
    /// Another room or chat at the service
    #[arg(long, value_name = "ROOM")]
    room: Option<String>,
    /// No room any more
    #[arg(long, conflicts_with = "room")]
    no_room: bool,
    /// Another credential for the service; better in the variable
    #[arg(
        long = "credential",
        env = "LIGHTSHIP_CHANNEL_NEW_CREDENTIAL",
        value_name = "TEXT",
        hide_env_values = true
    )]
    credential: Option<String>,
    /// No credential any more
    #[arg(long, conflicts_with = "credential")]
    no_credential: bool,
    /// A component to follow, in place of all that it follows; may be given several times
    #[arg(long, value_name = "COMPONENT", value_parser = words::component)]
    component: Vec<Slug>,
    /// A group to follow, in place of all that it follows; may be given several times
    #[arg(long, value_name = "GROUP")]
    group: Vec<String>,
    /// Follow everything
    #[arg(long, conflicts_with_all = ["component", "group"])]
    everything: bool,
    /// A kind of news, in place of those that it gets: incidents, maintenance or changes; may be
    /// given several times
    #[arg(long = "news", value_name = "KIND", value_parser = news_kind)]
    news: Vec<NewsKind>,
    #[command(flatten)]
    pub(super) connection: Connection,
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

pub(super) fn add(args: &AddArgs, console: &mut Console) -> Result<(), Failure> {
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
    let key = Uuid::now_v7().to_string();
    let answer = client.post(&channels_path(), &wanted, &key)?;
    if console.json {
        output::json(&answer, console);
        return Ok(());
    }
    console.eprint(&format!("Added: {}", styled(BOLD, &clean(&args.name))));
    print_secret(&answer, console);
    Ok(())
}

/// Prints the secret alone, so that it can be piped.
pub(super) fn print_secret(answer: &Value, console: &mut Console) {
    if let Some(secret) = answer["secret"].as_str() {
        console.eprint("Its secret, which isn't shown again:");
        console.print(secret);
    }
}

pub(super) fn edit(args: &EditArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let wanted = EditChannel {
        name: args.name.clone(),
        url: args.address.clone(),
        room: part(args.room.as_ref(), args.no_room),
        token: part(args.credential.as_ref(), args.no_credential),
        following: following(args, found.following),
        paused: None,
    };
    if wanted == EditChannel::default() {
        return Err(Failure::Usage(
            "say what to change; `lightship channels edit --help` lists what can be".to_owned(),
        ));
    }
    let answer = client.edit(&channel_path(&found.id), &wanted, "")?;
    let name = args.name.as_ref().unwrap_or(&found.name);
    output::named("Changed", name, &answer, console);
    Ok(())
}

/// A part of the address for the server: an empty one is removed.
fn part(given: Option<&String>, is_removed: bool) -> Option<String> {
    match is_removed {
        true => Some(String::new()),
        false => given.cloned(),
    }
}

/// What the channel is to follow, if that changes.
fn following(args: &EditArgs, before: FollowingBody) -> Option<SetFollowing> {
    let mut wanted = SetFollowing::from(before.clone());
    let has_parts = !args.component.is_empty() || !args.group.is_empty();
    if args.everything || has_parts {
        wanted = SetFollowing {
            everything: Some(args.everything),
            components: args.component.clone(),
            groups: args.group.clone(),
            incidents: Vec::new(),
            kinds: wanted.kinds,
        };
    }
    if !args.news.is_empty() {
        wanted.kinds = Some(args.news.clone());
    }
    (wanted != SetFollowing::from(before)).then_some(wanted)
}
