//! Presets: named settings of exports with the limits of the platform that they are for. Those that come
//! with the program and those of the user have one form, [`Preset`], in a JSON object by their names.
use super::{AudioOptions, ExportReport, ExportRequest, VideoOptions};
use crate::{ApiError, session::Session};
use cutroom_timeline::RenderScale;
use cutroom_types::{FrameRate, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fs, io, path::PathBuf};

const BUILT_IN: &str = include_str!("presets.json");

/// A preset. What a request gives itself takes precedence.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What it is for, one line.
    #[serde(default)]
    pub title: String,
    /// Another preset that it begins with; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub like: Option<String>,
    /// Extension of the file, which chooses the container; absent: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Largest width and height in pixels; a larger film is written smaller, in its own shape.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_size: Option<[u32; 2]>,
    /// How pictures are stored.
    #[serde(default)]
    pub video: VideoOptions,
    /// How sound is stored.
    #[serde(default)]
    pub audio: AudioOptions,
    /// Encode without loss.
    #[serde(default)]
    pub lossless: bool,
    /// What the platform accepts.
    #[serde(default)]
    pub limits: PresetLimits,
}

/// The most that a platform accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresetLimits {
    /// Seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secs: Option<f64>,
    /// Bytes of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Bits per second of pictures and sound together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bitrate_bps: Option<u64>,
    /// Frames per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fps: Option<f64>,
}

/// A preset with its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NamedPreset {
    /// Its name.
    pub name: String,
    /// Whether it comes with the program.
    pub is_built_in: bool,
    /// Its settings, with those of the presets that it is like.
    pub preset: Preset,
}

/// Which presets to list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PresetsRequest {
    /// File of the user's presets; absent: `presets.json` in the user's settings, if there is one.
    #[serde(default)]
    pub presets_file: Option<PathBuf>,
}

/// All presets: those of the user, which replace others of their names, and those that come with the
/// program, by name.
///
/// # Errors
/// `usage.presets`: the file cannot be read, is not of the form, or names a preset that is not there.
pub fn presets(request: &PresetsRequest) -> Result<Vec<NamedPreset>, ApiError> {
    let parse = |text: &str| serde_json::from_str::<BTreeMap<String, Preset>>(text);
    let mut all = parse(BUILT_IN).map_err(|e| ApiError::of("export.defect", &e))?;
    let built_in: Vec<String> = all.keys().cloned().collect();
    let mut own = Vec::new();
    let (path, asked) = match &request.presets_file {
        Some(path) => (Some(path.clone()), true),
        None => (settings_file(), false),
    };
    if let Some(path) = path {
        let error = |e: &dyn std::error::Error| {
            ApiError::new("usage.presets", format!("{}: {e}", path.display())).field("presets_file").file(&path)
        };
        match fs::read_to_string(&path) {
            Ok(text) => {
                let read = parse(&text).map_err(|e| error(&e).hint("`cutroom presets --json` shows the form"))?;
                own.extend(read.keys().cloned());
                all.extend(read);
            }
            Err(e) if !asked && e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(error(&e)),
        }
    }
    let whole = |name: &String| {
        let is_built_in = built_in.contains(name) && !own.contains(name);
        Ok(NamedPreset { name: name.clone(), is_built_in, preset: resolved(&all, name, 0)? })
    };
    all.keys().map(whole).collect()
}

/// The user's file.
fn settings_file() -> Option<PathBuf> {
    let home = || Some(PathBuf::from(std::env::var_os("HOME")?).join(".config"));
    let folder = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute()).or_else(home)?;
    Some(folder.join("cutroom").join("presets.json"))
}

