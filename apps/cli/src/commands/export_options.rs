//! How a film is exported, as options of several commands.
use super::frame::ProxiesArg;
use crate::{
    args::{BackendArg, DecodeArg, GpuArg},
    failure::Words,
};
use clap::{Args, Parser, ValueEnum};
use cutroom_api::{AlsoOutput, AudioOptions, ExportRequest, SmartChoice, SubtitleInput, VideoOptions};
use std::path::PathBuf;

/// Options of an export.
#[derive(Debug, Args)]
pub struct ExportOptions {
    /// Settings and limits of a platform or purpose: youtube, web, archive, ...; `cutroom presets` lists them
    #[arg(long = "for", value_name = "PRESET")]
    pub preset_name: Option<String>,
    /// File of your own presets [default: cutroom/presets.json in your settings folder]
    #[arg(long, value_name = "FILE", requires = "preset_name")]
    pub presets: Option<PathBuf>,
    /// Video codec
    #[arg(long, value_name = "CODEC", help = video_codec_help())]
    pub video_codec: Option<String>,
    /// Audio codec
    #[arg(long, value_name = "CODEC", help = cutroom_api::audio_codec_ids().join(", "))]
    pub audio_codec: Option<String>,
    /// Constant quality; lower is better
    #[arg(long, value_name = "N", conflicts_with = "bitrate")]
    pub crf: Option<f64>,
    /// Video bit rate: 8M, 800k or bits per second
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub bitrate: Option<u64>,
    /// Largest bit rate beside a constant quality
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate, conflicts_with_all = ["bitrate", "lossless"])]
    pub max_bitrate: Option<u64>,
    /// Reach the bit rate in two passes, each part of the film with the bits that it needs
    #[arg(long, requires = "bitrate")]
    pub two_passes: bool,
    /// Encode picture and sound without loss
    #[arg(long, conflicts_with_all = ["crf", "bitrate"])]
    pub lossless: bool,
    /// Leave out the sound
    #[arg(long, conflicts_with_all = ["audio_codec", "audio_bitrate", "audio_bits", "dither", "loudness", "true_peak", "no_video"])]
    pub no_audio: bool,
    /// Leave out the pictures; none is drawn
    #[arg(long, conflicts_with_all = ["video_codec", "crf", "bitrate", "lossless", "preset", "profile", "pix_fmt", "scale", "frame_hashes"])]
    pub no_video: bool,
    /// Sound bit rate: 192k
    #[arg(long, value_name = "RATE", value_parser = crate::text::parse_bitrate)]
    pub audio_bitrate: Option<u64>,
    /// Bits of a sample in FLAC and PCM: 16, 24, or 32 (float)
    #[arg(long, value_name = "BITS")]
    pub audio_bits: Option<u32>,
    /// Dither sound before it is rounded to 16 bits
    #[arg(long)]
    pub dither: bool,
    /// Bring the sound to this integrated loudness in LUFS, such as -16 or -23
    #[arg(long, value_name = "LUFS", allow_negative_numbers = true)]
    pub loudness: Option<f64>,
    /// Largest true peak in dBTP, kept by a limiter [default: -1 with --loudness]
    #[arg(long, value_name = "DBTP", allow_negative_numbers = true)]
    pub true_peak: Option<f64>,
    /// Encoder preset, such as veryfast or slow
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Encoder profile, such as high or 4444
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Pixel format, such as yuv420p, yuv422p10 or rgb24
    #[arg(long, value_name = "FORMAT")]
    pub pix_fmt: Option<String>,
    /// Let software stand in for an encoder of a graphics card that does not work here
    #[arg(long, conflicts_with = "no_video")]
    pub hardware_fallback: bool,
    /// Write pictures of twice the height, the colour above and alpha as grey below, for codecs
    /// without alpha
    #[arg(long, conflicts_with = "no_video")]
    pub stacked_alpha: bool,
    /// Pixels written for each pixel of the film: 0.5 writes half of the width and height
    #[arg(long, value_name = "N")]
    pub scale: Option<f64>,
    /// Draw proxies (see `cutroom proxy`) instead of their files, for drafts
    #[arg(long, value_enum, value_name = "WHICH", default_value_t, conflicts_with = "no_video")]
    pub proxies: ProxiesArg,
    /// Folder of the proxies [default: .cutroom/proxies beside the project]
    #[arg(long, value_name = "FOLDER", requires = "proxies")]
    pub proxy_folder: Option<PathBuf>,
    /// Draw a slate, and play silence, for files that are missing
    #[arg(long)]
    pub offline: bool,
    /// What decodes video; frames are the same whoever does
    #[arg(long, value_enum, default_value_t)]
    pub decode: DecodeArg,
    /// Graphics card that draws and decodes, by the number that `cutroom doctor` lists; auto spreads
    /// segments over all cards of one model
    #[arg(long, value_name = "N|auto", default_value = "auto")]
    pub gpu: GpuArg,
    /// Part to render, end not included: 10s..20s, 0..250, 00:00:10:00..
    #[arg(long, value_name = "A..B")]
    pub range: Option<String>,
    /// Composition id, if not the project's main one
    #[arg(long, value_name = "ID")]
    pub composition: Option<String>,
    /// Threads for decoding, drawing and encoding; 0 means one per core. Does not change any frame
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Add a subtitle file as a track, not drawn; :default and :forced behind it set its flags
    #[arg(long, value_name = "[LANG=]FILE[:FLAG]")]
    pub subtitles: Vec<String>,
    /// Write the subtitles of a track of the film as a track of the file instead of drawing them
    #[arg(long, value_name = "TRACK")]
    pub subtitles_from: Vec<String>,
    /// Entry about the film: title=..., artist=..., comment=...
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub metadata: Vec<(String, String)>,
    /// Write the markers of the film as chapters
    #[arg(long)]
    pub chapters: bool,
    /// JPEG or PNG file that stands for the film in lists
    #[arg(long, value_name = "FILE")]
    pub cover: Option<PathBuf>,
    /// Time code of the first frame: 01:00:00:00
    #[arg(long, value_name = "TC")]
    pub timecode: Option<String>,
    /// Decode the finished file and compare it with the film
    #[arg(long)]
    pub verify: bool,
    /// Copy pictures of files that the film shows as they are, instead of encoding them again
    #[arg(long, value_enum, default_value_t, value_name = "HOW", conflicts_with = "no_video")]
    pub smart: SmartArg,
    /// Processes that make segments of the film at the same time; 0 means one per two cores [default: 1, or
    /// one for each card]
    #[arg(long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Usual length of a segment in seconds [default: 10]; 0 makes the film as a whole
    #[arg(long, value_name = "SECS")]
    pub segment_secs: Option<f64>,
    /// End a process from which no picture comes for this many seconds [default: 300]
    #[arg(long, value_name = "SECS")]
    pub stuck_secs: Option<f64>,
    /// Write "frame-number blake3" of every output picture
    #[arg(long, value_name = "FILE")]
    pub frame_hashes: Option<PathBuf>,
    /// Replace the film and the list of hashes if they exist
    #[arg(long)]
    pub overwrite: bool,
}

