//! Colour conversions as lists of point kernels: from code values to straight working colour and
//! from that back to code values.
mod codes;
mod constant_luminance;
mod curves;
mod matrices;

pub(crate) use matrices::Affine;

use crate::spec::Uniforms;
use constant_luminance::LightMatrix;
use cutroom_kernel::{At, Point, PointOp, Rgba, rgb};
use cutroom_types::{ColorTags, Matrix, PictureFormat, Primaries, Transfer};

/// The working space: primaries and transfer in which layers are blended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorkingSpace {
    /// Whether values are linear light; otherwise they are display-encoded by `transfer`.
    pub linear: bool,
    /// Primaries.
    pub primaries: Primaries,
    /// Transfer characteristics of the composition's result.
    pub transfer: Transfer,
}

/// One conversion step.
#[derive(Clone)]
pub struct ColorStep {
    /// The kernel.
    pub kernel: &'static dyn PointOp,
    /// Its uniforms.
    pub uniforms: Uniforms,
}

impl ColorStep {
    fn new(kernel: &'static dyn PointOp, values: &[f32]) -> Self {
        Self { kernel, uniforms: Uniforms::new(values) }
    }

    /// Creates the step `c' = m · (r, g, b, 1)`; `m` has one row per component.
    pub fn matrix(m: [[f64; 4]; 3]) -> Self {
        let [a, b, c] = m.map(|r| r.map(|v| v as f32));
        Self::new(&Point(Affine), &[a[0], a[1], a[2], b[0], b[1], b[2], c[0], c[1], c[2], a[3], b[3], c[3]])
    }
}

/// Returns why pictures with these tags cannot be converted, or `None` if they can. Constant
/// luminance and ICtCp are defined for certain transfers only.
pub fn unsupported(tags: ColorTags) -> Option<String> {
    let of_light = matches!(tags.matrix, Matrix::Bt2020Cl | Matrix::ICtCp);
    let is_known = LightMatrix::of(PictureFormat::YUV420P8, tags).is_some();
    (of_light && !is_known).then(|| format!("the colour matrix {} with the transfer {}", tags.matrix, tags.transfer))
}

/// Whether code values are an affine map of display-encoded colour, so that mixing code values
/// mixes colours.
pub fn is_affine(format: PictureFormat, tags: ColorTags) -> bool {
    LightMatrix::of(format, tags).is_none()
}

/// Whether a transfer is a display curve of standard dynamic range. All of these are treated as one
/// curve, so that code values are preserved between them.
fn is_sdr(t: Transfer) -> bool {
    !matches!(t, Transfer::Pq | Transfer::Hlg | Transfer::Linear)
}

/// Converts display-encoded values of `transfer` to linear light, 1.0 = reference white (203 cd/m²
/// for PQ and HLG, ITU-R BT.2408).
fn linearise(transfer: Transfer) -> Option<ColorStep> {
    match transfer {
        Transfer::Linear => None,
        Transfer::Pq => Some(ColorStep::new(&Point(curves::PqToLinear), &[10_000.0 / 203.0])),
        Transfer::Hlg => Some(ColorStep::new(&Point(curves::HlgToLinear), &[1000.0 / 203.0])),
        _ => Some(ColorStep::new(&Point(curves::Bt709ToLinear), &[])),
    }
}

/// The inverse of [`linearise`].
fn delinearise(transfer: Transfer) -> Option<ColorStep> {
    match transfer {
        Transfer::Linear => None,
        Transfer::Pq => Some(ColorStep::new(&Point(curves::LinearToPq), &[203.0 / 10_000.0])),
        Transfer::Hlg => Some(ColorStep::new(&Point(curves::LinearToHlg), &[203.0 / 1000.0])),
        _ => Some(ColorStep::new(&Point(curves::LinearToBt709), &[])),
    }
}

