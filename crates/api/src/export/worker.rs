//! The worker of an export: a process that opens the project and makes the parts it is told to.
use super::{
    ExportPhase, ExportProgress, PhaseTimes,
    messages::{FromWorker, InitExport, Task, ToWorker},
    prepared::{self, Made, Prepared},
};
use crate::{ApiError, Session, device_lost, loudness::LevelReport};
use cutroom_export::{PartFiles, PartId, PartMaker, SegmentPass, UnfinishedFiles, folder};
use cutroom_media::{activity, write::PacketFileReport};
use cutroom_pipeline::{FileRoots, PipelineError, Renderer};
use cutroom_types::CancelToken;
use std::{
    io::{BufRead, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// Progress is reported this often.
const REPORTED: Duration = Duration::from_millis(40);

/// Does what comes in on `input` until it ends, and answers on `output`. Returns when nobody waits any
/// more; the process then ends at once, whatever still runs.
pub fn serve_worker(input: impl BufRead, output: impl Write + Send + 'static) {
    let worker = Arc::new(Worker {
        output: Mutex::new(Box::new(output)),
        cancel: CancelToken::new(),
        unfinished: UnfinishedFiles::default(),
        renderer: Mutex::new(None),
    });
    let mut export: Option<Arc<Export>> = None;
    for line in input.lines().map_while(Result::ok) {
        match serde_json::from_str(&line) {
            Ok(ToWorker::InitExport(init)) => export = worker.guarded(None, || worker.open(init.received())),
            Ok(ToWorker::Do(task)) => {
                let (of_thread, export) = (Arc::clone(&worker), export.clone());
                let doing = move || {
                    of_thread.guarded(Some(task), || {
                        let export = export.as_deref().ok_or_else(|| vec![defect("a task came before an export")])?;
                        let made = of_thread.make(export, task).map_err(|e| vec![e])?;
                        of_thread.send(&FromWorker::Completed { task, made: Box::new(made) });
                        Ok(())
                    });
                };
                if let Err(e) = thread::Builder::new().name("task".into()).spawn(doing) {
                    worker_failed(&worker, task, &e);
                }
            }
            Ok(ToWorker::Cancel) => worker.cancel.cancel(),
            Err(e) => worker.fail(None, vec![defect(&format!("a message is not understood: {e}"))]),
        }
    }
    worker.cancel.cancel();
    worker.unfinished.remove();
}

fn worker_failed(worker: &Worker, task: Task, e: &std::io::Error) {
    worker.fail(Some(task), vec![ApiError::new("export.thread", format!("cannot start a thread: {e}"))]);
}

fn defect(what: &str) -> ApiError {
    ApiError::new("export.defect", format!("{what}; this is a defect of cutroom"))
}

/// An open export and the folder of its parts.
struct Export {
    prepared: Prepared,
    folder: PathBuf,
}

impl Export {
    /// What was reported of a finished part.
    fn packets(&self, part: PartId) -> Result<PacketFileReport, ApiError> {
        let made = folder::finished::<Made>(&self.folder, &self.prepared.outline.plan, part).and_then(|made| made.packets);
        made.ok_or_else(|| {
            let path = folder::packets_of(&self.folder, part);
            let error = ApiError::new("media.write.damaged", format!("{}: a finished part of the export is gone", path.display()));
            error.file(&path)
        })
    }

    /// How a segment is encoded.
    fn pass(&self, part: PartId) -> Result<SegmentPass, ApiError> {
        let plan = &self.prepared.plan;
        let (number, kbps) = match (part, plan.video_kbps().filter(|_| plan.two_passes)) {
            (PartId::Measure(_), _) => return Ok(SegmentPass::Measure),
            (PartId::Segment(number), Some(kbps)) => (number, kbps),
            _ => return Ok(SegmentPass::Only),
        };
        let secs = |range: &std::ops::Range<i64>| {
            (plan.rate.time_of_frame(range.end) - plan.rate.time_of_frame(range.start)).as_secs_f64()
        };
        let measured = plan.segments.iter().enumerate();
        let measured = measured.map(|(n, s)| Ok((self.packets(PartId::Measure(n))?.bytes, secs(&s.frames))));
        let rates = cutroom_export::shared_rates(&measured.collect::<Result<Vec<_>, ApiError>>()?, kbps);
        Ok(SegmentPass::Encode { kbps: rates.get(number).copied().unwrap_or(kbps) })
    }
}

struct Worker {
    output: Mutex<Box<dyn Write + Send>>,
    cancel: CancelToken,
    unfinished: UnfinishedFiles,
    /// Kept from one segment to the next.
    renderer: Mutex<Option<Renderer>>,
}

impl Worker {
    fn send(&self, message: &FromWorker) {
        let Ok(mut line) = serde_json::to_string(message) else { return };
        line.push('\n');
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        // If nobody reads it, the input ends as well.
        let _ = output.write_all(line.as_bytes()).and_then(|()| output.flush());
    }

    fn fail(&self, task: Option<Task>, errors: Vec<ApiError>) {
        let recoverable = errors.iter().any(|e| e.code == "media.read.timed_out");
        self.send(&FromWorker::Error { task, errors, recoverable });
    }

    /// Reports errors and panics of `work`.
    fn guarded<T>(&self, task: Option<Task>, work: impl FnOnce() -> Result<T, Vec<ApiError>>) -> Option<T> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(done)) => Some(done),
            Ok(Err(errors)) => {
                self.fail(task, errors);
                None
            }
            Err(_) => {
                self.fail(task, vec![defect("a task of the export panicked")]);
                None
            }
        }
    }

    fn open(&self, init: InitExport) -> Result<Arc<Export>, Vec<ApiError>> {
        // Without it, the message about a crash is less exact.
        let _ = init.activity.as_deref().map(activity::record_in);
        if init.build.as_deref().is_some_and(|build| build != prepared::build()) {
            return Err(vec![prepared::other_build()]);
        }
        let session = Session::from_snapshot(&init.project, init.text, &init.path).map_err(|e| vec![e])?;
        if let Some(roots) = init.roots {
            session.limit_files(FileRoots::new(roots));
        }
        let prepared = Prepared::new(&session, &init.request, &self.cancel)?;
        self.send(&FromWorker::Ready(Box::new(prepared.outline.clone())));
        Ok(Arc::new(Export { prepared, folder: init.folder }))
    }

    fn make(&self, export: &Export, task: Task) -> Result<Made, ApiError> {
        let started = Instant::now();
        let mut last: Option<Instant> = None;
        let mut report = |progress: ExportProgress| {
            if progress.frame == progress.total || last.is_none_or(|t| t.elapsed() >= REPORTED) {
                last = Some(Instant::now());
                self.send(&FromWorker::Progress { task, progress });
            }
        };
        let mut made = match task {
            Task::Whole => export.prepared.make_whole(&self.cancel, &self.unfinished, &mut report)?,
            Task::Part(part) => self.make_part(export, part, &mut report)?,
            Task::Join => self.join(export, &mut report)?,
            Task::Verify => {
                let mut made = Made { also: vec![Made::default(); export.prepared.also.len()], ..Made::default() };
                export.prepared.verify_all(&mut made, &self.cancel, &mut report)?;
                made
            }
        };
        made.elapsed_secs = started.elapsed().as_secs_f64();
        Ok(made)
    }

    fn make_part(&self, export: &Export, part: PartId, report: &mut dyn FnMut(ExportProgress)) -> Result<Made, ApiError> {
        let Export { prepared, folder } = export;
        let files = PartFiles::new(folder, part);
        let made = match part {
            PartId::Sound => {
                let sound = cutroom_export::make_sound(self.maker(prepared), &files)?;
                Made {
                    packets: Some(sound.packets),
                    clipped_samples: sound.clipped_samples,
                    level: sound.level.map(LevelReport::from),
                    phases: sound.times.into(),
                    ..Made::default()
                }
            }
            PartId::Segment(number) | PartId::Measure(number) => {
                let mut kept = self.renderer.lock().unwrap_or_else(PoisonError::into_inner);
                // Taken out while it is used: one that panicked is not used again.
                let mut renderer = match kept.take() {
                    Some(renderer) => renderer,
                    None => Renderer::new(prepared.plan.render).map_err(PipelineError::from)?,
                };
                let total = prepared.plan.segments.get(number).map_or(0, |s| (s.frames.end - s.frames.start) as u64);
                let mut note = |frame| {
                    let phase = if frame == total { ExportPhase::Encode } else { ExportPhase::Compose };
                    report(ExportProgress { phase, frame, total });
                };
                let pass = export.pass(part)?;
                let failures = device_lost::count(&prepared.composition);
                let made = cutroom_export::make_segment(self.maker(prepared), number, pass, &mut renderer, &files, &mut note)?;
                let drawn_by = prepared.composition.drawn_by(&renderer);
                *kept = Some(renderer);
                let device_lost = device_lost::since(&prepared.composition, failures);
                Made { packets: Some(made.packets), drawn_by, device_lost, phases: made.times.into(), ..Made::default() }
            }
        };
        let made = Made { problems: prepared.problems(), ..made };
        files.publish(&prepared.outline.plan, &made)?;
        Ok(made)
    }

    fn maker<'a>(&'a self, prepared: &'a Prepared) -> PartMaker<'a> {
        PartMaker { composition: &prepared.composition, plan: &prepared.plan, cancel: &self.cancel }
    }

    fn join(&self, export: &Export, report: &mut dyn FnMut(ExportProgress)) -> Result<Made, ApiError> {
        let Export { prepared, folder } = export;
        let started = Instant::now();
        let segments =
            (0..prepared.plan.segments.len()).map(|n| export.packets(PartId::Segment(n))).collect::<Result<Vec<_>, _>>()?;
        let sound = prepared.outline.sound.then(|| export.packets(PartId::Sound)).transpose()?;
        let total = prepared.outline.total;
        let mut note = |frame| report(ExportProgress { phase: ExportPhase::Finalize, frame, total });
        cutroom_export::join(self.maker(prepared), folder, &segments, sound.as_ref(), &self.unfinished, &mut note)?;
        let file = prepared.plan.file().and_then(prepared::hash_of_file);
        let phases = PhaseTimes { finalize_secs: started.elapsed().as_secs_f64(), ..PhaseTimes::default() };
        Ok(Made { phases, file, ..Made::default() })
    }
}
