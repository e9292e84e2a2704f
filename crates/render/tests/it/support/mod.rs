//! Pictures, plans, and an independent, slow reference in double precision.
use cutroom_effects::{BlendRef, Catalog, EffectRef, ParamKind, TransitionRef, lut::Lut};
use cutroom_render::{OutputSpec, SourcePictures, gpu::GpuRenderer};
use cutroom_test_support::skipped;
use cutroom_timeline::{BlendSpace, Canvas, Content, EffectUse, FramePlan, Layer, SourceFrame};
use cutroom_types::{ColorTags, ParamValue, Picture, PictureFormat, Primaries, Size, Time, Transfer};
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

pub const YUV444: PictureFormat = PictureFormat::yuv(8, 0, 0);

#[derive(Default)]
pub struct Pictures(pub BTreeMap<String, Picture>);

impl Pictures {
    pub fn of(list: &[(&str, &Picture)]) -> Self {
        Self(list.iter().map(|(k, p)| ((*k).to_owned(), (*p).clone())).collect())
    }
}

impl SourcePictures for Pictures {
    fn picture(&self, frame: &SourceFrame) -> Option<Picture> {
        self.0.get(frame.media.as_str()).cloned()
    }

    fn lut(&self, path: &str) -> Option<Arc<Lut>> {
        Some(Arc::new(if path.is_empty() { identity_lut() } else { strong_lut() }))
    }
}

/// A cube that is the identity.
pub fn identity_lut() -> Lut {
    let points = (0..8).map(|i| format!("{} {} {}\n", i & 1, i >> 1 & 1, i >> 2));
    Lut::parse(&format!("LUT_3D_SIZE 2\n{}", points.collect::<String>()), "cube").unwrap()
}

/// A shaper and a cube of five points per side that change every colour.
pub fn strong_lut() -> Lut {
    let shaper = (0..9).map(|i| {
        let t = f64::from(i) / 8.0;
        format!("{} {} {}\n", t.powf(0.8), t * t, 1.1 * t - 0.05)
    });
    let cube = (0..125).map(|i| {
        let (r, g, b) = (f64::from(i % 5) / 4.0, f64::from(i / 5 % 5) / 4.0, f64::from(i / 25) / 4.0);
        format!("{} {} {}\n", 0.8 * r + 0.2 * g * b, (g + 0.3 * r).min(1.0) * 0.9, b.sqrt() * 0.7 + 0.2 * r)
    });
    let (shaper, cube): (String, String) = (shaper.collect(), cube.collect());
    Lut::parse(&format!("LUT_1D_SIZE 9\nLUT_1D_INPUT_RANGE -0.1 1.2\nLUT_3D_SIZE 5\n{shaper}{cube}"), "cube").unwrap()
}

/// A GPU device, software Vulkan included; `None`, which is printed and counted as skipped, if
/// there is none.
pub fn gpu() -> Option<GpuRenderer> {
    GpuRenderer::new(true).map_err(|e| skipped("no device", &e.to_string())).ok()
}

pub fn size(width: u32, height: u32) -> Size {
    Size { width, height }
}

/// Smooth gradients plus reproducible noise, legal codes.
pub fn picture(format: PictureFormat, size: Size, seed: u32) -> Picture {
    let mut s = seed.wrapping_mul(2_654_435_761) | 1;
    let mut noise = move || {
        s ^= s << 13;
        s ^= s >> 17;
        s ^= s << 5;
        s
    };
    let scale = 1u32 << (format.bits - 8);
    let buffers = (0..format.plane_count())
        .map(|k| {
            let p = format.plane_size(k, size);
            let is_alpha = format.alpha && k + 1 == format.plane_count();
            (0..p.width * p.height)
                .flat_map(|i| {
                    let (x, y) = (i % p.width, i / p.width);
                    let v = if is_alpha {
                        (x * 255 / p.width.max(1)).min(255)
                    } else if format.is_chroma(k) {
                        90 + (x + y + seed) % 60 + noise() % 8
                    } else {
                        24 + (x * 2 + y + seed * 13) % 180 + noise() % 12
                    };
                    let v = v * scale;
                    if format.bits == 8 { vec![v as u8] } else { (v as u16).to_le_bytes().to_vec() }
                })
                .collect()
        })
        .collect();
    Picture::from_planes(format, size, ColorTags::BT709, buffers).unwrap()
}

