//! Converts `ColorTags` to and from FFmpeg's colour properties. Both use the code points of ITU-T
//! H.273, so the numbers are equal; values that FFmpeg leaves unspecified are guessed, and the
//! guess is recorded.
use cutroom_types::{ChromaLocation, ColorModel, ColorTags, Matrix, PictureFormat, Primaries, Range, Size, Transfer};
use ffmpeg_next::ffi::{AVCodecContext, AVCodecParameters, AVFrame};
use serde::{Deserialize, Serialize};
use std::ptr::addr_of;

/// FFmpeg's five colour codes as stored in parameters and frames. 2 means unspecified; for range
/// and chroma location, 0 does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AvColor {
    /// `AVColorPrimaries`.
    pub primaries: i32,
    /// `AVColorTransferCharacteristic`.
    pub transfer: i32,
    /// `AVColorSpace`.
    pub matrix: i32,
    /// `AVColorRange`.
    pub range: i32,
    /// `AVChromaLocation`.
    pub chroma: i32,
}

/// Which tags were not in the file and were guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuessedTags {
    /// Primaries.
    pub primaries: bool,
    /// Transfer characteristics.
    pub transfer: bool,
    /// Matrix.
    pub matrix: bool,
    /// Range.
    pub range: bool,
    /// Chroma position.
    pub chroma: bool,
}

impl GuessedTags {
    /// Whether any tag was guessed.
    pub fn any(self) -> bool {
        self.primaries || self.transfer || self.matrix || self.range || self.chroma
    }
}

/// Reads a C enum field as an integer: files can contain numbers for which the Rust enum has no
/// variant.
macro_rules! raw { ($($place:tt)*) => { addr_of!($($place)*).cast::<i32>().read() } }

impl AvColor {
    /// The codes of a frame.
    ///
    /// # Safety
    /// `frame` points to a valid frame.
    pub unsafe fn of_frame(frame: *const AVFrame) -> Self {
        // SAFETY: the caller vouches for the pointer; the fields are C enums of four bytes.
        unsafe {
            Self {
                primaries: raw!((*frame).color_primaries),
                transfer: raw!((*frame).color_trc),
                matrix: raw!((*frame).colorspace),
                range: raw!((*frame).color_range),
                chroma: raw!((*frame).chroma_location),
            }
        }
    }

    /// The codes of a stream's parameters.
    ///
    /// # Safety
    /// `par` points to valid parameters.
    pub unsafe fn of_parameters(par: *const AVCodecParameters) -> Self {
        // SAFETY: as above.
        unsafe {
            Self {
                primaries: raw!((*par).color_primaries),
                transfer: raw!((*par).color_trc),
                matrix: raw!((*par).color_space),
                range: raw!((*par).color_range),
                chroma: raw!((*par).chroma_location),
            }
        }
    }

    /// Each code of `self`, or that of `other` where `self` leaves it unspecified.
    pub fn or(self, other: Self) -> Self {
        let pick = |a: i32, b: i32, none: i32| if a == none || (a == 0 && none == 2) { b } else { a };
        Self {
            primaries: pick(self.primaries, other.primaries, 2),
            transfer: pick(self.transfer, other.transfer, 2),
            // 0 is a valid matrix: RGB.
            matrix: if self.matrix == 2 { other.matrix } else { self.matrix },
            range: pick(self.range, other.range, 0),
            chroma: pick(self.chroma, other.chroma, 0),
        }
    }

    /// The codes of tags, for an encoder or frame.
    pub fn from_tags(tags: ColorTags) -> Self {
        Self {
            primaries: i32::from(tags.primaries.code()),
            transfer: i32::from(tags.transfer.code()),
            matrix: i32::from(tags.matrix.code()),
            range: i32::from(tags.range.code()),
            chroma: i32::from(tags.chroma.code()),
        }
    }

    /// Writes the codes to a frame.
    ///
    /// # Safety
    /// `frame` points to a valid frame, and the codes are known to FFmpeg (as those of
    /// [`Self::from_tags`] are).
    pub unsafe fn write_to_frame(self, frame: *mut AVFrame) {
        // SAFETY: the caller vouches for the pointer; the fields are C enums of four bytes.
        unsafe {
            std::ptr::addr_of_mut!((*frame).color_primaries).cast::<i32>().write(self.primaries);
            std::ptr::addr_of_mut!((*frame).color_trc).cast::<i32>().write(self.transfer);
            std::ptr::addr_of_mut!((*frame).colorspace).cast::<i32>().write(self.matrix);
            std::ptr::addr_of_mut!((*frame).color_range).cast::<i32>().write(self.range);
            std::ptr::addr_of_mut!((*frame).chroma_location).cast::<i32>().write(self.chroma);
        }
    }

