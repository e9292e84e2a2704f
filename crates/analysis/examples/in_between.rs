//! Measures in-between pictures on real clips: every second picture is removed and made again, by
//! blending, by ffmpeg's `minterpolate` (`mi_mode=mci`, everything else as it comes) and by
//! [`Interpolator`], and compared with the one that was removed.
//!
//! `cargo run --release -p cutroom-analysis --example in_between [FOLDER [PICTURES]]` prints a table for
//! the clips of FOLDER (default `../shared/media`); at most PICTURES (default 9) are made per clip.
//! Pictures are compared as 8-bit 4:2:0: PSNR over all planes, structural similarity of the luma.
use cutroom_analysis::{Gray, Interpolator};
use std::{
    io::Write,
    process::{Command, Stdio},
    time::Instant,
};

/// Clips with movement in them, from where, and a filter.
const CLIPS: [(&str, &str, &str); 14] = [
    ("anamorphic_mpeg1_sar64-45.mpg", "0", "null"),
    ("bbb_1080p60_h264_bframes_aac6ch.mp4", "0.5", "null"),
    ("bbb_1080p60_vp8_vorbis51.webm", "0", "null"),
    ("gopro_max_heromode.mp4", "3", "null"),
    ("graffiti_1080p60_h264_dovi9.mp4", "0", "null"),
    ("iphone_720p_rot90.mov", "0", "null"),
    ("iphone_hlg_hevc10_rot90_editlist.mp4", "0", "null"),
    ("kodak_mjpeg_pcm.avi", "0", "null"),
    ("phone_ducks_720p_h264.mp4", "0", "null"),
    ("phone_fire_720p_vfr_rot180.mp4", "0", "null"),
    ("pixel_pq_hevc10_sdr_container.mp4", "0", "null"),
    ("portrait_pq_av1_10bit.mp4", "1", "null"),
    ("roadtrip_vp9_10bit_23976.webm", "1", "null"),
    ("sony_a7m3_1080i25_avchd.mts", "0", "bwdif"),
];

struct Yuv {
    planes: [Vec<f32>; 3],
}

/// Runs ffmpeg and returns its standard output.
fn ffmpeg(args: &[&str], input: Vec<u8>) -> Vec<u8> {
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(args)
        .args(["-f", "rawvideo", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // ffmpeg may end before it has read everything.
    let feeding = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("ffmpeg ends");
    feeding.join().expect("the feeding thread ends");
    output.stdout
}

fn frames(bytes: &[u8], w: usize, h: usize) -> Vec<Yuv> {
    let (c, d) = (w.div_ceil(2), h.div_ceil(2));
    let size = w * h + 2 * c * d;
    let frame = |f: &[u8]| {
        let plane = |r: std::ops::Range<usize>| f[r].iter().map(|b| f32::from(*b)).collect();
        Yuv { planes: [plane(0..w * h), plane(w * h..w * h + c * d), plane(w * h + c * d..size)] }
    };
    bytes.chunks_exact(size).map(frame).collect()
}

fn size(path: &str) -> (usize, usize) {
    let args = ["-v", "error", "-select_streams", "v:0", "-show_entries", "stream=width,height", "-of", "csv=p=0"];
    let output = Command::new("ffprobe").args(args).arg(path).output().expect("ffprobe starts").stdout;
    let text = String::from_utf8_lossy(&output);
    let mut numbers = text.lines().next().unwrap_or("").split(',').map(|n| n.parse().expect("a size"));
    (numbers.next().expect("a width"), numbers.next().expect("a height"))
}

fn squared(a: &Yuv, b: &Yuv) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for (p, q) in a.planes.iter().zip(&b.planes) {
        for (x, y) in p.iter().zip(q) {
            let d = f64::from(x.round().clamp(0.0, 255.0) - y);
            sum += d * d;
            count += 1.0;
        }
    }
    sum / count
}

/// Mean structural similarity of the luma: windows of 8×8, 4 apart.
fn ssim(a: &[f32], b: &[f32], w: usize, h: usize) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for y in (0..h - 7).step_by(4) {
        for x in (0..w - 7).step_by(4) {
            let (mut s1, mut s2, mut ss, mut s12) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
            for j in 0..8 {
                for i in 0..8 {
                    let (p, q) = (f64::from(a[(y + j) * w + x + i].round().clamp(0.0, 255.0)), f64::from(b[(y + j) * w + x + i]));
                    s1 += p;
                    s2 += q;
                    ss += p * p + q * q;
                    s12 += p * q;
                }
            }
            let (c1, c2) = (0.01f64 * 0.01 * 255.0 * 255.0 * 64.0, 0.03f64 * 0.03 * 255.0 * 255.0 * 64.0 * 63.0);
            let vars = ss * 64.0 - s1 * s1 - s2 * s2;
            let covar = s12 * 64.0 - s1 * s2;
            sum += (2.0 * s1 * s2 + c1) * (2.0 * covar + c2) / ((s1 * s1 + s2 * s2 + c1) * (vars + c2));
            count += 1.0;
        }
    }
    sum / count
}

