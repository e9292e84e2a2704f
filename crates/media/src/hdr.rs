//! Mastering display and light level: between FFmpeg's side data and [`HdrMetadata`].
use crate::{
    av_frame::AvFrame,
    decoder::Output,
    input::{AvPacket, Input},
    stream::open_stream,
};
use cutroom_types::{ContentLight, HdrMetadata, MasteringDisplay};
use ffmpeg_next::ffi::{self, AVFrameSideDataType, AVPacketSideDataType, AVRational, AVStream};
use std::path::Path;

/// Packets in which the first picture must come.
const PACKETS_TO_FIRST_PICTURE: usize = 64;

/// `AVMasteringDisplayMetadata` of libavutil/mastering_display_metadata.h, which the bindings lack;
/// the same from FFmpeg 3.1 on.
#[repr(C)]
struct AvMastering {
    /// Red, green, blue.
    primaries: [[AVRational; 2]; 3],
    white: [AVRational; 2],
    min_luminance: AVRational,
    max_luminance: AVRational,
    has_primaries: i32,
    has_luminance: i32,
}

/// `AVContentLightMetadata` of the same header.
#[repr(C)]
struct AvContentLight {
    max_cll: u32,
    max_fall: u32,
}

unsafe extern "C" {
    fn av_mastering_display_metadata_alloc() -> *mut AvMastering;
    fn av_content_light_metadata_alloc(size: *mut usize) -> *mut AvContentLight;
}

/// What a stream or a picture states.
#[derive(Default)]
pub(crate) struct Stated {
    /// What of it is possible.
    pub hdr: HdrMetadata,
    /// A mastering display that cannot be: phones write its white in the wrong unit.
    pub impossible: Option<MasteringDisplay>,
}

impl Stated {
    fn new(displayed: Option<MasteringDisplay>, content_light: Option<ContentLight>) -> Self {
        let (mastering_display, impossible) = (displayed.filter(MasteringDisplay::is_valid), displayed.filter(|m| !m.is_valid()));
        Self { hdr: HdrMetadata { mastering_display, content_light }, impossible }
    }

    /// `self`, with what it lacks taken from `other`.
    pub fn or(self, other: Self) -> Self {
        Self { hdr: self.hdr.or(other.hdr), impossible: self.impossible.or(other.impossible) }
    }
}

fn mastering(m: &AvMastering) -> Option<MasteringDisplay> {
    let value = |q: AVRational| f64::from(q.num) / f64::from(q.den);
    let [red, green, blue] = m.primaries.map(|p| p.map(value));
    let (white, min_cd_m2, max_cd_m2) = (m.white.map(value), value(m.min_luminance), value(m.max_luminance));
    let found = MasteringDisplay { red, green, blue, white, min_cd_m2, max_cd_m2 };
    (m.has_primaries != 0 && m.has_luminance != 0).then_some(found)
}

fn light(l: &AvContentLight) -> Option<ContentLight> {
    let found = ContentLight {
        max_cd_m2: u16::try_from(l.max_cll).unwrap_or(u16::MAX),
        max_frame_average_cd_m2: u16::try_from(l.max_fall).unwrap_or(u16::MAX),
    };
    (l.max_cll != 0 || l.max_fall != 0).then_some(found)
}

/// What the container states of stream `i`.
pub(crate) fn of_stream(input: &Input, i: usize) -> Stated {
    let side = |kind, least: usize| {
        let mut size = 0;
        // SAFETY: the stream is valid; FFmpeg returns null or `size` bytes that live with it.
        let data = unsafe { ffi::av_stream_get_side_data(input.stream(i), kind, &mut size) };
        (!data.is_null() && size >= least).then_some(data)
    };
    let displayed = side(AVPacketSideDataType::AV_PKT_DATA_MASTERING_DISPLAY_METADATA, size_of::<AvMastering>());
    let lit = side(AVPacketSideDataType::AV_PKT_DATA_CONTENT_LIGHT_LEVEL, size_of::<AvContentLight>());
    // SAFETY: side data of these kinds are these structures, and FFmpeg aligns them.
    unsafe {
        Stated::new(
            displayed.and_then(|p| mastering(&p.cast::<AvMastering>().read_unaligned())),
            lit.and_then(|p| light(&p.cast::<AvContentLight>().read_unaligned())),
        )
    }
}

/// What a picture of the stream states itself.
fn of_frame(frame: &AvFrame) -> Stated {
    let side = |kind, least: usize| {
        // SAFETY: the frame is valid; FFmpeg returns null or side data that live with it.
        unsafe {
            let side = ffi::av_frame_get_side_data(frame.0, kind);
            (!side.is_null() && (*side).size >= least).then(|| (*side).data)
        }
    };
    let displayed = side(AVFrameSideDataType::AV_FRAME_DATA_MASTERING_DISPLAY_METADATA, size_of::<AvMastering>());
    let lit = side(AVFrameSideDataType::AV_FRAME_DATA_CONTENT_LIGHT_LEVEL, size_of::<AvContentLight>());
    // SAFETY: side data of these kinds are these structures.
    unsafe {
        Stated::new(
            displayed.and_then(|p| mastering(&p.cast::<AvMastering>().read_unaligned())),
            lit.and_then(|p| light(&p.cast::<AvContentLight>().read_unaligned())),
        )
    }
}

