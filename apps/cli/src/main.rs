//! The `cutroom` program: parses the command line, calls one `cutroom_api` function, prints the answer.
//!
//! Each command is a free function in its own file under `commands/`, an arm in [`args::Command`] and one in [`run`].
#![forbid(unsafe_code)]
// An error ends an operation and says all it knows; how wide it is costs nothing there.
#![allow(clippy::result_large_err)]

mod args;
mod commands;
mod failure;
mod interrupt;
mod text;

use args::{Cli, Command};
use clap::Parser;
use failure::Failure;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.print();
            ExitCode::from(failure.exit_code())
        }
    }
}

fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::New(args) => commands::new::new(&args),
        Command::Probe(args) => commands::probe::probe(&args),
        Command::Validate(args) => commands::validate::validate(&args),
        Command::Frame(args) => commands::frame::frame(&args),
        Command::Export(args) => commands::export::export(&args),
        Command::Stabilize(args) => commands::stabilize::stabilize(&args),
        Command::Graph(args) => commands::graph::graph(&args),
        Command::Catalog(args) => commands::catalog::list(&args),
        Command::Schema => commands::schema::schema(),
        Command::Doctor(args) => commands::doctor::doctor(&args),
        Command::Completions(args) => commands::completions::completions(&args),
        Command::Man(args) => commands::man::man(&args),
    }
}
