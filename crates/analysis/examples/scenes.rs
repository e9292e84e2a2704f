//! Compares the scene cuts that are found with known ones, and with those of ffmpeg's `select='gt(scene,0.3)'`:
//! `cargo run --release -p cutroom-analysis --example scenes FILM…`. Beside each film there is a text file
//! of its name and `.txt`: a line for each transition, `cut 50 50`, `dissolve 70 90` or `fade 120 140`, with
//! the first frame that changes and the first one that wholly shows the next shot.
use cutroom_analysis::scenes::{SceneFinder, SceneSettings};
use cutroom_types::{ColorTags, FrameRate, Picture, PictureFormat, Range, Size};
use std::{
    io::Read,
    process::{Command, Stdio},
};

const SIZE: Size = Size { width: 480, height: 270 };

/// First frame that changes and first of the next shot.
type Change = (usize, usize);

fn frames(film: &str, mut each: impl FnMut(Picture)) {
    let scale = format!("scale={}:{}", SIZE.width, SIZE.height);
    let args = ["-v", "error", "-i", film, "-vf", &scale, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"];
    let mut ffmpeg = Command::new("ffmpeg").args(args).stdout(Stdio::piped()).spawn().expect("ffmpeg is installed");
    let mut out = ffmpeg.stdout.take().expect("it is a pipe");
    let format = PictureFormat::YUV420P8;
    let planes = || (0..3).map(|k| format.plane_size(k, SIZE)).map(|s| vec![0; (s.width * s.height) as usize]);
    loop {
        let mut buffers: Vec<Vec<u8>> = planes().collect();
        if buffers.iter_mut().any(|b| out.read_exact(b).is_err()) {
            break;
        }
        let color = ColorTags { range: Range::Limited, ..ColorTags::SRGB };
        each(Picture::from_planes(format, SIZE, color, buffers).expect("planes have the right size"));
    }
    ffmpeg.wait().expect("it ends");
}

fn ours(film: &str) -> Vec<Change> {
    let rate = FrameRate::new(25, 1).expect("25 is a rate");
    let mut finder = SceneFinder::new(SceneSettings::default());
    let mut n = 0;
    frames(film, |picture| {
        finder.see(&picture, rate.time_of_frame(n));
        n += 1;
    });
    let found = finder.finish(rate.time_of_frame(n));
    if std::env::var_os("CUTROOM_SCENES_SHOW").is_some() {
        found.transitions.iter().for_each(|t| println!("    {t:?}"));
    }
    found.transitions.iter().filter(|t| t.divides()).map(|t| (t.first, t.next)).collect()
}

fn of_ffmpeg(film: &str) -> Vec<Change> {
    let filter = "select='gt(scene,0.3)+eq(n,0)',metadata=print:key=lavfi.scene_score:file=-";
    let args = ["-v", "error", "-i", film, "-vf", filter, "-f", "null", "-"];
    let out = Command::new("ffmpeg").args(args).output().expect("ffmpeg is installed").stdout;
    let text = String::from_utf8_lossy(&out).into_owned();
    let time = |l: &str| l.split("pts_time:").nth(1).and_then(|t| t.trim().parse::<f64>().ok());
    let frames: Vec<usize> = text.lines().filter_map(time).map(|t| (t * 25.0).round() as usize).collect();
    frames.into_iter().filter(|n| *n > 0).map(|n| (n, n)).collect()
}

/// Known ones that were found, and found ones that are not known.
fn judged(known: &[Change], found: &[Change]) -> (usize, usize) {
    // A cut must be exact; a gradual change must overlap.
    let meets = |k: &Change, f: &Change| f.0 <= k.1 && k.0 <= f.1;
    let hit = known.iter().filter(|k| found.iter().any(|f| meets(k, f))).count();
    (hit, found.iter().filter(|f| !known.iter().any(|k| meets(k, f))).count())
}

fn main() {
    println!("{:<20} {:>5} | {:>8} {:>6} | {:>8} {:>6}", "film", "known", "ours", "false", "ffmpeg", "false");
    for film in std::env::args().skip(1) {
        let text = std::fs::read_to_string(format!("{film}.txt")).unwrap_or_default();
        let known: Vec<Change> = text
            .lines()
            .filter_map(|l| {
                let mut words = l.split(' ').skip(1).filter_map(|w| w.parse().ok());
                Some((words.next()?, words.next()?))
            })
            .collect();
        let (a, b) = (judged(&known, &ours(&film)), judged(&known, &of_ffmpeg(&film)));
        println!("{film:<20} {:>5} | {:>8} {:>6} | {:>8} {:>6}", known.len(), a.0, a.1, b.0, b.1);
    }
}
