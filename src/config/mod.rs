//! Every setting, its default and its variable, read once.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::path::{Path, PathBuf};

use ipnet::IpNet;

pub use self::smtp::{Protection, SmtpServer};
pub use tracing_subscriber::filter::Targets;

mod smtp;

/// How the server is to run: flags, else `LIGHTSHIP_*` variables, else these defaults.
#[derive(Debug, Clone, clap::Args)]
pub struct Config {
    /// The address to serve on.
    #[arg(
        long,
        env = "LIGHTSHIP_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    pub listen: Listen,

    /// The address to serve metrics for Prometheus on, such as 127.0.0.1:9180; by default, none are
    /// served.
    #[arg(long, env = "LIGHTSHIP_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<Listen>,

    #[command(flatten)]
    pub source: SourceConfig,

    /// Scheme and host under which readers reach the page, such as https://status.example.com; by
    /// default, what site.toml says.
    #[arg(long, env = "LIGHTSHIP_BASE_URL", value_name = "URL", value_parser = parse_base_url)]
    pub base_url: Option<String>,

    /// A folder for a copy of what the pages show. If the database is away at a start, the last pages
    /// are served from it until the database is back.
    #[arg(long, env = "LIGHTSHIP_STATE_DIR", value_name = "FOLDER")]
    pub state_dir: Option<PathBuf>,

    /// A proxy trusted to say who the reader is (X-Forwarded-For, X-Forwarded-Proto), or a network
    /// of them, such as 10.0.0.0/8; may be given several times. By default, the machine itself.
    #[arg(
        long,
        env = "LIGHTSHIP_TRUSTED_PROXY",
        value_name = "IP",
        value_delimiter = ',',
        value_parser = parse_network
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// The most database connections to use, besides an occasional one that tests whether the
    /// database accepts writes, and on PostgreSQL one that hears of other processes' changes.
    #[arg(
        long,
        env = "LIGHTSHIP_DATABASE_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = CONNECTIONS,
        value_parser = clap::value_parser!(u32).range(2..=100)
    )]
    pub database_connections: u32,

    /// The most open pages that are told at once what changes on them; those past it ask for the
    /// page now and then. Never more than half of all connections.
    #[arg(
        long,
        env = "LIGHTSHIP_LIVE_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = LIVE_CONNECTIONS
    )]
    pub live_connections: u32,

    /// The mail server that takes messages to subscribers: smtps://USER:PASSWORD@HOST, or
    /// smtp://HOST (with STARTTLS, unless it is this machine). The sender stands in site.toml.
    #[arg(
        long,
        env = "LIGHTSHIP_SMTP",
        value_name = "URL",
        hide_env_values = true
    )]
    pub smtp: Option<SmtpServer>,

    /// A private key (PEM, RSA or Ed25519) that signs messages for the sender's domain (DKIM).
    #[arg(long, env = "LIGHTSHIP_DKIM_KEY", value_name = "FILE")]
    pub dkim_key: Option<PathBuf>,

    /// The name of that key in DNS: SELECTOR._domainkey.DOMAIN.
    #[arg(
        long,
        env = "LIGHTSHIP_DKIM_SELECTOR",
        value_name = "SELECTOR",
        default_value = "lightship",
        value_parser = parse_selector
    )]
    pub dkim_selector: String,

    /// How many connections to the mail server to use at once.
    #[arg(
        long,
        env = "LIGHTSHIP_SMTP_CONNECTIONS",
        value_name = "NUMBER",
        default_value_t = SMTP_CONNECTIONS,
        value_parser = clap::value_parser!(u32).range(1..=100)
    )]
    pub smtp_connections: u32,

    /// The most messages to hand to the mail server in a second; by default, as many as it takes.
    #[arg(
        long,
        env = "LIGHTSHIP_SMTP_RATE",
        value_name = "NUMBER",
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    pub smtp_rate: Option<u32>,

    /// Let webhooks and chats lead to private networks and this machine, and to http:// addresses.
    #[arg(long, env = "LIGHTSHIP_WEBHOOKS_TO_PRIVATE_NETWORKS")]
    pub webhooks_to_private_networks: bool,

    /// Write a line to standard output for each request, in the Common Log Format or as JSON.
    #[arg(long, env = "LIGHTSHIP_ACCESS_LOG", value_enum, value_name = "FORMAT")]
    pub access_log: Option<AccessLogFormat>,

    /// The format of the log.
    #[arg(long, env = "LIGHTSHIP_LOG_FORMAT", value_enum, default_value = "text")]
    pub log_format: LogFormat,

    /// What is logged: error, warn, info, debug or trace; also for parts of the program, as in
    /// info,lightship::app=debug.
    #[arg(long, env = "LIGHTSHIP_LOG", default_value = "info", value_name = "FILTER", value_parser = parse_filter)]
    pub log: Targets,
}

/// Where the content and the database are.
#[derive(Debug, Clone, clap::Args)]
pub struct SourceConfig {
    /// The database: sqlite:FILE (created if missing) or postgres://USER@HOST/NAME; for a primary
    /// with standbys the URLs of all, with commas between them.
    #[arg(
        long,
        env = "LIGHTSHIP_DATABASE",
        global = true,
        default_value = "sqlite:lightship.db",
        value_name = "URL"
    )]
    pub database: String,

    /// The folder with site.toml and incidents/*.md; "none" if this process has none.
    #[arg(
        long,
        env = "LIGHTSHIP_CONTENT",
        global = true,
        default_value = "content",
        value_name = "FOLDER"
    )]
    pub content: PathBuf,

    /// This machine's name: a database syncs from one folder on one machine. By default, what the
    /// system calls the machine.
    #[arg(long, env = "LIGHTSHIP_MACHINE", value_name = "NAME")]
    pub machine: Option<String>,
}

