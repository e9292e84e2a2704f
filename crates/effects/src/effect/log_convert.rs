//! Conversion from a camera's log curve and gamut to the composition's primaries.
use crate::{color, spec::*};
use cutroom_kernel::{At, K, MAX_UNIFORMS, Point, PointKernel, PointOp, Real, Rgb, Rgba, rgb};

/// Interprets code values, which the media's tags call display-encoded, as a camera's encoding, and
/// returns scene light in the composition's primaries, 1 being 100 % white. The curves:
///
/// - `s-log3`: Sony, "Technical Summary for S-Gamut3.Cine/S-Log3 and S-Gamut3/S-Log3".
/// - `d-log`: DJI, "White Paper on D-Log and D-Gamut".
/// - `v-log`: Panasonic, "V-Log/V-Gamut Reference Manual".
/// - `log-c3`: ARRI, "ALEXA Log C Curve: Usage in VFX", exposure index 800.
/// - `hlg`: ITU-R BT.2100 table 5, scene light, with white at 75 % of the signal (BT.2408).
/// - `pq`: ITU-R BT.2100 table 4, with white at 203 cd/m².
/// - `rec2020`: ITU-R BT.2020 table 4.
///
/// `gamut` `auto` is that of the curve's manufacturer or standard. `levels` says whether 0 and 1
/// are the curve's own ends (`signal`) or codes 64 and 940 of the 0..=1023 on which the curve is
/// defined (`codes`: how cameras write S-Log3 and V-Log, and what `auto` uses for these). With
/// `rollOff` light above 0.8 is compressed towards 1: 0.8 + 0.2 · u / (1 + u), u = (c − 0.8) / 0.2.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::choice("curve", "Curve", "s-log3", &["s-log3", "d-log", "v-log", "log-c3", "hlg", "pq", "rec2020"]),
        ParamSpec::choice(
            "gamut",
            "Gamut",
            "auto",
            &["auto", "s-gamut3-cine", "s-gamut3", "d-gamut", "v-gamut", "arri-wide-gamut-3", "rec2020", "rec709"],
        ),
        ParamSpec::choice("levels", "Levels", "auto", &["auto", "signal", "codes"]),
        ParamSpec::number("exposure", "Exposure", 0.0, -6.0, 6.0, Unit::Stops),
        ParamSpec::switch("rollOff", "Roll off highlights", true),
    ],
    domain: Domain::Display,
    outputs_linear: true,
    ..EffectSpec::new(
        "log-convert",
        "Log Convert",
        EffectFamily::Color,
        "Takes a camera's curve and gamut to the composition's.",
        EffectKind::Point { kernel, prepare },
    )
};

