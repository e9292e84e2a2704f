//! `cutroom completions`.
use crate::{args::Cli, failure::Failure};
use clap::{Args, CommandFactory};

/// Arguments of `cutroom completions`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cutroom completions bash > ~/.local/share/bash-completion/completions/cutroom\n  cutroom completions zsh > ~/.zfunc/_cutroom"
)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Prints the completion script for a shell.
pub fn completions(args: &CompletionsArgs) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "cutroom", &mut script);
    super::print(&String::from_utf8_lossy(&script))
}
