//! Reads pictures and intermediates in shaders: chooses textures and filter, and computes the
//! numbers that place them.
//!
//! The filter is defined in [`crate::filter`]; positions are computed per pixel from numbers split
//! into an exact and a small part.
use super::numbers::Numbers;
use crate::{
    filter::{self, Site},
    program::{Program, Sampling, SamplingSource},
};
use cutroom_types::{Affine, ColorModel, Packing, Picture, SamplePlace, Size};
use std::fmt::Write;

/// Contents of a texture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Texel {
    /// One integer sample of 8 or 16 bits, or a pair.
    Uint,
    /// One float sample.
    Float,
    /// Premultiplied working colour.
    Rgba,
}

impl Texel {
    /// `"u"`, `"v"` (the second of a pair), `"f"`, `"c"`: suffix of the WGSL helpers' names.
    const fn suffix(self, component: usize) -> &'static str {
        match (self, component) {
            (Self::Uint, 0) => "u",
            (Self::Uint, _) => "v",
            (Self::Float, _) => "f",
            (Self::Rgba, _) => "c",
        }
    }

    /// The WGSL component type.
    pub const fn component(self) -> &'static str {
        match self {
            Self::Uint => "u32",
            _ => "f32",
        }
    }

    /// WGSL of the helpers that read component `component` of such textures; only integers come in
    /// pairs.
    pub fn helpers(self, component: usize) -> String {
        let (value, fetch) = match (self, component) {
            (Self::Uint, 0) => ("f32", "first_u"),
            (Self::Uint, _) => ("f32", "second_u"),
            (Self::Float, _) => ("f32", "first_f"),
            (Self::Rgba, _) => ("vec4<f32>", "vec4<f32>"),
        };
        let first = match (self, component) {
            (Self::Uint, 0) => "fn first_u(v: vec4<u32>) -> f32 { return f32(v.x); }\n",
            (Self::Uint, _) => "fn second_u(v: vec4<u32>) -> f32 { return f32(v.y); }\n",
            (Self::Float, _) => "fn first_f(v: vec4<f32>) -> f32 { return v.x; }\n",
            (Self::Rgba, _) => "",
        };
        // Four components would need as many gathers as loads.
        let filters = if self.gathers() { include_str!("filter_gather.wgsl") } else { include_str!("filter_loads.wgsl") };
        let text = format!("{}{filters}", include_str!("taps.wgsl"));
        let text = text.replace("KIND", self.suffix(component)).replace("TEXEL", self.component());
        let text = text.replace("COMPONENT", if component == 0 { "0" } else { "1" });
        format!("{first}{}", text.replace("VALUE", value).replace("FETCH", fetch))
    }

    /// Whether its bilinear helper needs the sampler `near`.
    pub const fn gathers(self) -> bool {
        !matches!(self, Self::Rgba)
    }
}

/// A texture that a pass binds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TextureUse {
    /// Plane of a source picture: `(picture, plane)`; of one on a device, plane of its surface.
    Plane(usize, usize),
    /// An intermediate.
    Intermediate(usize),
}

/// Textures of a pass, in binding order.
#[derive(Default)]
pub struct Textures {
    /// Textures, without duplicates.
    pub uses: Vec<TextureUse>,
    /// Contents of each.
    pub texels: Vec<Texel>,
}

impl Textures {
    /// Index of a texture; adds it if it is not yet bound.
    pub fn binding(&mut self, use_: TextureUse, texel: Texel) -> usize {
        self.uses.iter().position(|u| *u == use_).unwrap_or_else(|| {
            self.uses.push(use_);
            self.texels.push(texel);
            self.uses.len() - 1
        })
    }
}

/// How positions and taps are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Mode {
    /// Whole-pixel offset; every pixel is covered.
    Whole,
    /// Axis-aligned; not reduced in any direction.
    Bilinear,
    /// Axis-aligned; reduced in at least one direction.
    Reduce,
    /// Rotated or sheared; bilinear.
    Rotated,
}