    /// Writes the codes to an encoder's context.
    ///
    /// # Safety
    /// As [`Self::write_to_frame`].
    pub unsafe fn write_to_context(self, context: *mut AVCodecContext) {
        // SAFETY: the caller vouches for the pointer; the fields are C enums of four bytes.
        unsafe {
            std::ptr::addr_of_mut!((*context).color_primaries).cast::<i32>().write(self.primaries);
            std::ptr::addr_of_mut!((*context).color_trc).cast::<i32>().write(self.transfer);
            std::ptr::addr_of_mut!((*context).colorspace).cast::<i32>().write(self.matrix);
            std::ptr::addr_of_mut!((*context).color_range).cast::<i32>().write(self.range);
            std::ptr::addr_of_mut!((*context).chroma_sample_location).cast::<i32>().write(self.chroma);
        }
    }

    /// Describes each stated tag that is not supported, with the value in `used` that replaces it.
    pub fn unknown(self, used: ColorTags) -> Vec<String> {
        let code = |v: i32| u8::try_from(v).unwrap_or(255);
        // H.273: 2 is unspecified; 0 and 3 are reserved, except that 0 is a matrix.
        let stated = |v: i32| !matches!(v, 0 | 2 | 3);
        let mut found = Vec::new();
        let mut note = |kind: &str, v: i32, known: bool, names: &[(i32, &str)], used: &str| {
            if !known && stated(v) {
                let name = names.iter().find(|(n, _)| *n == v).map_or("", |(_, name)| *name);
                let name = if name.is_empty() { format!("code {v}") } else { name.to_owned() };
                found.push(format!("its {kind} {name} are unknown; {used} is used instead"));
            }
        };
        let is_known = Primaries::from_code(code(self.primaries)).is_some();
        let names = [(8, "film"), (10, "smpte428"), (22, "ebu3213")];
        note("colour primaries", self.primaries, is_known, &names, used.primaries.name());
        let is_known = Transfer::from_code(code(self.transfer)).is_some();
        let names = [(9, "log100"), (10, "log316"), (12, "bt1361e"), (17, "smpte428")];
        note("transfer characteristics", self.transfer, is_known, &names, used.transfer.name());
        let is_known = Matrix::from_code(code(self.matrix)).is_some();
        let names = [(11, "smpte2085"), (13, "chroma-derived-c")];
        note("matrix coefficients", self.matrix, is_known, &names, used.matrix.name());
        found
    }

