//! Compares every transition with its own definition in double precision, or with properties that
//! must hold for it; and tests its two ends.
mod cards;
mod ends;
mod mixes;
mod morph;
mod places;
mod sampled;
mod seeded;

use crate::support::*;
use cutroom_effects::TRANSITIONS;
use cutroom_render::{OutputSpec, cpu::CpuRenderer};
use cutroom_timeline::{Canvas, Content, Layer};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Size};

/// Premultiplied R'G'B'A.
type Color = [f64; 4];

/// A moment of a transition between two opaque pictures that fill the canvas.
struct Moment {
    p: f64,
    w: f64,
    h: f64,
    sides: [Picture; 2],
}

/// How a picture is read outside its edges.
#[derive(Clone, Copy)]
enum Beyond {
    Nothing,
    Same,
    Mirrored,
    Again,
}

impl Moment {
    /// Colour of side `n` at a position in pixels, bilinear.
    fn sample(&self, n: usize, x: f64, y: f64, beyond: Beyond) -> Color {
        // No interpolation across the border between a picture and its repetition.
        let (x, y) = match beyond {
            Beyond::Again => (x.rem_euclid(self.w).clamp(0.5, self.w - 0.5), y.rem_euclid(self.h).clamp(0.5, self.h - 0.5)),
            _ => (x, y),
        };
        let (i, j) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (u, v) = (x - 0.5 - i, y - 0.5 - j);
        let mut sum = [0.0; 4];
        for (dx, dy, k) in [(0, 0, (1.0 - u) * (1.0 - v)), (1, 0, u * (1.0 - v)), (0, 1, (1.0 - u) * v), (1, 1, u * v)] {
            let c = self.texel(n, i as i64 + dx, j as i64 + dy, beyond);
            (0..4).for_each(|m| sum[m] += c[m] * k);
        }
        sum
    }

    /// Index of the current one of `count` steps over the transition, computed in single precision.
    fn step(&self, count: f32) -> f64 {
        f64::from((self.p as f32 * count).floor())
    }

    /// The texel at whole coordinates.
    fn texel(&self, n: usize, x: i64, y: i64, beyond: Beyond) -> Color {
        let place = |i: i64, n: i64| match beyond {
            Beyond::Nothing => (0..n).contains(&i).then_some(i),
            Beyond::Same => Some(i.clamp(0, n - 1)),
            Beyond::Mirrored => Some(if i.rem_euclid(2 * n) < n { i.rem_euclid(2 * n) } else { 2 * n - 1 - i.rem_euclid(2 * n) }),
            Beyond::Again => Some(i.rem_euclid(n)),
        };
        let Some((x, y)) = place(x, self.w as i64).zip(place(y, self.h as i64)) else { return [0.0; 4] };
        let [r, g, b] = pixel(&self.sides[n], x, y);
        [r, g, b, 1.0]
    }

    /// Colours of both sides at a position.
    fn both(&self, x: f64, y: f64, beyond: Beyond) -> [Color; 2] {
        [self.sample(0, x, y, beyond), self.sample(1, x, y, beyond)]
    }
}

fn mix(a: Color, b: Color, k: f64) -> Color {
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * k)
}

fn mix2([a, b]: [Color; 2], k: f64) -> Color {
    mix(a, b, k)
}

fn scale(a: Color, k: f64) -> Color {
    a.map(|v| v * k)
}

fn add(a: Color, b: Color) -> Color {
    std::array::from_fn(|i| a[i] + b[i])
}

/// Eases in and out: 3p² − 2p³.
fn eased(p: f64) -> f64 {
    p * p * (3.0 - 2.0 * p)
}

/// 0 at the ends, 1 in the middle.
fn peak(p: f64) -> f64 {
    1.0 - (2.0 * p - 1.0).abs()
}

/// Eased from 0 at `from` to 1 at `to`.
fn late(p: f64, from: f64, to: f64) -> f64 {
    eased(((p - from) / (to - from)).clamp(0.0, 1.0))
}

/// pcg3d of Jarzynski and Olano, JCGT 9(3), 2020, section 4: the upper 24 bits of its first result,
/// 0..1. Arguments are truncated to integers.
fn hash(x: f64, y: f64, z: f64) -> f64 {
    let mut v = [x, y, z].map(|v| (v as i64 as u32).wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[2]));
    v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
    v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    v = v.map(|c| c ^ (c >> 16));
    f64::from(v[0].wrapping_add(v[1].wrapping_mul(v[2])) >> 8) / 16_777_216.0
}

/// The integer that kernels derive from a parameter `seed`; `use_` distinguishes its uses.
fn seed(use_: f64, seed: f64) -> f64 {
    (hash(use_, seed, 0.0) * 16_777_216.0).floor()
}

/// A picture well inside the gamut: stripes, a ramp and detail; the two sides differ everywhere.
fn side(s: Size, n: u32) -> Picture {
    let plane = |k: usize| -> Vec<u8> {
        (0..s.width * s.height)
            .map(|i| {
                let (x, y) = (i % s.width, i / s.width);
                match (k, n) {
                    (0, 0) => 50 + ((x * 3 + y * 5) % 50) as u8,
                    (0, _) => 140 + ((x * 5 + y * 2) % 50) as u8,
                    (1, _) => 122 + ((x + y * 2 + n) % 12) as u8,
                    _ => 120 + ((x * 2 + y + n * 3) % 14) as u8,
                }
            })
            .collect()
    };
    Picture::from_planes(YUV444, s, ColorTags::BT709, vec![plane(0), plane(1), plane(2)]).unwrap()
}

