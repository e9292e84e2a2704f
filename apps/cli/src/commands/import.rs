//! `cutroom import`, which says what there is instead.
use crate::failure::Failure;
use clap::Args;
use cutroom_api::ApiError;
use std::path::PathBuf;

/// Arguments of `cutroom import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Whatever was to be imported
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub files: Vec<PathBuf>,
}

/// Projects of other programs cannot be read yet.
pub fn import(args: &ImportArgs) -> Result<(), Failure> {
    let error = ApiError::new("usage.import", "projects of other programs (OTIO, EDL, FCPXML, MLT) cannot be imported yet")
        .hint_at("new_project", "`new_project` makes a project from clips, and the project file can be written by a script");
    Err(Failure::of(args.files.first().map_or(error.clone(), |file| error.file(file)), &[]))
}
