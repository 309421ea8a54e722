//! `lightship subscribers import`: sends a table of subscribers in parts, and reports what became of
//! each line.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;
use uuid::Uuid;

use super::connection::Connection;
use super::console::{Console, DIM, styled};
use super::failure::{Failure, REFUSED};
use super::output::{self, clean};
use crate::client::Client;
use crate::render::number::grouped;
use crate::wire::subscriber::{ImportSubscribers, ImportedSubscriber};
use crate::wire::subscriber_table::{self, RefusedLine, Table};

/// How many rows are sent at once.
const ROWS_AT_ONCE: usize = 500;
/// The most that is sent at once, in bytes; the server takes twice as much.
const MAX_PART_BYTES: usize = 128 * 1024;

/// Import subscribers who have agreed to get mail, from a table (CSV)
///
/// The first line names the columns: email and, if you like, components and groups, each with
/// several names separated by semicolons. A list of addresses alone needs no names. Whoever is
/// subscribed already keeps what they chose, and whoever is suppressed stays so; importing a file
/// twice is harmless.
#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The file, or - for standard input
    file: PathBuf,
    /// How all of them agreed to get mail, such as "customers, by contract"
    #[arg(long, value_name = "TEXT")]
    consent: String,
    /// Import nothing, and only say what would happen
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) connection: Connection,
}

/// What has become of the lines so far.
struct Tally {
    added: usize,
    present: usize,
    refused: Vec<RefusedLine>,
}

pub(super) fn run(args: &ImportArgs, console: &mut Console) -> Result<u8, Failure> {
    let client = args.connection.client(console)?;
    let name = args.file.display();
    let text = read(&args.file, console)?;
    let table = subscriber_table::read(&text)
        .map_err(|why| Failure::Refused(format!("{name} can't be imported: {why}")))?;
    let Table {
        rows,
        repeated,
        refused,
    } = table;
    let mut tally = Tally {
        added: 0,
        present: repeated,
        refused,
    };
    let all = rows.len();
    let mut sent = 0;
    for part in parts(rows) {
        let shown = format!("Importing {} of {}", grouped(sent), grouped(all));
        console.progress(Some(&format!("{shown}  {}", bar(sent, all))));
        let rows = part.len();
        let done = send(part, args, &client, &mut tally);
        console.progress(None);
        if let Err(failure) = done {
            if sent > 0 && !args.dry_run {
                console.eprint(&format!(
                    "{} of {} lines were imported before this. Run the same command again: it is \
                     harmless.",
                    grouped(sent),
                    grouped(all)
                ));
            }
            return Err(failure);
        }
        sent += rows;
    }
    tally.refused.sort_by_key(|it| it.line);
    report(&tally, args.dry_run, console);
    Ok(if tally.refused.is_empty() { 0 } else { REFUSED })
}

fn read(file: &Path, console: &mut Console) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    let read = match file == Path::new("-") {
        true => console.input.read_to_end(&mut bytes).map(|_| bytes),
        false => fs::read(file),
    };
    let bytes = read.map_err(|error| Failure::io(file.display(), &error))?;
    String::from_utf8(bytes).map_err(|_| {
        let file = file.display();
        Failure::Refused(format!("{file} isn't UTF-8; save it as \"CSV UTF-8\""))
    })
}

/// The rows in parts that the server takes at once.
fn parts(rows: Vec<(usize, ImportedSubscriber)>) -> Vec<Vec<(usize, ImportedSubscriber)>> {
    let mut parts = Vec::new();
    let mut part = Vec::new();
    let mut bytes = 0;
    for row in rows {
        let size = serde_json::to_string(&row.1).map_or(0, |it| it.len());
        if part.len() == ROWS_AT_ONCE || bytes + size > MAX_PART_BYTES && !part.is_empty() {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += size;
        part.push(row);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn send(
    part: Vec<(usize, ImportedSubscriber)>,
    args: &ImportArgs,
    client: &Client,
    tally: &mut Tally,
) -> Result<(), Failure> {
    let (lines, subscribers): (Vec<_>, Vec<_>) = part.into_iter().unzip();
    let body = ImportSubscribers {
        consent: args.consent.clone(),
        subscribers,
        dry_run: args.dry_run.then_some(true),
    };
    let done = client.import_subscribers(&body, &Uuid::now_v7().to_string())?;
    tally.added += done.added;
    tally.present += done.present;
    let refused = done.refused.into_iter().map(|refused| {
        let address = body.subscribers.get(refused.row);
        RefusedLine {
            line: lines.get(refused.row).copied().unwrap_or_default(),
            address: address.map_or_else(String::new, |it| it.address.clone()),
            detail: refused.detail,
        }
    });
    tally.refused.extend(refused);
    Ok(())
}

fn report(tally: &Tally, is_dry: bool, console: &mut Console) {
    if console.json {
        let refused = tally.refused.iter();
        let refused: Vec<_> = refused
            .map(|it| json!({"line": it.line, "address": it.address, "detail": it.detail}))
            .collect();
        let told = json!({
            "added": tally.added, "present": tally.present, "refused": refused,
            "dry_run": is_dry,
        });
        output::json(&told, console);
        return;
    }
    let [added, present, refused] = [tally.added, tally.present, tally.refused.len()].map(grouped);
    let would = if is_dry { "It would be: " } else { "" };
    console.print(&format!(
        "{would}{added} added, {present} already there, {refused} refused"
    ));
    for it in &tally.refused {
        let line = styled(DIM, &format!("line {}:", it.line));
        let address = clean(&it.address);
        let detail = clean(&it.detail);
        console.eprint(&match address.as_str() {
            "" => format!("  {line} {detail}"),
            address => format!("  {line} {address}: {detail}"),
        });
    }
}

/// A bar of 20 signs.
fn bar(done: usize, all: usize) -> String {
    const WIDTH: usize = 20;
    let full = (done * WIDTH).checked_div(all).unwrap_or(WIDTH);
    format!("[{}{}]", "#".repeat(full), "-".repeat(WIDTH - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_up() {
        assert_eq!(bar(0, 3), "[--------------------]");
        assert_eq!(bar(1, 2), "[##########----------]");
        assert_eq!(bar(3, 3), "[####################]");
        assert_eq!(bar(0, 0), "[####################]");
    }

    #[test]
    fn a_long_list_goes_in_parts_that_the_server_takes() {
        let row = |length: usize| {
            let address = "x".repeat(length);
            (
                1,
                ImportedSubscriber {
                    address,
                    following: None,
                },
            )
        };
        let sizes = |rows| -> Vec<usize> { parts(rows).iter().map(Vec::len).collect() };
        assert_eq!(sizes(Vec::new()), [0; 0]);
        assert_eq!(sizes(vec![row(20); 1001]), [500, 500, 1]);
        assert_eq!(sizes(vec![row(60_000); 3]), [2, 1]);
        assert_eq!(sizes(vec![row(200_000); 2]), [1, 1]);
    }
}
