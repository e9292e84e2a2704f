//! Describes streams: FFmpeg's parameters and the index → [`MediaInfo`].
use crate::{
    audio_index::AudioIndex,
    convert::StreamTags,
    error::MediaError,
    hdr, heif,
    info::{AudioInfo, MediaInfo, OtherInfo, ScanOrder, VideoInfo},
    input::{Input, ticks_to_time},
    orientation, pixel, png,
    samples::{Speakers, layout_name},
    stream_decoder::{codec_name, has_decoder, has_side_alpha},
    tags::AvColor,
    text_reader,
    video_index::{VideoIndex, rates_of},
};
use cutroom_types::{FrameRate, Orientation, PictureFormat, Size, Time, TimeDelta};
use ffmpeg_next::ffi::{self, AVFieldOrder, AVMediaType};
use std::ffi::{CStr, c_char};

fn text(p: *const c_char) -> Option<String> {
    // SAFETY: the pointer is null or a C string from FFmpeg.
    (!p.is_null()).then(|| unsafe { CStr::from_ptr(p) }.to_string_lossy().into_owned())
}

/// Builds the description of a file. `video` contains attached pictures from `attached_from` on;
/// still images are marked in it.
pub(crate) fn describe(
    input: &Input,
    zero: Time,
    video: &mut [VideoIndex],
    attached_from: usize,
    audio: &[AudioIndex],
    mut warnings: Vec<String>,
) -> Result<MediaInfo, MediaError> {
    let container = input.format_name();
    let is_still = audio.is_empty() && video.len() == 1 && video[0].frames.len() <= 1 && is_still_container(input, &container);
    for (n, v) in video.iter_mut().enumerate() {
        v.is_still = is_still || n >= attached_from;
    }
    let mut described: Vec<VideoInfo> = video.iter().map(|v| describe_video(input, v, &mut warnings)).collect();
    let attached_pictures = described.split_off(attached_from.min(described.len()));
    let audio: Vec<AudioInfo> = audio.iter().map(|a| describe_audio(input, a, &mut warnings)).collect();
    let other = (0..input.stream_count())
        .filter(|&i| {
            use AVMediaType::{AVMEDIA_TYPE_AUDIO, AVMEDIA_TYPE_SUBTITLE, AVMEDIA_TYPE_VIDEO};
            !matches!(input.kind(i), AVMEDIA_TYPE_VIDEO | AVMEDIA_TYPE_AUDIO | AVMEDIA_TYPE_SUBTITLE)
        })
        .map(|i| OtherInfo {
            stream_index: i,
            // SAFETY: FFmpeg returns null or a static string.
            kind: text(unsafe { ffi::av_get_media_type_string(input.kind(i)) }).unwrap_or_else(|| "unknown".into()),
            codec: codec_name(input, i),
        })
        .collect();
    warnings.extend(cut_off(input, &container, zero, &described, &audio));
    let end = described.iter().map(|v| v.span.end()).chain(audio.iter().map(|a| a.span.end())).max().unwrap_or_default();
    if described.is_empty() && audio.is_empty() && attached_pictures.is_empty() {
        return Err(MediaError::NotMedia { path: input.path().into(), reason: "it has neither pictures nor sound".into() });
    }
    Ok(MediaInfo {
        path: input.path().into(),
        container,
        duration: if is_still { TimeDelta::ZERO } else { TimeDelta(end.0.max(0)) },
        start_in_file: zero,
        is_still,
        video: described,
        audio,
        attached_pictures,
        texts: text_reader::describe(input),
        other,
        warnings,
    })
}

/// A stream that ends at least this much before its declared end was cut off, seconds.
const CUT_OFF_SECS: f64 = 1.0;