    /// Decides every tag; the second result says which were guessed. Unspecified tags of YUV and
    /// gray formats come from [`ColorTags::guess`], or are sRGB with the BT.601 matrix for still
    /// images (`still`); those of RGB formats are sRGB, with linear transfer for float samples.
    /// `full_range_alias`: the format is one of FFmpeg's `yuvj…` formats.
    pub fn decide(self, format: PictureFormat, size: Size, full_range_alias: bool, still: bool) -> (ColorTags, GuessedTags) {
        let code = |v: i32| u8::try_from(v).unwrap_or(255);
        let rgb = format.model == ColorModel::Rgb;
        let mut guess = if rgb { ColorTags::SRGB } else { ColorTags::guess(size.width, size.height) };
        if !rgb && still {
            // JFIF 1.02: BT.601 matrix, full range, sRGB primaries and transfer in practice.
            guess = ColorTags { matrix: Matrix::Bt470Bg, ..ColorTags::SRGB };
        }
        if rgb && format.bits == 32 {
            guess.transfer = Transfer::Linear;
        }
        let (primaries, transfer, matrix) = (
            Primaries::from_code(code(self.primaries)),
            Transfer::from_code(code(self.transfer)),
            Matrix::from_code(code(self.matrix)),
        );
        let range = if full_range_alias { Some(Range::Full) } else { Range::from_code(code(self.range)) };
        let chroma = ChromaLocation::from_code(code(self.chroma));
        if !rgb && primaries.is_none() && transfer.is_none() {
            // A stated matrix is better evidence for the missing tags than the size.
            match matrix {
                Some(Matrix::Bt709) => guess.primaries = Primaries::Bt709,
                Some(Matrix::Bt2020Ncl | Matrix::Bt2020Cl) => guess.primaries = Primaries::Bt2020,
                Some(Matrix::Bt470Bg) if !still => guess.primaries = Primaries::Bt470Bg,
                Some(Matrix::Smpte170M) if !still => guess.primaries = Primaries::Smpte170M,
                _ => {}
            }
        }
        // RGB planes with a luma matrix, or YUV planes tagged RGB, contradict their layout, which
        // takes precedence.
        let matrix = matrix.filter(|m| (*m == Matrix::Rgb) == rgb);
        let tags = ColorTags {
            primaries: primaries.unwrap_or(guess.primaries),
            transfer: transfer.unwrap_or(guess.transfer),
            matrix: matrix.unwrap_or(guess.matrix),
            range: range.unwrap_or(guess.range),
            chroma: chroma.unwrap_or(guess.chroma),
        };
        let guessed = GuessedTags {
            primaries: primaries.is_none(),
            transfer: transfer.is_none(),
            matrix: matrix.is_none() && !rgb,
            range: range.is_none(),
            chroma: chroma.is_none() && format.chroma_shift_x + format.chroma_shift_y > 0,
        };
        (tags, guessed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: AvColor = AvColor { primaries: 2, transfer: 2, matrix: 2, range: 0, chroma: 0 };
    const HD: Size = Size { width: 1920, height: 1080 };

    #[test]
    fn tags_round_trip() {
        for t in [ColorTags::BT709, ColorTags::guess(720, 480), ColorTags::guess(720, 576)] {
            let (back, guessed) = AvColor::from_tags(t).decide(PictureFormat::YUV420P8, HD, false, false);
            assert_eq!((back, guessed.any()), (t, false));
        }
        let (rgb, guessed) = AvColor::from_tags(ColorTags::SRGB).decide(PictureFormat::RGB8, HD, false, true);
        assert_eq!((rgb, guessed.any()), (ColorTags::SRGB, false));
    }

    #[test]
    fn missing_tags_are_guessed_and_said() {
        let (t, g) = NONE.decide(PictureFormat::YUV420P8, HD, false, false);
        assert_eq!(t, ColorTags::BT709);
        assert!(g.primaries && g.transfer && g.matrix && g.range && g.chroma);
        let (t, _) = NONE.decide(PictureFormat::yuv(8, 1, 0), Size { width: 320, height: 240 }, true, false);
        assert_eq!((t.range, t.matrix), (Range::Full, Matrix::Smpte170M));
        let (t, _) =
            AvColor { matrix: 9, ..NONE }.decide(PictureFormat::yuv(10, 1, 1), Size { width: 426, height: 240 }, false, false);
        assert_eq!(t.primaries, Primaries::Bt2020);
        let (t, _) = NONE.decide(PictureFormat::RGB_FLOAT, HD, false, true);
        assert_eq!(t.transfer, Transfer::Linear);
    }

    #[test]
    fn tags_that_nothing_is_known_of_are_said() {
        let odd = AvColor { primaries: 8, transfer: 9, matrix: 11, range: 1, chroma: 1 };
        let (t, _) = odd.decide(PictureFormat::YUV420P8, HD, false, false);
        let said = odd.unknown(t);
        for (line, words) in said.iter().zip([["film", "bt709"], ["log100", "bt709"], ["smpte2085", "bt709"]]) {
            assert!(words.iter().all(|w| line.contains(w)), "{line}");
        }
        assert_eq!(said.len(), 3);
        assert!(NONE.unknown(t).is_empty() && AvColor::from_tags(ColorTags::BT709).unknown(t).is_empty());
        assert!(AvColor { transfer: 99, ..NONE }.unknown(t)[0].contains("code 99"));
    }

    #[test]
    fn layout_wins_over_a_contradicting_matrix() {
        let (t, _) = AvColor { matrix: 0, ..NONE }.decide(PictureFormat::YUV420P8, HD, false, false);
        assert_eq!(t.matrix, Matrix::Bt709);
        let (t, _) = AvColor { matrix: 1, ..NONE }.decide(PictureFormat::RGB8, HD, false, false);
        assert_eq!(t.matrix, Matrix::Rgb);
    }
}
