//! A command's surroundings other than the server: streams, clock, environment.

use std::io::{self, BufRead, BufReader, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use super::environment::UserEnvironment;
use crate::clock::Clock;
use crate::domain::state::Tone;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const ERROR: Style = AnsiColor::Red.on_default().bold();

/// The colour of a tone. The word beside it gives the same information.
pub(super) fn colour(tone: Tone) -> Style {
    match tone {
        Tone::Ok => AnsiColor::Green.on_default(),
        Tone::Info => AnsiColor::Blue.on_default(),
        Tone::Warn => AnsiColor::Yellow.on_default(),
        Tone::Mid => AnsiColor::Magenta.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
    }
}

/// A text in a style. If colours are off, the stream removes the style again.
pub(super) fn styled(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// A command's surroundings other than the server.
pub(super) struct Console {
    pub(super) out: AutoStream<Box<dyn Write>>,
    pub(super) err: AutoStream<Box<dyn Write>>,
    pub(super) input: Box<dyn BufRead>,
    /// Whether a person is at the keyboard.
    pub(super) interactive: bool,
    /// Whether the output is JSON for a script.
    pub(super) json: bool,
    pub(super) clock: Clock,
    pub(super) environment: UserEnvironment,
}

impl Console {
    /// The process's own streams.
    pub(super) fn of_process(environment: UserEnvironment) -> Self {
        let plain = environment.wants_no_colour();
        let out = choice(plain, AutoStream::choice(&io::stdout()));
        let err = choice(plain, AutoStream::choice(&io::stderr()));
        Self {
            out: AutoStream::new(Box::new(io::stdout()), out),
            err: AutoStream::new(Box::new(io::stderr()), err),
            input: Box::new(BufReader::new(io::stdin())),
            interactive: io::stdin().is_terminal() && io::stderr().is_terminal(),
            json: false,
            clock: Clock::System,
            environment,
        }
    }

    /// Writes a line of the result. A reader that has gone away (`| head`) is no failure.
    pub(super) fn print(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    /// Writes the result exactly as it is.
    pub(super) fn write(&mut self, text: &str) {
        let _ = write!(self.out, "{text}");
    }

    /// Writes a message to standard error.
    pub(super) fn eprint(&mut self, line: &str) {
        let _ = writeln!(self.err, "{line}");
    }

    /// Shows how far something is, in place of what was shown before. `None` clears it. Nothing is
    /// shown unless a person looks.
    pub(super) fn progress(&mut self, shown: Option<&str>) {
        const WIDTH: usize = 60;
        if !self.interactive || self.json {
            return;
        }
        let end = if shown.is_some() { "" } else { "\r" };
        let _ = write!(self.err, "\r{:WIDTH$}{end}", shown.unwrap_or_default());
        let _ = self.err.flush();
    }

    /// Asks a question and returns the answer; `None` at the end of the input.
    pub(super) fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        write!(self.err, "{question} ")?;
        self.err.flush()?;
        let mut line = String::new();
        let read = self.input.read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim().to_owned()))
    }
}

/// The choice of colours: that of the stream, unless colours are unwanted.
pub(super) fn choice(unwanted: bool, found: ColorChoice) -> ColorChoice {
    if unwanted { ColorChoice::Never } else { found }
}
