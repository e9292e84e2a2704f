//! The `cutroom` program: parses the command line, calls one `cutroom_api` function and prints the
//! answer.
//!
//! Each command is a file under `commands/`.
#![forbid(unsafe_code)]
// An error ends an operation and holds all details; its size does not matter there.
#![allow(clippy::result_large_err)]

mod args;
mod commands;
mod failure;
mod interrupt;
mod text;

use args::Cli;
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.exit_code())
        }
    }
}
