//! Converts a chart of flat patches from and to every matrix, range and depth, and compares with
//! FFmpeg's zscale (zimg).
use crate::support::{Pictures, canvas, layer, media, plan, size};
use cutroom_render::{Backend, OutputSpec, RenderOptions, Renderer};
use cutroom_types::{ColorModel, ColorTags, Matrix, Picture, PictureFormat, Primaries, Range, Transfer};
use std::{
    io::Write,
    process::{Command, Stdio},
};

/// Side of a patch in pixels, larger than any chroma filter.
const PATCH: u32 = 16;

/// Patches as R'G'B': full, 75 % and 30 % bars, a grey ramp, skin tones, dark and pale colours.
fn patches() -> Vec<[f64; 3]> {
    let mut list = Vec::new();
    for level in [1.0, 0.75, 0.3] {
        for bits in 1..7u32 {
            list.push([bits & 1, bits >> 1 & 1, bits >> 2].map(|b| f64::from(b) * level));
        }
    }
    list.extend((0..=10).map(|i| [f64::from(i) / 10.0; 3]));
    list.extend([
        [0.78, 0.57, 0.44],
        [0.45, 0.29, 0.22],
        [0.95, 0.8, 0.72],
        [0.6, 0.62, 0.9],
        [0.05, 0.1, 0.03],
        [0.97, 0.99, 0.9],
    ]);
    list
}

/// R'G'B' to codes by ITU-T H.273 §8.3.
fn codes(c: [f64; 3], tags: ColorTags, bits: u8) -> [u16; 3] {
    // ICtCp is ill-conditioned where one of its primaries is almost absent.
    let c = if tags.primaries == Primaries::Bt2020 && tags.transfer != Transfer::Bt709 { c.map(|v| 0.3 + 0.5 * v) } else { c };
    let [r, g, b] = c;
    if tags.matrix == Matrix::Rgb {
        return c.map(|v| (v * f64::from((1u32 << bits) - 1) + 0.5).floor() as u16);
    }
    let [y, u, v] = match (tags.matrix.kr_kb(), tags.matrix) {
        (Some((kr, kb)), _) => {
            let y = kr * r + (1.0 - kr - kb) * g + kb * b;
            [y, (b - y) / (2.0 * (1.0 - kb)), (r - y) / (2.0 * (1.0 - kr))]
        }
        (None, Matrix::Bt2020Cl) => constant_luminance(c),
        (None, Matrix::ICtCp) => ictcp(c, tags.transfer),
        (None, Matrix::YCgCo) => [0.25 * r + 0.5 * g + 0.25 * b, -0.25 * r + 0.5 * g - 0.25 * b, 0.5 * r - 0.5 * b],
        _ => panic!("no closed form"),
    };
    let step = f64::from(1u32 << (bits - 8));
    let limit = f64::from((1u32 << bits) - 1);
    let round = |v: f64| (v + 0.5).floor().clamp(0.0, limit) as u16;
    match tags.range {
        Range::Limited => {
            let excursion = if tags.matrix == Matrix::YCgCo { 219.0 } else { 224.0 };
            [16.0 + 219.0 * y, 128.0 + excursion * u, 128.0 + excursion * v].map(|v| round(v * step))
        }
        Range::Full => [limit * y, 128.0 * step + limit * u, 128.0 * step + limit * v].map(round),
    }
}

/// ITU-R BT.2020-2 table 4, with its curve in full precision.
fn constant_luminance([r, g, b]: [f64; 3]) -> [f64; 3] {
    let (a, edge) = (1.099_296_826_809_44, 0.018_053_968_510_807);
    let light = |v: f64| if v < 4.5 * edge { v / 4.5 } else { ((v + a - 1.0) / a).powf(1.0 / 0.45) };
    let e = 0.2627 * light(r) + 0.6780 * light(g) + 0.0593 * light(b);
    let y = if e < edge { 4.5 * e } else { a * e.powf(0.45) - (a - 1.0) };
    let by = |d: f64, below: f64, above: f64| d / if d <= 0.0 { below } else { above };
    [y, by(b - y, 1.9404, 1.5816), by(r - y, 1.7184, 0.9936)]
}

