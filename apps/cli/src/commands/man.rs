//! `cutroom man`.
use crate::{args::Cli, failure::Failure};
use clap::{Args, CommandFactory};
use cutroom_api::ApiError;
use std::path::PathBuf;

/// Arguments of `cutroom man`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  cutroom man /usr/local/share/man/man1")]
pub struct ManArgs {
    /// An existing directory
    pub directory: PathBuf,
}

/// Writes `cutroom.1` and one page per command.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    clap_mangen::generate_to(Cli::command(), &args.directory).map_err(|e| {
        ApiError::new("cli.man", format!("cannot write man pages: {e}")).file(&args.directory).hint("name an existing directory")
    })?;
    super::print(&format!("man pages written to {}\n", args.directory.display()))
}
