//! Procedural footage: a picture is a function of position and time, piped as raw frames into
//! `ffmpeg`.
use crate::{Outcome, process};
use std::{
    f32::consts::{PI, TAU},
    io::Write,
    path::{Path, PathBuf},
    process::Stdio,
    thread,
};

/// Display-encoded RGB, 0..=1, at a position (−aspect..aspect, −1..1, +y down) and a time in
/// seconds.
type Shade = fn(f32, f32, f32) -> [f32; 3];

/// A generated clip.
pub struct Scene {
    /// File name without extension.
    pub name: &'static str,
    size: (usize, usize),
    /// Frame rate as a fraction.
    fps: (u32, u32),
    secs: u32,
    shade: Shade,
    /// `lavfi` source of its sound, if any.
    sound: Option<&'static str>,
}

/// The demo's clips, with different sizes and frame rates.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "city",
        size: (1920, 1080),
        fps: (30, 1),
        secs: 7,
        shade: city,
        sound: Some("anoisesrc=color=brown:r=48000:a=0.06,lowpass=f=300"),
    },
    Scene {
        name: "sea",
        size: (1280, 720),
        fps: (50, 1),
        secs: 7,
        shade: sea,
        sound: Some("anoisesrc=color=pink:r=48000:a=0.12,tremolo=f=0.3:d=0.8"),
    },
    Scene { name: "plasma", size: (1280, 720), fps: (25, 1), secs: 7, shade: plasma, sound: None },
    Scene { name: "stars", size: (1280, 720), fps: (24000, 1001), secs: 7, shade: stars, sound: None },
    Scene { name: "flower", size: (1280, 720), fps: (60000, 1001), secs: 5, shade: flower, sound: None },
];

/// Writes every scene that does not exist yet to `dir`, and returns the paths of all.
pub fn make_all(dir: &Path) -> Outcome<Vec<PathBuf>> {
    SCENES.iter().map(|scene| scene.make(dir)).collect()
}

impl Scene {
    fn make(&self, dir: &Path) -> Outcome<PathBuf> {
        let path = dir.join(format!("{}.mp4", self.name));
        if path.exists() {
            return Ok(path);
        }
        let (width, height) = self.size;
        println!("  footage: {} {width}×{height}, {:.3} fps", self.name, f64::from(self.fps.0) / f64::from(self.fps.1));
        let partial = dir.join(format!("{}.partial.mp4", self.name));
        let mut command = process::ffmpeg();
        command.args(["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", &format!("{width}x{height}")]);
        command.args(["-r", &format!("{}/{}", self.fps.0, self.fps.1), "-i", "pipe:0"]);
        if let Some(sound) = self.sound {
            command.args(["-f", "lavfi", "-t", &self.secs.to_string(), "-i", sound, "-c:a", "aac", "-b:a", "128k", "-ac", "2"]);
        }
        command.args(["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18"]);
        command.args(["-pix_fmt", "yuv420p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709"]);
        command.arg(&partial).stdin(Stdio::piped());
        // ffmpeg reads the frames from standard input; `-nostdin` only disables its interactive
        // keys.
        let mut child = command.spawn().map_err(|e| format!("cannot run ffmpeg: {e}"))?;
        let mut pipe = child.stdin.take().ok_or("ffmpeg has no standard input")?;
        let frames = self.secs * self.fps.0 / self.fps.1;
        let mut frame = vec![0u8; width * height * 3];
        for n in 0..frames {
            let secs = n as f32 * self.fps.1 as f32 / self.fps.0 as f32;
            self.draw(&mut frame, secs);
            if pipe.write_all(&frame).is_err() {
                break; // ffmpeg said why on the terminal; its status is checked below
            }
        }
        drop(pipe);
        let status = child.wait().map_err(|e| format!("cannot wait for ffmpeg: {e}"))?;
        if !status.success() {
            return Err(format!("{} failed ({status})", process::line(&command)));
        }
        std::fs::rename(&partial, &path).map_err(|e| format!("cannot rename to {}: {e}", path.display()))?;
        Ok(path)
    }

