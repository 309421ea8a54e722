//! `lightship delivery`: messages to subscribers, on the host itself.

use clap::Subcommand;

use crate::actions::{Change, decide_delivery};
use crate::app::mail_trial::try_mail;
use crate::clock::Clock;
use crate::config::{Config, SourceConfig};
use crate::domain::actor::Actor;
use crate::domain::email_address::EmailAddress;
use crate::store::{Store, check_exists};

/// What to do about messages to subscribers.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum DeliveryCommand {
    /// Send a trial message, and say what went wrong if the mail server doesn't take it
    Test {
        /// Who gets it.
        #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
        to: EmailAddress,
        #[command(flatten)]
        config: Box<Config>,
    },
    /// Hold all messages after a restore, until staff send or drop them on the dashboard
    Hold {
        #[command(flatten)]
        source: SourceConfig,
    },
}

fn parse_address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text).map_err(|error| error.to_string())
}

/// Runs a `delivery` command.
pub(super) async fn delivery(command: DeliveryCommand) -> anyhow::Result<()> {
    match command {
        DeliveryCommand::Test { to, config } => {
            let server = try_mail(&config, &to).await?;
            anstream::println!("{server} took a message to {to}. Look whether it arrives.");
            Ok(())
        }
        DeliveryCommand::Hold { source } => hold(&source.database).await,
    }
}

async fn hold(database: &str) -> anyhow::Result<()> {
    check_exists(database)?;
    let store = Store::open(database).await?;
    let mut change = Change::begin(&store, &Clock::System, Actor::host()).await?;
    let count = decide_delivery::hold(&mut change).await?;
    change.commit().await?;
    store.close().await;
    anstream::println!(
        "Held: {count} that wait, and whatever else comes. Send or drop them on the dashboard."
    );
    Ok(())
}