/// Returns the steps from raw code values to straight working colour. Registers hold Y, Cb, Cr, or
/// R, G, B, or grey codes of `format`; float formats are nominally 0..=1. The tags must pass
/// [`unsupported`].
pub fn decode_steps(format: PictureFormat, tags: ColorTags, working: WorkingSpace) -> Vec<ColorStep> {
    let mut steps = vec![ColorStep::matrix(codes::rgb_from_codes(format, tags))];
    steps.extend(LightMatrix::of(format, tags).into_iter().flat_map(LightMatrix::decode_steps));
    let same_curve = tags.transfer == working.transfer || (is_sdr(tags.transfer) && is_sdr(working.transfer));
    if same_curve && tags.primaries == working.primaries {
        steps.extend(working_from_display(working));
        return steps;
    }
    // All of SDR has one display curve: the composition's is used for the source too.
    steps.extend(linearise(if same_curve { working.transfer } else { tags.transfer }));
    if tags.primaries != working.primaries {
        steps.push(ColorStep::matrix(matrices::primaries(tags.primaries, working.primaries)));
    }
    if matches!(tags.transfer, Transfer::Pq | Transfer::Hlg) && is_sdr(working.transfer) {
        steps.push(ColorStep::new(&Point(curves::ToneMap), &curves::tone_map_uniforms(1000.0 / 203.0)));
    }
    if !working.linear {
        steps.extend(delinearise(working.transfer));
    }
    steps
}

/// Returns the steps from straight working colour to code values of `format`, neither rounded nor
/// clamped. Primaries and transfer of the tags must be those of the working space.
pub fn encode_steps(working: WorkingSpace, format: PictureFormat, tags: ColorTags) -> Vec<ColorStep> {
    let mut steps = display_from_working(working);
    steps.extend(LightMatrix::of(format, tags).into_iter().flat_map(LightMatrix::encode_steps));
    steps.push(ColorStep::matrix(matrices::invert(codes::rgb_from_codes(format, tags))));
    steps
}

/// Returns the steps from working colour to display-encoded values; none if the working space is
/// display-encoded.
pub fn display_from_working(working: WorkingSpace) -> Vec<ColorStep> {
    if working.linear { delinearise(working.transfer).into_iter().collect() } else { Vec::new() }
}

/// Returns the steps from display-encoded values to working colour.
pub fn working_from_display(working: WorkingSpace) -> Vec<ColorStep> {
    if working.linear { linearise(working.transfer).into_iter().collect() } else { Vec::new() }
}

/// Returns the steps from linear light to display-encoded values of the composition.
pub fn display_from_linear(working: WorkingSpace) -> Vec<ColorStep> {
    delinearise(working.transfer).into_iter().collect()
}

/// Returns the steps from display-encoded values of the composition to linear light.
pub fn linear_from_display(working: WorkingSpace) -> Vec<ColorStep> {
    linearise(working.transfer).into_iter().collect()
}

/// Returns the rows of the matrix that adapts linear BT.709 colour from one white point to another
/// (chromaticities) by the Bradford transform.
pub fn adapt(from: [f64; 2], to: [f64; 2]) -> [[f64; 3]; 3] {
    matrices::adapted(Primaries::Bt709, from, to)
}

/// Returns the rows of the matrix from linear colour of a camera gamut (chromaticities of red,
/// green, blue and white) to a set of primaries.
pub fn from_gamut(gamut: [[f64; 2]; 4], to: Primaries) -> [[f64; 3]; 3] {
    matrices::of_light(gamut, to)
}

