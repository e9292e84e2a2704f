//! White balance in Kelvin.
use crate::{color, spec::*};
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Linear-light BT.709 colour adapted by the Bradford transform from the light of `temperature`,
/// under which the picture was taken, to that of 6500 K: a higher temperature makes the picture
/// warmer. `tint` scales green by 1 − 0.2 · tint.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("temperature", "Temperature", 6500.0, 2000.0, 25000.0, Unit::Kelvin),
        ParamSpec::number("tint", "Tint", 0.0, -1.0, 1.0, Unit::None),
    ],
    domain: Domain::Linear,
    neutral: |p| p.number(0) == 6500.0 && p.number(1) == 0.0,
    ..EffectSpec::new(
        "white-balance",
        "White Balance",
        EffectFamily::Color,
        "Takes the picture as shot under light of this temperature; higher is warmer.",
        EffectKind::Point { kernel: |_| &Point(WhiteBalance), prepare },
    )
};

/// Returns the chromaticity of a light: on the Planckian locus up to 4000 K (Kim et al., US patent
/// 7024034), on the daylight locus from 5000 K (CIE 15:2004 equations 3.2 to 3.4), in between a
/// smooth mix of both.
fn white(kelvin: f64) -> [f64; 2] {
    let t = ((kelvin - 4000.0) / 1000.0).clamp(0.0, 1.0);
    let share = t * t * (3.0 - 2.0 * t);
    let (a, b) = (planckian(kelvin), daylight(kelvin));
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share)
}

fn daylight(t: f64) -> [f64; 2] {
    let (t2, t3) = (t * t, t * t * t);
    let x = if t <= 7000.0 {
        -4.6070e9 / t3 + 2.9678e6 / t2 + 0.09911e3 / t + 0.244_063
    } else {
        -2.0064e9 / t3 + 1.9018e6 / t2 + 0.24748e3 / t + 0.237_040
    };
    [x, -3.0 * x * x + 2.870 * x - 0.275]
}

fn planckian(t: f64) -> [f64; 2] {
    let (t2, t3) = (t * t, t * t * t);
    let x = if t < 4000.0 {
        -0.266_123_9e9 / t3 - 0.234_358_0e6 / t2 + 0.877_695_6e3 / t + 0.179_910
    } else {
        -3.025_846_9e9 / t3 + 2.107_037_9e6 / t2 + 0.222_634_7e3 / t + 0.240_390
    };
    let y = if t < 2222.0 {
        ((-1.106_381_4 * x - 1.348_110_2) * x + 2.185_558_32) * x - 0.202_196_83
    } else if t < 4000.0 {
        ((-0.954_947_6 * x - 1.374_185_93) * x + 2.091_370_15) * x - 0.167_488_67
    } else {
        ((3.081_758_0 * x - 5.873_386_7) * x + 3.751_129_97) * x - 0.370_014_83
    };
    [x, y]
}

fn prepare(p: Params<'_>, _: &EffectFrame) -> Uniforms {
    let adapted = color::adapt(white(f64::from(p.number(0))), white(6500.0));
    let green = 1.0 - 0.2 * f64::from(p.number(1));
    let flat = adapted.map(|row| [row[0], row[1], row[2]]).concat();
    let tinted: Vec<f32> = flat.iter().enumerate().map(|(i, v)| (if i / 3 == 1 { v * green } else { *v }) as f32).collect();
    Uniforms::new(&tinted)
}

struct WhiteBalance;

impl PointKernel for WhiteBalance {
    const AFFINE: bool = true;

    #[inline(always)]
    fn eval<R: Real>(p: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let c = px.c;
        Rgba { c: rgb(c.dot([p[0], p[1], p[2]]), c.dot([p[3], p[4], p[5]]), c.dot([p[6], p[7], p[8]])), ..px }
    }
}
