//! `lightship correct`: corrects or withdraws what was published.

use std::path::PathBuf;

use clap::Args;
use uuid::Uuid;

use super::choose;
use super::connection::Connection;
use super::console::{Console, DIM, styled};
use super::failure::{Failure, SavedAs};
use super::output;
use super::private_file;
use super::telling::Aloud;
use super::text::TextSource;
use super::times::{self, Clockwork};
use super::unsent::Unsent;
use super::withdraw;
use super::words::{self, Setting};
use crate::client::Client;
use crate::domain::slug::Slug;
use crate::domain::update::Phase;
use crate::urls;
use crate::wire::incident::{EditIncident, IncidentBody};
use crate::wire::update::{EditUpdate, UpdateBody};

/// How many updates are listed to choose from.
const OFFERED: usize = 9;

/// Correct or withdraw an update; the newest one unless you name another
///
/// Customers see that it was edited, and when; the earlier version stays in the activity log.
#[derive(Debug, Args)]
pub(super) struct CorrectArgs {
    /// The full corrected text, or - for standard input; with no options at all, your editor opens
    /// with the current text
    text: Option<String>,
    /// The text, as with `incident`
    #[arg(
        short,
        long,
        value_name = "TEXT",
        allow_hyphen_values = true,
        conflicts_with_all = ["text", "file"]
    )]
    message: Option<String>,
    /// A file with the text
    #[arg(long, value_name = "FILE", conflicts_with = "text")]
    file: Option<PathBuf>,
    /// Which update: its number in --list, a part of its id that no other update has, or newest
    #[arg(long, value_name = "PART")]
    update: Option<String>,
    /// The post itself, not an update
    #[arg(long, conflicts_with_all = ["update", "phase", "list", "bring_back"])]
    post: bool,
    /// A new headline for the post
    #[arg(long, value_name = "TITLE", requires = "post")]
    title: Option<String>,
    /// The phase that it should have set
    #[arg(long, value_parser = words::phase(), ignore_case = true)]
    phase: Option<Phase>,
    /// What it should have set, replacing everything it did set; may be given several times
    #[arg(long, value_name = "COMPONENT=STATE", value_parser = words::setting)]
    set: Vec<Setting>,
    /// The time it refers to, in the site's zone: "2:15" or "yesterday 22:00"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    at: Option<String>,
    #[command(flatten)]
    telling: Aloud,
    /// Withdraw it: it disappears from the page and the feeds, and so do its states
    #[arg(long, conflicts_with_all = ["text", "message", "file", "title", "phase", "set", "at"])]
    withdraw: bool,
    /// Don't ask whether a whole incident is to be withdrawn
    #[arg(long, requires = "withdraw")]
    yes: bool,
    /// Bring a withdrawn update back, by its id
    #[arg(long, value_name = "ID", conflicts_with_all = ["text", "message", "file", "update", "phase", "set", "at", "withdraw"])]
    bring_back: Option<String>,
    /// List the updates with their ids, and change nothing
    #[arg(long, conflicts_with_all = ["text", "message", "file", "update", "phase", "set", "at", "withdraw", "bring_back"])]
    list: bool,
    /// Which incident: a part of its slug that no other open incident has; by default the open one
    #[arg(long, value_name = "PART")]
    incident: Option<String>,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &CorrectArgs, console: &mut Console) -> Result<(), Failure> {
    let client = args.connection.client(console)?;
    let known = client.incidents()?;
    let slug = choose::recent(&known, args.incident.as_deref(), console)?.slug;
    if let Some(id) = &args.bring_back {
        return withdraw::bring_back(&slug, id, &client, console);
    }
    let incident = client.find::<IncidentBody>(&urls::api_incident(&slug))?;
    let updates = &incident.value.updates;
    if args.list {
        if console.json {
            output::json(&serde_json::to_value(updates).unwrap_or_default(), console);
        } else {
            let lines = lines(updates, Clockwork::or_utc(&client, console));
            for line in &lines {
                console.print(line);
            }
        }
        return Ok(());
    }
    let update = match args.post {
        true => None,
        false => Some(choose_update(
            updates,
            args.update.as_deref(),
            &client,
            console,
        )?),
    };
    // Read before the person types anything, so that a colleague's change is noticed.
    let (path, old, etag) = match update {
        Some(update) => {
            let path = urls::api_update(&slug, &update.id);
            let found = client.find::<UpdateBody>(&path)?;
            (path, found.value.markdown, found.etag)
        }
        None => (
            urls::api_incident(&slug),
            incident.value.markdown.clone(),
            incident.etag,
        ),
    };
    if args.withdraw {
        if update.is_none() && !args.yes {
            withdraw::ask(&incident.value, console)?;
        }
        let answer = client.delete(&path, &etag)?;
        withdraw::tell(&slug, update, &answer, console);
        return Ok(());
    }
    let at = times::at(args.at.as_ref(), &client, console)?;
    let components = words::settings(&args.set).map_err(Failure::Usage)?;
    let components = words::if_any(components);
    let is_more =
        args.title.is_some() || args.phase.is_some() || at.is_some() || components.is_some();
    let text = text(args, is_more, &old, &slug, console)?;
    let (markdown, is_only_copy) = text.unzip();
    let kept = markdown.clone().filter(|_| is_only_copy == Some(true));
    let answer = if args.post {
        let wanted = EditIncident {
            title: args.title.clone(),
            markdown,
            components,
            published_at: at,
            notify: args.telling.notify(),
            ..EditIncident::default()
        };
        client.edit(&path, &wanted, &etag)
    } else {
        let wanted = EditUpdate {
            markdown,
            phase: args.phase.map(Some),
            components,
            at,
            notify: args.telling.notify(),
            ..EditUpdate::default()
        };
        client.edit(&path, &wanted, &etag)
    };
    match (answer, kept) {
        (Ok(answer), _) if args.post => output::corrected_post(&answer, console),
        (Ok(answer), _) => output::corrected_update(&slug, &answer, console),
        (Err(error), Some(text)) => {
            let kept = keep(&text, console);
            return Err(Failure::AfterTyping(Box::new(error.into()), kept));
        }
        (Err(error), None) => return Err(error.into()),
    }
    Ok(())
}

