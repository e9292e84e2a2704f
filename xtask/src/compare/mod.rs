//! `cargo xtask compare OLD [NEW]`: checks whether two builds of the program produce identical
//! films, sample by sample. Both losslessly export the demo's film and films of the whole catalogue
//! on the CPU; FFmpeg decodes the files and hashes each frame and the sound.
mod catalog;

use crate::{Outcome, demo, process, setup, workspace};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

/// A film that both programs export.
struct Film {
    name: &'static str,
    project: PathBuf,
    /// Argument of `--pix-fmt`.
    pix_fmt: &'static str,
    /// What each frame shows, for messages; empty if the frames have no names.
    shows: Vec<String>,
}

/// Compares the old program with the new one, which is built (profile `release`) if it is not
/// given.
pub fn compare(args: &[String]) -> Outcome {
    let (old, new) = match args {
        [old] => (absolute(old)?, None),
        [old, new] => (absolute(old)?, Some(absolute(new)?)),
        _ => return Err("cargo xtask compare takes the old program and, unless it is to be built, the new one".into()),
    };
    setup::setup()?;
    let new = new.map_or_else(workspace::release_program, Ok)?;
    let dir = workspace::target_dir()?.join("compare");
    fs::create_dir_all(&dir).map_err(|e| format!("cannot create {}: {e}", dir.display()))?;
    println!("== material");
    let films = films(&old, &dir)?;
    let mut wrong = Vec::new();
    for film in &films {
        println!("== {}", film.name);
        match film.compare(&old, &new, &dir) {
            Ok(equal) => println!("  equal: {equal}"),
            Err(e) => {
                println!("  {e}");
                wrong.push(film.name);
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("not equal: {}", wrong.join(", "))) }
}

fn absolute(path: &str) -> Outcome<PathBuf> {
    fs::canonicalize(path).map_err(|e| format!("cannot open {path}: {e}"))
}

fn films(old: &Path, dir: &Path) -> Outcome<Vec<Film>> {
    let project = dir.join("film.json");
    demo::make(&[], dir, &project)?;
    let mut films = vec![Film { name: "demo film", project, pix_fmt: "yuv420p", shows: vec![] }];
    // The old program's catalogue: an entry that only the new one has is not compared.
    let listed = process::capture(Command::new(old).args(["catalog", "--json"]))?;
    let listed = serde_json::from_str(&listed).map_err(|e| format!("{} catalog gave no JSON: {e}", old.display()))?;
    catalog::make_media(dir)?;
    for (name, blend_space) in [("catalogue in gamma", "gamma"), ("catalogue in linear light", "linear")] {
        let made = catalog::film(&listed, blend_space)?;
        let project = dir.join(format!("{blend_space}.json"));
        fs::write(&project, made.json).map_err(|e| format!("cannot write {}: {e}", project.display()))?;
        films.push(Film { name, project, pix_fmt: "yuv444p16le", shows: made.names });
    }
    Ok(films)
}

impl Film {
    /// Returns a description of what is equal, or the first difference as an error.
    fn compare(&self, old: &Path, new: &Path, dir: &Path) -> Outcome<String> {
        let old = self.export(old, &dir.join("old.mkv"))?;
        let new = self.export(new, &dir.join("new.mkv"))?;
        if let Some(n) = (0..old.frames.len().min(new.frames.len())).find(|&n| old.frames[n] != new.frames[n]) {
            let of = self.shows.get(n).map_or(String::new(), |name| format!(" ({name})"));
            let unequal = old.frames.iter().zip(&new.frames).filter(|(a, b)| a != b).count();
            return Err(format!(
                "frame {n}{of} is the first that differs; {unequal} of {} do\n  old: {}\n  new: {}",
                old.frames.len(),
                old.frames[n],
                new.frames[n]
            ));
        }
        if old.frames.len() != new.frames.len() {
            return Err(format!("{} frames, now {}", old.frames.len(), new.frames.len()));
        }
        if old.sound != new.sound {
            return Err(format!("the sound differs: {}, now {}", old.sound, new.sound));
        }
        if !self.shows.is_empty() && self.shows.len() != old.frames.len() {
            return Err(format!("{} frames instead of {}", old.frames.len(), self.shows.len()));
        }
        Ok(format!("{} frames, sound {}; {:.1} s, now {:.1} s", old.frames.len(), old.sound, old.secs, new.secs))
    }

    fn export(&self, program: &Path, output: &Path) -> Outcome<Decoded> {
        let mut command = Command::new(program);
        command.arg("export").arg(&self.project).arg("-o").arg(output).args(["--overwrite", "--backend", "cpu"]);
        command.args(["--video-codec", "ffv1", "--pix-fmt", self.pix_fmt]);
        command.args(["--audio-codec", "pcm", "--audio-bits", "32", "--progress", "none"]);
        let start = Instant::now();
        process::capture(&mut command)?;
        let secs = start.elapsed().as_secs_f64();
        let decoded = decode(output, secs);
        fs::remove_file(output).map_err(|e| format!("cannot remove {}: {e}", output.display()))?;
        decoded
    }
}

/// An exported file as decoded by FFmpeg.
struct Decoded {
    /// Presentation time, duration, size and hash of each frame.
    frames: Vec<String>,
    /// Hash of all samples.
    sound: String,
    /// Duration of the export in seconds.
    secs: f64,
}

fn decode(path: &Path, secs: f64) -> Outcome<Decoded> {
    let mut command = process::ffmpeg();
    command.arg("-i").arg(path).args(["-map", "0:v", "-fps_mode", "passthrough", "-f", "framemd5", "-"]);
    let text = process::capture(&mut command)?;
    let frames: Vec<String> = text.lines().filter(|l| !l.starts_with('#')).map(str::to_owned).collect();
    if frames.is_empty() {
        return Err(format!("{} has no frames", path.display()));
    }
    let mut command = process::ffmpeg();
    command.arg("-i").arg(path).args(["-map", "0:a", "-c:a", "pcm_f32le", "-f", "md5", "-"]);
    let sound = process::capture(&mut command)?.trim().to_owned();
    Ok(Decoded { frames, sound, secs })
}
