//! From a request to an [`ExportPlan`], in two steps: [`Draft::new`] decides what the document alone decides, so that wrong options and
//! names in use are said at once; [`Draft::complete`] adds what depends on the media files: whether there is sound.
use super::ExportRequest;
use crate::{
    ApiError, parse_range,
    session::Session,
    settings::parse_pixel_format,
    targets::{self, Target as Written},
};
use cutroom_export::{ExportPlan, SoundRange, Target};
use cutroom_media::{
    MediaError,
    write::{
        AudioCodec, Container, Rate, SequencePattern, SoundSettings, VideoSettings, WriteSettings, audio_codec, container_for_path,
        containers, validate, video_codec,
    },
};
use cutroom_pipeline::{OpenComposition, OutputSpec, PipelineError, RenderOptions, output_spec};
use cutroom_project::Composition;
use cutroom_timeline::Timeline;
use cutroom_types::{CompositionId, FrameRate, PictureFormat};
use std::{ops::Range, path::Path};

/// What is decided without opening a media file.
pub(super) struct Draft {
    rate: FrameRate,
    frames: Range<i64>,
    sound: SoundRange,
    /// Of the whole film.
    whole_sound: SoundRange,
    channels: u32,
    output: OutputSpec,
    file: Option<FileDraft>,
}

struct FileDraft {
    container: &'static Container,
    video: Option<VideoSettings>,
    /// What sound would be written as; `None` when there shall be none.
    audio_codec: Option<&'static AudioCodec>,
}

fn wrong(e: MediaError) -> ApiError {
    ApiError::from(e).recode("usage.settings")
}

fn bad_pattern(e: MediaError, path: &Path) -> ApiError {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let stem = stem.split('%').next().unwrap_or_default().trim_end_matches(['-', '_']);
    let example = path.with_file_name(format!("{stem}-%05d.png"));
    wrong(e).hint(format!("write {} for a picture a frame; `cutroom frame` writes a single one", example.display())).file(path)
}

impl Draft {
    pub fn new(request: &ExportRequest, session: &Session, id: &CompositionId) -> Result<Self, ApiError> {
        let timeline = Timeline::new(&session.project, id, &session.catalog).map_err(PipelineError::from)?;
        let composition = timeline.composition();
        let (rate, total) = (composition.frame_rate, timeline.frame_count());
        if total == 0 {
            let message = format!("composition \"{}\" is empty: there is nothing to export", composition.id);
            return Err(ApiError::new("project.empty", message).file(session.path()));
        }
        let frames = match &request.range {
            Some(text) => parse_range(text, rate, total)?,
            None => 0..total,
        };
        let asked = request.pixel_format.as_deref().map(parse_pixel_format).transpose()?;
        let file = request.output.as_deref().map(|path| FileDraft::new(request, path, composition, asked)).transpose()?;
        check_streams(request, file.as_ref())?;
        let mut targets = Vec::new();
        if let (Some(path), Some(file)) = (&request.output, &file) {
            targets.push(match file.container.muxer {
                Some(_) => Written::file("-o", path),
                None => Written::sequence("-o", path, SequencePattern::parse(path).map_err(|e| bad_pattern(e, path))?),
            });
        }
        targets.extend(request.frame_hashes.as_deref().map(|path| Written::file("--frame-hashes", path)));
        let inputs = session.inputs();
        targets::check(&targets, &inputs, request.overwrite)?;
        let format = file.as_ref().and_then(|f| f.video.as_ref()).map(|v| v.format).or(asked).unwrap_or(PictureFormat::YUV420P8);
        let mut output = output_spec(composition, format);
        if let Some(video) = file.as_ref().and_then(|f| f.video.as_ref()) {
            output.color = video.color;
        }
        let draft = Self {
            rate,
            sound: SoundRange::of_frames(&frames, rate, composition.sample_rate_hz),
            whole_sound: SoundRange::of_frames(&(0..total), rate, composition.sample_rate_hz),
            frames,
            channels: composition.channels,
            output,
            file,
        };
        if let Some(file) = draft.file.as_ref().filter(|f| f.video.is_some()) {
            validate(&file.settings(None)).map_err(wrong)?;
        }
        Ok(draft)
    }

