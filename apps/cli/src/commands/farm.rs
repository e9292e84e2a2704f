//! `cutroom farm`.
use super::{
    export_options::{self, ExportOptions},
    export_state,
};
use crate::{
    args::BackendArg,
    failure::{Failure, Words, worded},
    interrupt, text,
};
use clap::{Args, Subcommand, ValueEnum};
use cutroom_api::{ExportProgress, FarmBackendChoice, FarmReport, FarmStatus, FarmSubmitRequest, FarmTask, Session, Watch};
use std::path::{Path, PathBuf};

/// What to do with farms.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  cutroom farm submit film.json -o film.mp4 --segment-secs 1 --backend slurm --dry-run
  cutroom farm status -o film.mp4
  cutroom farm cancel -o film.mp4

The parts of the film are made by tasks on any number of machines, which see project, media and output under
the same paths. What is finished is seen by the files beside the output, so work that is lost is handed in again,
and an export that was cancelled goes on where it was, on a farm or with `cutroom export`.
`cutroom farm COMMAND --help` explains each. docs/user-guide.md has a section about farms.")]
pub enum FarmCommand {
    /// Plan an export and hand its parts to a farm
    Submit(Box<SubmitArgs>),
    /// Show how an export is on its farm
    Status(OutputArgs),
    /// Take an export back from its farm; finished parts stay
    Cancel(OutputArgs),
    /// Do a task of a farm
    #[command(hide = true)]
    Work(WorkArgs),
    /// Assemble a film from the parts that a farm has made
    #[command(hide = true)]
    Assemble(AssembleArgs),
    /// Hand in again what failed on a farm
    #[command(hide = true)]
    Mend(MendArgs),
}

impl FarmCommand {
    /// Whether results and errors are printed as JSON.
    pub fn json(&self) -> bool {
        match self {
            Self::Submit(args) => args.json,
            Self::Status(args) | Self::Cancel(args) => args.json,
            Self::Work(_) | Self::Assemble(_) | Self::Mend(_) => false,
        }
    }
}

/// Arguments of `cutroom farm submit`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom farm submit film.json -o film.mp4 --segment-secs 1 --backend slurm --cpus 4 --parallel 20 --dry-run
  cutroom farm submit film.json -o film.mp4 --segment-secs 1 --backend local --wait
  cutroom farm submit film.json -o film.mkv --segment-secs 1 --backend k8s --image films/cutroom --claim films --mount /tmp --dry-run

A task makes one segment, with as many encoder threads as it has cores: the film is that of
`cutroom export --threads N`. Slurm gets an array of tasks, a job that assembles the film after all succeeded, and one
that hands in again what failed. Kubernetes gets indexed jobs. `local` is one process in the background.
A machine whose program or FFmpeg is of another build refuses to work.")]
pub struct SubmitArgs {
    /// The project file
    pub project: PathBuf,
    /// The file to write, in a folder that all machines see under the same path
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// What runs the tasks
    #[arg(long, value_enum, default_value_t)]
    pub backend: FarmArg,
    /// Most tasks at a time [default: as many as the farm runs; 1 for local]
    #[arg(long, value_name = "N")]
    pub parallel: Option<usize>,
    /// Processor cores, and encoder threads, of a task
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub cpus: usize,
    /// Memory of a task in MiB
    #[arg(long, value_name = "MIB")]
    pub memory: Option<u64>,
    /// Graphics cards of a task
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub gpus: usize,
    /// Priority: a number for Slurm, the name of a priority class for Kubernetes
    #[arg(long, value_name = "PRIORITY")]
    pub priority: Option<String>,
    /// Partition of Slurm, or namespace of Kubernetes
    #[arg(long, value_name = "NAME")]
    pub queue: Option<String>,
    /// Minutes after which a task is ended
    #[arg(long, value_name = "MINUTES")]
    pub limit: Option<u64>,
    /// Segments of a task [default: 1]
    #[arg(long, value_name = "N")]
    pub batch: Option<usize>,
    /// How often parts that fail are handed in [default: 4]
    #[arg(long, value_name = "N")]
    pub tries: Option<usize>,
    /// A further option for sbatch, as it is: --sbatch=--account=films
    #[arg(long, value_name = "OPTION")]
    pub sbatch: Vec<String>,
    /// Kubernetes: container image with the program, at the same path as here
    #[arg(long, value_name = "IMAGE")]
    pub image: Option<String>,
    /// Kubernetes: claim of the volume with project, media and output
    #[arg(long, value_name = "CLAIM")]
    pub claim: Option<String>,
    /// Kubernetes: where that volume is mounted, there and here
    #[arg(long, value_name = "FOLDER")]
    pub mount: Option<String>,
    /// Print what the scheduler would get, and hand in nothing
    #[arg(long, conflicts_with = "wait")]
    pub dry_run: bool,
    /// Wait until the film is there
    #[arg(long)]
    pub wait: bool,
    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,
    /// What renders the frames
    #[arg(long, value_enum, default_value_t)]
    pub render_backend: BackendArg,
    /// How it is exported
    #[command(flatten)]
    pub options: ExportOptions,
}

