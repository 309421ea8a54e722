//! Runs a command in temporary folders, and returns its output.

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use anstream::{AutoStream, ColorChoice};
use chrono::{DateTime, Utc};
use clap::Parser;
use serde_json::json;
use tempfile::TempDir;

use super::super::console::{self, Console};
use super::super::{Cli, run_in};
use super::fake_server::{FakeServer, Reply, Request};
use crate::clock::Clock;

pub(super) struct Bench {
    server: FakeServer,
    folder: TempDir,
}

/// The output of a command.
pub(super) struct Ran {
    pub(super) code: u8,
    pub(super) out: String,
    pub(super) err: String,
}

#[derive(Clone, Default)]
struct Pen(Arc<Mutex<Vec<u8>>>);

impl Write for Pen {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Pen {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Bench {
    pub(super) fn new(answer: impl Fn(&Request) -> Reply + Send + 'static) -> Self {
        Self {
            server: FakeServer::start(answer),
            folder: TempDir::new().unwrap(),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.server.requests.lock().unwrap().clone()
    }

    pub(super) fn posts(&self) -> Vec<Request> {
        let all = self.server.requests.lock().unwrap();
        let posts = all.iter().filter(|request| request.method() == "POST");
        posts.cloned().collect()
    }

    /// The files of unsent requests.
    pub(super) fn unsent(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join("state/lightship/unsent");
        let Ok(entries) = std::fs::read_dir(folder) else {
            return Vec::new();
        };
        entries.map(|entry| entry.unwrap().path()).collect()
    }

    /// Runs a command in a script, signed in.
    pub(super) fn run(&self, args: &[&str]) -> Ran {
        self.run_as("lsp_test", args)
    }

    pub(super) fn run_as(&self, token: &str, args: &[&str]) -> Ran {
        let url = self.url();
        let args = [args, &["--url", &url, "--token", token]].concat();
        self.start(&args, "", false, ColorChoice::Never)
    }

    pub(super) fn run_with_input(&self, args: &[&str], input: &str) -> Ran {
        self.start(&self.signed_in(args), input, false, ColorChoice::Never)
    }

    pub(super) fn run_at_a_terminal(&self, args: &[&str], input: &str) -> Ran {
        self.start(&self.signed_in(args), input, true, ColorChoice::Never)
    }

    pub(super) fn run_in_colour(&self, args: &[&str]) -> Ran {
        self.start(&self.signed_in(args), "", false, ColorChoice::AlwaysAnsi)
    }

    /// Runs a command with nothing but `args` and `input`.
    pub(super) fn run_bare(&self, args: &[&str], input: &str) -> Ran {
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        self.start(&args, input, false, ColorChoice::Never)
    }

    pub(super) fn run_bare_in_colour(&self, args: &[&str]) -> Ran {
        self.start(args, "", false, ColorChoice::AlwaysAnsi)
    }

    fn signed_in(&self, args: &[&str]) -> Vec<String> {
        let args = args.iter().map(|arg| (*arg).to_owned());
        let url = self.url();
        args.chain(["--url", &url, "--token", "lsp_test"].map(str::to_owned))
            .collect()
    }

    fn start<S: AsRef<str>>(
        &self,
        args: &[S],
        input: &str,
        interactive: bool,
        found: ColorChoice,
    ) -> Ran {
        let home = |name: &str| self.folder.path().join(name).display().to_string();
        let mut all = vec!["lightship".to_owned()];
        all.extend(args.iter().map(|arg| arg.as_ref().to_owned()));
        all.extend(["--env-config-home".to_owned(), home("config")]);
        all.extend(["--env-state-home".to_owned(), home("state")]);
        let cli = Cli::try_parse_from(&all).unwrap();
        let colour = console::choice(cli.environment.wants_no_colour(), found);
        let (out, err) = (Pen::default(), Pen::default());
        let mut console = Console {
            out: AutoStream::new(Box::new(out.clone()), colour),
            err: AutoStream::new(Box::new(err.clone()), colour),
            input: Box::new(Cursor::new(input.to_owned())),
            interactive,
            json: false,
            clock: Clock::System,
            environment: cli.environment.clone(),
        };
        let code = run_in(&cli, &mut console);
        Ran {
            code,
            out: out.text(),
            err: err.text(),
        }
    }
}

/// A saved request as if it had been typed at another time.
pub(super) fn with_typed_at(file: &str, at: DateTime<Utc>) -> String {
    let mut value: serde_json::Value = serde_json::from_str(file).unwrap();
    value["typed_at"] = json!(at);
    value.to_string()
}