/// A transition with some parameters set.
fn transition(id: &str, p: f32, set: &[(&str, ParamValue)], from: Option<Layer>, to: Option<Layer>) -> Layer {
    let either = from.clone().or(to.clone()).unwrap();
    let mut top = crate::gpu_cases::transition(id, p, from.clone().unwrap_or(either.clone()), to.clone().unwrap_or(either));
    if let Content::Transition { transition, params, from: f, to: t, .. } = &mut top.content {
        for (name, value) in set {
            let at = transition.params.iter().position(|p| p.id == *name).unwrap_or_else(|| panic!("{id} has no {name}"));
            params[at] = value.clone();
        }
        *f = from.map(Box::new);
        *t = to.map(Box::new);
    }
    top
}

const FLOAT: PictureFormat = PictureFormat::RGB_FLOAT;

/// Draws layers on the CPU in `format`; with [`FLOAT`] the samples are R'G'B'.
fn draw(cpu: &CpuRenderer, canvas: Canvas, layers: Vec<Layer>, pictures: &[(&str, &Picture)], format: PictureFormat) -> Picture {
    let color =
        if format == FLOAT { ColorTags { transfer: cutroom_types::Transfer::Bt709, ..ColorTags::SRGB } } else { ColorTags::BT709 };
    let c = crate::gpu_cases::Case {
        name: String::new(),
        plan: plan(canvas, layers),
        pictures: Pictures::of(pictures),
        output: OutputSpec { format, color },
        max_codes: 1.0,
    };
    cpu.run(&crate::gpu_cases::program(&c), &c.output).unwrap()
}

/// Draws a transition between the two sides.
fn drawn(cpu: &CpuRenderer, id: &str, p: f32, set: &[(&str, ParamValue)], s: Size) -> Picture {
    let (a, b) = (side(s, 0), side(s, 1));
    let top = transition(id, p, set, Some(layer(media("a"))), Some(layer(media("b"))));
    draw(cpu, canvas(s, false), vec![top], &[("a", &a), ("b", &b)], FLOAT)
}

fn value(p: &Picture, k: usize, x: usize, y: usize) -> f64 {
    f64::from(f32::from_bits(p.sample(k, x, y)))
}

/// Expected colour of the pixel with its centre at (x, y).
type Definition = fn(&Moment, f64, f64) -> Color;

/// Compares a transition with its definition on a wide and on a tall canvas, early and late; at
/// most `strays` of a thousand pixels may differ.
fn check(cpu: &CpuRenderer, id: &str, definition: Definition, strays: usize) -> Result<(), String> {
    // Sides that are powers of two: no pixel's centre is on the border of two pieces, where
    // rounding would decide.
    for s in [size(64, 32), size(32, 64)] {
        for p in [0.3f32, 0.7] {
            let m = Moment { p: f64::from(p), w: f64::from(s.width), h: f64::from(s.height), sides: [side(s, 0), side(s, 1)] };
            let got = drawn(cpu, id, p, &[], s);
            let (mut wrong, mut first) = (0, None);
            for y in 0..s.height as usize {
                for x in 0..s.width as usize {
                    let want = definition(&m, x as f64 + 0.5, y as f64 + 0.5);
                    let apart = (0..3).map(|k| (value(&got, k, x, y) - want[k]).abs()).fold(0.0, f64::max);
                    // Half a code of 8 bits.
                    if apart > 0.5 / 255.0 {
                        wrong += 1;
                        first.get_or_insert_with(|| {
                            format!("({x}, {y}): {:?}, not {want:?}", [0, 1, 2].map(|k| value(&got, k, x, y)))
                        });
                    }
                }
            }
            let all = (s.width * s.height) as usize;
            if wrong * 1000 > strays * all {
                let first = first.unwrap_or_default();
                return Err(format!("{id} at {p} on {}×{}: {wrong} of {all} pixels, first {first}", s.width, s.height));
            }
        }
    }
    Ok(())
}

/// Checks a table of definitions.
fn check_all(table: &[(&str, Definition, usize)]) {
    let cpu = CpuRenderer::new(0).unwrap();
    let wrong: Vec<String> = table.iter().filter_map(|(id, d, strays)| check(&cpu, id, *d, *strays).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every entry has a definition, or a reason why its properties are tested instead.
#[test]
fn every_transition_is_defined_or_explained() {
    let tables = [mixes::TABLE, places::TABLE, cards::TABLE, sampled::TABLE];
    let defined: Vec<&str> = tables.iter().flat_map(|t| t.iter().map(|(id, ..)| *id)).collect();
    let explained: Vec<&str> = seeded::LOOKED_AT.iter().map(|(id, _)| *id).chain(morph::TESTED.iter().copied()).collect();
    for t in TRANSITIONS {
        let times = defined.iter().chain(&explained).filter(|id| **id == t.id).count();
        assert_eq!(times, 1, "{}: neither defined nor explained, or both", t.id);
    }
    assert_eq!(defined.len() + explained.len(), TRANSITIONS.len());
    assert!(seeded::LOOKED_AT.iter().all(|(_, why)| !why.is_empty()));
}
