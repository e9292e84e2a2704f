//! Tries out whether this machine can do the work: reads, writes and draws something small.
use crate::{ApiError, BackendChoice, ExportRequest, FrameRequest, Session, UnfinishedFiles, VideoOptions, export, render_frame};
use cutroom_media::write::{AudioSettings, WriteSettings, Writer, audio_codecs, encoders, video_codecs};
use cutroom_pipeline::{RenderOptions, Renderer};
use cutroom_types::{AudioBlock, CancelToken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Instant,
};

/// Free space below which a disk is reported, in bytes.
const LEAST_FREE: u64 = 256 << 20;
/// Sound of a tenth of a second for the encoders, in samples.
const SAMPLES: usize = 4800;

/// Something that was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// What.
    pub name: String,
    /// Whether it works.
    pub ok: bool,
    /// What was found, in words.
    pub about: String,
    /// How long it took, in milliseconds.
    pub took_ms: f64,
}

impl Check {
    fn of(name: impl Into<String>, run: impl FnOnce() -> Result<String, String>) -> Self {
        let since = Instant::now();
        let (ok, about) = match run() {
            Ok(about) => (true, about),
            Err(about) => (false, about),
        };
        Self { name: name.into(), ok, about, took_ms: since.elapsed().as_secs_f64() * 1000.0 }
    }
}

/// Free bytes of the disk that a folder is on; `None` where that is not known.
#[cfg(unix)]
pub fn free_bytes(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Free bytes of the disk that a folder is on; `None` where that is not known.
#[cfg(not(unix))]
pub fn free_bytes(_: &Path) -> Option<u64> {
    None
}

/// Tries out what does not change while a program runs: what draws, FFmpeg, each encoder. This takes about a
/// second, and some encoders print what they are.
pub fn machine_checks(backend: BackendChoice) -> Vec<Check> {
    let mut checks = vec![Check::of("drawing", || drawing(backend))];
    match tempfile::tempdir() {
        Ok(dir) => encoding(dir.path(), &mut checks),
        Err(e) => checks.push(Check::of("ffmpeg", || Err(format!("no temporary folder can be made: {e}")))),
    }
    checks
}

/// Tries out the cache on disk and the folders of projects: that files can be written and synced there, as
/// the journal does, and that there is room.
pub fn folder_checks(projects: &[PathBuf]) -> Vec<Check> {
    let mut checks = Vec::new();
    let cache = crate::cache();
    checks.push(Check::of("cache", || match &cache.folder {
        Some(folder) => written(folder).map(|()| folder.display().to_string()),
        None => Ok(format!("nothing is kept: {}", cache.remarks.join("; "))),
    }));
    let mut folders: Vec<&Path> = projects.iter().map(|project| crate::session::folder(project)).collect();
    folders.sort_unstable();
    folders.dedup();
    for folder in &folders {
        checks.push(Check::of("journal", || written(folder).map(|()| folder.display().to_string())));
    }
    for folder in folders.into_iter().chain(cache.folder.as_deref()) {
        checks.push(Check::of("disk", || space(folder)));
    }
    checks
}

fn words(errors: &[ApiError]) -> String {
    errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn drawing(backend: BackendChoice) -> Result<String, String> {
    let renderer = Renderer::new(RenderOptions { backend: backend.into(), threads: 0, ..RenderOptions::default() });
    let renderer = renderer.map_err(|e| e.to_string())?;
    let why = renderer.why_no_gpu().map(|why| format!("; no GPU: {why}")).unwrap_or_default();
    Ok(renderer.describe() + &why)
}

/// Writes, syncs and removes a file.
fn written(folder: &Path) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut file = tempfile::Builder::new().prefix(".cutroom-check-").tempfile_in(folder).map_err(failed)?;
    file.write_all(&[1; 4096]).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    file.close().map_err(failed)
}

fn space(folder: &Path) -> Result<String, String> {
    let Some(free) = free_bytes(folder) else { return Ok(format!("{}: free space is not known", folder.display())) };
    let about = format!("{}: {} MiB free", folder.display(), free >> 20);
    if free >= LEAST_FREE { Ok(about) } else { Err(about) }
}

/// Exports a film of two frames with each encoder that FFmpeg has, and draws a frame of the first file.
fn encoding(dir: &Path, checks: &mut Vec<Check>) {
    let session = match film(dir) {
        Ok(session) => session,
        Err(reason) => return checks.push(Check::of("ffmpeg", || Err(reason))),
    };
    let available: Vec<_> = encoders().into_iter().filter(|e| e.available).collect();
    let has = |kind: &str, codec: &str| available.iter().any(|e| e.kind == kind && e.codec == codec);
    let mut first = None;
    let mut tried = Vec::new();
    for codec in video_codecs().filter(|codec| has("video", codec.id)) {
        let Some(container) = codec.containers().find(|c| c.muxer.is_some()) else { continue };
        let output = dir.join(format!("{}.{}", codec.id, container.extensions[0]));
        let mut request =
            ExportRequest { video: VideoOptions { codec: Some(codec.id.into()), ..Default::default() }, ..request(&output) };
        request.audio.off = true;
        tried.push(Check::of(format!("encoder {}", codec.id), || exported(&session, &request)));
        if first.is_none() && output.exists() {
            first = Some(output);
        }
    }
    for codec in audio_codecs().iter().filter(|codec| has("audio", codec.id)) {
        let Some(container) = codec.containers().find(|c| c.muxer.is_some()) else { continue };
        let output = dir.join(format!("sound-{}.{}", codec.id, container.extensions[0]));
        let mut request = request(&output);
        request.video.off = true;
        request.audio.codec = Some(codec.id.into());
        tried.push(Check::of(format!("encoder {}", codec.id), || exported(&session, &request)));
    }
    checks.push(Check::of("ffmpeg", || match &first {
        Some(file) => decoded(file),
        None => Err(format!("FFmpeg {} encoded nothing", cutroom_media::ffmpeg_version().0)),
    }));
    checks.extend(tried);
}

fn request(output: &Path) -> ExportRequest {
    ExportRequest { output: Some(output.into()), backend: BackendChoice::Cpu, threads: 1, ..ExportRequest::default() }
}

fn exported(session: &Session, request: &ExportRequest) -> Result<String, String> {
    let done = export(session, request, &CancelToken::new(), &UnfinishedFiles::default(), &mut |_| {});
    done.map(|report| report.format).map_err(|errors| words(&errors))
}

/// A film of two frames of a colour, and a sound.
fn film(dir: &Path) -> Result<Session, String> {
    let settings = AudioSettings::new("pcm", 48_000, 2);
    let settings = WriteSettings { container: "wav".into(), video: None, sound: Some(settings), metadata: vec![] };
    let block = AudioBlock { rate_hz: 48_000, channels: vec![vec![0.25; SAMPLES]; 2] };
    let mut writer = Writer::create(&dir.join("s.wav"), &settings, false).map_err(|e| e.to_string())?;
    writer.push_audio(&block).map_err(|e| e.to_string())?;
    writer.finish().map_err(|e| e.to_string())?;
    let text = r##"{"schema_version": 2, "main": "m", "media": [{"id": "s", "path": "s.wav", "kind": "audio"}], "compositions": [
        {"id": "m", "size": {"width": 256, "height": 144}, "frame_rate": 25, "tracks": [
            {"id": "v", "clips": [{"id": "c", "source": {"type": "solid", "color": [0.8, 0.2, 0.1, 1.0]}, "start": 0, "duration": "0.08s"}]},
            {"id": "a", "kind": "audio", "clips": [{"id": "d", "source": {"type": "media", "media": "s"}, "start": 0, "duration": "0.08s"}]}]}]}"##;
    Session::from_json(text, &dir.join("check.json")).map_err(|e| e.message)
}

