//! Makes the parts of an export, and joins them.
//!
//! ```text
//! segment: decode threads ──▶ draw thread ──pictures──▶ this thread: encode ──▶ packet file
//! sound:   audio files    ──▶ mix thread  ──blocks────▶ this thread: encode ──▶ packet file
//! join:    packet files ──▶ this thread: mux ──▶ the film
//! ```
use crate::{
    CopiedSegment, ExportError, ExportPlan, ExportTarget, LevelReport, PhaseTimes, Segment, SegmentKind, SmartPlan,
    UnfinishedFiles, folder,
    folder::{PartFiles, PartId},
    hash_file::HashFile,
    leveling,
    run::{BLOCKS_WAITING, DrawTimes, PICTURES_WAITING, draw, mix, receive, spawn},
};
use crossbeam_channel::bounded;
use cutroom_media::{
    MediaError,
    copy::BesideWriter,
    write::{
        JoinedFilm, PacketFileReport, Part, Parts, Rate, SegmentWriter, SoundWriter, VideoSettings, WriteReport, WriteSettings,
    },
};
use cutroom_pipeline::{OpenComposition, Renderer};
use cutroom_types::{CancelToken, Picture, Time};
use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    ops::Range,
    path::Path,
    sync::Arc,
    thread,
    time::Instant,
};

/// How the pictures of a segment are encoded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SegmentPass {
    /// Once, with the settings of the plan.
    Only,
    /// The first of two times: statistics are written.
    Measure,
    /// The second: this bit rate is reached with the statistics that [`Self::Measure`] has written.
    Encode {
        /// Kilobits per second.
        kbps: u32,
    },
}

/// The bit rates of segments in kbit/s that have `kbps` together: in proportion to what they need at equal
/// quality. `measured`: bytes and seconds of each segment in its first pass.
pub fn shared_rates(measured: &[(u64, f64)], kbps: u32) -> Vec<u32> {
    let all: f64 = measured.iter().map(|(bytes, _)| *bytes as f64).sum();
    let secs: f64 = measured.iter().map(|(_, secs)| secs).sum();
    let rate = |(bytes, own): &(u64, f64)| f64::from(kbps) * secs * (*bytes as f64 / all.max(1.0)) / own.max(1e-9);
    measured.iter().map(|part| (rate(part).round() as u32).max(1)).collect()
}

/// A segment that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct SegmentMade {
    /// Its packets.
    pub packets: PacketFileReport,
    /// How long it took.
    pub times: PhaseTimes,
}

/// Sound that was made.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundMade {
    /// Its packets.
    pub packets: PacketFileReport,
    /// Number of samples that exceeded full scale and were clipped.
    pub clipped_samples: u64,
    /// How it was brought to a loudness, if it was.
    pub level: Option<LevelReport>,
    /// How long it took.
    pub times: PhaseTimes,
}

/// What parts are made from.
#[derive(Clone, Copy)]
pub struct PartMaker<'a> {
    /// The open composition.
    pub composition: &'a Arc<OpenComposition>,
    /// The plan of the export.
    pub plan: &'a ExportPlan,
    /// Cancelled when the work is to stop.
    pub cancel: &'a CancelToken,
}

