//! `cutroom run` and `cutroom repl`.
use crate::{diagnostics, failure::Failure, interrupt, text};
use clap::{ArgGroup, Args};
use cutroom_api::{ApiError, CancelToken, Editor, JournalOptions, LiveOptions, LiveSession, Session, SessionEvent};
use serde_json::{Value, json};
use std::{
    fs::File,
    io::{self, BufRead, BufReader, IsTerminal, Write},
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

/// Maximum length of a line of a script, in bytes.
const MAX_LINE: usize = 64 << 20;

/// How often a session is updated while nothing is typed.
const UPDATE: Duration = Duration::from_millis(5);

/// Arguments of `cutroom run`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("to").required(true).multiple(false).args(["output", "in_place", "dry_run"]))]
#[command(after_help = "\
Examples:
  cutroom run film.json edits.jsonl -o cut.json
  cutroom run film.json edits.jsonl --in-place
  cutroom run film.json edits.jsonl --dry-run

A script has one JSON object a line, such as {\"split\": {\"clips\": [\"c1\"], \"at\": \"2s\"}}; empty lines and lines that begin with # are
skipped. What each command did is printed as one JSON object a line. The first command that cannot be carried out ends the script, and
nothing is written. With --in-place each command is in the project's journal before it is answered, so that a script that is killed is not
lost, and can be undone later. docs/scripts.md lists all commands.

Exit codes: 0 done, 1 failed, 2 usage, 3 invalid project, 4 media error, 130 interrupted.")]
pub struct RunArgs {
    /// The project
    pub project: PathBuf,
    /// The script: one JSON object a line; - reads standard input
    pub script: PathBuf,
    /// The project file to write, in the same folder
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Change the project file itself
    #[arg(long)]
    pub in_place: bool,
    /// Say what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace the output if it exists
    #[arg(long)]
    pub overwrite: bool,
}

/// Arguments of `cutroom repl`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cutroom repl film.json
  cutroom repl film.json --record made.jsonl

Reads commands as `cutroom run` does, and answers each; a command that cannot be carried out is explained and changes nothing. A command
that is answered is in the project's journal, and the next session has it; {\"save\": {}} writes the project file.")]
pub struct ReplArgs {
    /// The project
    pub project: PathBuf,
    /// Write the commands that were carried out to a script
    #[arg(long, value_name = "FILE")]
    pub record: Option<PathBuf>,
}

/// Runs a script.
pub fn run(args: &RunArgs) -> Result<(), Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let session = Session::open(&args.project)?;
    if let Some(output) = &args.output {
        session.check_output("output", output, args.overwrite)?;
    }
    let editor = match args.in_place {
        true => opened(session)?,
        false => Editor::new(session, args.output.as_deref(), args.dry_run)?,
    };
    let began = editor.journal().head();
    let mut live =
        LiveSession::new(editor, LiveOptions { unfinished, worker: Some(super::worker_program()?), ..LiveOptions::default() })?;
    let input: Box<dyn BufRead> = if args.script == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        let failed = |e: io::Error| ApiError::of("usage.path", &e).file(&args.script);
        Box::new(BufReader::new(File::open(&args.script).map_err(failed)?))
    };
    let name = args.script.display().to_string();
    let done = each_line(input, &name, |number, line| {
        stopped(&cancel)?;
        remember(line);
        let at = |errors: Vec<ApiError>| -> Vec<ApiError> {
            errors.into_iter().map(|e| ApiError { message: format!("{name}:{number}: {}", e.message), ..e }).collect()
        };
        let command: Value =
            serde_json::from_str(line).map_err(|e| at(vec![ApiError::new("usage.command", format!("not JSON: {e}"))]))?;
        let mut events = Printer::default();
        let done = live.execute(&command, &cancel, &mut |event| events.print(&event));
        events.end()?;
        print(&done.map_err(at)?)
    });
    let done = done.and_then(|()| {
        let mut events = Printer::default();
        let finished = live.finish(&cancel, &mut |event| events.print(&event));
        events.end()?;
        Ok(finished?)
    });
    let editor = live.editor_mut();
    if done.is_err() && args.in_place && editor.journal().head() != began {
        // The steps stay in the history.
        editor.restore(began)?;
    }
    done?;
    if editor.is_unsaved() {
        print(&editor.save(None, false)?)?;
    }
    Ok(())
}

/// Prints events, and keeps the first failure of printing.
#[derive(Default)]
struct Printer(Option<Failure>);

impl Printer {
    fn print(&mut self, event: &SessionEvent) {
        if self.0.is_none() {
            self.0 = print(event).err();
        }
    }

    fn end(self) -> Result<(), Failure> {
        self.0.map_or(Ok(()), Err)
    }
}

/// An editor with the project's journal; what was found in it is said.
fn opened(session: Session) -> Result<Editor, Failure> {
    let (editor, notes) = Editor::open(session, JournalOptions::default())?;
    for note in notes {
        text::say(&format!("note: {note}\n"));
    }
    Ok(editor)
}

