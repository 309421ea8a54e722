//! `lightship completions`: shell completions for our commands.

use clap::{Args, Command};
use clap_complete::Shell;

use super::console::Console;
use super::failure::Failure;

/// Write a completion script for your shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Which shell
    shell: Shell,
}

/// Writes the completion script of `command`.
#[expect(
    clippy::unnecessary_wraps,
    reason = "every command answers in the same way"
)]
pub(super) fn run(
    args: &CompletionsArgs,
    mut command: Command,
    console: &mut Console,
) -> Result<(), Failure> {
    clap_complete::generate(args.shell, &mut command, "lightship", &mut console.out);
    Ok(())
}
