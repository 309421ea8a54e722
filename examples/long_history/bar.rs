//! A line on the terminal that says how far it has come.

use std::io::{IsTerminal, Write, stderr};

const WIDTH: usize = 30;

/// How far a piece of work has come. Silent where nobody looks.
pub(crate) struct Bar {
    label: &'static str,
    total: usize,
    done: usize,
    shown: bool,
}

impl Bar {
    /// Work of `total` steps.
    pub(crate) fn new(label: &'static str, total: usize) -> Self {
        Self {
            label,
            total: total.max(1),
            done: 0,
            shown: stderr().is_terminal(),
        }
    }

    /// One step is done.
    pub(crate) fn step(&mut self) {
        let before = self.done * 100 / self.total;
        self.done += 1;
        let percent = self.done * 100 / self.total;
        if !self.shown || percent == before {
            return;
        }
        let full = percent.min(100) * WIDTH / 100;
        let (bar, rest) = ("#".repeat(full), ".".repeat(WIDTH - full));
        // Nothing is lost if the terminal is gone.
        let _ = write!(stderr(), "\r[{bar}{rest}] {percent:3} % {}", self.label);
        if self.done >= self.total {
            let _ = writeln!(stderr());
        }
    }
}
