//! How films are made: in several processes, by copying what needs no encoding, and for how long.
use super::workloads::{FPS, Peer, Tools, Workload, frames};
use crate::process;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Seconds of the clip that is cut, of each shot, and of what is left out before each.
const LONG_SECS: i64 = 300;
const SHOT_SECS: i64 = 90;
const LEFT_OUT_SECS: f64 = 3.3;
const SHOTS: i64 = 3;

impl Tools<'_> {
    /// The workloads.
    pub(super) fn delivered(&self) -> Result<Vec<Workload>, String> {
        let mut jobs = [self.encode("dissolves", &self.dissolves())?, self.encode("dissolves", &self.dissolves())?];
        for (command, jobs) in jobs.iter_mut().zip(["2", "1"]) {
            command.args(["--segment-secs", "5", "--jobs", jobs]);
        }
        let [two, one] = jobs;
        let long = self.long_clip()?;
        let mut smart = self.export("smart", &self.cuts(&long))?;
        smart.args(["--video-codec", "h264", "--smart", "require", "-o"]).arg(self.dir.join("ours.mp4"));
        Ok(vec![
            Workload {
                name: "jobs",
                what: "the dissolves in segments of 5 s, two processes",
                ours: two,
                peers: vec![Peer { name: "cutroom, one process", command: one, limit: None }],
                processor: false,
            },
            Workload {
                name: "smart",
                what: "three shots of 90 s cut out of one H.264 clip: copied, against encoded again (veryfast, crf 23)",
                ours: smart,
                peers: vec![Peer { name: "ffmpeg", command: self.cut_again(&long), limit: Some(1.0 / 15.0) }],
                processor: false,
            },
        ])
    }

    /// Clip a again and again, without encoding.
    fn long_clip(&self) -> Result<PathBuf, String> {
        let path = self.dir.join("long-clip.mp4");
        if !path.exists() {
            let mut command = process::ffmpeg();
            command.args(["-stream_loop", "-1", "-i"]).arg(&self.footage.a);
            command.args(["-t", &LONG_SECS.to_string(), "-an", "-c", "copy"]);
            process::run(command.arg(&path))?;
        }
        Ok(path)
    }

    /// Shots of a clip, between which some is left out, so that none begins at a keyframe.
    fn cuts(&self, clip: &Path) -> Value {
        let shots: Vec<Value> = (0..SHOTS)
            .map(|i| {
                let start = i * SHOT_SECS * FPS;
                let left_out = ((i + 1) as f64 * LEFT_OUT_SECS * FPS as f64).round() as i64;
                json!({"id": format!("s{i}"), "source": {"type": "media", "media": "a"}, "start": frames(start),
                    "duration": frames(SHOT_SECS * FPS), "source_in": frames(start + left_out)})
            })
            .collect();
        let mut document = self.document("gamma", json!([{"id": "t0", "kind": "video", "clips": shots}]));
        document["media"][0]["path"] = json!(clip.display().to_string());
        document
    }

    /// The same shots by ffmpeg.
    fn cut_again(&self, clip: &Path) -> Command {
        let mut command = process::ffmpeg();
        for i in 0..SHOTS {
            let from = (i * SHOT_SECS) as f64 + (i + 1) as f64 * LEFT_OUT_SECS;
            command.args(["-ss", &format!("{from:.3}"), "-t", &SHOT_SECS.to_string(), "-i"]).arg(clip);
        }
        let inputs: String = (0..SHOTS).map(|i| format!("[{i}:v]")).collect();
        command.args(["-filter_complex", &format!("{inputs}concat=n={SHOTS}:v=1:a=0")]);
        command.args(["-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23"]).arg(self.dir.join("peer.mp4"));
        command
    }

    /// An export of `minutes` at 320×180 and 25 fps with a cut every 18 s.
    pub(super) fn long_and_small(&self, minutes: i64) -> Result<Command, String> {
        let clip = self.dir.join("small.mp4");
        if !clip.exists() {
            let mut command = process::ffmpeg();
            command.arg("-i").arg(&self.footage.a).args(["-an", "-vf", "scale=320:180", "-c:v", "libx264", "-preset", "veryfast"]);
            process::run(command.arg(&clip))?;
        }
        let (total, shot) = (minutes * 60 * 25, 18 * 25);
        let at = |n: i64| json!(format!("{n}f@25"));
        let shots: Vec<Value> = (0..total.div_euclid(shot) + 1)
            .map(|i| (i, i * shot))
            .filter(|(_, start)| *start < total)
            .map(|(i, start)| {
                json!({"id": format!("s{i}"), "source": {"type": "media", "media": "a"}, "start": at(start),
                    "duration": at(shot.min(total - start))})
            })
            .collect();
        let mut document = self.document("gamma", json!([{"id": "t0", "kind": "video", "clips": shots}]));
        document["media"][0]["path"] = json!(clip.display().to_string());
        document["compositions"][0]["frame_rate"] = json!("25");
        document["compositions"][0]["size"] = json!({"width": 320, "height": 180});
        let mut command = self.export(&format!("small-{minutes}"), &document)?;
        command.args(["--video-codec", "h264", "--preset", "ultrafast", "--crf", "30", "-o"]).arg(self.dir.join("long.mp4"));
        Ok(command)
    }
}
