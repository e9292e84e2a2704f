//! `cutroom preview`: becomes the program of the preview window, which is one of its own, so that
//! this one needs no graphics libraries.
use crate::{
    args::{BackendArg, DecodeArg},
    failure::Failure,
};
use clap::{Args, ValueEnum};
use cutroom_api::ApiError;
use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

/// The program of the window, without the ending that systems give to programs.
const PROGRAM: &str = "cutroom-preview";

/// Arguments of `cutroom preview`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom preview film.json
  cutroom preview film.json --from 12s --quality half
  cutroom preview film.json --read-only --null-sink

Opens a window with the film, its timeline, media, inspector, scopes and log. What is edited there is in the project's
journal at once, as with `edit`. The window is the program cutroom-preview beside this one, or on PATH. docs/preview.md
has its keys.
Exit codes: 0 closed, 1 no window, 2 usage, 3 invalid project, 4 media error.")]
pub struct PreviewArgs {
    /// The project file
    pub project: PathBuf,
    /// Where the playhead begins: seconds (12.5s), clock (1:02.5), timecode (HH:MM:SS:FF) or frame
    /// number
    #[arg(long, value_name = "WHEN")]
    pub from: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// How many pixels are drawn: all of the film's, or fewer so that it plays on weaker machines
    #[arg(long, value_enum, default_value_t)]
    pub quality: QualityArg,
    /// Pixels drawn for each pixel of the film, in place of --quality
    #[arg(long, value_name = "N", conflicts_with = "quality")]
    pub scale: Option<f64>,
    /// Change nothing; another session may have the project open
    #[arg(long)]
    pub read_only: bool,
    /// Let nobody hear the sound and play by the machine's clock
    #[arg(long, conflicts_with = "device")]
    pub null_sink: bool,
    /// The output on which the sound is heard, by its id or name
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub backend: BackendArg,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Worker threads; 0 means one per core
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
}

/// How many pixels a window draws.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum QualityArg {
    /// All of the film's
    #[default]
    Full,
    /// Half of its width and height
    Half,
    /// A quarter of its width and height
    Quarter,
}

/// The arguments for the window's program.
fn passed_on(args: &PreviewArgs) -> Vec<OsString> {
    fn name(value: &impl ValueEnum) -> OsString {
        value.to_possible_value().map(|value| value.get_name().into()).unwrap_or_default()
    }
    let mut all: Vec<OsString> = vec![];
    let mut option = |option: &str, value: OsString| all.extend([option.into(), value]);
    args.from.iter().for_each(|from| option("--from", from.into()));
    args.composition.iter().for_each(|id| option("--composition", id.into()));
    match args.scale {
        Some(scale) => option("--scale", scale.to_string().into()),
        None => option("--quality", name(&args.quality)),
    }
    args.device.iter().for_each(|device| option("--device", device.into()));
    option("--backend", name(&args.backend));
    option("--decode", name(&args.decode));
    option("--threads", args.threads.to_string().into());
    all.extend(
        [(args.read_only, "--read-only"), (args.null_sink, "--null-sink")].iter().filter(|(on, _)| *on).map(|(_, o)| o.into()),
    );
    // A project may be called as an option is.
    all.extend(["--".into(), args.project.clone().into()]);
    all
}

/// The window's program: beside this one, or on PATH.
fn program(beside: Option<&Path>, path: Option<OsString>) -> Option<PathBuf> {
    let file = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
    let on_path = path.iter().flat_map(env::split_paths).collect::<Vec<_>>();
    beside.map(Path::to_owned).into_iter().chain(on_path).map(|folder| folder.join(&file)).find(|program| program.is_file())
}

/// Opens the window, and ends when it is closed.
pub fn preview(args: &PreviewArgs) -> Result<(), Failure> {
    let this = env::current_exe().ok();
    let Some(program) = program(this.as_deref().and_then(Path::parent), env::var_os("PATH")) else {
        let error =
            ApiError::new("preview.program", format!("{PROGRAM}, the program of the window, is not beside this one, nor on PATH"));
        return Err(error.hint("`cargo build --release -p cutroom-preview` builds it; `cutroom edit` needs only a browser").into());
    };
    become_program(Command::new(&program).args(passed_on(args)), &program)
}

fn failed(program: &Path, error: &std::io::Error) -> Failure {
    ApiError::new("preview.program", format!("{} cannot be started: {error}", program.display())).into()
}

/// This process is that program from then on.
#[cfg(unix)]
fn become_program(command: &mut Command, program: &Path) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    Err(failed(program, &command.exec()))
}

/// Runs the program, and ends as it ends.
#[cfg(not(unix))]
fn become_program(command: &mut Command, program: &Path) -> Result<(), Failure> {
    let status = command.status().map_err(|e| failed(program, &e))?;
    std::process::exit(status.code().unwrap_or(1));
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: PreviewArgs,
    }

    fn passed(line: &str) -> String {
        let args = Line::parse_from(["preview"].into_iter().chain(line.split(' '))).args;
        passed_on(&args).iter().map(|arg| arg.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn options_reach_the_window() {
        let usual = "--backend auto --decode auto --threads 0";
        assert_eq!(passed("film.json"), format!("--quality full {usual} -- film.json"));
        assert_eq!(
            passed("film.json --from 2s --quality half --read-only --null-sink"),
            format!("--from 2s --quality half {usual} --read-only --null-sink -- film.json")
        );
        let all = "-- --odd.json";
        assert_eq!(
            passed(&format!("--scale 0.3 --device HDMI --composition c {all}")),
            format!("--composition c --scale 0.3 --device HDMI {usual} {all}")
        );
    }

    #[test]
    fn the_program_beside_comes_before_that_on_path() {
        let (beside, path) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = format!("{PROGRAM}{}", env::consts::EXE_SUFFIX);
        let find = || program(Some(beside.path()), Some(path.path().into()));
        assert_eq!(find(), None);
        std::fs::write(path.path().join(&file), "").unwrap();
        assert_eq!(find(), Some(path.path().join(&file)));
        std::fs::write(beside.path().join(&file), "").unwrap();
        assert_eq!(find(), Some(beside.path().join(&file)));
    }
}
