//! `lightship login`: stores the address of the status page and a token.

use std::process::{Command, Stdio};

use clap::Args;
use serde_json::json;

use super::connection::{Connection, Login};
use super::console::Console;
use super::failure::Failure;
use super::output;
use crate::client::{Client, TokenStanding};

/// Remember the address of the status page and your token
#[derive(Debug, Args)]
pub(super) struct LoginArgs {
    #[command(flatten)]
    pub(super) connection: Connection,
}

pub(super) fn run(args: &LoginArgs, console: &mut Console) -> Result<(), Failure> {
    let url = match args.connection.said_url() {
        Some(url) => url.to_owned(),
        None if console.interactive => {
            let question = "Address of the status page (https://…):";
            answer(console.ask(question), "give it with --url")?
        }
        None => return Err(Failure::Usage("which status page? Give --url".to_owned())),
    };
    // Checked before the person types a token.
    Client::new(&url, None)?;
    let token = match args.connection.said_token() {
        Some(token) => token.to_owned(),
        None => secret(console)?,
    };
    let client = Client::new(&url, Some(&token))?;
    let standing = client.check_token()?;
    let login = Login {
        url: client.address().to_string(),
        token,
    };
    let file = login.keep(console)?;
    if console.json {
        output::json(&json!({"url": login.url, "file": file}), console);
        return Ok(());
    }
    let may = match standing {
        TokenStanding::Admin => "can do everything",
        TokenStanding::Limited => "is valid, but lacks the scope admin",
    };
    console.print(&format!("Signed in to {}; the token {may}.", login.url));
    console.print(&format!("Saved in {}", file.display()));
    Ok(())
}

fn answer(asked: std::io::Result<Option<String>>, else_what: &str) -> Result<String, Failure> {
    let asked = asked.map_err(|error| Failure::io("couldn't read an answer", &error))?;
    asked
        .filter(|answer| !answer.is_empty())
        .ok_or_else(|| Failure::Usage(format!("nothing was typed; {else_what}")))
}

/// Reads a token from the keyboard without echo, or from a pipe.
fn secret(console: &mut Console) -> Result<String, Failure> {
    const ELSE_WHAT: &str = "give the token, or make one with `lightship token create NAME`";
    if !console.interactive {
        let mut line = String::new();
        let read = console.input.read_line(&mut line);
        let read = read.map(|_| Some(line.trim().to_owned()));
        return answer(read, ELSE_WHAT);
    }
    let echo = |setting| {
        let mut stty = Command::new("stty");
        // Without stty, the token is visible while it is typed; that is no reason to fail.
        let _ = stty.arg(setting).stderr(Stdio::null()).status();
    };
    echo("-echo");
    let asked = console.ask("Token (lsp_…, not shown as you type):");
    echo("echo");
    console.eprint("");
    answer(asked, ELSE_WHAT)
}
