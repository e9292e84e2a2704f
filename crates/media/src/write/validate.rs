//! Validates settings against the rows of containers and codecs, before anything is created.
use crate::MediaError;
use crate::write::audio::{AudioCodec, AudioForm, audio_codec};
use crate::write::container::{Container, container, containers};
use crate::write::encoders::encoder_pointer;
use crate::write::levels;
use crate::write::refuse::refuse;
use crate::write::settings::{AudioSettings, Rate, VideoSettings, WriteSettings};
use crate::write::text::TextTrack;
use crate::write::video::{Options, VideoCodec, VideoProfile, video_codec};
use cutroom_types::{ColorModel, Matrix, Range};

/// Settings with the rows that they name.
pub(crate) struct Checked<'a> {
    pub container: &'static Container,
    pub video: Option<CheckedVideo<'a>>,
    pub sound: Option<CheckedAudio<'a>>,
}

pub(crate) struct CheckedVideo<'a> {
    pub codec: &'static VideoCodec,
    pub settings: &'a VideoSettings,
    /// All encoder options by name, including extra ones.
    pub options: Options,
}

pub(crate) struct CheckedAudio<'a> {
    pub codec: &'static AudioCodec,
    pub form: &'static AudioForm,
    pub settings: &'a AudioSettings,
}

/// Checks settings without creating or opening anything.
///
/// # Errors
/// [`MediaError::Settings`] states what is wrong and what would be valid; [`MediaError::NoEncoder`]
/// names the missing encoder. Values of [`VideoSettings::extra`] are only checked by
/// [`super::Writer::create`], before it creates the file.
pub fn validate(settings: &WriteSettings) -> Result<(), MediaError> {
    check(settings).map(|_| ())
}

pub(crate) fn check(s: &WriteSettings) -> Result<Checked<'_>, MediaError> {
    let container = container(&s.container)?;
    if s.video.is_none() && s.sound.is_none() {
        return Err(refuse("neither pictures nor sound are requested".into()));
    }
    for (key, value) in &s.metadata {
        if key.is_empty() || key.contains('\0') || value.contains('\0') {
            return Err(refuse(format!("the metadata entry \"{}\" is empty or holds a zero byte", key.escape_default())));
        }
    }
    let video = s.video.as_ref().map(|v| check_video(container, v)).transpose()?;
    let sound = s.sound.as_ref().map(|a| check_audio(container, a)).transpose()?;
    if container.muxer.is_none() && video.is_none() {
        return Err(refuse(format!("{} needs pictures", container.id)));
    }
    Ok(Checked { container, video, sound })
}

fn holds(
    container: &Container,
    codec: &str,
    held: &[&str],
    allowed: impl Iterator<Item = &'static Container>,
) -> Result<(), MediaError> {
    if held.contains(&codec) {
        return Ok(());
    }
    let allowed: Vec<&str> = allowed.map(|c| c.id).collect();
    Err(refuse(format!("{codec} cannot go into {}; it goes into {}", container.id, allowed.join(", "))))
}

/// Refuses text tracks that the container does not hold.
pub(crate) fn check_texts(container: &Container, texts: &[TextTrack]) -> Result<(), MediaError> {
    for track in texts {
        if !container.text.contains(&track.codec) {
            let holding: Vec<&str> = containers().iter().filter(|c| c.text.contains(&track.codec)).map(|c| c.id).collect();
            return Err(refuse(format!(
                "{} cannot go into {}; it goes into {}",
                track.codec.id(),
                container.id,
                holding.join(", ")
            )));
        }
        if i32::try_from(track.header.len()).is_err() || track.packets.iter().any(|p| p.payload.len() > 1 << 24) {
            return Err(refuse("a text of a subtitle track has more than 16 MiB".into()));
        }
    }
    Ok(())
}

pub(crate) fn check_video<'a>(container: &Container, s: &'a VideoSettings) -> Result<CheckedVideo<'a>, MediaError> {
    let codec = video_codec(&s.codec)?;
    holds(container, codec.stream(), container.video, codec.containers())?;
    check_codec(codec, container, s)
}

