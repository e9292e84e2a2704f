//! Properties of coded video packets that are determined without decoding: which are never shown,
//! and which are second fields.
use crate::input::{AvPacket, Input};
use ffmpeg_next::ffi;

/// Whether a VP8 or VP9 packet is decoded for reference only (RFC 6386 §9.1; VP9 bitstream
/// specification §6.2).
pub(crate) fn is_hidden_reference(codec: ffi::AVCodecID, data: &[u8]) -> bool {
    let Some(&b) = data.first() else { return false };
    match codec {
        ffi::AVCodecID::AV_CODEC_ID_VP8 => b & 0x10 == 0,
        ffi::AVCodecID::AV_CODEC_ID_VP9 => {
            // A superframe ends with its index marker and contains a frame that is shown.
            if data.last().is_some_and(|l| l & 0xE0 == 0xC0) {
                return false;
            }
            let bit = |n: u32| b >> (7 - n) & 1;
            let at = if (bit(2), bit(3)) == (1, 1) { 5 } else { 4 };
            let (show_existing, show_frame) = (bit(at), bit(at + 2));
            show_existing == 0 && show_frame == 0
        }
        _ => false,
    }
}

/// Number of bytes of the length before each NAL unit of an HEVC stream in MP4 or Matroska (ISO/IEC
/// 14496-15 §8.3.3.1.2); 0 where start codes separate them.
pub(crate) fn nal_length_bytes(input: &Input, i: usize) -> usize {
    // SAFETY: the stream is valid; FFmpeg keeps `extradata_size` bytes at `extradata`.
    let extra = unsafe {
        let par = &*(*input.stream(i)).codecpar;
        if par.extradata.is_null() {
            &[][..]
        } else {
            std::slice::from_raw_parts(par.extradata, par.extradata_size.max(0) as usize)
        }
    };
    match extra {
        [1, ..] => extra.get(21).map_or(0, |b| usize::from(b & 3) + 1),
        _ => 0,
    }
}

/// The headers (two bytes) of the NAL units of an HEVC packet.
fn nal_headers(data: &[u8], length_bytes: usize) -> impl Iterator<Item = [u8; 2]> + '_ {
    let header = |unit: &[u8]| unit.first_chunk().copied();
    let by_start_codes = (length_bytes == 0)
        .then(|| data.windows(3).enumerate().filter(|(_, w)| *w == [0, 0, 1]).filter_map(move |(at, _)| header(&data[at + 3..])));
    let by_lengths = (length_bytes > 0).then(|| {
        let mut rest = data;
        std::iter::from_fn(move || {
            let (length, after) = rest.split_at_checked(length_bytes)?;
            let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
            rest = after.get(length..).unwrap_or_default();
            header(after)
        })
    });
    by_start_codes.into_iter().flatten().chain(by_lengths.into_iter().flatten())
}

/// Whether an HEVC packet contains a leading picture that decoders skip when decoding begins at its
/// keyframe (RASL_N, RASL_R: H.265 §7.4.2.2, table 7-1).
pub(crate) fn is_skipped_leading(data: &[u8], length_bytes: usize) -> bool {
    // Types below 32 are coded pictures; units of other types before them describe them.
    let picture = nal_headers(data, length_bytes).map(|h| h[0] >> 1 & 0x3F).find(|k| *k < 32);
    matches!(picture, Some(8 | 9))
}

/// Whether an HEVC packet contains a picture of a further layer (nuh_layer_id above 0: H.265
/// annexes F, G): alpha, or the view of another eye.
pub(crate) fn has_further_layer(data: &[u8], length_bytes: usize) -> bool {
    nal_headers(data, length_bytes).any(|[a, b]| a >> 1 & 0x3F < 32 && (a & 1, b >> 3) != (0, 0))
}