impl ExportOptions {
    /// The export to `output`, drawn by `backend`.
    pub fn request(&self, output: Option<PathBuf>, backend: BackendArg) -> ExportRequest {
        ExportRequest {
            output,
            composition: self.composition.clone(),
            range: self.range.clone(),
            video: VideoOptions {
                off: self.no_video,
                codec: self.video_codec.clone(),
                crf: self.crf,
                bitrate_bps: self.bitrate,
                max_bitrate_bps: self.max_bitrate,
                two_passes: self.two_passes,
                preset: self.preset.clone(),
                profile: self.profile.clone(),
                pixel_format: self.pix_fmt.clone(),
                scale: self.scale,
                stacked_alpha: self.stacked_alpha,
                hardware_fallback: self.hardware_fallback,
            },
            audio: AudioOptions {
                off: self.no_audio,
                codec: self.audio_codec.clone(),
                bitrate_bps: self.audio_bitrate,
                bits: self.audio_bits,
                dither: self.dither,
                loudness_lufs: self.loudness,
                true_peak_dbtp: self.true_peak,
            },
            lossless: self.lossless,
            threads: self.threads,
            proxies: self.proxies.into(),
            proxy_folder: self.proxy_folder.clone(),
            offline: self.offline,
            backend: backend.into(),
            decode: self.decode.into(),
            gpu: self.gpu.0,
            subtitles: self.subtitles.iter().map(|s| SubtitleInput::parse(s)).collect(),
            subtitles_from: self.subtitles_from.clone(),
            frame_hashes: self.frame_hashes.clone(),
            overwrite: self.overwrite,
            jobs: self.jobs,
            segment_secs: self.segment_secs,
            stuck_secs: self.stuck_secs,
            preset: self.preset_name.clone(),
            presets_file: self.presets.clone(),
            metadata: self.metadata.iter().cloned().collect(),
            chapters: self.chapters,
            cover: self.cover.clone(),
            timecode: self.timecode.clone(),
            verify: self.verify,
            smart: self.smart.into(),
            also: Vec::new(),
        }
    }
}