/// Reads commands and answers them until the input ends.
pub fn repl(args: &ReplArgs) -> Result<(), Failure> {
    let (cancel, unfinished) = interrupt::cancellation()?;
    let editor = opened(Session::open(&args.project)?)?;
    let records = args.record.is_some();
    let worker = Some(super::worker_program()?);
    let options = LiveOptions { watches: true, records, unfinished, worker, ..LiveOptions::default() };
    let mut live = LiveSession::new(editor, options)?;
    let failed = |path: &Path, e: &io::Error| ApiError::of("usage.path", e).file(path);
    let mut record = match &args.record {
        Some(path) => Some((path.as_path(), File::create_new(path).map_err(|e| failed(path, &e))?)),
        None => None,
    };
    let asks = io::stdin().is_terminal();
    prompt(asks);
    each_line_while(&mut live, &cancel, |live, line| {
        let Some(line) = line else { return write_applied(live, &mut record) };
        remember(line);
        let mut events = Printer::default();
        let result = serde_json::from_str::<Value>(line)
            .map_err(|e| vec![ApiError::new("usage.command", format!("not JSON: {e}"))])
            .and_then(|command| live.execute(&command, &cancel, &mut |event| events.print(&event)));
        events.end()?;
        write_applied(live, &mut record)?;
        match result {
            Ok(event) => {
                if changes_the_document(&event) {
                    write_line(&mut record, line)?;
                }
                print(&event)?;
            }
            Err(errors) => print(&json!({"event": "refused", "errors": errors}))?,
        }
        prompt(asks);
        Ok(())
    })?;
    let mut events = Printer::default();
    let finished = live.finish(&cancel, &mut |event| events.print(&event));
    events.end()?;
    write_applied(&mut live, &mut record)?;
    finished?;
    if live.editor().is_unsaved() {
        text::say("note: the project file does not have all changes; the next session has them, and {\"save\": {}} writes them\n");
    }
    Ok(())
}

/// A file that is recorded to, with its path.
type Record<'a> = Option<(&'a Path, File)>;

/// Adds a line to a recording; it is on the disk then.
fn write_line(record: &mut Record<'_>, line: &str) -> Result<(), Failure> {
    let Some((path, file)) = record else { return Ok(()) };
    let written = writeln!(file, "{line}").and_then(|()| file.sync_data());
    written.map_err(|e| ApiError::of("usage.path", &e).file(*path).into())
}

/// Records what jobs have done to the document.
fn write_applied(live: &mut LiveSession, record: &mut Record<'_>) -> Result<(), Failure> {
    live.take_applied().iter().try_for_each(|command| write_line(record, &command.to_string()))
}

/// Whether a recording needs the command of this answer: playback and jobs are not part of the document.
fn changes_the_document(event: &SessionEvent) -> bool {
    !matches!(
        event,
        SessionEvent::Transport { .. }
            | SessionEvent::Job { .. }
            | SessionEvent::Jobs { .. }
            | SessionEvent::Waited {}
            | SessionEvent::Skipped { .. }
            | SessionEvent::History { .. }
    )
}

/// Keeps a command for the report of a defect.
fn remember(line: &str) {
    diagnostics::remember(line);
    if cfg!(debug_assertions) && line == r#"{"defect": {}}"# {
        panic!("a defect for the test of the report");
    }
}

/// Ends the program if somebody has asked for it.
fn stopped(cancel: &CancelToken) -> Result<(), Failure> {
    match cancel.is_cancelled() {
        true => Err(ApiError::new("session.stopped", "stopped by somebody before the end").into()),
        false => Ok(()),
    }
}

fn prompt(asks: bool) {
    if asks {
        text::say("> ");
    }
}

/// Prints an event as one line.
fn print(event: &impl serde::Serialize) -> Result<(), Failure> {
    let line = serde_json::to_string(event).map_err(|e| ApiError::of("cli.json", &e))?;
    super::print(&(line + "\n"))
}

/// Reads standard input on a thread of its own, so that events are printed while nothing is typed; calls
/// a function with each line that is a command, and with nothing now and then.
fn each_line_while(
    live: &mut LiveSession,
    cancel: &CancelToken,
    mut run: impl FnMut(&mut LiveSession, Option<&str>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (lines, read) = mpsc::sync_channel::<Result<String, Failure>>(0);
    let reading = move || {
        // Fails when nobody reads the lines any more.
        let gone = || Failure::from(ApiError::new("usage.command", "nobody reads the commands"));
        let to = &lines;
        let all = each_line(Box::new(BufReader::new(io::stdin())), "standard input", |_, line| {
            to.send(Ok(line.to_owned())).map_err(|_| gone())
        });
        if let Err(failure) = all {
            let _ = lines.send(Err(failure));
        }
    };
    let reading = thread::Builder::new().name("commands".into()).spawn(reading);
    let reading = reading.map_err(|e| ApiError::of("engine.thread", &e))?;
    loop {
        match read.recv_timeout(UPDATE) {
            Ok(line) => run(live, Some(&line?))?,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                let mut events = Printer::default();
                live.update(&mut |event| events.print(&event));
                events.end()?;
                run(live, None)?;
                stopped(cancel)?;
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return reading.join().map_err(|defect| std::panic::resume_unwind(defect));
            }
        }
    }
}

/// Calls a function with each line that is a command, and its number.
fn each_line(
    mut input: Box<dyn BufRead>,
    name: &str,
    mut run: impl FnMut(usize, &str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        let read = io::Read::take(&mut input, MAX_LINE as u64 + 1).read_until(b'\n', &mut line);
        let wrong = |reason: String| ApiError::new("usage.command", format!("{name}:{number}: {reason}"));
        match read {
            Ok(0) => break,
            Ok(_) if line.len() > MAX_LINE => return Err(wrong("the line is longer than 64 MiB".into()).into()),
            Ok(_) => {}
            Err(e) => return Err(wrong(e.to_string()).into()),
        }
        let text = str::from_utf8(&line).map_err(|_| wrong("it is not UTF-8".into()))?.trim();
        if !text.is_empty() && !text.starts_with('#') {
            run(number, text)?;
        }
    }
    Ok(())
}
