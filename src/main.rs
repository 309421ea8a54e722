//! The `lightship` program: runs the command line and turns an error into one line and an exit
//! code.

use std::process::ExitCode;

fn main() -> ExitCode {
    lightship::cli::run()
}