/// Names of the request's fields on the command line.
pub const WORDS: &Words = &[
    ("project", "<PROJECT>"),
    ("output", "-o"),
    ("composition", "--composition"),
    ("range", "--range"),
    ("video.off", "--no-video"),
    ("video.codec", "--video-codec"),
    ("video.crf", "--crf"),
    ("video.bitrate_bps", "--bitrate"),
    ("video.max_bitrate_bps", "--max-bitrate"),
    ("video.two_passes", "--two-passes"),
    ("video.preset", "--preset"),
    ("video.stacked_alpha", "--stacked-alpha"),
    ("video.hardware_fallback", "--hardware-fallback"),
    ("video.profile", "--profile"),
    ("video.pixel_format", "--pix-fmt"),
    ("video.scale", "--scale"),
    ("audio.off", "--no-audio"),
    ("audio.codec", "--audio-codec"),
    ("audio.bitrate_bps", "--audio-bitrate"),
    ("audio.bits", "--audio-bits"),
    ("audio.dither", "--dither"),
    ("audio.loudness_lufs", "--loudness"),
    ("audio.true_peak_dbtp", "--true-peak"),
    ("lossless", "--lossless"),
    ("threads", "--threads"),
    ("proxies", "--proxies"),
    ("proxy_folder", "--proxy-folder"),
    ("offline", "--offline"),
    ("backend", "--backend"),
    ("decode", "--decode"),
    ("gpu", "--gpu"),
    ("subtitles", "--subtitles"),
    ("subtitles_from", "--subtitles-from"),
    ("frame_hashes", "--frame-hashes"),
    ("overwrite", "--overwrite"),
    ("jobs", "--jobs"),
    ("segment_secs", "--segment-secs"),
    ("stuck_secs", "--stuck-secs"),
    ("preset", "--for"),
    ("presets_file", "--presets"),
    ("metadata", "--metadata"),
    ("chapters", "--chapters"),
    ("cover", "--cover"),
    ("timecode", "--timecode"),
    ("verify", "--verify"),
    ("smart", "--smart"),
    ("also", "--also"),
];

fn video_codec_help() -> String {
    let card = "and h264-, h265- or av1- with nvenc, vaapi, qsv, amf or videotoolbox for encoders of graphics cards";
    format!("{}; {card}; `cutroom doctor` lists what works here", cutroom_api::video_codec_ids().join(", "))
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write KEY=VALUE, such as title=Holidays")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// Whether pictures are copied.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SmartArg {
    /// Encode everything
    #[default]
    Off,
    /// Copy what can be copied; a note says why the rest is not
    Auto,
    /// Copy everything but the rests of groups of pictures beside cuts, or fail
    Require,
}

impl From<SmartArg> for SmartChoice {
    fn from(arg: SmartArg) -> Self {
        match arg {
            SmartArg::Off => Self::Off,
            SmartArg::Auto => Self::Auto,
            SmartArg::Require => Self::Require,
        }
    }
}

/// A further output with its options, as `FILE[,OPTION=VALUE...]`: those of `cutroom export` that are about one
/// file, without the dashes.
///
/// # Errors
/// An option that is unknown, wrong, or about all files.
pub fn also(text: &str) -> Result<AlsoOutput, String> {
    let mut parts = text.split(',');
    let output = PathBuf::from(parts.next().unwrap_or_default());
    let args: Vec<String> = parts.map(|part| format!("--{}", part.trim())).collect();
    let parsed = OfOutput::try_parse_from([String::new()].into_iter().chain(args));
    let options =
        parsed.map_err(|e| e.to_string().lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned())?.options;
    let request = options.request(None, BackendArg::default());
    let ExportRequest { preset, video, audio, lossless, .. } = request.clone();
    // What is left must be what it is without options.
    let (preset_left, video_left, audio_left) = (None, VideoOptions::default(), AudioOptions::default());
    let left = ExportRequest { preset: preset_left, video: video_left, audio: audio_left, lossless: false, ..request };
    if left != ExportRequest::default() {
        return Err("an option of it is about all files, not about one".into());
    }
    Ok(AlsoOutput { output, preset, video, audio, lossless })
}

/// The options of a further output.
#[derive(Debug, Parser)]
#[command(no_binary_name = false, disable_help_flag = true)]
struct OfOutput {
    #[command(flatten)]
    options: ExportOptions,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn further_outputs_have_options_of_their_own() {
        let small = also("small.mp4,scale=0.5,crf=28,no-audio").unwrap();
        assert_eq!(
            (small.output, small.video.scale, small.video.crf, small.audio.off),
            ("small.mp4".into(), Some(0.5), Some(28.0), true)
        );
        assert_eq!(also("a.webm").unwrap(), AlsoOutput { output: "a.webm".into(), ..AlsoOutput::default() });
        assert!(also("a.mp4,range=0..2").unwrap_err().contains("about all files"));
        assert!(also("a.mp4,quality=2").unwrap_err().contains("quality"));
        assert!(also("a.mp4,crf=x").unwrap_err().contains("crf"));
    }
}
