//! Colour tags with the code points of ITU-T H.273 (ISO/IEC 23091-2).
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! tags { ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $text:literal;)* })*) => { $(
    $(#[$doc])*
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
    pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
    impl $name {
        /// Every value, ordered by code.
        pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        /// The H.273 code point; FFmpeg's code for `Range` and `ChromaLocation`.
        pub const fn code(self) -> u8 { match self { $(Self::$variant => $code),* } }
        /// The value with this code; `None` for unknown or reserved codes.
        pub const fn from_code(code: u8) -> Option<Self> { match code { $($code => Some(Self::$variant),)* _ => None } }
        /// FFmpeg's name.
        pub const fn name(self) -> &'static str { match self { $(Self::$variant => $text),* } }
        /// The value with this FFmpeg name.
        pub fn from_name(name: &str) -> Option<Self> { match name { $($text => Some(Self::$variant),)* _ => None } }
    }
    impl std::fmt::Display for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.name()) }
    }
)* } }

tags! {
    /// Colour primaries and white point (H.273 table 2).
    Primaries {
        /// Rec. ITU-R BT.709, sRGB.
        Bt709 = 1, "bt709";
        /// BT.470 System M (NTSC 1953), illuminant C.
        Bt470M = 4, "bt470m";
        /// BT.601 625 lines.
        Bt470Bg = 5, "bt470bg";
        /// BT.601 525 lines, SMPTE 170M.
        Smpte170M = 6, "smpte170m";
        /// SMPTE 240M.
        Smpte240M = 7, "smpte240m";
        /// BT.2020, BT.2100.
        Bt2020 = 9, "bt2020";
        /// SMPTE RP 431-2 (DCI-P3).
        Smpte431 = 11, "smpte431";
        /// SMPTE EG 432-1 (Display P3).
        Smpte432 = 12, "smpte432";
    }
    /// Transfer characteristics (H.273 table 3).
    Transfer {
        /// BT.709.
        Bt709 = 1, "bt709";
        /// Assumed display gamma 2.2.
        Gamma22 = 4, "gamma22";
        /// Assumed display gamma 2.8.
        Gamma28 = 5, "gamma28";
        /// BT.601; same curve as BT.709.
        Smpte170M = 6, "smpte170m";
        /// SMPTE 240M.
        Smpte240M = 7, "smpte240m";
        /// Linear light.
        Linear = 8, "linear";
        /// IEC 61966-2-4 xvYCC.
        Xvycc = 11, "iec61966-2-4";
        /// IEC 61966-2-1 sRGB.
        Srgb = 13, "iec61966-2-1";
        /// BT.2020 10 bit; same curve as BT.709.
        Bt2020Ten = 14, "bt2020-10";
        /// BT.2020 12 bit; same curve as BT.709.
        Bt2020Twelve = 15, "bt2020-12";
        /// SMPTE ST 2084, BT.2100 PQ.
        Pq = 16, "smpte2084";
        /// ARIB STD-B67, BT.2100 HLG.
        Hlg = 18, "arib-std-b67";
    }
    /// Luma–chroma matrix (H.273 table 4).
    Matrix {
        /// Identity: planes are G, B, R.
        Rgb = 0, "gbr";
        /// BT.709.
        Bt709 = 1, "bt709";
        /// US FCC Title 47.
        Fcc = 4, "fcc";
        /// BT.601 625 lines; same numbers as SMPTE 170M.
        Bt470Bg = 5, "bt470bg";
        /// BT.601 525 lines.
        Smpte170M = 6, "smpte170m";
        /// SMPTE 240M.
        Smpte240M = 7, "smpte240m";
        /// YCgCo.
        YCgCo = 8, "ycgco";
        /// BT.2020 non-constant luminance.
        Bt2020Ncl = 9, "bt2020nc";
        /// BT.2020 constant luminance.
        Bt2020Cl = 10, "bt2020c";
        /// Derived from the primaries, non-constant luminance.
        ChromaDerivedNcl = 12, "chroma-derived-nc";
        /// BT.2100 ICtCp.
        ICtCp = 14, "ictcp";
    }
    /// Quantisation range. Codes are FFmpeg's `AVColorRange`.
    Range {
        /// Narrow ("video", "tv"): 8-bit luma 16..=235.
        Limited = 1, "tv";
        /// Full ("pc"): 8-bit 0..=255.
        Full = 2, "pc";
    }
    /// Chroma sample position (H.273 §8.7, code = FFmpeg's `AVChromaLocation`).
    ChromaLocation {
        /// Default of MPEG-2 and H.264: horizontally co-sited, vertically midway between two lines.
        Left = 1, "left";
        /// JPEG, MPEG-1: midway between luma samples in both directions.
        Center = 2, "center";
        /// BT.2020, UHD: co-sited in both directions.
        TopLeft = 3, "topleft";
        /// Horizontally midway between luma samples, vertically co-sited with the upper line.
        Top = 4, "top";
        /// Horizontally co-sited, vertically co-sited with the lower line.
        BottomLeft = 5, "bottomleft";
        /// Horizontally midway between luma samples, vertically co-sited with the lower line.
        Bottom = 6, "bottom";
    }
}

