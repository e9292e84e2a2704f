//! The target of a tile pass: an intermediate texture, or the planes of the output packed into one
//! storage buffer.
use super::{
    numbers::Numbers,
    sampling::{Texel, TextureUse, Textures, place_of},
};
use crate::{
    RenderError,
    program::{Program, Stage, TilePass},
};
use cutroom_types::{ColorModel, PictureFormat, SamplePlace, Size};
use std::fmt::Write;

/// Pixels that one workgroup of 256 invocations computes: a multiple of every supported chroma
/// block and of the samples in a word.
const TILE: [u32; 2] = [32, 14];

/// The structure of the output: equal values print equal text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OutputCode {
    /// A texture of premultiplied working colour.
    Intermediate,
    /// Packed planes.
    Planes {
        /// Layout.
        format: PictureFormat,
        /// Whether chroma is on the first column and on the first row of its block.
        cosited: [bool; 2],
        /// Set if samples of an unmodified bottom picture are copied.
        copy: Option<CopyCode>,
    },
}

/// How samples are copied where only the bottom picture is visible.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CopyCode {
    /// Texture index and contents of each plane, and where it lies in the texture.
    planes: Vec<(usize, Texel, SamplePlace)>,
    /// Slot of the rectangles that other layers touch: left, right, top, bottom of each.
    slot: usize,
    /// Number of rectangles.
    count: usize,
}

/// Touched rectangles are widened to multiples of this many columns.
const COPY_COLUMNS: u32 = 16;

/// Layout of the planes in the output buffer.
pub struct PlaneLayout {
    /// `[offset, words per row, width, height]` per plane; offset in 32-bit words.
    pub planes: Vec<[u32; 4]>,
    /// Size of the buffer in words.
    pub words: u32,
}

impl PlaneLayout {
    /// The layout for a picture.
    ///
    /// # Errors
    /// [`RenderError::Unsupported`] when it does not fit a buffer.
    pub fn of(format: PictureFormat, size: Size) -> Result<Self, RenderError> {
        let too_large = || RenderError::Unsupported(format!("{}×{} {format} on this GPU", size.width, size.height));
        Self::fitting(format, size).ok_or_else(too_large)
    }

    fn fitting(format: PictureFormat, size: Size) -> Option<Self> {
        let mut words = 0u32;
        let mut planes = Vec::new();
        for k in 0..format.plane_count() {
            let s = format.plane_size(k, size);
            let row = s.width.checked_mul(format.bytes_per_sample() as u32)?.div_ceil(4);
            planes.push([words, row, s.width, s.height]);
            words = words.checked_add(row.checked_mul(s.height)?)?;
        }
        Some(Self { planes, words })
    }
}

impl OutputCode {
    /// The code for a pass into planes of `format`; the caller must write the plane layout to
    /// `numbers`.
    pub fn planes(
        program: &Program,
        pass: &TilePass,
        format: PictureFormat,
        cosited: [bool; 2],
        textures: &mut Textures,
        numbers: &mut Numbers,
    ) -> Self {
        let copy = pass.base_copy.map(|id| {
            let texel = if program.pictures[id].format.bytes_per_sample() == 4 { Texel::Float } else { Texel::Uint };
            let plane = |k: usize| {
                let place = place_of(&program.pictures[id], k);
                (textures.binding(TextureUse::Plane(id, place.plane), texel), texel, place)
            };
            let planes = (0..format.plane_count()).map(plane).collect();
            let slot = numbers.values.len();
            let mut count = 0;
            for s in &pass.stages {
                if let Stage::Blend { bounds: [l, t, r, b], .. } = s
                    && l < r
                {
                    let (l, r) = (l / COPY_COLUMNS * COPY_COLUMNS, r.next_multiple_of(COPY_COLUMNS));
                    numbers.push(&[l as f32, r as f32, *t as f32, *b as f32]);
                    count += 1;
                }
            }
            CopyCode { planes, slot, count }
        });
        Self::Planes { format, cosited, copy }
    }

    /// WGSL declaration of binding 1.
    pub fn binding(&self) -> &'static str {
        match self {
            Self::Intermediate => "@group(0) @binding(1) var target_texture: texture_storage_2d<rgba16float, write>;\n",
            Self::Planes { .. } => "@group(0) @binding(1) var<storage, read_write> target_words: array<u32>;\n",
        }
    }

    /// Number of workgroups for a raster.
    pub fn workgroups(&self, size: Size) -> [u32; 2] {
        match self {
            Self::Intermediate => [size.width.div_ceil(16), size.height.div_ceil(16)],
            Self::Planes { .. } => [size.width.div_ceil(TILE[0]), size.height.div_ceil(TILE[1])],
        }
    }

    /// WGSL of the entry point, which calls `shade`.
    pub fn main(&self) -> String {
        match self {
            Self::Intermediate => "@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x < u.rasters[0].x && id.y < u.rasters[0].y) {
        textureStore(target_texture, vec2<i32>(id.xy), shade(id.xy));
    }
}
"
            .into(),
            Self::Planes { format, cosited, copy } => {
                let mut text = String::new();
                // Writing to a String cannot fail.
                let _ = print_planes(*format, *cosited, copy.as_ref(), &mut text);
                text
            }
        }
    }
}