/// Structure of one plane of the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct PlaneCode {
    texture: usize,
    texel: Texel,
    /// Number of the sample among those of a texel.
    component: usize,
    /// Components of the register that are written: `"x"`, `"y"`, `"z"`, `"w"`, `"xyz"` or
    /// `"xyzw"`.
    to: &'static str,
    /// Bits of the factor 1 / largest code of an integer alpha plane; for other planes 1, or the power
    /// of two that undoes a shift.
    gain_bits: u32,
    /// Slot of the reciprocals of the plane's width and height.
    size: usize,
    /// log2 of the subsampling and the samples' position in their block, horizontally and
    /// vertically.
    grid: [(u8, Site); 2],
}

/// The structure of a sampling: equal values print equal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SampleCode {
    mode: Mode,
    slot: usize,
    planes: Vec<PlaneCode>,
    premultiplied: bool,
}

/// Splits a number into ten significant bits, whose product with a pixel centre below 8192 is
/// exact, and the rest.
fn split(a: f64) -> [f32; 2] {
    let hi = f32::from_bits((a as f32).to_bits() & !0x3fff);
    [hi, (a - f64::from(hi)) as f32]
}

/// Splits a number into whole part and fraction.
fn whole_and_part(x: f64) -> [f32; 2] {
    let i = x.floor();
    [i as f32, (x - i) as f32]
}

impl SampleCode {
    /// Whether it reads the second of paired samples.
    pub fn reads_second(&self) -> bool {
        self.planes.iter().any(|p| p.component > 0)
    }

    /// Structure of a sampling. Its numbers are appended to `numbers`, new textures to `textures`.
    pub fn new(program: &Program, sampling: &Sampling, textures: &mut Textures, numbers: &mut Numbers) -> Self {
        let (planes, premultiplied) = plane_codes(program, sampling.source, textures, numbers);
        let m = &sampling.source_from_output;
        let mode = mode(sampling);
        let slot = match mode {
            Mode::Whole => numbers.push(&[m.x0 as f32, m.y0 as f32]),
            Mode::Bilinear | Mode::Reduce => {
                let ([xh, xl], [xi, xf]) = (split(m.xx), whole_and_part(m.x0));
                let ([yh, yl], [yi, yf]) = (split(m.yy), whole_and_part(m.y0));
                let ([x_lo, x_hi], [y_lo, y_hi]) = window_spans(sampling);
                numbers.push(&[xh, xl, xi, xf, yh, yl, yi, yf, x_lo, x_hi, y_lo, y_hi, m.xx.abs() as f32, m.yy.abs() as f32])
            }
            Mode::Rotated => {
                let (xx, xy, yx, yy) = (split(m.xx), split(m.xy), split(m.yx), split(m.yy));
                let (x, y) = (whole_and_part(m.x0), whole_and_part(m.y0));
                let slot = numbers.push(&[xx[0], xx[1], xy[0], xy[1], x[0], x[1], yx[0], yx[1], yy[0], yy[1], y[0], y[1]]);
                for e in window_edges(m, sampling.window) {
                    numbers.push(&e);
                }
                slot
            }
        };
        Self { mode, slot, planes, premultiplied }
    }