    fn draw(&self, frame: &mut [u8], secs: f32) {
        let (width, height) = self.size;
        let bands = thread::available_parallelism().map_or(1, |n| n.get());
        let rows_each = height.div_ceil(bands);
        let shade = self.shade;
        thread::scope(|scope| {
            for (band, rows) in frame.chunks_mut(rows_each * width * 3).enumerate() {
                scope.spawn(move || {
                    for (row, line) in rows.chunks_exact_mut(width * 3).enumerate() {
                        let y = (2 * (band * rows_each + row) + 1) as f32 / height as f32 - 1.0;
                        for (column, pixel) in line.chunks_exact_mut(3).enumerate() {
                            let x = ((2 * column + 1) as f32 - width as f32) / height as f32;
                            for (byte, value) in pixel.iter_mut().zip(shade(x, y, secs)) {
                                *byte = (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
                            }
                        }
                    }
                });
            }
        });
    }
}

fn mix(a: [f32; 3], b: [f32; 3], k: f32) -> [f32; 3] {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * k)
}

/// Smoothstep: 0 below `low`, 1 above `high`, cubic between.
fn ramp(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// A pseudo-random value in 0..1 from two integers, the same on every machine.
fn hash(a: i32, b: i32) -> f32 {
    let mut h = (a as u32).wrapping_mul(0x9E37_79B1) ^ (b as u32).wrapping_mul(0x85EB_CA77);
    h = (h ^ (h >> 15)).wrapping_mul(0x2C1B_3C6D);
    h = (h ^ (h >> 12)).wrapping_mul(0x297A_2D39);
    ((h ^ (h >> 15)) >> 8) as f32 / 16_777_216.0
}

/// A skyline at night: three rows of houses that move at different speeds.
fn city(x: f32, y: f32, t: f32) -> [f32; 3] {
    let mut color = mix([0.03, 0.04, 0.12], [0.42, 0.20, 0.32], ramp(-1.0, 0.8, y));
    let moon = ((x - 1.0).powi(2) + (y + 0.55).powi(2)).sqrt();
    color = mix(color, [0.96, 0.93, 0.82], ramp(0.165, 0.155, moon));
    color = mix(color, [0.7, 0.65, 0.6], 0.25 * (-4.0 * (moon - 0.16).max(0.0)).exp());
    for row in 0..3 {
        let (speed, width, base) = ([0.05, 0.13, 0.32][row], [0.16, 0.24, 0.38][row], [0.15, 0.35, 0.62][row]);
        let shifted = x + speed * t + 7.0 * row as f32;
        let house = (shifted / width).floor();
        let inside = shifted / width - house;
        let seed = house as i32 * 3 + row as i32;
        let top = base - 0.75 * hash(seed, 1) * (1.0 - 0.25 * row as f32);
        if y < top || inside < 0.04 {
            continue;
        }
        color = [[0.10, 0.09, 0.17], [0.07, 0.06, 0.12], [0.03, 0.03, 0.06]][row];
        let (wx, wy) = (inside * 6.0, (y - top) / (width / 6.0) / 1.3);
        let lit = hash(seed * 64 + wx as i32, wy as i32 * 8 + (t * 0.4 + hash(seed, wy as i32) * 9.0) as i32 % 2) > 0.62;
        let pane = (wx.fract() - 0.5).abs() < 0.28 && (wy.fract() - 0.5).abs() < 0.30 && wy > 0.6;
        if lit && pane {
            color = mix([0.98, 0.78, 0.38], [0.62, 0.80, 0.95], ramp(0.7, 0.9, hash(seed, wy as i32 + 40)));
        }
    }
    color
}

/// A sun over waves, with its glitter path.
fn sea(x: f32, y: f32, t: f32) -> [f32; 3] {
    let sun = |x: f32, y: f32| ramp(0.30, 0.285, ((x + 0.4).powi(2) + (y + 0.28).powi(2)).sqrt());
    let sky = |x: f32, y: f32| {
        let cloud = ((x * 1.7 + t * 0.07).sin() * (y * 9.0 + (x * 3.0 + t * 0.1).sin()).sin() * 0.5 + 0.5).powi(3);
        let base = mix([0.16, 0.28, 0.52], [0.98, 0.62, 0.34], ramp(-1.0, 0.05, y));
        mix(mix(base, [1.0, 0.95, 0.75], sun(x, y)), [1.0, 0.80, 0.72], 0.45 * cloud)
    };
    if y < 0.05 {
        return sky(x, y);
    }
    let depth = 0.12 / (y - 0.05 + 0.02);
    let wave = (depth * 9.0 + t * 2.1 + (x * depth * 2.3).sin()).sin() + (depth * 23.0 - t * 1.4 + x * depth * 5.0).sin() * 0.5;
    // Waves break up the mirrored sun, so only the sky behind it is mirrored; the glitter
    // represents the sun.
    let mirrored = sky(x * 0.3 + 2.0 + wave * 0.05, 0.1 - y * 0.9 + wave * 0.06);
    let glitter = (-(x + 0.4).abs() * 3.5 / (0.3 + y)).exp() * ramp(0.5, 1.3, wave);
    mix(mix(mirrored, [0.02, 0.16, 0.26], 0.45 + 0.3 * y), [1.0, 0.88, 0.6], glitter)
}

/// Slow coloured interference.
fn plasma(x: f32, y: f32, t: f32) -> [f32; 3] {
    let v = (x * 3.1 + t * 0.9).sin()
        + (y * 4.3 - t * 1.1).sin()
        + ((x * 2.0).hypot(y * 2.0) * 3.0 - t * 1.7).sin()
        + ((x + (t * 0.5).sin()) * 2.0 + (y - (t * 0.4).cos()) * 3.0).sin();
    std::array::from_fn(|i| 0.5 + 0.5 * (v * 1.6 + t * 0.3 + i as f32 * TAU / 3.0).sin())
}

/// A flight through stars with a faint nebula.
fn stars(x: f32, y: f32, t: f32) -> [f32; 3] {
    let cloud = ((x * 1.3 + t * 0.1).sin() + (y * 1.9 + (x * 2.1).sin() - t * 0.07).cos()) * 0.25 + 0.5;
    let mut color = mix([0.01, 0.01, 0.04], [0.16, 0.05, 0.25], cloud * cloud);
    const LAYERS: usize = 6;
    for layer in 0..LAYERS {
        let age = (layer as f32 / LAYERS as f32 + t * 0.16).fract();
        let turn = layer as f32 * 1.1 + t * 0.05;
        let zoom = 14.0 * (1.0 - age) + 0.4;
        let (u, v) = ((x * turn.cos() - y * turn.sin()) * zoom, (x * turn.sin() + y * turn.cos()) * zoom);
        let (cell_u, cell_v) = (u.floor() as i32, v.floor() as i32);
        let seed = layer as i32 * 131;
        let (star_u, star_v) = (0.2 + 0.6 * hash(cell_u + seed, cell_v), 0.2 + 0.6 * hash(cell_u, cell_v + seed + 57));
        let distance = (u - u.floor() - star_u).hypot(v - v.floor() - star_v);
        let light = ramp(0.16, 0.0, distance).powi(2) * ramp(0.0, 0.25, age) * ramp(1.0, 0.9, age);
        let tint = mix([0.65, 0.8, 1.0], [1.0, 0.85, 0.65], hash(cell_u * 7, cell_v * 13 + seed));
        color = std::array::from_fn(|i| color[i] + tint[i] * light * 1.2);
    }
    color
}

/// A rotating, folding flower.
fn flower(x: f32, y: f32, t: f32) -> [f32; 3] {
    let radius = x.hypot(y);
    let angle = y.atan2(x) + t * 0.4 + 0.6 * (radius * 3.0 - t).sin();
    let petals = (angle * 7.0).sin() * 0.5 + 0.5;
    let rings = ((radius * 9.0 - t * 3.0) + petals * PI).sin() * 0.5 + 0.5;
    let warm = mix([0.95, 0.35, 0.20], [0.99, 0.82, 0.30], petals);
    let inner = mix([0.10, 0.30, 0.26], warm, rings);
    mix(inner, [0.05, 0.10, 0.12], ramp(0.9, 1.5, radius))
}
