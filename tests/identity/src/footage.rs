//! Creates coded clips: raw pictures and sound are piped into the `ffmpeg` program. The files are
//! cached in cargo's target folder under a key of everything that decides their content.
use crate::{FLICKS_PER_SECOND, Rate, clicks, code, rate::round_div};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// Part of the cache key; must be raised when the encoding below changes.
const MAKER_VERSION: u32 = 2;

/// Sample rate of every clip's sound, in Hz.
pub const SAMPLE_RATE_HZ: i64 = 48_000;

/// Half of the picture into which a clip draws its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    /// The upper half.
    Upper = 0,
    /// The lower half.
    Lower = 1,
}

/// Start times of frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Timing {
    /// All frames have the same length.
    Constant(Rate),
    /// A repeating pattern of frame lengths.
    Variable {
        /// Ticks per second, the unit of the lengths; a tick must be a whole number of flicks.
        ticks_per_second: i64,
        /// Lengths in ticks.
        pattern: &'static [i64],
    },
}

/// How the clip is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// H.264 without B-frames, short groups, in MOV with PCM sound.
    Plain,
    /// H.264 with a pyramid of three B-frames, in MOV with PCM sound.
    BFrames,
    /// As `BFrames` with open GOPs: frames before a key frame refer across it.
    OpenGop,
    /// As `BFrames`, cut by stream copy at this frame, in the middle of a GOP: an edit list hides
    /// the frames before it. Without sound.
    EditList {
        /// The first visible frame.
        first: u16,
    },
    /// As `BFrames` in an MPEG transport stream, whose first timestamp is not zero. Without sound.
    Transport,
    /// FFV1 in Matroska, whose timestamps are in milliseconds, with FLAC sound.
    Matroska,
}

/// What to create.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Clip number written into every frame.
    pub clip: u8,
    /// Half of the picture with the code.
    pub half: Half,
    /// Start times of frames.
    pub timing: Timing,
    /// How it is encoded.
    pub coding: Coding,
    /// Number of encoded frames.
    pub frames: u16,
}

/// A clip on disk and its contents.
#[derive(Clone, Debug)]
pub struct Footage {
    /// Clip number written into every frame.
    pub clip: u8,
    /// Half of the picture with the code.
    pub half: Half,
    /// Number and start of every visible frame, in flicks since the first.
    pub starts: Vec<(u16, i64)>,
    /// End of the last frame, in flicks.
    pub end: i64,
    has_audio: bool,
    path: PathBuf,
}

impl Footage {
    /// Creates the clip, unless an earlier run did.
    ///
    /// # Errors
    /// If `ffmpeg` cannot be run or fails, or files cannot be written.
    pub fn make(spec: Spec) -> Result<Self, String> {
        let dir = cache_dir();
        fs::create_dir_all(&dir).map_err(|e| format!("cannot create {}: {e}", dir.display()))?;
        let extension = match spec.coding {
            Coding::Transport => "ts",
            Coding::Matroska => "mkv",
            _ => "mov",
        };
        let path = dir.join(format!("{:016x}.{extension}", key(&format!("{MAKER_VERSION} {spec:?}"))));
        if !path.exists() {
            encode(spec, &path)?;
        }
        let hidden = if let Coding::EditList { first } = spec.coding { first } else { 0 };
        let origin = spec.timing.start_of(i64::from(hidden));
        Ok(Self {
            clip: spec.clip,
            half: spec.half,
            starts: (hidden..spec.frames).map(|n| (n, spec.timing.start_of(i64::from(n)) - origin)).collect(),
            end: spec.timing.start_of(i64::from(spec.frames)) - origin,
            has_audio: spec.coding.has_audio(),
            path,
        })
    }

    /// Path of the file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Number of the frame shown at a source time: the one whose presentation interval contains it;
    /// before the first frame or after the last one, that frame.
    pub fn frame_at(&self, flicks: i64) -> u16 {
        self.starts.iter().rev().find(|(_, start)| *start <= flicks).or(self.starts.first()).map_or(0, |(n, _)| *n)
    }

    /// The median distance between frames, in flicks.
    pub fn usual_frame(&self) -> i64 {
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start).chain([self.end]);
        let mut lengths: Vec<i64> = self.starts.iter().zip(ends).map(|((_, start), end)| end - start).collect();
        lengths.sort_unstable();
        lengths.get(lengths.len() / 2).copied().unwrap_or(0)
    }

    /// Frame number and sample of every click; empty for clips without sound.
    pub fn clicks(&self) -> Vec<(u16, i64)> {
        if self.has_audio { self.starts.iter().map(|(n, start)| (*n, sample_of(*start))).collect() } else { Vec::new() }
    }
}

impl Timing {
    /// Start of frame `n`, in flicks.
    pub fn start_of(self, n: i64) -> i64 {
        match self {
            Self::Constant(rate) => rate.start_of(n),
            Self::Variable { ticks_per_second, pattern } => {
                let length: i64 = pattern.iter().sum();
                let (rounds, rest) = (n / pattern.len() as i64, (n % pattern.len() as i64) as usize);
                (rounds * length + pattern[..rest].iter().sum::<i64>()) * (FLICKS_PER_SECOND / ticks_per_second)
            }
        }
    }
}

impl Coding {
    fn has_audio(self) -> bool {
        !matches!(self, Self::EditList { .. } | Self::Transport)
    }

