//! A worker process, as its supervisor sees it.
use super::{
    messages::{FromWorker, ToWorker},
    program::program_file,
};
use crate::ApiError;
use cutroom_export::{Note, UnfinishedFiles};
use cutroom_media::activity::{self, Activity};
use std::{
    collections::VecDeque,
    ffi::OsString,
    fs::File,
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
    time::{Duration, Instant},
};

/// Lines of a worker's standard error that are kept.
const LINES_KEPT: usize = 12;
/// A worker that was asked to stop is killed after this time.
const PATIENCE: Duration = Duration::from_secs(5);

/// How to start a worker: this very program, with the arguments that make it call
/// [`crate::serve_worker`].
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    program: PathBuf,
    args: Vec<OsString>,
}

impl WorkerProgram {
    /// The running program, with arguments.
    ///
    /// # Errors
    /// `export.worker` if the system does not tell where the program is.
    pub fn this(args: impl IntoIterator<Item = OsString>) -> Result<Self, ApiError> {
        let program =
            program_file().map_err(|e| ApiError::new("export.worker", format!("cannot find this program's file: {e}")))?;
        Ok(Self { program, args: args.into_iter().collect() })
    }
}

impl WorkerProgram {
    /// What the program says when it is run with one more argument, if it succeeds within
    /// `patience`.
    ///
    /// # Errors
    /// What it says on standard error, or how it ended.
    pub(crate) fn answer(&self, last: &str, patience: Duration) -> Result<String, String> {
        let mut command = Command::new(&self.program);
        command.args(&self.args).arg(last).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|e| format!("cannot start a process: {e}"))?;
        let read = |stream: Option<Box<dyn std::io::Read + Send>>| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = stream.map(|mut s| s.read_to_end(&mut bytes));
                String::from_utf8_lossy(&bytes).trim().to_owned()
            })
        };
        let output = read(child.stdout.take().map(|s| Box::new(s) as _));
        let errors = read(child.stderr.take().map(|s| Box::new(s) as _));
        let started = Instant::now();
        let status = loop {
            match child.try_wait() {
                Ok(Some(status)) => break status,
                Ok(None) if started.elapsed() < patience => thread::sleep(Duration::from_millis(5)),
                _ => {
                    let _ = child.kill();
                    let _ = child.wait();
                    return Err(format!("it did not answer for {} s", patience.as_secs()));
                }
            }
        };
        let (output, errors) = (output.join().unwrap_or_default(), errors.join().unwrap_or_default());
        match status.code() {
            Some(0) => Ok(output),
            Some(_) if !output.is_empty() => Err(output),
            _ => Err(format!("{} {}", in_words(status), errors.lines().last().unwrap_or_default()).trim().to_owned()),
        }
    }
}

/// What a worker did: a message, or its end.
pub(super) enum WorkerEvent {
    Message(FromWorker),
    Ended,
}

/// A running worker. It is killed when dropped.
pub(super) struct WorkerProcess {
    child: Child,
    input: Arc<Mutex<Option<ChildStdin>>>,
    // Removed from the list of those that an interrupt ends when this is dropped.
    _note: Note,
    last_lines: Arc<Mutex<VecDeque<String>>>,
    /// A file without a name in which the worker keeps what it does.
    activity: Option<File>,
}