/// A preset with what those that it is like have and it does not.
fn resolved(all: &BTreeMap<String, Preset>, name: &str, depth: usize) -> Result<Preset, ApiError> {
    let Some(preset) = all.get(name) else {
        let known: Vec<&str> = all.keys().map(String::as_str).collect();
        let error = ApiError::new("usage.presets", format!("there is no preset \"{name}\"")).field("preset");
        return Err(error.hint(format!("there are {}", known.join(", "))));
    };
    let Some(like) = &preset.like else { return Ok(preset.clone()) };
    if depth > all.len() {
        return Err(ApiError::new("usage.presets", format!("the preset \"{name}\" is like itself")).field("preset"));
    }
    let base = resolved(all, like, depth + 1)?;
    let (own, b) = (preset.clone(), &base.limits);
    Ok(Preset {
        extension: own.extension.or(base.extension),
        max_size: own.max_size.or(base.max_size),
        video: own.video.over(&base.video),
        audio: own.audio.over(&base.audio),
        lossless: own.lossless || base.lossless,
        limits: PresetLimits {
            secs: own.limits.secs.or(b.secs),
            bytes: own.limits.bytes.or(b.bytes),
            bitrate_bps: own.limits.bitrate_bps.or(b.bitrate_bps),
            fps: own.limits.fps.or(b.fps),
        },
        like: None,
        title: own.title,
    })
}

impl VideoOptions {
    /// These settings, and those of `base` where these say nothing. Quality and bit rate replace each
    /// other, and settings of one codec are not those of another.
    fn over(&self, base: &Self) -> Self {
        let mut made = self.clone();
        let same_codec = self.codec.is_none() || self.codec == base.codec;
        made.codec = made.codec.or_else(|| base.codec.clone());
        if self.crf.is_none() && self.bitrate_bps.is_none() && same_codec {
            (made.crf, made.bitrate_bps, made.two_passes) = (base.crf, base.bitrate_bps, self.two_passes || base.two_passes);
        }
        made.max_bitrate_bps = made.max_bitrate_bps.or(base.max_bitrate_bps).filter(|_| made.bitrate_bps.is_none());
        if same_codec {
            made.preset = made.preset.or_else(|| base.preset.clone());
            made.profile = made.profile.or_else(|| base.profile.clone());
            made.pixel_format = made.pixel_format.or_else(|| base.pixel_format.clone());
        }
        made.scale = made.scale.or(base.scale);
        made.off |= base.off;
        made
    }
}

impl AudioOptions {
    fn over(&self, base: &Self) -> Self {
        let mut made = self.clone();
        let same_codec = self.codec.is_none() || self.codec == base.codec;
        made.codec = made.codec.or_else(|| base.codec.clone());
        if same_codec {
            made.bitrate_bps = made.bitrate_bps.or(base.bitrate_bps);
            made.bits = made.bits.or(base.bits);
        }
        made.dither |= base.dither;
        made.loudness_lufs = made.loudness_lufs.or(base.loudness_lufs);
        made.true_peak_dbtp = made.true_peak_dbtp.or(base.true_peak_dbtp);
        made.off |= base.off;
        made
    }
}

/// A request with the settings of its preset, and the limits that its film must keep.
pub(super) struct Applied {
    pub request: ExportRequest,
    pub limits: PresetLimits,
    pub warnings: Vec<String>,
}