/// As [`check_video`], with a codec that the container holds.
pub(crate) fn check_codec<'a>(
    codec: &'static VideoCodec,
    container: &Container,
    s: &'a VideoSettings,
) -> Result<CheckedVideo<'a>, MediaError> {
    let id = codec.id;
    let profile = codec.profile_for(s)?;
    let (w, h) = (s.size.width, s.size.height);
    if w < codec.min_size.0 || h < codec.min_size.1 || w > codec.max_size || h > codec.max_size {
        return Err(refuse(format!(
            "{id} cannot hold {w}×{h} pixels; it holds {}×{} to {max}×{max}",
            codec.min_size.0,
            codec.min_size.1,
            max = codec.max_size
        )));
    }
    if s.frame_rate.as_f64() > f64::from(codec.max_fps) {
        return Err(refuse(format!(
            "{} holds up to {} pictures a second, not {}; nest the film in a composition of a lower rate and export that",
            codec.title, codec.max_fps, s.frame_rate
        )));
    }
    levels::level_of(codec.stream(), s).map_err(refuse)?;
    let (dx, dy) = (1u32 << s.format.chroma_shift_x, 1u32 << s.format.chroma_shift_y);
    if s.stacked_alpha && (s.format.alpha || s.format.model == ColorModel::Gray || s.format.bits > 16) {
        return Err(refuse(format!("alpha can be stacked below pictures of YUV or RGB without alpha, not below {}", s.format)));
    }
    if s.stacked_alpha && h % (2 * dy) != 0 {
        return Err(refuse(format!(
            "alpha can be stacked below pictures in {} whose height {dy} divides, not below {w}×{}",
            s.format,
            h / 2
        )));
    }
    if !codec.odd_sizes && (w % dx != 0 || h % dy != 0) {
        return Err(refuse(format!(
            "{id} in {} needs a width that {dx} and a height that {dy} divides, not {w}×{h}; {}×{} would do",
            s.format,
            w.next_multiple_of(dx),
            h.next_multiple_of(dy)
        )));
    }
    if s.sample_aspect.0 == 0 || s.sample_aspect.1 == 0 || s.sample_aspect.0.max(s.sample_aspect.1) > 65535 {
        return Err(refuse(format!("the sample aspect {}:{} is not a ratio of 1..=65535", s.sample_aspect.0, s.sample_aspect.1)));
    }
    let rgb = s.format.model == ColorModel::Rgb;
    if s.format.model != ColorModel::Gray && rgb != (s.color.matrix == Matrix::Rgb) {
        return Err(refuse(format!("{} pictures cannot be tagged with the matrix {}", s.format, s.color.matrix)));
    }
    if s.color.range == Range::Full && !rgb && !codec.carries_range && !container.carries_range {
        return Err(refuse(format!("{id} in {} cannot signal full-range samples; use limited range", container.id)));
    }
    if let Some(range) = codec.only_range.filter(|range| s.color.range != *range) {
        let range = if range == Range::Full { "full" } else { "limited" };
        return Err(refuse(format!("{} holds {range}-range samples only", codec.title)));
    }
    let is_440 = s.format.model == ColorModel::Yuv && (s.format.chroma_shift_x, s.format.chroma_shift_y) == (0, 1);
    if is_440 && !container.holds_440 {
        let others = codec.containers().filter(|c| c.holds_440).map(|c| c.id).collect::<Vec<_>>().join(", ");
        return Err(refuse(format!("{id} in {} cannot hold {}; it can in {others}", container.id, s.format)));
    }
    let fixed = codec.fixed.over(s.color, s.format.model);
    if fixed.matrix.kr_kb() != s.color.matrix.kr_kb() || fixed.transfer != s.color.transfer {
        return Err(refuse(format!(
            "{} holds samples with matrix {} and transfer {} only, not {} and {}",
            codec.title, fixed.matrix, fixed.transfer, s.color.matrix, s.color.transfer
        )));
    }
    if s.format.alpha && !codec.keeps_alpha(container) {
        let keeping = codec.containers().filter(|c| codec.holds_alpha(c)).map(|c| c.id).collect::<Vec<_>>().join(", ");
        return Err(refuse(format!("{id} in {} has no alpha; it has in {keeping}", container.id)));
    }
    if s.gop_frames == Some(0) {
        return Err(refuse("key frames cannot be 0 frames apart".into()));
    }
    if s.threads > 1024 {
        return Err(refuse(format!("{} encoder threads are more than the 1024 that make sense", s.threads)));
    }
    if encoder_pointer(codec.encoder).is_null() {
        return Err(MediaError::NoEncoder { codec: id, encoder: codec.encoder, hint: codec.install_hint });
    }
    let options = video_options(codec, profile, s)?;
    Ok(CheckedVideo { codec, settings: s, options })
}

