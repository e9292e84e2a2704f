//! Turns settings into an [`ExportPlan`] in two steps. [`Draft::new`] decides what depends on the
//! composition only, so that invalid settings are reported before any file is opened;
//! [`Draft::complete`] adds what depends on the media files: whether there is audio.
use crate::{
    AudioRange, ExportPlan, ExportSettings, ExportTarget, Segment, SegmentKind, SettingsError, USUAL_SECS, cuts,
    settings::{HDR_BITS, is_transparent},
};
use cutroom_media::write::{
    AudioCodec, AudioSettings, Container, SequencePattern, VideoSettings, WriteSettings, audio_codec, container_for_path, validate,
    video_codec, video_codecs,
};
use cutroom_pipeline::{OutputSpec, output_spec};
use cutroom_project::Composition;
use cutroom_types::{FrameRate, PictureFormat};
use std::{ops::Range, path::Path};

/// The part of a plan that is decided without opening media files.
#[derive(Debug)]
pub struct Draft {
    settings: ExportSettings,
    rate: FrameRate,
    frames: Range<i64>,
    sound: AudioRange,
    /// The samples of the whole composition.
    whole_audio: AudioRange,
    channels: u32,
    output: OutputSpec,
    segments: Vec<Range<i64>>,
    file: Option<FileDraft>,
}

#[derive(Debug)]
struct FileDraft {
    container: &'static Container,
    /// The file names of an image sequence; `None` for containers that hold all pictures in one
    /// file.
    sequence: Option<SequencePattern>,
    video: Option<VideoSettings>,
    /// The codec for audio, if there is audio; `None` when none is to be written.
    audio_codec: Option<&'static AudioCodec>,
    /// Metadata entries of the file.
    metadata: Vec<(String, String)>,
    /// What the pictures lose.
    losses: Vec<PlanNote>,
}

/// Something that a plan changes or leaves out although it was not requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanNote {
    /// One sentence without a full stop.
    pub message: String,
    /// The setting that the message names in backticks.
    pub field: Option<&'static str>,
}

