//! `lightship healthcheck`: checks whether the server on this machine is alive, for containers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::console::Console;
use super::failure::Failure;
use super::output;
use crate::client::Client;
use crate::config::Listen;

/// A server that doesn't respond within this time is unhealthy.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ask the server whether it is alive; the exit code is the answer
#[derive(Debug, Args)]
pub(super) struct HealthcheckArgs {
    /// Where the server is, if not at the address it listens on
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The address that the server listens on
    #[arg(
        long,
        env = "LIGHTSHIP_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:8080"
    )]
    listen: Listen,
    /// Print the result as JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &HealthcheckArgs, console: &mut Console) -> Result<(), Failure> {
    let url = match &args.url {
        Some(url) => url.clone(),
        None => {
            let listen = args
                .listen
                .resolve()
                .map_err(|error| Failure::io(format!("{} can't be found", args.listen), &error))?;
            format!("http://{}", reachable(listen))
        }
    };
    Client::with_patience(&url, None, PATIENCE)?.check_health()?;
    if console.json {
        output::json(&json!({"alive": true, "url": url}), console);
    } else {
        console.print("alive");
    }
    Ok(())
}

/// An address to connect to. If the server listens on all addresses, it is the loopback address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_asked_at_home() {
        let check = |listen: &str, wanted: &str| {
            let asked = reachable(listen.parse().unwrap());
            assert_eq!(asked.to_string(), wanted);
        };
        check("0.0.0.0:8080", "127.0.0.1:8080");
        check("[::]:80", "[::1]:80");
        check("10.1.2.3:80", "10.1.2.3:80");
    }
}
