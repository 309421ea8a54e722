//! `lightship channels test`, `deliveries` and `resend`.

use std::thread::sleep;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::channel_named::{OneArgs, find, find_active};
use super::connection::Connection;
use super::console::{BOLD, Console, styled};
use super::failure::Failure;
use super::output::{self, clean};
use crate::client::channel_path;
use crate::urls;
use crate::wire::channel::{ChannelBody, DeliveryBody, DeliveryList};

/// How long a test may take until it is known what became of it.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often to ask what became of a test.
const ASK: Duration = Duration::from_millis(500);
/// Among how many attempts the one of a test is looked for.
const RECENT: usize = 50;

/// List the attempts of the last week, newest first, with what they were about
#[derive(Debug, Args)]
pub(super) struct DeliveriesArgs {
    /// The channel's name or id
    channel: String,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    limit: u16,
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// Send a message of the last week again
#[derive(Debug, Args)]
pub(super) struct ResendArgs {
    /// The channel's name or id
    channel: String,
    /// The message, as `deliveries` shows it
    message: String,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn test(args: &OneArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find_active(&args.channel, &client)?;
    let path = format!("{}/test", channel_path(&found.id));
    let key = Uuid::now_v7().to_string();
    let answer = client.post(&path, &json!({}), &key)?;
    let id = answer["id"].as_str().unwrap_or_default();
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        let attempts = client.deliveries(&found.id, RECENT)?;
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

pub(super) fn deliveries(args: &DeliveriesArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find(&args.channel, &client)?;
    let deliveries = client.deliveries(&found.id, usize::from(args.limit))?;
    if console.json {
        let list = serde_json::to_value(DeliveryList { deliveries }).unwrap_or_default();
        output::json(&list, console);
        return Ok(());
    }
    for one in &deliveries {
        let outcome = match &one.failure {
            None => "delivered".to_owned(),
            Some(why) => clean(why),
        };
        let about = one.incident.as_ref().or(one.component.as_ref());
        let about = about.map_or_else(String::new, |slug| format!(" {slug}"));
        let at = one.at.format("%Y-%m-%d %H:%M:%SZ");
        console.print(&format!(
            "{at}  {}  {}{about}  attempt {}, {} ms: {outcome}",
            clean(&one.id),
            clean(&one.event),
            one.attempt,
            one.duration_ms
        ));
    }
    if deliveries.is_empty() {
        console.print("Nothing was sent to it in the last week.");
    }
    if deliveries.len() == usize::from(args.limit) {
        let more = args.limit.saturating_mul(4).min(10_000);
        console.eprint(&format!("There may be more; --limit {more} shows more."));
    }
    Ok(())
}

pub(super) fn resend(args: &ResendArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let found = find_active(&args.channel, &client)?;
    let message = urls::encoded(&args.message);
    let path = format!("{}/deliveries/{message}/again", channel_path(&found.id));
    let key = Uuid::now_v7().to_string();
    let answer = client.post(&path, &json!({}), &key)?;
    output::named("Is sent again", &args.message, &answer, console);
    Ok(())
}
