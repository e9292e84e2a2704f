//! The `cutroom` program: parses the command line, calls one `cutroom_api` function and prints the
//! answer.
//!
//! Each command is a file under `commands/`.
#![forbid(unsafe_code)]
// An error ends an operation and holds all details; its size does not matter there.
#![allow(clippy::result_large_err)]

mod args;
mod commands;
mod diagnostics;
mod failure;
mod interrupt;
mod text;

use args::Cli;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    diagnostics::report_defects();
    let (ran, json) = match Cli::try_parse() {
        Ok(cli) => {
            let json = cli.command.json();
            let collect = matches!(cli.command, commands::Command::Stats(_));
            // The trace is complete once this is dropped, before the program ends.
            let ran = diagnostics::start(cli.trace.as_deref(), collect).map_err(failure::Failure::from);
            (ran.and_then(|_trace| commands::run(cli.command)), json)
        }
        // Help and version are no errors; without --json clap prints its own text.
        Err(error) if error.exit_code() == 0 || !std::env::args_os().any(|arg| arg == "--json") => error.exit(),
        Err(error) => (Err(failure::of_arguments(&error)), true),
    };
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print(json);
            ExitCode::from(failure.exit_code())
        }
    }
}