/// Arguments of `cutroom farm status` and `cutroom farm cancel`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom farm status -o film.mp4
  cutroom farm cancel -o film.mp4 --json")]
pub struct OutputArgs {
    /// The file that is exported
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Arguments of the hidden `cutroom farm work`.
#[derive(Debug, Args)]
pub struct WorkArgs {
    /// The folder of the export
    pub folder: PathBuf,
    /// Name of the handing in
    #[arg(long)]
    pub round: String,
    /// Stage of the work
    #[arg(long)]
    pub stage: usize,
    /// Task of the stage
    #[arg(long)]
    pub task: usize,
}

/// Arguments of the hidden `cutroom farm assemble`.
#[derive(Debug, Args)]
pub struct AssembleArgs {
    /// The folder of the export
    pub folder: PathBuf,
    /// Name of the handing in
    #[arg(long)]
    pub round: String,
    /// Processes that make what is missing
    #[arg(long)]
    pub jobs: Option<usize>,
    /// Wait until all parts are there
    #[arg(long)]
    pub wait: bool,
}

/// Arguments of the hidden `cutroom farm mend`.
#[derive(Debug, Args)]
pub struct MendArgs {
    /// The folder of the export
    pub folder: PathBuf,
    /// Name of the handing in that failed
    #[arg(long)]
    pub round: String,
}

/// What runs the tasks of a farm.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FarmArg {
    /// A process of this machine, in the background
    #[default]
    Local,
    /// A Slurm cluster
    Slurm,
    /// A Kubernetes cluster
    K8s,
}

/// Names of the request's fields on the command line, beside those of an export.
const WORDS: &Words = &[
    ("cpus", "--cpus"),
    ("priority", "--priority"),
    ("parallel", "--parallel"),
    ("batch", "--batch"),
    ("tries", "--tries"),
    ("image", "--image"),
    ("claim", "--claim"),
    ("mount", "--mount"),
];

/// Does something with farms.
pub fn run(command: &FarmCommand) -> Result<(), Failure> {
    match command {
        FarmCommand::Submit(args) => submit(args),
        FarmCommand::Status(args) => show(args, cutroom_api::farm_status(&args.output)?.as_ref(), "was given to a farm"),
        FarmCommand::Cancel(args) => show(args, cutroom_api::farm_cancel(&args.output)?.as_ref(), "is on a farm"),
        FarmCommand::Work(args) => work(args),
        FarmCommand::Assemble(args) => assemble(args),
        FarmCommand::Mend(args) => {
            let status = cutroom_api::farm_mend(&args.folder, &args.round)?;
            super::print(&status.map_or_else(|| NOTHING.to_owned(), |status| text_of(&status)))
        }
    }
}

/// What jobs say whose export is finished, cancelled, or was handed in anew.
const NOTHING: &str = "nothing to do: the export is finished or cancelled, or was handed in anew\n";