pub fn canvas(size: Size, linear: bool) -> Canvas {
    Canvas {
        size,
        blend_space: if linear { BlendSpace::Linear } else { BlendSpace::Gamma },
        primaries: Primaries::Bt709,
        transfer: Transfer::Bt709,
        background: [0.0, 0.0, 0.0, 1.0],
    }
}

pub fn media(id: &str) -> Content {
    Content::Media(SourceFrame::nearest(id.into(), 0, Time::ZERO))
}

pub fn layer(content: Content) -> Layer {
    Layer::new("clip".into(), content)
}

pub fn plan(canvas: Canvas, layers: Vec<Layer>) -> FramePlan {
    FramePlan { canvas, time: Time::ZERO, layers }
}

pub fn output(format: PictureFormat) -> OutputSpec {
    OutputSpec { format, color: ColorTags::BT709 }
}

/// An effect with `other` as the input of each of its parameters of kind track.
pub fn with_layers(used: EffectUse, other: &Layer) -> EffectUse {
    let inputs = used.effect.params.iter().filter(|p| p.kind == ParamKind::Track).map(|_| other.clone()).collect();
    EffectUse { inputs, ..used }
}

/// The built-in catalogue.
pub fn catalog() -> &'static Catalog {
    static BUILT_IN: LazyLock<Catalog> = LazyLock::new(Catalog::builtin);
    &BUILT_IN
}

pub fn spec(id: &str) -> EffectRef {
    catalog().effect(id).unwrap_or_else(|| panic!("no effect {id}"))
}

pub fn transition(id: &str) -> TransitionRef {
    catalog().transition(id).unwrap_or_else(|| panic!("no transition {id}"))
}

pub fn blend_mode(id: &str) -> BlendRef {
    catalog().blend_mode(id).unwrap_or_else(|| panic!("no blend mode {id}"))
}

/// Sets one parameter by its id.
pub fn set_param(used: &mut EffectUse, name: &str, value: ParamValue) {
    let at = used.effect.params.iter().position(|p| p.id == name);
    used.params[at.unwrap_or_else(|| panic!("{:?} has no {name}", used.effect))] = value;
}

/// A catalogue effect with some parameters set, the rest at their defaults.
pub fn effect(id: &str, set: &[(&str, f64)]) -> EffectUse {
    let spec = spec(id);
    assert!(set.iter().all(|(n, _)| spec.param(n).is_some()), "{id} has no such parameter: {set:?}");
    let params = spec.params.iter().map(|p| {
        let given = set.iter().find(|(n, _)| *n == p.id).map(|(_, v)| ParamValue::Number(*v));
        given.unwrap_or_else(|| p.kind.default_value())
    });
    EffectUse::new(spec, params.collect())
}

/// A catalogue effect with some parameters of any kind set, the rest at their defaults.
pub fn used(id: &str, set: &[(&str, ParamValue)]) -> EffectUse {
    let mut used = effect(id, &[]);
    for (name, value) in set {
        set_param(&mut used, name, value.clone());
    }
    used
}

pub fn n(v: f64) -> ParamValue {
    ParamValue::Number(v)
}

pub fn t(v: &str) -> ParamValue {
    ParamValue::Text(v.into())
}

/// A picture from straight R'G'B' and alpha in floats.
pub fn rgba_picture(pixels: &[[f64; 4]], w: usize, h: usize) -> Picture {
    let format = PictureFormat::RGB_FLOAT.with_alpha();
    let planes = (0..4).map(|k| pixels.iter().flat_map(|p| (p[k] as f32).to_le_bytes()).collect()).collect();
    let tags = ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB };
    Picture::from_planes(format, size(w as u32, h as u32), tags, planes).unwrap()
}

