//! Reads exported films with the `ffmpeg` program: codes in pictures, clicks in sound, timestamps.
use crate::{
    FLICKS_PER_SECOND,
    code::{self, Mark},
    footage::{ffmpeg, run},
};
use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
};

/// The codes in both halves of one picture.
pub type Seen = [Result<Option<Mark>, String>; 2];

/// Reads every picture of a film, in order; pictures of any size are scaled.
///
/// # Errors
/// If `ffmpeg` cannot be run or fails.
pub fn pictures(path: &Path) -> Result<Vec<Seen>, String> {
    // Timestamps are renumbered: only the order matters, and raw video needs a constant rate.
    let scale = format!("scale={}:{}:flags=area,settb=1/25,setpts=N", code::WIDTH, code::HEIGHT);
    let mut command = ffmpeg();
    command.arg("-i").arg(path).args(["-map", "0:v:0", "-fps_mode", "passthrough", "-enc_time_base", "1:25", "-vf", &scale]);
    command.args(["-pix_fmt", "yuv420p", "-f", "rawvideo", "pipe:1"]).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|e| format!("cannot run ffmpeg: {e}"))?;
    let mut pipe = child.stdout.take().ok_or("ffmpeg has no standard output")?;
    let mut picture = vec![0u8; code::WIDTH * code::HEIGHT * 3 / 2];
    let mut seen = Vec::new();
    while pipe.read_exact(&mut picture).is_ok() {
        let luma = &picture[..code::WIDTH * code::HEIGHT];
        seen.push([code::read(luma, 0), code::read(luma, 1)]);
    }
    let status = child.wait().map_err(|e| format!("cannot wait for ffmpeg: {e}"))?;
    if status.success() { Ok(seen) } else { Err(format!("{command:?} failed ({status})")) }
}

/// Samples of one channel of the first sound stream, at its own sample rate.
///
/// # Errors
/// If there is none, or `ffmpeg` fails.
pub fn sound(path: &Path, channel: usize) -> Result<Vec<f32>, String> {
    let mut command = ffmpeg();
    command.arg("-i").arg(path).args(["-map", "0:a:0", "-af", &format!("pan=mono|c0=c{channel}"), "-f", "f32le", "pipe:1"]);
    let bytes = run(&mut command)?;
    Ok(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect())
}

/// Start of every visible picture in flicks, as stored (rounded to the container's time base).
///
/// # Errors
/// If `ffprobe` fails or a picture has no timestamp.
pub fn starts(path: &Path) -> Result<Vec<i64>, String> {
    let mut probe = Command::new("ffprobe");
    probe.args(["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=time_base:frame=best_effort_timestamp"]);
    let json = run(probe.args(["-of", "json"]).arg(path))?;
    let value: serde_json::Value = serde_json::from_slice(&json).map_err(|e| format!("ffprobe gave no JSON: {e}"))?;
    let base = value["streams"][0]["time_base"].as_str().and_then(|t| t.split_once('/')).ok_or("no time base")?;
    let number = |text: &str| text.parse::<i128>().map_err(|e| format!("time base {text}: {e}"));
    let (num, den) = (number(base.0)?, number(base.1)?);
    let frames = value["frames"].as_array().ok_or("ffprobe lists no frames")?;
    let flicks = |v: &serde_json::Value| {
        let ticks = v["best_effort_timestamp"].as_i64().ok_or("a picture has no timestamp")?;
        Ok((i128::from(ticks) * num * i128::from(FLICKS_PER_SECOND) / den) as i64)
    };
    frames.iter().map(flicks).collect()
}
