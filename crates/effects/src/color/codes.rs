//! Conversion of code values to R'G'B'.
use super::{
    constant_luminance::LightMatrix,
    matrices::{Matrix34, xyz_from_rgb},
};
use cutroom_types::{ColorModel, ColorTags, Matrix, PictureFormat, Range};

/// Returns the map from code values to R'G'B' (ITU-T H.273 §8.3, equations for Kr/Kb matrices; §8.2
/// for ranges). For the matrices of [`LightMatrix`], the map to what their decoding steps start
/// from.
pub fn rgb_from_codes(format: PictureFormat, tags: ColorTags) -> Matrix34 {
    let float = format.bits == 32;
    let step = if float { 1.0 } else { f64::from(1u32 << (format.bits - 8)) };
    let max = if float { 1.0 } else { f64::from((1u32 << format.bits) - 1) };
    let (luma, black, chroma, zero) = match (float, tags.range) {
        (true, _) => (1.0, 0.0, 1.0, 0.0),
        (_, Range::Full) => (max, 0.0, max, 128.0 * step),
        (_, Range::Limited) => (219.0 * step, 16.0 * step, 224.0 * step, 128.0 * step),
    };
    // Matrix 8 (YCgCo) is applied to quantised R, G and B, so its chroma has the excursion of luma
    // (H.273 equations 26 to 28, 48 to 51).
    let ycgco = tags.matrix == Matrix::YCgCo && format.model == ColorModel::Yuv;
    let chroma = if ycgco { luma } else { chroma };
    let scaled = |m: [[f64; 3]; 3]| {
        m.map(|r| [r[0] / luma, r[1] / chroma, r[2] / chroma, -r[0] * black / luma - (r[1] + r[2]) * zero / chroma])
    };
    if ycgco {
        // Cg is stored as Cb, Co as Cr.
        return scaled([[1.0, -1.0, 1.0], [1.0, 1.0, 0.0], [1.0, -1.0, -1.0]]);
    }
    if let Some(through) = LightMatrix::of(format, tags) {
        return scaled(through.code_matrix());
    }
    let Some((kr, kb)) = kr_kb(tags).filter(|_| format.model == ColorModel::Yuv) else {
        return std::array::from_fn(|i| {
            let mut row = [0.0, 0.0, 0.0, -black / luma];
            row[i] = 1.0 / luma;
            row
        });
    };
    let kg = 1.0 - kr - kb;
    let (r_cr, b_cb) = (2.0 * (1.0 - kr), 2.0 * (1.0 - kb));
    scaled([[1.0, 0.0, r_cr], [1.0, -kb * b_cb / kg, -kr * r_cr / kg], [1.0, b_cb, 0.0]])
}

/// Returns Kr and Kb, for the chroma-derived matrix from the luminances of the primaries (H.273
/// equations 38 to 43).
fn kr_kb(tags: ColorTags) -> Option<(f64, f64)> {
    if tags.matrix == Matrix::ChromaDerivedNcl {
        let m = xyz_from_rgb(tags.primaries);
        return Some((m[1][0], m[1][2]));
    }
    tags.matrix.kr_kb()
}