/// Fills in what the request's preset says, and checks what is known before the film is made.
///
/// # Errors
/// `usage.presets`; `usage.limits` for a film that the platform does not accept.
pub(super) fn applied(session: &Session, request: &ExportRequest) -> Result<Applied, ApiError> {
    let Some(name) = &request.preset else {
        return Ok(Applied { request: request.clone(), limits: PresetLimits::default(), warnings: Vec::new() });
    };
    let all = presets(&PresetsRequest { presets_file: request.presets_file.clone() })?;
    let known: Vec<&str> = all.iter().map(|p| p.name.as_str()).collect();
    let found = all.iter().find(|p| p.name == *name).ok_or_else(|| {
        let error = ApiError::new("usage.presets", format!("there is no preset \"{name}\"")).field("preset");
        error.hint(format!("there are {}", known.join(", ")))
    })?;
    let preset = &found.preset;
    let mut made = ExportRequest { preset: None, presets_file: None, ..request.clone() };
    made.video = request.video.over(&preset.video);
    made.audio = request.audio.over(&preset.audio);
    if made.audio.off {
        made.audio = AudioOptions { off: true, ..AudioOptions::default() };
    }
    made.lossless |= preset.lossless;
    if let (Some(wanted), Some(output)) = (&preset.extension, &request.output) {
        let extension = output.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        if extension != *wanted {
            let error = ApiError::new("usage.limits", format!("the preset {name} writes .{wanted} files, not .{extension}"));
            return Err(error.field("output").hint(format!("name it {}", output.with_extension(wanted).display())));
        }
    }
    let id = session.composition(request.composition.as_deref())?;
    let (rate, total) = session.frames(&id)?;
    let range = request.range.as_deref().map(|text| crate::parse_range(text, rate, total)).transpose()?.unwrap_or(0..total);
    let secs = (rate.time_of_frame(range.end) - rate.time_of_frame(range.start)).as_secs_f64();
    let size = session.project.composition(&id).map(|c| c.size).unwrap_or_default();
    let mut warnings = Vec::new();
    let pictures = !made.video.off;
    if let Some([width, height]) = preset.max_size.filter(|_| pictures && made.video.scale.is_none()) {
        let most = Size { width, height };
        made.video.scale = fitted(size, most);
        let shape = |s: Size| s.width.cmp(&s.height);
        if shape(size) != shape(most) && width != height {
            warnings.push(format!(
                "the film is {}x{}, {name} shows {width}x{height}: make the composition of that shape for a full picture",
                size.width, size.height
            ));
        }
    }
    preset.limits.check(name, secs, rate, &made)?;
    if let (Some(bytes), None, true) = (preset.limits.bytes, made.video.bitrate_bps, pictures && secs > 0.0) {
        // What the file may have at most in this time, less two per cent for the container.
        let most = (bytes as f64 * 8.0 / secs * 0.98) as u64;
        let sound = if made.audio.off { 0 } else { made.audio.bitrate_bps.unwrap_or(0) };
        made.video.max_bitrate_bps = made.video.max_bitrate_bps.map(|bps| bps.min(most.saturating_sub(sound)));
    }
    Ok(Applied { request: made, limits: preset.limits, warnings })
}

impl PresetLimits {
    fn check(&self, name: &str, secs: f64, rate: FrameRate, request: &ExportRequest) -> Result<(), ApiError> {
        let error = |message: String, hint: &str| Err(ApiError::new("usage.limits", message).hint(hint).field("preset"));
        if let Some(most) = self.secs.filter(|most| secs > *most) {
            let hint = "export a part with `range`, or choose another preset";
            let mut error = ApiError::new("usage.limits", format!("the film has {secs:.1} s, {name} accepts {most} s"));
            error = error.hint(hint).field("preset");
            error.fields.push("range".into());
            return Err(error);
        }
        let fps = rate.num() as f64 / rate.den() as f64;
        if let Some(most) = self.fps.filter(|most| fps > *most + 1e-6 && !request.video.off) {
            return error(
                format!("the film has {rate} frames per second, {name} accepts {most}"),
                "give the composition another rate",
            );
        }
        let asked = request.video.bitrate_bps.unwrap_or(0) + request.audio.bitrate_bps.unwrap_or(0);
        if let Some(most) = self.bitrate_bps.filter(|most| asked > *most) {
            return error(format!("{asked} bits per second are asked for, {name} accepts {most}"), "ask for fewer");
        }
        let bytes = (asked as f64 * secs / 8.0) as u64;
        if let Some(most) = self.bytes.filter(|most| request.video.bitrate_bps.is_some() && bytes > *most) {
            return error(format!("the file would have about {bytes} bytes, {name} accepts {most}"), "choose a lower bit rate");
        }
        Ok(())
    }

    /// Notes what a finished file exceeds.
    pub(super) fn note(&self, report: &mut ExportReport) {
        let Some(bytes) = report.bytes else { return };
        if let Some(most) = self.bytes.filter(|most| bytes > *most) {
            report.warnings.push(format!("the file has {bytes} bytes, more than the {most} that are accepted"));
        }
        let bps = bytes as f64 * 8.0 / report.duration_secs.max(1e-9);
        if let Some(most) = self.bitrate_bps.filter(|most| bps > *most as f64) {
            report.warnings.push(format!("the file has {bps:.0} bits per second, more than the {most} that are accepted"));
        }
    }
}