/// Draws a frame of a file; files are drawn from FFmpeg's decoder, not from the cache.
fn decoded(file: &Path) -> Result<String, String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let text = format!(
        r#"{{"schema_version": 2, "main": "m", "media": [{{"id": "v", "path": "{name}"}}], "compositions": [
        {{"id": "m", "size": {{"width": 256, "height": 144}}, "frame_rate": 25, "tracks": [{{"id": "v", "clips": [
            {{"id": "c", "source": {{"type": "media", "media": "v"}}, "start": 0, "duration": "0.08s"}}]}}]}}]}}"#
    );
    let session = Session::from_json(&text, &file.with_extension("check.json")).map_err(|e| e.message)?;
    let request = FrameRequest { at: "1".into(), backend: BackendChoice::Cpu, threads: 1, ..FrameRequest::default() };
    let frame = render_frame(&session, &request, &CancelToken::new()).map_err(|errors| words(&errors))?;
    let mean = frame.mean_rgb();
    // The film's colour is 204, 51, 26; every encoder is closer than this.
    let near = mean.iter().zip([204.0, 51.0, 26.0]).all(|(is, wanted)| (is - wanted).abs() < 24.0);
    let [r, g, b] = mean;
    let about =
        format!("FFmpeg {}: {name} was written and read, its colour is {r:.0}, {g:.0}, {b:.0}", cutroom_media::ffmpeg_version().0);
    if near { Ok(about) } else { Err(about) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_work_is_reported() {
        let dir = tempfile::tempdir().unwrap();
        let mut checks = machine_checks(BackendChoice::Cpu);
        checks.extend(folder_checks(&[dir.path().join("film.json"), "/does/not/exist/film.json".into()]));
        let of = |name: &str| checks.iter().filter(|c| c.name == name).map(|c| c.ok).collect::<Vec<_>>();
        assert_eq!((of("drawing"), of("ffmpeg")), (vec![true], vec![true]), "{checks:?}");
        assert_eq!(of("journal"), [false, true], "{checks:?}");
        assert!(checks.iter().filter(|c| c.name.starts_with("encoder ")).all(|c| c.ok), "{checks:#?}");
        assert!(of("encoder h264") == [true] || !crate::doctor().formats.iter().any(|f| f.codec == "h264" && f.works));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing is left");
    }
}
