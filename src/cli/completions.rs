//! `lightship completions`: what a shell needs to complete our commands.

use clap::{Args, Subcommand};
use clap_complete::Shell;

use super::Command;
use super::failure::Failure;
use super::world::World;

/// Write a completion script for your shell
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// Which shell
    shell: Shell,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every command answers in the same way"
)]
pub(super) fn run(args: &CompletionsArgs, world: &mut World) -> Result<(), Failure> {
    // Made of the subcommands alone: shells would offer the hidden options of `Cli` too.
    let bare = clap::Command::new("lightship");
    let mut command = Command::augment_subcommands(bare);
    clap_complete::generate(args.shell, &mut command, "lightship", &mut world.out);
    Ok(())
}