    /// The plan, and what of the film it leaves out unasked.
    pub fn complete(self, request: &ExportRequest, opened: &OpenComposition) -> Result<(ExportPlan, Vec<String>), ApiError> {
        let mut notes = Vec::new();
        // A silent part of a film with sound has a silent stream, so that it can be joined to the others.
        let audible = !request.no_audio && opened.has_sound(&self.whole_sound.samples)?;
        let mut sound = Some(self.sound).filter(|_| audible);
        let mut pictures = !request.no_video;
        let mut target = Target::Null;
        if let (Some(file), Some(path)) = (self.file, &request.output) {
            pictures = file.video.is_some();
            let settings = match (file.audio_codec, &sound) {
                (Some(codec), Some(range)) => {
                    if request.lossless && request.audio_codec.is_none() && !codec.is_lossless() {
                        notes.push(format!(
                            "{}: .{} files hold no sound that keeps every sample; it is written as {}, the pictures are lossless",
                            path.display(),
                            file.container.extensions[0],
                            codec.title
                        ));
                    }
                    Some(sound_settings(request, codec, range.rate_hz, self.channels))
                }
                (None, Some(_)) => {
                    notes.push(format!(
                        "{}: .{} files hold no sound, so the film's is left out; export it as well, to {} for example, or add --no-audio",
                        path.display(),
                        file.container.extensions[0],
                        path.with_file_name("sound.wav").display()
                    ));
                    sound = None;
                    None
                }
                (_, None) => {
                    if !pictures {
                        return Err(ApiError::new("usage.silent", format!("{}: the film has no sound to write", path.display()))
                            .hint("choose a container with pictures, or another range or composition"));
                    }
                    let options = [
                        ("--audio-codec", request.audio_codec.is_some()),
                        ("--audio-bitrate", request.audio_bitrate_bps.is_some()),
                        ("--audio-bits", request.audio_bits.is_some()),
                        ("--dither", request.dither),
                    ];
                    notes.extend(options.iter().filter(|o| o.1).map(|o| format!("the film has no sound: {} has no effect", o.0)));
                    None
                }
            };
            let settings = file.settings(settings);
            validate(&settings).map_err(wrong)?;
            target = Target::File { path: path.clone(), settings: Box::new(settings) };
        }
        let plan = ExportPlan {
            rate: self.rate,
            frames: self.frames,
            output: self.output,
            render: RenderOptions { backend: request.backend.into(), threads: request.threads },
            pictures,
            sound,
            target,
            frame_hashes: request.frame_hashes.clone(),
            overwrite: request.overwrite,
        };
        Ok((plan, notes))
    }
}

impl FileDraft {
    fn new(
        request: &ExportRequest,
        path: &Path,
        composition: &Composition,
        asked: Option<PictureFormat>,
    ) -> Result<Self, ApiError> {
        let container = container_for_path(path).ok_or_else(|| {
            let known: Vec<&str> = containers().iter().flat_map(|c| c.extensions).copied().collect();
            ApiError::new("usage.container", format!("{}: the file name's extension names no container", path.display()))
                .hint(format!("use one of .{}", known.join(", .")))
        })?;
        let (rate_hz, channels) = (composition.sample_rate_hz, composition.channels);
        let chosen = container.usual_video().map(|usual| request.video_codec.as_deref().unwrap_or(usual));
        let mezzanine = chosen.is_some_and(|id| video_codec(id).is_ok_and(|codec| codec.mezzanine));
        let audio_codec = container
            .usual_audio(rate_hz, channels, request.lossless || mezzanine)
            .filter(|_| !request.no_audio)
            .map(|usual| request.audio_codec.as_deref().map_or(Ok(usual), audio_codec).map_err(wrong))
            .transpose()?;
        let video =
            chosen.filter(|_| !request.no_video).map(|codec| video_settings(request, codec, composition, asked)).transpose()?;
        Ok(Self { container, video, audio_codec })
    }
    fn settings(&self, sound: Option<SoundSettings>) -> WriteSettings {
        WriteSettings { container: self.container.id.to_owned(), video: self.video.clone(), sound, metadata: Vec::new() }
    }
}