fn print_planes(format: PictureFormat, cosited: [bool; 2], copy: Option<&CopyCode>, text: &mut String) -> std::fmt::Result {
    let (sx, sy) = (format.chroma_shift_x, format.chroma_shift_y);
    let subsampled = format.model == ColorModel::Yuv && (sx > 0 || sy > 0);
    let [left, top] = cosited;
    // Columns left of the tile and rows above it that co-sited chroma reads.
    let apron = if subsampled && left { (1u32 << sx) - 1 } else { 0 };
    let above = if subsampled && top { (1u32 << sy) - 1 } else { 0 };
    let [w, h] = TILE;
    let (pitch, rows) = (w + apron, h + above);
    let per_word = 4 / format.bytes_per_sample() as u32;
    let samples: u32 = (0..format.plane_count()).map(|k| if format.is_chroma(k) { (w >> sx) * (h >> sy) } else { w * h }).sum();
    writeln!(text, "var<workgroup> tile: array<array<f32, {}>, 4>;\nvar<workgroup> codes: array<u32, {samples}>;", pitch * rows)?;
    print_code(format, text)?;
    if let Some(c) = copy {
        print_untouched(c, text)?;
    }
    writeln!(
        text,
        "@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {{
    let origin = group.xy * vec2<u32>({w}u, {h}u);
    let last = vec2<i32>(u.rasters[0].xy) - 1;
    for (var i = lane; i < {}u; i = i + 256u) {{
        let p = vec2<i32>(origin) + vec2<i32>(i32(i % {pitch}u) - {apron}, i32(i / {pitch}u) - {above});
        let c = shade(vec2<u32>(clamp(p, vec2<i32>(0), last)));
        tile[0][i] = c.x;
        tile[1][i] = c.y;
        tile[2][i] = c.z;
        tile[3][i] = c.w;
    }}
    workgroupBarrier();",
        pitch * rows
    )?;
    let colors = if format.model == ColorModel::Gray { 1 } else { 3 };
    // Planes start at different invocations, so that they are processed in parallel: first each
    // sample's code, then words of codes.
    let mut busy = 0;
    let mut starts = Vec::new();
    let mut first = 0;
    for k in 0..format.plane_count() {
        let (px, py) = if format.is_chroma(k) { (sx, sy) } else { (0, 0) };
        let (columns, rows) = (w >> px, h >> py);
        let component = if k >= colors { 3 } else { k };
        let sample = if px == 0 && py == 0 {
            format!("tile[{component}][(cy + {above}u) * {pitch}u + cx + {apron}u]")
        } else {
            chroma_sum([px, py], cosited, [apron, above], pitch, component)
        };
        let code = if k >= colors { "alpha_code" } else { "code" };
        let beside = match copy {
            // Next to a copied block the first column replaces its left neighbour.
            Some(_) if left && px > 0 => {
                format!("(gx << {px}u) % {COPY_COLUMNS}u == 0u && gx > 0u && untouched((gx << {px}u) - 1u, gy << {py}u)")
            }
            _ => "false".into(),
        };
        let value = match copy {
            None => format!("s = {code}({sample});"),
            Some(c) => {
                let (t, texel, place) = c.planes[k];
                let read = if texel == Texel::Uint { "" } else { "bitcast<u32>" };
                let component = if place.component == 0 { "x" } else { "y" };
                let shift = if place.shift == 0 { String::new() } else { format!(" >> {}u", place.shift) };
                // The picture has the output's layout: its codes are the result.
                format!(
                    "if (untouched(gx << {px}u, gy << {py}u)) {{ s = {read}(textureLoad(t{t}, min(vec2<i32>(i32(gx), i32(gy)), vec2<i32>(textureDimensions(t{t})) - 1), 0).{component}){shift}; }} else {{ s = {code}({sample}); }}"
                )
            }
        };
        writeln!(
            text,
            "    for (var i = (lane + {}u) % 256u; i < {}u; i = i + 256u) {{
        let cx = i % {columns}u;
        let cy = i / {columns}u;
        let gx = (origin.x >> {px}u) + cx;
        let gy = (origin.y >> {py}u) + cy;
        let beside = {beside};
        var s = 0u;
        {value}
        codes[{first}u + i] = s;
    }}",
            256 - busy % 256,
            columns * rows,
        )?;
        busy += columns * rows;
        starts.push(first);
        first += columns * rows;
    }
    writeln!(text, "    workgroupBarrier();")?;
    busy = 0;
    for (k, first) in starts.into_iter().enumerate() {
        let (px, py) = if format.is_chroma(k) { (sx, sy) } else { (0, 0) };
        let (words, rows) = ((w >> px) / per_word, h >> py);
        let shift = 32 / per_word % 32;
        let parts: Vec<String> = (0..per_word).map(|n| format!("(codes[at + {n}u] << {}u)", n * shift)).collect();
        writeln!(
            text,
            "    for (var i = (lane + {}u) % 256u; i < {}u; i = i + 256u) {{
        let plane = u.rasters[{}];
        let x = (origin.x >> {px}u) + i % {words}u * {per_word}u;
        let y = (origin.y >> {py}u) + i / {words}u;
        if (x < plane.z && y < plane.w) {{
            let at = {first}u + i / {words}u * {}u + i % {words}u * {per_word}u;
            target_words[plane.x + y * plane.y + x / {per_word}u] = {};
        }}
    }}",
            256 - busy % 256,
            words * rows,
            k + 1,
            w >> px,
            parts.join(" | "),
        )?;
        busy += words * rows;
    }
    writeln!(text, "}}")
}

