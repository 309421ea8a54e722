//! Every setting, its default and its variable, read once.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

pub use tracing_subscriber::filter::Targets;

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
    pub listen: SocketAddr,

    #[command(flatten)]
    pub source: SourceConfig,

    /// Scheme and host under which readers reach the page, such as https://status.example.com;
    /// without it, what site.toml says.
    #[arg(long, env = "LIGHTSHIP_BASE_URL", value_name = "URL", value_parser = parse_base_url)]
    pub base_url: Option<String>,

    /// A proxy that may say who the reader is (X-Forwarded-For, X-Forwarded-Proto); may be given
    /// several times. Without one, the machine itself.
    #[arg(
        long,
        env = "LIGHTSHIP_TRUSTED_PROXY",
        value_name = "IP",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<IpAddr>,

    /// How the log is written.
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
    /// The database: sqlite:FILE (made when missing) or postgres://USER@HOST/NAME.
    #[arg(
        long,
        env = "LIGHTSHIP_DATABASE",
        global = true,
        default_value = "sqlite:lightship.db",
        value_name = "URL"
    )]
    pub database: String,

    /// The folder with site.toml and incidents/*.md.
    #[arg(
        long,
        env = "LIGHTSHIP_CONTENT",
        global = true,
        default_value = "content",
        value_name = "FOLDER"
    )]
    pub content: PathBuf,

    /// This machine's name: a database is fed from one folder on one machine. Without it, what
    /// the system calls the machine.
    #[arg(long, env = "LIGHTSHIP_MACHINE", value_name = "NAME")]
    pub machine: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line.
    Json,
}

impl SourceConfig {
    /// The machine and folder that feed the database, as the database remembers them.
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

/// Reads what is to be logged.
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
        Some(_) | None => Err(
            "write scheme and host, and nothing behind them: https://status.example.com".to_owned(),
        ),
    }
}