/// Describes each stream that ends well before its declared length, or the whole file where only
/// its length is declared.
fn cut_off(input: &Input, container: &str, zero: Time, video: &[VideoInfo], audio: &[AudioInfo]) -> Vec<String> {
    let spans = || {
        let sound = audio.iter().map(|a| (a.stream_index, a.span));
        video.iter().filter(|v| v.frames > 0).map(|v| (v.stream_index, v.span)).chain(sound)
    };
    let message = |what: String, is: f64, declared: f64| {
        format!("{what} {is:.3} s, of {declared:.3} s that the file declares: it was cut off or is damaged")
    };
    if container.starts_with("mov") {
        let declared = |i: usize| {
            // SAFETY: the stream is valid.
            let ticks = unsafe { (*input.stream(i)).duration };
            if ticks > 0 { ticks_to_time(ticks, input.time_base(i)).as_secs_f64() } else { 0.0 }
        };
        let lengths = spans().map(|(i, span)| (i, span.duration.as_secs_f64(), declared(i)));
        return lengths
            .filter(|(_, is, declared)| is + CUT_OFF_SECS < *declared)
            .map(|(i, is, declared)| message(format!("stream {i}: lasts"), is, declared))
            .collect();
    }
    if !container.starts_with("matroska") {
        return Vec::new();
    }
    // SAFETY: the context is valid.
    let micros = unsafe { (*input.context()).duration };
    let declared = micros as f64 / 1e6;
    let end = spans().map(|(_, span)| span.end()).max().map_or(0.0, |end| (end.as_secs_f64()) + zero.as_secs_f64());
    if micros > 0 && end + CUT_OFF_SECS < declared { vec![message("ends at".into(), end, declared)] } else { Vec::new() }
}

fn is_still_container(input: &Input, container: &str) -> bool {
    // SAFETY: the context and its dictionary are valid.
    let brand = unsafe {
        let entry = ffi::av_dict_get((*input.context()).metadata, c"major_brand".as_ptr(), std::ptr::null(), 0);
        if entry.is_null() { None } else { text((*entry).value) }
    };
    container.ends_with("_pipe")
        || container.starts_with("image2")
        || ["gif", "apng", "ico", "webp", "tiff", "avif", "heif"].contains(&container)
        || matches!(brand.as_deref(), Some("avif" | "mif1"))
}

/// Bytes at the start of a file that are searched for its orientation.
const HEAD_BYTES: u64 = 1 << 20;

fn stored_orientation(input: &Input, i: usize, is_still: bool, warnings: &mut Vec<String>) -> Orientation {
    let mut size = 0usize;
    // SAFETY: the stream is valid; FFmpeg returns null or `size` bytes that live with it.
    let matrix = unsafe {
        let p = ffi::av_stream_get_side_data(input.stream(i), ffi::AVPacketSideDataType::AV_PKT_DATA_DISPLAYMATRIX, &mut size);
        (!p.is_null()).then(|| std::slice::from_raw_parts(p, size))
    };
    if let Some(m) = matrix {
        let (o, inexact) = orientation::from_display_matrix(m);
        if inexact {
            warnings.push(format!("stream {i}: its rotation is not a multiple of 90 degrees; the nearest one is used"));
        }
        return o;
    }
    if is_still && let Ok(file) = std::fs::File::open(input.path()) {
        let mut head = Vec::new();
        if std::io::Read::read_to_end(&mut std::io::Read::take(file, HEAD_BYTES), &mut head).is_ok() {
            if let Some(v) = orientation::exif_orientation(&head) {
                return Orientation::from_exif(v);
            }
            if let Some(p) = heif::properties(&head) {
                // A picture that was read here says itself whether its alpha was.
                if p.has_alpha && input.film().is_none() {
                    warnings.push(format!("stream {i}: its alpha is a picture of its own, which is not read: it is shown opaque"));
                }
                return p.orientation;
            }
        }
    }
    Orientation::UPRIGHT
}

