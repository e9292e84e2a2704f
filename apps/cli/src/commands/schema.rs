//! `cutroom schema`.
use crate::failure::Failure;
use clap::Args;

/// Arguments of `cutroom schema`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom schema
  cutroom schema --all

With --all also commands and events of sessions, errors, and requests and
reports of all operations, in one schema: what types of other languages
are made from.")]
pub struct SchemaArgs {
    /// Everything that programs exchange with cutroom
    #[arg(long)]
    pub all: bool,
}

/// Prints the JSON Schema of the project file, or of everything.
pub fn schema(args: &SchemaArgs) -> Result<(), Failure> {
    super::print_json(&if args.all { cutroom_api::all_schemas() } else { cutroom_api::schema() })
}
