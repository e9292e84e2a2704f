//! The format in which pictures of a composition leave the renderer.
use cutroom_project::Composition;
use cutroom_render::OutputSpec;
use cutroom_types::{ChromaLocation, ColorModel, ColorTags, Matrix, PictureFormat, Primaries, Range};

/// The output format of a composition for a plane layout. Primaries and transfer are the
/// composition's. YUV has the matrix that belongs to the primaries, limited range, and the chroma
/// location that H.264 and HEVC assume for them; RGB has full range.
pub fn output_spec(composition: &Composition, format: PictureFormat) -> OutputSpec {
    let (primaries, transfer) = (composition.color.primaries, composition.color.transfer);
    let color = if format.model == ColorModel::Rgb {
        ColorTags { primaries, transfer, matrix: Matrix::Rgb, range: Range::Full, chroma: ChromaLocation::Center }
    } else {
        let (matrix, chroma) = match primaries {
            Primaries::Bt2020 => (Matrix::Bt2020Ncl, ChromaLocation::TopLeft),
            Primaries::Smpte170M => (Matrix::Smpte170M, ChromaLocation::Left),
            Primaries::Bt470Bg => (Matrix::Bt470Bg, ChromaLocation::Left),
            Primaries::Bt470M => (Matrix::Fcc, ChromaLocation::Left),
            Primaries::Smpte240M => (Matrix::Smpte240M, ChromaLocation::Left),
            Primaries::Bt709 | Primaries::Smpte431 | Primaries::Smpte432 => (Matrix::Bt709, ChromaLocation::Left),
        };
        ColorTags { primaries, transfer, matrix, range: Range::Limited, chroma }
    };
    OutputSpec { format, color }
}

/// What is drawn of a composition for a JPEG file: the matrix of BT.601 and full range (JFIF, ITU-T T.871),
/// no alpha; 4:2:0 if `is_small`, else 4:4:4.
pub fn jpeg_spec(composition: &Composition, is_small: bool) -> OutputSpec {
    let shift = u8::from(is_small);
    let format = PictureFormat { chroma_shift_x: shift, chroma_shift_y: shift, ..PictureFormat::YUV420P8 };
    let spec = output_spec(composition, format);
    let color = ColorTags { matrix: Matrix::Smpte170M, range: Range::Full, ..spec.color };
    OutputSpec { format, color }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cutroom_types::{FrameRate, Size};

    #[test]
    fn a_default_composition_is_hd_video() {
        let composition = Composition::new("c", Size { width: 1920, height: 1080 }, FrameRate::from_f64(25.0).unwrap());
        assert_eq!(output_spec(&composition, PictureFormat::YUV420P8).color, ColorTags::BT709);
        assert_eq!(output_spec(&composition, PictureFormat::RGB8).color.matrix, Matrix::Rgb);
    }
}