/// What the first picture of stream `i` states: phones write it into the pictures alone. Nothing if
/// none can be decoded.
pub(crate) fn of_first_picture(path: &Path, i: usize) -> Stated {
    let Ok((mut input, mut decoder)) = open_stream(path, i, 1) else { return Stated::default() };
    let (mut packet, mut problem, mut sent) = (AvPacket::new(), None, 0);
    loop {
        match decoder.receive() {
            Output::AvFrame(frame) => return of_frame(&frame),
            Output::End => return Stated::default(),
            Output::WantsPacket => {
                let more = sent < PACKETS_TO_FIRST_PICTURE && matches!(input.read(&mut packet, &mut problem), Ok(true));
                if !more {
                    decoder.send(None);
                } else if packet.get().stream_index as usize == i {
                    decoder.send(Some((&mut packet, sent as i64)));
                    sent += 1;
                }
            }
        }
    }
}

/// Adds both to a stream that is to be written.
///
/// # Safety
/// `stream` points to a stream of an output whose header is not written yet.
pub(crate) unsafe fn write_to_stream(hdr: &HdrMetadata, stream: *mut AVStream) {
    let q = |value: f64, den: i32| AVRational { num: (value * f64::from(den)).round() as i32, den };
    let add = |kind, data: *mut u8, size: usize| {
        // SAFETY: the caller vouches for the stream; it takes the data over unless the call fails.
        unsafe {
            if ffi::av_stream_add_side_data(stream, kind, data, size) < 0 {
                ffi::av_free(data.cast());
            }
        }
    };
    if let Some(m) = hdr.mastering_display {
        // SAFETY: FFmpeg allocates at least the fields known here, all zero.
        unsafe {
            let to = av_mastering_display_metadata_alloc();
            if !to.is_null() {
                (*to).primaries = [m.red, m.green, m.blue].map(|p| p.map(|v| q(v, CHROMATICITY_UNITS)));
                (*to).white = m.white.map(|v| q(v, CHROMATICITY_UNITS));
                (*to).min_luminance = q(m.min_cd_m2, LUMINANCE_UNITS);
                (*to).max_luminance = q(m.max_cd_m2, LUMINANCE_UNITS);
                ((*to).has_primaries, (*to).has_luminance) = (1, 1);
                add(AVPacketSideDataType::AV_PKT_DATA_MASTERING_DISPLAY_METADATA, to.cast(), size_of::<AvMastering>());
            }
        }
    }
    if let Some(l) = hdr.content_light {
        let mut size = 0;
        // SAFETY: as above; FFmpeg states the size.
        unsafe {
            let to = av_content_light_metadata_alloc(&mut size);
            if !to.is_null() {
                (*to).max_cll = l.max_cd_m2.into();
                (*to).max_fall = l.max_frame_average_cd_m2.into();
                add(AVPacketSideDataType::AV_PKT_DATA_CONTENT_LIGHT_LEVEL, to.cast(), size);
            }
        }
    }
}

/// Units of chromaticities in HEVC, MP4 and SMPTE ST 2086: 0.00002.
const CHROMATICITY_UNITS: i32 = 50_000;
/// Units of luminance there: 0.0001 cd/m².
const LUMINANCE_UNITS: i32 = 10_000;

/// Options of x265 (`x265-params`), which writes both into the pictures.
pub(crate) fn x265_params(hdr: &HdrMetadata) -> Vec<String> {
    let units = |value: f64, unit: i32| (value * f64::from(unit)).round() as i64;
    let point = |[x, y]: [f64; 2]| format!("({},{})", units(x, CHROMATICITY_UNITS), units(y, CHROMATICITY_UNITS));
    let mut params = Vec::new();
    if let Some(m) = hdr.mastering_display {
        let light = |v| units(v, LUMINANCE_UNITS);
        let (g, b, r, wp) = (point(m.green), point(m.blue), point(m.red), point(m.white));
        params.push(format!("master-display=G{g}B{b}R{r}WP{wp}L({},{})", light(m.max_cd_m2), light(m.min_cd_m2)));
    }
    params.extend(hdr.content_light.map(|l| format!("max-cll={},{}", l.max_cd_m2, l.max_frame_average_cd_m2)));
    params
}

/// Options of SVT-AV1 (`svtav1-params`), which writes both into the pictures.
pub(crate) fn svt_params(hdr: &HdrMetadata) -> Vec<String> {
    let point = |[x, y]: [f64; 2]| format!("({x:.5},{y:.5})");
    let mut params = Vec::new();
    if let Some(m) = hdr.mastering_display {
        let (g, b, r, wp) = (point(m.green), point(m.blue), point(m.red), point(m.white));
        params.push(format!("mastering-display=G{g}B{b}R{r}WP{wp}L({:.4},{:.4})", m.max_cd_m2, m.min_cd_m2));
    }
    params.extend(hdr.content_light.map(|l| format!("content-light={},{}", l.max_cd_m2, l.max_frame_average_cd_m2)));
    params
}