/// Draws and encodes segment `number`; the files are not published. `progress` is called on this thread
/// with the number of frames of the segment that are encoded.
///
/// # Errors
/// See [`ExportError`].
pub fn make_segment(
    maker: PartMaker,
    number: usize,
    pass: SegmentPass,
    renderer: &mut Renderer,
    files: &PartFiles,
    progress: &mut dyn FnMut(u64),
) -> Result<SegmentMade, ExportError> {
    let PartMaker { composition, plan, cancel } = maker;
    let (path, settings) = written(plan)?;
    let Segment { frames: range, kind } = plan.segments.get(number).ok_or(ExportError::Panicked { thread: "segments" })?;
    if let (SegmentKind::Copy(copied), Some(smart)) = (kind, &plan.smart) {
        return copy_segment(maker, smart, copied, range, files, progress);
    }
    let range = range.clone();
    let total = (range.end - range.start) as u64;
    let open = |source| ExportError::Open { source };
    let settings = of_pass(settings, pass, number, files).map_err(open)?;
    let writer = match &plan.smart {
        Some(smart) => {
            let writer = BesideWriter::create(&files.packets(), &smart.edges, &smart.parameters);
            writer.map(|writer| PictureWriter::Beside(Box::new(writer)))
        }
        None => SegmentWriter::create(&files.packets(), path, &settings).map(|w| PictureWriter::Alone(Box::new(w))),
    };
    let mut writer = writer.map_err(open)?;
    let hashes = plan.frame_hashes.is_some() && pass != SegmentPass::Measure;
    let mut hashes = hashes.then(|| HashLines::create(&files.hashes())).transpose()?;
    let mut times = PhaseTimes::default();
    let drawn_in = thread::scope(|scope| {
        let (to_encoder, pictures) = bounded(PICTURES_WAITING);
        let of_thread = range.clone();
        let drawing = spawn(scope, "draw", move || draw(composition, plan, of_thread, renderer, &to_encoder))?;
        for (n, frame) in range.clone().enumerate() {
            if cancel.is_cancelled() {
                return Err(ExportError::Cancelled { frame: n as u64, total });
            }
            let drawn = receive(&pictures, "draw")??;
            let started = Instant::now();
            let at = |source| ExportError::Write { time: plan.rate.time_of_frame(frame), source };
            for picture in &drawn.pictures {
                tracing::info_span!("encode picture").in_scope(|| writer.push_picture(picture)).map_err(at)?;
            }
            if let (Some(file), Some(hash)) = (&mut hashes, drawn.hash) {
                file.line(frame - plan.frames.start, hash)?;
            }
            times.encode_secs += started.elapsed().as_secs_f64();
            progress(n as u64 + 1);
        }
        Ok(drawing.join().ok().flatten().unwrap_or_default())
    })?;
    let started = Instant::now();
    let packets = writer.finish().map_err(|source| ExportError::Finish { source })?;
    hashes.map(HashLines::finish).transpose()?;
    let DrawTimes { decode_secs, compose_secs } = drawn_in;
    let encode_secs = times.encode_secs + started.elapsed().as_secs_f64();
    Ok(SegmentMade { packets, times: PhaseTimes { decode_secs, compose_secs, encode_secs } })
}

/// The encoder of a segment.
enum PictureWriter {
    Alone(Box<SegmentWriter>),
    /// Beside copied segments.
    Beside(Box<BesideWriter>),
}

impl PictureWriter {
    fn push_picture(&mut self, picture: &Picture) -> Result<(), MediaError> {
        match self {
            Self::Alone(writer) => writer.push_picture(picture),
            Self::Beside(writer) => writer.push_picture(picture),
        }
    }

    fn finish(self) -> Result<PacketFileReport, MediaError> {
        match self {
            Self::Alone(writer) => writer.finish(),
            Self::Beside(writer) => writer.finish(),
        }
    }
}

/// Copies the packets of a segment from their file.
fn copy_segment(
    maker: PartMaker,
    smart: &SmartPlan,
    copied: &CopiedSegment,
    range: &Range<i64>,
    files: &PartFiles,
    progress: &mut dyn FnMut(u64),
) -> Result<SegmentMade, ExportError> {
    let PartMaker { plan, cancel, .. } = maker;
    let started = Instant::now();
    let time = plan.rate.time_of_frame(range.start);
    let source = smart.sources.get(copied.source).ok_or(ExportError::Panicked { thread: "copies" })?;
    let mut done = 0;
    let mut step = || {
        done += 1;
        progress(done);
        if cancel.is_cancelled() { Err(MediaError::Stopped { path: files.folder().to_owned() }) } else { Ok(()) }
    };
    let packets = cutroom_media::copy::copy_packets(&files.packets(), source, &copied.span, &smart.parameters, &mut step);
    let packets = packets.map_err(|source| match source {
        MediaError::Stopped { .. } => {
            let total = (range.end - range.start) as u64;
            ExportError::Cancelled { frame: 0, total }
        }
        source => ExportError::Write { time, source },
    })?;
    let times = PhaseTimes { encode_secs: started.elapsed().as_secs_f64(), ..PhaseTimes::default() };
    Ok(SegmentMade { packets, times })
}

