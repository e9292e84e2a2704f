//! `cutroom completions`.
use crate::{
    args::{Cli, CompletionsArgs},
    failure::Failure,
};
use clap::CommandFactory;

/// Prints the completion script of a shell.
pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cutroom", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
