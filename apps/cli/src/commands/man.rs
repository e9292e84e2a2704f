//! `cutroom man`.
use crate::{
    args::{Cli, ManArgs},
    failure::Failure,
};
use clap::CommandFactory;
use cutroom_api::ApiError;

/// Writes `cutroom.1` and one page per command.
pub fn man(args: &ManArgs) -> Result<(), Failure> {
    clap_mangen::generate_to(Cli::command(), &args.directory).map_err(|e| {
        ApiError::new("cli.man", format!("cannot write man pages: {e}")).file(&args.directory).hint("name an existing directory")
    })?;
    super::print(&format!("man pages written to {}\n", args.directory.display()))
}
