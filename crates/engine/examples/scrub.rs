//! Measures jumping about in a film of long groups of pictures: random frames against PyAV and the
//! program ffmpeg in the same run, the same frames once more from the cache, and 300 frames backwards against forwards.
//!
//! Usage: `scrub CLIP.mp4`. Needs PyAV (`python3-av`) for the comparison; `PYTHON` names the
//! interpreter that has it.
use cutroom_effects::Catalog;
use cutroom_engine::{DocumentState, DrawOutput, Engine, EngineSettings};
use cutroom_pipeline::{Library, RenderOptions};
use cutroom_project::{Clip, ClipSource, Composition, Media, MediaKind, Project, Track, TrackKind};
use cutroom_timeline::RenderScale;
use cutroom_types::{FrameRate, PictureFormat, Size, Time};
use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

/// Random frames of each series.
const FRAMES: usize = 60;
/// Frames forward and backward.
const ROW: i64 = 300;

/// Answers each frame number on standard input with the milliseconds that reaching it took: seeks to
/// the key frame before it and decodes up to it.
const PYAV: &str = "
import av, sys, time
film = av.open(sys.argv[1]); video = film.streams.video[0]; video.thread_type = 'AUTO'
rate = video.average_rate; start = video.start_time or 0
for line in sys.stdin:
    began = time.perf_counter()
    due = start + round(int(line) / rate / video.time_base)
    film.seek(due, stream=video, backward=True)
    for frame in film.decode(video):
        if frame.pts >= due: break
    planes = [bytes(plane) for plane in frame.planes]
    print((time.perf_counter() - began) * 1000, flush=True)
";

struct Peer {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    fn new(clip: &str) -> Result<Self, Box<dyn Error>> {
        let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
        let mut child = Command::new(python).args(["-c", PYAV, clip]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        Ok(Self { child, answers })
    }

    /// Milliseconds of one frame; `None` without PyAV.
    fn frame(&mut self, n: i64) -> Option<f64> {
        writeln!(self.child.stdin.as_mut()?, "{n}").ok()?;
        let mut line = String::new();
        self.answers.read_line(&mut line).ok()?;
        line.trim().parse().ok()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let clip = std::env::args().nth(1).ok_or("usage: scrub CLIP.mp4")?;
    let info = cutroom_media::probe(Path::new(&clip))?;
    let video = info.video.first().ok_or("the clip has no pictures")?;
    let rate = video.nominal_rate.or(video.average_rate).ok_or("the clip has no frame rate")?;
    let count = rate.frames_in(info.duration);
    let mut engine = engine(&clip, video.size, rate, count)?;
    let random = random(count);
    let mut peer = Peer::new(&clip)?;
    // Both have opened the film before they are measured.
    scrub(&mut engine, 0)?;
    peer.frame(0);
    let (mut ours, mut theirs, mut program) = (Vec::new(), Vec::new(), Vec::new());
    for n in &random {
        ours.push(scrub(&mut engine, *n)?);
        theirs.extend(peer.frame(*n));
        program.extend(by_ffmpeg(&clip, rate.time_of_frame(*n)));
    }
    let cached = random.iter().map(|n| scrub(&mut engine, *n)).collect::<Result<Vec<_>, _>>()?;
    println!("{count} frames of {}x{}; ms: mean, median, p95, most", video.size.width, video.size.height);
    print("random frames, PyAV", theirs);
    print("random frames, ffmpeg -ss", program);
    print("random frames, cutroom", ours);
    print("the same from the cache", cached);
    // Each in an engine of its own, so that none of the frames is in its cache.
    let row = |frames: &mut dyn Iterator<Item = i64>, first: i64| -> Result<f64, Box<dyn Error>> {
        let mut engine = self::engine(&clip, video.size, rate, count)?;
        scrub(&mut engine, first)?;
        frames.map(|n| scrub(&mut engine, n)).sum()
    };
    let start = count / 3;
    let forward = row(&mut (start + 1..=start + ROW), start)?;
    let backward = row(&mut (start..start + ROW).rev(), start + ROW)?;
    println!("{ROW} frames one by one: forward {forward:.0} ms, backward {backward:.0} ms, {:.2} times", backward / forward);
    Ok(())
}

/// Milliseconds of the program from its start to its end; `None` if it fails.
fn by_ffmpeg(clip: &str, at: Time) -> Option<f64> {
    let began = Instant::now();
    let at = format!("{:.6}", at.as_secs_f64());
    let args = ["-nostdin", "-v", "error", "-ss", &at, "-i", clip, "-frames:v", "1", "-f", "null", "-"];
    let done = Command::new("ffmpeg").args(args).status().ok()?.success();
    done.then(|| began.elapsed().as_secs_f64() * 1000.0)
}

/// Jumps to a frame and waits for it, as somebody does who drags a playhead; milliseconds.
fn scrub(engine: &mut Engine, n: i64) -> Result<f64, Box<dyn Error>> {
    let began = Instant::now();
    let handle = engine.scrub(n, RenderScale::FULL);
    loop {
        engine.update();
        while let Some(answer) = handle.poll().map_err(|e| e.to_string())? {
            if answer.exact {
                assert_eq!(answer.frame, n);
                return Ok(began.elapsed().as_secs_f64() * 1000.0);
            }
        }
        engine.wait(Duration::from_millis(100));
    }
}

fn engine(clip: &str, size: Size, rate: FrameRate, count: i64) -> Result<Engine, Box<dyn Error>> {
    let mut main = Composition::new("main", size, rate);
    let mut track = Track::new("v", TrackKind::Video);
    track.clips.push(Clip::new("c", ClipSource::media("film"), Time::ZERO, rate.time_of_frame(count) - Time::ZERO).into());
    main.tracks.push(track);
    let mut project = Project::new("scrub", main);
    project.media.push(Media::new("film", clip, MediaKind::Video));
    let library = Arc::new(Library::new(Path::new(".")));
    let mut engine = Engine::new(EngineSettings::new(
        Catalog::builtin(),
        library,
        RenderOptions::default(),
        DrawOutput::Video(PictureFormat::YUV420P8),
    )?)?;
    let composition = project.main.clone();
    engine.send(DocumentState { project: Arc::new(project), composition, revision: 1, touched: None });
    engine.until_open(1, Duration::from_secs(60)).map_err(|e| e.to_string())?;
    Ok(engine)
}

/// Frames from all over the film, always the same.
fn random(count: i64) -> Vec<i64> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % count.max(1) as u64) as i64
    };
    (0..FRAMES).map(|_| next()).collect()
}

fn print(what: &str, mut ms: Vec<f64>) {
    if ms.is_empty() {
        println!("{what}: not there");
        return;
    }
    ms.sort_by(f64::total_cmp);
    let rank = |share: usize| ms[(ms.len() * share).div_ceil(100) - 1];
    let mean = ms.iter().sum::<f64>() / ms.len() as f64;
    println!("{what}: {mean:.1}, {:.1}, {:.1}, {:.1}", rank(50), rank(95), rank(100));
}
