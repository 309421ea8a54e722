//! `lightship sync`: syncs the content folder into the database once.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::json;

use super::console::Console;
use super::failure::{Failure, chain};
use super::on_host::SHUTDOWN;
use super::output;
use crate::actions::ActionError;
use crate::actions::sync_content::{SyncOptions, sync_content};
use crate::actions::sync_report::SyncReport;
use crate::app::content_sync::{self, GONE_AFTER, known_site, read};
use crate::config::SourceConfig;
use crate::content::problem::{Problem, Severity};
use crate::content::{Content, IdWriter};
use crate::store::Store;

/// Sync the content folder into the database once; `serve` does it whenever a file changes
#[derive(Debug, Args)]
pub(super) struct SyncArgs {
    #[command(flatten)]
    source: SourceConfig,
    /// Sync from this machine and folder from now on, whatever the database synced from before
    #[arg(long)]
    take_over: bool,
    /// Sync even if more than half of the known files are gone
    #[arg(long)]
    allow_missing: bool,
    /// Write the ids of incidents and updates into the files, so that a new database built from
    /// them has the same ids
    #[arg(long)]
    write_ids: bool,
    /// Print the result as JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

/// The result of all passes over the folder.
#[derive(Default)]
struct Outcome {
    report: SyncReport,
    content: Content,
    /// Why the sync was refused.
    refusal: Option<String>,
    /// Files that got ids.
    written: Vec<String>,
}

/// Returns the exit code: 1 if there was an error or the sync was refused.
pub(super) fn run(args: &SyncArgs, console: &mut Console) -> Result<u8, Failure> {
    let runtime = tokio::runtime::Runtime::new()
        .map_err(|error| Failure::io("no threads can be started", &error))?;
    let synced = runtime.block_on(sync(args, console));
    runtime.shutdown_timeout(SHUTDOWN);
    let mut outcome = synced.map_err(|error| Failure::Refused(chain(&error)))?;
    let mut problems = std::mem::take(&mut outcome.content.problems);
    problems.append(&mut outcome.report.moved);
    problems.append(&mut outcome.report.problems);
    if console.json {
        tell_as_json(&outcome, &problems, console);
    } else {
        print_outcome(&outcome, &problems, args, console);
    }
    let is_error = |problem: &Problem| problem.severity == Severity::Error;
    let failed = outcome.refusal.is_some() || problems.iter().any(is_error);
    Ok(u8::from(failed))
}

async fn sync(args: &SyncArgs, console: &Console) -> anyhow::Result<Outcome> {
    let store = Store::open(&args.source.database).await?;
    let mut outcome = Outcome::default();
    look(args, console, &store, BTreeSet::new(), &mut outcome).await?;
    let missing = outcome.report.missing.clone();
    if !missing.is_empty() || outcome.refusal.is_some() {
        // Missing files may reappear soon: an editor or a deploy may be replacing them.
        tokio::time::sleep(GONE_AFTER).await;
        look(args, console, &store, missing, &mut outcome).await?;
    }
    if args.write_ids && outcome.refusal.is_none() {
        write_ids(args, console, &store, &mut outcome).await?;
    }
    store.close().await;
    Ok(outcome)
}

/// One pass over the folder; its result is added to `outcome`.
async fn look(
    args: &SyncArgs,
    console: &Console,
    store: &Store,
    gone: BTreeSet<String>,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let options = SyncOptions {
        feeder: args.source.feeder(),
        take_over: args.take_over,
        allow_missing: args.allow_missing,
        gone,
    };
    let folder = &args.source.content;
    let synced = match args.write_ids {
        // All files must be parsed for their ids, even if nothing has changed.
        true => {
            outcome.content = read(store, &console.clock, folder, BTreeSet::new()).await?;
            sync_content(store, &console.clock, &outcome.content, &options).await
        }
        false => {
            let (content, synced) =
                content_sync::look(store, &console.clock, folder, &options, BTreeSet::new())
                    .await?;
            outcome.content = content;
            synced
        }
    };
    match synced {
        Ok(mut report) => {
            report.added += outcome.report.added;
            report.changed += outcome.report.changed;
            report.hidden += outcome.report.hidden;
            report.revision = report.revision.or(outcome.report.revision);
            outcome.report = report;
            outcome.refusal = None;
            Ok(())
        }
        Err(ActionError::Conflict(why)) => {
            outcome.refusal = Some(why);
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes ids into the files, and syncs them again.
async fn write_ids(
    args: &SyncArgs,
    console: &Console,
    store: &Store,
    outcome: &mut Outcome,
) -> anyhow::Result<()> {
    let known = known_site(store).await?;
    let Some(site) = &outcome.content.site else {
        return Ok(());
    };
    let folder = &args.source.content;
    let writer = IdWriter::new(folder, site, &known, console.clock.now());
    let mut problems = Vec::new();
    for file in &outcome.content.incidents {
        let Some(ids) = outcome.report.ids.get(&file.file) else {
            continue;
        };
        match writer.write(file, ids) {
            Ok(true) => outcome.written.push(file.file.clone()),
            Ok(false) => {}
            Err(why) => problems.push(Problem::of_file(
                Severity::Error,
                &file.file,
                "its ids couldn't be written into it",
                Some(&why),
            )),
        }
    }
    if !outcome.written.is_empty() {
        let before = outcome.report.clone();
        look(args, console, store, BTreeSet::new(), outcome).await?;
        // Writing ids doesn't count as changing an incident.
        outcome.report.changed = before.changed;
    }
    outcome.report.problems.append(&mut problems);
    Ok(())
}

fn tell_as_json(outcome: &Outcome, problems: &[Problem], console: &mut Console) {
    let report = &outcome.report;
    let json = json!({
        "problems": problems,
        "refused": outcome.refusal,
        "added": report.added,
        "changed": report.changed,
        "hidden": report.hidden,
        "ids_written": outcome.written,
        "revision": report.revision,
    });
    output::json(&json, console);
}

fn print_outcome(outcome: &Outcome, problems: &[Problem], args: &SyncArgs, console: &mut Console) {
    let prefix = args.source.content.display().to_string();
    for problem in problems {
        console.print(&problem.render(&prefix, true));
    }
    if let Some(why) = &outcome.refusal {
        Failure::Refused(why.clone()).report(console);
        return;
    }
    console.print(&summary(&outcome.report));
    match outcome.written.len() {
        0 => {}
        1..=5 => console.print(&format!("ids written into {}", outcome.written.join(", "))),
        count => console.print(&format!("ids written into {count} files")),
    }
}

/// "3 incidents added, 1 changed, 1 hidden", or "nothing new".
fn summary(report: &SyncReport) -> String {
    let counts = [
        (report.added, "added"),
        (report.changed, "changed"),
        (report.hidden, "hidden"),
    ];
    let mut parts = Vec::new();
    for (count, what) in counts.into_iter().filter(|(count, _)| *count > 0) {
        let noun = match (parts.is_empty(), count) {
            (true, 1) => " incident",
            (true, _) => " incidents",
            (false, _) => "",
        };
        parts.push(format!("{count}{noun} {what}"));
    }
    match (parts.is_empty(), report.revision) {
        (false, _) => parts.join(", "),
        (true, Some(_)) => "the site's settings or components changed; no incident did".to_owned(),
        (true, None) => "nothing new".to_owned(),
    }
}