    fn video_arguments(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["-c:v", "libx264", "-bf", "0", "-g", "12"],
            Self::BFrames | Self::Transport | Self::EditList { .. } => {
                &["-c:v", "libx264", "-x264-params", "keyint=48:bframes=3:b-adapt=0:b-pyramid=normal:scenecut=0"]
            }
            Self::OpenGop => &[
                "-c:v",
                "libx264",
                "-x264-params",
                "open-gop=1:keyint=16:min-keyint=16:bframes=3:b-adapt=0:b-pyramid=normal:scenecut=0",
            ],
            Self::Matroska => &["-c:v", "ffv1", "-level", "3", "-g", "1"],
        }
    }
}

fn encode(spec: Spec, path: &Path) -> Result<(), String> {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    let unique = format!("{}-{}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed));
    let beside = |suffix: &str| path.with_file_name(format!("partial-{unique}{suffix}"));
    let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
    let (sound, whole, cut) = (beside(".f32"), beside(&format!(".whole.{extension}")), beside(&format!(".cut.{extension}")));
    let mut command = ffmpeg();
    command.args(["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &format!("{}x{}", code::WIDTH, code::HEIGHT)]);
    match spec.timing {
        Timing::Constant(rate) => command.args(["-r", &rate.text(), "-i", "pipe:0"]),
        Timing::Variable { .. } => command.args(["-r", "25", "-i", "pipe:0"]),
    };
    if spec.coding.has_audio() {
        let samples = sample_of(spec.timing.start_of(i64::from(spec.frames)));
        let starts: Vec<_> = (0..spec.frames).map(|n| (sample_of(spec.timing.start_of(i64::from(n))), n)).collect();
        let bytes: Vec<u8> = clicks::draw(&starts, samples as usize).iter().flat_map(|s| s.to_le_bytes()).collect();
        fs::write(&sound, bytes).map_err(|e| format!("cannot write {}: {e}", sound.display()))?;
        command.args(["-f", "f32le", "-ar", &SAMPLE_RATE_HZ.to_string(), "-ac", "1", "-i"]).arg(&sound);
        let codec = if spec.coding == Coding::Matroska { "flac" } else { "pcm_s16le" };
        command.args(["-af", "pan=stereo|c0=c0|c1=c0", "-c:a", codec]);
    }
    if let Timing::Variable { ticks_per_second, pattern } = spec.timing {
        // Start of frame N in ticks: whole repetitions of the pattern, plus the preceding lengths
        // of the current one.
        let mut passed = 0;
        let mut starts = Vec::new();
        for (i, length) in pattern.iter().enumerate() {
            starts.push(format!("eq(mod(N,{}),{i})*{passed}", pattern.len()));
            passed += length;
        }
        let expression = format!("floor(N/{})*{passed}+{}", pattern.len(), starts.join("+"));
        command.args(["-vf", &format!("settb=1/{ticks_per_second},setpts='{expression}'"), "-fps_mode", "passthrough"]);
        command.args(["-enc_time_base", &format!("1:{ticks_per_second}"), "-video_track_timescale", &ticks_per_second.to_string()]);
    }
    command.args(spec.coding.video_arguments());
    if spec.coding != Coding::Matroska {
        command.args(["-preset", "veryfast", "-crf", "12", "-threads", "1"]);
    }
    command.args([
        "-pix_fmt",
        "yuv420p",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
    ]);
    command.args(["-fflags", "+bitexact", "-flags:v", "+bitexact"]).arg(&whole).stdin(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("cannot run ffmpeg: {e}"))?;
    let mut pipe = child.stdin.take().ok_or("ffmpeg has no standard input")?;
    let chroma = vec![128u8; code::WIDTH * code::HEIGHT / 2];
    for n in 0..spec.frames {
        let luma = code::draw(spec.clip, n, spec.half as usize);
        if pipe.write_all(&luma).and_then(|()| pipe.write_all(&chroma)).is_err() {
            break; // its status below tells
        }
    }
    drop(pipe);
    let status = child.wait().map_err(|e| format!("cannot wait for ffmpeg: {e}"))?;
    if !status.success() {
        return Err(format!("ffmpeg failed ({status}) making {spec:?}"));
    }
    let mut done = whole;
    if let Coding::EditList { first } = spec.coding {
        let seek = spec.timing.start_of(i64::from(first)) as f64 / FLICKS_PER_SECOND as f64;
        let mut copy = ffmpeg();
        copy.args(["-ss", &format!("{seek:.6}"), "-i"]).arg(&done).args(["-c", "copy", "-an"]).arg(&cut);
        run(&mut copy)?;
        fs::remove_file(&done).map_err(|e| format!("cannot remove {}: {e}", done.display()))?;
        done = cut;
    }
    if spec.coding.has_audio() {
        fs::remove_file(&sound).map_err(|e| format!("cannot remove {}: {e}", sound.display()))?;
    }
    fs::rename(&done, path).map_err(|e| format!("cannot rename to {}: {e}", path.display()))
}

/// The `ffmpeg` program: quiet, overwriting, without prompts.
pub fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-loglevel", "error", "-y"]);
    command
}

/// Runs a command and returns its standard output. The error message contains its standard error.
///
/// # Errors
/// If it cannot be started or fails.
pub fn run(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("cannot run {command:?}: {e}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(format!("{command:?} failed ({}):\n{}", output.status, String::from_utf8_lossy(&output.stderr)))
}

/// Cargo's target folder.
pub fn target_dir() -> PathBuf {
    let root = root();
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir))
}

fn cache_dir() -> PathBuf {
    target_dir().join("identity-footage")
}

fn sample_of(flicks: i64) -> i64 {
    round_div(flicks, FLICKS_PER_SECOND / SAMPLE_RATE_HZ)
}

/// FNV-1a hash, 64 bits.
fn key(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

/// The repository's folder, found at run time: a build cache may be shared by clones in different
/// folders.
pub fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    manifest.ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf()
}