/// Distinguishes second fields from first ones with FFmpeg's parser.
pub(crate) struct FieldParser {
    parser: *mut ffi::AVCodecParserContext,
    context: *mut ffi::AVCodecContext,
    /// The first field whose second one is pending: 1 top, 2 bottom; 0 for none.
    open: u32,
}

impl FieldParser {
    /// A parser for stream `i`; `None` when FFmpeg has none.
    pub fn new(input: &Input, i: usize) -> Option<Self> {
        // SAFETY: the parameters are valid; what is allocated is freed on drop.
        unsafe {
            let par = (*input.stream(i)).codecpar;
            let parser = ffi::av_parser_init((*par).codec_id as i32);
            let context = ffi::avcodec_alloc_context3(std::ptr::null());
            let this = Self { parser, context, open: 0 };
            if parser.is_null() || context.is_null() || ffi::avcodec_parameters_to_context(context, par) < 0 {
                return None;
            }
            (*parser).flags |= ffi::PARSER_FLAG_COMPLETE_FRAMES;
            Some(this)
        }
    }

    /// Whether the next packet of the stream contains the second field of the frame that begins in
    /// the packet before.
    pub fn is_second_field(&mut self, packet: &AvPacket) -> bool {
        let data = packet.data();
        if data.is_empty() {
            return false;
        }
        // SAFETY: parser and context are valid; packets are padded as parsers require.
        let structure = unsafe {
            let (mut out, mut size) = (std::ptr::null_mut(), 0);
            ffi::av_parser_parse2(
                self.parser,
                self.context,
                &mut out,
                &mut size,
                data.as_ptr(),
                data.len() as i32,
                ffi::AV_NOPTS_VALUE,
                ffi::AV_NOPTS_VALUE,
                -1,
            );
            std::ptr::addr_of!((*self.parser).picture_structure).cast::<u32>().read()
        };
        let second = self.open != 0 && structure == 3 - self.open;
        self.open = if !second && (structure == 1 || structure == 2) { structure } else { 0 };
        second
    }
}

impl Drop for FieldParser {
    fn drop(&mut self) {
        // SAFETY: owned; both calls accept null.
        unsafe {
            ffi::av_parser_close(self.parser);
            ffi::avcodec_free_context(&mut self.context);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_pictures() {
        let rasl = [0, 0, 1, 8 << 1, 1, 0xAF];
        let described = [&[0, 0, 0, 1, 35 << 1, 1, 0x50][..], &rasl].concat();
        assert!(is_skipped_leading(&rasl, 0) && is_skipped_leading(&described, 0));
        assert!(!is_skipped_leading(&[0, 0, 1, 6 << 1, 1], 0) && !is_skipped_leading(&[], 0));
        // An access unit delimiter of 3 bytes, then the picture.
        let stored = [0, 0, 0, 3, 35 << 1, 1, 0x50, 0, 0, 0, 3, 9 << 1, 1, 0xAF];
        assert!(is_skipped_leading(&stored, 4) && !is_skipped_leading(&stored[..9], 4));
        // A picture of layer 1 after one of layer 0.
        let layers = [0, 0, 0, 3, 1 << 1, 1, 0xAF, 0, 0, 0, 3, 1 << 1, 1 << 3 | 1, 0xAF];
        assert!(has_further_layer(&layers, 4) && !has_further_layer(&layers[..7], 4));
    }

    #[test]
    fn hidden_references() {
        use ffi::AVCodecID::{AV_CODEC_ID_VP8, AV_CODEC_ID_VP9};
        assert!(is_hidden_reference(AV_CODEC_ID_VP8, &[0x01, 0, 0]) && !is_hidden_reference(AV_CODEC_ID_VP8, &[0x10, 0, 0]));
        // 10 00 0 1 0 0: profile 0, inter frame, not shown.
        assert!(is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_0100, 0]));
        assert!(!is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_0110, 0]));
        assert!(!is_hidden_reference(AV_CODEC_ID_VP9, &[0b1000_1000]), "shows an existing frame");
    }
}