/// Prints `code` and `alpha_code`: rounding half up, clamped to the code range, NaN gives 0; floats
/// are stored unmodified.
fn print_code(format: PictureFormat, text: &mut String) -> std::fmt::Result {
    if format.bits > 16 {
        writeln!(text, "fn code(v: f32) -> u32 {{ return bitcast<u32>(v); }}")?;
        return writeln!(text, "fn alpha_code(v: f32) -> u32 {{ return code(v); }}");
    }
    let max = ((1u32 << format.bits) - 1) as f32;
    writeln!(text, "fn code(v: f32) -> u32 {{ return u32(select(0.0, select({max:?}, v, v < {max:?}), v > 0.0) + 0.5); }}")?;
    writeln!(text, "fn alpha_code(v: f32) -> u32 {{ return code(v * {max:?}); }}")
}

/// Prints `untouched(x, y)`: no blended layer reaches the block of 16 columns and 2 rows that
/// contains luma pixel (x, y).
fn print_untouched(c: &CopyCode, text: &mut String) -> std::fmt::Result {
    writeln!(
        text,
        "fn untouched(x: u32, y: u32) -> bool {{\n    let fx = f32(x);\n    let fy = f32(y / 2u * 2u);\n    var touched = false;"
    )?;
    for i in 0..c.count {
        let [l, r, t, b] = std::array::from_fn(|k| Numbers::read(c.slot + 4 * i + k));
        writeln!(text, "    touched = touched || (fx >= {l} && fx < {r} && {t} < fy + 2.0 && {b} > fy);")?;
    }
    writeln!(text, "    return !touched;\n}}")
}

/// WGSL of a chroma sample from the pixels around it: along each axis a triangle around the first
/// pixel of its block if it is sited there, otherwise the mean of the block. `beside` makes the
/// first column replace its left neighbours.
fn chroma_sum(shifts: [u8; 2], cosited: [bool; 2], [apron, above]: [u32; 2], pitch: u32, component: usize) -> String {
    let [bx, by] = shifts.map(|s| 1i32 << s);
    let taps = |block: i32, first: bool| -> Vec<(i32, f32)> {
        if first && block > 1 {
            (1 - block..block).map(|o| (o, (block - o.abs()) as f32 / (block * block) as f32)).collect()
        } else {
            (0..block).map(|o| (o, 1.0 / block as f32)).collect()
        }
    };
    let rows = taps(by, cosited[1]);
    let row_sum = |column: String| {
        let terms: Vec<String> = rows
            .iter()
            .map(|(o, weight)| {
                format!("tile[{component}][(cy * {by}u + {}u) * {pitch}u + {column}] * {weight:?}", above as i32 + o)
            })
            .collect();
        terms.join(" + ")
    };
    let terms: Vec<String> = taps(bx, cosited[0])
        .iter()
        .map(|(o, weight)| {
            let column = format!("cx * {bx}u + {}u", apron as i32 + o);
            let column = if *o < 0 { format!("select({column}, cx * {bx}u + {apron}u, beside)") } else { column };
            format!("({}) * {weight:?}", row_sum(column))
        })
        .collect();
    terms.join(" + ")
}
