//! `lightship resend`: sends unsent requests again.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::connection::Connection;
use super::console::Console;
use super::failure::{Failure, quoted};
use super::output;
use super::times::Clockwork;
use super::unsent::Unsent;
use crate::client::Client;

/// Send again what couldn't be sent; nothing is posted twice
#[derive(Debug, Args)]
pub(super) struct ResendArgs {
    /// The file named when sending failed; by default the only one waiting
    file: Option<PathBuf>,
    /// Send all that are waiting, in the order they were typed
    #[arg(long, conflicts_with_all = ["file", "incident"])]
    all: bool,
    /// Which incident it is about, if that wasn't known yet: a part of its slug
    #[arg(long, value_name = "PART")]
    incident: Option<String>,
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &ResendArgs, console: &mut Console) -> Result<(), Failure> {
    if args.all {
        let files = waiting(console)?;
        if files.is_empty() {
            console.eprint("Nothing is waiting to be sent.");
            return Ok(());
        }
        let client = args.connection.client(console)?;
        // Later requests may depend on earlier ones.
        return files
            .iter()
            .try_for_each(|file| resend(file, None, &client, console));
    }
    let file = match &args.file {
        Some(file) => file.clone(),
        None => match only_file(console)? {
            Some(file) => file,
            None => {
                console.eprint("Nothing is waiting to be sent.");
                return Ok(());
            }
        },
    };
    let client = args.connection.client(console)?;
    resend(&file, args.incident.as_ref(), &client, console)
}

fn resend(
    file: &Path,
    incident: Option<&String>,
    client: &Client,
    console: &mut Console,
) -> Result<(), Failure> {
    let text = fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Failure::Refused(format!(
            "there is no file {}: it was already sent, or is elsewhere; `lightship resend` lists \
             what is waiting",
            file.display()
        )),
        _ => Failure::io(file.display(), &error),
    })?;
    let mut unsent = Unsent::parse(&text).map_err(|error| {
        let file = file.display();
        Failure::Refused(format!("{file} isn't a file that Lightship saved: {error}"))
    })?;
    if let Some(danger) = unsent.danger(client, console) {
        return Err(Failure::Refused(format!("{}: {danger}", file.display())));
    }
    if let Some(part) = incident {
        if let Some(known) = &unsent.incident {
            return Err(Failure::Usage(format!(
                "this is about {known} and can't be sent to another incident; leave out \
                 --incident"
            )));
        }
        unsent.incident_part = Some(part.clone());
    }
    // The command line that it came from may no longer exist.
    unsent.only_copy = true;
    if let Some(at) = unsent.date_as_typed(console.clock.now()) {
        let at = Clockwork::or_utc(client, console).said(at);
        console.eprint(&format!("dated {at}, when it was typed"));
    }
    let answer = unsent.send(client, Some(file), console)?;
    output::done(&unsent, &answer, client, console);
    Ok(())
}

/// The waiting requests, in the order in which they were typed.
fn waiting(console: &Console) -> Result<Vec<PathBuf>, Failure> {
    let Some(folder) = Unsent::folder(console) else {
        return Ok(Vec::new());
    };
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Failure::io(folder.display(), &error)),
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .collect();
    // Unreadable files come last, so that they don't hold up the others.
    files.sort_by_cached_key(|file| {
        let age = read(file).map(|unsent| unsent.age());
        (age.is_none(), age, file.clone())
    });
    Ok(files)
}

fn read(file: &Path) -> Option<Unsent> {
    Unsent::parse(&fs::read_to_string(file).ok()?).ok()
}

fn only_file(console: &Console) -> Result<Option<PathBuf>, Failure> {
    let mut files = waiting(console)?;
    if files.len() < 2 {
        return Ok(files.pop());
    }
    let mut message = format!(
        "{} are waiting; `lightship resend --all` sends them in this order. To send them one by \
         one:",
        files.len()
    );
    for file in &files {
        let what =
            read(file).map_or_else(|| "it can't be read".to_owned(), |unsent| unsent.summary());
        let file = quoted(&file.display().to_string());
        message.push_str(&format!("\n  {what}\n    lightship resend {file}"));
    }
    message.push_str("\nor delete those you no longer want");
    Err(Failure::Usage(message))
}