/// How a request is written into the access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AccessLogFormat {
    /// The Common Log Format.
    Common,
    /// One JSON object per line.
    Json,
}

/// What `--content` says if there is no content folder. A folder of that name is "./none".
const NO_FOLDER: &str = "none";

/// The default number of connections to the database.
pub const CONNECTIONS: u32 = 8;

/// The default number of open pages that are told what changes.
pub const LIVE_CONNECTIONS: u32 = 20_000;

/// The default number of connections to the mail server.
pub const SMTP_CONNECTIONS: u32 = 16;

/// An address to serve on: an IP address or a name, and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen(String);

impl Listen {
    /// Resolves the address. If a name has several, the first IPv4 address is taken, because that
    /// is what `127.0.0.1` in a proxy's settings reaches.
    ///
    /// # Errors
    /// The system's error, if the name has no address.
    pub fn resolve(&self) -> std::io::Result<SocketAddr> {
        let mut found: Vec<SocketAddr> = self.0.to_socket_addrs()?.collect();
        found.sort_by_key(|address| !address.is_ipv4());
        let none = || std::io::Error::other("the name has no address");
        found.into_iter().next().ok_or_else(none)
    }
}

impl From<SocketAddr> for Listen {
    fn from(address: SocketAddr) -> Self {
        Self(address.to_string())
    }
}

impl std::fmt::Display for Listen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Listen {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let port = |text: &str| text.parse::<u16>().is_ok();
        let is_named = text.rsplit_once(':').is_some_and(|(host, rest)| {
            !host.is_empty() && !host.contains([':', '/', ' ']) && port(rest)
        });
        if is_named || text.parse::<SocketAddr>().is_ok() {
            return Ok(Self(text.to_owned()));
        }
        Err("write an address and a port: 127.0.0.1:8080, [::1]:8080, 0.0.0.0:80 or localhost:8080")
    }
}

/// Reads a network, or a single address.
fn parse_network(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    let alone = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| alone())
        .map(|network| network.trunc())
        .map_err(|_| {
            "write an IP address, such as 10.0.0.1, or a network, such as 10.0.0.0/8".to_owned()
        })
}

/// The format of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

impl SourceConfig {
    /// The content folder; `None` if this process has none.
    pub fn folder(&self) -> Option<&Path> {
        let folder = self.content.as_path();
        (folder != Path::new(NO_FOLDER)).then_some(folder)
    }

    /// The machine and folder that feed the database, in the form that the database stores.
    pub fn feeder(&self) -> String {
        let machine = self.machine.clone().unwrap_or_else(system_name);
        // Not the canonical path: a deploy that swaps a symlink is still the same folder.
        let folder = std::path::absolute(&self.content).unwrap_or_else(|_| self.content.clone());
        format!("{machine}:{}", folder.display())
    }
}

/// What the system calls the machine: its id, else its name.
fn system_name() -> String {
    ["/etc/machine-id", "/etc/hostname"]
        .iter()
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .map(|text| text.trim().to_owned())
        .find(|text| !text.is_empty())
        .unwrap_or_else(|| "this machine".to_owned())
}

/// Checks the name of a DKIM key: labels of a domain.
fn parse_selector(text: &str) -> Result<String, String> {
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match text.split('.').all(is_label) {
        true => Ok(text.to_owned()),
        false => Err("write letters, digits and hyphens, such as lightship or mail2026".to_owned()),
    }
}

/// Parses the log filter.
fn parse_filter(text: &str) -> Result<Targets, String> {
    text.parse().map_err(|_| {
        "write error, warn, info, debug, trace or off; for a part of the program, as in \
         info,lightship::app=debug"
            .to_owned()
    })
}

/// Checks a base URL: scheme and host, nothing behind them.
fn parse_base_url(text: &str) -> Result<String, String> {
    let trimmed = text.trim_end_matches('/');
    let host = trimmed
        .strip_prefix("https://")
        .or_else(|| trimmed.strip_prefix("http://"));
    match host {
        Some(host)
            if !host.is_empty() && !host.contains(['/', '?', '#', ' ', '<', '>', '"', '&']) =>
        {
            Ok(trimmed.to_owned())
        }
        Some(_) | None => {
            Err("write only the scheme and host: https://status.example.com".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_ip_or_a_name_and_always_a_port() {
        let check = |text: &str, expected: Option<&str>| {
            let found = text.parse::<Listen>().ok();
            let found = found.map(|listen| listen.resolve().expect("it is known").to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        };
        check("127.0.0.1:8080", Some("127.0.0.1:8080"));
        check("[::1]:80", Some("[::1]:80"));
        check("localhost:8080", Some("127.0.0.1:8080"));
        for wrong in [
            "",
            "8080",
            ":8080",
            "localhost",
            "::1:80",
            "a b:1",
            "localhost:99999",
        ] {
            check(wrong, None);
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let check = |text: &str, expected: Option<&str>| {
            let found = parse_network(text).ok().map(|network| network.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        };
        check("10.1.2.3", Some("10.1.2.3/32"));
        check("10.1.2.3/8", Some("10.0.0.0/8"));
        check(" 2001:db8::1/32", Some("2001:db8::/32"));
        for wrong in ["", "10.0.0.0/33", "proxy", "10.0.0.0/"] {
            check(wrong, None);
        }
    }
}