/// The scale at which a canvas fits, with even sides, which most codecs need; `None`: it fits as it is.
fn fitted(size: Size, most: Size) -> Option<f64> {
    let share = |side: u32, most: u32| f64::from(most) / f64::from(side.max(1));
    let scale = share(size.width, most.width).min(share(size.height, most.height));
    if scale >= 1.0 {
        return None;
    }
    let widest = (f64::from(size.width) * scale) as u32 / 2 * 2;
    let scales = (1..=widest / 2).rev().map(|half| f64::from(half * 2) / f64::from(size.width));
    let even = |scale: &f64| {
        RenderScale::new(*scale)
            .map(|s| s.size(size))
            .is_some_and(|s| s.width.is_multiple_of(2) && s.height.is_multiple_of(2) && s.height <= most.height)
    };
    Some(scales.take(100).find(even).unwrap_or(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_presets_are_of_the_form_and_name_what_exists() {
        let all = presets(&PresetsRequest { presets_file: None }).unwrap();
        assert!(all.len() >= 15);
        for NamedPreset { name, preset, .. } in &all {
            assert!(!preset.title.is_empty(), "{name}");
            let codec = cutroom_media::write::video_codec(preset.video.codec.as_deref().unwrap()).unwrap();
            let container = preset.extension.as_deref().unwrap();
            let container = cutroom_media::write::container_for_path(std::path::Path::new(&format!("a.{container}"))).unwrap();
            assert!(
                container.video.contains(&codec.id) && container.audio.contains(&preset.audio.codec.as_deref().unwrap()),
                "{name}"
            );
            let profile = preset.video.profile.as_deref();
            assert!(profile.is_none_or(|p| codec.profiles.iter().any(|known| known.id == p)), "{name}");
            let most = preset.limits.bitrate_bps.unwrap_or(u64::MAX);
            assert!(
                preset.video.max_bitrate_bps.unwrap_or(0) + preset.audio.bitrate_bps.unwrap_or(0) <= most.saturating_add(1_000_000)
            );
        }
    }

    #[test]
    fn users_presets_begin_with_others_and_replace_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mine.json");
        let all = |text: &str| {
            fs::write(&path, text).unwrap();
            presets(&PresetsRequest { presets_file: Some(path.clone()) })
        };
        let found = all(r#"{"mine": {"like": "youtube", "video": {"crf": 30}}, "web": {"title": "own"}}"#).unwrap();
        let of = |name: &str| found.iter().find(|p| p.name == name).unwrap();
        assert_eq!(of("mine").preset.video.crf, Some(30.0));
        assert_eq!(of("mine").preset.limits, of("youtube").preset.limits);
        assert_eq!((of("web").preset.title.as_str(), of("web").is_built_in, of("vimeo").is_built_in), ("own", false, true));
        for text in ["{", r#"{"a": {"like": "a"}}"#, r#"{"a": {"like": "none"}}"#, r#"{"a": {"vidoe": {}}}"#] {
            assert_eq!(all(text).unwrap_err().code, "usage.presets", "{text}");
        }
        let gone = PresetsRequest { presets_file: Some(dir.path().join("none.json")) };
        assert_eq!(presets(&gone).unwrap_err().code, "usage.presets");
    }

    #[test]
    fn large_films_are_written_smaller_with_even_sides() {
        let size = |width, height| Size { width, height };
        assert_eq!(fitted(size(1920, 1080), size(3840, 2160)), None);
        for (film, most) in [
            (size(1920, 1080), size(1080, 1920)),
            (size(3840, 2160), size(1280, 1280)),
            (size(1998, 1080), size(960, 960)),
            (size(1080, 1920), size(1080, 1080)),
        ] {
            let made = RenderScale::new(fitted(film, most).unwrap()).unwrap().size(film);
            assert!(made.width.is_multiple_of(2) && made.height.is_multiple_of(2), "{made:?}");
            assert!(
                made.width <= most.width && made.height <= most.height && made.width + made.height > most.width / 2,
                "{made:?}"
            );
        }
    }
}
