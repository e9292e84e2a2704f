//! The capabilities of this machine: back ends, codecs, fonts, and what is missing.
use crate::{BackendChoice, HardwareReport};
use cutroom_drawing::fonts::{file_names, system_folders};
use cutroom_media::{
    HardwareAvailability, decoders, hardware_decoders,
    write::{containers, encoders},
};
use cutroom_pipeline::{RenderOptions, Renderer};
use cutroom_render::gpu;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Capabilities of this machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DoctorReport {
    /// Version of cutroom.
    pub version: String,
    /// Version of the linked FFmpeg, such as "5.1.9".
    pub ffmpeg: String,
    /// Licence of the linked FFmpeg as it was built; it decides the licence of the program.
    pub ffmpeg_license: String,
    /// Number of processors that the program may use.
    pub processors: usize,
    /// Result of each choice of back end.
    pub backends: Vec<BackendReport>,
    /// The graphics devices, in the order of their numbers.
    #[serde(default)]
    pub cards: Vec<CardReport>,
    /// Encoders, with the containers that hold their codecs.
    pub formats: Vec<FormatReport>,
    /// Encoders of graphics cards, each of which was tried; empty where they are not tried.
    #[serde(default)]
    pub hardware: Vec<HardwareReport>,
    /// Graphics devices that can decode; each was tried.
    #[serde(default)]
    pub decoding_devices: Vec<DecodingDevice>,
    /// Decoders of the common formats.
    pub decoders: Vec<DecoderReport>,
    /// Folders that are searched for fonts, if they exist.
    #[serde(serialize_with = "crate::path_serde::list")]
    pub font_folders: Vec<PathBuf>,
    /// Names of the font files in them, without extensions, sorted.
    pub fonts: Vec<String>,
    /// Where scans, thumbnails and waveforms are kept, in words.
    pub cache: String,
    /// What to install for formats that cannot be read or written.
    pub advice: Vec<String>,
}

/// One choice of back end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BackendReport {
    /// The choice.
    pub choice: BackendChoice,
    /// Whether it works on this machine.
    pub works: bool,
    /// Device that draws, or the reason why it does not work.
    pub what: String,
}

/// A graphics device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CardReport {
    /// Number, as the setting `gpu` names it: hardware comes first, then the order is that of the PCI bus, the
    /// UUID and the name.
    pub number: usize,
    /// Name of the device.
    pub name: String,
    /// Name and version of its driver.
    pub driver: String,
    /// UUID, by which other interfaces know it; absent if the driver does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Place on the PCI bus; absent if it has none, or the driver does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bus: Option<String>,
    /// Size of its own memory in bytes; absent if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Whether it is software, which is used only if it is asked for.
    pub software: bool,
}

impl From<gpu::Card> for CardReport {
    fn from(card: gpu::Card) -> Self {
        let gpu::Card { number, name, driver, id, bus, memory_bytes, is_software, .. } = card;
        // As other programs print it.
        let uuid =
            id.map(|id| id.to_string()).map(|hex| [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-"));
        Self { number, name, driver, uuid, bus: Some(bus).filter(|bus| !bus.is_empty()), memory_bytes, software: is_software }
    }
}

/// A kind of graphics device that can decode.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecodingDevice {
    /// Id, as the setting `decode` names it.
    pub id: String,
    /// Display name.
    pub title: String,
    /// Whether this machine has one that was opened.
    pub works: bool,
    /// What it decodes, or why it cannot be used.
    pub what: String,
    /// Whether cutroom has been tried with such devices; others are only used if they are named.
    pub tested: bool,
}

/// One encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FormatReport {
    /// "video" or "audio".
    pub kind: String,
    /// Codec id, as export requests name it.
    pub codec: String,
    /// Display name.
    pub title: String,
    /// Name of FFmpeg's encoder.
    pub encoder: String,
    /// Whether the linked FFmpeg has the encoder.
    pub works: bool,
    /// Usual file extensions of the containers that hold the codec.
    pub extensions: Vec<String>,
}

/// One format that can be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DecoderReport {
    /// "video" or "audio".
    pub kind: String,
    /// FFmpeg's name of the format.
    pub codec: String,
    /// Display name.
    pub title: String,
    /// Name of FFmpeg's decoder; absent if the linked FFmpeg has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decoder: Option<String>,
}

/// Reports the capabilities of the machine and changes nothing.
pub fn doctor() -> DoctorReport {
    let (ffmpeg, ffmpeg_license) = cutroom_media::ffmpeg_version();
    let mut advice = Vec::new();
    let formats = encoders()
        .into_iter()
        .map(|e| {
            if !e.available {
                advice.push(format!("{} cannot be written: {}", e.title, e.install_hint));
            }
            let holding = containers()
                .iter()
                .filter(|c| c.video.contains(&e.codec) || c.audio.contains(&e.codec))
                .flat_map(|c| c.extensions.first());
            FormatReport {
                kind: e.kind.to_owned(),
                codec: e.codec.to_owned(),
                title: e.title.to_owned(),
                encoder: e.encoder.to_owned(),
                works: e.available,
                extensions: holding.map(|x| (*x).to_owned()).collect(),
            }
        })
        .collect();
    let decoders = decoders()
        .into_iter()
        .map(|d| {
            if d.decoder.is_none() {
                advice.push(format!("{} cannot be read: {}", d.title, d.install_hint));
            }
            DecoderReport { kind: d.kind.into(), codec: d.codec.into(), title: d.title.into(), decoder: d.decoder }
        })
        .collect();
    let font_folders = system_folders();
    DoctorReport {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ffmpeg,
        ffmpeg_license,
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        backends: [BackendChoice::Auto, BackendChoice::Cpu, BackendChoice::Gpu].map(try_backend).to_vec(),
        cards: gpu::cards().into_iter().map(CardReport::from).collect(),
        formats,
        hardware: Vec::new(),
        decoding_devices: hardware_decoders().into_iter().map(DecodingDevice::from).collect(),
        decoders,
        fonts: file_names(&font_folders),
        font_folders,
        cache: describe_cache(&mut advice),
        advice,
    }
}

impl From<HardwareAvailability> for DecodingDevice {
    fn from(row: HardwareAvailability) -> Self {
        let HardwareAvailability { id, title, works, what, is_tested } = row;
        Self { id: id.into(), title: title.into(), works, what, tested: is_tested }
    }
}

/// The cache on disk, or why there is none.
fn describe_cache(advice: &mut Vec<String>) -> String {
    let cache = crate::cache();
    let Some(folder) = cache.folder else { return cache.remarks.join("; ") };
    advice.extend(cache.remarks);
    let mib = |bytes: u64| format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20));
    format!("{}: {} in {} entries, of {}", folder.display(), mib(cache.bytes), cache.entries, mib(cache.budget_bytes))
}

fn try_backend(choice: BackendChoice) -> BackendReport {
    match Renderer::new(RenderOptions { backend: choice.into(), threads: 0, ..RenderOptions::default() }) {
        Ok(renderer) => {
            let why = renderer.why_no_gpu().map(|why| format!("; no GPU: {why}")).unwrap_or_default();
            BackendReport { choice, works: true, what: renderer.describe() + &why }
        }
        Err(error) => BackendReport { choice, works: false, what: error.to_string() },
    }
}