/// ITU-R BT.2100-2 tables 4, 5 and 7.
fn ictcp(c: [f64; 3], transfer: Transfer) -> [f64; 3] {
    let (m1, m2, c1, c2, c3) = (0.159_301_757_812_5, 78.843_75, 0.835_937_5, 18.851_562_5, 18.6875);
    let (a, b, k) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
    let is_pq = transfer == Transfer::Pq;
    let light = |v: f64| match v {
        v if is_pq => ((v.powf(1.0 / m2) - c1).max(0.0) / (c2 - c3 * v.powf(1.0 / m2))).powf(1.0 / m1),
        v if v <= 0.5 => v * v / 3.0,
        v => (((v - k) / a).exp() + b) / 12.0,
    };
    let encoded = |e: f64| match e {
        e if is_pq => ((c1 + c2 * e.powf(m1)) / (1.0 + c3 * e.powf(m1))).powf(m2),
        e if e <= 1.0 / 12.0 => (3.0 * e).sqrt(),
        e => a * (12.0 * e - b).ln() + k,
    };
    let of = |m: [f64; 3], v: [f64; 3]| (m[0] * v[0] + m[1] * v[1] + m[2] * v[2]) / 4096.0;
    let rgb = c.map(light);
    let lms = [[1688.0, 2146.0, 262.0], [683.0, 2951.0, 462.0], [99.0, 309.0, 3688.0]].map(|row| encoded(of(row, rgb)));
    let rows = if is_pq {
        [[2048.0, 2048.0, 0.0], [6610.0, -13613.0, 7003.0], [17933.0, -17390.0, -543.0]]
    } else {
        [[2048.0, 2048.0, 0.0], [3625.0, -7465.0, 3840.0], [9500.0, -9212.0, -288.0]]
    };
    rows.map(|row| of(row, lms))
}

fn chart(format: PictureFormat, tags: ColorTags) -> Picture {
    let list = patches();
    let full = size(PATCH * list.len() as u32, PATCH);
    let planes = (0..3).map(|k| {
        let p = format.plane_size(k, full);
        let patch = if format.is_chroma(k) { PATCH >> format.chroma_shift_x } else { PATCH };
        let row: Vec<u16> = (0..p.width).map(|x| codes(list[(x / patch) as usize], tags, format.bits)[k]).collect();
        (0..p.height).flat_map(|_| bytes_of(&row, format.bits)).collect()
    });
    Picture::from_planes(format, full, tags, planes.collect()).unwrap()
}

fn bytes_of(row: &[u16], bits: u8) -> Vec<u8> {
    if bits == 8 { row.iter().map(|v| *v as u8).collect() } else { row.iter().flat_map(|v| v.to_le_bytes()).collect() }
}

fn pixel_format(f: PictureFormat) -> String {
    if f.model == ColorModel::Rgb {
        return if f.bits == 8 { "gbrp".into() } else { format!("gbrp{}le", f.bits) };
    }
    let layout = match (f.chroma_shift_x, f.chroma_shift_y) {
        (1, 1) => "420",
        (1, 0) => "422",
        _ => "444",
    };
    if f.bits == 8 { format!("yuv{layout}p") } else { format!("yuv{layout}p{}le", f.bits) }
}

/// zscale's names of matrix and range.
fn zscale(tags: ColorTags) -> (&'static str, &'static str) {
    let matrix = match tags.matrix {
        Matrix::Bt709 => "bt709",
        Matrix::Fcc => "fcc",
        Matrix::Bt470Bg => "bt470bg",
        Matrix::Smpte170M => "smpte170m",
        Matrix::Smpte240M => "smpte2400m",
        Matrix::YCgCo => "ycgco",
        Matrix::Bt2020Ncl => "bt2020nc",
        Matrix::ICtCp => "ictcp",
        Matrix::ChromaDerivedNcl => "chroma-derived-nc",
        Matrix::Rgb => "gbr",
        Matrix::Bt2020Cl => panic!("zscale does not keep grey between this and other matrices"),
    };
    (matrix, if tags.range == Range::Full { "full" } else { "limited" })
}