impl Draft {
    /// The draft for a composition of `total` frames.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn new(settings: ExportSettings, composition: &Composition, total: i64) -> Result<Self, SettingsError> {
        if total == 0 {
            return Err(SettingsError::Empty { composition: composition.id.clone() });
        }
        settings.audio.check_levels()?;
        let (rate, rate_hz) = (composition.frame_rate, composition.sample_rate_hz);
        let frames = settings.frames.clone().unwrap_or(0..total);
        let file = settings.output.as_deref().map(|path| FileDraft::new(&settings, path, composition)).transpose()?;
        if file.is_none() {
            check_streams(&settings, None)?;
        }
        let video = file.as_ref().and_then(|f| f.video.as_ref());
        let format = video.map(|v| v.format).or(settings.video.pixel_format).unwrap_or(PictureFormat::YUV420P8);
        let mut output = output_spec(composition, format);
        if let Some(video) = video {
            output = OutputSpec { format: video.drawn().0, color: video.color };
        }
        if let Some(file) = file.as_ref().filter(|f| f.video.is_some()) {
            validate(&file.settings(None))?;
        }
        if settings.video.two_passes {
            check_passes(&settings, file.as_ref())?;
        }
        let parted = file.as_ref().is_some_and(FileDraft::can_be_joined);
        let secs = settings.segment_secs.unwrap_or(USUAL_SECS);
        let segments = cuts::segments(composition, frames.clone(), if parted { secs } else { 0.0 });
        Ok(Self {
            rate,
            segments,
            sound: AudioRange::of_frames(&frames, rate, rate_hz),
            whole_audio: AudioRange::of_frames(&(0..total), rate, rate_hz),
            frames,
            channels: composition.channels,
            output,
            file,
            settings,
        })
    }

    /// The container, if a file is written.
    pub fn container(&self) -> Option<&'static Container> {
        self.file.as_ref().map(|f| f.container)
    }

    /// Frames of the composition that are exported.
    pub fn frames(&self) -> &Range<i64> {
        &self.frames
    }

    /// The file names of an image sequence, if the output is one.
    pub fn sequence(&self) -> Option<&SequencePattern> {
        self.file.as_ref().and_then(|f| f.sequence.as_ref())
    }

    /// The samples for which [`Draft::complete`] must know whether anything is audible: those of
    /// the whole composition, so that a silent part of a film with audio has a silent stream and
    /// can be concatenated with the other parts. `None` when audio is switched off.
    pub fn audio_in_question(&self) -> Option<&Range<i64>> {
        Some(&self.whole_audio.samples).filter(|_| !self.settings.audio.off)
    }

    /// Returns the plan, and notes about what it changes or leaves out although it was not
    /// requested. `audible`: whether there is audio in [`Self::audio_in_question`].
    ///
    /// # Errors
    /// [`SettingsError::Silent`] when only audio is written and there is none;
    /// [`SettingsError::Writer`] when container or codecs do not support the settings.
    pub fn complete(self, audible: bool) -> Result<(ExportPlan, Vec<PlanNote>), SettingsError> {
        let settings = self.settings;
        let mut notes: Vec<PlanNote> = self.file.iter().flat_map(|file| file.losses.iter().cloned()).collect();
        let mut note = |message: String, field| notes.push(PlanNote { message, field });
        let mut sound = Some(self.sound).filter(|_| audible && !settings.audio.off);
        let mut pictures = !settings.video.off;
        let mut target = ExportTarget::Null;
        if let (Some(file), Some(path)) = (self.file, &settings.output) {
            pictures = file.video.is_some();
            let (extension, shown) = (file.container.extensions[0], path.display());
            let stored = match (file.audio_codec, &sound) {
                (Some(codec), Some(range)) => {
                    if settings.lossless && settings.audio.codec.is_none() && !codec.is_lossless() {
                        let written = codec.title;
                        note(
                            format!(
                                "{shown}: .{extension} files hold no sound that keeps every sample; it is written as {written}, the \
                                 pictures are lossless"
                            ),
                            None,
                        );
                    }
                    Some(settings.of_audio(codec, range.rate_hz, self.channels))
                }
                (None, Some(_)) => {
                    let beside = path.with_file_name("sound.wav");
                    note(
                        format!(
                            "{shown}: .{extension} files hold no sound, so the film's is left out; export it as well, to {} for \
                             example, or add `audio.off`",
                            beside.display()
                        ),
                        Some("audio.off"),
                    );
                    sound = None;
                    None
                }
                (_, None) => {
                    if !pictures {
                        return Err(SettingsError::Silent { path: path.clone() });
                    }
                    settings.audio.chosen().for_each(|field| {
                        note(format!("the film has no sound: `{field}` has no effect"), Some(field));
                    });
                    None
                }
            };
            let written = file.settings(stored);
            validate(&written)?;
            target = ExportTarget::File { path: path.clone(), settings: Box::new(written), extras: Box::default() };
        }
        let plan = ExportPlan {
            rate: self.rate,
            frames: self.frames,
            segments: self.segments.into_iter().map(|frames| Segment { frames, kind: SegmentKind::Encode }).collect(),
            smart: None,
            two_passes: settings.video.two_passes,
            output: self.output,
            render: settings.render,
            scale: settings.video.scale,
            pictures,
            loudness: settings.audio.loudness_target().filter(|_| sound.is_some()),
            sound,
            target,
            frame_hashes: settings.frame_hashes,
            overwrite: settings.overwrite,
        };
        Ok((plan, notes))
    }
}

impl FileDraft {
    fn new(settings: &ExportSettings, path: &Path, composition: &Composition) -> Result<Self, SettingsError> {
        let container = container_for_path(path).ok_or_else(|| SettingsError::Container { path: path.into() })?;
        let (rate_hz, channels) = (composition.sample_rate_hz, composition.channels);
        let usual = container.usual_video(composition.color.transfer.is_hdr());
        let chosen = usual.map(|usual| settings.video.codec.as_deref().unwrap_or(usual));
        let mezzanine = chosen.is_some_and(|id| video_codec(id).is_ok_and(|codec| codec.mezzanine));
        let audio_codec = container
            .usual_audio(rate_hz, channels, settings.lossless || mezzanine)
            .filter(|_| !settings.audio.off)
            .map(|usual| settings.audio.codec.as_deref().map_or(Ok(usual), audio_codec))
            .transpose()?;
        let chosen = chosen.filter(|_| !settings.video.off);
        let video = chosen.map(|codec| settings.of_pictures(codec, container, composition)).transpose()?;
        let video = video.map(|v| if settings.video.two_passes { v.in_two_passes() } else { v });
        let losses = video.iter().flat_map(|v| losses(v, container, composition, path)).collect();
        let metadata = settings.metadata.clone();
        let mut file = Self { container, sequence: None, video, audio_codec, metadata, losses };
        check_streams(settings, Some(&file))?;
        if container.muxer.is_none() {
            let pattern = |source| SettingsError::Pattern { path: path.into(), source };
            file.sequence = Some(SequencePattern::parse(path, container.extensions).map_err(pattern)?);
        }
        Ok(file)
    }

    /// Whether the film can be joined from segments without encoding again.
    fn can_be_joined(&self) -> bool {
        self.container.muxer.is_some()
            && self.video.as_ref().is_some_and(|v| video_codec(&v.codec).is_ok_and(|codec| codec.can_be_joined))
    }

