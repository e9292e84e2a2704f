//! White balance in Kelvin.
use crate::{color, spec::*};
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};

/// Linear-light BT.709 colour adapted by the Bradford transform from 6500 K to `temperature`; `tint` scales green by 1 − 0.2 · tint.
pub static SPEC: EffectSpec = EffectSpec {
    params: &[
        ParamSpec::number("temperature", "Temperature", 6500.0, 2000.0, 25000.0, "K"),
        ParamSpec::number("tint", "Tint", 0.0, -1.0, 1.0, ""),
    ],
    domain: Domain::Linear,
    neutral: |p| p.number(0) == 6500.0 && p.number(1) == 0.0,
    ..EffectSpec::new(
        "white-balance",
        "White Balance",
        Family::Color,
        "Adapts the picture from one white to another.",
        Shape::Point { kernel: |_| &Point(WhiteBalance), prepare },
    )
};

/// Chromaticity of the daylight locus from 4000 K on, of the Planckian locus below (CIE 15:2004 equations 3.2 to 3.4; Kim et al., US patent 7024034).
fn white(kelvin: f64) -> [f64; 2] {
    let t = kelvin;
    let (t2, t3) = (t * t, t * t * t);
    if t >= 4000.0 {
        let x = if t <= 7000.0 {
            -4.6070e9 / t3 + 2.9678e6 / t2 + 0.09911e3 / t + 0.244_063
        } else {
            -2.0064e9 / t3 + 1.9018e6 / t2 + 0.24748e3 / t + 0.237_040
        };
        return [x, -3.0 * x * x + 2.870 * x - 0.275];
    }
    let x = -0.266_123_9e9 / t3 - 0.234_358_0e6 / t2 + 0.877_695_6e3 / t + 0.179_910;
    let y = if t < 2222.0 {
        ((-1.106_381_4 * x - 1.348_110_2) * x + 2.185_558_32) * x - 0.202_196_83
    } else {
        ((-0.954_947_6 * x - 1.374_185_93) * x + 2.091_370_15) * x - 0.167_488_67
    };
    [x, y]
}

fn prepare(p: Params<'_>, _: &Raster) -> Uniforms {
    // A lower temperature is a warmer picture: what was white under 6500 K looks as under the chosen light.
    let adapted = color::adapt(white(6500.0), white(f64::from(p.number(0))));
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