impl WorkerProcess {
    /// Starts worker `number`, whose messages go to `events`.
    ///
    /// # Errors
    /// `export.worker`.
    pub fn start(
        program: &WorkerProgram,
        number: usize,
        events: &Sender<(usize, WorkerEvent)>,
        unfinished: &UnfinishedFiles,
    ) -> Result<Self, ApiError> {
        let failed = |e: std::io::Error| ApiError::new("export.worker", format!("cannot start a process for the export: {e}"));
        let mut command = Command::new(&program.program);
        command.args(&program.args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        {
            use std::os::unix::process::CommandExt;
            // In a group of its own: an interrupt at the terminal reaches the supervisor alone.
            command.process_group(0).arg0("cutroom");
        }
        let mut child = command.spawn().map_err(failed)?;
        let input = Arc::new(Mutex::new(child.stdin.take()));
        let has_ended = Arc::<AtomicBool>::default();
        let (of_note, ended) = (Arc::clone(&input), Arc::clone(&has_ended));
        let note = unfinished.note_process(child.id(), move || {
            // Without input it removes its files and ends.
            of_note.lock().unwrap_or_else(PoisonError::into_inner).take();
            let asked = Instant::now();
            while !ended.load(Ordering::Acquire) && asked.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(2));
            }
        });
        let (output, errors) = (child.stdout.take(), child.stderr.take());
        let last_lines = Arc::<Mutex<VecDeque<String>>>::default();
        let activity = tempfile::tempfile().ok();
        let process = Self { child, input, _note: note, last_lines: Arc::clone(&last_lines), activity };
        let events = events.clone();
        let listen = move || {
            for line in output.into_iter().flat_map(|o| BufReader::new(o).lines()).map_while(Result::ok) {
                // A library may print to standard output as well.
                if let Ok(message) = serde_json::from_str(&line) {
                    let _ = events.send((number, WorkerEvent::Message(message)));
                }
            }
            has_ended.store(true, Ordering::Release);
            let _ = events.send((number, WorkerEvent::Ended));
        };
        thread::Builder::new().name(format!("worker {number}")).spawn(listen).map_err(failed)?;
        let keep = move || {
            for line in errors.into_iter().flat_map(|e| BufReader::new(e).lines()).map_while(Result::ok) {
                let mut lines = last_lines.lock().unwrap_or_else(PoisonError::into_inner);
                if lines.len() == LINES_KEPT {
                    lines.pop_front();
                }
                lines.push_back(line);
            }
        };
        thread::Builder::new().name(format!("worker {number} errors")).spawn(keep).map_err(failed)?;
        Ok(process)
    }

    /// Sends a message; a worker that has ended does not receive it, which its end tells.
    ///
    /// # Errors
    /// `export.defect` for a message that cannot be written as JSON.
    pub fn send(&mut self, message: &ToWorker) -> Result<(), ApiError> {
        let mut line = serde_json::to_string(message).map_err(|e| ApiError::of("export.defect", &e))?;
        line.push('\n');
        let mut guard = self.input.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(input) = guard.as_mut()
            && input.write_all(line.as_bytes()).and_then(|()| input.flush()).is_err()
        {
            *guard = None;
        }
        Ok(())
    }

    /// The path by which the worker opens the file for what it does; `None` where files without names
    /// have no such path.
    pub fn activity_path(&self) -> Option<PathBuf> {
        #[cfg(target_os = "linux")]
        return self.activity.as_ref().map(|file| {
            use std::os::fd::AsRawFd;
            PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), file.as_raw_fd()))
        });
        #[cfg(not(target_os = "linux"))]
        None
    }

    /// What the worker was doing when it ended, in all of its threads; if nothing, what it did last.
    pub fn last_activities(&mut self) -> Vec<Activity> {
        let all = self.activity.as_mut().and_then(|file| activity::read(file).ok()).unwrap_or_default();
        let open = all.iter().take_while(|a| a.is_open).count();
        // A file is more likely the culprit than an encoder, which gets what the renderer made.
        let mut suspects: Vec<Activity> = all.into_iter().take(open.max(1)).collect();
        suspects.sort_by_key(|a| a.file.is_none());
        suspects
    }

    /// Process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, in words, with the last lines of its standard error.
    pub fn last_words(&mut self) -> (String, Vec<String>) {
        let status = self.child.wait().map_or_else(|e| e.to_string(), in_words);
        let lines = self.last_lines.lock().unwrap_or_else(PoisonError::into_inner);
        (status, lines.iter().filter(|line| !line.trim().is_empty()).cloned().collect())
    }

    /// Ends the process at once.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks workers to stop, and kills those that do not.
    pub fn stop_all<'a>(workers: impl Iterator<Item = &'a mut Self>) {
        let mut workers: Vec<&mut Self> = workers.collect();
        for worker in &mut workers {
            let _ = worker.send(&ToWorker::Cancel);
            worker.input.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        let asked = Instant::now();
        for worker in workers {
            while matches!(worker.child.try_wait(), Ok(None)) && asked.elapsed() < PATIENCE {
                thread::sleep(Duration::from_millis(5));
            }
            worker.kill();
        }
    }
}

impl Drop for WorkerProcess {
    fn drop(&mut self) {
        self.kill();
    }
}

fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return match signal {
            4 => "it crashed: an illegal instruction (SIGILL)".into(),
            6 => "it crashed: it aborted itself (SIGABRT)".into(),
            7 => "it crashed: a bus error (SIGBUS)".into(),
            8 => "it crashed: an arithmetic error (SIGFPE)".into(),
            9 => "it was killed (SIGKILL), by somebody or by the system for want of memory".into(),
            11 => "it crashed: an invalid memory access (SIGSEGV)".into(),
            other => format!("signal {other} ended it"),
        };
    }
    status.code().map_or_else(|| "it ended".into(), |code| format!("it ended with exit code {code}"))
}