    fn settings(&self, sound: Option<AudioSettings>) -> WriteSettings {
        WriteSettings { container: self.container.id.to_owned(), video: self.video.clone(), sound, metadata: self.metadata.clone() }
    }
}

/// What pictures of these settings do not keep of the film: alpha, and the fine steps of HDR.
fn losses(video: &VideoSettings, container: &Container, composition: &Composition, path: &Path) -> Vec<PlanNote> {
    let Ok(codec) = video_codec(&video.codec) else { return Vec::new() };
    let (mut notes, shown, format) = (Vec::new(), path.display(), video.format);
    let mut note = |message: String, field| notes.push(PlanNote { message, field: Some(field) });
    // Which choice is to blame: without it the format would be better.
    let blame = |better: &dyn Fn(PictureFormat) -> bool, alpha, bits| {
        let usual = |profile| better(codec.usual_format(container, profile, alpha, bits));
        match (usual(video.profile.as_deref()), usual(None)) {
            (true, _) => ("leave out `video.pixel_format`", "video.pixel_format"),
            (false, true) => ("leave out `video.profile`", "video.profile"),
            (false, false) => ("choose another `video.codec`", "video.codec"),
        }
    };
    if is_transparent(composition) && !format.alpha && !video.stacked_alpha {
        let (remedy, field) = blame(&|f| f.alpha, true, 8);
        let (id, others) = (codec.id, "vp9 in .webm, prores in .mov, ffv1 in .mkv and numbered .png files have alpha");
        let others = if field == "video.codec" { format!(": {others}") } else { String::new() };
        note(
            format!(
                "{shown}: the film's background is transparent, and {id} with {format} in .{} has no alpha: what shows through is \
                 written over black; {remedy}{others}",
                container.extensions[0]
            ),
            field,
        );
    }
    let transfer = composition.color.transfer;
    if transfer.is_hdr() && format.bits < HDR_BITS {
        let (remedy, field) = blame(&|f| f.bits >= HDR_BITS, format.alpha, HDR_BITS);
        note(
            format!(
                "{shown}: the film is HDR ({transfer}), and {} bits a sample show its gradients as steps; {remedy} to write \
                 {HDR_BITS} bits or more, or give the composition an SDR colour such as bt709",
                format.bits
            ),
            field,
        );
    }
    if transfer.is_hdr() && codec.id == "h264" {
        note(format!("{shown}: few players show HDR ({transfer}) in H.264; they do with `video.codec` h265 or av1"), "video.codec");
    }
    notes
}

/// Rejects two passes where there cannot be any.
fn check_passes(settings: &ExportSettings, file: Option<&FileDraft>) -> Result<(), SettingsError> {
    let error = |why: String| Err(SettingsError::Passes { why });
    let Some(video) = file.and_then(|f| f.video.as_ref()) else { return error("no pictures are encoded".into()) };
    if settings.video.bitrate_bps.is_none() || settings.video.crf.is_some() {
        return error("it is for a bit rate".into());
    }
    if !video_codec(&video.codec)?.has_passes() {
        let able: Vec<&str> = video_codecs().filter(|c| c.has_passes()).map(|c| c.id).collect();
        return error(format!("{} has no two passes; {} have", video.codec, able.join(", ")));
    }
    Ok(())
}

/// Rejects settings of streams that are not written, and outputs without any stream.
fn check_streams(settings: &ExportSettings, file: Option<&FileDraft>) -> Result<(), SettingsError> {
    let (pictures, sound) = match file {
        Some(file) => (file.video.is_some(), file.audio_codec.is_some()),
        None => (!settings.video.off, !settings.audio.off),
    };
    let container = file.map_or_else(|| "the null output".to_owned(), |f| format!(".{}", f.container.extensions[0]));
    if !pictures && !sound {
        return Err(SettingsError::Nothing { container });
    }
    let others = [("lossless", settings.lossless), ("frame_hashes", settings.frame_hashes.is_some())];
    let others = others.into_iter().filter(|(_, chosen)| *chosen).map(|(name, _)| name);
    if let Some(field) = settings.video.chosen().chain(others).next().filter(|_| !pictures) {
        let off = settings.video.off;
        let why = if off { "`video.off` leaves them out".into() } else { format!("{container} files hold no pictures") };
        return Err(SettingsError::Meaningless { field, left_out_by: off.then_some("video.off"), why });
    }
    if let Some(field) = settings.audio.chosen().next().filter(|_| !sound) {
        let off = settings.audio.off;
        let why = if off { "`audio.off` leaves it out".into() } else { format!("{container} files hold no sound") };
        return Err(SettingsError::Meaningless { field, left_out_by: off.then_some("audio.off"), why });
    }
    Ok(())
}
