//! The command line: one file per command. This file lists and runs them.

mod activity_log;
mod already_posted;
mod build;
mod channel_deliveries;
mod channel_named;
mod channel_settings;
mod channels;
mod check;
mod choose;
mod completions;
mod confirm;
mod confirm_time;
mod connection;
mod console;
mod correct;
mod delivery;
mod demo;
mod draft;
mod environment;
mod failure;
mod following;
mod healthcheck;
mod import_subscribers;
mod incident;
mod login;
mod maintenance;
mod on_host;
mod output;
mod private_file;
mod resend;
mod send;
mod serve;
mod state;
mod status;
mod subscribers;
mod sync;
mod telling;
mod template;
#[cfg(test)]
mod tests;
mod text;
mod times;
mod token;
mod unsent;
mod update;
mod withdraw;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::console::Console;
use self::environment::UserEnvironment;
use self::on_host::on_host;

use crate::config::{Config, SourceConfig};

/// A customer-facing status page and incident blog in one binary
#[derive(Debug, Parser)]
#[command(
    name = "lightship",
    version,
    propagate_version = true,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: Config,
    #[command(flatten)]
    environment: UserEnvironment,
}

/// What can be asked of us.
#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the page (the default command)
    Serve(Config),
    Demo(demo::DemoArgs),
    Build(build::BuildArgs),
    /// Create, list and revoke tokens, on the host itself
    Token {
        #[command(subcommand)]
        command: token::TokenCommand,
        #[command(flatten)]
        source: SourceConfig,
    },
    /// Try or hold messages to subscribers, on the host itself
    Delivery {
        #[command(subcommand)]
        command: delivery::DeliveryCommand,
    },
    State(state::StateArgs),
    Incident(incident::IncidentArgs),
    Update(update::UpdateArgs),
    Resolve(update::ResolveArgs),
    Maintenance(maintenance::MaintenanceArgs),
    Status(status::StatusArgs),
    Correct(correct::CorrectArgs),
    Draft(draft::DraftArgs),
    Resend(resend::ResendArgs),
    #[command(name = "record")]
    ActivityLog(activity_log::ActivityLogArgs),
    Subscribers(subscribers::SubscribersArgs),
    Channels(channels::ChannelsArgs),
    Login(login::LoginArgs),
    Healthcheck(healthcheck::HealthcheckArgs),
    Check(check::CheckArgs),
    Sync(sync::SyncArgs),
    Completions(completions::CompletionsArgs),
}

/// Runs the command of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let mut console = Console::of_process(cli.environment.clone());
    ExitCode::from(run_in(&cli, &mut console))
}

/// Runs a command and returns the exit code: 0 done, 1 refused, 2 wrong usage.
fn run_in(cli: &Cli, console: &mut Console) -> u8 {
    let Some(command) = &cli.command else {
        return on_host(serve::serve(cli.serve.clone()));
    };
    console.json = command.wants_json();
    let done = match command {
        Command::Serve(config) => return on_host(serve::serve(config.clone())),
        Command::Demo(args) => return on_host(demo::demo(args.clone())),
        Command::Build(args) => return on_host(build::build(args.clone())),
        Command::Token { command, source } => {
            return on_host(token::token(command.clone(), source));
        }
        Command::Delivery { command } => return on_host(delivery::delivery(command.clone())),
        Command::Check(args) => check::run(args, console),
        Command::Sync(args) => sync::run(args, console),
        Command::State(args) => state::run(args, console).map(|()| 0),
        Command::Incident(args) => incident::run(args, console).map(|()| 0),
        Command::Update(args) => update::run(args, console).map(|()| 0),
        Command::Resolve(args) => update::run_resolve(args, console).map(|()| 0),
        Command::Maintenance(args) => maintenance::run(args, console).map(|()| 0),
        Command::Status(args) => status::run(args, console).map(|()| 0),
        Command::Resend(args) => resend::run(args, console).map(|()| 0),
        Command::Correct(args) => correct::run(args, console).map(|()| 0),
        Command::Draft(args) => draft::run(args, console).map(|()| 0),
        Command::ActivityLog(args) => activity_log::run(args, console).map(|()| 0),
        Command::Subscribers(args) => subscribers::run(args, console),
        Command::Channels(args) => channels::run(args, console),
        Command::Login(args) => login::run(args, console).map(|()| 0),
        Command::Healthcheck(args) => healthcheck::run(args, console).map(|()| 0),
        Command::Completions(args) => {
            // Only the subcommands: shells would complete the hidden options of `Cli`, too.
            let bare = Command::augment_subcommands(clap::Command::new("lightship"));
            completions::run(args, bare, console).map(|()| 0)
        }
    };
    done.unwrap_or_else(|failure| failure.report(console))
}

impl Command {
    fn wants_json(&self) -> bool {
        match self {
            Self::State(args) => args.connection.json,
            Self::Incident(args) => args.connection.json,
            Self::Update(args) => args.connection.json,
            Self::Resolve(args) => args.connection.json,
            Self::Maintenance(args) => args.connection().json,
            Self::Status(args) => args.connection.json,
            Self::Resend(args) => args.connection.json,
            Self::Correct(args) => args.connection.json,
            Self::Draft(args) => args.wants_json(),
            Self::ActivityLog(args) => args.connection.json,
            Self::Subscribers(args) => args.wants_json(),
            Self::Channels(args) => args.wants_json(),
            Self::Login(args) => args.connection.json,
            Self::Healthcheck(args) => args.json,
            Self::Check(args) => args.json,
            Self::Sync(args) => args.json,
            Self::Build(_)
            | Self::Completions(_)
            | Self::Delivery { .. }
            | Self::Demo(_)
            | Self::Serve(_)
            | Self::Token { .. } => false,
        }
    }
}