    /// Prints statements that set `register` for the pixel `px` with centre `x`, `y`.
    pub fn print(&self, register: &str, text: &mut String) -> std::fmt::Result {
        let n = |k: usize| Numbers::read(self.slot + k);
        let list = |from: usize, count: usize| (from..from + count).map(n).collect::<Vec<_>>().join(", ");
        writeln!(text, "    {{")?;
        match self.mode {
            Mode::Whole => {
                writeln!(text, "    let sx = vec2<f32>(f32(px.x) + {}, 0.5);", n(0))?;
                writeln!(text, "    let sy = vec2<f32>(f32(px.y) + {}, 0.5);", n(1))?;
                writeln!(text, "    let cover = 1.0;")?;
            }
            Mode::Bilinear | Mode::Reduce => {
                writeln!(text, "    let sx = aligned_position(x, {});", list(0, 4))?;
                writeln!(text, "    let sy = aligned_position(y, {});", list(4, 4))?;
                let (cx, cy) = (list(8, 2), list(10, 2));
                writeln!(text, "    let cover = span_coverage(f32(px.x), {cx}) * span_coverage(f32(px.y), {cy});")?;
            }
            Mode::Rotated => {
                writeln!(text, "    let sx = rotated_position(x, y, {});", list(0, 6))?;
                writeln!(text, "    let sy = rotated_position(x, y, {});", list(6, 6))?;
                writeln!(text, "    var cover = 1.0;")?;
                for e in [12, 15, 18, 21] {
                    writeln!(
                        text,
                        "    cover = min(cover, clamp({} * x + {} * y + {} + 0.5, 0.0, 1.0));",
                        n(e),
                        n(e + 1),
                        n(e + 2)
                    )?;
                }
            }
        }
        writeln!(text, "    {register} = vec4<f32>(0.0, 0.0, 0.0, 1.0);")?;
        for p in &self.planes {
            let read = self.read_plane(p);
            let gain = f32::from_bits(p.gain_bits);
            let gain = if gain == 1.0 { String::new() } else { format!(" * {gain:?}f") };
            match (p.texel, p.to) {
                (Texel::Rgba, _) => writeln!(text, "    {register} = {read};")?,
                (_, "xyz") => {
                    writeln!(text, "    let gray = {read}{gain};")?;
                    writeln!(text, "    {register} = vec4<f32>(gray, gray, gray, 1.0);")?;
                }
                (_, to) => writeln!(text, "    {register}.{to} = {read}{gain};")?,
            }
        }
        // An intermediate's colour is already multiplied by its alpha, so it is multiplied by the
        // coverage of the window as well.
        let covered = if self.premultiplied { register.to_string() } else { format!("{register}.w") };
        writeln!(text, "    {covered} = {covered} * cover;")?;
        writeln!(text, "    }}")
    }

    fn read_plane(&self, p: &PlaneCode) -> String {
        let (t, kind) = (p.texture, p.texel.suffix(p.component));
        if self.mode == Mode::Whole && p.grid == FULL_GRID {
            return format!("load_{kind}(t{t}, i32(sx.x), i32(sy.x))");
        }
        let axis = |name: &str, (shift, site): (u8, Site)| {
            let g = filter::GridAxis::subsampled(shift, site);
            // Powers of two and sums of them, hence exact.
            format!("on_grid({name}, {:?}f, {:?}f)", g.scale as f32, (g.offset - 0.5) as f32)
        };
        let (gx, gy) = (axis("sx", p.grid[0]), axis("sy", p.grid[1]));
        let size = match p.texel.gathers() {
            true => format!(", vec2<f32>({}, {})", Numbers::read(p.size), Numbers::read(p.size + 1)),
            false => String::new(),
        };
        if self.mode == Mode::Reduce {
            let step =
                |k: usize, shift: u8| format!("max({} * {:?}f, 1.0)", Numbers::read(self.slot + k), 0.5f32.powi(i32::from(shift)));
            let (sx, sy) = (step(12, p.grid[0].0), step(13, p.grid[1].0));
            return format!("reduce_{kind}(t{t}, {gx}, {gy}, vec2<f32>({sx}, {sy}){size})");
        }
        format!("bilinear_{kind}(t{t}, {gx}, {gy}{size})")
    }
}

/// A plane of full resolution.
const FULL_GRID: [(u8, Site); 2] = [(0, Site::Middle); 2];

/// Without subsampling the position of a sample in its block does not matter.
fn grid_of(shift: u8, site: Site) -> (u8, Site) {
    (shift, if shift > 0 { site } else { Site::Middle })
}