/// Converts straight display-encoded RGBA, in the composition's primaries and transfer, to straight
/// working colour.
pub fn working_color(rgba: [f32; 4], working: WorkingSpace) -> [f32; 4] {
    let px = Rgba { c: rgb(rgba[0], rgba[1], rgba[2]), a: rgba[3] };
    let px =
        working_from_display(working).iter().fold(px, |px, s| s.kernel.eval_host(&s.uniforms.values, px, At { x: 0.0, y: 0.0 }));
    [px.c.r, px.c.g, px.c.b, px.a]
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{ColorModel, Range};

    fn run(steps: &[ColorStep], c: [f32; 3]) -> [f32; 3] {
        let px = Rgba { c: rgb(c[0], c[1], c[2]), a: 1.0 };
        let px = steps.iter().fold(px, |px, s| s.kernel.eval_host(&s.uniforms.values, px, At { x: 0.0, y: 0.0 }));
        [px.c.r, px.c.g, px.c.b]
    }
    const GAMMA: WorkingSpace = WorkingSpace { linear: false, primaries: Primaries::Bt709, transfer: Transfer::Bt709 };
    const LINEAR: WorkingSpace = WorkingSpace { linear: true, ..GAMMA };

    /// Published code values of 100 % colour bars (ITU-R BT.709 and BT.601, 8 and 10 bit, narrow
    /// range), and full-range white.
    #[test]
    fn known_codes_decode_to_known_colors() {
        let yuv = |bits| PictureFormat::yuv(bits, 0, 0);
        let tags = |matrix, range| ColorTags { matrix, range, ..ColorTags::BT709 };
        for (format, t, codes, want) in [
            (yuv(8), tags(Matrix::Bt709, Range::Limited), [235.0, 128.0, 128.0], [1.0, 1.0, 1.0]),
            (yuv(8), tags(Matrix::Bt709, Range::Limited), [63.0, 102.0, 240.0], [1.0, 0.0, 0.0]),
            (yuv(8), tags(Matrix::Smpte170M, Range::Limited), [81.0, 90.0, 240.0], [1.0, 0.0, 0.0]),
            (yuv(10), tags(Matrix::Bt709, Range::Limited), [127.0, 960.0, 471.0], [0.0, 0.0, 1.0]),
            (yuv(8), tags(Matrix::Bt709, Range::Full), [255.0, 128.0, 128.0], [1.0, 1.0, 1.0]),
        ] {
            for (g, w) in run(&decode_steps(format, t, GAMMA), codes).iter().zip(want) {
                assert!((g - w).abs() < 0.006, "{t:?} {codes:?}: {g}, expected {w}");
            }
        }
    }

    #[test]
    fn decoding_and_encoding_give_the_codes_back() {
        let models = [PictureFormat::yuv(8, 0, 0), PictureFormat::yuv(10, 0, 0), PictureFormat::yuv(12, 0, 0), PictureFormat::RGB8];
        for format in models {
            for &matrix in Matrix::ALL {
                let tags = ColorTags { matrix, ..ColorTags::BT709 };
                if unsupported(tags).is_some() || (format.model == ColorModel::Rgb) != (matrix == Matrix::Rgb) {
                    continue;
                }
                for range in [Range::Limited, Range::Full] {
                    let tags = ColorTags { range, ..tags };
                    for working in [GAMMA, LINEAR] {
                        let unit = (1u32 << (format.bits - 8)) as f32;
                        for codes in [[16.0, 128.0, 128.0], [180.0, 100.0, 150.0], [90.0, 160.0, 90.0], [235.0, 128.0, 128.0]] {
                            let codes = codes.map(|c: f32| c * unit);
                            let back = run(&encode_steps(working, format, tags), run(&decode_steps(format, tags, working), codes));
                            for (b, c) in back.iter().zip(codes) {
                                // The linear curves are fits: up to half a code at 8 bits, two at
                                // 10.
                                let max = if working.linear || !is_affine(format, tags) { 0.5 * unit } else { 0.01 * unit };
                                assert!((b - c).abs() < max, "{format} {tags:?} {working:?}: {b}, expected {c}");
                            }
                        }
                    }
                }
            }
        }
    }

    /// BT.2100 table 4: PQ 0.508 is 100 cd/m². Reference white must map to below SDR white, a peak
    /// of 1000 cd/m² to SDR white.
    #[test]
    fn hdr_sources_are_brought_into_sdr() {
        let tags = ColorTags { transfer: Transfer::Pq, range: Range::Full, ..ColorTags::SRGB };
        let float = PictureFormat::RGB_FLOAT;
        let linear = run(&[linearise(Transfer::Pq).unwrap()], [0.508_078, 0.751_827, 0.0]);
        assert!(
            (linear[0] * 203.0 - 100.0).abs() < 0.2 && (linear[1] * 203.0 - 1000.0).abs() < 2.0 && linear[2].abs() < 1e-4,
            "{linear:?}"
        );
        let peak = run(&decode_steps(float, tags, LINEAR), [0.751_827; 3]);
        assert!((peak[0] - 1.0).abs() < 0.01, "{peak:?}");
        let white = run(&decode_steps(float, tags, LINEAR), [0.580_69; 3]);
        assert!((0.7..0.8).contains(&white[0]), "{white:?}");
        for transfer in [Transfer::Pq, Transfer::Hlg] {
            for x in [0.05f32, 0.2, 0.5, 0.75] {
                let there = run(&[linearise(transfer).unwrap(), delinearise(transfer).unwrap()], [x; 3]);
                assert!((there[0] - x).abs() < 2e-3, "{transfer}: {x} came back as {}", there[0]);
            }
        }
    }
}