fn video_options(codec: &VideoCodec, profile: &VideoProfile, s: &VideoSettings) -> Result<Options, MediaError> {
    let id = codec.id;
    let mut options = (codec.options)(s, profile).map_err(refuse)?;
    match &s.preset {
        Some(p) if codec.presets.is_empty() => return Err(refuse(format!("{id} has no presets; leave out \"{p}\""))),
        Some(p) if !codec.presets.contains(&p.as_str()) => {
            return Err(refuse(format!("{id} has no preset \"{p}\"; it has {}", codec.presets.join(", "))));
        }
        Some(p) => options.push((codec.preset_option.into(), p.clone())),
        None => options.extend(codec.default_preset.map(|p| (codec.preset_option.to_owned(), p.to_owned()))),
    }
    if let Some(kbps) = s.max_kbps {
        if !matches!(codec.id, "h264" | "h265" | "vp9") || s.rate == Rate::Lossless {
            return Err(refuse(format!("{id} has no largest bit rate beside its quality; h264, h265 and vp9 have")));
        }
        options.push(("maxrate".into(), (u64::from(kbps) * 1000).to_string()));
        options.push(("bufsize".into(), (u64::from(kbps) * 2000).to_string()));
    }
    if let Some(g) = s.gop_frames {
        options.push(("g".into(), g.to_string()));
    }
    if codec.hardware.is_none() {
        options.push(("threads".into(), if s.threads == 0 { "auto".into() } else { s.threads.to_string() }));
    }
    for (name, value) in &s.extra {
        if name.is_empty() || name.contains('\0') || value.contains('\0') {
            return Err(refuse(format!("the option \"{}\" is empty or holds a zero byte", name.escape_default())));
        }
        match options.iter_mut().find(|(n, _)| n == name) {
            // Lists of an encoder's own parameters are concatenated.
            Some((_, list)) if name.ends_with("-params") => {
                list.push(':');
                list.push_str(value);
            }
            Some((_, set)) => {
                return Err(refuse(format!("the option {name}={value} repeats what the settings already say ({name}={set})")));
            }
            None => options.push((name.clone(), value.clone())),
        }
    }
    Ok(options)
}

fn check_audio<'a>(container: &Container, s: &'a AudioSettings) -> Result<CheckedAudio<'a>, MediaError> {
    let codec = audio_codec(&s.codec)?;
    let id = codec.id;
    holds(container, id, container.audio, codec.containers())?;
    if !(1000..=655_350).contains(&s.rate_hz) || !(codec.rates_hz.is_empty() || codec.rates_hz.contains(&s.rate_hz)) {
        let allowed: Vec<_> = codec.rates_hz.iter().map(ToString::to_string).collect();
        let allowed = if allowed.is_empty() { "1000 to 655350".to_owned() } else { allowed.join(", ") };
        return Err(refuse(format!("{id} cannot hold {} Hz; it holds {allowed} Hz", s.rate_hz)));
    }
    if !codec.channels.contains(&s.channels) {
        let allowed: Vec<_> = codec.channels.iter().map(ToString::to_string).collect();
        return Err(refuse(format!("{id} cannot hold {} channels; it holds {}", s.channels, allowed.join(", "))));
    }
    let sizes = codec.bits();
    let form = match s.bits {
        None => &codec.forms[0],
        Some(bits) if sizes.is_empty() => return Err(refuse(format!("{id} is lossy and has no {bits}-bit samples"))),
        Some(bits) => codec.forms.iter().find(|f| f.bits == bits).ok_or_else(|| {
            let allowed: Vec<_> = sizes.iter().map(ToString::to_string).collect();
            refuse(format!("{id} cannot hold {bits}-bit samples; it holds {}", allowed.join(", ")))
        })?,
    };
    match s.bitrate_kbps {
        Some(kbps) if codec.default_kbps_per_channel == 0 => {
            return Err(refuse(format!("{id} is lossless and has no bit rate; leave out {kbps} kbit/s")));
        }
        Some(kbps) if !(6..=512).contains(&(kbps / s.channels)) => {
            return Err(refuse(format!("{kbps} kbit/s for {} channels is not 6 to 512 for each", s.channels)));
        }
        _ => {}
    }
    if s.dither && form.bits != 16 {
        return Err(refuse("dither is for 16-bit samples only".into()));
    }
    if encoder_pointer(form.encoder).is_null() {
        return Err(MediaError::NoEncoder { codec: id, encoder: form.encoder, hint: codec.install_hint });
    }
    Ok(CheckedAudio { codec, form, settings: s })
}
