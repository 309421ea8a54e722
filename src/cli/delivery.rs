//! `lightship delivery`: messages to subscribers, on the host itself.

use clap::Subcommand;

use crate::app::mail_trial::try_mail;
use crate::config::Config;
use crate::domain::email_address::EmailAddress;

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
    }
}
