//! `lightship check`: finds problems in the content folder before anything is published.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::console::Console;
use super::failure::Failure;
use super::output;
use crate::content::addresses::check_addresses;
use crate::content::problem::{Problem, Severity};
use crate::content::{Content, KnownSite, read_folder};

/// Check the content folder; needs no database and no server
#[derive(Debug, Args)]
pub(super) struct CheckArgs {
    /// The folder with site.toml and incidents/*.md
    #[arg(
        long,
        env = "LIGHTSHIP_CONTENT",
        default_value = "content",
        value_name = "FOLDER"
    )]
    content: PathBuf,
    /// Treat warnings as errors, for a git hook or before automatic publishing
    #[arg(long)]
    strict: bool,
    /// Print the problems as JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

/// Returns the exit code: 1 if something in the folder can't be published as it is, or, in strict
/// mode, if there are warnings.
pub(super) fn run(args: &CheckArgs, console: &mut Console) -> Result<u8, Failure> {
    let folder = &args.content;
    if !folder.is_dir() {
        let shown = folder.display();
        let what = if folder.exists() {
            format!("{shown} is not a folder")
        } else {
            format!("there is no folder {shown}")
        };
        return Err(Failure::Refused(format!(
            "{what}; name the one that holds site.toml with --content FOLDER or LIGHTSHIP_CONTENT"
        )));
    }
    let mut content = read_folder(folder, &KnownSite::default(), console.clock.now());
    check_addresses(&mut content);
    if console.json {
        output::json(&json!({"problems": content.problems}), console);
    } else {
        let prefix = folder.display().to_string();
        for problem in &content.problems {
            console.print(&problem.render(&prefix, true));
        }
        console.print(&summary(&content));
    }
    let stops = |problem: &Problem| match problem.severity {
        Severity::Error => true,
        Severity::Warning => args.strict,
        Severity::Hint => false,
    };
    Ok(u8::from(content.problems.iter().any(stops)))
}

/// "2 errors, 1 warning in 12 files", "12 files, no problems".
fn summary(content: &Content) -> String {
    let files = 1 + content.incidents.len() + content.unreadable.len();
    let files = counted(files, "file");
    let found: Vec<String> = [Severity::Error, Severity::Warning, Severity::Hint]
        .into_iter()
        .filter_map(|severity| {
            let of_it = |problem: &&Problem| problem.severity == severity;
            let count = content.problems.iter().filter(of_it).count();
            (count > 0).then(|| counted(count, severity.as_str()))
        })
        .collect();
    if found.is_empty() {
        format!("{files}, no problems")
    } else {
        format!("{} in {files}", found.join(", "))
    }
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