/// The chart converted by FFmpeg to `to`.
fn expected(p: &Picture, to: OutputSpec) -> Picture {
    let ((m_in, r_in), (m_out, r_out)) = (zscale(p.color), zscale(to.color));
    let [p_both, t_both] = if to.color.transfer == Transfer::Pq { ["bt2020", "smpte2084"] } else { ["bt709", "bt709"] };
    let filter = format!(
        "zscale=min={m_in}:rin={r_in}:pin={p_both}:tin={t_both}:cin=left:m={m_out}:r={r_out}:p={p_both}:t={t_both}:c=left:d=none:f=bilinear,format={}",
        pixel_format(to.format)
    );
    let s = format!("{}x{}", p.size.width, p.size.height);
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin", "-f", "rawvideo", "-pix_fmt", &pixel_format(p.format), "-s", &s, "-i", "pipe:0"])
        .args(["-vf", &filter, "-f", "rawvideo", "-pix_fmt", &pixel_format(to.format), "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg is installed");
    child.stdin.take().unwrap().write_all(&stored(p).iter().flat_map(|k| bytes_of_plane(p, *k)).collect::<Vec<_>>()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "ffmpeg -vf {filter}");
    let mut rest = &out.stdout[..];
    let mut planes = vec![Vec::new(); 3];
    for k in stored(&Picture { format: to.format, ..p.clone() }) {
        let s = to.format.plane_size(k, p.size);
        let (plane, after) = rest.split_at((s.width * s.height) as usize * to.format.bytes_per_sample());
        rest = after;
        planes[k] = plane.to_vec();
    }
    assert!(rest.is_empty());
    Picture::from_planes(to.format, p.size, to.color, planes).unwrap()
}

/// The order in which FFmpeg stores the planes: G, B, R.
fn stored(p: &Picture) -> [usize; 3] {
    if p.format.model == ColorModel::Rgb { [1, 2, 0] } else { [0, 1, 2] }
}

fn bytes_of_plane(p: &Picture, k: usize) -> Vec<u8> {
    (0..p.planes[k].rows()).flat_map(|y| p.planes[k].row(y).to_vec()).collect()
}

/// Largest difference at the patches' centres, in codes of 8 bits.
fn difference(a: &Picture, b: &Picture) -> (f64, String) {
    let mut worst = (0.0, String::new());
    for k in 0..3 {
        let f = a.format;
        let (sx, sy) = if f.is_chroma(k) { (f.chroma_shift_x, f.chroma_shift_y) } else { (0, 0) };
        for (i, c) in patches().iter().enumerate() {
            let (x, y) = ((i * PATCH as usize + PATCH as usize / 2) >> sx, (PATCH as usize / 2) >> sy);
            let (p, q) = (a.sample(k, x, y), b.sample(k, x, y));
            let d = f64::from(p.abs_diff(q)) / f64::from(1u32 << (f.bits - 8));
            if d > worst.0 {
                worst = (d, format!("plane {k} of {c:?}: {p}, expected {q}"));
            }
        }
    }
    worst
}

const MATRICES: [Matrix; 8] = [
    Matrix::Bt709,
    Matrix::Fcc,
    Matrix::Bt470Bg,
    Matrix::Smpte170M,
    Matrix::Smpte240M,
    Matrix::YCgCo,
    Matrix::Bt2020Ncl,
    Matrix::ChromaDerivedNcl,
];

fn every(formats: &[PictureFormat]) -> Vec<OutputSpec> {
    let mut list = Vec::new();
    for &matrix in &MATRICES {
        for range in [Range::Limited, Range::Full] {
            list.extend(
                formats.iter().map(|&format| OutputSpec { format, color: ColorTags { matrix, range, ..ColorTags::BT709 } }),
            );
        }
    }
    list
}

/// Compares one conversion with blending in gamma and in linear light.
fn check(renderer: &mut Renderer, from: OutputSpec, to: OutputSpec, limit: f64) {
    let p = chart(from.format, from.color);
    let want = expected(&p, to);
    for linear in [false, true] {
        let mut c = canvas(p.size, linear);
        c.primaries = to.color.primaries;
        c.transfer = to.color.transfer;
        c.background = [0.0, 0.0, 0.0, 1.0];
        let got = renderer.render(&plan(c, vec![layer(media("a"))]), &Pictures::of(&[("a", &p)]), &to).unwrap();
        let (d, place) = difference(&got, &want);
        assert!(d <= limit, "{from:?} to {to:?}, linear {linear}: off by {d}, {place}");
    }
}

fn renderer() -> Renderer {
    Renderer::new(RenderOptions { backend: Backend::Cpu, threads: 1, ..RenderOptions::default() }).unwrap()
}

fn depths(sx: u8, sy: u8) -> [PictureFormat; 3] {
    [8, 10, 12].map(|bits| PictureFormat::yuv(bits, sx, sy))
}

#[test]
fn every_matrix_range_and_depth_in() {
    let mut r = renderer();
    let to =
        [PictureFormat::yuv(8, 0, 0), PictureFormat::yuv(10, 0, 0)].map(|format| OutputSpec { format, color: ColorTags::BT709 });
    for from in every(&depths(0, 0)) {
        for to in to {
            check(&mut r, from, to, 1.0);
        }
    }
}

#[test]
fn every_matrix_range_and_depth_out() {
    let mut r = renderer();
    let from =
        OutputSpec { format: PictureFormat::yuv(12, 0, 0), color: ColorTags { matrix: Matrix::Bt2020Ncl, ..ColorTags::BT709 } };
    for to in every(&depths(0, 0)) {
        check(&mut r, from, to, 1.0);
    }
}

#[test]
fn rgb_in_and_out() {
    let mut r = renderer();
    for bits in [8, 12] {
        let rgb = OutputSpec {
            format: PictureFormat { bits, ..PictureFormat::RGB8 },
            color: ColorTags { transfer: Transfer::Bt709, ..ColorTags::SRGB },
        };
        for other in every(&depths(0, 0)[..1]) {
            check(&mut r, rgb, other, 1.0);
            check(&mut r, other, rgb, 1.0);
        }
    }
}

#[test]
fn subsampled_pictures_in_and_out() {
    let mut r = renderer();
    for (sx, sy) in [(1, 1), (1, 0)] {
        let formats = depths(sx, sy);
        let specs = every(&formats);
        for (from, to) in specs.iter().zip(specs.iter().rev()) {
            check(&mut r, *from, *to, 1.0);
        }
    }
}

const PQ: ColorTags = ColorTags { primaries: Primaries::Bt2020, transfer: Transfer::Pq, matrix: Matrix::ICtCp, ..ColorTags::BT709 };

/// ICtCp with PQ, as input and output.
#[test]
fn ictcp_in_and_out() {
    let mut r = renderer();
    for range in [Range::Limited, Range::Full] {
        for bits in [10, 12] {
            let spec = |matrix| OutputSpec { format: PictureFormat::yuv(bits, 0, 0), color: ColorTags { matrix, range, ..PQ } };
            check(&mut r, spec(Matrix::ICtCp), spec(Matrix::Bt2020Ncl), 1.0);
            check(&mut r, spec(Matrix::Bt2020Ncl), spec(Matrix::ICtCp), 1.0);
        }
    }
}

/// With HLG the light is scene light, which zscale does not support, and it computes constant
/// luminance from display light. Here the formulae of the recommendations are the oracle, with
/// enough bits that their rounding does not matter.
#[test]
fn matrices_of_light_in_and_out() {
    let mut r = renderer();
    let format = PictureFormat::yuv(16, 0, 0);
    for (matrix, transfer) in [(Matrix::ICtCp, Transfer::Hlg), (Matrix::ICtCp, Transfer::Pq), (Matrix::Bt2020Cl, Transfer::Bt709)] {
        for (from, to) in [(matrix, Matrix::Bt2020Ncl), (Matrix::Bt2020Ncl, matrix)] {
            let tags = |matrix| ColorTags { transfer, matrix, ..PQ };
            let p = chart(format, tags(from));
            for linear in [false, true] {
                let mut c = canvas(p.size, linear);
                c.primaries = Primaries::Bt2020;
                c.transfer = transfer;
                let to = OutputSpec { format, color: tags(to) };
                let got = r.render(&plan(c, vec![layer(media("a"))]), &Pictures::of(&[("a", &p)]), &to).unwrap();
                let (d, place) = difference(&got, &chart(format, to.color));
                assert!(d <= 0.5, "{transfer}, {from} to {}, linear {linear}: off by {d}, {place}", to.color.matrix);
            }
        }
    }
}

/// Codes below black and above white must survive linear light.
#[test]
fn codes_outside_the_nominal_range_come_back_from_linear_light() {
    let format = PictureFormat::yuv(8, 0, 0);
    let row: Vec<u8> = (1..=254).collect();
    let neutral = vec![128u8; 254];
    let p = Picture::from_planes(format, size(254, 1), ColorTags::BT709, vec![row, neutral.clone(), neutral]).unwrap();
    let wide = OutputSpec { format: PictureFormat::yuv(12, 0, 0), color: ColorTags::BT709 };
    let got = renderer().render(&plan(canvas(p.size, true), vec![layer(media("a"))]), &Pictures::of(&[("a", &p)]), &wide).unwrap();
    for x in 0..254 {
        let (code, back) = (f64::from(p.sample(0, x, 0)), f64::from(got.sample(0, x, 0)) / 16.0);
        assert!((back - code).abs() <= 0.5, "code {code} came back as {back}");
    }
}
