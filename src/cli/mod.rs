//! The command line: one file a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{Config, SourceConfig};

mod serve;
mod token;

/// A status page and incident blog in one binary.
#[derive(Debug, Parser)]
#[command(name = "lightship", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Config,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page (also without a command).
    Serve(Config),
    /// Make, list and revoke tokens.
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
        #[command(flatten)]
        source: SourceConfig,
    },
}

/// Runs what the arguments say. Exit codes: 0 done, 1 refused or failed, 2 wrong usage.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let outcome = runtime.block_on(async {
        match cli.command {
            None => serve::serve(cli.serve).await,
            Some(Command::Serve(config)) => serve::serve(config).await,
            Some(Command::Token { command, source }) => token::token(command, &source).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    anstream::eprintln!("error: {error:#}");
    ExitCode::FAILURE
}