pub fn bytes(p: &Picture) -> Vec<u8> {
    p.planes.iter().flat_map(|pl| (0..pl.rows()).flat_map(|y| pl.row(y).to_vec())).collect()
}

/// Largest difference in codes.
pub fn difference(a: &Picture, b: &Picture) -> u32 {
    assert_eq!((a.format, a.size), (b.format, b.size));
    let mut limit = 0;
    for k in 0..a.format.plane_count() {
        let s = a.format.plane_size(k, a.size);
        for y in 0..s.height as usize {
            for x in 0..s.width as usize {
                limit = limit.max(a.sample(k, x, y).abs_diff(b.sample(k, x, y)));
            }
        }
    }
    limit
}

/// Luma of BT.709 (item 3.2).
pub fn luma(c: [f64; 3]) -> f64 {
    0.2126 * c[0] + 0.7152 * c[1] + 0.0722 * c[2]
}

/// Hermite's cubic from 0 at `a` to 1 at `b`.
pub fn smoothstep(a: f64, b: f64, x: f64) -> f64 {
    let t = ((x - a) / (b - a)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

/// Hue in turns, saturation and lightness by the hexagon's six cases (CSS Color 4 §7.1).
pub fn to_hsl(c: [f64; 3]) -> [f64; 3] {
    let (max, min) = (c.into_iter().fold(f64::MIN, f64::max), c.into_iter().fold(f64::MAX, f64::min));
    let (d, l) = (max - min, (max + min) / 2.0);
    if d == 0.0 {
        return [0.0, 0.0, l];
    }
    let h = match max {
        m if m == c[0] => ((c[1] - c[2]) / d).rem_euclid(6.0),
        m if m == c[1] => (c[2] - c[0]) / d + 2.0,
        _ => (c[0] - c[1]) / d + 4.0,
    };
    let room = l.min(1.0 - l);
    [h / 6.0, if room == 0.0 { 0.0 } else { (max - l) / room }, l]
}

/// The inverse of [`to_hsl`].
pub fn from_hsl([h, s, l]: [f64; 3]) -> [f64; 3] {
    let f = |n: f64| {
        let k = (n + h * 12.0).rem_euclid(12.0);
        l - s * l.min(1.0 - l) * (k - 3.0).min(9.0 - k).clamp(-1.0, 1.0)
    };
    [f(0.0), f(8.0), f(4.0)]
}

/// BT.709 limited-range 8-bit YUV to R'G'B' (BT.709 items 3.2 to 3.5, 4.6).
pub fn rgb_of(y: f64, u: f64, v: f64) -> [f64; 3] {
    let (l, cb, cr) = ((y - 16.0) / 219.0, (u - 128.0) / 224.0, (v - 128.0) / 224.0);
    let (r, b) = (l + 1.5748 * cr, l + 1.8556 * cb);
    [r, (l - 0.2126 * r - 0.0722 * b) / 0.7152, b]
}

/// The inverse of [`rgb_of`]; codes are not rounded.
pub fn yuv_of(c: [f64; 3]) -> [f64; 3] {
    let l = luma(c);
    [16.0 + 219.0 * l, 128.0 + 224.0 * (c[2] - l) / 1.8556, 128.0 + 224.0 * (c[0] - l) / 1.5748]
}

/// BT.709 opto-electronic transfer function.
pub fn oetf(l: f64) -> f64 {
    if l < 0.018 { 4.5 * l } else { 1.099 * l.powf(0.45) - 0.099 }
}

pub fn inverse_oetf(v: f64) -> f64 {
    if v < 0.081 { v / 4.5 } else { ((v + 0.099) / 1.099).powf(1.0 / 0.45) }
}

/// R'G'B' of pixel `(x, y)` of a 4:4:4 8-bit picture, coordinates clamped.
pub fn pixel(p: &Picture, x: i64, y: i64) -> [f64; 3] {
    let (x, y) = (x.clamp(0, i64::from(p.size.width) - 1) as usize, y.clamp(0, i64::from(p.size.height) - 1) as usize);
    rgb_of(f64::from(p.sample(0, x, y)), f64::from(p.sample(1, x, y)), f64::from(p.sample(2, x, y)))
}