impl Transfer {
    /// Whether it is a curve of high dynamic range (BT.2100): PQ or HLG.
    pub const fn is_hdr(self) -> bool {
        matches!(self, Self::Pq | Self::Hlg)
    }
}

impl Matrix {
    /// `(Kr, Kb)` of the matrix (H.273 table 4). For `ChromaDerivedNcl` these are BT.709's values;
    /// the caller derives the actual ones from the primaries. `None` for RGB, YCgCo, constant
    /// luminance and ICtCp, which are not of the Kr/Kb form.
    pub const fn kr_kb(self) -> Option<(f64, f64)> {
        match self {
            Self::Bt709 | Self::ChromaDerivedNcl => Some((0.2126, 0.0722)),
            Self::Fcc => Some((0.30, 0.11)),
            Self::Bt470Bg | Self::Smpte170M => Some((0.299, 0.114)),
            Self::Smpte240M => Some((0.212, 0.087)),
            Self::Bt2020Ncl => Some((0.2627, 0.0593)),
            Self::Rgb | Self::YCgCo | Self::Bt2020Cl | Self::ICtCp => None,
        }
    }
}

impl Primaries {
    /// Whether they enclose much more than those of standard and high definition video, which
    /// differ little.
    pub const fn is_wide(self) -> bool {
        matches!(self, Self::Bt2020 | Self::Smpte431 | Self::Smpte432)
    }

    /// CIE 1931 (x, y) chromaticities of red, green, blue and white (H.273 table 2).
    pub const fn chromaticities(self) -> [[f64; 2]; 4] {
        const D65: [f64; 2] = [0.3127, 0.3290];
        match self {
            Self::Bt709 => [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06], D65],
            Self::Bt470M => [[0.67, 0.33], [0.21, 0.71], [0.14, 0.08], [0.310, 0.316]],
            Self::Bt470Bg => [[0.64, 0.33], [0.29, 0.60], [0.15, 0.06], D65],
            Self::Smpte170M | Self::Smpte240M => [[0.630, 0.340], [0.310, 0.595], [0.155, 0.070], D65],
            Self::Bt2020 => [[0.708, 0.292], [0.170, 0.797], [0.131, 0.046], D65],
            Self::Smpte431 => [[0.680, 0.320], [0.265, 0.690], [0.150, 0.060], [0.314, 0.351]],
            Self::Smpte432 => [[0.680, 0.320], [0.265, 0.690], [0.150, 0.060], D65],
        }
    }
}

/// All colour tags of a picture. Every field has a definite value: unknown tags are replaced by
/// those of [`ColorTags::guess`] when the file is opened, and the result is visible in
/// `cutroom probe`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct ColorTags {
    /// Primaries and white point.
    pub primaries: Primaries,
    /// Transfer characteristics.
    pub transfer: Transfer,
    /// Luma–chroma matrix.
    pub matrix: Matrix,
    /// Quantisation range.
    pub range: Range,
    /// Chroma sample position; meaningless without subsampling.
    pub chroma: ChromaLocation,
}

impl ColorTags {
    /// HD video: BT.709, limited range.
    pub const BT709: Self = Self {
        primaries: Primaries::Bt709,
        transfer: Transfer::Bt709,
        matrix: Matrix::Bt709,
        range: Range::Limited,
        chroma: ChromaLocation::Left,
    };
    /// Computer graphics: sRGB, full range, RGB planes.
    pub const SRGB: Self = Self {
        primaries: Primaries::Bt709,
        transfer: Transfer::Srgb,
        matrix: Matrix::Rgb,
        range: Range::Full,
        chroma: ChromaLocation::Center,
    };
    /// The tags assumed for a YUV stream without tags, following broadcast practice and FFmpeg's
    /// players: BT.709 from a width of 1280 or a height of 720 on; below that BT.601, with the
    /// primaries and matrix of 525 lines up to a height of 486 and of 625 lines above. The range is
    /// limited.
    pub fn guess(width: u32, height: u32) -> Self {
        if width >= 1280 || height >= 720 {
            Self::BT709
        } else if height <= 486 {
            Self { primaries: Primaries::Smpte170M, matrix: Matrix::Smpte170M, ..Self::BT709 }
        } else {
            Self { primaries: Primaries::Bt470Bg, matrix: Matrix::Bt470Bg, ..Self::BT709 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_round_trip() {
        for &p in Primaries::ALL {
            assert_eq!(Primaries::from_code(p.code()), Some(p));
            assert_eq!(Primaries::from_name(p.name()), Some(p));
        }
        for &t in Transfer::ALL {
            assert_eq!(Transfer::from_code(t.code()), Some(t));
        }
        for &m in Matrix::ALL {
            assert_eq!(Matrix::from_code(m.code()), Some(m));
        }
        assert_eq!(Matrix::from_code(2), None, "2 is 'unspecified'");
    }
}