fn db(mse: f64) -> f64 {
    10.0 * (255.0f64 * 255.0 / mse.max(1e-3)).log10()
}

fn main() {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or_else(|| "../shared/media".into());
    let pictures: usize = args.next().map_or(9, |n| n.parse().expect("a number of pictures"));
    println!(
        "| clip | PSNR, dB: blended | minterpolate | cutroom | SSIM: blended | minterpolate | cutroom | s a picture: minterpolate | cutroom |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut totals = [0.0; 8];
    for (name, from, filter) in CLIPS {
        let path = format!("{folder}/{name}");
        let (w, h) = size(&path);
        let (c, d) = (w.div_ceil(2), h.div_ceil(2));
        let count = (2 * pictures + 5).to_string();
        let decode = ["-noautorotate", "-ss", from, "-i", &path, "-map", "0:v:0", "-vf", filter, "-frames:v", &count];
        let decode = [&decode[..], &["-fps_mode", "passthrough", "-pix_fmt", "yuv420p"]].concat();
        let bytes = ffmpeg(&decode, vec![]);
        let even: Vec<u8> = bytes.chunks_exact(w * h + 2 * c * d).step_by(2).flatten().copied().collect();
        let shape = format!("{w}x{h}");
        let raw =
            ["-f", "rawvideo", "-s", &shape, "-pix_fmt", "yuv420p", "-framerate", "10", "-i", "-", "-fps_mode", "passthrough"];
        let started = Instant::now();
        let made = ffmpeg(&[&raw[..], &["-vf", "minterpolate=fps=20:mi_mode=mci"]].concat(), even.clone());
        let whole_secs = started.elapsed().as_secs_f64();
        let started = Instant::now();
        ffmpeg(&raw, even);
        let peer_secs = whole_secs - started.elapsed().as_secs_f64();
        let (all, made) = (frames(&bytes, w, h), frames(&made, w, h));
        let (mut sums, mut count) = ([0.0f64; 8], 0.0);
        // minterpolate leaves out the last picture, and the one before it.
        for n in (1..all.len().min(made.len() + 1) - 1).step_by(2).take(pictures) {
            let (a, want, b) = (&all[n - 1], &all[n], &all[n + 1]);
            let mean = |p: usize| a.planes[p].iter().zip(&b.planes[p]).map(|(x, y)| 0.5 * (x + y)).collect();
            let blend = Yuv { planes: [0, 1, 2].map(mean) };
            let started = Instant::now();
            let gray = |y: &Yuv| Gray::new(w, h, y.planes[0].clone()).expect("a picture");
            let between = Interpolator::new(gray(a), gray(b)).expect("one size").at(0.5);
            let plane = |p: usize| {
                let (w, h) = if p == 0 { (w, h) } else { (c, d) };
                between.plane(&a.planes[p], &b.planes[p], w, h)
            };
            let ours = Yuv { planes: [0, 1, 2].map(plane) };
            sums[7] += started.elapsed().as_secs_f64();
            for (k, made) in [&blend, &made[n], &ours].into_iter().enumerate() {
                sums[k] += db(squared(made, want));
                sums[3 + k] += ssim(&made.planes[0], &want.planes[0], w, h);
            }
            count += 1.0;
        }
        // minterpolate made all pictures that its output has between two of its input.
        sums[6] = peer_secs * count / (made.len() / 2).max(1) as f64;
        let s = sums.map(|s| s / count);
        row(&format!("`{name}`"), &s);
        totals = std::array::from_fn(|k| totals[k] + s[k] / CLIPS.len() as f64);
    }
    row("mean", &totals);
}

fn row(name: &str, s: &[f64; 8]) {
    println!(
        "| {name} | {:.2} | {:.2} | {:.2} | {:.4} | {:.4} | {:.4} | {:.3} | {:.3} |",
        s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7]
    );
}