fn describe_video(input: &Input, index: &VideoIndex, warnings: &mut Vec<String>) -> VideoInfo {
    let i = index.stream;
    // SAFETY: the stream and its parameters are valid; FFmpeg returns null or static strings.
    let (par, profile) = unsafe {
        let par = (*input.stream(i)).codecpar;
        (&*par, text(ffi::avcodec_profile_name((*par).codec_id, (*par).profile)))
    };
    let av = pixel::from_raw(par.format);
    let size = Size { width: par.width.max(0) as u32, height: par.height.max(0) as u32 };
    let side_alpha = has_side_alpha(input, i);
    let format = pixel::canonical(av).map(|f| if side_alpha { f.with_alpha() } else { f });
    // SAFETY: the parameters are valid.
    let stated = png::stated_color(input).or(unsafe { AvColor::of_parameters(par) });
    let (color, guessed) =
        stated.decide(format.unwrap_or(PictureFormat::YUV420P8), size, pixel::is_full_range_alias(av), index.is_still);
    warnings.extend(stated.unknown(color).into_iter().map(|w| format!("stream {i}: {w}")));
    let mut hdr = hdr::of_stream(input, i);
    if color.transfer.is_hdr() && (hdr.hdr.mastering_display.is_none() || hdr.hdr.content_light.is_none()) {
        hdr = hdr.or(hdr::of_first_picture(input.path(), i));
    }
    if let (None, Some(m)) = (hdr.hdr.mastering_display, hdr.impossible) {
        warnings.push(format!(
            "stream {i}: it states a mastering display of {} to {} cd/m², which there is not; it counts as not stated",
            m.min_cd_m2, m.max_cd_m2
        ));
    }
    let hdr = hdr.hdr;
    let scan_order = match par.field_order {
        AVFieldOrder::AV_FIELD_PROGRESSIVE => ScanOrder::Progressive,
        AVFieldOrder::AV_FIELD_TT | AVFieldOrder::AV_FIELD_BT => ScanOrder::TopFirst,
        AVFieldOrder::AV_FIELD_BB | AVFieldOrder::AV_FIELD_TB => ScanOrder::BottomFirst,
        AVFieldOrder::AV_FIELD_UNKNOWN => ScanOrder::Unknown,
    };
    let span = match index.frames.len() {
        0 => cutroom_types::Span::default(),
        n => cutroom_types::Span::new(index.frames[0].start, index.span(n - 1).end()),
    };
    let measured = span.duration.as_secs_f64();
    let frames = index.frames.len();
    let rates = rates_of(input, i);
    let average_rate = if index.is_still || measured <= 0.0 { None } else { measured_rate(frames, measured, &rates) };
    VideoInfo {
        stream_index: i,
        codec: codec_name(input, i),
        has_decoder: has_decoder(input, i),
        profile,
        size,
        pixel_format: match (side_alpha, format) {
            (true, Some(f)) => pixel::av_format(f).map_or("", pixel::name).to_owned(),
            _ => pixel::name(av).to_owned(),
        },
        format,
        color,
        guessed,
        hdr,
        sample_aspect: sample_aspect(input, i),
        orientation: stored_orientation(input, i, index.is_still, warnings),
        scan_order,
        average_rate,
        nominal_rate: if index.is_still { None } else { rates.first().copied() },
        is_constant_rate: index.is_constant_rate,
        frame_duration: if index.is_still { None } else { index.usual_frame() },
        frames,
        span,
        bits: format.map_or(0, |f| f.bits),
        alpha: format.is_some_and(|f| f.alpha),
        defect: None,
    }
}

/// Frames divided by seconds; a broadcast or stated rate that is equal within 10⁻⁴ is returned
/// instead.
fn measured_rate(frames: usize, secs: f64, stated: &[FrameRate]) -> Option<FrameRate> {
    let fps = frames as f64 / secs;
    let near = |r: &FrameRate| (r.as_f64() / fps - 1.0).abs() < 1e-4;
    if let Some(usual) = FrameRate::from_f64(fps).filter(|r| matches!(r.den(), 1 | 1001) && near(r)) {
        return Some(usual);
    }
    stated.iter().copied().find(near).or_else(|| FrameRate::from_f64((fps * 1000.0).round() / 1000.0))
}