fn submit(args: &SubmitArgs) -> Result<(), Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    let request = FarmSubmitRequest {
        export: args.options.request(Some(args.output.clone()), args.render_backend),
        backend: match args.backend {
            FarmArg::Local => FarmBackendChoice::Local,
            FarmArg::Slurm => FarmBackendChoice::Slurm,
            FarmArg::K8s => FarmBackendChoice::K8s,
        },
        cpus: args.cpus,
        memory_mib: args.memory,
        gpus: args.gpus,
        priority: args.priority.clone(),
        queue: args.queue.clone(),
        parallel: args.parallel,
        limit_mins: args.limit,
        batch: args.batch,
        tries: args.tries,
        options: args.sbatch.clone(),
        image: args.image.clone(),
        claim: args.claim.clone(),
        mount: args.mount.clone(),
        dry_run: args.dry_run,
    };
    let words: Vec<_> = WORDS.iter().chain(export_options::WORDS).copied().collect();
    let program = super::worker_program()?;
    let watch = Watch { program: &program, cancel: &cancel, unfinished: &unfinished, progress: &mut |_| {} };
    let mut report = cutroom_api::farm_submit(&session, &request, watch).map_err(|e| Failure::of(e, &words))?;
    report.warnings = report.warnings.iter().map(|warning| worded(warning, &[], &words)).collect();
    if !args.wait {
        return if args.json { super::print_json(&report) } else { super::print(&text_of_report(&report)) };
    }
    text::say(&text_of_report(&report));
    let bar = super::frames_bar(false);
    let waited = cutroom_api::farm_wait(&report.output, &cancel, &mut |status| {
        bar.set_length(status.segments as u64);
        bar.set_position(status.finished as u64);
        bar.set_message(format!("(segments), {} tasks run, {} wait", status.running, status.waiting));
    });
    bar.finish_and_clear();
    waited?;
    if args.json { super::print_json(&report) } else { super::print(&format!("{}: finished\n", report.output.display())) }
}

fn text_of_report(report: &FarmReport) -> String {
    let mut lines: String = report.warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
    if let Some(script) = &report.script {
        return lines + script;
    }
    let (output, tasks, jobs) = (report.output.display(), report.tasks, report.jobs.join(", "));
    lines.push_str(&format!("{output}: {} segments, {} of them finished\n", report.segments, report.finished));
    lines + &format!("{tasks} tasks handed in as {jobs}\nlook at them: cutroom farm status -o {output}\n")
}

fn show(args: &OutputArgs, status: Option<&FarmStatus>, what: &str) -> Result<(), Failure> {
    if args.json {
        return super::print_json(&status);
    }
    let output = args.output.display();
    super::print(&match status {
        None if args.output.exists() => format!("{output}: the file is there, and no export to it {what}\n"),
        None => format!("{output}: no export to it {what}\n"),
        Some(status) => text_of(status),
    })
}

fn text_of(status: &FarmStatus) -> String {
    let FarmStatus { output, segments, finished, missing, waiting, running, tries: [round, most], .. } = status;
    let (output, jobs) = (output.display(), status.jobs.join(", "));
    let mut lines = format!(
        "{output}: {finished} of {segments} segments are finished; {missing} parts are missing\n\
         {running} tasks run, {waiting} wait; try {round} of {most}, jobs {jobs}\n"
    );
    for failure in &status.failures {
        lines.push_str(&format!("{} failed on {}: {}\n", failure.part, failure.machine, failure.error.message));
    }
    if status.cancelled {
        lines.push_str("it was cancelled\n");
    }
    if waiting + running == 0 {
        lines.push_str(&format!(
            "nothing works at it now; go on with the same `cutroom farm submit`, or here:\n  cutroom export --resume -o {output}\n"
        ));
    }
    lines
}

fn work(args: &WorkArgs) -> Result<(), Failure> {
    let task = FarmTask { round: args.round.clone(), stage: args.stage, task: args.task };
    let made = watched(|watch| cutroom_api::farm_work(&args.folder, &task, watch))?;
    super::print(&made.map_or_else(|| NOTHING.to_owned(), |made| format!("{made} parts made\n")))
}

fn assemble(args: &AssembleArgs) -> Result<(), Failure> {
    let report = watched(|watch| cutroom_api::farm_assemble(&args.folder, &args.round, args.jobs, args.wait, watch))?;
    let Some(report) = report else { return super::print(NOTHING) };
    let output = report.output.as_deref().unwrap_or(Path::new("")).display();
    let warnings: String = report.warnings.iter().map(|warning| format!("warning: {warning}\n")).collect();
    super::print(&format!("{warnings}{output}: {} frames, {:.3} s, {}\n", report.frames, report.duration_secs, report.format))
}

fn watched<T>(work: impl FnOnce(Watch) -> Result<T, Vec<cutroom_api::ApiError>>) -> Result<T, Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let program = export_state::worker_program()?;
    let mut progress = |_: ExportProgress| {};
    let watch = Watch { program: &program, cancel: &cancel, unfinished: &unfinished, progress: &mut progress };
    work(watch).map_err(|e| Failure::of(e, export_options::WORDS))
}
