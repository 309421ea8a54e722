//! The server and the token: from the options, or else the variables, or else the login.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::console::Console;
use super::failure::Failure;
use super::private_file;
use crate::client::{Address, Client};

/// Options of every command that speaks with the server.
#[derive(Debug, Clone, Args)]
pub(super) struct Connection {
    /// Address of the status page, such as `https://status.example.com`
    #[arg(
        long,
        env = "LIGHTSHIP_URL",
        value_name = "URL",
        help_heading = "Server"
    )]
    url: Option<String>,
    /// The token to sign in with; other users of this machine may see it, so prefer the variable or
    /// `lightship login`
    #[arg(
        long,
        env = "LIGHTSHIP_TOKEN",
        value_name = "TOKEN",
        hide_env_values = true,
        help_heading = "Server"
    )]
    token: Option<String>,
    /// Print the result as JSON, for scripts
    #[arg(long)]
    pub(super) json: bool,
}

/// What `lightship login` stores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) url: String,
    pub(super) token: String,
}

const NO_URL: &str =
    "which status page? Run `lightship login` once, or give --url or LIGHTSHIP_URL";

impl Login {
    fn file(console: &Console) -> Result<PathBuf, Failure> {
        let folder = console.environment.config_folder().ok_or_else(|| {
            Failure::Refused("no home folder found; set HOME or XDG_CONFIG_HOME".to_owned())
        })?;
        Ok(folder.join("login.json"))
    }

    fn find(console: &Console) -> Result<Option<Self>, Failure> {
        let Ok(file) = Self::file(console) else {
            return Ok(None);
        };
        let text = match fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Failure::io(file.display(), &error)),
        };
        serde_json::from_str(&text).map(Some).map_err(|error| {
            let file = file.display();
            Failure::Refused(format!(
                "{file} can't be read ({error}); run `lightship login` again"
            ))
        })
    }

    /// Stores it for later commands, and returns the file's path.
    pub(super) fn keep(&self, console: &Console) -> Result<PathBuf, Failure> {
        let file = Self::file(console)?;
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        private_file::write(&file, &text).map_err(|error| Failure::io(file.display(), &error))?;
        Ok(file)
    }
}

fn filled(value: Option<&String>) -> Option<&str> {
    value
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
}

impl Connection {
    pub(super) fn said_url(&self) -> Option<&str> {
        filled(self.url.as_ref())
    }

    pub(super) fn said_token(&self) -> Option<&str> {
        filled(self.token.as_ref())
    }

    /// A client with a token.
    pub(super) fn client(&self, console: &Console) -> Result<Client, Failure> {
        let client = self.client_of_anybody(console)?;
        if client.token().is_none() {
            return Err(Failure::Usage(format!(
                "there is no token for {}; run `lightship login`, or set LIGHTSHIP_TOKEN",
                client.address()
            )));
        }
        Ok(client)
    }

    /// A client with a token if there is one.
    pub(super) fn client_of_anybody(&self, console: &Console) -> Result<Client, Failure> {
        if let (Some(url), Some(token)) = (self.said_url(), self.said_token()) {
            return Ok(Client::new(url, Some(token))?);
        }
        let login = Login::find(console)?;
        let url = self
            .said_url()
            .or(login.as_ref().map(|login| login.url.as_str()))
            .ok_or_else(|| Failure::Usage(NO_URL.to_owned()))?;
        let token = match self.said_token() {
            Some(token) => Some(token),
            // A login's token belongs to one server, and is sent to no other.
            None => match &login {
                Some(login) if same_server(&login.url, url) => Some(login.token.as_str()),
                Some(_) | None => None,
            },
        };
        Ok(Client::new(url, token)?)
    }
}

/// Whether two addresses are equal, apart from a trailing slash.
pub(super) fn same_server(one: &str, other: &str) -> bool {
    match (Address::parse(one), Address::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => false,
    }
}