fn kernel(p: Params<'_>) -> &'static dyn PointOp {
    match p.text(0) {
        "pq" => &Point(Pq),
        "rec2020" => &Point(Rec2020),
        _ => &Point(Log),
    }
}

const D65: [f64; 2] = [0.3127, 0.3290];

/// Returns the chromaticities of red, green, blue and white.
fn gamut(name: &str, curve: &str) -> [[f64; 2]; 4] {
    match (name, curve) {
        ("s-gamut3-cine", _) | ("auto", "s-log3") => [[0.766, 0.275], [0.225, 0.800], [0.089, -0.087], D65],
        ("s-gamut3", _) => [[0.730, 0.280], [0.140, 0.855], [0.100, -0.050], D65],
        ("d-gamut", _) | ("auto", "d-log") => [[0.71, 0.31], [0.21, 0.88], [0.09, -0.08], D65],
        ("v-gamut", _) | ("auto", "v-log") => [[0.730, 0.280], [0.165, 0.840], [0.100, -0.030], D65],
        ("arri-wide-gamut-3", _) | ("auto", "log-c3") => [[0.6840, 0.3130], [0.2210, 0.8480], [0.0861, -0.1020], D65],
        ("rec709", _) => [[0.640, 0.330], [0.300, 0.600], [0.150, 0.060], D65],
        _ => [[0.708, 0.292], [0.170, 0.797], [0.131, 0.046], D65],
    }
}

/// Returns `[steepness, start, factor, offset, slope, intercept, bend, cut]`: above the cut light
/// is `10^(x · steepness + start) · factor + offset`, below it
/// `x · (slope + bend · |x|) + intercept`.
fn log_numbers(curve: &str) -> [f64; 8] {
    match curve {
        "d-log" => [3.89616, -2.27752, 1.0 / 0.9892, -0.0108 / 0.9892, 1.0 / 6.025, -0.0929 / 6.025, 0.0, 0.14],
        "v-log" => {
            let (b, c, d) = (0.00873, 0.241_514, 0.598_206);
            [1.0 / c, -d / c, 1.0, -b, 1.0 / 5.6, -0.125 / 5.6, 0.0, 0.181]
        }
        "log-c3" => {
            let (cut, a, b, c, d, e, f) = (0.010_591, 5.555_556, 0.052_272, 0.247_190, 0.385_537, 5.367_655, 0.092_809);
            [1.0 / c, -d / c, 1.0 / a, -b / a, 1.0 / e, -f / e, 0.0, e * cut + f]
        }
        "hlg" => {
            let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
            let log10_e = core::f64::consts::LOG10_E;
            // Scene light at 75 % of the signal: (e^((0.75 − c) / a) + b) / 12.
            let white = 0.264_962_56;
            [log10_e / a, -c * log10_e / a, 1.0 / (12.0 * white), b / (12.0 * white), 0.0, 0.0, 1.0 / (3.0 * white), 0.5]
        }
        _ => {
            let (low, scale) = (171.210_294_692_9, 0.01125 / (171.210_294_692_9 - 95.0));
            [1023.0 / 261.5, -420.0 / 261.5, 0.19, -0.01, 1023.0 * scale, -95.0 * scale, 0.0, low / 1023.0]
        }
    }
}

fn prepare(p: Params<'_>, r: &EffectFrame) -> Uniforms {
    let curve = p.text(0);
    let codes = match p.text(2) {
        "codes" => true,
        "signal" => false,
        _ => matches!(curve, "s-log3" | "v-log"),
    };
    let (scale, offset) = if codes { (876.0 / 1023.0, 64.0 / 1023.0) } else { (1.0, 0.0) };
    let gain = f64::from(Real::exp2(p.number(3)));
    let matrix = color::from_gamut(gamut(p.text(1), curve), r.primaries).concat();
    let [steepness, start, factor, offset_of_light, slope, intercept, bend, cut] = log_numbers(curve);
    let log2_10 = core::f64::consts::LOG2_10;
    let curve = [steepness * log2_10, start * log2_10, factor, offset_of_light, slope, intercept, bend, cut];
    let rest = [scale, offset, if p.bool(4) { 1.0 } else { 0.0 }];
    let all: Vec<f32> = curve.into_iter().chain(matrix.into_iter().map(|v| v * gain)).chain(rest).map(|v| v as f32).collect();
    Uniforms::new(&all)
}

/// Converts light from the camera's gamut to the composition's primaries, and rolls its highlights
/// off.
#[inline(always)]
fn placed<R: Real>(p: &[R; MAX_UNIFORMS], c: Rgb<R>) -> Rgb<R> {
    #[inline(always)]
    fn rolled<R: Real>(c: R, share: R) -> R {
        let u = ((c - 0.8) * 5.0).max(0.0);
        let soft = c.min(0.8) + u / (u + 1.0) * 0.2;
        c.mix(soft, share)
    }
    let row = |i: usize| c.dot([p[i], p[i + 1], p[i + 2]]);
    rgb(rolled(row(8), p[19]), rolled(row(11), p[19]), rolled(row(14), p[19]))
}

struct Log;

impl PointKernel for Log {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(p: &[R; MAX_UNIFORMS], v: R) -> R {
            let x = v.mad(p[17], p[18]);
            // Codes far above the range stay finite.
            let high = x.min(2.0).mad(p[0], p[1]).exp2().mad(p[2], p[3]);
            R::select(x.gt(p[7]), high, x * x.abs().mad(p[6], p[4]) + p[5])
        }
        Rgba { c: placed(p, rgb(one(p, px.c.r), one(p, px.c.g), one(p, px.c.b))), ..px }
    }
}

struct Rec2020;

impl PointKernel for Rec2020 {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(p: &[R; MAX_UNIFORMS], v: R) -> R {
            let x = v.mad(p[17], p[18]);
            let high = ((x.max(0.0) + 0.099_296_8) * (1.0 / 1.099_296_8)).pow(1.0 / 0.45);
            R::select(x.gt(4.5 * 0.018_053_97), high, x * (1.0 / 4.5))
        }
        Rgba { c: placed(p, rgb(one(p, px.c.r), one(p, px.c.g), one(p, px.c.b))), ..px }
    }
}

struct Pq;

impl PointKernel for Pq {
    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        #[inline(always)]
        fn one<R: Real>(p: &[R; MAX_UNIFORMS], v: R) -> R {
            let n = v.mad(p[17], p[18]).saturate().pow(1.0 / 78.843_75);
            let light = (n - 0.835_937_5).max(0.0) / (K(18.851_563) - n * 18.6875);
            light.pow(1.0 / 0.159_301_76) * (10_000.0 / 203.0)
        }
        Rgba { c: placed(p, rgb(one(p, px.c.r), one(p, px.c.g), one(p, px.c.b))), ..px }
    }
}
