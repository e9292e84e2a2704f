//! Clips of the benchmarks: real footage, repeated to 20 s and encoded once with a long GOP.
use crate::{
    Outcome, process,
    workspace::{cargo, root, target_dir},
};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Files that the workloads read, and the example programs that they run.
#[derive(Clone)]
pub struct Footage {
    /// Animation, 1080p60, 20 s.
    pub a: PathBuf,
    /// Camera footage, 1080p60, 20 s.
    pub b: PathBuf,
    /// The first [`Self::RAW_FRAMES`] frames of `a`, raw.
    pub raw_a: PathBuf,
    /// The first [`Self::RAW_FRAMES`] frames of `b`, raw.
    pub raw_b: PathBuf,
    /// The example program that draws frames held in memory.
    pub compositor: PathBuf,
    /// The example program that seeks.
    pub seek: PathBuf,
    /// The example program that mixes sound in memory.
    pub mixer: PathBuf,
    /// Folder with the sound that it mixes: `m0.wav` and so on.
    pub tracks: PathBuf,
}

impl Footage {
    /// Number of frames of each clip.
    pub const FRAMES: i64 = 1200;
    /// Number of frames held in memory.
    pub const RAW_FRAMES: u32 = 8;
    /// Number of tracks that are mixed.
    pub const TRACKS: usize = 32;
    /// Seconds of them.
    pub const MIX_SECS: u32 = 60;

    /// Creates the files that are missing in `dir`, and builds the example programs if `programs`.
    pub fn prepare(dir: &Path, programs: bool) -> Outcome<Self> {
        let media = std::env::var_os("CUTROOM_TEST_MEDIA").map_or_else(|| root().join("../shared/media"), PathBuf::from);
        let a = long(&media.join("bbb_1080p60_h264_bframes_aac6ch.mp4"), &dir.join("a.mp4"))?;
        let b = long(&media.join("graffiti_1080p60_h264_dovi9.mp4"), &dir.join("b.mp4"))?;
        let (raw_a, raw_b) = (raw(&a)?, raw(&b)?);
        let built = [("cutroom-render", "compositor"), ("cutroom-media", "seek"), ("cutroom-pipeline", "graph_speed")];
        for (package, example) in built.iter().filter(|_| programs) {
            process::run(cargo().args(["build", "--profile", "dist", "--package", package, "--example", example]))?;
        }
        let examples = target_dir()?.join("dist/examples");
        let (mixer, tracks) = (examples.join("graph_speed"), dir.join("tracks"));
        if programs {
            process::run(Command::new(&mixer).arg(&tracks))?;
        }
        Ok(Self { a, b, raw_a, raw_b, compositor: examples.join("compositor"), seek: examples.join("seek"), mixer, tracks })
    }
}

fn long(clip: &Path, to: &Path) -> Outcome<PathBuf> {
    if !clip.exists() {
        return Err(format!("{} is missing; CUTROOM_TEST_MEDIA names the folder of the clips", clip.display()));
    }
    if !to.exists() {
        let part = to.with_extension("part.mp4");
        let mut command = process::ffmpeg();
        command.args(["-stream_loop", "-1", "-i"]).arg(clip).args(["-an", "-vf", "setpts=N/60/TB,format=yuv420p", "-r", "60"]);
        command.args(["-frames:v", &Footage::FRAMES.to_string(), "-c:v", "libx264", "-preset", "medium", "-crf", "20"]);
        command.args(["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]);
        process::run(command.arg(&part))?;
        std::fs::rename(&part, to).map_err(|e| format!("cannot rename {}: {e}", part.display()))?;
    }
    Ok(to.to_path_buf())
}

fn raw(clip: &Path) -> Outcome<PathBuf> {
    let to = clip.with_extension("yuv");
    let mut command = process::ffmpeg();
    command.arg("-i").arg(clip).args(["-frames:v", &Footage::RAW_FRAMES.to_string(), "-f", "rawvideo"]).arg(&to);
    process::run(&mut command)?;
    Ok(to)
}