fn of_pass(settings: &WriteSettings, pass: SegmentPass, number: usize, files: &PartFiles) -> Result<WriteSettings, MediaError> {
    let mut settings = settings.clone();
    let video = settings.video.take();
    settings.video = match (video, pass) {
        (Some(video), SegmentPass::Measure) => Some(video.pass(1, &files.statistics())?),
        (Some(video), SegmentPass::Encode { kbps }) => {
            let measured = folder::statistics_of(files.folder(), PartId::Measure(number));
            Some(VideoSettings { rate: Rate::BitrateKbps(kbps), ..video.pass(2, &measured)? })
        }
        (video, _) => video,
    };
    Ok(settings)
}

/// Mixes and encodes the sound of the film; the files are not published.
///
/// # Errors
/// See [`ExportError`].
pub fn make_sound(maker: PartMaker, files: &PartFiles) -> Result<SoundMade, ExportError> {
    let PartMaker { composition, plan, cancel } = maker;
    let (path, settings) = written(plan)?;
    let sound = plan.sound.as_ref().ok_or(ExportError::Panicked { thread: "sound" })?;
    let started = Instant::now();
    let (leveler, level) = match plan.loudness {
        Some(target) => {
            let (leveler, report) = leveling::plan(composition, sound, target, cancel)?;
            (Some(leveler), Some(report))
        }
        None => (None, None),
    };
    let mut writer = SoundWriter::create(&files.packets(), path, settings).map_err(|source| ExportError::Open { source })?;
    let mut encode_secs = 0.0;
    let clipped_samples = thread::scope(|scope| {
        let (to_encoder, blocks) = bounded(BLOCKS_WAITING);
        let mixing = spawn(scope, "mix", move || mix(composition, plan, leveler, &to_encoder))?;
        let mut sample = sound.samples.start;
        while sample < sound.samples.end {
            if cancel.is_cancelled() {
                return Err(ExportError::Cancelled { frame: 0, total: 0 });
            }
            let block = receive(&blocks, "mix")??;
            let time = Time::of_sample(sample, sound.rate_hz);
            sample += block.len() as i64;
            let started = Instant::now();
            tracing::info_span!("encode sound")
                .in_scope(|| writer.push_audio(&block))
                .map_err(|source| ExportError::Write { time, source })?;
            encode_secs += started.elapsed().as_secs_f64();
        }
        Ok(mixing.join().ok().flatten().unwrap_or(0))
    })?;
    let packets = writer.finish().map_err(|source| ExportError::Finish { source })?;
    let compose_secs = (started.elapsed().as_secs_f64() - encode_secs).max(0.0);
    let times = PhaseTimes { decode_secs: 0.0, compose_secs, encode_secs };
    Ok(SoundMade { packets, clipped_samples, level, times })
}

