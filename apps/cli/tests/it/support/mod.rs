//! Runs the built program and FFmpeg's tools on small generated clips.
use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

/// A temporary folder, removed at the end of the test.
pub struct Bench {
    /// The folder.
    pub dir: tempfile::TempDir,
}

/// Result of a run of `cutroom`.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Bench {
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// `cutroom` with this folder as its working directory.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cutroom"));
        command.args(args).current_dir(self.dir.path()).env("NO_COLOR", "1").env("BROWSER", "true");
        // No test opens a window on somebody's screen.
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
        command
    }

    /// The same through `env`, whose option `signal` sets the disposition of a signal, such as
    /// `--default-signal=INT`: the process that runs the tests may ignore it.
    pub fn command_with(&self, signal: &str, args: &[&str]) -> Command {
        let mut command = Command::new("env");
        command
            .arg(signal)
            .arg(env!("CARGO_BIN_EXE_cutroom"))
            .args(args)
            .current_dir(self.dir.path())
            .env("NO_COLOR", "1")
            .env("BROWSER", "true");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        ran(self.command(args).output().unwrap())
    }

    /// Runs `cutroom`, which must succeed.
    pub fn ok(&self, args: &[&str]) -> Ran {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "cutroom {args:?}\n{}\n{}", ran.out, ran.err);
        ran
    }

    /// Runs a command until it has printed a line, and interrupts it.
    pub fn interrupted(&self, args: &[&str]) -> Ran {
        let mut command = self.command_with("--default-signal=INT", args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut out = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut out).unwrap();
        let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        let rest = ran(child.wait_with_output().unwrap());
        Ran { out: out + &rest.out, ..rest }
    }

    /// A clip with a moving test picture and a tone, tagged BT.709: `frames` of 320×180 at `rate`.
    pub fn clip(&self, name: &str, frames: u32, rate: &str) -> PathBuf {
        let path = self.path(name);
        let (n, d) = rate.split_once('/').map_or((rate, "1"), |(n, d)| (n, d));
        let secs = f64::from(frames) * d.parse::<f64>().unwrap() / n.parse::<f64>().unwrap();
        ffmpeg(
            &[
                &["-f", "lavfi", "-i", &format!("testsrc2=size=320x180:rate={rate},trim=end_frame={frames}")][..],
                &["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
                &["-t", &format!("{secs}"), "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast"],
                &["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
                &["-c:a", "aac", "-ac", "2"],
            ]
            .concat(),
            &path,
        );
        path
    }

    /// Names of the files in the folder, sorted.
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(self.dir.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn read_json(&self, name: &str) -> serde_json::Value {
        serde_json::from_str(&self.read(name)).unwrap()
    }
}

pub fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub fn ffmpeg(args: &[&str], to: &Path) {
    let out =
        Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(args).arg(to).output().expect("ffmpeg is installed");
    assert!(out.status.success(), "ffmpeg {args:?}\n{}", String::from_utf8_lossy(&out.stderr));
}

/// Number of frames that FFmpeg decodes from the first video stream.
pub fn decoded_frames(file: &Path) -> usize {
    frame_md5(file).len()
}

/// MD5 of every decoded picture, by FFmpeg, in the stream's own pixel format.
pub fn frame_md5(file: &Path) -> Vec<String> {
    let out = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-i"])
        .arg(file)
        .args(["-map", "0:v:0", "-fps_mode", "passthrough", "-f", "framemd5", "-"])
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    text.lines().filter(|l| !l.starts_with('#')).map(|l| l.rsplit(',').next().unwrap().trim().to_owned()).collect()
}

/// RGBA of a picture, by FFmpeg.
pub fn rgba(b: &Bench, name: &str) -> Vec<[u8; 4]> {
    let path = b.path(name);
    let args = ["-v", "error", "-i", path.to_str().unwrap(), "-f", "rawvideo", "-pix_fmt", "rgba", "-"];
    let out = Command::new("ffmpeg").args(args).output().unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    out.stdout.as_chunks::<4>().0.to_vec()
}

/// A property of the first stream of a kind, by ffprobe.
pub fn ffprobe(file: &Path, stream: &str, field: &str) -> String {
    let out = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", stream, "-show_entries", &format!("stream={field}"), "-of", "default=nw=1:nk=1"])
        .arg(file)
        .output()
        .unwrap();
    String::from_utf8_lossy(&out.stdout).lines().next().unwrap_or_default().to_owned()
}

/// A project of 320×180 at 25 fps with these tracks and the media `a`, which is the file `a.mp4`.
pub fn document(tracks: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "schema_version": 2,
        "main": "film",
        "media": [{ "id": "a", "path": "a.mp4" }],
        "compositions": [{ "id": "film", "size": { "width": 320, "height": 180 }, "frame_rate": "25", "tracks": tracks }]
    })
}