/// Refuses options about what will not be written, and asking for nothing at all.
fn check_streams(request: &ExportRequest, file: Option<&FileDraft>) -> Result<(), ApiError> {
    let (pictures, sound) = match file {
        Some(file) => (file.video.is_some(), file.audio_codec.is_some()),
        None => (!request.no_video, !request.no_audio),
    };
    let about_pictures = [
        ("--video-codec", request.video_codec.is_some()),
        ("--crf", request.crf.is_some()),
        ("--bitrate", request.bitrate_bps.is_some()),
        ("--lossless", request.lossless),
        ("--preset", request.preset.is_some()),
        ("--profile", request.profile.is_some()),
        ("--pix-fmt", request.pixel_format.is_some()),
        ("--frame-hashes", request.frame_hashes.is_some()),
    ];
    let about_sound = [
        ("--audio-codec", request.audio_codec.is_some()),
        ("--audio-bitrate", request.audio_bitrate_bps.is_some()),
        ("--audio-bits", request.audio_bits.is_some()),
        ("--dither", request.dither),
    ];
    let container = file.map_or_else(|| "the null output".to_owned(), |f| format!(".{}", f.container.extensions[0]));
    if !pictures && !sound {
        return Err(ApiError::new("usage.streams", format!("nothing is left to write: neither pictures nor sound ({container})"))
            .hint("leave out --no-audio or --no-video, or choose another container"));
    }
    for (there, asked_away, what, options) in
        [(pictures, request.no_video, "pictures", &about_pictures[..]), (sound, request.no_audio, "sound", &about_sound[..])]
    {
        if let Some((option, _)) = options.iter().find(|o| o.1 && !there) {
            let why = match (asked_away, what) {
                (true, "sound") => "--no-audio leaves it out".to_owned(),
                (true, _) => "--no-video leaves them out".to_owned(),
                (false, _) => format!("{container} files hold no {what}"),
            };
            return Err(ApiError::new("usage.streams", format!("{option} has no meaning here: {why}"))
                .hint(format!("leave out {option}, or choose another container")));
        }
    }
    Ok(())
}

fn sound_settings(request: &ExportRequest, codec: &AudioCodec, rate_hz: u32, channels: u32) -> SoundSettings {
    let mut settings = SoundSettings::new(codec.id, rate_hz, channels);
    settings.bitrate_kbps = request.audio_bitrate_bps.map(|b| u32::try_from(b / 1000).unwrap_or(u32::MAX));
    // Samples of 16 bits, also those at another level, stay apart in 24.
    settings.bits = request.audio_bits.or(if request.lossless && codec.bits().contains(&24) { Some(24) } else { None });
    settings.dither = request.dither;
    settings
}

fn video_settings(
    request: &ExportRequest,
    codec: &str,
    composition: &Composition,
    asked: Option<PictureFormat>,
) -> Result<VideoSettings, ApiError> {
    let mut video = VideoSettings::new(codec, composition.size, composition.frame_rate).map_err(wrong)?;
    let codec = video_codec(codec).map_err(wrong)?;
    video.format = asked.unwrap_or(codec.default_format(request.profile.as_deref()));
    video.color = output_spec(composition, video.format).color;
    video.color.range = codec.only_range.unwrap_or(video.color.range);
    video.rate = match (request.crf, request.bitrate_bps) {
        (Some(crf), _) => Rate::Crf(crf as f32),
        (None, Some(bps)) => Rate::BitrateKbps(u32::try_from(bps / 1000).unwrap_or(u32::MAX)),
        (None, None) if request.lossless => Rate::Lossless,
        (None, None) => Rate::CodecDefault,
    };
    video.preset.clone_from(&request.preset);
    video.profile.clone_from(&request.profile);
    video.threads = u32::try_from(request.threads).unwrap_or(u32::MAX);
    Ok(video)
}