/// The container's sample aspect ratio, or else the codec's; 1:1 when neither states one.
fn sample_aspect(input: &Input, i: usize) -> (u32, u32) {
    // SAFETY: context and stream are valid; a null frame is allowed.
    let q = unsafe { ffi::av_guess_sample_aspect_ratio(input.context(), input.stream(i), std::ptr::null_mut()) };
    if q.num > 0 && q.den > 0 { (q.num as u32, q.den as u32) } else { (1, 1) }
}

/// The container's sample aspect ratio; (0, 0) when not stated.
fn container_aspect(input: &Input, i: usize) -> (u32, u32) {
    // SAFETY: the stream is valid.
    let q = unsafe { (*input.stream(i)).sample_aspect_ratio };
    if q.num > 0 && q.den > 0 { (q.num as u32, q.den as u32) } else { (0, 0) }
}

/// What the reader of video stream `number` needs in addition to the frames.
pub(crate) fn stream_tags(input: &Input, i: usize, info: &MediaInfo, number: usize) -> StreamTags {
    let described = info.video.get(number).or_else(|| info.attached_pictures.get(number.checked_sub(info.video.len())?));
    StreamTags {
        // SAFETY: the stream's parameters are valid.
        color: png::stated_color(input).or(unsafe { AvColor::of_parameters((*input.stream(i)).codecpar) }),
        container_aspect: container_aspect(input, i),
        usual_aspect: sample_aspect(input, i),
        orientation: described.map_or(Orientation::UPRIGHT, |v| v.orientation),
        is_still: info.is_still || number >= info.video.len(),
    }
}

/// What the reader of a still image, the first stream of its file, needs in addition to the frame.
pub(crate) fn still_tags(input: &Input) -> StreamTags {
    StreamTags {
        // SAFETY: the stream's parameters are valid.
        color: png::stated_color(input).or(unsafe { AvColor::of_parameters((*input.stream(0)).codecpar) }),
        container_aspect: container_aspect(input, 0),
        usual_aspect: sample_aspect(input, 0),
        orientation: stored_orientation(input, 0, true, &mut Vec::new()),
        is_still: true,
    }
}

fn describe_audio(input: &Input, index: &AudioIndex, warnings: &mut Vec<String>) -> AudioInfo {
    let i = index.stream;
    // SAFETY: the stream and its parameters are valid; FFmpeg returns null or static strings.
    let (par, profile) = unsafe {
        let par = (*input.stream(i)).codecpar;
        (&*par, text(ffi::avcodec_profile_name((*par).codec_id, (*par).profile)))
    };
    let is_layout_guessed = par.ch_layout.order == ffi::AVChannelOrder::AV_CHANNEL_ORDER_UNSPEC;
    let usual = Speakers { channels: index.channels, mask: index.channel_mask };
    let layout = if is_layout_guessed {
        let guessed = usual.to_string();
        if index.channels > 2 {
            warnings.push(format!("stream {i}: its {} channels are not named; taken as {guessed}", index.channels));
        }
        guessed
    } else {
        let name = if index.channel_mask.is_some() { usual.to_string() } else { layout_name(&par.ch_layout) };
        if index.channel_mask.is_none() && index.channels > 2 {
            warnings.push(format!("stream {i}: its channels ({name}) have no native order; taken as {usual}"));
        }
        name
    };
    AudioInfo {
        stream_index: i,
        codec: codec_name(input, i),
        has_decoder: has_decoder(input, i),
        profile,
        rate_hz: index.rate_hz,
        channels: index.channels,
        layout,
        channel_mask: index.channel_mask,
        is_layout_guessed,
        bits: u8::try_from(par.bits_per_raw_sample.max(par.bits_per_coded_sample).clamp(0, 64)).unwrap_or(0),
        span: index.span(),
        samples: (index.audible_end - index.audible_start).max(0),
        defect: None,
    }
}
