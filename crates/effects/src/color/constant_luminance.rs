//! Colour matrices that are applied, in part, to linear light instead of R'G'B': BT.2020 constant
//! luminance and BT.2100 ICtCp.
use super::{ColorStep, curves, is_sdr, matrices};
use cutroom_kernel::{At, MAX_UNIFORMS, Point, PointKernel, Real, Rgba, rgb};
use cutroom_types::{ColorModel, ColorTags, Matrix, PictureFormat, Transfer};

/// One of these matrices, together with its transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LightMatrix {
    /// Y'cC'bcC'rc (ITU-R BT.2020-2 table 4): luma is computed from the luminance of linear light.
    ConstantLuminance,
    /// ICtCp with PQ (ITU-R BT.2100-2 table 7).
    IctcpPq,
    /// ICtCp with HLG, computed from scene light.
    IctcpHlg,
}

impl LightMatrix {
    /// Returns the matrix of these tags; `None` for matrices of R'G'B' and for transfers that the
    /// recommendations do not define.
    pub fn of(format: PictureFormat, tags: ColorTags) -> Option<Self> {
        match (tags.matrix, tags.transfer) {
            _ if format.model != ColorModel::Yuv => None,
            (Matrix::Bt2020Cl, t) if is_sdr(t) => Some(Self::ConstantLuminance),
            (Matrix::ICtCp, Transfer::Pq) => Some(Self::IctcpPq),
            (Matrix::ICtCp, Transfer::Hlg) => Some(Self::IctcpHlg),
            _ => None,
        }
    }

    /// Returns the matrix from luma and chroma (nominally 0..=1 and ±0.5) to what the decoding
    /// steps start from: unchanged for constant luminance, L'M'S' for ICtCp.
    pub fn code_matrix(self) -> [[f64; 3]; 3] {
        let q = |m: [[f64; 3]; 3]| matrices::invert(m.map(|r| [r[0] / 4096.0, r[1] / 4096.0, r[2] / 4096.0, 0.0]));
        let inverse = match self {
            Self::ConstantLuminance => return [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            Self::IctcpPq => q([[2048.0, 2048.0, 0.0], [6610.0, -13613.0, 7003.0], [17933.0, -17390.0, -543.0]]),
            Self::IctcpHlg => q([[2048.0, 2048.0, 0.0], [3625.0, -7465.0, 3840.0], [9500.0, -9212.0, -288.0]]),
        };
        inverse.map(|r| [r[0], r[1], r[2]])
    }

    /// Returns the matrix from linear R, G and B to the values that are encoded: R, Y and B, or L,
    /// M and S.
    fn light_matrix(self) -> matrices::Matrix34 {
        match self {
            Self::ConstantLuminance => [[1.0, 0.0, 0.0, 0.0], [0.2627, 0.6780, 0.0593, 0.0], [0.0, 0.0, 1.0, 0.0]],
            Self::IctcpPq | Self::IctcpHlg => [[1688.0, 2146.0, 262.0], [683.0, 2951.0, 462.0], [99.0, 309.0, 3688.0]]
                .map(|r| [r[0] / 4096.0, r[1] / 4096.0, r[2] / 4096.0, 0.0]),
        }
    }

    fn to_linear(self) -> ColorStep {
        match self {
            Self::ConstantLuminance => ColorStep::new(&Point(curves::Bt709ToLinear), &[]),
            Self::IctcpPq => ColorStep::new(&Point(curves::PqToLinear), &[1.0]),
            Self::IctcpHlg => ColorStep::new(&Point(curves::HlgToScene), &[]),
        }
    }

    fn to_encoded(self) -> ColorStep {
        match self {
            Self::ConstantLuminance => ColorStep::new(&Point(curves::LinearToBt709), &[]),
            Self::IctcpPq => ColorStep::new(&Point(curves::LinearToPq), &[1.0]),
            Self::IctcpHlg => ColorStep::new(&Point(curves::SceneToHlg), &[]),
        }
    }

    /// Returns the steps from the result of [`Self::code_matrix`] to R'G'B'.
    pub fn decode_steps(self) -> Vec<ColorStep> {
        let first = (self == Self::ConstantLuminance).then(|| ColorStep::new(&Point(FromDifferences), &[]));
        let light = ColorStep::matrix(matrices::invert(self.light_matrix()));
        first.into_iter().chain([self.to_linear(), light, self.to_encoded()]).collect()
    }

    /// The inverse of [`Self::decode_steps`].
    pub fn encode_steps(self) -> Vec<ColorStep> {
        let last = (self == Self::ConstantLuminance).then(|| ColorStep::new(&Point(ToDifferences), &[]));
        [self.to_linear(), ColorStep::matrix(self.light_matrix()), self.to_encoded()].into_iter().chain(last).collect()
    }
}

/// Divisors of B' − Y' and R' − Y' for negative and for positive differences (ITU-R BT.2020-2 table
/// 4).
const BLUE: [f32; 2] = [1.9404, 1.5816];
const RED: [f32; 2] = [1.7184, 0.9936];

/// Converts Y', C'b, C'r to R', Y', B'.
struct FromDifferences;

impl PointKernel for FromDifferences {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let (y, cb, cr) = (px.c.r, px.c.g, px.c.b);
        let by = |c: R, [below, above]: [f32; 2]| c * R::select(c.le(0.0), R::from(below), R::from(above));
        Rgba { c: rgb(y + by(cr, RED), y, y + by(cb, BLUE)), a: px.a }
    }
}

/// Converts R', Y', B' to Y', C'b, C'r.
struct ToDifferences;

impl PointKernel for ToDifferences {
    #[inline(always)]
    fn eval<R: Real>(_: &[R; MAX_UNIFORMS], px: Rgba<R>, _: At<R>) -> Rgba<R> {
        let (r, y, b) = (px.c.r, px.c.g, px.c.b);
        let by = |d: R, [below, above]: [f32; 2]| d * R::select(d.le(0.0), R::from(1.0 / below), R::from(1.0 / above));
        Rgba { c: rgb(y, by(b - y, BLUE), by(r - y, RED)), a: px.a }
    }
}