/// Joins the finished parts in `folder` to the film. `segments` and `sound`: what was reported of them.
///
/// # Errors
/// See [`ExportError`]; after an error no film was created, except after [`ExportError::HashesLast`].
pub fn join(
    maker: PartMaker,
    folder: &Path,
    segments: &[PacketFileReport],
    sound: Option<&PacketFileReport>,
    unfinished: &UnfinishedFiles,
    progress: &mut dyn FnMut(u64),
) -> Result<WriteReport, ExportError> {
    let PartMaker { plan, cancel, .. } = maker;
    let (path, settings) = written(plan)?;
    let ExportTarget::File { extras, .. } = &plan.target else { return Err(ExportError::Panicked { thread: "join" }) };
    let part = |id, report: &PacketFileReport| Part { path: folder::packets_of(folder, id), report: report.clone() };
    let segments: Vec<Part> = segments.iter().enumerate().map(|(n, report)| part(PartId::Segment(n), report)).collect();
    let sound = sound.map(|report| part(PartId::Sound, report));
    let frames: u64 = segments.iter().map(|s| s.report.units).sum();
    if plan.pictures && frames != (plan.frames.end - plan.frames.start).max(0) as u64 {
        let wanted = plan.frames.end - plan.frames.start;
        let reason = format!("the segments have {frames} pictures together instead of {wanted}");
        return Err(ExportError::Finish { source: MediaError::Damaged { path: folder.to_owned(), reason } });
    }
    let parameters = plan.smart.as_ref().map(|smart| smart.parameters.as_slice());
    let parts = Parts { segments: &segments, sound: sound.as_ref(), extras, parameters };
    let film = JoinedFilm::create(path, settings, &parts, plan.overwrite).map_err(|source| ExportError::Open { source })?;
    let _note = film.hidden_path().map(|path| unfinished.note(path.to_owned()));
    let list = plan.frame_hashes.as_deref().map(|list| joined_hashes(list, folder, segments.len(), plan.overwrite)).transpose()?;
    let picture_secs = (plan.rate.time_of_frame(1) - Time::ZERO).as_secs_f64();
    let sample_secs = plan.sound.as_ref().map_or(1.0, |s| 1.0 / f64::from(s.rate_hz));
    let mut step = |done| {
        progress(done);
        if cancel.is_cancelled() { Err(MediaError::Stopped { path: path.to_owned() }) } else { Ok(()) }
    };
    let report = film.finish(picture_secs, sample_secs, &mut step).map_err(|source| match source {
        MediaError::Stopped { .. } => ExportError::Cancelled { frame: frames, total: frames },
        source => ExportError::Finish { source },
    })?;
    if let Some(list) = list {
        list.name(Some(path))?;
    }
    Ok(report)
}

/// The hashes of all segments as one list, ready to get its name.
fn joined_hashes(
    list: &Path,
    folder: &Path,
    segments: usize,
    overwrite: bool,
) -> Result<crate::hash_file::HashesReady, ExportError> {
    let mut file = HashFile::create(list, overwrite)?;
    for n in 0..segments {
        let part = folder::hashes_of(folder, PartId::Segment(n));
        let text = fs::read(&part).map_err(|source| ExportError::Hashes { path: part.clone(), source })?;
        file.lines(&text)?;
    }
    file.ready()
}

fn written(plan: &ExportPlan) -> Result<(&Path, &WriteSettings), ExportError> {
    match &plan.target {
        ExportTarget::File { path, settings, .. } => Ok((path, settings)),
        ExportTarget::Null => Err(ExportError::Panicked { thread: "parts" }),
    }
}

/// The lines of a segment's hashes.
struct HashLines {
    path: std::path::PathBuf,
    file: BufWriter<File>,
}

impl HashLines {
    fn create(path: &Path) -> Result<Self, ExportError> {
        let file = File::create(path).map_err(|source| ExportError::Hashes { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), file: BufWriter::new(file) })
    }

    fn line(&mut self, n: i64, hash: blake3::Hash) -> Result<(), ExportError> {
        writeln!(self.file, "{n} {hash}").map_err(|source| ExportError::Hashes { path: self.path.clone(), source })
    }

    fn finish(mut self) -> Result<(), ExportError> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        synced.map_err(|source| ExportError::Hashes { path: self.path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_rates_are_the_rate_together() {
        // The second needs three times as much a second, the third is half as long.
        let rates = shared_rates(&[(1000, 10.0), (3000, 10.0), (1500, 5.0)], 1000);
        assert_eq!(rates, [455, 1364, 1364]);
        let bits: f64 = rates.iter().zip([10.0, 10.0, 5.0]).map(|(kbps, secs)| f64::from(*kbps) * secs).sum();
        assert!((bits - 25_000.0).abs() < 25.0, "{bits}");
        assert_eq!(shared_rates(&[(0, 1.0), (0, 1.0)], 100), [1, 1]);
    }
}