fn plane_codes(
    program: &Program,
    source: SamplingSource,
    textures: &mut Textures,
    numbers: &mut Numbers,
) -> (Vec<PlaneCode>, bool) {
    let one = 1.0f32.to_bits();
    match source {
        SamplingSource::Intermediate(i) => {
            let texture = textures.binding(TextureUse::Intermediate(i), Texel::Rgba);
            let code =
                PlaneCode { texture, texel: Texel::Rgba, component: 0, to: "xyzw", gain_bits: one, size: 0, grid: FULL_GRID };
            (vec![code], true)
        }
        SamplingSource::Picture(id) => {
            let picture = &program.pictures[id];
            let f = picture.format;
            let texel = if f.bytes_per_sample() == 4 { Texel::Float } else { Texel::Uint };
            let last = f.plane_count() - 1;
            let [sx, sy] = filter::sites(picture.color.chroma);
            let codes = (0..=last).map(|k| {
                let is_alpha = f.alpha && k == last;
                let size = f.plane_size(k, picture.size);
                let place = place_of(picture, k);
                PlaneCode {
                    size: numbers.push(&[1.0 / size.width as f32, 1.0 / size.height as f32]),
                    texture: textures.binding(TextureUse::Plane(id, place.plane), texel),
                    texel,
                    component: place.component,
                    to: match (is_alpha, f.model) {
                        (true, _) => "w",
                        (false, ColorModel::Gray) => "xyz",
                        (false, _) => ["x", "y", "z"][k],
                    },
                    gain_bits: if is_alpha && texel == Texel::Uint {
                        (1.0 / ((1u32 << f.bits) - 1) as f32).to_bits()
                    } else {
                        // A power of two: nothing is rounded.
                        (1.0 / (1u32 << place.shift) as f32).to_bits()
                    },
                    grid: if f.is_chroma(k) { [grid_of(f.chroma_shift_x, sx), grid_of(f.chroma_shift_y, sy)] } else { FULL_GRID },
                }
            });
            (codes.collect(), false)
        }
    }
}

/// Where plane `k` of a picture lies among the textures of the picture.
pub fn place_of(picture: &Picture, k: usize) -> SamplePlace {
    picture.device.as_ref().map_or(Packing::Planar.place(k), |frame| frame.place(k))
}

fn mode(s: &Sampling) -> Mode {
    let m = &s.source_from_output;
    if !m.is_axis_aligned() {
        return Mode::Rotated;
    }
    let [x0, y0, x1, y1] = s.bounds.map(f64::from);
    let ([x_lo, x_hi], [y_lo, y_hi]) = window_spans(s);
    let covered = f64::from(x_lo) <= x0 && f64::from(x_hi) >= x1 && f64::from(y_lo) <= y0 && f64::from(y_hi) >= y1;
    if covered && m.xx == 1.0 && m.yy == 1.0 && m.x0.fract() == 0.0 && m.y0.fract() == 0.0 {
        return Mode::Whole;
    }
    if m.xx.abs() > 1.0 || m.yy.abs() > 1.0 { Mode::Reduce } else { Mode::Bilinear }
}

/// The window in output pixels, `[from, to]` horizontally and vertically; unlimited for a
/// degenerate map.
fn window_spans(s: &Sampling) -> ([f32; 2], [f32; 2]) {
    let Some(inv) = s.source_from_output.inverse() else { return ([-1e9, 1e9], [-1e9, 1e9]) };
    let [l, t, r, b] = s.window.map(f64::from);
    let span = |a: f64, o: f64, from: f64, to: f64| {
        let (p, q) = (a * from + o, a * to + o);
        [p.min(q) as f32, p.max(q) as f32]
    };
    (span(inv.xx, inv.x0, l, r), span(inv.yy, inv.y0, t, b))
}

/// For each edge `[a, b, c]`, where `a·x + b·y + c` is the distance inside it in output pixels.
fn window_edges(m: &Affine, window: [f32; 4]) -> [[f32; 3]; 4] {
    let [l, t, r, b] = window.map(f64::from);
    let edge = |g: [f64; 3]| {
        let len = g[0].hypot(g[1]).max(1e-12);
        g.map(|v| (v / len) as f32)
    };
    [edge([m.xx, m.xy, m.x0 - l]), edge([-m.xx, -m.xy, r - m.x0]), edge([m.yx, m.yy, m.y0 - t]), edge([-m.yx, -m.yy, b - m.y0])]
}

/// Whether bounds contain the whole raster.
pub fn is_everything(bounds: [u32; 4], size: Size) -> bool {
    bounds[0] == 0 && bounds[1] == 0 && bounds[2] >= size.width && bounds[3] >= size.height
}