/// The corrected text, if any, and whether this process has the only copy of it. `is_more` says
/// that other fields are corrected, so the text may stay unchanged.
fn text(
    args: &CorrectArgs,
    is_more: bool,
    old: &str,
    slug: &Slug,
    console: &mut Console,
) -> Result<Option<(String, bool)>, Failure> {
    let text = args.text.as_ref().or(args.message.as_ref());
    if text.is_none() && args.file.is_none() && is_more {
        return Ok(None);
    }
    let source = TextSource::of(text, args.file.as_ref(), console)?;
    let hints = format!("\nWhat customers read in {slug}.\n\nTo change nothing, save it as it is.");
    let text = source.read_from(old, &hints, console)?;
    if !is_more && text == old.trim() {
        return Err(Failure::Refused(
            "nothing changed: the text is the same".to_owned(),
        ));
    }
    Ok(Some((text, source.is_only_copy())))
}

fn choose_update<'a>(
    updates: &'a [UpdateBody],
    part: Option<&str>,
    client: &Client,
    console: &mut Console,
) -> Result<&'a UpdateBody, Failure> {
    let Some(newest) = updates.last() else {
        return Err(Failure::Refused(
            "it has no updates yet; --post corrects the post itself".to_owned(),
        ));
    };
    let part = part.map(|part| part.trim().to_lowercase());
    // A number that begins with a zero is part of an id.
    let row = part.as_ref().filter(|part| !part.starts_with('0'));
    let row = row.and_then(|part| part.parse::<usize>().ok());
    if let Some(update) = row.and_then(|row| updates.iter().rev().nth(row.checked_sub(1)?)) {
        return Ok(update);
    }
    if let Some(part) = part.as_ref().filter(|part| *part != "newest") {
        let found: Vec<_> = updates
            .iter()
            .filter(|it| it.id.contains(part.as_str()))
            .collect();
        return match found.as_slice() {
            [one] => Ok(one),
            several => {
                offer(updates, client, console);
                Err(Failure::Usage(format!(
                    "{} updates have {part:?} in their id; give a longer part",
                    match several.len() {
                        0 => "no".to_owned(),
                        count => count.to_string(),
                    }
                )))
            }
        };
    }
    if part.is_some() || updates.len() == 1 || !console.interactive || console.json {
        return Ok(newest);
    }
    offer(updates, client, console);
    let offered = updates.len().min(OFFERED);
    let answer = console
        .ask(&format!(
            "Which one? [1-{offered}, or Enter for the newest]"
        ))
        .map_err(|error| Failure::io("couldn't read an answer", &error))?;
    let number = match answer.as_deref() {
        Some("") => Some(1),
        Some(answer) => answer.parse::<usize>().ok(),
        None => None,
    };
    number
        .filter(|number| (1..=offered).contains(number))
        .and_then(|number| updates.iter().rev().nth(number - 1))
        .ok_or_else(|| Failure::Usage("nothing chosen; use --update with its number".to_owned()))
}

/// Lists the newest updates to choose from.
fn offer(updates: &[UpdateBody], client: &Client, console: &mut Console) {
    let lines = lines(updates, Clockwork::or_utc(client, console));
    for line in lines.iter().take(OFFERED) {
        console.eprint(line);
    }
}

/// The updates, newest first, each with the end of its id, which is the part that differs most.
fn lines(updates: &[UpdateBody], clockwork: Clockwork) -> Vec<String> {
    if updates.is_empty() {
        return vec!["It has no updates yet.".to_owned()];
    }
    let line = |(number, update): (usize, &UpdateBody)| {
        let at = clockwork.stamp(update.at);
        let phase = update.phase.map_or("", |phase| phase.label());
        let mut ends = update.id.char_indices().rev();
        let start = ends.nth(7).map_or(0, |(start, _)| start);
        let id = styled(DIM, &update.id[start..]);
        let first: String = output::clean(&update.markdown).chars().take(60).collect();
        format!("{number:3}  {at}  {id}  {phase:13}  {first}")
    };
    (1..).zip(updates.iter().rev()).map(line).collect()
}

/// Saves a text to a file.
fn keep(text: &str, console: &Console) -> SavedAs {
    let nowhere = |why: String| SavedAs::Nowhere {
        text: text.to_owned(),
        why,
    };
    let Some(folder) = Unsent::folder(console) else {
        return nowhere("there is no home folder".to_owned());
    };
    let time = console.clock.now().format("%Y-%m-%dT%H%M%SZ");
    let file = folder.join(format!("{time}-correct-{}.md", Uuid::now_v7()));
    match private_file::write(&file, text) {
        Ok(()) => SavedAs::Text(file),
        Err(error) => nowhere(format!("{}: {error}", file.display())),
    }
}
