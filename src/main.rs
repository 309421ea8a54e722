//! Runs the command line; its outcome is the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    lightship::cli::run()
}
